"""Claiming is disclosing: what was claimed keeps its number through a crash, and nothing behind it is forgotten."""

from datetime import timedelta

import pytest

from sharing.errors import Retryable
from sharing.events import (
    ConcernShared,
    MissingAction,
    MissingChanged,
    ReferralSubmitted,
    SealAction,
    SealChanged,
    SealKind,
)
from sharing.topics import out_topic
from streams.broker import read_agreements
from tests.streams.corridor import COMMUNITY, CSC, OAKFIELD, POLICE, Corridor
from tests.streams.families import POSTCODE, ROSA, TOM
from tests.streams.test_seal_laws import carries, everybody_involved, involve


def missing(corridor: Corridor, action: MissingAction = MissingAction.MISSING, child=ROSA):
    return corridor.event(MissingChanged, POLICE, child, action=action)


def claimed_and_crashed(corridor: Corridor, *events) -> None:
    """Claimed, then the line failed: nobody knows what left."""
    corridor.send(POLICE, *events)
    corridor.number()
    corridor.destination.away = True
    corridor.real += timedelta(seconds=2)
    with pytest.raises(Retryable):
        corridor.release.once(corridor.real)
    corridor.destination.away = False
    corridor.restart()


def test_what_was_claimed_leaves_again_under_the_same_number(corridor):
    corridor.say(ConcernShared, OAKFIELD, ROSA, facts="before")
    corridor.send(OAKFIELD, corridor.event(ConcernShared, OAKFIELD, ROSA, facts="crashed"))
    corridor.number()
    corridor.destination.away = True
    with pytest.raises(Retryable):
        corridor.release.once(corridor.real + timedelta(seconds=2))
    corridor.destination.away = False
    corridor.restart()
    corridor.send(OAKFIELD, corridor.event(ConcernShared, OAKFIELD, ROSA, facts="after"))
    corridor.flow()
    seen = corridor.views(CSC, "school.concern.shared")
    assert [(v.event.facts, v.record.seq) for v in seen] == [("before", 1), ("crashed", 2), ("after", 3)]


def test_a_referral_claimed_before_a_crash_keeps_its_number(corridor):
    corridor.send(OAKFIELD, corridor.event(ReferralSubmitted, OAKFIELD, ROSA, ask="assess"))
    corridor.destination.away = True
    with pytest.raises(Retryable):
        corridor.release.once(corridor.real)
    corridor.destination.away = False
    corridor.restart()
    corridor.flow()
    assert corridor.one(CSC, "referral.submitted").record.seq == 1


def test_a_seal_after_a_claim_and_a_crash_loses_nothing_and_leaks_nothing(corridor):
    involve(corridor, COMMUNITY, "health_visitor", TOM)
    everybody_involved(corridor)
    claimed_and_crashed(
        corridor, missing(corridor, child=TOM), missing(corridor), missing(corridor, MissingAction.FOUND)
    )
    corridor.send(POLICE, corridor.event(SealChanged, POLICE, ROSA, kind=SealKind.ADDRESS, action=SealAction.SET))
    corridor.flow()
    corridor.restart()
    corridor.flow()
    seen = {v.record.exchange_id: v for v in corridor.views(COMMUNITY, "police.missing.changed")}
    about_rosa = [v for v in seen.values() if v.event.child.surname == ROSA.surname]
    assert {v.event.action for v in about_rosa} == {MissingAction.MISSING, MissingAction.FOUND}
    assert [carries(v, POSTCODE) for v in about_rosa] == [[]] * len(about_rosa)
    assert [v for v in seen.values() if v.event.child.surname == TOM.surname]


def test_what_was_claimed_behind_something_that_moved_is_not_forgotten(corridor):
    involve(corridor, COMMUNITY, "health_visitor", TOM)
    involve(corridor, COMMUNITY, "health_visitor")
    claimed_and_crashed(
        corridor, missing(corridor, child=TOM), missing(corridor), missing(corridor, MissingAction.FOUND)
    )
    involve(corridor, OAKFIELD, "safeguarding_lead")
    seen = {v.record.seq: v.event.action for v in corridor.views(COMMUNITY) if v.event.child.surname == ROSA.surname}
    assert seen == {1: MissingAction.MISSING, 2: MissingAction.FOUND}


