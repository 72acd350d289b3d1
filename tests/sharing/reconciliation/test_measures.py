"""Measures: whose word counts, in whatever order it comes, and what ends by itself."""

from datetime import date, timedelta
from itertools import permutations

import pytest

from sharing.events import (
    Child,
    DisclosureRecorded,
    EducationStatusChanged,
    EnquiryChanged,
    Event,
    InjuryConcernRaised,
    InvestigationOutcomeRecorded,
    InvolvementAction,
    InvolvementChanged,
    Marking,
    MissingAction,
    MissingChanged,
    PoliceProtectionUsed,
    ProtectionNoticeSubmitted,
    RegistrationChanged,
    RegistrationKind,
    RestrictionChanged,
    StrategyConcluded,
    StrategyConvened,
    UnscheduledAttended,
)
from sharing.events.child_protection import EnquiryAction, Invitee, StrategyOutcome
from sharing.events.education import EducationStatus
from sharing.events.police_measures import RestrictionAction
from sharing.facts import Situation, findings
from sharing.policy import Guard
from sharing.reconciliation.merging import merge_states
from sharing.vocabulary import Recipient, RecipientKind
from tests.sharing.reconciliation.town import COMMUNITY, CSC, EDUCATION, FRIDAY, OAKFIELD, POLICE, TRUST, Town, by

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LEAD = Recipient(OAKFIELD, "safeguarding_lead", RecipientKind.SCHOOL)
ASKED = MissingChanged(envelope=by(), child=Child(), action=MissingAction.FOUND)


def said(kind: type[Event], /, at=None, markings=None, **body: object) -> Event:
    return kind(envelope=by(occurred_at=at, markings=markings), child=Child(), **body)


def holds(town: Town, guard: Guard, recipient: Recipient = LEAD, event: Event = ASKED) -> bool | None:
    now = Situation(town.state, (), True, False, town.now)
    found = findings(event, "ab" * 16, recipient, now).get(guard)
    return found.value if found else None


def missing(at=None, action=MissingAction.MISSING) -> Event:
    return said(MissingChanged, at, action=action)


def test_a_child_is_missing_until_found():
    town = Town()
    assert holds(town, Guard.CHILD_MISSING) is False
    town.send(missing(), POLICE)
    assert holds(town, Guard.CHILD_MISSING) is True
    town.send(missing(action=MissingAction.FOUND), POLICE)
    assert holds(town, Guard.CHILD_MISSING) is False
    assert all(step.register_moved for step in town.steps if step.changed)


STORY = [
    (missing(FRIDAY), True),
    (missing(FRIDAY + HOUR, MissingAction.FOUND), False),
    (missing(FRIDAY + 2 * HOUR), True),
    (missing(FRIDAY + 3 * HOUR, MissingAction.FOUND), False),
]


@pytest.mark.parametrize("order", list(permutations(range(4)))[::3])
def test_in_whatever_order_words_come_the_latest_moment_stands(order):
    town = Town(now=FRIDAY + DAY)
    for place in order:
        town.send(STORY[place][0], POLICE)
    assert holds(town, Guard.CHILD_MISSING) is STORY[3][1]
    assert len(town.state.measures) == 1


def test_police_protection_ends_by_itself_after_72_hours_and_the_clock_says_so():
    town = Town()
    town.send(said(PoliceProtectionUsed, started_at=FRIDAY, ends_by=FRIDAY + 9 * DAY), POLICE)
    town.now = FRIDAY + 72 * HOUR - timedelta(seconds=1)
    assert holds(town, Guard.POLICE_PROTECTION_IN_FORCE) is True
    town.now = FRIDAY + 72 * HOUR
    assert holds(town, Guard.POLICE_PROTECTION_IN_FORCE) is False
    assert town.state.next_at == FRIDAY + 72 * HOUR
    step = town.pass_time(town.now)
    assert step.register_moved
    assert town.state.next_at is None


