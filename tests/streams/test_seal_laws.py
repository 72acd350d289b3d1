"""Seals: silent, ahead of everything, and read again when something is about to leave."""

import io
import logging
from dataclasses import replace
from datetime import date, timedelta

import pytest

from sharing.events import (
    AttendanceSetting,
    Child,
    DomesticAbuseIncidentNotified,
    InvolvementAction,
    InvolvementChanged,
    MissingAction,
    MissingChanged,
    PlanAction,
    PlanChanged,
    PlanKind,
    ReferralSubmitted,
    SealAction,
    SealChanged,
    SealKind,
    UnscheduledAttended,
)
from tests.streams.corridor import COMMUNITY, CSC, FRIDAY, GP, OAKFIELD, POLICE, SATURDAY_NIGHT, TRUST, Corridor
from tests.streams.families import CANARIES, POSTCODE, ROSA, STREET, TELEPHONE

MAXIMAL = {
    "police_reference": "EH/26/1",
    "incident_address": STREET,
    "suspect": "Quillfeather senior",
    "circumstances": "an argument",
    "child_words": "I hid",
    "callback": "01632 960200",
}


def involve(corridor: Corridor, organisation: str, function: str, child: Child = ROSA) -> None:
    corridor.say(
        InvolvementChanged, CSC, child, organisation=organisation, function=function, action=InvolvementAction.OPENED,
        since=date(2026, 1, 1),
    )  # fmt: skip


def everybody_involved(corridor: Corridor) -> None:
    for organisation, function in (
        (OAKFIELD, "safeguarding_lead"), (COMMUNITY, "health_visitor"), (GP, "practice_lead"), (CSC, "allocated_team"),
    ):  # fmt: skip
        involve(corridor, organisation, function)


def seal(corridor: Corridor, kind: SealKind = SealKind.ADDRESS, by: str = POLICE, action: SealAction = SealAction.SET):
    return corridor.event(SealChanged, by, ROSA, kind=kind, action=action)


def notice(corridor: Corridor, child: Child = ROSA, **more: object):
    body = MAXIMAL | {"by": "force_duty"} | more
    return corridor.event(DomesticAbuseIncidentNotified, POLICE, child, **body)


def carries(view, *secrets: str) -> list[str]:
    return [s for s in secrets if s.encode() in view.record.value]


PLACES = (STREET, POSTCODE, TELEPHONE)


def test_the_school_never_sees_the_sealed_address(corridor):
    everybody_involved(corridor)
    corridor.send(POLICE, seal(corridor))
    corridor.send(POLICE, notice(corridor))
    corridor.say(MissingChanged, POLICE, ROSA, action=MissingAction.MISSING, last_seen_area=STREET)
    left = corridor.views(OAKFIELD)
    assert {v.event.event_type for v in left} >= {"police.da_incident.notified", "police.missing.changed"}
    assert [carries(v, *PLACES) for v in left] == [[]] * len(left)


def test_health_has_the_postcode_until_it_is_sealed(corridor):
    everybody_involved(corridor)
    corridor.say(MissingChanged, POLICE, ROSA, action=MissingAction.MISSING)
    assert carries(corridor.one(COMMUNITY, "police.missing.changed"), *PLACES) == [POSTCODE]
    corridor.send(POLICE, seal(corridor))
    corridor.flow()
    corridor.say(MissingChanged, POLICE, ROSA, action=MissingAction.FOUND)
    assert carries(corridor.views(COMMUNITY, "police.missing.changed")[-1], *PLACES) == []


def test_who_holds_the_case_sees_the_sealed_address(corridor):
    everybody_involved(corridor)
    corridor.send(POLICE, seal(corridor))
    corridor.say(MissingChanged, POLICE, ROSA, action=MissingAction.MISSING)
    found = [v for v in corridor.views(CSC, "police.missing.changed") if v.event.child.address_line]
    assert [v.event.child.address_line for v in found] == [STREET]


def test_emergency_duty_sees_the_sealed_address_at_two_in_the_morning_with_an_open_referral(corridor):
    corridor.say(ReferralSubmitted, OAKFIELD, ROSA, ask="assess", by="safeguarding_lead")
    corridor.send(POLICE, seal(corridor))
    corridor.now = SATURDAY_NIGHT + timedelta(hours=3, minutes=20)
    corridor.say(MissingChanged, POLICE, ROSA, action=MissingAction.MISSING, last_seen_area="the quay")
    seen = corridor.views(CSC, "police.missing.changed")
    assert {v.event.child.address_line for v in seen} == {STREET}
    assert {v.event.last_seen_area for v in seen} == {"the quay"}


