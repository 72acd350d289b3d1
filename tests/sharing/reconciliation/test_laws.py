"""Laws of every history: taken twice is taken once, strangers move nothing, silence ends nothing."""

from dataclasses import dataclass
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from sharing.events import (
    AlertAcknowledged,
    AlertAction,
    Child,
    ContactDecided,
    ContactOutcome,
    DomesticAbuseIncidentNotified,
    Event,
    InvolvementAction,
    InvolvementChanged,
    PlanAction,
    PlanChanged,
    PlanKind,
    ReceiptRecorded,
    ReceiptState,
    ReferralDecided,
    ReferralOutcome,
    ReferralSubmitted,
    SealAction,
    SealChanged,
    SealKind,
    SettingFound,
    SettingResult,
    UnscheduledAttended,
)
from sharing.reconciliation import EventFacts, absorb, tick
from sharing.reconciliation.state import QuestionState
from tests.sharing.reconciliation.town import (
    CSC,
    EDUCATION,
    FRIDAY,
    HARBOUR,
    HOUR,
    NURSERY,
    OAKFIELD,
    POLICE,
    TRUST,
    Town,
    by,
)

SENDERS = st.sampled_from([CSC, POLICE, TRUST, OAKFIELD, HARBOUR, EDUCATION, NURSERY])


def some(cls: type[Event], **fields: st.SearchStrategy[object]) -> st.SearchStrategy[Event]:
    return st.builds(cls, envelope=st.just(by()), child=st.just(Child()), **fields)


TEXTS = st.sampled_from([None, "", "INSUFFICIENT_INFORMATION", "words"])
ITEMS = st.sampled_from([None, (), ("since when",)])
EVENTS = st.one_of(
    some(ReferralSubmitted),
    some(
        ReferralDecided,
        outcome=st.sampled_from([None, *ReferralOutcome]),
        reason_code=TEXTS,
        advice_text=TEXTS,
        reason_text=TEXTS,
        missing_items=ITEMS,
    ),
    some(ContactDecided, outcome=st.sampled_from([None, *ContactOutcome]), reason_code=TEXTS, advice_text=TEXTS),
    some(DomesticAbuseIncidentNotified),
    some(AlertAcknowledged, action=st.sampled_from([None, *AlertAction])),
    some(
        SettingFound,
        result=st.sampled_from([None, *SettingResult]),
        setting_urn=st.sampled_from([None, "999001", "999003", "999004", "888777"]),
    ),
    some(UnscheduledAttended),
    some(PlanChanged, kind=st.sampled_from([None, *PlanKind]), action=st.sampled_from([None, *PlanAction])),
    some(
        InvolvementChanged,
        organisation=st.sampled_from([None, OAKFIELD, NURSERY]),
        function=st.sampled_from([None, "safeguarding_lead"]),
        action=st.sampled_from([None, *InvolvementAction]),
    ),
    some(SealChanged, kind=st.sampled_from([None, *SealKind]), action=st.sampled_from([None, *SealAction])),
    some(ReceiptRecorded, state=st.sampled_from([None, *ReceiptState])),
)


@dataclass(frozen=True)
class Deed:
    """One thing that happens: after so many hours, somebody says something about the n-th letter, or nothing."""

    hours: int
    event: Event
    sender: str | None
    letter: int


DEEDS = st.lists(
    st.builds(Deed, st.sampled_from([0, 0, 1, 5, 30]), EVENTS, st.none() | SENDERS, st.integers(0, 30)), max_size=12
)


def play(deeds: list[Deed], *, twice: bool = False) -> Town:
    """A history. Without a sender, the letter's own recipient answers."""
    town = Town()
    town.send(ReferralSubmitted(envelope=by(), child=Child()), OAKFIELD)
    town.send(DomesticAbuseIncidentNotified(envelope=by(), child=Child()), POLICE)
    for number, deed in enumerate(deeds):
        town.pass_time(town.now + deed.hours * HOUR)
        letter = town.trays[deed.letter % len(town.trays)]
        for _ in range(1 + twice):
            town.send(
                deed.event, deed.sender or letter.to.organisation, reply_to=letter.exchange, event_id=f"deed-{number}"
            )
            if twice:
                town.pass_time(town.now)
    return town


