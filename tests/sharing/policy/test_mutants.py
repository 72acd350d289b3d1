"""Mistakes made on purpose: which ones widen is found by asking, and what nobody notices is told."""

from collections import Counter

import pytest
from hypothesis import given, settings

from sharing.policy import EXISTS, WITHHOLD, decide, is_at_most
from sharing.policy.conditions import ALWAYS, AllOf, AnyOf, Named, Not
from sharing.policy.model import NeverRule
from sharing.policy.mutants import mutants, sample
from sharing.policy.mutants_tried import tried, with_mistake
from sharing.policy.pseudo import ruled_paths
from sharing.vocabulary import FieldClass, Outcome, RecipientKind
from tests.sharing.policy.small_sets import (
    CLEAR,
    CLOSING,
    EVENT,
    KINDS,
    OPENING,
    PATHS,
    SITUATIONS,
    permit,
    seal,
    set_of,
    small_sets,
)  # fmt: skip
from tests.strategies import PATIENT

pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")

SCHOOL, TEAM = KINDS


def level(agreements, kind, path, facts):
    decision = decide(agreements, EVENT, kind, None, facts)
    return decision.ruling(path).transform if decision.outcome is Outcome.DELIVER else WITHHOLD


@settings(PATIENT, max_examples=12)
@given(small_sets())
def test_whether_a_mistake_widens_is_what_the_deciding_function_says(agreements):
    """Asked one by one over every situation."""
    chosen = [m for m in sample(mutants(agreements), 16) if m.operator not in {"add a recipient", "add a field"}]
    for trial in tried(agreements, chosen).trials:
        changed = with_mistake(agreements, trial.mutant)
        pairs = [
            (level(agreements, kind, path, facts), level(changed, kind, path, facts))
            for kind in RecipientKind
            if (EVENT, kind) in agreements.purposes_of
            for path in (EXISTS, *PATHS)
            for facts in SITUATIONS
        ]
        if any(not is_at_most(now, was) for was, now in pairs):
            assert trial.widens, trial.mutant.text
        if any(was != now for was, now in pairs):
            assert trial.changes_an_outcome, trial.mutant.text


def one_of_each():
    """Two permits and two seals on which every kind of mistake can be made."""
    involved, planned = (Named(guard) for guard in OPENING)
    permits = [
        permit("p", (SCHOOL,), {EXISTS: CLEAR, "child.postcode": CLEAR}, AllOf((involved, Not(planned)))),
        permit("q", (SCHOOL, TEAM), {EXISTS: CLEAR, "action": CLEAR}, involved, hold=(OPENING[1],)),
    ]
    permits[1] = permit("q", (TEAM,), {EXISTS: CLEAR, "action": CLEAR}, involved, hold=(OPENING[1],))
    seals = [
        seal("address", {FieldClass.LOCATION, FieldClass.LOCATION_INFERRING}, Named(CLOSING[0])),
        seal("silent", set(), Named(CLOSING[0]), exists=True, to=(SCHOOL,), absolute=True),
    ]
    return set_of(permits, seals)


def texts_of(agreements, operator):
    return [m.text for m in mutants(agreements) if m.operator == operator]


def test_every_kind_of_mistake_is_made():
    found = one_of_each()
    assert texts_of(found, "drop a guard") == [
        "small/p: when not open_plan (was: open_involvement and not open_plan)",
        "small/p: when open_involvement (was: open_involvement and not open_plan)",
    ]
    assert texts_of(found, "swap and with or") == [
        "small/p: when open_involvement or not open_plan (was: open_involvement and not open_plan)"
    ]
    assert len(texts_of(found, "negate a guard")) == 3
    assert texts_of(found, "drop a hold") == ["small/q: no longer waits until open_plan"]
    assert texts_of(found, "drop a seal") == ["seals/address: taken out", "seals/silent: taken out"]
    assert texts_of(found, "drop absolute") == ["seals/silent: no longer absolute"]
    assert len(texts_of(found, "add a field")) == 2 * (len(ruled_paths(EVENT)) - 2)
    assert len(texts_of(found, "weaken a seal")) == 3
    assert len(texts_of(found, "add an exception")) == len(RecipientKind)


def test_a_rule_that_names_the_field_kills_and_one_that_does_not_lets_it_survive():
    """The same mistake, with and without the rule against it."""
    base = one_of_each()
    rule = NeverRule(
        "no-address-to-schools", "because", frozenset({FieldClass.LOCATION}), frozenset(), (SCHOOL,), None, frozenset(),
        frozenset(), Named(CLOSING[0]),
    )  # fmt: skip
    guarded = set_of(base.permits, base.seals, never=[rule])
    (dropped,) = [m for m in mutants(guarded) if m.text == "seals/silent: taken out"]
    assert tried(guarded, [dropped]).percent_killed == 0, "the address seal still closes it"
    both = set_of(base.permits, base.seals[:1], never=[rule])
    (dropped,) = [m for m in mutants(both) if m.operator == "drop a seal"]
    assert [t.killed_by for t in tried(both, [dropped]).trials] == ["no-address-to-schools"]
    assert [t.killed_by for t in tried(set_of(base.permits, base.seals[:1]), [dropped]).trials] == [""]


def test_a_seal_on_what_nobody_receives_is_told_as_changing_nothing():
    base = one_of_each()
    idle = seal("idle", {FieldClass.FORMER_IDENTITY}, Named(CLOSING[0]))
    score = tried(base, [m for m in mutants(set_of(base.permits, [idle])) if m.operator == "drop a seal"])
    assert [trial.changes_an_outcome for trial in score.trials] == [False]


def test_the_sample_is_always_the_same_and_has_some_of_every_kind(agreements):
    every = list(mutants(agreements))
    once, again = (sample(iter(every), 200) for _ in range(2))
    assert [m.text for m in once] == [m.text for m in again]
    assert len(once) == 200
    counts = Counter(m.operator for m in once)
    assert set(counts) == {m.operator for m in every}
    assert len(sample(iter(every), 10**6)) == len(every)


def test_conditions_that_a_mistake_leaves_as_they_were_are_not_counted():
    involved = Named(OPENING[0])
    plain = set_of([permit("p", (TEAM,), {EXISTS: CLEAR, "action": CLEAR}, involved)])
    assert {m.text for m in mutants(plain) if "when" in m.text} == {
        "small/p: when always (was: open_involvement)", "small/p: when not open_involvement (was: open_involvement)",
    }  # fmt: skip
    nothing = set_of([permit("p", (TEAM,), {EXISTS: CLEAR}, ALWAYS)])
    assert not [m for m in mutants(nothing) if "when" in m.text]
    either = set_of([permit("p", (TEAM,), {EXISTS: CLEAR}, AnyOf((involved, involved)))])
    assert len({m.text for m in mutants(either)}) == len(list(mutants(either)))


@pytest.fixture(scope="module")
def score(agreements):
    """Some mistakes of every kind in the shipped set."""
    return tried(agreements, sample(mutants(agreements), 150))


@pytest.mark.slow
def test_the_rules_stop_most_of_what_would_tell_somebody_more(score):
    """Seven in ten: what is not stopped by a rule is shown by the comparison and needs its signatures."""
    assert len(score.widening) > 60
    assert score.percent_killed >= 70, [trial.mutant.text for trial in score.survivors]


@pytest.mark.slow
def test_what_changes_no_outcome_moves_the_version_all_the_same(score):
    assert score.silent
    assert [trial.mutant.text for trial in score.trials if not trial.moves_the_version] == []