def test_a_lane_whose_whole_claim_was_refused_meanwhile_goes_on(corridor):
    everybody_involved(corridor)
    claimed_and_crashed(corridor, missing(corridor))
    sealing = {"kind": SealKind.PERPETRATOR_CHANNEL, "action": SealAction.SET}
    corridor.send(POLICE, corridor.event(SealChanged, POLICE, ROSA, **sealing))
    corridor.flow()
    assert corridor.views(OAKFIELD) == []
    involve(corridor, OAKFIELD, "safeguarding_lead", TOM)
    corridor.say(MissingChanged, POLICE, TOM, action=MissingAction.MISSING)
    assert [v.event.child.surname for v in corridor.views(OAKFIELD, "police.missing.changed")] == [TOM.surname]


def test_a_missing_destination_stops_its_own_lane_and_no_other(corridor):
    everybody_involved(corridor)
    topic = out_topic(corridor.broker.directory.organisations[COMMUNITY])
    corridor.destination.missing.add(topic)
    corridor.send(POLICE, missing(corridor))
    corridor.flow()
    assert corridor.views(COMMUNITY) == []
    corridor.one(OAKFIELD, "police.missing.changed")
    from ledger import lane_states

    with corridor.ledger.reading() as tx:
        (stopped,) = [lane for lane in lane_states(tx) if lane.suspended]
    assert (stopped.organisation, stopped.suspended) == (COMMUNITY, "UNKNOWN_TOPIC_OR_PART")
    corridor.real += timedelta(minutes=1)
    corridor.flow()
    assert corridor.views(COMMUNITY) == [], "it is still not there"
    corridor.destination.missing.clear()
    corridor.real += timedelta(minutes=1)
    corridor.flow()
    assert corridor.one(COMMUNITY, "police.missing.changed").record.seq == 1, "nobody had to let it go"


def test_a_referral_to_a_destination_that_was_missing_goes_once_it_is_there(corridor):
    topic = out_topic(corridor.broker.directory.organisations[CSC])
    corridor.destination.missing.add(topic)
    corridor.say(ReferralSubmitted, OAKFIELD, ROSA, ask="assess", by="safeguarding_lead")
    assert corridor.views(CSC) == []
    corridor.restart()
    corridor.destination.missing.clear()
    corridor.real += timedelta(minutes=1)
    corridor.flow()
    corridor.one(CSC, "referral.submitted")


def test_new_agreements_decide_again_what_has_not_left(corridor, tmp_path):
    from tests.streams.test_referral_laws import other_agreements

    everybody_involved(corridor)
    event = missing(corridor)
    corridor.send(POLICE, event)
    corridor.number()
    fresh = read_agreements(other_agreements(tmp_path))
    corridor.change(tmp_path / "agreements")
    corridor.restart()
    corridor.flow()
    corridor.one(COMMUNITY, "police.missing.changed")
    decided = corridor.decisions(event)
    assert {d["agreements"] for d in decided} == {world_version(), fresh.version}


def world_version() -> str:
    from tests.streams.corridor import world

    return world()[3].version


def test_views_that_were_handed_over_and_views_built_again_are_the_same_bytes(tmp_path):
    seen = []
    for name, again in (("straight", False), ("again", True)):
        (tmp_path / name).mkdir()
        corridor = Corridor(tmp_path / name)
        everybody_involved(corridor)
        events = [missing(corridor), missing(corridor, MissingAction.FOUND)]
        corridor.send(POLICE, *events)
        if again:
            corridor.restart()
        corridor.flow()
        seen.append([v.wire for v in corridor.views()])
        corridor.close()
    assert seen[0] == seen[1]


def test_the_ledger_of_all_this_verifies(corridor):
    from ledger.verify import verify

    everybody_involved(corridor)
    claimed_and_crashed(corridor, missing(corridor))
    corridor.send(POLICE, corridor.event(SealChanged, POLICE, ROSA, kind=SealKind.ADDRESS, action=SealAction.SET))
    corridor.flow()
    assert verify(corridor.ledger).fault is None
