"""Held for a closed episode although it came in time: its child was in doubt, or its lane stood still."""

from ledger.verify import verify
from sharing.events import InvolvementAction, InvolvementChanged, MissingAction, MissingChanged
from streams.agents import reviewing
from streams.agents.absorption import Absorption
from streams.agents.closing import write
from streams.agents.late import drop, kept
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
    decide_again(corridor, event)
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


def settle_elsewhere_involved(corridor: Corridor) -> None:
    """The health visitor's new work is told of a record in doubt; then a person says that it is the same child's."""
    corridor.now += DAY
    corridor.say(
        InvolvementChanged, CSC, ELSEWHERE, organisation=COMMUNITY, function="health_visitor",
        action=InvolvementAction.OPENED, since=corridor.now.date(),
    )  # fmt: skip
    assert got(corridor) == []
    settle_only(corridor)


def test_what_waits_goes_when_the_record_is_joined_under_which_the_new_work_began(corridor):
    """It need not wait for the next event of the child."""
    held(corridor)
    settle_elsewhere_involved(corridor)
    assert (len(got(corridor)), kept(corridor.broker)) == (1, [])
    assert sworn(corridor) == ["hold.late", "hold.late-let-go"]
    assert verify(corridor.ledger).fault is None


def test_what_waits_with_a_record_that_is_joined_is_sworn_to_once(corridor):
    """It waits with the child that stays, and for as long as before."""
    closed(corridor)
    corridor.say(
        InvolvementChanged, CSC, ELSEWHERE, organisation=COMMUNITY, function="health_visitor",
        action=InvolvementAction.OPENED, since=FRIDAY.date(),
    )  # fmt: skip
    change = {"organisation": COMMUNITY, "function": "health_visitor", "action": InvolvementAction.CLOSED}
    corridor.now += DAY
    corridor.say(InvolvementChanged, CSC, ELSEWHERE, since=None, **change)
    corridor.now += DAY
    event = corridor.event(MissingChanged, POLICE, ELSEWHERE, action=MissingAction.MISSING, by="force_duty")
    corridor.send(POLICE, with_time(event, FRIDAY + 11 * DAY))
    corridor.flow()
    since = [one.since for one in kept(corridor.broker)]
    corridor.now += DAY
    while reviewing.open_reviews(corridor.broker):
        doubt = reviewing.open_reviews(corridor.broker)[0]
        reviewing.settle(corridor.broker, doubt.number, 1, "front_door_manager")
    corridor.flow()
    assert sworn(corridor) == ["hold.late"]
    assert [one.since for one in kept(corridor.broker)] == since != []


def late_of(corridor: Corridor, event) -> list[tuple[str, str]]:
    return [(one.event_id, one.fate) for one in corridor.state(event).late]


def another(corridor: Corridor) -> None:
    corridor.now += DAY
    corridor.say(MissingChanged, POLICE, ROSA, action=MissingAction.FOUND, by="force_duty")


def test_what_was_dropped_is_remembered_by_the_ledger_and_not_by_the_childs_record(corridor):
    event = held(corridor)
    drop(corridor.broker, event.envelope.event_id, "force-duty", "TOLD_BY_TELEPHONE")
    another(corridor)
    assert late_of(corridor, event) == []
    decide_again(corridor, event)
    assert sworn(corridor) == ["hold.late", "hold.late-dropped"]
    corridor.now += DAY
    turn(corridor, InvolvementAction.OPENED)
    assert (got(corridor), kept(corridor.broker)) == ([], [])


def test_what_was_let_go_stays_in_the_childs_record_no_longer_than_the_new_work(corridor):
    event = held(corridor)
    corridor.now += DAY
    turn(corridor, InvolvementAction.OPENED)
    another(corridor)
    assert late_of(corridor, event) == [(event.envelope.event_id, "let_go")], "it could still be decided again"
    corridor.now += DAY
    turn(corridor, InvolvementAction.CLOSED)
    assert late_of(corridor, event) == []
    had = got(corridor)
    decide_again(corridor, event)
    assert (got(corridor), kept(corridor.broker)) == (had, []), "who has it is told nothing twice"


def test_the_childs_record_does_not_grow_with_what_was_settled(corridor):
    event = held(corridor)
    for _ in range(4):
        corridor.now += DAY
        turn(corridor, InvolvementAction.OPENED)
        corridor.now += DAY
        turn(corridor, InvolvementAction.CLOSED)
        corridor.now += DAY
        tardy = corridor.event(MissingChanged, POLICE, ROSA, action=MissingAction.MISSING, by="force_duty")
        corridor.send(POLICE, with_time(tardy, corridor.now - 1.5 * DAY))
        corridor.flow()
    assert sworn(corridor) == ["hold.late", *["hold.late-let-go", "hold.late"] * 4]
    assert [fate for _, fate in late_of(corridor, event)] == ["waits"]
    assert len(got(corridor)) == 4


def decide_again(corridor: Corridor, event) -> None:
    """As when whose record it is was settled: the stored event is routed and decided once more."""
    with corridor.ledger.transaction() as tx:
        work = Absorption(corridor.broker, tx)
        stored = tx.find(bytes.fromhex(event.envelope.event_id))
        work.subjects.read([stored.subject])
        work.decide_again(work.subjects.root(stored.subject), stored, event)
        write(work)
    corridor.flow()