@settings(max_examples=150, deadline=None)
@given(DEEDS)
def test_what_is_taken_twice_is_taken_once(deeds: list[Deed]) -> None:
    once, twice = play(deeds), play(deeds, twice=True)
    once.pass_time(once.now)
    assert twice.state == once.state
    assert {d.exchange for d in twice.trays} == {d.exchange for d in once.trays}


@settings(max_examples=150, deadline=None)
@given(DEEDS, EVENTS, SENDERS, st.integers(0, 30))
def test_the_same_event_again_changes_and_says_nothing(
    deeds: list[Deed], event: Event, sender: str, letter: int
) -> None:
    town = play(deeds)
    about = EventFacts("again", town.now, sender, town.trays[letter % len(town.trays)].exchange)
    first = absorb(town.state, event, about, town.directory, town.calendars)
    second = absorb(first.state, event, about, town.directory, town.calendars)
    assert (second.state, second.said, second.changed) == (first.state, (), False)
    assert (second.register_moved, second.recall, second.release_again) == (False, False, ())


@settings(max_examples=150, deadline=None)
@given(DEEDS)
def test_no_exchange_is_delivered_twice_and_no_words_have_two_meanings(deeds: list[Deed]) -> None:
    town = play(deeds)
    assert len({d.exchange for d in town.trays}) == len(town.trays)
    said = [(s.cause, s.ordinal) for step in town.steps for s in step.said]
    assert len(set(said)) == len(said)


@settings(max_examples=150, deadline=None)
@given(DEEDS, st.integers(0, 40))
def test_silence_ends_nothing_and_leaves_nothing_unseen(deeds: list[Deed], days: int) -> None:
    town = play(deeds)
    before = {(q.exchange_id, q.rule) for q in town.state.questions if q.is_open}
    later = town.now + timedelta(days=days)
    town.pass_time(later)
    after = {(q.exchange_id, q.rule): q for q in town.state.questions if q.is_open}
    assert before <= set(after)
    assert all(q.state is QuestionState.OVERDUE for q in after.values() if q.stage)
    assert town.state.next_at is None or town.state.next_at > later


@settings(max_examples=150, deadline=None)
@given(DEEDS, EVENTS, st.integers(0, 30))
def test_a_stranger_moves_nothing(deeds: list[Deed], event: Event, letter: int) -> None:
    town = play(deeds)
    exchange = town.trays[letter % len(town.trays)].exchange
    about = EventFacts("strange", town.now, "nobody-at-all", exchange)
    step = absorb(town.state, event, about, town.directory, town.calendars)
    if event.event_type != "referral.submitted":
        assert (step.state, step.said) == (town.state, ())


@settings(max_examples=150, deadline=None)
@given(DEEDS)
def test_an_open_clock_always_rings_somebody_in_the_end(deeds: list[Deed]) -> None:
    town = play(deeds)
    for question in town.state.questions:
        if question.is_open and question.next_at is not None:
            said = tick(town.state, question.next_at, town.directory, town.calendars).said
            assert any(s.to and s.cause.startswith(f"{question.rule}/{question.exchange_id}/") for s in said)


@settings(max_examples=150, deadline=None)
@given(DEEDS)
def test_only_the_organisation_that_was_asked_ever_answers(deeds: list[Deed]) -> None:
    town = play(deeds)
    for question in town.state.questions:
        if question.answer_event:
            assert town.events[question.answer_event][1] == question.owner.organisation


@settings(max_examples=100, deadline=None)
@given(DEEDS)
def test_who_set_no_seal_lifts_none(deeds: list[Deed]) -> None:
    town, held = Town(now=FRIDAY), set[tuple[str, str]]()
    for number, deed in enumerate(deeds):
        if deed.sender:
            town.send(deed.event, deed.sender, event_id=f"deed-{number}")
            now = {(s.kind.value, s.holder_organisation) for s in town.state.seals}
            assert all(holder == deed.sender for _, holder in held - now)
            held = now