def test_police_protection_that_police_end_is_over():
    town = Town()
    town.send(said(PoliceProtectionUsed, started_at=FRIDAY), POLICE)
    town.now += 5 * HOUR
    town.send(said(PoliceProtectionUsed, started_at=FRIDAY, ended_at=town.now), POLICE)
    assert holds(town, Guard.POLICE_PROTECTION_IN_FORCE) is False


def test_each_order_is_a_restriction_of_its_own_and_its_last_day_counts():
    town = Town()
    for ref in ("A/1", "B/2"):
        town.send(
            said(RestrictionChanged, action=RestrictionAction.IMPOSED, order_reference=ref, until=date(2026, 11, 22)),
            POLICE,
        )
    town.send(said(RestrictionChanged, action=RestrictionAction.ENDED, order_reference="A/1"), POLICE)
    assert holds(town, Guard.RESTRICTION_IN_FORCE) is True
    town.now = FRIDAY + 2 * DAY
    assert holds(town, Guard.RESTRICTION_IN_FORCE) is True
    town.now = FRIDAY + 3 * DAY
    assert holds(town, Guard.RESTRICTION_IN_FORCE) is False


def test_an_enquiry_is_open_from_the_strategy_discussion_to_its_end():
    town = Town()
    town.send(said(StrategyConvened), CSC)
    assert holds(town, Guard.S47_OPEN) is True
    town.send(said(StrategyConcluded, outcome=StrategyOutcome.ENQUIRY_WITH_POLICE), CSC)
    town.send(said(EnquiryChanged, action=EnquiryAction.STARTED), CSC)
    assert holds(town, Guard.S47_OPEN) is True
    town.send(said(EnquiryChanged, action=EnquiryAction.ENDED), CSC)
    assert holds(town, Guard.S47_OPEN) is False


def test_a_strategy_discussion_that_decides_on_no_enquiry_opens_none():
    town = Town()
    town.send(said(StrategyConvened), CSC)
    town.send(said(StrategyConcluded, outcome=StrategyOutcome.NO_ENQUIRY), CSC)
    assert holds(town, Guard.S47_OPEN) is False


@pytest.mark.parametrize(
    ("status", "on_no_roll"),
    [(EducationStatus.MISSING_EDUCATION, True), (EducationStatus.HOME_EDUCATED, True),
     (EducationStatus.REGISTERED, False)],
)  # fmt: skip
def test_who_is_on_no_roll_is_said_by_the_education_service(status, on_no_roll):
    town = Town()
    town.send(said(EducationStatusChanged, status=status), EDUCATION)
    assert (holds(town, Guard.MISSING_EDUCATION), town.refused) == (on_no_roll, [])


def test_an_investigation_is_live_from_its_marking_to_its_outcome_and_takes_back_what_left():
    town = Town()
    marked = said(ProtectionNoticeSubmitted, markings=(Marking.CRIME_UNDER_INVESTIGATION,), police_reference="EH/1")
    town.send(marked, POLICE)
    assert town.steps[0].recall
    assert holds(town, Guard.LIVE_INVESTIGATION) is True
    town.send(said(InvestigationOutcomeRecorded, police_reference="EH/2"), POLICE)
    assert holds(town, Guard.LIVE_INVESTIGATION) is True, "another crime's outcome"
    town.send(said(InvestigationOutcomeRecorded, police_reference="EH/1"), POLICE)
    assert holds(town, Guard.LIVE_INVESTIGATION) is False


def test_nobody_but_police_says_that_a_child_is_missing():
    town = Town()
    town.send(missing(), CSC)
    assert holds(town, Guard.CHILD_MISSING) is False
    assert town.refused == ["SENDER_MAY_NOT_SAY_THIS"]


def test_a_seat_in_the_core_group_is_the_organisations_own():
    town = Town()
    seat = {"organisation": OAKFIELD, "function": "core_group_member", "action": InvolvementAction.OPENED}
    town.send(said(InvolvementChanged, since=FRIDAY.date(), **seat), CSC)
    member = Recipient(OAKFIELD, "core_group_member", RecipientKind.CORE_GROUP_MEMBER)
    assert holds(town, Guard.CORE_GROUP_MEMBER, member) is True
    stranger = Recipient(COMMUNITY, "core_group_member", RecipientKind.CORE_GROUP_MEMBER)
    assert holds(town, Guard.CORE_GROUP_MEMBER, stranger) is False


