"""A doubtful link holds an exchange for half its time at most, then somebody is rung; a referral never waits."""

from dataclasses import replace

from sharing.events import Child, ConcernShared, DomesticAbuseIncidentNotified, Envelope, ReferralSubmitted, TaskKind
from sharing.reconciliation import (
    EventFacts,
    SubjectState,
    absorb,
    hold_for_identity,
    identity_settled,
    open_questions,
    tick,
)
from sharing.reconciliation.parties import recipient_for
from sharing.routing import recipients
from tests.sharing.reconciliation.town import (
    CALENDARS,
    CSC,
    DIRECTORY,
    HOUR,
    MONDAY_AT_EIGHT,
    OAKFIELD,
    POLICE,
    SATURDAY_NIGHT,
    TUESDAY_NOON,
)

NOTICE = DomesticAbuseIncidentNotified(envelope=Envelope(author_function="force_duty"), child=Child())
ABOUT = EventFacts("e1", SATURDAY_NIGHT, POLICE)
HALF_WAY = SATURDAY_NIGHT + (MONDAY_AT_EIGHT - SATURDAY_NIGHT) / 2


def held() -> SubjectState:
    return hold_for_identity(SubjectState(), NOTICE, ABOUT, DIRECTORY, CALENDARS).state


def test_the_wait_ends_half_way_to_the_deadline() -> None:
    assert held().next_at == HALF_WAY


def test_then_a_duty_function_is_rung_once() -> None:
    assert tick(held(), HALF_WAY - HOUR, DIRECTORY, CALENDARS).said == ()
    rung = tick(held(), HALF_WAY, DIRECTORY, CALENDARS)
    (said,) = rung.said
    assert said.event.task is TaskKind.SETTLE_IDENTITY  # type: ignore[attr-defined]
    assert {f"{r.organisation}/{r.function}" for r in said.to} == {f"{CSC}/front_door_manager", f"{CSC}/emergency_duty"}
    assert tick(rung.state, MONDAY_AT_EIGHT, DIRECTORY, CALENDARS).said == ()


def test_settled_the_event_is_routed_again_once() -> None:
    step = identity_settled(held(), "e1")
    assert (step.release_again, step.state.next_at) == (("e1",), None)
    assert identity_settled(step.state, "e1").release_again == ()
    assert identity_settled(held(), "e9").release_again == ()


def test_held_twice_is_held_once() -> None:
    again = hold_for_identity(held(), NOTICE, replace(ABOUT, now=MONDAY_AT_EIGHT), DIRECTORY, CALENDARS)
    assert (again.state, again.changed) == (held(), False)


def test_a_referral_never_waits() -> None:
    referral = ReferralSubmitted(envelope=Envelope(), child=Child())
    step = hold_for_identity(SubjectState(), referral, replace(ABOUT, sender=OAKFIELD), DIRECTORY, CALENDARS)
    assert step.state == SubjectState()


def test_what_starts_no_clock_waits_half_a_working_day() -> None:
    concern = ConcernShared(envelope=Envelope(), child=Child())
    about = EventFacts("e1", TUESDAY_NOON, OAKFIELD)
    state = hold_for_identity(SubjectState(), concern, about, DIRECTORY, CALENDARS).state
    assert state.next_at == TUESDAY_NOON + 12 * HOUR


def test_a_doubtful_link_does_not_keep_the_setting_from_being_sought() -> None:
    step = absorb(held(), NOTICE, ABOUT, DIRECTORY, CALENDARS)
    (sought,) = [said for said in step.said if said.event.event_type == "broker.setting.sought"]
    about = EventFacts("s1", SATURDAY_NIGHT, "crosswalk", cause="e1")
    state = open_questions(step.state, sought.event, [(sought.to[0], "x1")], about, DIRECTORY, CALENDARS).state
    assert {a.rule: a.sought_exchange for a in state.awaiting} == {"identity-review": "", "setting-found": "x1"}
    routed = recipients(
        replace(NOTICE, envelope=Envelope(organisation=POLICE)),
        state,
        DIRECTORY,
        SATURDAY_NIGHT,
        CALENDARS,
        event_id="e1",
    )
    assert routed.wait == "identity-review"


def test_the_clock_ran_while_the_link_was_doubtful() -> None:
    school = recipient_for(DIRECTORY.organisations[OAKFIELD], "safeguarding_lead")
    settled = identity_settled(held(), "e1").state
    later = EventFacts("e1", SATURDAY_NIGHT + 3 * HOUR, "")
    (question,) = open_questions(settled, NOTICE, [(school, "x1")], later, DIRECTORY, CALENDARS).state.questions
    assert (question.started_at, question.due_by) == (SATURDAY_NIGHT, MONDAY_AT_EIGHT)
    assert question.asker == recipient_for(DIRECTORY.organisations[POLICE], "force_duty")
