"""Held for a closed episode although it came in time: its child was in doubt, or its lane stood still."""

from ledger.verify import verify
from sharing.events import InvolvementAction, InvolvementChanged, MissingAction, MissingChanged
from streams.agents import reviewing
from streams.agents.absorption import Absorption
from streams.agents.closing import write
from streams.agents.late import kept
from tests.streams.corridor import COMMUNITY, CSC, FRIDAY, POLICE, Corridor
from tests.streams.families import ROSA
from tests.streams.test_late_laws import DAY, TASK, closed, got, held, sworn, turn, with_time
from tests.streams.test_review_laws import ELSEWHERE
from tests.streams.test_seal_laws import involve


def settle_only(corridor: Corridor) -> None:
    (doubt,) = reviewing.open_reviews(corridor.broker)
    reviewing.settle(corridor.broker, doubt.number, 1, "front_door_manager")
    corridor.flow()


def test_whose_it_is_was_settled_late_and_it_is_held_all_the_same(corridor):
    """Nobody knew that it was of this child's episode before a person said so."""
    closed(corridor)
    event = corridor.event(MissingChanged, POLICE, ELSEWHERE, action=MissingAction.MISSING, by="force_duty")
    corridor.send(POLICE, with_time(event, FRIDAY + 5 * DAY))
    corridor.flow()
    assert sworn(corridor) == []
    settle_only(corridor)
    assert [one.organisation for one in kept(corridor.broker)] == [COMMUNITY]
    corridor.now += DAY
    turn(corridor, InvolvementAction.OPENED)
    assert len(got(corridor)) == 1


def test_an_episode_that_ended_while_it_waited_for_its_child_holds_it(corridor):
    """It came in time; by the time it was settled whose it is, the work had ended."""
    involve(corridor, COMMUNITY, "health_visitor")
    corridor.say(MissingChanged, POLICE, ELSEWHERE, action=MissingAction.MISSING, by="force_duty")
    corridor.now += DAY
    turn(corridor, InvolvementAction.CLOSED)
    settle_only(corridor)
    assert (len(got(corridor)), len(kept(corridor.broker))) == (0, 1)


def test_what_they_have_already_is_not_held_for_them(corridor):
    """Deciding again about what went in time, once the work has ended, holds nothing."""
    involve(corridor, COMMUNITY, "health_visitor")
    event = corridor.say(MissingChanged, POLICE, ROSA, action=MissingAction.MISSING, by="force_duty")
    corridor.now += DAY
    turn(corridor, InvolvementAction.CLOSED)
    with corridor.ledger.transaction() as tx:
        work = Absorption(corridor.broker, tx)
        stored = tx.find(bytes.fromhex(event.envelope.event_id))
        work.subjects.read([stored.subject])
        work.decide_again(work.subjects.root(stored.subject), stored, event)
        write(work)
    assert (len(got(corridor)), kept(corridor.broker)) == (1, [])


def test_what_came_in_time_and_did_not_leave_before_the_work_ended_is_held(corridor):
    """The lane stood still: to write down a refusal and to say nothing would lose it."""
    involve(corridor, COMMUNITY, "health_visitor")
    corridor.send(POLICE, corridor.event(MissingChanged, POLICE, ROSA, action=MissingAction.MISSING, by="force_duty"))
    corridor.now += DAY
    turn(corridor, InvolvementAction.CLOSED)
    assert (len(got(corridor)), len(kept(corridor.broker))) == (0, 1)
    corridor.now += DAY
    turn(corridor, InvolvementAction.OPENED)
    assert (len(got(corridor)), kept(corridor.broker)) == (1, [])
    assert verify(corridor.ledger).fault is None


def test_what_was_let_go_and_did_not_leave_before_the_new_work_ended_waits_and_is_asked_about_again(corridor):
    held(corridor)
    for action in (InvolvementAction.OPENED, InvolvementAction.CLOSED):
        corridor.now += DAY
        since = corridor.now.date() if action is InvolvementAction.OPENED else None
        change = {"organisation": COMMUNITY, "function": "health_visitor", "action": action, "since": since}
        corridor.send(CSC, corridor.event(InvolvementChanged, CSC, ROSA, **change))
    corridor.flow()
    assert sworn(corridor) == ["hold.late", "hold.late-let-go", "hold.late"]
    assert (len(got(corridor)), len(kept(corridor.broker))) == (0, 1)
    asked = [v for v in corridor.views(POLICE, TASK) if v.event.task == "LOOK_AT_LATE_EVENT"]
    assert len(asked) == 2
    corridor.now += DAY
    turn(corridor, InvolvementAction.OPENED)
    assert (len(got(corridor)), kept(corridor.broker)) == (1, [])
