"""Who needs to know, and that nobody else does."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sharing.directory import Directory
from sharing.errors import Misconfigured
from sharing.events import (
    EVENT_TYPES,
    AlertAcknowledged,
    AllocationChanged,
    AttendanceThresholdReached,
    CaseClosed,
    Child,
    ConcernShared,
    ContactDecided,
    DisagreementRaised,
    DomesticAbuseIncidentNotified,
    EnquiryChanged,
    Envelope,
    Event,
    InjuryConcernRaised,
    MissingChanged,
    PlanAction,
    PlanChanged,
    PlanKind,
    ReferralDecided,
    ReferralSubmitted,
    RegistrationChanged,
    RegistrationKind,
    RestrictionChanged,
    SealAction,
    SealChanged,
    SealKind,
    SettingFound,
    UnscheduledAttended,
)
from sharing.reconciliation import SubjectState
from sharing.reconciliation.parties import kind_of, recipient_for
from sharing.reconciliation.rules import RULES
from sharing.reconciliation.state import Awaiting, Involvement, Plan, Question
from sharing.routing import ROUTES, Ground, recipients, routes_as_markdown
from sharing.vocabulary import OrganisationKind, Recipient, RecipientKind
from tests.sharing.reconciliation.town import (
    CALENDARS,
    COMMUNITY,
    CSC,
    DIRECTORY,
    EDUCATION,
    FRIDAY,
    GP,
    HARBOUR,
    NURSERY,
    OAKFIELD,
    POLICE,
    SATURDAY_NIGHT,
    TRUST,
    TUESDAY_NOON,
)

OLDER = Child(birth_date=date(2015, 5, 1))
TODDLER = Child(birth_date=date(2024, 5, 1))
FRONT_DOOR, ALLOCATED, EMERGENCY = f"{CSC}/front_door", f"{CSC}/allocated_team", f"{CSC}/emergency_duty"
PRACTICE, VISITOR, DEPARTMENT = f"{GP}/practice_lead", f"{COMMUNITY}/health_visitor", f"{TRUST}/emergency_department"
LEAD, DUTY, FORCE = f"{OAKFIELD}/safeguarding_lead", f"{EDUCATION}/education_duty", f"{POLICE}/force_duty"
SAID_BY = {
    "referral": OAKFIELD,
    "csc": CSC,
    "seal": POLICE,
    "police": POLICE,
    "health": TRUST,
    "school": OAKFIELD,
    "education": EDUCATION,
    "la": EDUCATION,
    "earlyhelp": HARBOUR,
    "consultation": HARBOUR,
    "disagreement": HARBOUR,
    "review": CSC,
}


def said(cls: type[Event], child: Child = OLDER, sender: str = "", reply: str = "", **more: object) -> Event:
    organisation = sender or SAID_BY[cls.event_type.partition(".")[0]]
    envelope = Envelope(event_id="e1", organisation=organisation, in_reply_to=reply or None)
    return cls(envelope=envelope, child=child, **more)


def involvement(organisation: str, function: str, until: date | None = None) -> Involvement:
    kind = kind_of(DIRECTORY.organisations[organisation].kind, function)
    return Involvement(organisation, function, kind, date(2026, 1, 1), until, "e0")


NOTHING = SubjectState()
PLAN = Plan(PlanKind.CHILD_PROTECTION, CSC, None, "North", "", "e0")
PARTNERS = SubjectState(
    involvements=(
        involvement(OAKFIELD, "safeguarding_lead"),
        involvement(GP, "practice_lead"),
        involvement(COMMUNITY, "health_visitor"),
    )
)
HELD = replace(PARTNERS, plans=(PLAN,))


def asked(asker: Recipient, owner: Recipient, event_type: str = "referral.submitted") -> SubjectState:
    question = Question("referral-decision", "e0", event_type, asker, owner, "x0", FRIDAY, FRIDAY, FRIDAY)
    return SubjectState(questions=(question,))


THE_LEAD = recipient_for(DIRECTORY.organisations[OAKFIELD], "safeguarding_lead")
THE_FORCE = recipient_for(DIRECTORY.organisations[POLICE], "force_duty")
THE_DOOR = recipient_for(DIRECTORY.organisations[CSC], "front_door")
REFERRED = asked(THE_LEAD, THE_DOOR)


def places(
    event: Event, state: SubjectState = NOTHING, now: datetime = TUESDAY_NOON, directory: Directory = DIRECTORY
) -> set[str]:
    routed = recipients(event, state, directory, now, CALENDARS)
    return {f"{r.organisation}/{r.function}" for r in routed.recipients}


STARTED = {"kind": PlanKind.CHILD_PROTECTION, "action": PlanAction.STARTED}


@pytest.mark.parametrize(
    ("event", "state", "now", "expected"),
    [
        pytest.param(said(ReferralSubmitted), NOTHING, TUESDAY_NOON, {FRONT_DOOR}, id="referral-by-day"),
        pytest.param(said(ReferralSubmitted), NOTHING, FRIDAY, {FRONT_DOOR}, id="referral-before-closing"),
        pytest.param(
            said(ReferralSubmitted),
            HELD,
            SATURDAY_NIGHT,
            {FRONT_DOOR, EMERGENCY},
            id="referral-when-the-door-is-closed",
        ),
        pytest.param(said(ReferralSubmitted, sender=CSC), HELD, TUESDAY_NOON, {FRONT_DOOR}, id="referral-from-within"),
        pytest.param(said(ReferralDecided, reply="x0"), REFERRED, TUESDAY_NOON, {LEAD}, id="decision-to-the-asker"),
        pytest.param(said(ReferralDecided, reply="x9"), REFERRED, TUESDAY_NOON, set(), id="decision-on-nothing"),
        pytest.param(said(ReferralDecided), REFERRED, TUESDAY_NOON, set(), id="decision-without-reference"),
        pytest.param(said(ContactDecided, reply="x0"), REFERRED, TUESDAY_NOON, {LEAD}, id="contact-to-the-asker"),
        pytest.param(
            said(PlanChanged, **STARTED),
            HELD,
            TUESDAY_NOON,
            {LEAD, PRACTICE, VISITOR, DEPARTMENT},
            id="plan-existence",
        ),
        pytest.param(said(PlanChanged, **STARTED), NOTHING, TUESDAY_NOON, {DEPARTMENT}, id="plan-without-partners"),
        pytest.param(
            said(PlanChanged, kind=PlanKind.CHILD_IN_NEED, action=PlanAction.STARTED),
            HELD,
            TUESDAY_NOON,
            {LEAD, PRACTICE, VISITOR},
            id="child-in-need-is-no-flag-for-unscheduled-care",
        ),
        pytest.param(
            said(PlanChanged, kind=PlanKind.EARLY_HELP, action=PlanAction.STARTED),
            HELD,
            TUESDAY_NOON,
            set(),
            id="early-help-is-by-consent",
        ),
        pytest.param(
            said(UnscheduledAttended), HELD, TUESDAY_NOON, {ALLOCATED, PRACTICE, VISITOR}, id="attended-with-a-plan"
        ),
        pytest.param(
            said(UnscheduledAttended),
            HELD,
            SATURDAY_NIGHT,
            {ALLOCATED, EMERGENCY, PRACTICE, VISITOR},
            id="attended-at-night-with-a-plan",
        ),
        pytest.param(
            said(UnscheduledAttended), PARTNERS, TUESDAY_NOON, {PRACTICE, VISITOR}, id="attended-without-a-plan"
        ),
        pytest.param(
            said(UnscheduledAttended, clinician_concern=True),
            NOTHING,
            TUESDAY_NOON,
            {FRONT_DOOR},
            id="a-worried-clinician",
        ),
        pytest.param(
            said(UnscheduledAttended, Child(gp_practice="Z99001", birth_date=date(2015, 5, 1))),
            NOTHING,
            TUESDAY_NOON,
            {PRACTICE},
            id="the-practice-of-the-sender's-own-record",
        ),
        pytest.param(said(UnscheduledAttended, TODDLER), NOTHING, TUESDAY_NOON, {VISITOR}, id="under-five"),
        pytest.param(said(UnscheduledAttended, Child()), NOTHING, TUESDAY_NOON, set(), id="an-age-nobody-knows"),
        pytest.param(
            said(UnscheduledAttended, Child(expected_birth_date=date(2027, 1, 1))),
            NOTHING,
            TUESDAY_NOON,
            {VISITOR},
            id="unborn",
        ),
        pytest.param(
            said(DomesticAbuseIncidentNotified, TODDLER),
            NOTHING,
            SATURDAY_NIGHT,
            {FRONT_DOOR, VISITOR},
            id="notice-while-the-setting-waits",
        ),
        pytest.param(
            said(MissingChanged, TODDLER),
            SubjectState(involvements=(involvement(COMMUNITY, "school_nurse"),)),
            TUESDAY_NOON,
            {FRONT_DOOR, f"{COMMUNITY}/school_nurse"},
            id="whoever-is-involved-and-nobody-beside",
        ),
        pytest.param(
            said(MissingChanged), HELD, SATURDAY_NIGHT, {ALLOCATED, EMERGENCY, LEAD, VISITOR}, id="missing-at-night"
        ),
        pytest.param(said(ConcernShared), NOTHING, TUESDAY_NOON, {FRONT_DOOR}, id="concern"),
        pytest.param(said(ConcernShared), HELD, TUESDAY_NOON, {ALLOCATED}, id="concern-with-a-case"),
        pytest.param(said(AttendanceThresholdReached), NOTHING, TUESDAY_NOON, {DUTY}, id="attendance-by-regulation"),
        pytest.param(
            said(AttendanceThresholdReached), HELD, TUESDAY_NOON, {DUTY, ALLOCATED}, id="attendance-with-a-plan"
        ),
        pytest.param(
            said(AlertAcknowledged, reply="x0"),
            asked(THE_FORCE, THE_LEAD, "police.da_incident.notified"),
            TUESDAY_NOON,
            {FORCE},
            id="acknowledgement-to-the-police",
        ),
        pytest.param(
            said(AllocationChanged), HELD, TUESDAY_NOON, {LEAD, PRACTICE, VISITOR}, id="another-team-holds-the-case"
        ),
        pytest.param(said(AllocationChanged), REFERRED, TUESDAY_NOON, {LEAD}, id="allocation-to-an-open-asker"),
        pytest.param(
            said(RegistrationChanged, kind=RegistrationKind.GP_PRACTICE),
            HELD,
            TUESDAY_NOON,
            {ALLOCATED, VISITOR},
            id="registration",
        ),
        pytest.param(
            said(RegistrationChanged, kind=RegistrationKind.SENSITIVITY),
            HELD,
            TUESDAY_NOON,
            {ALLOCATED},
            id="a-record-made-sensitive-tells-no-partner",
        ),
        pytest.param(said(SettingFound), HELD, TUESDAY_NOON, set(), id="the-rolls-answer-the-broker-alone"),
    ],
)
def test_who_needs_to_know(event: Event, state: SubjectState, now: datetime, expected: set[str]) -> None:
    assert places(event, state, now) == expected


@pytest.mark.parametrize(
    ("state", "now", "expected"),
    [
        pytest.param(REFERRED, SATURDAY_NIGHT, {FRONT_DOOR, EMERGENCY}, id="open-referral-at-night"),
        pytest.param(REFERRED, TUESDAY_NOON, {FRONT_DOOR}, id="open-referral-by-day"),
        pytest.param(HELD, SATURDAY_NIGHT, {ALLOCATED, EMERGENCY}, id="open-case-at-night"),
        pytest.param(PARTNERS, SATURDAY_NIGHT, set(), id="nothing-open"),
    ],
)
def test_of_a_seal_only_those_hear_who_protect_the_child_now(
    state: SubjectState, now: datetime, expected: set[str]
) -> None:
    event = said(SealChanged, kind=SealKind.ADDRESS, action=SealAction.SET)
    assert places(event, state, now) == expected


def test_of_an_adoption_nobody_hears() -> None:
    event = said(SealChanged, kind=SealKind.ADOPTION, action=SealAction.SET)
    assert places(event, HELD, SATURDAY_NIGHT) == set()


def test_social_cares_own_seal_reaches_its_emergency_duty_team_and_not_its_own_day_team() -> None:
    event = said(SealChanged, sender=CSC, kind=SealKind.ADDRESS, action=SealAction.SET)
    assert places(event, HELD, SATURDAY_NIGHT) == {EMERGENCY}
    by_them = replace(event, envelope=replace(event.envelope, author_function="emergency_duty"))
    assert places(by_them, HELD, SATURDAY_NIGHT) == set()


def test_a_school_never_learns_of_an_attendance() -> None:
    for now in (TUESDAY_NOON, SATURDAY_NIGHT):
        routed = recipients(said(UnscheduledAttended, clinician_concern=True), HELD, DIRECTORY, now, CALENDARS)
        assert not any(r.kind in (RecipientKind.SCHOOL, RecipientKind.EARLY_YEARS) for r in routed.recipients)


def test_an_involvement_that_ended_opens_nothing() -> None:
    ended = SubjectState(involvements=(involvement(OAKFIELD, "safeguarding_lead", until=TUESDAY_NOON.date()),))
    assert places(said(MissingChanged), ended) == {FRONT_DOOR}


def test_an_answer_by_somebody_who_was_not_asked_reaches_nobody() -> None:
    state = asked(THE_FORCE, recipient_for(DIRECTORY.organisations[HARBOUR], "safeguarding_lead"))
    assert places(said(AlertAcknowledged, reply="x0"), state) == set()


def test_whose_word_does_not_count_is_heard_by_nobody() -> None:
    routed = recipients(said(PlanChanged, sender=OAKFIELD, **STARTED), HELD, DIRECTORY, TUESDAY_NOON, CALENDARS)
    assert (routed.recipients, routed.refused) == ((), "SENDER_MAY_NOT_SAY_THIS")


SEATED = replace(HELD, involvements=(*HELD.involvements, involvement(OAKFIELD, "core_group_member")))


@pytest.mark.parametrize(
    ("event", "state", "expected"),
    [
        pytest.param(said(PlanChanged, **STARTED), SEATED, f"{OAKFIELD}/core_group_member", id="seat-in-core-group"),
        pytest.param(said(EnquiryChanged), HELD, FORCE, id="police-in-every-enquiry"),
        pytest.param(said(EnquiryChanged), HELD, LEAD, id="school-of-an-enquiry"),
        pytest.param(said(InjuryConcernRaised), NOTHING, FRONT_DOOR, id="injury-always-to-the-front-door"),
        pytest.param(said(InjuryConcernRaised, crime_suspected=True), NOTHING, FORCE, id="injury-by-crime-to-police"),
        pytest.param(said(DisagreementRaised), NOTHING, f"{CSC}/front_door_manager", id="disagreement-to-who-decides"),
        pytest.param(said(RestrictionChanged), HELD, LEAD, id="whom-to-keep-away-to-the-setting"),
        pytest.param(said(CaseClosed), REFERRED, LEAD, id="end-of-a-case-to-who-referred"),
    ],
)
def test_an_event_of_the_catalogue_reaches_those_whom_its_row_names(
    event: Event, state: SubjectState, expected: str
) -> None:
    assert expected in places(event, state)


def test_an_injury_without_a_suspected_crime_is_no_police_matter() -> None:
    assert FORCE not in places(said(InjuryConcernRaised), HELD)


def test_a_seat_in_the_core_group_is_not_the_setting_itself() -> None:
    """What the core group learns, the setting as such does not."""
    assert kind_of(OrganisationKind.SCHOOL, "core_group_member") is RecipientKind.CORE_GROUP_MEMBER
    assert kind_of(OrganisationKind.SCHOOL, "safeguarding_lead") is RecipientKind.SCHOOL
    assert kind_of(OrganisationKind.COLLEGE, "safeguarding_lead") is RecipientKind.FURTHER_EDUCATION


@pytest.mark.parametrize("sender", [OAKFIELD, NURSERY, "nobody-at-all", CSC])
def test_a_referral_goes_from_everybody_always(sender: str) -> None:
    assert places(said(ReferralSubmitted, sender=sender)) == {FRONT_DOOR}


def test_a_directory_without_an_authority_stops_before_harm() -> None:
    with pytest.raises(Misconfigured, match="local_authority"):
        places(said(ReferralSubmitted), directory=Directory({OAKFIELD: DIRECTORY.organisations[OAKFIELD]}))


@pytest.mark.parametrize(
    ("state", "event", "missing"),
    [
        pytest.param(
            replace(HELD, involvements=(involvement(NURSERY, "safeguarding_lead"),)),
            said(PlanChanged, **STARTED),
            NURSERY,
            id="a-nursery-that-is-not-enrolled",
        ),
        pytest.param(
            SubjectState(
                plans=(PLAN,),
                involvements=(
                    Involvement("ods:Z88888", "practice_lead", RecipientKind.GP, date(2026, 1, 1), None, "e0"),
                ),
            ),
            said(UnscheduledAttended),
            "ods:Z88888",
            id="a-practice-that-nobody-knows",
        ),
        pytest.param(
            NOTHING,
            said(UnscheduledAttended, Child(gp_practice="Z88888")),
            "ods:Z88888",
            id="of-the-sender's-record",
        ),
        pytest.param(
            SubjectState(
                awaiting=(
                    Awaiting("e1", "police.da_incident.notified", "x", FRIDAY, None, setting=NURSERY, settled=True),
                )
            ),
            said(DomesticAbuseIncidentNotified),
            NURSERY,
            id="a-setting-found-but-not-enrolled",
        ),
    ],
)
def test_who_cannot_be_reached_is_a_gap_and_never_silence(state: SubjectState, event: Event, missing: str) -> None:
    routed = recipients(event, state, DIRECTORY, TUESDAY_NOON, CALENDARS)
    assert missing in {gap.organisation for gap in routed.gaps}
    assert missing not in {r.organisation for r in routed.recipients}


def test_every_event_that_comes_in_has_a_row() -> None:
    assert {name for name in EVENT_TYPES if not name.startswith(("broker.", "correction."))} == set(ROUTES)
    assert all(f"| {name} |" in routes_as_markdown() for name in ROUTES)


# ---------------------------------------------------------------- the law, for every state

SLUGS = sorted(DIRECTORY.organisations)
RECIPIENTS = st.sampled_from(SLUGS).flatmap(
    lambda slug: st.sampled_from(sorted(DIRECTORY.organisations[slug].functions)).map(
        lambda function: recipient_for(DIRECTORY.organisations[slug], function)
    )
)
NOWS = st.datetimes(datetime(2026, 9, 1), datetime(2027, 8, 1), timezones=st.just(FRIDAY.tzinfo))  # noqa: DTZ001
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
INVOLVEMENTS = st.builds(
    lambda r, since, until: Involvement(r.organisation, r.function, r.kind, since, until, "e0"),
    RECIPIENTS,
    DAYS,
    st.none() | DAYS,
)
PLANS = st.builds(lambda kind: replace(PLAN, kind=kind), st.sampled_from(PlanKind))
QUESTIONS = st.builds(
    lambda rule, asker, owner: Question(rule, "e0", RULES[rule].starts_on, asker, owner, "x0", FRIDAY, FRIDAY, FRIDAY),
    st.sampled_from(sorted(RULES)),
    st.none() | RECIPIENTS,
    RECIPIENTS,
)
AWAITING = st.builds(
    lambda setting: Awaiting("e1", "police.da_incident.notified", "x", FRIDAY, None, setting=setting, settled=True),
    st.sampled_from([OAKFIELD, HARBOUR, NURSERY, "urn:888777"]),
)
STATES = st.builds(
    SubjectState,
    involvements=st.lists(INVOLVEMENTS, max_size=3).map(tuple),
    plans=st.lists(PLANS, max_size=2).map(tuple),
    questions=st.lists(QUESTIONS, max_size=2).map(tuple),
    awaiting=st.lists(AWAITING, max_size=2).map(tuple),
)
IN_TYPES = sorted(ROUTES)
STATUTORY_KINDS = {
    RecipientKind.FRONT_DOOR,
    RecipientKind.ALLOCATED_TEAM,
    RecipientKind.EMERGENCY_DUTY,
    RecipientKind.EDUCATION_DUTY,
    RecipientKind.EMERGENCY_DEPARTMENT,
    RecipientKind.HEALTH_VISITOR,
}
BY_THEIR_OWN_RULE = {
    (RecipientKind.POLICE_DUTY, "police"),  # an enquiry, a placement, a review: police are part of it by law
    (RecipientKind.FRONT_DOOR_MANAGER, "front_door_manager"),  # who can change a decision hears who disagrees
}


@settings(deadline=None)
@given(st.sampled_from(IN_TYPES), STATES, NOWS, st.sampled_from([OLDER, TODDLER, Child()]))
def test_nobody_is_a_recipient_without_an_involvement_a_question_or_a_duty_in_law(
    event_type: str, state: SubjectState, now: datetime, child: Child
) -> None:
    event = said(EVENT_TYPES[event_type], child, reply="x0")
    routed = recipients(event, state, DIRECTORY, now, CALENDARS)
    settings = {a.setting for a in state.awaiting}
    for need in routed.needs:
        to = need.recipient
        match need.ground:
            case Ground.INVOLVEMENT:
                assert any((i.organisation, i.function) == (to.organisation, to.function) for i in state.involvements)
            case Ground.QUESTION:
                assert any(q.asker == to for q in state.questions)
            case Ground.STATUTORY:
                by_rule = (to.kind, need.rule) in BY_THEIR_OWN_RULE
                own_setting = need.rule == "own_setting" and to.organisation in settings
                assert to.kind in STATUTORY_KINDS or by_rule or own_setting


@settings(deadline=None)
@given(st.sampled_from(IN_TYPES), STATES, NOWS)
def test_no_sender_is_told_its_own_words(event_type: str, state: SubjectState, now: datetime) -> None:
    event = said(EVENT_TYPES[event_type], reply="x0")
    routed = recipients(event, state, DIRECTORY, now, CALENDARS)
    own = [r for r in routed.recipients if r.organisation == event.envelope.organisation]
    assert all(r.kind is RecipientKind.EMERGENCY_DUTY for r in own)


@settings(deadline=None)
@given(st.sampled_from(IN_TYPES), STATES, NOWS)
def test_everybody_reached_is_enrolled_and_asked_once(event_type: str, state: SubjectState, now: datetime) -> None:
    routed = recipients(said(EVENT_TYPES[event_type], reply="x0"), state, DIRECTORY, now, CALENDARS)
    assert all(DIRECTORY.organisations[r.organisation].enrolled for r in routed.recipients)
    assert len(set(routed.recipients)) == len(routed.recipients)
    assert routed == recipients(said(EVENT_TYPES[event_type], reply="x0"), state, DIRECTORY, now, CALENDARS)


@settings(deadline=None)
@given(STATES, NOWS)
def test_a_referral_reaches_the_front_door_whatever_the_state(state: SubjectState, now: datetime) -> None:
    reached = places(said(ReferralSubmitted), state, now)
    assert FRONT_DOOR in reached
    assert reached <= {FRONT_DOOR, EMERGENCY}


@settings(deadline=None)
@given(STATES, NOWS)
def test_no_setting_learns_of_a_seal_or_an_attendance(state: SubjectState, now: datetime) -> None:
    for cls in (SealChanged, UnscheduledAttended):
        routed = recipients(said(cls), state, DIRECTORY, now, CALENDARS)
        kinds = {DIRECTORY.organisations[r.organisation].kind for r in routed.recipients}
        assert not kinds & {OrganisationKind.SCHOOL, OrganisationKind.INDEPENDENT_SCHOOL, OrganisationKind.NURSERY}


def test_the_fifth_birthday_ends_the_health_visiting_duty() -> None:
    birthday = TUESDAY_NOON.date().replace(year=2021)
    assert places(said(MissingChanged, Child(birth_date=birthday))) == {FRONT_DOOR}
    assert VISITOR in places(said(MissingChanged, Child(birth_date=birthday + timedelta(days=1))))