def test_without_an_open_referral_not_even_the_front_door_sees_it(corridor):
    corridor.send(POLICE, seal(corridor))
    corridor.say(MissingChanged, POLICE, ROSA, action=MissingAction.MISSING, last_seen_area=STREET)
    assert [carries(v, *PLACES) for v in corridor.views(CSC, "police.missing.changed")] == [[]]


def test_an_answered_referral_closes_the_address_to_what_has_not_left(corridor):
    from sharing.events import ReferralDecided, ReferralOutcome

    corridor.say(ReferralSubmitted, OAKFIELD, ROSA, ask="assess", by="safeguarding_lead")
    corridor.send(POLICE, seal(corridor))
    corridor.flow()
    got = corridor.one(CSC, "referral.submitted")
    corridor.send(POLICE, corridor.event(MissingChanged, POLICE, ROSA, action=MissingAction.MISSING))
    corridor.number()
    corridor.send(CSC, corridor.event(
        ReferralDecided, CSC, ROSA, outcome=ReferralOutcome.ASSESSMENT_REQUIRED, in_reply_to=got.exchange
    ))  # fmt: skip
    corridor.flow()
    assert [carries(v, *PLACES) for v in corridor.views(CSC, "police.missing.changed")] == [[]]


@pytest.mark.parametrize("restarted", [False, True])
def test_a_seal_between_absorbing_and_claiming_lets_nothing_sealed_leave(corridor, restarted):
    everybody_involved(corridor)
    event = corridor.event(MissingChanged, POLICE, ROSA, action=MissingAction.MISSING, last_seen_area=STREET)
    corridor.send(POLICE, event)
    corridor.number()
    corridor.send(POLICE, seal(corridor))
    if restarted:
        corridor.restart()
    left = corridor.flow()
    to_health = [v for v in left if v.organisation == COMMUNITY]
    assert to_health
    assert [carries(v, *PLACES) for v in to_health] == [[]] * len(to_health)
    assert not corridor.views(COMMUNITY, "correction.issued"), "nothing had left: nothing is taken back"
    with corridor.ledger.reading() as tx:
        stored = tx.find(bytes.fromhex(event.envelope.event_id))
        again = tx.redecisions([stored.n])
    assert {x.organisation for row in again for x in row.exchanges} >= {COMMUNITY}
    assert all(row.replaces == stored.n and row.ordinal for row in again)


def test_a_seal_behind_its_event_in_one_batch_lets_nothing_sealed_leave(corridor):
    """A seal has a topic of its own; a health record's marking seals from within the topic of everything else."""
    from sharing.events import Marking, RegistrationChanged, RegistrationKind

    plan(corridor)
    involve(corridor, GP, "practice_lead")
    attended = corridor.event(
        UnscheduledAttended, TRUST, ROSA, setting=AttendanceSetting.EMERGENCY_DEPARTMENT, site="Main site"
    )
    marked = corridor.event(
        RegistrationChanged, TRUST, ROSA, kind=RegistrationKind.SENSITIVITY, sensitive=True, markings=(Marking.S_FLAG,)
    )
    corridor.send(TRUST, attended, marked)
    corridor.flow()
    assert [carries(v, *PLACES, "Main site") for v in corridor.views(GP, "health.unscheduled.attended")] == [[]]


def plan(corridor: Corridor) -> None:
    corridor.say(PlanChanged, CSC, ROSA, kind=PlanKind.CHILD_PROTECTION, action=PlanAction.STARTED, team="North")


def test_nothing_but_referrals_leaves_while_a_seal_waits_to_be_absorbed(corridor):
    everybody_involved(corridor)
    waiting = corridor.publish(POLICE, seal(corridor))
    corridor.send(POLICE, corridor.event(MissingChanged, POLICE, ROSA, action=MissingAction.MISSING))
    assert corridor.flow() == []
    corridor.intake.absorb(waiting)
    left = [v for v in corridor.flow() if v.organisation != CSC]
    assert {v.organisation for v in left} == {OAKFIELD, COMMUNITY}
    assert [carries(v, *PLACES) for v in left] == [[]] * 2


