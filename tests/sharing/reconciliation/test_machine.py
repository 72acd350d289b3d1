"""The table of a question's life: complete, and with no way back from an answer."""

from itertools import product

import pytest

from sharing.events import EVENT_TYPES, ContactDecided, ContactOutcome, ReferralDecided, ReferralOutcome
from sharing.reconciliation.clock_rule import Span
from sharing.reconciliation.document import owed_as_markdown, rules_as_markdown, transitions_as_markdown
from sharing.reconciliation.machine import TRANSITIONS, Signal, Transition, advance
from sharing.reconciliation.owed import CONTACT_OWED, REFERRAL_OWED
from sharing.reconciliation.rules import RULES, WAITS
from sharing.reconciliation.state import QuestionState

ENDED = (QuestionState.ANSWERED, QuestionState.CLOSED)


def test_every_state_has_a_row() -> None:
    assert set(TRANSITIONS) == set(QuestionState)


@pytest.mark.parametrize(("state", "signal"), [*product(ENDED, Signal)])
def test_what_is_ended_stays_ended(state: QuestionState, signal: Signal) -> None:
    assert advance(state, signal).state is state
    assert not advance(state, signal).changed


@pytest.mark.parametrize("signal", [Signal.ANSWERED_IN_PART, Signal.TIME_PASSED, Signal.REFUSED])
@pytest.mark.parametrize("state", [s for s in QuestionState if s not in ENDED])
def test_neither_silence_nor_an_incomplete_answer_nor_a_refusing_system_ends_a_question(
    state: QuestionState, signal: Signal
) -> None:
    assert advance(state, signal).state not in ENDED


@pytest.mark.parametrize("state", [s for s in QuestionState if s not in ENDED])
def test_a_complete_answer_always_ends_an_open_question(state: QuestionState) -> None:
    assert advance(state, Signal.ANSWERED).state is QuestionState.ANSWERED


def test_a_signal_without_a_row_changes_nothing() -> None:
    assert advance(QuestionState.OVERDUE, Signal.REFUSED) == Transition(QuestionState.OVERDUE, changed=False)


def test_every_rule_names_events_that_exist() -> None:
    for rule in RULES.values():
        named = {*rule.stops_on, *([] if rule.name == "identity-review" else [rule.starts_on])}
        assert named <= set(EVENT_TYPES)


def test_every_clock_has_an_end_and_somebody_who_hears_of_it() -> None:
    for rule in RULES.values():
        assert rule.stages or rule.owners
        assert rule.stops_on or rule.receipts or rule.lasts.span in (Span.WITH_THE_MATTER, Span.HALF_WAY, Span.AS_TOLD)
        assert all(stage.functions for stage in rule.stages)
        assert all(stage.task for stage in rule.stages if rule.name in WAITS)


def test_every_outcome_says_what_it_owes_and_only_fields_that_exist() -> None:
    assert set(REFERRAL_OWED) == set(ReferralOutcome)
    assert {*CONTACT_OWED, ContactOutcome.BECAME_REFERRAL} == set(ContactOutcome)
    assert {item for owed in REFERRAL_OWED.values() for item in owed} <= set(ReferralDecided.__dataclass_fields__)
    assert {item for owed in CONTACT_OWED.values() for item in owed} <= set(ContactDecided.__dataclass_fields__)


def test_the_page_shows_every_row_of_the_tables() -> None:
    rules, states = rules_as_markdown(), transitions_as_markdown()
    assert all(f"| {name} |" in rules for name in RULES)
    assert all(f"| {state.value} |" in states for state in QuestionState)
    assert all(f"referral: {outcome} " in owed_as_markdown() for outcome in ReferralOutcome)
