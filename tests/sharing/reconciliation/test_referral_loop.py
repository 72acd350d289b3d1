"""No referral without a decision, no refusal without reason and advice, no silence without escalation."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sharing.events import (
    Child,
    ClockState,
    ContactDecided,
    ContactOutcome,
    ReceiptRecorded,
    ReceiptState,
    ReferralDecided,
    ReferralOutcome,
    ReferralSubmitted,
    TaskKind,
)
from sharing.reconciliation.state import QuestionState
from tests.sharing.reconciliation.town import (
    CSC,
    FRIDAY,
    HARBOUR,
    HOUR,
    NURSERY,
    OAKFIELD,
    SATURDAY_NIGHT,
    TUESDAY_NOON,
    Town,
    by,
)

LEAD, FRONT_DOOR, MANAGER = f"{OAKFIELD}/safeguarding_lead", f"{CSC}/front_door", f"{CSC}/front_door_manager"
EMERGENCY = f"{CSC}/emergency_duty"
MONDAY = FRIDAY + timedelta(days=3)
REFERRAL = ReferralSubmitted(envelope=by("safeguarding_lead"), child=Child())
REFUSED = ReferralDecided(envelope=by(), child=Child(), outcome=ReferralOutcome.NOT_ACCEPTED)
COMPLETE = replace(REFUSED, reason_code="BELOW_THRESHOLD", advice_text="Talk to early help.")


def referred(town: Town, sender: str = OAKFIELD) -> str:
    """A referral; gives the exchange that put it to the front door."""
    event_id = town.send(REFERRAL, sender)
    return f"{event_id}>{FRONT_DOOR}"


def test_a_friday_evening_referral_is_due_on_monday_at_the_same_time() -> None:
    town = Town()
    referred(town)
    assert town.question("referral-decision").due_by == MONDAY
    assert town.trays_with("referral.submitted") == {FRONT_DOOR}
    started = town.one(LEAD, "broker.clock.changed")
    assert (started.event.state, started.event.clock_due_by, started.answers) == (ClockState.STARTED, MONDAY, "e1")


def test_a_referral_at_night_reaches_emergency_duty_too_and_their_answer_counts() -> None:
    town = Town(now=SATURDAY_NIGHT)
    referred(town)
    assert town.trays_with("referral.submitted") == {FRONT_DOOR, EMERGENCY}
    town.send(COMPLETE, CSC, reply_to=f"e1>{EMERGENCY}")
    assert town.question("referral-decision").state is QuestionState.ANSWERED


def test_a_refusal_without_reason_and_advice_is_decided_but_owed() -> None:
    town = Town()
    exchange = referred(town)
    before = town.question("referral-decision")
    town.now += HOUR
    town.send(REFUSED, CSC, reply_to=exchange)
    after = town.question("referral-decision")
    assert (after.state, after.due_by, after.next_at) == (
        QuestionState.ANSWER_INCOMPLETE,
        before.due_by,
        before.next_at,
    )
    assert town.one(LEAD, "csc.referral.decided").answers == "e1"
    owed = town.tray(LEAD, "broker.clock.changed")[-1].event
    assert (owed.state, owed.missing_items) == (ClockState.ANSWER_INCOMPLETE, ("reason_code", "advice_text"))
    task = town.one(MANAGER, "broker.task.raised").event
    assert (task.task, task.missing_items) == (TaskKind.COMPLETE_ANSWER, ("reason_code", "advice_text"))
    assert task.about_event == exchange
    assert town.question("answer-completion").due_by == before.due_by


def test_the_completed_answer_stops_the_clock_and_ends_the_task() -> None:
    town = Town()
    exchange = referred(town)
    town.send(REFUSED, CSC, reply_to=exchange)
    town.send(COMPLETE, CSC, reply_to=exchange)
    assert {q.rule: q.state for q in town.state.questions} == {
        "referral-decision": QuestionState.ANSWERED,
        "referral-receipt": QuestionState.ANSWERED,
        "answer-completion": QuestionState.CLOSED,
    }
    assert town.tray(LEAD, "broker.clock.changed")[-1].event.state is ClockState.STOPPED
    assert len(town.tray(LEAD, "csc.referral.decided")) == 2
    assert town.state.next_at is None
    assert town.pass_time(MONDAY + HOUR).said == ()


@pytest.mark.parametrize(
    ("decided", "missing"),
    [
        pytest.param(replace(COMPLETE, reason_code=None), ("reason_code",), id="no-reason"),
        pytest.param(replace(COMPLETE, advice_text=" \n"), ("advice_text",), id="blank-advice"),
        pytest.param(replace(COMPLETE, outcome=None), ("outcome",), id="no-outcome"),
        pytest.param(
            replace(COMPLETE, reason_code="INSUFFICIENT_INFORMATION", missing_items=()),
            ("missing_items",),
            id="says-not-what",
        ),
        pytest.param(
            replace(COMPLETE, reason_code="INSUFFICIENT_INFORMATION", missing_items=(" ",)),
            ("missing_items",),
            id="blank-item",
        ),
        pytest.param(
            replace(REFUSED, outcome=ReferralOutcome.ADVICE_OR_SIGNPOST), ("advice_text",), id="advice-without-it"
        ),
        pytest.param(replace(REFUSED, outcome=ReferralOutcome.OTHER), ("reason_text",), id="other-unexplained"),
        pytest.param(
            ContactDecided(envelope=by(), child=Child(), outcome=ContactOutcome.NO_FURTHER_ACTION_AT_CONTACT),
            ("reason_code", "advice_text"),
            id="contact-closed-without-a-word",
        ),
    ],
)
def test_an_answer_that_lacks_what_it_owes_stops_nothing(decided: ReferralDecided, missing: tuple[str, ...]) -> None:
    town = Town()
    town.send(decided, CSC, reply_to=referred(town))
    assert town.question("referral-decision").state is QuestionState.ANSWER_INCOMPLETE
    assert town.one(MANAGER, "broker.task.raised").event.missing_items == missing


@pytest.mark.parametrize(
    "decided",
    [
        pytest.param(COMPLETE, id="refusal-with-reason-and-advice"),
        pytest.param(replace(REFUSED, outcome=ReferralOutcome.ASSESSMENT_REQUIRED), id="assessment"),
        pytest.param(replace(REFUSED, outcome=ReferralOutcome.STRATEGY_DISCUSSION_OR_S47), id="strategy-discussion"),
        pytest.param(
            replace(COMPLETE, reason_code="INSUFFICIENT_INFORMATION", missing_items=("since when",)), id="asks-for-more"
        ),
        pytest.param(
            ContactDecided(
                envelope=by(),
                child=Child(),
                outcome=ContactOutcome.INFORMATION_AND_ADVICE,
                advice_text="Ask the nurse.",
            ),
            id="contact-with-advice",
        ),
    ],
)
def test_a_complete_answer_stops_the_clock(decided: ReferralDecided) -> None:
    town = Town()
    town.send(decided, CSC, reply_to=referred(town))
    assert town.question("referral-decision").state is QuestionState.ANSWERED
    assert town.tray(MANAGER) == []


def test_a_contact_that_became_a_referral_answers_no_referral() -> None:
    town = Town()
    became = ContactDecided(envelope=by(), child=Child(), outcome=ContactOutcome.BECAME_REFERRAL)
    town.send(became, CSC, reply_to=referred(town))
    assert town.question("referral-decision").state is QuestionState.OPEN
    assert town.one(LEAD, "csc.contact.decided").answers == "e1"


def test_silence_for_a_working_day_escalates_and_both_sides_see_it() -> None:
    town = Town()
    exchange = referred(town)
    assert town.pass_time(MONDAY - timedelta(minutes=1)).said[0].event.event_type == "broker.clock.changed"
    town.pass_time(MONDAY)
    asker, manager = town.one(LEAD, "broker.escalation"), town.one(MANAGER, "broker.escalation")
    assert (asker.event.stage, asker.event.to_function, asker.event.why) == (1, "front_door_manager", "NO_ANSWER")
    assert asker.event.telephone == "01632 960101"
    assert (asker.answers, manager.answers) == ("e1", exchange)
    assert town.one(FRONT_DOOR, "broker.escalation").answers == exchange


def test_an_incomplete_answer_escalates_all_the_same() -> None:
    town = Town()
    town.send(REFUSED, CSC, reply_to=referred(town))
    town.pass_time(MONDAY)
    assert town.one(LEAD, "broker.escalation").event.why == "ANSWER_INCOMPLETE"
    assert town.question("answer-completion").state is QuestionState.OVERDUE


def test_further_silence_goes_up_the_table_stage_by_stage() -> None:
    town = Town()
    referred(town)
    for days, stage in ((3, 1), (4, 2), (6, 3), (30, 3)):
        town.pass_time(FRIDAY + timedelta(days=days))
        assert town.question("referral-decision").stage == stage
    assert [d.event.stage for d in town.tray(LEAD, "broker.escalation")] == [1, 2, 3]
    assert town.question("referral-decision").state is QuestionState.OVERDUE  # silence never ends a question


def test_stages_that_passed_while_nobody_looked_fire_in_order() -> None:
    late, punctual = Town(), Town()
    referred(late)
    referred(punctual)
    for days in (3, 4, 6):
        punctual.pass_time(FRIDAY + timedelta(days=days))
    late.pass_time(FRIDAY + timedelta(days=6))
    stages = [d.exchange for d in late.tray(LEAD, "broker.escalation")]
    assert stages == [d.exchange for d in punctual.tray(LEAD, "broker.escalation")]
    assert late.state == punctual.state


def test_an_answer_after_escalation_is_told_to_those_who_were_rung() -> None:
    town = Town()
    exchange = referred(town)
    town.pass_time(MONDAY)
    town.send(COMPLETE, CSC, reply_to=exchange)
    assert town.one(MANAGER, "broker.clock.changed").event.state is ClockState.STOPPED


def test_out_of_hours_the_emergency_duty_team_hears_of_the_escalation_too() -> None:
    town = Town(now=SATURDAY_NIGHT)
    referred(town)
    town.pass_time(town.question("referral-decision").due_by)  # the midnight in which Monday ends
    assert town.one(EMERGENCY, "broker.escalation").event.stage == 1


@pytest.mark.parametrize("stranger", [HARBOUR, OAKFIELD, "easthaven-police", "nobody-at-all"])
def test_an_answer_from_somebody_who_was_not_asked_stops_nothing_and_is_reported(stranger: str) -> None:
    town = Town()
    exchange = referred(town)
    before = town.state
    town.send(COMPLETE, stranger, reply_to=exchange)
    assert town.state == before
    assert town.refused == ["SENDER_MAY_NOT_SAY_THIS"]
    assert town.tray(LEAD, "csc.") == []


@pytest.mark.parametrize(
    ("reply_to", "code"), [("e9>elsewhere", "ANSWERS_UNKNOWN_EXCHANGE"), ("", "ANSWERS_NO_EXCHANGE")]
)
def test_an_answer_to_nothing_stops_nothing_and_is_reported(reply_to: str, code: str) -> None:
    town = Town()
    referred(town)
    before = town.state
    town.send(COMPLETE, CSC, reply_to=reply_to)
    assert (town.state, town.refused) == (before, [code])
    assert town.tray(LEAD, "csc.") == []


def test_a_repeated_answer_changes_nothing() -> None:
    town = Town()
    exchange = referred(town)
    town.send(REFUSED, CSC, reply_to=exchange, event_id="decision")
    before, letters, steps = town.state, len(town.trays), len(town.steps)
    town.send(REFUSED, CSC, reply_to=exchange, event_id="decision")
    assert (town.state, len(town.trays)) == (before, letters)
    assert [step.said for step in town.steps[steps:]] == [(), ()]


def test_routing_a_referral_again_does_not_restart_its_clock() -> None:
    town = Town()
    referred(town)
    before = town.state
    town.now += 5 * HOUR
    town.route("e1")
    assert town.state == before


def test_two_referrals_are_two_questions() -> None:
    town = Town()
    first, second = referred(town), referred(town, HARBOUR)
    town.send(COMPLETE, CSC, reply_to=second)
    states = {q.exchange_id: q.state for q in town.state.questions if q.rule == "referral-decision"}
    assert states == {first: QuestionState.OPEN, second: QuestionState.ANSWERED}
    assert town.tray(LEAD, "csc.") == []
    assert len(town.tray(f"{HARBOUR}/safeguarding_lead", "csc.")) == 1


def receipt(state: ReceiptState) -> ReceiptRecorded:
    return ReceiptRecorded(envelope=by(), child=Child(), state=state)


def test_without_a_receipt_the_sender_is_told_to_telephone_after_fifteen_minutes() -> None:
    town = Town()
    referred(town)
    assert town.pass_time(FRIDAY + timedelta(minutes=14)).said == ()
    town.pass_time(FRIDAY + timedelta(minutes=15))
    told = town.tray(LEAD, "broker.clock.changed")[-1].event
    assert (told.rule, told.state, told.telephone) == ("referral-receipt", ClockState.BREACHED, "01632 960100")


def test_at_night_the_number_is_the_emergency_duty_teams() -> None:
    town = Town(now=SATURDAY_NIGHT)
    referred(town)
    town.pass_time(SATURDAY_NIGHT + timedelta(minutes=15))
    assert town.tray(LEAD, "broker.clock.changed")[-1].event.telephone == "01632 960199"


@pytest.mark.parametrize("sender", [NURSERY, "nobody-at-all", "crosswalk"])
def test_a_sender_that_cannot_be_told_leaves_the_owner_to_be_rung(sender: str) -> None:
    town = Town()
    exchange = referred(town, sender)
    assert town.question("referral-decision").asker is None
    town.pass_time(FRIDAY + timedelta(minutes=15))
    assert town.one(FRONT_DOOR, "broker.clock.changed").answers == exchange
    assert {d.to.organisation for d in town.trays} == {CSC}


@pytest.mark.parametrize("state", [ReceiptState.DELIVERED, ReceiptState.READ, ReceiptState.ACTED])
def test_a_receipt_stops_the_receipt_clock_and_nothing_else(state: ReceiptState) -> None:
    town = Town()
    exchange = referred(town)
    town.send(receipt(state), CSC, reply_to=exchange)
    assert town.question("referral-receipt").state is QuestionState.ANSWERED
    assert town.question("referral-decision").state is QuestionState.OPEN


def test_a_receipt_of_another_organisation_stops_nothing() -> None:
    town = Town()
    exchange = referred(town)
    town.send(receipt(ReceiptState.DELIVERED), HARBOUR, reply_to=exchange)
    assert town.question("referral-receipt").state is QuestionState.OPEN
    assert town.refused == ["NOT_THE_RECIPIENT"]


def test_a_refused_referral_rings_at_once_and_is_rung_once() -> None:
    town = Town()
    exchange = referred(town)
    for _ in range(2):
        town.send(receipt(ReceiptState.REFUSED), CSC, reply_to=exchange, event_id="refusal")
    assert town.one(LEAD, "broker.escalation").event.why == "REFUSED_BY_SYSTEM"
    assert town.tray(LEAD, "broker.clock.changed")[-1].event.rule == "referral-receipt"
    assert town.question("referral-decision").stage == 1


def test_at_night_one_functions_refusing_system_does_not_speak_for_the_other() -> None:
    town = Town(now=SATURDAY_NIGHT)
    referred(town)
    town.send(receipt(ReceiptState.REFUSED), CSC, reply_to=f"e1>{EMERGENCY}")
    assert town.question("referral-decision").stage == 0


def test_a_decision_proves_receipt() -> None:
    town = Town()
    exchange = referred(town)
    town.send(REFUSED, CSC, reply_to=exchange)
    assert town.question("referral-receipt").state is QuestionState.ANSWERED


def test_an_hour_early_and_a_week_late_the_clock_says_the_same_once() -> None:
    town = Town()
    referred(town)
    town.pass_time(TUESDAY_NOON)
    letters = len(town.trays)
    town.pass_time(TUESDAY_NOON)
    assert len(town.trays) == letters