def test_a_recall_reaches_only_who_had_a_value_and_what_replaces_it_has_none(corridor):
    everybody_involved(corridor)
    corridor.say(MissingChanged, POLICE, ROSA, action=MissingAction.MISSING)
    had = corridor.one(COMMUNITY, "police.missing.changed")
    corridor.send(POLICE, seal(corridor))
    corridor.flow()
    recalls = corridor.views(event_type="correction.issued")
    assert {v.organisation for v in recalls} == {COMMUNITY}
    recalled = corridor.one(COMMUNITY, "correction.issued")
    assert recalled.event.recalled_exchange == had.exchange
    assert recalled.record.key == had.record.key
    assert recalled.record.seq == had.record.seq + 1
    again = corridor.views(COMMUNITY, "police.missing.changed")[-1]
    assert again.exchange != had.exchange
    assert carries(again, *PLACES) == []
    assert again.event.action is MissingAction.MISSING


def test_a_second_seal_takes_nothing_back_twice(corridor):
    everybody_involved(corridor)
    corridor.say(MissingChanged, POLICE, ROSA, action=MissingAction.MISSING)
    corridor.send(POLICE, seal(corridor))
    corridor.flow()
    before = len(corridor.destination.sent)
    corridor.send(CSC, seal(corridor, by=CSC))
    corridor.send(TRUST, seal(corridor, SealKind.S_FLAG, TRUST))
    corridor.flow()
    assert corridor.destination.sent[before:] == []


def test_an_involvement_that_ended_is_no_ground_to_take_back_what_holds_nothing_sealed(corridor):
    involve(corridor, OAKFIELD, "safeguarding_lead")
    plan(corridor)
    corridor.say(
        InvolvementChanged, CSC, ROSA, organisation=OAKFIELD, function="safeguarding_lead",
        action=InvolvementAction.CLOSED,
    )  # fmt: skip
    before = len(corridor.views(OAKFIELD))
    assert before
    corridor.send(POLICE, seal(corridor))
    corridor.flow()
    assert len(corridor.views(OAKFIELD)) == before


def test_who_was_involved_once_and_has_the_address_gives_it_back(corridor):
    involve(corridor, GP, "practice_lead")
    corridor.say(MissingChanged, POLICE, ROSA, action=MissingAction.MISSING)
    involve(corridor, COMMUNITY, "health_visitor")
    plan(corridor)
    corridor.say(
        InvolvementChanged, CSC, ROSA, organisation=GP, function="practice_lead", action=InvolvementAction.CLOSED
    )
    had = {v.exchange for v in corridor.views(GP) if carries(v, POSTCODE)}
    assert had
    corridor.send(POLICE, seal(corridor))
    corridor.flow()
    assert {v.event.recalled_exchange for v in corridor.views(GP, "correction.issued")} >= had
    assert not [v for v in corridor.views(GP) if v.exchange not in had and carries(v, POSTCODE)]


def test_an_involvement_that_ends_before_claiming_stops_what_waits(corridor):
    involve(corridor, OAKFIELD, "safeguarding_lead")
    corridor.send(POLICE, notice(corridor))
    corridor.number()
    closed = {"organisation": OAKFIELD, "function": "safeguarding_lead", "action": InvolvementAction.CLOSED}
    corridor.send(CSC, corridor.event(InvolvementChanged, CSC, ROSA, **closed))
    corridor.flow()
    assert corridor.views(OAKFIELD) == []


def test_a_school_in_the_perpetrators_reach_learns_nothing_at_all(corridor):
    everybody_involved(corridor)
    corridor.send(POLICE, seal(corridor, SealKind.PERPETRATOR_CHANNEL))
    corridor.send(POLICE, notice(corridor))
    corridor.flow()
    corridor.pass_time(FRIDAY + timedelta(days=5))
    assert corridor.views(OAKFIELD) == []


def test_a_seal_is_announced_to_nobody(corridor):
    everybody_involved(corridor)
    before = len(corridor.destination.sent)
    corridor.send(POLICE, seal(corridor))
    corridor.flow()
    assert corridor.destination.sent[before:] == []


def test_a_lifted_seal_opens_what_comes_after(corridor):
    everybody_involved(corridor)
    corridor.send(POLICE, seal(corridor))
    corridor.send(POLICE, seal(corridor, action=SealAction.LIFTED))
    corridor.say(MissingChanged, POLICE, ROSA, action=MissingAction.MISSING)
    assert carries(corridor.one(COMMUNITY, "police.missing.changed"), POSTCODE) == [POSTCODE]


