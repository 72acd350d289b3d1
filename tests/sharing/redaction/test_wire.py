"""What stands around a value tells no more than the decision lets it: key, headers, partition, time and size."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agreements import read_texts
from schemas import read_schemas
from sharing.events import Child, Envelope, SettingFound
from sharing.policy import Facts, decide, field_classes, load
from sharing.redaction import redact
from sharing.redaction.wire import NOTHING, SIZE_STEP, Around, around, padding
from sharing.vocabulary import RecipientKind

AT = datetime(2026, 11, 20, 17, 5, tzinfo=UTC)
EVENT = SettingFound(envelope=Envelope(occurred_at=AT), child=Child(surname="Lorimer"))
TEXT = """
agreement: around
title: "What may be told beside a value"
parties: [health]
dpia: DPIA-903
review_by: 2027-03-31
permits:
  - id: around
    event: education.setting.found
    to: [gp]
    purpose: find-setting
    fields:
      $exists: clear
      envelope.occurred_at: clear
      child.surname: clear
"""


@pytest.fixture(scope="module")
def decided():
    def decision(more: str):
        text = TEXT + "".join(f"      {line}\n" for line in more.split(", ") if line)
        found = load({**read_texts(), "around.yaml": text}, field_classes(read_schemas()))
        return decide(found, "education.setting.found", RecipientKind.GP, None, Facts())

    return decision


def told(decided, more: str) -> Around:
    decision = decided(more)
    return around(decision, redact(EVENT, decision))


def test_what_no_permit_names_is_told_by_nothing_around_the_value(decided):
    assert told(decided, "") == NOTHING == Around(keyed=False, named=False, spread=False, at=None, exact=False)


@pytest.mark.parametrize(
    ("more", "changed"),
    [
        ("$key: token", {"keyed": True}),
        ("$headers: clear", {"named": True}),
        ("$partition: token", {"spread": True}),
        ("$timestamp: clear", {"at": AT}),
        ("$size_class: clear", {"exact": True}),
        ("$key: withhold", {}),
    ],
)
def test_each_permit_lets_exactly_its_own_be_told(decided, more, changed):
    assert told(decided, more) == NOTHING._replace(**changed)


def test_a_time_that_the_view_does_not_hold_is_in_no_header(decided):
    decision = decided("$timestamp: clear")
    view = redact(replace(EVENT, envelope=Envelope()), decision)
    assert around(decision, view).at is None


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))
def test_a_withheld_key_does_not_depend_on_the_child(one, other, exchange):
    assert NOTHING.key(one, exchange) == NOTHING.key(other, exchange)
    assert Around(keyed=True).key(one, exchange) == one


def test_a_withheld_partition_is_the_same_for_everybody():
    assert NOTHING.partition == 0
    assert Around(spread=True).partition == -1


@given(st.integers(0, 100_000))
def test_a_padded_record_has_one_of_few_sizes(size):
    whole = size + len("padding") + len(padding(size))
    assert whole % SIZE_STEP == 0
    assert whole - size < SIZE_STEP + len("padding")
    assert not any(padding(size))
