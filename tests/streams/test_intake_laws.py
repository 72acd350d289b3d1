"""What comes in: who may say what, repeats that change nothing, and dead letters beside which the rest flows."""

from dataclasses import replace

import pytest

from sharing.codec import encode
from sharing.events import (
    Child,
    ClockChanged,
    ConcernShared,
    CorrectionIssued,
    PlanChanged,
    ReceiptRecorded,
    ReceiptState,
    ReferralSubmitted,
    SealAction,
    SealChanged,
    SealKind,
    TaskKind,
    TaskRaised,
)
from streams.agents.incoming import MAX_EVENT_BYTES
from streams.carrier import Batch, Record
from tests.streams.corridor import CSC, OAKFIELD, POLICE, SATURDAY_NIGHT, Corridor
from tests.streams.families import ROSA, TOM

TABLES = (
    "event", "redecision", "subject", "blocking", "held", "awaited", "express", "receipt", "review", "carrier",
)  # fmt: skip


def concern(corridor: Corridor, child: Child = ROSA, **more: object):
    return corridor.event(ConcernShared, OAKFIELD, child, facts="withdrawn", by="safeguarding_lead", **more)


def everything(corridor: Corridor) -> dict[str, list[tuple]]:
    """Every table that an absorbed event may touch, but for what is encrypted anew each time."""
    tables = [
        "event",
        "redecision",
        "subject",
        "blocking",
        "held",
        "awaited",
        "express",
        "receipt",
        "review",
        "carrier",
    ]
    with corridor.ledger.reading() as tx:
        return {t: tx.session.rows(f"select count(*) from {t}") for t in tables}


def test_the_same_batch_again_changes_nothing(corridor):
    batch = corridor.send(OAKFIELD, concern(corridor), corridor.event(ReferralSubmitted, OAKFIELD, ROSA, ask="assess"))
    corridor.flow()
    before, sent = everything(corridor), len(corridor.destination.sent)
    for _ in range(2):
        corridor.restart()
        corridor.intake.absorb(batch)
        corridor.flow()
    assert everything(corridor) == before
    assert len(corridor.destination.sent) == sent
    assert corridor.dead_letters() == []


def test_a_batch_that_repeats_in_part_adds_only_what_is_new(corridor):
    first, second = concern(corridor), concern(corridor, TOM)
    corridor.send(OAKFIELD, first)
    corridor.send(OAKFIELD, first, second, first)
    corridor.flow()
    assert len(corridor.views(CSC, "school.concern.shared")) == 2
    assert corridor.dead_letters() == []


@pytest.mark.parametrize("apart", [True, False])
def test_the_same_id_with_other_content_is_a_dead_letter(corridor, apart):
    first = concern(corridor)
    second = replace(first, facts="something else")
    if apart:
        corridor.send(OAKFIELD, first)
        corridor.send(OAKFIELD, second)
    else:
        corridor.send(OAKFIELD, first, second)
    corridor.flow()
    assert corridor.dead_letters() == [("SAME_ID_OTHER_CONTENT", "envelope.event_id")]
    assert corridor.one(CSC, "school.concern.shared").event.facts == "withdrawn"


def test_repeats_in_a_batch_keep_the_order_of_the_first(corridor):
    first, second = concern(corridor), concern(corridor)
    corridor.send(OAKFIELD, first, second, first)
    corridor.flow()
    with corridor.ledger.reading() as tx:
        places = [tx.find(bytes.fromhex(e.envelope.event_id)).n for e in (first, second)]
    assert places == sorted(places)
    seen = corridor.views(CSC, "school.concern.shared")
    assert [v.record.seq for v in seen] == [1, 2]


@pytest.mark.parametrize(("field", "value"), [("organisation", POLICE), ("agency", "police"), ("organisation", None)])
def test_a_forged_sender_is_refused(corridor, field, value):
    event = concern(corridor)
    corridor.send(OAKFIELD, replace(event, envelope=replace(event.envelope, **{field: value})))
    assert corridor.dead_letters() == [("FORGED_SENDER", f"envelope.{field}")]
    assert corridor.flow() == []


