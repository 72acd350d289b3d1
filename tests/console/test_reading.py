"""The console's look at a real ledger: what counts, what does not, and that looking costs and changes nothing."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.vitals import HEALTH_FILE
from console.backlog import Backlog
from console.facts import Overdue
from console.summary import figures
from console.verdicts import Verdict
from console.vitals import HEALTH, read_connector
from console.witnessing import refusing, signing
from ledger import newest
from ledger.verify import verify
from ledger.witnesses import Heard, hear
from sharing.errors import Retryable
from sharing.reconciliation.state import QuestionState
from sharing.vocabulary import Outcome
from tests.console.rig import NOW, Town, a_question, busy
from tests.ledger.postgres import server
from tests.ledger.test_witnesses import HARBOUR, says

SCHOOL, CARE, POLICE = "oakfield-primary", "easthaven-social-care", "easthaven-police"


def test_rates_and_days_are_counted_when_a_carrier_is_numbered(town):
    reader = town.reader()
    town.event("old", "csc.plan.changed", [SCHOOL], at=NOW - timedelta(hours=25))
    town.event("today", "csc.plan.changed", [SCHOOL], at=NOW - timedelta(hours=2))
    town.event("now", "csc.plan.changed", [SCHOOL, CARE])
    assert reader.read(NOW, NOW).decided_day == 0
    town.number()
    facts = reader.read(NOW, NOW)
    assert (facts.decided_per_minute, facts.decided_day) == (0.2, 2)
    assert {slug: (lane.per_minute, lane.day) for slug, lane in facts.lanes.items()} == {
        SCHOOL: (0.2, 2),
        CARE: (0.2, 1),
    }
    assert reader.read(NOW, NOW) == facts  # a second look counts nothing twice


def test_a_console_started_later_counts_the_same_day(town):
    early = town.reader()
    early.read(NOW, NOW)
    busy(town)
    late = town.reader().read(NOW, NOW)
    facts = early.read(NOW, NOW)
    assert (late.decided_day, late.lanes, late.overdue) == (facts.decided_day, facts.lanes, facts.overdue)
    assert late.checkpoint_seconds == facts.checkpoint_seconds == 9.0


def test_senders_are_counted_by_what_was_taken_in_from_their_own_topic(town):
    town.took(SCHOOL, 4)
    reader = town.reader()
    assert reader.read(NOW, NOW).taken[SCHOOL].per_minute == 0  # what came before this console started is no rate
    town.took(SCHOOL, 10)
    town.took(CARE, 5)  # first seen while the console looks
    facts = reader.read(NOW, NOW)
    assert (facts.taken[SCHOOL].per_minute, facts.taken[SCHOOL].total) == (2.0, 14)
    assert facts.taken[CARE].per_minute == 1.0
    later = reader.read(NOW + timedelta(hours=3), NOW)
    assert (later.taken[SCHOOL].per_minute, later.taken[SCHOOL].quiet_seconds) == (0.0, 3 * 3600)


def test_what_may_leave_and_has_not_waits_since_it_was_decided(town):
    town.event("one", "csc.plan.changed", [SCHOOL], at=NOW - timedelta(minutes=20))
    town.event("two", "csc.plan.changed", [SCHOOL], at=NOW - timedelta(minutes=4))
    town.event("ref", "referral.submitted", [CARE], at=NOW - timedelta(minutes=7), express=True)
    town.event("held", "csc.plan.changed", [POLICE], at=NOW - timedelta(hours=7), state=Outcome.HOLD)
    town.number()
    town.lease()
    reader = town.reader()
    waiting = {slug: lane.waiting_seconds for slug, lane in reader.read(NOW, NOW).lanes.items()}
    assert waiting == {SCHOOL: 1200, CARE: 420, POLICE: None}
    town.release()
    assert {lane.waiting_seconds for lane in reader.read(NOW, NOW).lanes.values()} == {None}


def test_an_exchange_that_was_suppressed_later_does_not_wait_for_ever(town):
    event = town.event("one", "csc.plan.changed", [SCHOOL], at=NOW - timedelta(hours=1))
    town.number()
    town.decide_later(event, SCHOOL, "one", in_place=True, state=Outcome.SUPPRESS)
    town.number()
    town.lease()
    assert town.reader().read(NOW, NOW).lanes[SCHOOL].waiting_seconds is None


def test_a_recipient_found_later_is_counted_and_one_decided_again_is_not(town):
    event = town.event("one", "csc.plan.changed", [SCHOOL])
    town.number()
    town.decide_later(event, SCHOOL, "one", in_place=False, state=Outcome.DELIVER)
    town.decide_later(event, CARE, "one", in_place=False, state=Outcome.DELIVER)
    town.number()
    lanes = town.reader().read(NOW, NOW).lanes
    assert (lanes[SCHOOL].day, lanes[CARE].day) == (1, 1)


def test_suspended_and_abandoned_lanes_are_closed(town):
    town.event("one", "csc.plan.changed", [SCHOOL, CARE, POLICE], at=NOW - timedelta(hours=1))
    town.number()
    reader = town.reader()
    assert reader.read(NOW, NOW).lanes[CARE].unleased_seconds is None  # nobody ever released
    town.lease(lasts=timedelta(minutes=1))
    town.suspend(SCHOOL)
    lanes = reader.read(NOW, NOW).lanes
    assert (lanes[SCHOOL].suspended, lanes[SCHOOL].waiting_seconds, lanes[CARE].waiting_seconds) == (True, None, 3600)
    lanes = reader.read(NOW, NOW + timedelta(minutes=6)).lanes  # the worker is gone for five minutes
    assert (lanes[CARE].unleased_seconds, lanes[CARE].waiting_seconds) == (300, None)


def test_a_referral_behind_a_closed_lane_is_told(town):
    town.event("plan", "csc.plan.changed", [CARE], at=NOW - timedelta(hours=2))
    town.event("ref", "referral.submitted", [CARE], at=NOW - timedelta(minutes=20), express=True)
    town.number()
    town.lease()
    town.suspend(CARE)
    assert town.reader().read(NOW, NOW).lanes[CARE].waiting_seconds == 1200


def test_carriers_wait_for_a_number_and_the_checkpoint_ages_in_real_time(town):
    reader = town.reader()
    assert reader.read(NOW, NOW).checkpoint_seconds is None
    town.event("one", "csc.plan.changed", [SCHOOL], at=NOW - timedelta(minutes=3))
    facts = reader.read(NOW, NOW)
    assert (facts.unnumbered, facts.unnumbered_seconds) == (1, 180)
    town.number()
    facts = reader.read(NOW, NOW + timedelta(seconds=40))
    assert (facts.unnumbered, facts.unnumbered_seconds, facts.checkpoint_seconds) == (0, None, 40)


def test_witnesses_are_counted_while_they_sign_and_one_that_refuses_is_seen(town):
    town.event("one", "csc.plan.changed", [SCHOOL])
    town.number()
    assert says(town.ledger, checkpoint(town), int((NOW - timedelta(minutes=1)).timestamp())) is Heard.KEPT
    reader = town.reader()
    facts = reader.read(NOW, NOW)
    assert (signing(facts), refusing(facts)) == (1, 0)
    assert signing(reader.read(NOW + timedelta(minutes=9), NOW)) == 0
    with town.ledger.transaction() as tx:
        hear(tx, HARBOUR, ("refused FORKED", ""), NOW, "engine")
    facts = reader.read(NOW, NOW)
    assert (signing(facts), refusing(facts)) == (0, 1)
    shown = {figure.name: (figure.tone, figure.note) for figure in figures(facts, [])}
    assert shown["Witnesses"] == (Verdict.STOPPED, "1 refuses to")


def checkpoint(town: Town):
    with town.ledger.reading() as tx:
        return newest(tx).checkpoint


def test_overdue_answers_are_counted_by_owner_until_they_are_given(town):
    due = NOW - timedelta(hours=3)
    reader = town.reader()
    town.event("ref", "referral.submitted", [CARE], child="c1")
    town.case("c1", a_question("ref", CARE, due), a_question("soon", SCHOOL, NOW + timedelta(hours=1)))
    town.number()
    assert reader.read(NOW, NOW).overdue == {CARE: Overdue(1, 3 * 3600)}
    assert set(reader.read(NOW + timedelta(hours=2), NOW).overdue) == {CARE, SCHOOL}
    town.case("c1", a_question("ref", CARE, due, state=QuestionState.ANSWERED, next_at=None))
    assert reader.read(NOW + timedelta(hours=2), NOW).overdue == {}


def test_an_escalation_with_no_clock_left_to_run_is_still_overdue_after_a_restart(town):
    town.case(
        "c1", a_question("ref", CARE, NOW - timedelta(days=9), state=QuestionState.OVERDUE, stage=3, next_at=None)
    )
    facts = town.reader().read(NOW, NOW)
    assert (facts.overdue[CARE].count, facts.still_counting) == (1, False)


def test_a_forgotten_child_owes_and_stops_nothing(town):
    town.case("c1", a_question("ref", CARE, NOW - timedelta(days=1)))
    reader = town.reader()
    reader.read(NOW, NOW)
    with town.ledger.transaction() as tx:
        tx.forget_child(town.subject("c1"))
    assert reader.read(NOW, NOW).overdue == {}


def test_dead_letters_are_counted_by_organisation_and_code_with_no_content(town):
    town.dead_letter(SCHOOL, "OVERSIZE", offset=1)
    town.dead_letter(SCHOOL, "OVERSIZE", offset=2)
    town.dead_letter(POLICE, "UNDECODABLE", kind="seals")
    facts = town.reader().read(NOW, NOW)
    assert facts.dead_letters == {(POLICE, "UNDECODABLE"): 1, (SCHOOL, "OVERSIZE"): 2}


def test_looking_changes_nothing(town):
    busy(town)
    before = verify(town.ledger)
    with town.ledger.reading() as tx:
        lanes = tx.session.rows("select * from lane order by id")
    town.reader().read(NOW, NOW)
    with town.ledger.reading() as tx:
        assert tx.session.rows("select * from lane order by id") == lanes
    assert (before.fault, verify(town.ledger)) == (None, before)


@pytest.mark.postgres
def test_postgresql_gives_the_same_figures(tmp_path: Path, town):
    with server() as url:
        other = Town(tmp_path / "other", url)
        try:
            for one in (town, other):
                busy(one)
            assert town.reader().read(NOW, NOW) == other.reader().read(NOW, NOW)
        finally:
            other.close()


# ---------------------------------------------------------------- the cluster


def test_what_waits_in_the_cluster_is_a_time_not_an_offset():
    backlog = Backlog()
    minute = timedelta(minutes=1)
    assert backlog.look(NOW, {"in.a": 5}, {"in.a": 5}) is None
    assert backlog.look(NOW, {"in.a": 7, "in.b": 1}, {"in.a": 5}) == 0
    assert backlog.look(NOW + minute, {"in.a": 9, "in.b": 1}, {"in.a": 6, "in.b": 1}) == 60
    assert backlog.look(NOW + 2 * minute, {"in.a": 9}, {"in.a": 7}) == 60  # the first two are in; two wait for a minute
    assert backlog.look(NOW + 3 * minute, {"in.a": 9}, {"in.a": 9}) is None


def test_a_cluster_that_does_not_answer_is_said_and_the_rest_is_shown(town):
    def away() -> dict[str, int]:
        raise Retryable("the cluster does not answer")

    busy(town)
    facts = town.reader(away).read(NOW, NOW)
    assert "Kafka" in facts.fault
    assert facts.cluster_seen is False
    assert facts.decided_day == 38


# ---------------------------------------------------------------- health files


def test_a_health_file_is_read_where_connectors_write_it(town):
    assert HEALTH.name == HEALTH_FILE
    town.health(
        SCHOOL, refused={"BAD_DATE": 2}, oldest=61.5, troubles=[{"place": "kafka", "code": "Retryable", "words": "x"}]
    )
    found = town.reader().read(NOW, NOW).connectors[SCHOOL]
    assert (found.unheard_seconds, found.oldest_unsent_seconds) == (3.0, 61.5)
    assert (found.refused, found.troubles) == ({"BAD_DATE": 2}, ("Retryable",))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        "null",
        "[" * 100_000,
        json.dumps({"spool": 4}),
        json.dumps({"refused": {"A": "x"}, "troubles": 1}),
    ],
)
def test_a_spoiled_health_file_spoils_nothing(tmp_path: Path, text: str):
    path = tmp_path / "health.json"
    path.write_text(text, encoding="utf-8")
    found = read_connector(path, NOW)
    assert (found.refused, found.troubles, found.oldest_unsent_seconds) == ({}, (), None)


def test_a_missing_health_file_is_an_unheard_connector(tmp_path: Path):
    assert read_connector(tmp_path / "nowhere" / "health.json", NOW).unheard_seconds is None
