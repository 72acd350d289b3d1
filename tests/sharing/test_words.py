"""Plain words: each code with its meaning, no bare "no further action", and nothing told that a field may not tell."""

from dataclasses import replace
from typing import get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agreements import read_texts
from schemas import read_schemas
from sharing.events import EVENT_TYPES, Child, Envelope, StrategyConcluded
from sharing.events.child_protection import StrategyOutcome
from sharing.ids import ExchangeId, SubjectId
from sharing.meanings import BY_OUTCOME, BY_TYPE
from sharing.policy import Facts, Guard, decide, field_classes, load
from sharing.policy.paths import without_null
from sharing.release import Dress, Exchange, view
from sharing.vocabulary import Outcome, Recipient, RecipientKind
from sharing.words import OUTCOMES, plain_words
from tests.strategies import records

SPEAK_FOR_THEMSELVES = {
    "seal.changed",
    "csc.involvement.changed",
    "education.setting.found",
    "broker.setting.sought",
    "broker.receipt.recorded",
}
TEXTS = [(name, text) for name, text in BY_TYPE.items()] + [
    (f"{name} {code}", text) for name, (_, meanings) in BY_OUTCOME.items() for code, text in meanings.items()
]


def test_every_event_type_is_explained_or_speaks_for_itself():
    assert BY_TYPE.keys() | BY_OUTCOME.keys() == EVENT_TYPES.keys() - SPEAK_FOR_THEMSELVES


@pytest.mark.parametrize("event_type", sorted(BY_OUTCOME))
def test_every_code_of_an_outcome_has_its_meaning(event_type):
    field, meanings = BY_OUTCOME[event_type]
    codes = without_null(get_type_hints(EVENT_TYPES[event_type])[field])
    assert set(meanings) == set(codes) or event_type == "broker.task.raised"
    for code in meanings:
        event = EVENT_TYPES[event_type](envelope=Envelope(), child=Child(), **{field: code})
        assert plain_words(event) == meanings[code]


@pytest.mark.parametrize(("where", "text"), TEXTS, ids=[where for where, _ in TEXTS])
def test_nobody_reads_a_bare_no_further_action(where, text):
    assert "no further action" not in text.lower()
    assert text.endswith(".")


@pytest.mark.parametrize("event_type", sorted(OUTCOMES))
def test_without_the_outcome_the_words_are_those_of_an_event_that_has_none(event_type):
    cls, field = EVENT_TYPES[event_type], OUTCOMES[event_type]
    bare = cls(envelope=Envelope(), child=Child())
    for code in BY_OUTCOME[event_type][1]:
        assert plain_words(replace(bare, **{field: code}), tells_outcome=False) == plain_words(bare)


ACTIONS_ONLY = """
agreement: actions-only
title: "A school hears what it must do, and not what was decided"
parties: [schools, social-care]
dpia: DPIA-901
review_by: 2027-03-31
permits:
  - id: actions-only
    event: csc.strategy.concluded
    to: [early_years]
    purpose: plan-contact
    fields:
      $exists: clear
      envelope.plain_words: clear
      actions[].what: clear
"""


@pytest.fixture(scope="module")
def actions_only():
    others = {name: text for name, text in read_texts().items() if "csc.strategy.concluded" not in text}
    return load({**others, "actions-only.yaml": ACTIONS_ONLY}, field_classes(read_schemas()))


@given(records(StrategyConcluded), st.sampled_from(StrategyOutcome))
def test_words_never_tell_an_outcome_that_is_withheld(actions_only, event, other):
    """The words of a strategy discussion would say that police enquire, where the field itself may not."""
    to = Recipient("little-acorns", "safeguarding_lead", RecipientKind.EARLY_YEARS)
    known = Facts.of({guard: guard is Guard.IDENTITY_SETTLED for guard in Guard})
    decision = decide(actions_only, event.event_type, to.kind, None, known)
    assert decision.outcome is Outcome.DELIVER
    exchange = Exchange(ExchangeId(bytes(16)), to, decision)
    dress = Dress(None, None, b"k" * 32)
    seen = view(event, exchange, SubjectId(1), dress)
    assert seen.envelope.plain_words == BY_TYPE["csc.strategy.concluded"]
    assert seen == view(replace(event, outcome=other), exchange, SubjectId(1), dress)