@pytest.mark.parametrize("kind", [ClockChanged, CorrectionIssued, PlanChanged, ReceiptRecorded, SealChanged])
def test_an_agency_says_only_its_own_kinds_of_event(corridor, kind):
    corridor.send(OAKFIELD, corridor.event(kind, OAKFIELD, ROSA), topic=f"in.schools.{OAKFIELD}")
    assert corridor.dead_letters() == [("NOT_YOURS_TO_SAY", "")]
    assert corridor.flow() == []


def test_only_a_seal_comes_by_a_topic_of_seals_and_only_a_receipt_by_one_of_receipts(corridor):
    corridor.send(POLICE, corridor.event(ReferralSubmitted, POLICE, ROSA), topic=f"seals.police.{POLICE}")
    sealing = corridor.event(SealChanged, POLICE, ROSA, kind=SealKind.ADDRESS, action=SealAction.SET)
    corridor.send(POLICE, sealing, topic=f"receipts.police.{POLICE}")
    corridor.send(POLICE, sealing, topic=f"in.police.{POLICE}")
    assert corridor.dead_letters() == [("NOT_YOURS_TO_SAY", "")] * 3


def test_what_cannot_be_used_is_a_dead_letter_with_its_code_and_the_rest_flows(corridor):
    good = concern(corridor)
    raw = encode(good, corridor.broker.catalogue)
    corridor.send(
        OAKFIELD,
        b"",
        b"junk",
        b"\0" + (999_999).to_bytes(4, "big") + b"x",
        raw[:9],
        raw + b"more",
        raw[:5] + b"\xff" * 40,
        b"\0" * (MAX_EVENT_BYTES + 1),
        good,
    )
    assert [code for code, _ in corridor.dead_letters()] == [
        "NOT_FRAMED", "NOT_FRAMED", "UNKNOWN_SCHEMA", "UNDECODABLE", "TRAILING_BYTES", "UNDECODABLE", "OVERSIZE",
    ]  # fmt: skip
    corridor.flow()
    corridor.one(CSC, "school.concern.shared")


def test_a_dead_letter_is_kept_whole_and_told_by_reference(corridor):
    from streams.agents.publish import headers_of, place_of, reference

    corridor.send(OAKFIELD, b"junk about Quillfeather")
    with corridor.ledger.reading() as tx:
        (letter,) = tx.dead_letters_unpublished()
        assert tx.dead_letter_content(letter) == b"junk about Quillfeather"
    told = repr((place_of(letter), reference(letter), headers_of(letter)))
    assert "Quillfeather" not in told
    assert "NOT_FRAMED" in told


def test_a_record_on_which_the_worker_died_is_set_aside(corridor):
    batch = corridor.publish(OAKFIELD, concern(corridor))
    corridor.intake.absorb_crashed(batch)
    corridor.intake.absorb_crashed(batch)
    assert corridor.dead_letters() == [("CRASHED", "")]
    with corridor.ledger.reading() as tx:
        assert tx.progress() == {(batch.topic, 0): 1}


def test_a_referral_on_which_the_worker_died_reaches_the_front_door_all_the_same(corridor):
    known = corridor.say(ReferralSubmitted, OAKFIELD, ROSA, ask="assess", by="safeguarding_lead")
    batch = corridor.publish(OAKFIELD, corridor.event(ReferralSubmitted, OAKFIELD, ROSA, ask="see her today"))
    for _ in range(2):
        corridor.intake.absorb_crashed(batch)
    corridor.flow()
    first, second = corridor.views(CSC, "referral.submitted")
    assert second.event.ask == "see her today"
    assert second.record.key != first.record.key, "nobody was looked up, so she is a child of her own here"
    assert corridor.dead_letters() == []
    assert corridor.state(known) is not None


def rung(corridor: Corridor, organisation: str) -> list[TaskRaised]:
    return [view.event for view in corridor.views(organisation, "broker.task.raised")]


