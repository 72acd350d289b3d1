"""Plain words: each code with its meaning, no bare "no further action", and nothing told that a field may not tell."""

from dataclasses import replace
from typing import get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agreements import read_texts
from schemas import read_schemas
from sharing.events import EVENT_TYPES, Child, Envelope
from sharing.ids import ExchangeId, SubjectId
from sharing.meanings import BY_OUTCOME, BY_TYPE
from sharing.policy import Facts, Guard, decide, field_classes, load
from sharing.policy.paths import without_null
from sharing.release import Dress, Exchange, view
from sharing.vocabulary import Recipient, RecipientKind
from sharing.words import OUTCOMES, plain_words

SPEAK_FOR_THEMSELVES = {
    "seal.changed",
    "csc.involvement.changed",
    "education.setting.found",
    "broker.setting.sought",
    "broker.receipt.recorded",
}
CLOSED = {"address_sealed", "s_flag", "perpetrator_channel", "adoption"}
OPEN = Facts.of({guard: guard.value not in CLOSED for guard in Guard})
DRESS = Dress(None, None, b"k" * 32)
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


@pytest.fixture(scope="module")
def agreements():
    return load(read_texts(), field_classes(read_schemas()))


def without_the_code(agreements):
    """Who may read the words of an event and not the code that decides them, in the shipped agreements."""
    for (event_type, kind, _), cell in agreements.cells.items():
        code = cell.permits.get(OUTCOMES.get(event_type, ""))
        if event_type in OUTCOMES and code is None and "envelope.plain_words" in cell.permits:
            yield event_type, kind


def test_a_setting_hears_of_a_strategy_discussion_and_not_what_it_decided(agreements):
    found = set(without_the_code(agreements))
    assert ("csc.strategy.concluded", RecipientKind.SCHOOL) in found
    assert ("police.investigation.outcome", RecipientKind.SCHOOL) in found


@settings(max_examples=20)
@given(st.data())
def test_words_never_tell_an_outcome_that_is_withheld(agreements, data):
    """Else a school would read that police enquire, where the field itself may not say so."""
    told = 0
    for event_type, kind in sorted(set(without_the_code(agreements))):
        decision = decide(agreements, event_type, kind, None, OPEN)
        exchange = Exchange(ExchangeId(bytes(16)), Recipient("somewhere", "somebody", kind), decision)
        bare = EVENT_TYPES[event_type](envelope=Envelope(), child=Child())
        code = data.draw(st.sampled_from(list(BY_OUTCOME[event_type][1])))
        seen = view(replace(bare, **{OUTCOMES[event_type]: code}), exchange, SubjectId(1), DRESS)
        assert seen == view(bare, exchange, SubjectId(1), DRESS)
        told += seen.envelope.plain_words == BY_TYPE[event_type]
    assert told > 0
