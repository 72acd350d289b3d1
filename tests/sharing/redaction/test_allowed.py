"""What leaves is never more than what was decided: every event type, every kind of recipient, whatever the facts."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agreements import read_texts
from schemas import read_schemas
from sharing.codec import Catalogue, encode
from sharing.events import EVENT_TYPES
from sharing.policy import CLEAR, WITHHOLD, Facts, Guard, decide, field_classes, leaves, load
from sharing.policy.decision import FieldRuling, shape_of
from sharing.policy.pseudo import PSEUDO_FIELDS
from sharing.redaction import redact
from sharing.vocabulary import Outcome, RecipientKind
from tests.strategies import empty, events_of, full, values_at

CATALOGUE = Catalogue.of(read_schemas())
FULL = {event_type: full(event_type) for event_type in sorted(EVENT_TYPES)}
EACH = list(product(FULL, RecipientKind))
SEALING = {"address_sealed", "s_flag", "perpetrator_channel", "adoption", "live_investigation", "handling_code_c"}
OPEN = Facts.of({g: g.value not in SEALING | {"competent_minor_objects"} for g in Guard})
facts = st.just(OPEN) | st.fixed_dictionaries({g: st.sampled_from([True, False, None]) for g in Guard}).map(Facts.of)


@pytest.fixture(scope="module")
def agreements():
    return load(read_texts(), field_classes(read_schemas()))


def present(event):
    """Paths of the fields that hold something."""
    return {path for path in leaves(event.event_type) if values_at(event, path)}


def released(decision):
    return {f.path: f.transform for f in decision.fields if f.is_released and f.path not in PSEUDO_FIELDS}


def test_a_full_event_has_something_in_every_field():
    assert all(present(event) == set(leaves(event_type)) for event_type, event in FULL.items())


@settings(max_examples=6)
@given(facts)
def test_output_is_within_what_is_allowed(agreements, known):
    for event_type, kind in EACH:
        decision = decide(agreements, event_type, kind, None, known)
        view = redact(FULL[event_type], decision)
        allowed = released(decision)
        if decision.outcome is not Outcome.DELIVER:
            assert not allowed
            assert view == empty(event_type), (event_type, kind)
            continue
        assert present(view) <= allowed.keys(), (event_type, kind)
        for path, transform in allowed.items():
            if transform == CLEAR:
                assert values_at(view, path) == values_at(FULL[event_type], path), (event_type, kind, path)


def test_no_byte_of_a_withheld_text_is_in_the_view(agreements):
    """As open as it can be: every text has a mark of its own, and those of withheld fields are looked for."""
    looked_for = delivered = 0
    for event_type, kind in EACH:
        decision = decide(agreements, event_type, kind, None, OPEN)
        if decision.outcome is not Outcome.DELIVER:
            continue
        raw, allowed = encode(redact(FULL[event_type], decision), CATALOGUE), released(decision)
        hidden = [p for p in leaves(event_type) if allowed.get(p) != CLEAR]
        texts = [t for p in hidden for t in values_at(FULL[event_type], p) if type(t) is str]
        assert not [text for text in texts if text.encode() in raw], (event_type, kind)
        looked_for, delivered = looked_for + len(texts), delivered + 1
    assert delivered > 200
    assert looked_for > 5_000


def deciding(agreements, event_type, chosen):
    """A decision that gives exactly these fields, whatever any agreement says."""
    some = decide(agreements, event_type, RecipientKind.FRONT_DOOR, None, OPEN)
    rulings = tuple(FieldRuling(p, CLEAR if p in chosen else WITHHOLD, "permitted", "") for p in leaves(event_type))
    return replace(some, outcome=Outcome.DELIVER, fields=rulings, shape=shape_of(event_type, rulings))


@settings(max_examples=100)
@given(events_of(), st.data())
def test_whatever_is_decided_exactly_that_leaves(agreements, event, data):
    """Fuzz of the redactor: any fields of any event type, chosen at random, nested ones among them."""
    paths = list(leaves(event.event_type))
    chosen = set(data.draw(st.lists(st.sampled_from(paths), unique=True)))
    view = redact(event, deciding(agreements, event.event_type, chosen))
    assert present(view) == present(event) & chosen
    assert all(values_at(view, path) == values_at(event, path) for path in chosen)
