"""A clinician's worry about a child whom nobody knows yet reaches social care."""

import pytest

from sharing.events import Child, Envelope, UnscheduledAttended
from sharing.policy import Facts, Guard, decide, said_by
from sharing.vocabulary import Outcome, RecipientKind


def outcome(agreements, kind, *, worried):
    event = UnscheduledAttended(envelope=Envelope(), child=Child(), clinician_concern=worried)
    known = dict.fromkeys(Guard, False) | {Guard.IDENTITY_SETTLED: True} | said_by(event)
    return decide(agreements, event.event_type, kind, None, Facts.of(known)).outcome


@pytest.mark.parametrize("kind", [RecipientKind.FRONT_DOOR, RecipientKind.EMERGENCY_DUTY])
def test_a_worried_clinician_reaches_social_care_without_plan_or_referral(agreements, kind):
    assert outcome(agreements, kind, worried=True) is Outcome.DELIVER


@pytest.mark.parametrize("kind", [RecipientKind.FRONT_DOOR, RecipientKind.EMERGENCY_DUTY])
@pytest.mark.parametrize("worried", [False, None])
def test_an_attendance_without_worry_plan_or_referral_stays_in_health(agreements, kind, worried):
    assert outcome(agreements, kind, worried=worried) is Outcome.SUPPRESS


def test_a_worry_never_brings_an_attendance_to_a_school(agreements):
    assert outcome(agreements, RecipientKind.SCHOOL, worried=True) is Outcome.SUPPRESS
