"""Views: built from empty, nothing undisclosed survives, and what is withheld leaves no trace in the bytes."""

from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from typing import get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agreements import read_texts
from schemas import read_schemas
from sharing.codec import Catalogue, decode, encode
from sharing.errors import Misconfigured
from sharing.events import EVENT_TYPES, Child, Envelope, ReferralSubmitted, SettingFound, SettingSought, Unreadable
from sharing.policy import EXISTS, Facts, Guard, TransformKind, decide, field_classes, leaves, load
from sharing.policy.paths import without_null
from sharing.redaction import redact
from sharing.vocabulary import Outcome, RecipientKind
from tests.strategies import empty, events_of, records

CATALOGUE = Catalogue.of(read_schemas())
facts = st.fixed_dictionaries({g: st.sampled_from([True, False, None]) for g in Guard}).map(Facts.of)
MOST = Facts.of({g: g.value not in {"address_sealed", "s_flag", "perpetrator_channel", "adoption"} for g in Guard})
any_facts = st.just(MOST) | facts
kinds = st.sampled_from(list(RecipientKind))


def values_at(record, path: str) -> list:
    """Every value at a path, through records and lists of records."""
    head, _, rest = path.partition(".")
    many = head.endswith("[]")
    value = getattr(record, head.removesuffix("[]"))
    if not rest:
        return [value]
    inner = (value or ()) if many else (value,)
    return [v for item in inner for v in values_at(item, rest)]


@given(events_of(), kinds, any_facts)
def test_redacting_twice_is_redacting_once(agreements, event, kind, known):
    decision = decide(agreements, event.event_type, kind, None, known)
    view = redact(event, decision)
    assert redact(view, decision) == view
    assert type(view) is type(event)


@given(events_of(), kinds, any_facts)
def test_no_undisclosed_field_survives(agreements, event, kind, known):
    decision = decide(agreements, event.event_type, kind, None, known)
    view = redact(event, decision)
    for path in leaves(event.event_type):
        ruling = decision.ruling(path)
        if not ruling.is_released:
            assert all(value is None for value in values_at(view, path)), path
        elif ruling.transform.kind is TransformKind.CLEAR:
            assert values_at(view, path) == values_at(event, path), path


@given(events_of(), kinds, facts)
def test_an_event_that_is_not_delivered_has_an_empty_view(agreements, event, kind, known):
    decision = decide(agreements, event.event_type, kind, None, known)
    if decision.outcome is not Outcome.DELIVER:
        assert redact(event, decision) == empty(event.event_type)


def overlaid(event, other, secret: frozenset[str], prefix: str = ""):
    """`event` with the values of `other` wherever nothing inside a field is disclosed."""
    hints = get_type_hints(type(event))
    changed = {}
    for field in fields(event):
        path, value = prefix + field.name, getattr(event, field.name)
        if is_dataclass(without_null(hints[field.name])):
            changed[field.name] = overlaid(value, getattr(other, field.name), secret, f"{path}.")
        elif path in secret:
            changed[field.name] = getattr(other, field.name)
    return replace(event, **changed)


def secrets_of(decision) -> frozenset[str]:
    """The fields of which nothing goes; a list of records by its own name, where none of its parts goes."""
    released = {f.path for f in decision.fields if f.is_released}
    heads = {f.path.split("[]")[0] for f in decision.fields}
    return frozenset(h for h in heads if not any(r == h or r.startswith(f"{h}[]") for r in released))


two_of_a_type = st.sampled_from(sorted(EVENT_TYPES)).flatmap(lambda name: st.tuples(*[records(EVENT_TYPES[name])] * 2))


@given(two_of_a_type, kinds, any_facts)
def test_two_worlds_that_differ_only_in_what_is_withheld_give_the_same_bytes(agreements, worlds, kind, known):
    event, other = worlds
    decision = decide(agreements, event.event_type, kind, None, known)
    twin = overlaid(event, other, secrets_of(decision))
    assert encode(redact(twin, decision), CATALOGUE) == encode(redact(event, decision), CATALOGUE)


