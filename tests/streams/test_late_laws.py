"""Too late for a closed episode: held and not delivered; somebody is asked; a new episode or a person lets it go."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from ledger.shredding import Order, shred, subject_of
from ledger.verify import verify
from sharing.errors import Rejected
from sharing.events import (
    InvolvementAction,
    InvolvementChanged,
    MissingAction,
    MissingChanged,
    ReferralSubmitted,
    SealAction,
    SealChanged,
    SealKind,
)
from streams.agents.late import drop, kept, let_go
from tests.streams.corridor import COMMUNITY, CSC, FRIDAY, POLICE, Corridor
from tests.streams.families import ROSA
from tests.streams.test_seal_laws import involve

MISSING, TASK = "police.missing.changed", "broker.task.raised"
DAY = timedelta(days=1)


def closed(corridor: Corridor, organisation: str = COMMUNITY, function: str = "health_visitor") -> None:
    """The health visitor's work with Rosa began long ago and ends now."""
    involve(corridor, organisation, function)
    corridor.now += 10 * DAY
    turn(corridor, InvolvementAction.CLOSED, organisation, function)
    corridor.now += DAY
    corridor.destination.sent.clear()


def turn(corridor: Corridor, action, organisation: str = COMMUNITY, function: str = "health_visitor") -> None:
    since = corridor.now.date() if action is InvolvementAction.OPENED else None
    corridor.say(
        InvolvementChanged, CSC, ROSA, organisation=organisation, function=function, action=action, since=since
    )


def late(corridor: Corridor, happened=FRIDAY + 5 * DAY, **more: object) -> MissingChanged:
    """An event of that time, which comes only now."""
    event = corridor.event(MissingChanged, POLICE, ROSA, action=MissingAction.MISSING, by="force_duty", **more)
    return with_time(event, happened)


def with_time(event, happened):
    from dataclasses import replace

    return replace(event, envelope=replace(event.envelope, occurred_at=happened, recorded_at=happened))


def held(corridor: Corridor, **more: object) -> MissingChanged:
    closed(corridor)
    event = late(corridor, **more)
    corridor.send(POLICE, event)
    corridor.flow()
    return event


def sworn(corridor: Corridor) -> list[str]:
    with corridor.ledger.reading() as tx:
        return [s.kind for s in tx.statements("hold.late")]


def got(corridor: Corridor) -> list[str]:
    return [v.event.envelope.exchange_id for v in corridor.views(COMMUNITY, MISSING)]


def test_it_is_held_and_not_delivered_and_the_ledger_swears_to_it(corridor):
    event = held(corridor)
    assert got(corridor) == []
    (one,) = kept(corridor.broker)
    assert (one.event, one.organisation, one.function) == (event.envelope.event_id, COMMUNITY, "health_visitor")
    assert sworn(corridor) == ["hold.late"]
    assert verify(corridor.ledger).fault is None


def test_its_sender_is_asked_and_hears_of_nobody_for_whom_it_waits(corridor):
    event = held(corridor)
    tasks = [v for v in corridor.views(event_type=TASK) if v.event.task == "LOOK_AT_LATE_EVENT"]
    assert [v.organisation for v in tasks] == [POLICE]
    assert tasks[0].event.about_event == event.envelope.event_id
    assert COMMUNITY.encode() not in tasks[0].record.value
    assert b"health_visitor" not in tasks[0].record.value


def test_silence_is_warned_of_before_the_end_and_rises_at_it_within_the_senders_house(corridor):
    event = held(corridor)
    (question,) = [q for q in corridor.state(event).questions if q.rule == "late-event"]
    half = question.started_at + (question.due_by - question.started_at) / 2
    warned = [v for v in corridor.pass_time(half) if v.event.event_type == "broker.escalation.changed"]
    risen = [v for v in corridor.pass_time(question.due_by) if v.event.event_type == "broker.escalation.changed"]
    assert half < question.due_by
    assert {(v.organisation, v.event.rule) for v in (*warned, *risen)} == {(POLICE, "late-event")}
    assert warned
    assert risen
    assert len(kept(corridor.broker)) == 1, "it waits all the same"


def test_a_new_episode_lets_it_go(corridor):
    event = held(corridor)
    corridor.now += DAY
    turn(corridor, InvolvementAction.OPENED)
    (view,) = corridor.views(COMMUNITY, MISSING)
    assert view.event.envelope.occurred_at == event.envelope.occurred_at
    assert kept(corridor.broker) == []
    assert sworn(corridor) == ["hold.late", "hold.late-let-go"]
    assert not [q for q in corridor.state(event).questions if q.rule == "late-event" and q.is_open]
    corridor.pass_time(corridor.now + 10 * DAY)
    assert len(got(corridor)) == 1


@pytest.mark.parametrize("happened", [FRIDAY - 1000 * DAY, FRIDAY + 10 * DAY + timedelta(hours=1)],
                         ids=["before-the-episode", "after-its-end"])  # fmt: skip
def test_what_is_of_no_episode_is_not_held_for_the_next_one(corridor, happened):
    closed(corridor)
    corridor.send(POLICE, late(corridor, happened))
    corridor.flow()
    corridor.now += DAY
    turn(corridor, InvolvementAction.OPENED)
    assert got(corridor) == []
    assert sworn(corridor) == []


def test_a_new_episode_that_comes_in_the_same_moment_lets_it_go(corridor):
    """Many records are absorbed at once, as after an outage: the one that opens came after the one that waits."""
    closed(corridor)
    corridor.send(POLICE, late(corridor))
    turn(corridor, InvolvementAction.OPENED)
    assert len(got(corridor)) == 1
    assert kept(corridor.broker) == []


