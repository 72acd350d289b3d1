"""Two sets compared: exactly the fields whose decision differs are told, each with a situation in which it does."""

from dataclasses import replace
from itertools import product
from typing import NamedTuple

import pytest
from hypothesis import given, settings

from sharing.policy import EXISTS, WITHHOLD, Guard, decide, is_at_most, load
from sharing.policy.canonical import canonical
from sharing.policy.conditions import ALWAYS
from sharing.policy.difference import difference
from sharing.policy.model import SealException
from sharing.vocabulary import Outcome, RecipientKind
from tests.sharing.policy.small_sets import EVENT, KINDS, PATHS, PURPOSES, SITUATIONS, set_of, small_sets
from tests.strategies import PATIENT

pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")


def with_permit(agreements, event, kind, change):
    """The set with the first permit of an event for a recipient written otherwise."""
    old = next(p for p in agreements.permits if p.event_type == event and kind in p.to)
    permits = [change(p) if p is old else p for p in agreements.permits]
    return set_of(permits, agreements.seals, agreements.never, agreements.always, agreements.classes)


NOTICE = "police.da_incident.notified"


def test_a_set_does_not_differ_from_itself(agreements, texts, classes):
    assert difference(agreements, agreements).is_empty
    assert difference(agreements, load(texts, classes)).is_empty


def test_the_report_is_the_same_bytes_each_time(agreements):
    bare = set_of(agreements.permits, agreements.seals[1:])
    once, again = (canonical(difference(agreements, bare).report()) for _ in range(2))
    assert once == again


def test_what_goes_in_spite_of_a_seal_comes_first(agreements):
    address = next(s for s in agreements.seals if s.seal_id == "seals/address")
    to = SealException((RecipientKind.HEALTH_VISITOR,), ALWAYS)
    seals = [replace(s, exceptions=(*s.exceptions, to)) if s is address else s for s in agreements.seals]
    found = difference(agreements, set_of(agreements.permits, seals))
    assert found.disclosed
    assert not found.withheld
    first = found.disclosed[0]
    assert (first.kind, first.sealed) == ("health_visitor", True)
    assert first.field_class in {"C", "C2", "D"}
    assert "address_sealed" in first.sentence
    assert "seal seals/address: written otherwise" in found.otherwise


def test_a_field_taken_out_is_newly_withheld(agreements):
    def without(permit):
        return replace(permit, fields={p: t for p, t in permit.fields.items() if p != "circumstances"})

    found = difference(agreements, with_permit(agreements, NOTICE, RecipientKind.SCHOOL, without))
    assert not found.disclosed
    assert {c.path for c in found.withheld} == {"circumstances"}
    assert {c.kind for c in found.withheld} >= {RecipientKind.SCHOOL}


def test_what_changes_no_field_is_told_all_the_same(agreements):
    def other(permit):
        return replace(permit, purpose=replace(permit.purpose, statute="Another Act 1999"))

    found = difference(agreements, with_permit(agreements, NOTICE, RecipientKind.SCHOOL, other))
    assert not found.changes_an_outcome
    assert len(found.otherwise) == 1
    assert found.otherwise[0].endswith("written otherwise")
    assert not found.is_empty


def test_an_event_that_no_longer_waits_is_told(agreements):
    found = difference(
        agreements, with_permit(agreements, NOTICE, RecipientKind.SCHOOL, lambda p: replace(p, hold_until=()))
    )
    assert EXISTS in {c.path for c in found.disclosed}


@settings(PATIENT, max_examples=20)
@given(small_sets(), small_sets())
def test_exactly_the_fields_whose_decision_differs_are_told(old, new):
    """Asked one by one, over every combination of facts, through the function that decides for the pipeline."""
    found = difference(old, new)
    told = {(c.kind, c.path) for c in (*found.disclosed, *found.withheld, *found.waiting)}
    for_each_purpose = {(c.kind, c.path) for c in differing(old, new, *(p.name for p in PURPOSES))}
    assert told == for_each_purpose | {(c.kind, c.path) for c in differing(old, new, None)}


@settings(PATIENT, max_examples=20)
@given(small_sets(), small_sets())
def test_what_would_reach_anybody_newly_is_told_as_a_disclosure(old, new):
    disclosed = {(c.kind, c.path) for c in difference(old, new).disclosed}
    for one in differing(old, new, None):
        if one.more:
            assert (one.kind, one.path) in disclosed


@settings(PATIENT, max_examples=20)
@given(small_sets(), small_sets())
def test_a_witness_is_a_situation_in_which_it_is_so_and_the_count_is_exact(old, new):
    found = difference(old, new)
    for change in (*found.disclosed, *found.withheld):
        purpose = change.purpose or None
        was, now = (level(a, change.kind, purpose, change.path, change.witness) for a in (old, new))
        assert (was.words, now.words) == (change.before, change.after)
        same_way = 0
        asked = [facts for facts in SITUATIONS if all(facts[g] is None for g in Guard if g not in change.guards)]
        for facts in asked:
            was, now = (level(a, change.kind, purpose, change.path, facts) for a in (old, new))
            same_way += not (is_at_most(now, was) if change in found.disclosed else is_at_most(was, now))
        assert (same_way, len(asked)) == (change.count, change.of)


@settings(PATIENT, max_examples=20)
@given(small_sets(), small_sets())
def test_what_one_set_discloses_newly_the_other_withholds_newly(old, new):
    there, back = difference(old, new), difference(new, old)
    assert {(c.kind, c.path, c.purpose, c.count) for c in there.disclosed} == {
        (c.kind, c.path, c.purpose, c.count) for c in back.withheld
    }


class Differs(NamedTuple):
    kind: RecipientKind
    path: str
    more: bool


def differing(old, new, *purposes):
    """Who fares otherwise, as the deciding function says, one situation at a time."""
    for kind, purpose, facts in product(KINDS, purposes, SITUATIONS):
        was, now = (decide(a, EVENT, kind, purpose, facts) for a in (old, new))
        for path in (EXISTS, *PATHS):
            if fate(was, path) != fate(now, path):
                before, after = (level(a, kind, purpose, path, facts) for a in (old, new))
                yield Differs(kind, path, not is_at_most(after, before))


def level(agreements, kind, purpose, path, facts):
    decision = decide(agreements, EVENT, kind, purpose, facts)
    return decision.ruling(path).transform if decision.outcome is Outcome.DELIVER else WITHHOLD


def fate(decision, path):
    if path == EXISTS and decision.outcome is Outcome.HOLD:
        return "waits"
    return decision.ruling(path).transform if decision.outcome is Outcome.DELIVER else WITHHOLD