@given(events_of(), kinds, any_facts)
def test_a_withheld_field_leaves_the_bytes_of_a_field_that_was_never_there(agreements, event, kind, known):
    decision = decide(agreements, event.event_type, kind, None, known)
    bare = overlaid(event, empty(event.event_type), secrets_of(decision))
    assert encode(redact(bare, decision), CATALOGUE) == encode(redact(event, decision), CATALOGUE)


@given(events_of(), kinds, any_facts)
def test_a_view_goes_through_the_wire_unchanged(agreements, event, kind, known):
    view = redact(event, decide(agreements, event.event_type, kind, None, known))
    assert decode(encode(view, CATALOGUE), CATALOGUE) == view


@given(events_of(), kinds, any_facts)
def test_a_view_is_a_whole_event_as_its_constructor_makes_it(agreements, event, kind, known):
    view = redact(event, decide(agreements, event.event_type, kind, None, known))
    rebuilt = replace(view, envelope=replace(view.envelope), child=replace(view.child))
    assert rebuilt == view
    assert hash(rebuilt) == hash(view)


def test_a_decision_about_another_event_type_is_refused(agreements):
    decision = decide(agreements, "csc.plan.changed", RecipientKind.SCHOOL, None, MOST)
    with pytest.raises(Misconfigured, match=r"a decision about csc\.plan\.changed was used on referral\.submitted"):
        redact(ReferralSubmitted(envelope=Envelope(), child=Child()), decision)


def test_a_referral_arrives_with_what_could_not_be_read(agreements):
    unreadable = (Unreadable(field="child.birth_date", as_written="31/02/2016"), Unreadable(field="since"))
    event = ReferralSubmitted(
        envelope=Envelope(unreadable=unreadable, native_key="INC-1"),
        child=Child(surname="Lorimer"),
        ask="Please visit.",
    )
    view = redact(event, decide(agreements, "referral.submitted", RecipientKind.FRONT_DOOR, None, Facts()))
    assert view == replace(event, envelope=Envelope(unreadable=unreadable))


def test_the_rolls_get_the_outward_code_only(agreements):
    event = SettingSought(envelope=Envelope(), child=Child(postcode="zz9 4ab", address_line="14 Mill Lane"), why="x")
    view = redact(event, decide(agreements, event.event_type, RecipientKind.EDUCATION_ROLLS, None, MOST))
    assert view == SettingSought(envelope=Envelope(), child=Child(postcode="ZZ9"))


# ------------------------------------------------ transforms that the shipped set does not use yet

BANDED = """
agreement: banded
title: "A set that uses what the shipped one does not"
parties: [health]
dpia: DPIA-900
review_by: 2027-03-31
permits:
  - id: banded
    event: education.setting.found
    to: [gp]
    purpose: find-setting
    fields:
      $exists: clear
      envelope.occurred_at: clear
      child.birth_date: age_band
      child.expected_birth_date: year
      child.local_id: token
      child.ethnicity: existence
"""


@cache
def banded():
    return load({**read_texts(), "banded.yaml": BANDED}, field_classes(read_schemas()))


def found(**child):
    at = datetime(2026, 11, 21, 22, 40, tzinfo=UTC)
    return SettingFound(envelope=Envelope(occurred_at=at, system="x"), child=Child(**child))


def decision():
    return decide(banded(), "education.setting.found", RecipientKind.GP, None, Facts())


def test_reduced_values_keep_their_type_and_go_through_the_wire():
    event = found(
        birth_date=date(2016, 2, 11), expected_birth_date=date(2027, 1, 15), local_id="P-1042", ethnicity="WBRI"
    )
    view = redact(event, decision(), lambda path, value: f"{path}:{len(value)}")
    assert view.child == Child(
        birth_date=date(2016, 1, 1),
        expected_birth_date=date(2027, 1, 1),
        local_id="child.local_id:6",
        ethnicity="RECORDED",
    )
    assert decode(encode(view, CATALOGUE), CATALOGUE) == view
    assert decision().ruling(EXISTS).is_released


def test_a_token_without_a_key_is_withheld():
    assert redact(found(local_id="P-1042"), decision()).child.local_id is None
    assert redact(found(), decision(), lambda path, value: path).child.local_id is None


@given(st.builds(SettingFound, envelope=records(Envelope), child=records(Child)))
def test_reducing_twice_is_reducing_once_whatever_the_dates(event):
    view = redact(event, decision())
    assert redact(view, decision()) == view