def test_nothing_waits_of_a_child_who_was_forgotten(corridor):
    event = held(corridor)
    with corridor.ledger.transaction() as tx:
        order = Order("data protection officer, decision 1", "line 1", corridor.now, "tests")
        shred(tx, subject_of(tx, bytes.fromhex(event.envelope.event_id)), order)
    assert kept(corridor.broker) == [], "nobody could let it go or drop it"


@pytest.mark.parametrize(
    "at", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)], ids=["first", "last"]
)
def test_a_referral_with_a_senseless_time_is_not_stopped(corridor, at):
    """The first moment of the calendar is how many systems write that they do not know."""
    closed(corridor)
    referral = with_time(corridor.event(ReferralSubmitted, POLICE, ROSA, ask="assess"), at)
    corridor.send(POLICE, referral)
    corridor.flow()
    assert len(corridor.views(CSC, "referral.submitted")) == 1


def test_what_comes_while_the_next_episode_is_open_waits_for_a_person(corridor):
    closed(corridor)
    turn(corridor, InvolvementAction.OPENED)
    corridor.now += DAY
    event = late(corridor)
    corridor.send(POLICE, event)
    corridor.flow()
    assert got(corridor) == []
    let_go(corridor.broker, event.envelope.event_id, "force-duty", "BELONGS_TO_THE_WORK_NOW")
    corridor.flow()
    assert len(got(corridor)) == 1
    assert sworn(corridor) == ["hold.late", "hold.late-let-go"]


def test_nobody_lets_it_go_to_who_is_not_involved(corridor):
    event = held(corridor)
    with pytest.raises(Rejected, match="involved again"):
        let_go(corridor.broker, event.envelope.event_id, "force-duty", "OTHER")
    corridor.flow()
    assert got(corridor) == []
    assert sworn(corridor) == ["hold.late"]


def test_what_a_person_drops_no_new_episode_brings_back(corridor):
    event = held(corridor)
    drop(corridor.broker, event.envelope.event_id, "force-duty", "TOLD_BY_TELEPHONE")
    corridor.now += DAY
    turn(corridor, InvolvementAction.OPENED)
    assert got(corridor) == []
    with pytest.raises(Rejected, match="waits for nobody"):
        drop(corridor.broker, event.envelope.event_id, "force-duty", "OTHER")
    with corridor.ledger.reading() as tx:
        last = [json.loads(s.body) for s in tx.statements("hold.late")][-1]
    assert (last["by"], last["why"]) == ("force-duty", "TOLD_BY_TELEPHONE")


def test_it_comes_twice_and_is_held_once_and_survives_a_restart(corridor):
    event = held(corridor)
    corridor.send(POLICE, event)
    corridor.restart()
    corridor.flow()
    assert sworn(corridor) == ["hold.late"]
    corridor.now += DAY
    turn(corridor, InvolvementAction.OPENED)
    assert len(got(corridor)) == 1


def test_a_seal_that_came_meanwhile_is_in_force_when_it_goes(corridor):
    held(corridor)
    corridor.say(SealChanged, POLICE, ROSA, kind=SealKind.ADDRESS, action=SealAction.SET)
    corridor.now += DAY
    turn(corridor, InvolvementAction.OPENED)
    (view,) = corridor.views(COMMUNITY, MISSING)
    assert view.event.child.postcode is None


def test_its_sender_hears_the_same_with_and_without_a_seal(tmp_path):
    heard = []
    for kind in (None, SealKind.PERPETRATOR_CHANNEL, SealKind.ADDRESS):
        (tmp_path / str(kind)).mkdir()
        corridor = Corridor(tmp_path / str(kind))
        closed(corridor)
        if kind:
            corridor.say(SealChanged, CSC, ROSA, key="seal", kind=kind, action=SealAction.SET)
        corridor.destination.sent.clear()
        corridor.send(POLICE, late(corridor, key="late"))
        corridor.flow()
        heard.append([v.record.value for v in corridor.views(POLICE)])
        corridor.close()
    assert heard[0]
    assert heard[0] == heard[1] == heard[2]


def test_nobody_else_can_tell_that_something_is_held(tmp_path):
    """The same life with and without a closed episode: everybody but the sender receives the same bytes."""
    seen = []
    for ends in (True, False):
        (tmp_path / str(ends)).mkdir()
        corridor = Corridor(tmp_path / str(ends))
        involve(corridor, CSC, "allocated_team")
        if ends:
            closed(corridor)
        corridor.now = FRIDAY + 11 * DAY
        corridor.destination.sent.clear()
        corridor.send(POLICE, late(corridor, key="late"))
        corridor.flow()
        seen.append([v.wire for v in corridor.views() if v.organisation != POLICE])
        corridor.close()
    assert seen[0]
    assert seen[0] == seen[1]


def test_an_intimate_matter_is_held_only_for_whom_the_agreements_name(corridor):
    """The school's episode ended too: what a school never gets does not wait for it either."""
    from sharing.events.clinical import DisclosureKind, DisclosureRecorded
    from tests.streams.corridor import OAKFIELD, TRUST

    closed(corridor, OAKFIELD, "safeguarding_lead")
    event = corridor.event(
        DisclosureRecorded, TRUST, ROSA, kind=next(iter(DisclosureKind)), under_13=True, refer_reason="age"
    )
    corridor.send(TRUST, with_time(event, FRIDAY + 5 * DAY))
    corridor.flow()
    assert kept(corridor.broker) == []
