"""Conditions: and, or, not over three values, read back from their own words."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharing.policy.conditions import ALWAYS, AllOf, AnyOf, Named, Not, NotACondition, guards_of, parse, truth, words
from sharing.policy.facts import Facts, Guard
from sharing.policy.situations import all_of, one

GUARDS = list(Guard)
leaves = st.sampled_from([Named(g) for g in GUARDS[:5]])
conditions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: AllOf(tuple(parts))),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: AnyOf(tuple(parts))),
    ),
    max_leaves=8,
)
facts = st.dictionaries(st.sampled_from(GUARDS[:5]), st.sampled_from([True, False, None])).map(Facts.of)


def kleene(condition, known):
    """Three-valued logic, written out a second time and naively."""
    match condition:
        case Named(guard):
            return known[guard]
        case Not(inner):
            value = kleene(inner, known)
            return None if value is None else not value
        case AllOf(parts):
            values = [kleene(p, known) for p in parts]
            return False if False in values else None if None in values else True
        case AnyOf(parts):
            values = [kleene(p, known) for p in parts]
            return True if True in values else None if None in values else False


def value(condition, known):
    true, false = truth(condition, one(known))
    return True if true else False if false else None


@given(conditions, facts)
def test_one_situation_follows_three_valued_logic(condition, known):
    assert value(condition, known) is kleene(condition, known)


@given(conditions)
def test_the_table_of_all_situations_agrees_row_by_row(condition):
    guards = sorted(guards_of(condition))
    table = all_of(guards)
    true, false = truth(condition, table)
    seen = set()
    for row in range(3 ** len(guards)):
        known = table.facts(1 << row)
        seen.add(known)
        expected = kleene(condition, known)
        assert bool(true >> row & 1) is (expected is True)
        assert bool(false >> row & 1) is (expected is False)
    every = {Facts.of(dict(zip(guards, row, strict=True))) for row in product((True, False, None), repeat=len(guards))}
    assert seen == every


@given(conditions, facts, st.sampled_from(GUARDS[:5]), st.booleans())
def test_learning_a_fact_never_turns_a_settled_answer_round(condition, known, guard, news):
    before = value(condition, known)
    after = value(condition, Facts.of({**known, guard: news if known[guard] is None else known[guard]}))
    assert before is None or after is before


@given(conditions)
def test_words_read_back_to_the_same_meaning(condition):
    again = parse(words(condition), [g.value for g in GUARDS])
    table = all_of(guards_of(condition))
    assert truth(again, table) == truth(condition, table)
    assert words(parse(words(condition), GUARDS)) == words(condition)


def test_nothing_asked_is_always_true():
    assert value(ALWAYS, Facts()) is True
    assert words(ALWAYS) == "always"


@pytest.mark.parametrize(
    ("text", "offset", "reason"),
    [
        ("", 0, "a guard is missing here"),
        ("open_plan and", 13, "a guard is missing here"),
        ("open_plan or or night_duty", 13, "a guard is missing here"),
        ("(open_plan", 10, "a bracket is not closed"),
        ("open_plan night_duty", 10, "stands where 'and' or 'or' was expected"),
        ("open_plan and nite_duty", 14, "unknown guard 'nite_duty'"),
        ("open_plan > 3", 10, "stands where 'and' or 'or' was expected"),
        ("__import__('os')", 0, "unknown guard"),
    ],
)
def test_what_is_no_condition_is_refused_with_its_place(text, offset, reason):
    with pytest.raises(NotACondition) as caught:
        parse(text, [g.value for g in GUARDS])
    assert caught.value.offset == offset
    assert reason in caught.value.reason


def test_a_witness_needs_a_situation():
    with pytest.raises(ValueError, match="no situation"):
        all_of([]).facts(0)
