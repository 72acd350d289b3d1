"""A child with a plan comes to an emergency department: somebody who knows the child sees it within the hour."""

from datetime import timedelta

import pytest

from sharing.events import (
    Child,
    PlanAction,
    PlanChanged,
    PlanKind,
    ReceiptRecorded,
    ReceiptState,
    UnscheduledAttended,
)
from sharing.reconciliation.state import QuestionState
from tests.sharing.reconciliation.town import CSC, HOUR, OAKFIELD, SATURDAY_NIGHT, TRUST, TUESDAY_NOON, Town, by

ATTENDED = "health.unscheduled.attended"
ALLOCATED, EMERGENCY = f"{CSC}/allocated_team", f"{CSC}/emergency_duty"
MANAGER, DEPARTMENT = f"{CSC}/front_door_manager", f"{TRUST}/emergency_department"


def attended(town: Town) -> Town:
    town.send(PlanChanged(envelope=by(), child=Child(), kind=PlanKind.CHILD_PROTECTION, action=PlanAction.STARTED), CSC)
    town.send(UnscheduledAttended(envelope=by("emergency_department"), child=Child()), TRUST)
    return town


def receipt(town: Town, place: str, state: ReceiptState, sender: str = CSC) -> None:
    letter = town.one(place, ATTENDED)
    town.send(ReceiptRecorded(envelope=by(), child=Child(), state=state), sender, reply_to=letter.exchange)


def test_the_clock_is_an_hour_and_the_one_on_duty_owes_it() -> None:
    day, night = attended(Town(now=TUESDAY_NOON)), attended(Town(now=SATURDAY_NIGHT))
    assert day.question("attendance-of-flagged-child").due_by == TUESDAY_NOON + HOUR
    assert day.question("attendance-of-flagged-child").owner.function == "allocated_team"
    assert night.question("attendance-of-flagged-child").owner.function == "emergency_duty"


def test_delivered_is_not_read() -> None:
    town = attended(Town(now=TUESDAY_NOON))
    receipt(town, ALLOCATED, ReceiptState.DELIVERED)
    assert town.question("attendance-of-flagged-child").state is QuestionState.OPEN
    receipt(town, ALLOCATED, ReceiptState.READ)
    assert town.question("attendance-of-flagged-child").state is QuestionState.ANSWERED
    assert town.pass_time(TUESDAY_NOON + 2 * HOUR).said == ()


@pytest.mark.parametrize("place", [ALLOCATED, EMERGENCY])
def test_at_night_whoever_of_social_care_reads_it_first_stops_the_clock(place: str) -> None:
    town = attended(Town(now=SATURDAY_NIGHT))
    receipt(town, place, ReceiptState.READ)
    assert town.question("attendance-of-flagged-child").state is QuestionState.ANSWERED


def test_another_organisations_receipt_stops_nothing() -> None:
    town = attended(Town(now=TUESDAY_NOON))
    receipt(town, ALLOCATED, ReceiptState.READ, sender=OAKFIELD)
    assert town.question("attendance-of-flagged-child").state is QuestionState.OPEN
    assert town.refused == ["NOT_THE_RECIPIENT"]


def test_unread_for_an_hour_rings_the_manager_and_the_department_hears() -> None:
    town = attended(Town(now=TUESDAY_NOON))
    assert town.pass_time(TUESDAY_NOON + HOUR - timedelta(seconds=1)).said == ()
    town.pass_time(TUESDAY_NOON + HOUR)
    assert town.one(MANAGER, "broker.escalation").event.why == "NO_ANSWER"
    assert town.one(DEPARTMENT, "broker.escalation").answers == "e2"


def test_unread_at_night_rings_the_emergency_duty_team() -> None:
    town = attended(Town(now=SATURDAY_NIGHT))
    town.pass_time(SATURDAY_NIGHT + HOUR)
    assert len(town.tray(EMERGENCY, "broker.escalation")) == 1


def test_without_a_plan_no_clock_starts() -> None:
    town = Town(now=TUESDAY_NOON)
    town.send(UnscheduledAttended(envelope=by(), child=Child()), TRUST)
    assert town.state.questions == ()
