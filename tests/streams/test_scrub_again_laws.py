"""A text that lapsed with the work of its recipient: who is asked anew when that work goes on, and who is not."""

from datetime import timedelta

from ledger.verify import verify
from sharing.events import (
    Child,
    InvolvementAction,
    InvolvementChanged,
    SealAction,
    SealChanged,
    SealKind,
)
from streams.agents import reviewing, text_review
from streams.agents.recalling import recall
from streams.agents.text_queue import ASKED, LAPSED
from tests.streams.corridor import CSC, FRIDAY, GP, OAKFIELD, POLICE, Corridor
from tests.streams.families import ROSA
from tests.streams.scrub_kit import GRAZE, let_go, notices, rung, strategy, tasks, texts, words
from tests.streams.test_grant_laws import asked as grant_asked
from tests.streams.test_grant_laws import give
from tests.streams.test_review_laws import ELSEWHERE
from tests.streams.test_seal_laws import involve

TOLD = FRIDAY.date()
"""The day of the notice."""


def surgery(corridor: Corridor, action: InvolvementAction, child: Child = ROSA, since=TOLD) -> None:
    """The surgery's work with the child ends, or goes on, as it has since the day of the notice."""
    begun = since if action is InvolvementAction.OPENED else None
    corridor.say(InvolvementChanged, CSC, child, organisation=GP, function="practice_lead", action=action, since=begun)


def lapsed_at_the_surgery(corridor: Corridor) -> None:
    corridor.now += timedelta(hours=1)
    surgery(corridor, InvolvementAction.CLOSED)
    corridor.pass_time(FRIDAY + timedelta(days=4))
    assert [w["why"] for w in words(corridor, LAPSED)] == ["NO_LONGER_PERMITTED"]


def test_a_text_that_lapsed_with_its_recipients_work_is_asked_about_anew_when_that_work_goes_on(waiting):
    lapsed_at_the_surgery(waiting)
    surgery(waiting, InvolvementAction.OPENED)
    (again,) = text_review.waiting(waiting.broker)
    assert (again.number, again.owner, again.exchange) == (2, (POLICE, "force_duty"), notices(waiting)[0].exchange)
    assert len(tasks(waiting)) == 2
    let_go(waiting, number=2)
    (text,) = texts(waiting)
    assert GRAZE in text
    assert verify(waiting.ledger).fault is None


def test_it_is_asked_about_once_for_each_time_that_the_work_goes_on(waiting):
    lapsed_at_the_surgery(waiting)
    for _ in range(3):
        waiting.now += timedelta(hours=1)
        surgery(waiting, InvolvementAction.OPENED)
    assert len(words(waiting, ASKED)) == 2, "it waits already"
    waiting.now += timedelta(hours=1)
    surgery(waiting, InvolvementAction.CLOSED)
    waiting.pass_time(waiting.now + timedelta(days=4))
    surgery(waiting, InvolvementAction.OPENED)
    assert [one.number for one in text_review.waiting(waiting.broker)] == [3]
    waiting.pass_time(waiting.now + timedelta(days=4))
    assert rung(waiting), "its clock runs like the first one's"


def test_what_a_person_let_go_and_lapsed_on_its_way_is_read_once_more_when_the_work_goes_on(waiting):
    shown = text_review.show(waiting.broker, 1)
    first = text_review.release(waiting.broker, 1, "force_duty", "NEEDED_FOR_CARE", shown.seen)
    waiting.now += timedelta(hours=1)
    surgery(waiting, InvolvementAction.CLOSED)
    assert [w["following"] for w in words(waiting, LAPSED)] == [first]
    waiting.now += timedelta(hours=1)
    surgery(waiting, InvolvementAction.OPENED)
    assert let_go(waiting, number=2) != first
    assert len(texts(waiting)) == 1


def test_what_a_person_withheld_no_new_work_brings_back(waiting):
    text_review.withhold(waiting.broker, 1, "force_duty", "NOT_NEEDED")
    waiting.now += timedelta(hours=1)
    for action in (InvolvementAction.CLOSED, InvolvementAction.OPENED):
        surgery(waiting, action)
        waiting.pass_time(waiting.now + timedelta(days=4))
    assert len(words(waiting, ASKED)) == 1
    assert text_review.waiting(waiting.broker) == []


def test_new_work_that_began_after_the_event_is_not_asked_for(waiting):
    """What happened in a closed episode is no business of the next one, and no person is asked to make it so."""
    lapsed_at_the_surgery(waiting)
    surgery(waiting, InvolvementAction.OPENED, since=waiting.now.date())
    assert len(words(waiting, ASKED)) == 1
    assert text_review.waiting(waiting.broker) == []


def test_the_work_of_somebody_else_asks_for_nobody(waiting):
    lapsed_at_the_surgery(waiting)
    involve(waiting, OAKFIELD, "safeguarding_lead")
    assert len(words(waiting, ASKED)) == 1


def test_of_what_was_taken_back_nobody_is_asked_when_the_work_goes_on(waiting):
    recall(waiting.broker, bytes.fromhex(notices(waiting)[0].exchange), "data-protection-officer", "WRONG_RECIPIENT")
    waiting.flow()
    waiting.pass_time(FRIDAY + timedelta(days=4))
    assert [w["why"] for w in words(waiting, LAPSED)] == ["RECALLED"]
    for action in (InvolvementAction.CLOSED, InvolvementAction.OPENED):
        waiting.now += timedelta(hours=1)
        surgery(waiting, action)
    assert len(words(waiting, ASKED)) == 1


def test_a_record_that_is_joined_under_which_the_work_went_on_asks_anew_at_once(waiting):
    lapsed_at_the_surgery(waiting)
    surgery(waiting, InvolvementAction.OPENED, ELSEWHERE)
    assert text_review.waiting(waiting.broker) == []
    (doubt,) = reviewing.open_reviews(waiting.broker)
    reviewing.settle(waiting.broker, doubt.number, 1, "front_door_manager")
    waiting.flow()
    assert [one.number for one in text_review.waiting(waiting.broker)] == [2]


def test_a_seal_that_is_lifted_asks_nobody_anew_for_whoever_wrote_the_text_would_hear_of_it(corridor):
    strategy(corridor)
    give(corridor, grant_asked(corridor, "threshold_facts", hours=2))
    corridor.flow()
    corridor.pass_time(FRIDAY + timedelta(days=4))
    assert len(words(corridor, LAPSED)) == 1
    for action in (SealAction.SET, SealAction.LIFTED):
        corridor.now += timedelta(hours=1)
        corridor.say(SealChanged, CSC, ROSA, kind=SealKind.S_FLAG, action=action)
    assert len(words(corridor, ASKED)) == 1
