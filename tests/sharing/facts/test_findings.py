"""Facts with their sources: who decides and who explains ask one function, and what is too old is unknown."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharing.events import (
    AllocationChanged,
    Child,
    Envelope,
    InvolvementAction,
    InvolvementChanged,
    Marking,
    MissingAction,
    MissingChanged,
    PlanAction,
    PlanChanged,
    PlanKind,
    ReferralSubmitted,
    SealAction,
    SealChanged,
    SealKind,
)
from sharing.facts import Situation, facts_about, findings, sources
from sharing.ids import EventId
from sharing.policy import Guard, load
from sharing.reconciliation.standing import Source
from sharing.reconciliation.state import Involvement
from sharing.release import prepare
from sharing.vocabulary import Outcome, Recipient, RecipientKind
from tests.sharing.reconciliation.town import COMMUNITY, CSC, FRIDAY, OAKFIELD, POLICE, Town, by
from tests.strategies import PATIENT

LEAD = Recipient(OAKFIELD, "safeguarding_lead", RecipientKind.SCHOOL)
VISITOR = Recipient(COMMUNITY, "health_visitor", RecipientKind.HEALTH_VISITOR)
FRONT_DOOR = Recipient(CSC, "front_door", RecipientKind.FRONT_DOOR)
TEAM = Recipient(CSC, "allocated_team", RecipientKind.ALLOCATED_TEAM)
YEAR = timedelta(days=365)
MISSING = MissingChanged(envelope=by(occurred_at=FRIDAY), child=Child(), action=MissingAction.MISSING)
EVENT = "ab" * 16


def situation(town: Town, **ages: timedelta) -> Situation:
    return Situation(town.state, (), True, False, town.now, {Guard(name): age for name, age in ages.items()})


def involved(since: date = date(2026, 1, 1), action=InvolvementAction.OPENED, **envelope: object) -> InvolvementChanged:
    return InvolvementChanged(
        envelope=by(**envelope), child=Child(), organisation=OAKFIELD, function=LEAD.function, action=action,
        since=since,
    )  # fmt: skip


def plan(action: PlanAction = PlanAction.STARTED, **envelope: object) -> PlanChanged:
    return PlanChanged(envelope=by(**envelope), child=Child(), kind=PlanKind.CHILD_PROTECTION, action=action)


def sealed(**envelope: object) -> SealChanged:
    return SealChanged(envelope=by(**envelope), child=Child(), kind=SealKind.ADDRESS, action=SealAction.SET)


def value(guard: Guard, recipient: Recipient, now: Situation) -> bool | None:
    return findings(MISSING, EVENT, recipient, now)[guard].value


def test_a_fact_names_the_event_that_set_it_and_its_times():
    town = Town()
    town.send(involved(occurred_at=FRIDAY - timedelta(days=2), recorded_at=FRIDAY - timedelta(days=1)), CSC)
    (entry,) = findings(MISSING, EVENT, LEAD, situation(town))[Guard.OPEN_INVOLVEMENT].entries
    assert (entry.event, entry.at, entry.by) == ("e1", FRIDAY - timedelta(days=2), OAKFIELD)
    assert (entry.since, entry.recorded_at) == (datetime(2026, 1, 1, tzinfo=UTC), FRIDAY - timedelta(days=1))


def test_each_register_names_its_source():
    town = Town()
    town.send(sealed(), POLICE)
    town.send(plan(), CSC)
    town.send(ReferralSubmitted(envelope=by("safeguarding_lead"), child=Child(), ask="assess"), OAKFIELD)
    known = sources(MISSING, EVENT, TEAM, situation(town))
    assert known[Guard.ADDRESS_SEALED] == (True, "e1", FRIDAY)
    assert known[Guard.OPEN_PLAN] == (True, "e2", FRIDAY)
    assert known[Guard.OPEN_REFERRAL] == (True, "e3", FRIDAY)
    assert known[Guard.OPEN_INVOLVEMENT][0] is True
    assert known[Guard.ADOPTION] == (False, "", None)


def test_what_the_event_itself_states_has_the_event_as_its_source():
    marked = replace(MISSING, envelope=Envelope(markings=(Marking.S_FLAG,), occurred_at=FRIDAY))
    assert sources(marked, EVENT, LEAD, situation(Town()))[Guard.S_FLAG] == (True, EVENT, FRIDAY)


def test_a_guard_that_nobody_can_answer_is_unknown():
    known = findings(MISSING, EVENT, LEAD, situation(Town()), ["no such guard"])  # type: ignore[list-item]
    assert known == {}


NOBODY_ANSWERS_YET = {
    Guard.REQUESTER_IDENTIFIED, Guard.PARENTAL_RESPONSIBILITY_ESTABLISHED,
    Guard.COURT_ORDERS_ALLOW, Guard.COMPETENT_CHILD_AGREES, Guard.HARM_TEST_PASSED, Guard.COHORT_LARGE_ENOUGH,
    Guard.COMPETENT_MINOR_OBJECTS, Guard.HANDLING_CODE_C,
}  # fmt: skip
"""No register keeps them: the first five are decided by people who answer a requester, the sixth
where figures are drawn, and the last two by the event alone."""


def test_every_other_guard_is_answered_by_a_register_or_by_the_event():
    known = findings(MISSING, EVENT, LEAD, situation(Town()))
    assert set(Guard) - set(known) == NOBODY_ANSWERS_YET


RECIPIENTS = st.sampled_from([LEAD, VISITOR, FRONT_DOOR, TEAM])
EVENTS = st.lists(
    st.sampled_from(
        [(involved(), CSC), (involved(action=InvolvementAction.CLOSED), CSC), (plan(), CSC),
         (plan(PlanAction.ENDED), CSC), (sealed(), POLICE), (sealed(), CSC)]
    ), max_size=5,
)  # fmt: skip
AGES = st.dictionaries(st.sampled_from(list(Guard)), st.timedeltas(timedelta(0), 2 * YEAR), max_size=6)


@PATIENT
@given(EVENTS, RECIPIENTS, st.timedeltas(timedelta(0), 3 * YEAR), AGES)
def test_what_is_explained_is_what_was_decided(agreements, events, recipient, later, ages):
    town = Town()
    for event, sender in events:
        town.send(event, sender)
    now = Situation(town.state, (), True, False, FRIDAY + later, ages)
    (made,) = prepare(MISSING, EventId(bytes.fromhex(EVENT)), [recipient], now, agreements, b"k" * 32)
    known = sources(MISSING, EVENT, recipient, now)
    assert dict(made.decision.guards) == {guard: known[guard][0] for guard, _ in made.decision.guards}
    facts = facts_about(MISSING, EVENT, recipient, now)
    assert all(facts[guard] == known[guard][0] for guard in known)


# ---------------------------------------------------------------- too old


@pytest.fixture(scope="module")
def agreements():
    from agreements import read_texts
    from schemas import read_schemas
    from sharing.policy import field_classes

    return load(read_texts(), field_classes(read_schemas()))


@pytest.mark.parametrize(("age", "known"), [(YEAR, True), (YEAR + timedelta(seconds=1), None)])
def test_an_involvement_is_known_up_to_its_age_and_then_unknown(age, known):
    town = Town()
    town.send(involved(), CSC)
    town.now = FRIDAY + age
    assert value(Guard.OPEN_INVOLVEMENT, LEAD, situation(town, open_involvement=YEAR)) is known


def test_a_plan_of_years_ago_that_nobody_ended_is_no_need_to_know():
    town = Town()
    town.send(plan(occurred_at=FRIDAY - 4 * YEAR), CSC)
    assert value(Guard.OPEN_PLAN, TEAM, situation(town, open_plan=2 * YEAR)) is None


@pytest.mark.parametrize(
    "word",
    [plan(PlanAction.REVIEWED), AllocationChanged(envelope=by(), child=Child(), new_team="South")],
    ids=["reviewed", "allocated"],
)
def test_a_plan_that_somebody_confirmed_is_known_again(word):
    town = Town()
    town.send(plan(occurred_at=FRIDAY - 4 * YEAR), CSC)
    town.send(word, CSC)
    assert value(Guard.OPEN_PLAN, TEAM, situation(town, open_plan=2 * YEAR)) is True
    assert town.steps[-1].register_moved or any(step.register_moved for step in town.steps[1:])


def test_an_involvement_that_is_said_again_is_known_again():
    town = Town()
    town.send(involved(), CSC)
    town.now = FRIDAY + 2 * YEAR
    town.send(involved(), CSC)
    assert value(Guard.OPEN_INVOLVEMENT, LEAD, situation(town, open_involvement=YEAR)) is True
    assert len(town.state.involvements) == 1


def test_old_news_that_comes_late_does_not_make_a_fact_older():
    town = Town()
    town.send(involved(), CSC)
    town.send(involved(occurred_at=FRIDAY - 3 * YEAR), CSC)
    assert value(Guard.OPEN_INVOLVEMENT, LEAD, situation(town, open_involvement=YEAR)) is True


def test_a_sender_that_says_the_future_is_taken_to_speak_of_now():
    town = Town()
    town.send(plan(occurred_at=FRIDAY + 9 * YEAR), CSC)
    town.now = FRIDAY + 3 * YEAR
    assert value(Guard.OPEN_PLAN, TEAM, situation(town, open_plan=2 * YEAR)) is None


def test_a_seal_that_grew_old_still_closes(agreements):
    town = Town()
    town.send(involved(), CSC)
    town.send(sealed(), POLICE)
    town.now = FRIDAY + 3 * YEAR
    now = situation(town, address_sealed=YEAR)
    assert value(Guard.ADDRESS_SEALED, LEAD, now) is None
    (made,) = prepare(MISSING, EventId(bytes.fromhex(EVENT)), [LEAD], now, agreements, b"k" * 32)
    assert made.decision.outcome is Outcome.DELIVER
    assert not made.decision.ruling("envelope.organisation").is_released


def test_too_old_a_ground_gives_nothing(agreements):
    town = Town()
    town.send(involved(), CSC)
    town.now = FRIDAY + 3 * YEAR
    now = situation(town, open_involvement=YEAR)
    (made,) = prepare(MISSING, EventId(bytes.fromhex(EVENT)), [LEAD], now, agreements, b"k" * 32)
    assert made.decision.outcome is Outcome.SUPPRESS


def test_an_entry_without_a_time_is_too_old_for_a_guard_that_ages():
    old = Involvement(OAKFIELD, LEAD.function, LEAD.kind, date(2026, 1, 1), None, "e0", Source("e0"))
    town = Town()
    town.state = replace(town.state, involvements=(old,))
    assert value(Guard.OPEN_INVOLVEMENT, LEAD, situation(town, open_involvement=YEAR)) is None
    assert value(Guard.OPEN_INVOLVEMENT, LEAD, situation(town)) is True


def test_a_referral_asks_nothing_and_ages_nothing(agreements):
    town = Town()
    town.send(sealed(), POLICE)
    town.now = FRIDAY + 9 * YEAR
    now = Situation(town.state, town.state.seals, False, False, town.now, dict.fromkeys(Guard, timedelta(0)))
    referral = ReferralSubmitted(envelope=by(), child=Child(), ask="assess")
    (made,) = prepare(referral, EventId(bytes.fromhex(EVENT)), [FRONT_DOOR], now, agreements, b"k" * 32)
    assert (made.decision.outcome, made.express, made.decision.guards) == (Outcome.DELIVER, True, ())


def test_an_involvement_ends_with_its_day_in_england_and_not_an_hour_later():
    last = Involvement(OAKFIELD, "safeguarding_lead", RecipientKind.SCHOOL, date(2026, 5, 1), date(2026, 6, 2), EVENT)
    state = replace(Town().state, involvements=(last,))
    told = [
        value(Guard.OPEN_INVOLVEMENT, LEAD, Situation(state, (), True, False, at))
        for at in (datetime(2026, 6, 1, 22, 30, tzinfo=UTC), datetime(2026, 6, 1, 23, 30, tzinfo=UTC))
    ]
    assert told == [True, False]
