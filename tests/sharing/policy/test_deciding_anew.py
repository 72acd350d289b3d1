"""What is remembered while deciding changes no decision: each is the one that the rules give, asked field by field."""

from hashlib import sha256

from hypothesis import given, settings
from hypothesis import strategies as st

from sharing.policy import EXISTS, Facts, decide
from sharing.policy.decision import shape_of
from sharing.policy.facts import Guard, mask_of
from sharing.policy.outcomes import asked_for_event, asked_for_field, event_rows, field_rulings
from sharing.policy.pseudo import ruled_paths
from sharing.policy.situations import one
from sharing.vocabulary import Outcome
from tests.streams.corridor import world

AGREEMENTS = world()[3]
CELLS = sorted(AGREEMENTS.cells.values(), key=lambda cell: (cell.event_type, cell.kind, cell.purpose.name))
cells = st.sampled_from(CELLS)
facts = st.fixed_dictionaries(dict.fromkeys(Guard, st.sampled_from([True, True, False, None]))).map(Facts.of)


def ruled(cell, path, known):
    (found,) = [r for r in field_rulings(cell, path, one(known)) if r.rows]
    return (path, found.transform, found.reason, found.rule)


@settings(max_examples=300)
@given(cells, st.lists(facts, min_size=1, max_size=4))
def test_a_decision_is_what_the_rules_give_field_by_field_whatever_was_decided_before(cell, several):
    for known in several:
        made = decide(AGREEMENTS, cell.event_type, cell.kind, cell.purpose.name, known)
        rows = event_rows(cell, one(known))
        assert (made.outcome is Outcome.DELIVER, made.outcome is Outcome.HOLD) == (bool(rows.deliver), bool(rows.hold))
        assert made.digest == sha256(made.body()).digest()
        assert made.shape == shape_of(cell.event_type, made.fields)
        assert [r.path for r in made.fields] == list(ruled_paths(cell.event_type))
        if made.outcome is Outcome.DELIVER:
            told = [tuple(r) for r in made.fields if r.path != EXISTS]
            assert told == [ruled(cell, r.path, known) for r in made.fields if r.path != EXISTS]


@settings(max_examples=300)
@given(cells, facts, facts, st.data())
def test_nothing_depends_on_a_fact_that_is_not_said_to_bear_on_it(cell, known, other, data):
    """Two worlds that agree on the facts that are said to bear on something agree on it."""
    mask = mask_of(asked_for_event(cell))
    mixed = Facts(known.vector & mask | other.vector & ~mask)
    first, second = (event_rows(cell, one(facts)) for facts in (known, mixed))
    assert first == second
    path = data.draw(st.sampled_from(ruled_paths(cell.event_type)))
    mask = mask_of(asked_for_field(cell, path))
    mixed = Facts(known.vector & mask | other.vector & ~mask)
    assert ruled(cell, path, known) == ruled(cell, path, mixed)


def test_what_is_remembered_has_an_end(monkeypatch):
    monkeypatch.setitem(decide.__globals__, "MOST_REMEMBERED", 5)
    cell = max(CELLS, key=lambda c: len(c.guards))
    for number in range(50):
        decide(AGREEMENTS, cell.event_type, cell.kind, cell.purpose.name, Facts(number * 7919))
    desk = AGREEMENTS.remembered[cell.event_type, cell.kind, cell.purpose.name]
    assert len(desk.made) <= 5
    assert all(len(hole.wholes) <= 5 and all(len(g.known) <= 5 for g in hole.groups) for hole in desk.holes)