def test_an_attendance_reaches_the_social_worker_and_never_the_school(corridor):
    everybody_involved(corridor)
    plan(corridor)
    before = len(corridor.views(OAKFIELD))
    corridor.say(
        UnscheduledAttended, TRUST, ROSA, setting=AttendanceSetting.EMERGENCY_DEPARTMENT, attended_at=FRIDAY,
        clinical_note="bruising", accompanied_by="mother",
    )  # fmt: skip
    assert [v.event.accompanied_by for v in corridor.views(CSC, "health.unscheduled.attended")] == ["mother"]
    corridor.pass_time(FRIDAY + timedelta(days=2))
    assert len(corridor.views(OAKFIELD)) == before
    assert not [v for v in corridor.views() if carries(v, "bruising")]


def test_two_worlds_that_differ_only_in_a_withheld_value_are_the_same_bytes(tmp_path):
    seen = []
    for number, (street, suspect, sealed) in enumerate(
        [(STREET, "Quillfeather senior", True), ("1 Other Road", "nobody", True), (None, None, True)]
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        corridor = Corridor(folder)
        child = replace(ROSA, address_line=street, telephone=street)
        everybody_involved(corridor)
        if sealed:
            corridor.send(POLICE, seal(corridor))
        corridor.send(POLICE, notice(corridor, child, suspect=suspect, incident_address=street, intelligence=street))
        corridor.flow()
        corridor.pass_time(FRIDAY + timedelta(days=4))
        seen.append([v.wire for v in corridor.views() if v.organisation != CSC])
        corridor.close()
    assert seen[0]
    assert seen[0] == seen[1] == seen[2]


def test_a_sealed_value_and_one_that_never_was_are_the_same_bytes(tmp_path):
    seen = []
    for number, (child, sealed) in enumerate([(ROSA, True), (replace(ROSA, postcode=None), False)]):
        folder = tmp_path / str(number)
        folder.mkdir()
        corridor = Corridor(folder)
        involve(corridor, COMMUNITY, "health_visitor")
        event = seal(corridor)
        if sealed:
            corridor.send(POLICE, event)
        missing = corridor.event(MissingChanged, POLICE, child, action=MissingAction.MISSING)
        corridor.send(POLICE, missing)
        corridor.flow()
        seen.append(corridor.one(COMMUNITY, "police.missing.changed").wire)
        corridor.close()
    assert seen[0] == seen[1]


@pytest.mark.parametrize("kind", [SealKind.ADDRESS, SealKind.S_FLAG])
def test_a_setting_cannot_tell_a_sealed_child_from_any_other(tmp_path, kind):
    """Police and social care tell a setting nothing that a seal on a place takes away, and go on telling the rest."""
    seen = []
    for sealed in (True, False):
        folder = tmp_path / str(sealed)
        folder.mkdir()
        corridor = Corridor(folder)
        everybody_involved(corridor)
        event = seal(corridor, kind)
        if sealed:
            corridor.send(POLICE, event)
        corridor.send(POLICE, notice(corridor))
        corridor.say(MissingChanged, POLICE, ROSA, action=MissingAction.MISSING, last_seen_area=STREET)
        corridor.say(PlanChanged, CSC, ROSA, kind=PlanKind.CHILD_PROTECTION, action=PlanAction.STARTED)
        corridor.pass_time(FRIDAY + timedelta(days=4))
        seen.append([view.wire for view in corridor.views(OAKFIELD)])
        corridor.close()
    assert len(seen[0]) > len(("notice", "missing", "plan"))
    assert seen[0] == seen[1]


def test_no_secret_stands_in_the_database_or_in_a_log(tmp_path, capfd):
    logged = io.StringIO()  # whichever way logs go in this process: printed, or through the standard library
    handler = logging.StreamHandler(logged)
    logging.getLogger().addHandler(handler)
    corridor = Corridor(tmp_path)
    everybody_involved(corridor)
    corridor.send(POLICE, seal(corridor), b"\x00\x00\x00\x00\x07" + STREET.encode(), b"junk Quillfeather")
    corridor.send(POLICE, notice(corridor))
    corridor.send(OAKFIELD, corridor.event(ReferralSubmitted, POLICE, ROSA, by="force_duty"))
    corridor.send(OAKFIELD, notice(corridor))
    corridor.flow()
    corridor.pass_time(FRIDAY + timedelta(days=4))
    assert len(corridor.dead_letters()) == 3
    corridor.close()
    disk = b"".join(p.read_bytes() for p in tmp_path.iterdir())
    assert b"SQLite format 3" in disk
    logging.getLogger().removeHandler(handler)
    said = ("".join(capfd.readouterr()) + logged.getvalue()).encode()
    assert b"dead letter" in said
    for secret in CANARIES:
        for shape in (secret.encode(), secret.lower().encode(), secret.replace(" ", "").encode()):
            assert shape not in disk
            assert shape not in said
