"""The outsider's evaluator and the broker's decide alike, about every kind of event, recipient and set of facts."""

import json
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.offline_verifier import Matrix
from sharing.approval.waiting import waits_for_head
from sharing.events import EVENT_TYPES
from sharing.policy import Facts, Guard, decide
from sharing.policy.matrix import matrix_bytes
from sharing.vocabulary import RecipientKind
from tests.streams.corridor import world

AGREEMENTS = world()[3]
QUESTIONS = sorted({(event, kind) for event, kind, _ in AGREEMENTS.cells})
guards = st.sampled_from([True, True, False, None])
facts = st.fixed_dictionaries(dict.fromkeys(Guard, guards)).map(Facts.of)
questions = st.one_of(
    st.sampled_from(QUESTIONS), st.tuples(st.sampled_from(sorted(EVENT_TYPES)), st.sampled_from(RecipientKind))
)


@cache
def outsider() -> Matrix:
    return Matrix(matrix_bytes(AGREEMENTS))


def test_the_outsider_reads_the_same_version():
    assert outsider().version == AGREEMENTS.version


@settings(max_examples=400)
@given(questions, facts)
def test_what_the_broker_decides_the_outsider_decides_too(question, known):
    decision = decide(AGREEMENTS, *question, None, known)
    assert outsider().disagreement(json.loads(decision.body())) is None
    assert outsider().disagreement(json.loads(waits_for_head(decision).body())) is None


@settings(max_examples=400)
@given(st.sampled_from(QUESTIONS), facts, st.data())
def test_one_field_told_more_than_was_agreed_is_found(question, known, data):
    said = json.loads(decide(AGREEMENTS, *question, None, known).body())
    row = data.draw(st.sampled_from(said["fields"]))
    if row[1] == "clear":
        return
    row[1:3] = ["clear", "permitted"]
    assert outsider().disagreement(said) is not None


@settings(max_examples=200)
@given(st.sampled_from(QUESTIONS), facts, st.sampled_from(["deliver", "hold", "suppress"]))
def test_another_outcome_than_was_agreed_is_found(question, known, outcome):
    said = json.loads(decide(AGREEMENTS, *question, None, known).body())
    if said["outcome"] != outcome:
        assert outsider().disagreement(said | {"outcome": outcome}) is not None


@pytest.mark.parametrize("key", ["event", "to", "purpose", "reason", "rule", "permit", "agreement", "statute"])
def test_another_head_of_a_decision_is_found(key: str):
    event, kind = QUESTIONS[0]
    said = json.loads(decide(AGREEMENTS, event, kind, None, Facts()).body())
    assert outsider().disagreement(said | {key: "something else"}) is not None
