"""A text that waits has a clock: who is rung before it ends and at its end, by day and by night."""

from datetime import timedelta

from streams.agents import text_review
from tests.streams.corridor import CSC, FRIDAY, POLICE, SATURDAY_NIGHT
from tests.streams.scrub_kit import (
    facts_at_police,
    let_go,
    rung,
    strategy,
    tasks,
)
from tests.streams.test_grant_laws import asked as grant_asked
from tests.streams.test_grant_laws import give


def test_it_must_be_read_within_a_working_day_and_before_that_the_deputy_is_rung(corridor):
    strategy(corridor)
    give(corridor, grant_asked(corridor, "threshold_facts", hours=72))
    corridor.flow()
    (one,) = text_review.waiting(corridor.broker)
    assert one.due_by == FRIDAY + timedelta(days=3), "Friday morning to Monday morning"
    corridor.pass_time(FRIDAY + timedelta(days=1, hours=11))
    assert rung(corridor) == []
    corridor.pass_time(FRIDAY + timedelta(days=1, hours=13))
    assert {(o, f) for o, f, why in rung(corridor) if why == "DUE_SOON"} == {(CSC, "front_door")}
    corridor.pass_time(one.due_by - timedelta(minutes=1))
    assert {why for _, _, why in rung(corridor)} == {"DUE_SOON"}


def test_half_way_to_the_events_own_deadline_the_manager_is_rung(corridor):
    meeting = FRIDAY + timedelta(hours=6)
    strategy(corridor, meeting_at=meeting)
    give(corridor, grant_asked(corridor, "threshold_facts"))
    corridor.flow()
    (one,) = text_review.waiting(corridor.broker)
    assert one.due_by == FRIDAY + timedelta(hours=3)
    assert tasks(corridor)[0].event.envelope.due_by == one.due_by
    corridor.pass_time(one.due_by)
    assert [(f, why) for o, f, why in rung(corridor) if o == CSC][-1] == ("front_door_manager", "NO_ANSWER")
    assert one.due_by < meeting


def test_at_night_the_emergency_duty_team_is_told_and_may_let_it_go(corridor):
    corridor.now = SATURDAY_NIGHT
    strategy(corridor, meeting_at=SATURDAY_NIGHT + timedelta(hours=8))
    give(corridor, grant_asked(corridor, "threshold_facts"))
    corridor.flow()
    told_now = corridor.views(CSC, "broker.task.raised")
    assert len([v for v in told_now if v.event.task == "REVIEW_TEXT"]) == 2
    seen = text_review.show(corridor.broker, 1).seen
    text_review.release(corridor.broker, 1, "emergency_duty", "NEEDED_TO_PROTECT", seen)
    corridor.flow()
    assert len(facts_at_police(corridor)) == 1
    corridor.pass_time(SATURDAY_NIGHT + timedelta(days=3))
    assert rung(corridor) == []


def test_in_a_house_without_a_front_door_somebody_else_is_rung_than_who_is_silent(waiting):
    (one,) = text_review.waiting(waiting.broker)
    assert (one.owner, one.deputy) == ((POLICE, "force_duty"), "data_protection_officer")
    waiting.pass_time(one.due_by)
    assert [(f, why) for _, f, why in rung(waiting)][:1] == [("data_protection_officer", "DUE_SOON")]
    assert rung(waiting)[-1][1:] == ("force_duty", "NO_ANSWER")


def test_whoever_read_it_is_not_rung(waiting):
    let_go(waiting)
    waiting.pass_time(FRIDAY + timedelta(days=7))
    assert rung(waiting) == []
    assert not [q for q in waiting.state(waiting.notice).questions if q.rule == "text-review" and q.is_open]
