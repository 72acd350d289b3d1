"""Recalls: only who had it is told, each must say that it gave it back, and silence goes up."""

import json
from datetime import timedelta

import pytest

from sharing.errors import Rejected
from sharing.events import Child, MissingAction, MissingChanged, ReceiptRecorded, ReceiptState
from streams.agents.recalling import recall, recalls
from tests.streams.corridor import COMMUNITY, CSC, GP, OAKFIELD, POLICE
from tests.streams.families import POSTCODE, ROSA
from tests.streams.test_seal_laws import carries, everybody_involved, seal

MISSING, CORRECTION = "police.missing.changed", "correction.issued"


@pytest.fixture
def told(corridor):
    """Everybody involved had word that the child is missing."""
    everybody_involved(corridor)
    corridor.say(MissingChanged, POLICE, ROSA, key="m", action=MissingAction.MISSING)
    return corridor


def gives_back(corridor, organisation: str, exchange: str) -> None:
    corridor.send(
        organisation,
        corridor.event(ReceiptRecorded, organisation, Child(), state=ReceiptState.RECALLED, in_reply_to=exchange),
    )
    corridor.flow()


def statements(corridor, kind: str) -> list[dict]:
    with corridor.ledger.reading() as tx:
        return [json.loads(s.body) for s in tx.statements(kind)]


def test_a_recall_goes_to_who_had_it_and_to_nobody_else(told):
    exchange = told.one(COMMUNITY, MISSING).exchange
    before = len(told.destination.sent)
    (done,) = recall(told.broker, bytes.fromhex(exchange), "data-protection-officer", "WRONG_CHILD")
    told.flow()
    (left,) = [told.view(r) for r in told.destination.sent[before:]]
    assert (left.organisation, left.event.event_type, left.event.recalled_exchange) == (COMMUNITY, CORRECTION, exchange)
    assert (done.organisation, done.why, done.by) == (COMMUNITY, "WRONG_CHILD", "data-protection-officer")
    assert carries(left, POSTCODE, ROSA.surname) == []


def test_everybody_who_had_the_same_event_can_be_told_at_once(told):
    had = {v.exchange for v in told.views(event_type=MISSING)}
    exchange = bytes.fromhex(told.one(COMMUNITY, MISSING).exchange)
    done = recall(told.broker, exchange, "data-protection-officer", "WRONG_CHILD", everybody=True)
    told.flow()
    assert {one.exchange for one in done} == had
    assert {v.event.recalled_exchange for v in told.views(event_type=CORRECTION)} == had


def test_nothing_is_recalled_twice_and_nothing_that_never_left(told):
    exchange = bytes.fromhex(told.one(COMMUNITY, MISSING).exchange)
    recall(told.broker, exchange, "dpo", "OTHER")
    with pytest.raises(Rejected, match="recalled already"):
        recall(told.broker, exchange, "dpo", "OTHER")
    with pytest.raises(Rejected, match="no exchange"):
        recall(told.broker, b"\0" * 16, "dpo", "OTHER")
    told.send(POLICE, told.event(MissingChanged, POLICE, ROSA, action=MissingAction.FOUND))
    with told.ledger.reading() as tx:
        waiting = next(x.exchange_id for (n,) in tx.session.rows("select n from event order by n desc limit 1")
                       for x in tx.row(n).exchanges if x.organisation == COMMUNITY)  # fmt: skip
    with pytest.raises(Rejected, match="has not left"):
        recall(told.broker, waiting, "dpo", "OTHER")


def test_it_is_tracked_until_the_recipient_says_that_it_gave_it_back(told):
    exchange = told.one(COMMUNITY, MISSING).exchange
    recall(told.broker, bytes.fromhex(exchange), "dpo", "OTHER")
    told.flow()
    (waits,) = recalls(told.broker)
    assert (waits.acknowledged_at, waits.state(told.now)) == (None, "waits")
    gives_back(told, COMMUNITY, exchange)
    (done,) = recalls(told.broker)
    assert (done.acknowledged_at, done.state(told.now)) == (told.now, "acknowledged")
    assert statements(told, "recall.acknowledged") == [{"exchange": exchange, "organisation": COMMUNITY}]
    later = told.pass_time(told.now + timedelta(days=4))
    assert not [v for v in later if getattr(v.event, "rule", "") == "recall-acknowledged"]


def test_silence_goes_up_to_the_front_door_manager_then_the_head_of_service(told):
    exchange = told.one(COMMUNITY, MISSING).exchange
    recall(told.broker, bytes.fromhex(exchange), "dpo", "OTHER")
    told.flow()
    risen = told.pass_time(told.now + timedelta(hours=1, minutes=1))
    stages = [v for v in risen if getattr(v.event, "rule", "") == "recall-acknowledged"]
    assert {v.organisation for v in stages} >= {CSC}
    assert {v.event.to_function for v in stages} == {"front_door_manager"}
    assert {v.event.child.surname for v in stages} == {None}
    assert recalls(told.broker)[0].state(told.now) == "overdue"
    risen = told.pass_time(told.now + timedelta(hours=1, minutes=1))
    assert 2 in {v.event.stage for v in risen if getattr(v.event, "rule", "") == "recall-acknowledged"}


def test_only_the_recipient_can_say_that_it_gave_it_back(told):
    exchange = told.one(COMMUNITY, MISSING).exchange
    recall(told.broker, bytes.fromhex(exchange), "dpo", "OTHER")
    told.flow()
    gives_back(told, OAKFIELD, exchange)
    assert recalls(told.broker)[0].acknowledged_at is None


def test_a_recall_by_a_late_seal_is_sworn_to_and_tracked_all_the_same(told):
    had = {v.exchange for v in told.views(COMMUNITY, MISSING)} | {v.exchange for v in told.views(GP)}
    told.send(POLICE, seal(told))
    told.flow()
    found = recalls(told.broker)
    assert {one.exchange for one in found} >= {v.exchange for v in told.views(COMMUNITY, MISSING)[:1]}
    assert {one.exchange for one in found} <= had | {v.exchange for v in told.views(CSC)} | {
        v.exchange for v in told.views(OAKFIELD)
    }
    assert {(one.why, one.by) for one in found} == {("LATE_SEAL", "")}
    assert {s["exchange"] for s in statements(told, "recall.issued")} == {one.exchange for one in found}
    for one in found:
        gives_back(told, one.organisation, one.exchange)
    assert {one.state(told.now) for one in recalls(told.broker)} == {"acknowledged"}