def test_who_is_invited_is_named_by_the_sender():
    town = Town()
    event = said(
        StrategyConvened, invited=(Invitee(invited_organisation=OAKFIELD, invited_function="safeguarding_lead"),)
    )
    assert holds(town, Guard.SENDER_NAMES_RECIPIENT, LEAD, event) is True
    visitor = Recipient(COMMUNITY, "health_visitor", RecipientKind.HEALTH_VISITOR)
    assert holds(town, Guard.SENDER_NAMES_RECIPIENT, visitor, event) is False
    assert holds(town, Guard.SENDER_NAMES_RECIPIENT, LEAD) is False


@pytest.mark.parametrize(("code", "value"), [("P", False), ("c", True), (None, None), ("E3", None)])
def test_a_handling_code_is_read_only_where_it_is_plain(code, value):
    assert holds(Town(), Guard.HANDLING_CODE_C, LEAD, said(ProtectionNoticeSubmitted, handling_code=code)) is value


@pytest.mark.parametrize(
    ("body", "objects", "harm"),
    [
        ({"young_person_objects": True, "competent": True}, True, False),
        ({"young_person_objects": False, "competent": True}, False, False),
        ({"competent": True}, None, False),
        ({"young_person_objects": True, "competent": False}, False, False),
        ({"young_person_objects": True, "competent": True, "under_13": True}, True, True),
        (
            {"young_person_objects": True, "refer_reason": "x", "judged_by_function": "named_doctor"},
            True, True,
        ),
    ],
)  # fmt: skip
def test_a_young_patients_wish_and_what_outweighs_it_are_the_clinicians_record(body, objects, harm):
    event = said(DisclosureRecorded, **body)
    assert holds(Town(), Guard.COMPETENT_MINOR_OBJECTS, LEAD, event) is objects
    assert holds(Town(), Guard.SERIOUS_HARM_SET, LEAD, event) is harm


def test_a_marking_of_the_young_patients_wish_counts_on_any_event():
    event = said(UnscheduledAttended, markings=(Marking.GILLICK_OBJECTS,))
    assert holds(Town(), Guard.COMPETENT_MINOR_OBJECTS, LEAD, event) is True
    assert holds(Town(), Guard.COMPETENT_MINOR_OBJECTS, LEAD, said(UnscheduledAttended)) is None


def test_that_a_crime_is_suspected_is_the_senders_word():
    assert holds(Town(), Guard.CRIME_SUSPECTED, LEAD, said(InjuryConcernRaised, crime_suspected=True)) is True
    assert holds(Town(), Guard.CRIME_SUSPECTED, LEAD, said(InjuryConcernRaised)) is False


def test_a_health_record_that_names_the_practice_confirms_the_registration():
    town = Town()
    town.send(said(RegistrationChanged, kind=RegistrationKind.GP_PRACTICE, gp_practice="Z99001"), TRUST)
    town.now = FRIDAY + 390 * DAY
    seen = UnscheduledAttended(envelope=by(occurred_at=town.now), child=Child(gp_practice="Z99001"))
    town.send(seen, TRUST)
    (held,) = town.state.involvements
    assert held.said.as_of == town.now
    before = town.state
    town.send(seen, TRUST, event_id="again")
    assert town.state == before, "once a month is enough"


def test_of_two_records_of_one_child_the_latest_word_stands():
    one, two = Town(), Town()
    one.send(missing(FRIDAY), POLICE)
    two.now += DAY
    two.send(missing(FRIDAY + HOUR, MissingAction.FOUND), POLICE)
    for first, second in ((one.state, two.state), (two.state, one.state)):
        assert [m.is_open for m in merge_states(first, second).measures] == [False]
