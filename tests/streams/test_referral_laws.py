"""A referral is never stopped: it waits for durable storage and for nothing else."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sharing.events import (
    Child,
    ReceiptRecorded,
    ReceiptState,
    ReferralDecided,
    ReferralOutcome,
    ReferralSubmitted,
    SealAction,
    SealChanged,
    SealKind,
)
from tests.streams.corridor import CSC, FRIDAY, HOUSE, OAKFIELD, POLICE, Corridor
from tests.streams.families import ROSA, ROSA_WITHOUT_PLACE, STREET


def refer(corridor: Corridor, child: Child = ROSA, sender: str = OAKFIELD, **more: object):
    words = {"concern_seen": "bruises", "ask": "assess", "by": "safeguarding_lead"} | more
    return corridor.event(ReferralSubmitted, sender, child, **words)


def other_agreements(tmp_path, drop: str = ""):
    """The same agreements under another version, perhaps without one of their files."""
    folder = tmp_path / "agreements"
    folder.mkdir()
    for file in sorted((HOUSE / "agreements").glob("*.yaml")):
        if file.name != drop:
            text = file.read_text(encoding="utf-8")
            (folder / file.name).write_text(text.replace("DPIA-001", "DPIA-901"), encoding="utf-8")
    return folder


def test_a_referral_reaches_the_front_door_while_the_sequencer_is_down(corridor):
    corridor.sequencing = False
    event = refer(corridor)
    corridor.send(OAKFIELD, event)
    corridor.flow()
    seen = corridor.one(CSC, "referral.submitted")
    assert seen.event.concern_seen == "bruises"
    assert seen.event.child.address_line == STREET
    assert seen.record.key == bytes.fromhex(seen.event.envelope.subject)


def test_nothing_else_leaves_while_the_sequencer_is_down(corridor):
    corridor.sequencing = False
    corridor.send(OAKFIELD, refer(corridor))
    assert {v.event.event_type for v in corridor.flow()} == {"referral.submitted"}


def test_a_referral_does_not_wait_for_a_seal_that_is_not_absorbed_yet(corridor):
    corridor.publish(POLICE, corridor.event(SealChanged, POLICE, ROSA, kind=SealKind.ADDRESS, action=SealAction.SET))
    corridor.send(OAKFIELD, refer(corridor))
    assert {v.event.event_type for v in corridor.flow()} == {"referral.submitted"}


def test_a_referral_does_not_wait_for_a_cluster_that_cannot_say_how_far_it_goes(corridor):
    corridor.seals.away = True
    corridor.send(OAKFIELD, refer(corridor))
    assert {v.event.event_type for v in corridor.flow()} == {"referral.submitted"}


def test_a_referral_leaves_as_it_was_recorded_when_the_agreements_change_meanwhile(corridor, tmp_path):
    event = refer(corridor)
    corridor.send(OAKFIELD, event)
    corridor.change(other_agreements(tmp_path))
    corridor.restart()
    corridor.flow()
    seen = corridor.one(CSC, "referral.submitted")
    assert seen.event.child.surname == ROSA.surname
    assert seen.event.envelope.agreement == "referral/to-social-care"


def test_a_referral_that_waited_through_a_restart_is_the_same_bytes(tmp_path):
    wires = []
    for name, again in (("straight", False), ("restarted", True)):
        (tmp_path / name).mkdir()
        corridor = Corridor(tmp_path / name)
        event = refer(corridor, key="one")
        corridor.send(OAKFIELD, event)
        if again:
            corridor.restart()
        corridor.flow()
        wires.append(corridor.one(CSC, "referral.submitted").wire)
        corridor.close()
    assert wires[0] == wires[1]


def test_a_referral_about_a_sealed_child_arrives_with_the_address(corridor):
    corridor.say(SealChanged, POLICE, ROSA, kind=SealKind.ADDRESS, action=SealAction.SET)
    corridor.say(SealChanged, CSC, ROSA, kind=SealKind.ADOPTION, action=SealAction.SET)
    corridor.send(OAKFIELD, refer(corridor))
    corridor.flow()
    assert corridor.one(CSC, "referral.submitted").event.child.address_line == STREET


def test_a_referral_about_a_child_in_doubt_arrives(corridor):
    corridor.send(OAKFIELD, refer(corridor))
    corridor.flow()
    corridor.send(POLICE, refer(corridor, ROSA_WITHOUT_PLACE, sender=POLICE, by="force_duty"))
    corridor.flow()
    with corridor.ledger.reading() as tx:
        assert len(tx.reviews_open()) == 1
    assert len(corridor.views(CSC, "referral.submitted")) == 2


def test_a_referral_without_a_usable_id_goes_under_an_id_of_its_place(corridor):
    event = refer(corridor)
    nameless = replace(event, envelope=replace(event.envelope, event_id="no id", organisation=None, agency=None))
    batch = corridor.send(OAKFIELD, nameless)
    corridor.intake.absorb(batch)
    corridor.flow()
    corridor.one(CSC, "referral.submitted")
    assert corridor.dead_letters() == []


@pytest.mark.parametrize("restarted", [False, True])
def test_a_referral_is_its_topics_owners_whatever_it_claims(corridor, restarted):
    event = refer(corridor)
    forged = replace(event, envelope=replace(event.envelope, organisation=POLICE, agency="police"))
    corridor.send(OAKFIELD, forged)
    if restarted:
        corridor.restart()
    corridor.flow()
    envelope = corridor.one(CSC, "referral.submitted").event.envelope
    assert (envelope.organisation, envelope.agency) == (OAKFIELD, "schools")


def test_at_night_the_emergency_duty_team_has_it_too(corridor):
    corridor.now = FRIDAY.replace(hour=23)
    corridor.send(OAKFIELD, refer(corridor))
    corridor.flow()
    assert len(corridor.views(CSC, "referral.submitted")) == 2


def test_silence_is_told_to_its_sender_with_the_number_to_call(corridor):
    corridor.send(OAKFIELD, refer(corridor))
    corridor.flow()
    left = corridor.pass_time(FRIDAY + timedelta(minutes=16))
    (told,) = [v for v in left if v.organisation == OAKFIELD]
    assert told.event.rule == "referral-receipt"
    assert told.event.telephone == "01632 960100"


def test_a_receipt_stops_the_receipt_clock(corridor):
    corridor.send(OAKFIELD, refer(corridor))
    corridor.flow()
    got = corridor.one(CSC, "referral.submitted")
    receipt(corridor, CSC, got)
    assert corridor.pass_time(FRIDAY + timedelta(minutes=16)) == []


def test_a_receipt_of_somebody_else_stops_nothing(corridor):
    corridor.send(OAKFIELD, refer(corridor))
    corridor.flow()
    got = corridor.one(CSC, "referral.submitted")
    receipt(corridor, OAKFIELD, got)
    left = corridor.pass_time(FRIDAY + timedelta(minutes=16))
    assert [v.event.rule for v in left] == ["referral-receipt"]
    with corridor.ledger.reading() as tx:
        assert tx.receipts([got.record.exchange_id]) == []


def receipt(corridor: Corridor, by: str, got, state: ReceiptState = ReceiptState.DELIVERED) -> None:
    event = corridor.event(ReceiptRecorded, by, Child(), state=state, in_reply_to=got.exchange)
    corridor.send(by, event)
    corridor.flow()


def test_an_unanswered_referral_escalates_and_both_sides_hear(corridor):
    event = refer(corridor)
    corridor.send(OAKFIELD, event)
    corridor.flow()
    receipt(corridor, CSC, corridor.one(CSC, "referral.submitted"))
    left = corridor.pass_time(FRIDAY + timedelta(days=3, minutes=1))
    risen = [v for v in left if v.event.event_type == "broker.escalation.changed"]
    assert {v.organisation for v in risen} == {OAKFIELD, CSC}
    (school,) = [v for v in risen if v.organisation == OAKFIELD]
    assert school.event.envelope.in_reply_to == event.envelope.event_id
    assert (school.event.to_function, school.event.stage) == ("front_door_manager", 1)


def test_escalating_twice_is_escalating_once(corridor):
    corridor.send(OAKFIELD, refer(corridor))
    corridor.flow()
    corridor.pass_time(FRIDAY + timedelta(days=3, minutes=1))
    corridor.restart()
    assert corridor.pass_time(FRIDAY + timedelta(days=3, minutes=1)) == []


def test_no_clock_rings_while_an_answer_may_wait_in_its_topic(corridor):
    corridor.send(OAKFIELD, refer(corridor))
    corridor.flow()
    got = corridor.one(CSC, "referral.submitted")
    waiting = corridor.publish(
        CSC,
        corridor.event(
            ReferralDecided, CSC, Child(), outcome=ReferralOutcome.ASSESSMENT_REQUIRED, in_reply_to=got.exchange
        ),
    )
    assert corridor.pass_time(FRIDAY + timedelta(days=3, minutes=1)) == []
    corridor.intake.absorb(waiting)
    left = corridor.pass_time(corridor.now)
    assert "broker.escalation.changed" not in {v.event.event_type for v in left}


def test_a_refusal_without_reason_is_told_at_once_and_owed(corridor):
    event = refer(corridor)
    corridor.send(OAKFIELD, event)
    corridor.flow()
    got = corridor.one(CSC, "referral.submitted")
    refusal = {"outcome": ReferralOutcome.NOT_ACCEPTED, "in_reply_to": got.exchange, "by": "front_door"}
    corridor.say(ReferralDecided, CSC, ROSA, **refusal)
    answer = corridor.one(OAKFIELD, "csc.referral.decided")
    assert answer.event.outcome is ReferralOutcome.NOT_ACCEPTED
    assert answer.event.envelope.in_reply_to == event.envelope.event_id
    told = corridor.views(OAKFIELD, "broker.clock.changed")[-1]
    assert (told.event.state, told.event.missing_items) == ("ANSWER_INCOMPLETE", ("reason_code", "advice_text"))
    task = corridor.one(CSC, "broker.task.raised")
    assert (task.event.task, task.event.child.surname) == ("COMPLETE_ANSWER", ROSA.surname)

    complete = refusal | {"reason_code": "BELOW_THRESHOLD", "advice_text": "speak with the family worker"}
    corridor.say(ReferralDecided, CSC, ROSA, **complete)
    assert len(corridor.views(OAKFIELD, "csc.referral.decided")) == 2
    assert corridor.views(OAKFIELD, "broker.clock.changed")[-1].event.state == "STOPPED"
    assert corridor.pass_time(FRIDAY + timedelta(days=4)) == []


def test_an_answer_of_somebody_else_answers_nothing(corridor):
    corridor.send(OAKFIELD, refer(corridor))
    corridor.flow()
    got = corridor.one(CSC, "referral.submitted")
    corridor.say(ReferralDecided, POLICE, ROSA, outcome=ReferralOutcome.OTHER, in_reply_to=got.exchange)
    assert corridor.dead_letters() == [("NOT_YOURS_TO_SAY", "")]
    assert corridor.views(OAKFIELD, "csc.referral.decided") == []
