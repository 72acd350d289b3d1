"""From facts to the page: every verdict with its reason, every name from the directory, nothing but figures."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from console.facts import Connector, Facts, Lane, Overdue, Taken, Witness
from console.flow_map import DRAWN_OF_A_GROUP, THICKEST, THINNEST, edge_width, fold, narrow, wide
from console.page import Node, Page
from console.rates import Minutes
from console.verdicts import TARGET, Verdict, judge, worst
from console.views import page
from sharing.directory import Directory, Organisation
from sharing.vocabulary import Agency, OrganisationKind
from tests.console.rig import NOW, a_directory

FIFTH, FULL = TARGET.total_seconds() / 5, TARGET.total_seconds()


def shown(**facts: object) -> Page:
    return page(replace(Facts(NOW), **facts), a_directory())


def sender(of: Page, slug: str) -> Node:
    return next(node for node in of.senders if node.key == slug)


def recipient(of: Page, slug: str) -> Node:
    return next(node for node in of.recipients if node.key == slug)


@pytest.mark.parametrize(
    ("waiting", "how", "verdict"),
    [
        (None, {}, Verdict.MOVING),  # nothing waits
        (FIFTH - 1, {}, Verdict.MOVING),  # less than a fifth of the target
        (FIFTH, {}, Verdict.SLOW),
        (FULL - 1, {"passes": False}, Verdict.SLOW),  # the target still holds
        (FULL, {"passes": True}, Verdict.STALLED),  # missed, but something passes
        (FULL, {"passes": False}, Verdict.STOPPED),
        (None, {"closed": True}, Verdict.STOPPED),  # whatever waits
        (FULL, {"closed": True, "silent": True}, Verdict.SILENT),  # the dangerous one is said first
    ],
)
def test_verdicts_measure_time_against_the_safeguarding_target(waiting, how, verdict):
    assert judge(waiting, **how) is verdict


def test_the_worst_of_several_is_said():
    assert worst([Verdict.MOVING, Verdict.STALLED, Verdict.SLOW]) is Verdict.STALLED
    assert worst([]) is Verdict.MOVING


def test_a_quiet_partnership_is_well():
    found = shown()
    assert found.verdict is Verdict.MOVING
    assert found.headline == "Everything moves, and no answer is overdue."
    assert [figure.tone for figure in found.figures] == [Verdict.MOVING] * len(found.figures)


def test_names_come_from_the_directory_and_who_is_not_enrolled_is_listed_apart():
    found = shown()
    assert sender(found, "oakfield-primary").name == "Oakfield Primary"
    assert found.not_enrolled == ("Little Acorns",)
    assert "little-acorns" not in {node.key for node in (*found.senders, *found.recipients)}


@pytest.mark.parametrize(
    ("connector", "note"),
    [
        (None, "its connector says nothing of itself"),
        (Connector(None), "its connector says nothing of itself"),
        (Connector(600.0), "its connector was not heard of for 10 min"),
    ],
)
def test_an_organisation_is_silent_when_its_connector_is_not_heard_of(connector, note):
    heard = {o.slug: Connector(1.0) for o in a_directory().organisations.values()}
    connectors = heard | {"oakfield-primary": connector} if connector else heard
    if connector is None:
        del connectors["oakfield-primary"]
    found = shown(connectors=connectors, connectors_seen=True)
    assert (sender(found, "oakfield-primary").verdict, sender(found, "oakfield-primary").note) == (Verdict.SILENT, note)
    assert "Oakfield Primary is silent." in found.headline
    assert [f.value for f in found.figures if f.name == "Silent organisations"] == ["1"]


def test_connectors_that_cannot_be_seen_from_here_are_not_called_silent_nor_is_their_spool_called_empty():
    found = shown().senders
    assert {(node.verdict, node.waiting) for node in found} == {(Verdict.MOVING, "not known")}


def test_a_spool_that_was_heard_of_is_measured_and_a_silent_one_is_not():
    connectors = {"oakfield-primary": Connector(1.0, 300.0), "harbour-academy": Connector(600.0, 300.0)}
    found = shown(connectors=connectors, connectors_seen=True)
    assert (sender(found, "oakfield-primary").verdict, sender(found, "oakfield-primary").waiting) == (
        Verdict.SLOW,
        "5 min",
    )
    assert sender(found, "harbour-academy").waiting == "not known"


def test_an_organisation_that_used_to_speak_and_says_nothing_is_silent():
    week = timedelta(days=7).total_seconds()
    found = shown(taken={"oakfield-primary": Taken(0.0, 12, week), "harbour-academy": Taken(0.0, 0, week)})
    assert sender(found, "oakfield-primary").note == "has said nothing for 7 d"
    assert sender(found, "harbour-academy").verdict is Verdict.MOVING  # it never spoke


def test_what_a_connector_reports_stands_beside_its_verdict_as_codes():
    found = shown(connectors={"oakfield-primary": Connector(1.0, None, {}, ("BAD_RIGHTS", "Retryable"))})
    assert sender(found, "oakfield-primary").note == "its connector reports BAD_RIGHTS and Retryable"


def test_refusals_of_the_connector_and_of_the_broker_are_added_and_listed_by_code():
    found = shown(
        connectors={"oakfield-primary": Connector(1.0, None, {"BAD_DATE": 2})},
        dead_letters={("oakfield-primary", "OVERSIZE"): 1, ("somebody-else", "UNKNOWN_SENDER"): 4},
    )
    assert [badge.text for badge in sender(found, "oakfield-primary").badges] == ["3 refused"]
    assert [(r.organisation, r.place, r.code, r.count) for r in found.refusals] == [
        ("Oakfield Primary", "its connector", "BAD_DATE", "2"),
        ("Oakfield Primary", "the broker", "OVERSIZE", "1"),
        ("somebody-else", "the broker", "UNKNOWN_SENDER", "4"),
    ]
    assert [(f.value, f.note) for f in found.figures if f.name == "Refused records"] == [
        ("7", "5 dead letters among them")
    ]


def test_overdue_answers_stand_at_who_owes_them_and_in_the_sum():
    found = shown(overdue={"easthaven-social-care": Overdue(2, 7_500.0), "": Overdue(1, 60.0)})
    assert [badge.text for badge in recipient(found, "easthaven-social-care").badges] == ["2 overdue"]
    assert [(f.value, f.note) for f in found.figures if f.name == "Overdue answers"] == [
        ("3", "the oldest for 2 h 5 min")
    ]
    assert "3 answers are overdue." in found.headline


@pytest.mark.parametrize(
    ("lane", "note"),
    [
        (Lane(suspended=True), "its topic is missing or forbidden; the lane is suspended"),
        (Lane(unleased_seconds=700.0), "nobody has released to it for 11 min"),
        (Lane(unleased_seconds=None), "nobody releases to it"),
    ],
)
def test_of_a_closed_lane_only_that_it_is_closed_is_said(lane, note):
    node = recipient(shown(lanes={"oakfield-primary": lane}), "oakfield-primary")
    assert (node.verdict, node.note, node.waiting) == (Verdict.STOPPED, note, "not known")


def test_a_referral_behind_a_closed_lane_is_told():
    node = recipient(shown(lanes={"oakfield-primary": Lane(suspended=True, waiting_seconds=1200)}), "oakfield-primary")
    assert (node.verdict, node.waiting) == (Verdict.STOPPED, "a referral, 20 min")


def test_a_slow_lane_makes_the_release_slow_and_the_headline_says_so():
    found = shown(lanes={"oakfield-primary": Lane(1.0, 5, 250.0), "harbour-academy": Lane()})
    assert recipient(found, "oakfield-primary").verdict is Verdict.SLOW
    assert [node.verdict for node in found.stages] == [Verdict.MOVING, Verdict.MOVING, Verdict.MOVING, Verdict.SLOW]
    assert found.headline == "Release and the way to Oakfield Primary are slow."


def test_carriers_without_a_number_stop_the_ledger_once_the_target_is_missed():
    node = shown(unnumbered=3, unnumbered_seconds=FULL).stages[2]
    assert (node.name, node.verdict, node.note, node.waiting) == (
        "Ledger",
        Verdict.STOPPED,
        "3 carriers wait",
        "15 min",
    )


def test_the_cluster_is_not_known_when_it_cannot_be_asked():
    assert shown().stages[0].waiting == "not known"
    assert shown(cluster_seen=True).stages[0].waiting == "under 3 min"
    assert shown(cluster_seen=True, intake_waiting_seconds=FIFTH).stages[0].verdict is Verdict.SLOW


# ---------------------------------------------------------------- the drawing


def a_county(schools: int) -> Directory:
    """A partnership with many schools."""
    found = {
        f"school-{n:03}": Organisation(f"school-{n:03}", Agency.SCHOOLS, OrganisationKind.SCHOOL, f"School {n:03}")
        for n in range(schools)
    }
    return Directory(found | dict(a_directory().organisations))


def test_four_hundred_schools_are_folded_and_the_worst_are_drawn():
    lanes = {"school-123": Lane(suspended=True), "school-200": Lane(2.0, 9), "school-201": Lane(1.0, 4)}
    found = page(Facts(NOW, lanes=lanes), a_county(400))
    drawn = [node for node in fold(found.recipients) if node.group == "Schools"]
    assert len(drawn) == DRAWN_OF_A_GROUP
    assert {"school-123", "school-200", "school-201"} <= {node.key for node in drawn}
    assert (drawn[-1].name, drawn[-1].stands_for, drawn[-1].verdict) == ("397 more", 397, Verdict.MOVING)
    assert len(found.recipients) == 406  # the table has them all


@pytest.mark.parametrize("draw", [wide, narrow])
@pytest.mark.parametrize("schools", [0, 3, 400])
def test_every_box_stands_within_the_drawing_and_none_on_another(draw, schools):
    drawing = draw(page(Facts(NOW), a_county(schools)))
    boxes = (*drawing.senders, *drawing.stages, *drawing.recipients)
    assert all(b.x >= 0 and b.x + b.width <= drawing.width and b.y >= 0 and b.middle < drawing.height for b in boxes)
    for one, two in pairwise(sorted(boxes, key=lambda b: (b.x, b.y))):
        assert one.x != two.x or one.y + one.height <= two.y
    assert len(drawing.edges) == len(drawing.senders) + len(drawing.recipients) + len(drawing.stages) - 1


def test_an_edge_grows_with_its_rate_and_never_out_of_bounds():
    widths = [edge_width(rate) for rate in (0, 0.2, 1, 10, 100, 10_000)]
    assert widths == sorted(set(widths))
    assert (widths[0], edge_width(10**9)) == (THINNEST, THICKEST)


def test_minutes_count_the_window_and_forget_after_a_day():
    minutes = Minutes()
    minutes.add(NOW, "a", 5)
    minutes.add(NOW - timedelta(minutes=4), "a", 5)
    minutes.add(NOW - timedelta(minutes=5), "a", 100)
    minutes.add(NOW - timedelta(days=1), "a", 1_000)
    assert minutes.per_minute(NOW) == {"a": 2.0}
    assert minutes.day(NOW) == {"a": 110}
    assert minutes.day(NOW + timedelta(days=2)) == {}


def test_the_page_shows_who_has_witnessed_the_record_and_who_refuses_first():
    since = NOW - timedelta(days=30)
    found = shown(
        witnesses=(
            Witness("easthaven-hospital", since, 4.0),
            Witness("easthaven-police", since, 900.0),
            Witness("harbour-academy", since, None, "FORKED"),
            Witness("nobody-knows", since, None, "SOMETHING_NEW"),
        )
    ).witnesses
    assert [(row.organisation, row.verdict, row.signed) for row in found] == [
        ("Harbour Academy", Verdict.STOPPED, "never"),
        ("nobody-knows", Verdict.STOPPED, "never"),
        ("Easthaven General Hospital", Verdict.MOVING, "under a minute ago"),
        ("Easthaven Constabulary", Verdict.SILENT, "15 min ago"),
    ]
    assert "two histories" in found[0].note
    assert "ask that organisation" in found[1].note
    assert found[2].since == "21 October 2026"
