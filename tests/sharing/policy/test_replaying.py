"""Recorded decisions under another set: counted exactly, and what cannot be judged is said."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sharing.policy import EXISTS, Facts, Guard, Polarity, decide
from sharing.policy.conditions import AllOf, Named
from sharing.policy.lattice import WITHHOLD
from sharing.policy.replaying import Recorded, judged, replay
from sharing.vocabulary import Outcome, RecipientKind
from tests.sharing.policy.small_sets import EVENT, KINDS, PATHS, SHIPPED, SITUATIONS, set_of, small_sets
from tests.strategies import PATIENT

pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")

NOTICE = "police.da_incident.notified"


def bodies(agreements):
    """Every decision of a small set, as the ledger keeps it."""
    return sorted({decide(agreements, EVENT, kind, None, facts).body() for kind in KINDS for facts in SITUATIONS})


def fates(body):
    document = json.loads(body)
    released = {row[0]: row[1] for row in document["fields"]} if document["outcome"] == "deliver" else {}
    return {path: released.get(path, "withhold") for path in (EXISTS, *PATHS)}


@settings(PATIENT, max_examples=15)
@given(small_sets())
def test_under_the_same_set_nothing_would_go_otherwise(agreements):
    every = bodies(agreements)
    found = replay(agreements, [Recorded(n, n, n, 1) for n in range(len(every))], every.__getitem__)
    assert (found.disclosed, found.withheld) == ({}, {})
    assert (found.decisions, found.different) == (len(every), len(every))


@settings(PATIENT, max_examples=15)
@given(small_sets(), small_sets())
def test_a_recorded_decision_is_judged_as_it_would_be_decided_now(old, new):
    for body in bodies(old):
        verdict = judged(new, body)
        document = json.loads(body)
        known = {Guard(name): value for name, value in document["guards"].items()}
        again = decide(new, EVENT, RecipientKind(document["to"]), None, Facts.of(known))
        before, after = fates(body), fates(again.body())
        moved = {one.path for one in (*verdict.disclosed, *verdict.withheld)}
        assert moved == {path for path in before if before[path] != after[path]}


@settings(PATIENT, max_examples=15)
@given(small_sets(), small_sets())
def test_a_decision_is_judged_fully_only_if_no_unrecorded_fact_could_change_it(old, new):
    for body in bodies(old):
        document = json.loads(body)
        known = {Guard(name): value for name, value in document["guards"].items()}
        kind = RecipientKind(document["to"])
        agreeing = [f for f in SITUATIONS if all(f[guard] is value for guard, value in known.items())]
        could_be = {str(fates(decide(new, EVENT, kind, None, facts).body())) for facts in agreeing}
        if judged(new, body).fully:
            assert len(could_be) == 1


ORDINARY = Facts.of({e.guard: e.polarity is Polarity.PERMIT for e in SHIPPED.vocabulary.guards.values()})
"""Everything that opens is true, nothing is sealed."""


def rewritten(agreements, change):
    """The set with every notice to a school written otherwise."""
    permits = [change(p) if p.event_type == NOTICE and RecipientKind.SCHOOL in p.to else p for p in agreements.permits]
    return set_of(permits, agreements.seals, classes=agreements.classes)


def test_children_events_fields_and_organisations_are_counted_once_each(agreements):
    new = rewritten(
        agreements, lambda p: replace(p, fields={f: t for f, t in p.fields.items() if f != "circumstances"})
    )
    facts = ORDINARY
    told = decide(agreements, NOTICE, RecipientKind.SCHOOL, None, facts)
    other = decide(agreements, NOTICE, RecipientKind.GP, None, facts)
    assert told.outcome is Outcome.DELIVER
    rows = [Recorded(1, 10, 100, 7), Recorded(1, 11, 100, 7), Recorded(1, 11, 101, 8), Recorded(2, 10, 100, 9)]
    found = replay(new, rows, {1: told.body(), 2: other.body()}.__getitem__)
    assert not found.disclosed
    tally = found.withheld["school"].document()
    assert (tally["children"], tally["events"], tally["organisations"], tally["exchanges"]) == (2, 2, 2, 3)
    assert (tally["values"], [f["field"] for f in tally["fields"]]) == (3, ["circumstances"])
    assert found.withheld[""].document()["children"] == 2
    assert (found.decisions, found.different, found.unsure) == (4, 2, 0)


def test_what_the_new_set_does_not_know_goes_to_nobody(agreements):
    body = json.dumps({
        "event": "gone.away", "to": "school", "outcome": "deliver", "guards": {}, "fields": [["x", "clear", "", ""]],
    }).encode()  # fmt: skip
    verdict = judged(agreements, body)
    assert [(m.path, m.before, m.after) for m in verdict.withheld] == [("x", "clear", WITHHOLD.words)]


def test_a_fact_that_was_not_recorded_is_unknown_and_told(agreements):
    asked = Named(Guard.CLINICIAN_CONCERN)
    new = rewritten(agreements, lambda p: replace(p, when=AllOf((p.when, asked))))
    facts = ORDINARY
    told = decide(agreements, NOTICE, RecipientKind.SCHOOL, None, facts)
    verdict = judged(new, told.body())
    assert not verdict.fully
    assert EXISTS in {one.path for one in verdict.withheld}


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5), st.integers(0, 3)), max_size=30))
def test_counts_do_not_depend_on_the_order(rows):
    kinds = [RecipientKind.SCHOOL, RecipientKind.GP, RecipientKind.POLICE_DUTY, RecipientKind.FRONT_DOOR]
    made = [decide(SHIPPED, EVENT, kind, None, Facts.of({Guard.OPEN_INVOLVEMENT: True})).body() for kind in kinds]
    recorded = [Recorded(outcome, event, child, 1) for outcome, event, child in rows]
    once, again = (replay(SHIPPED, order, made.__getitem__).document() for order in (recorded, recorded[::-1]))
    assert once == again