@pytest.mark.parametrize("unopened", [True, False])
def test_who_lost_a_referral_and_who_should_have_had_it_are_rung_once(corridor, unopened):
    raw = encode(corridor.event(ReferralSubmitted, OAKFIELD, ROSA, ask="assess"), corridor.broker.catalogue)
    batch = corridor.publish(OAKFIELD, raw if unopened else raw[:40])
    for _ in range(2):
        (corridor.intake.absorb_unopened if unopened else corridor.intake.absorb)(batch)
    corridor.flow()
    assert [code for code, _ in corridor.dead_letters()] == ["CRASHED" if unopened else "UNDECODABLE"]
    (takes,), (sent,) = rung(corridor, CSC), rung(corridor, OAKFIELD)
    organisations = corridor.broker.directory
    assert (takes.task, takes.organisation_missing) == (TaskKind.TELEPHONE_SENDER, organisations.get(OAKFIELD).name)
    assert takes.telephone == organisations.get(OAKFIELD).telephone("safeguarding_lead")
    assert (sent.task, sent.telephone) == (
        TaskKind.TELEPHONE_FRONT_DOOR,
        organisations.get(CSC).telephone("front_door"),
    )
    assert not [*takes.child.present(), *sent.child.present()]


def test_a_referral_is_known_by_its_header_when_its_schema_is_not(corridor):
    value = b"\0" + (999_999).to_bytes(4, "big") + b"x"
    record = Record(0, 0, None, value, (("ce_type", b"referral.submitted"),))
    corridor.intake.absorb(Batch(f"in.schools.{OAKFIELD}", 0, (record,)))
    corridor.flow()
    assert [task.task for task in rung(corridor, CSC)] == [TaskKind.TELEPHONE_SENDER]


def test_at_night_the_emergency_duty_team_is_rung_too(corridor):
    corridor.now = SATURDAY_NIGHT
    corridor.send(OAKFIELD, b"\0" + (1001).to_bytes(4, "big") + b"\xff" * 9)
    corridor.flow()
    seen = corridor.views(CSC, "broker.task.raised")
    duty = corridor.broker.directory.get(CSC).telephone("emergency_duty")
    assert len(seen) == 2
    assert rung(corridor, OAKFIELD)[0].telephone == duty


def test_a_seal_that_cannot_be_read_is_told_to_its_sender_alone(corridor):
    raw = encode(corridor.event(SealChanged, POLICE, ROSA, kind=SealKind.ADDRESS), corridor.broker.catalogue)
    for content in (raw[:30], b"junk"):
        corridor.send(POLICE, content, topic=f"seals.police.{POLICE}")
    corridor.flow()
    assert [task.task for task in rung(corridor, POLICE)] == [TaskKind.SEND_SEAL_AGAIN] * 2
    assert {view.organisation for view in corridor.views()} == {POLICE}


def test_nobody_is_rung_for_what_nobody_waits_for(corridor):
    corridor.send(OAKFIELD, encode(concern(corridor), corridor.broker.catalogue)[:40], b"junk")
    assert corridor.flow() == []


def test_a_receipt_is_kept_once_and_needs_an_exchange(corridor):
    corridor.say(ReferralSubmitted, OAKFIELD, ROSA, ask="assess", by="safeguarding_lead")
    got = corridor.one(CSC, "referral.submitted")
    for _ in range(2):
        corridor.say(ReceiptRecorded, CSC, Child(), state=ReceiptState.READ, in_reply_to=got.exchange)
    corridor.say(ReceiptRecorded, CSC, Child(), state=ReceiptState.READ)
    with corridor.ledger.reading() as tx:
        assert [(r.state, r.organisation) for r in tx.receipts([got.record.exchange_id])] == [("READ", CSC)]


def test_events_of_one_batch_see_each_other(corridor):
    corridor.send(OAKFIELD, *(concern(corridor) for _ in range(3)), concern(corridor, TOM))
    corridor.flow()
    keys = [v.record.key for v in corridor.views(CSC, "school.concern.shared")]
    assert len(set(keys)) == 2
    assert keys[0] == keys[1] == keys[2]
