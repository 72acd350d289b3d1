"""Derived ids: the same for the same record, never equal between kinds, and telling nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharing import ids
from tests.strategies import PATIENT

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
names = st.text(max_size=12)
keys = st.binary(min_size=1, max_size=64)


@PATIENT
@given(keys, names, names, names, names, st.integers(0, 20))
def test_doing_it_twice_gives_the_same_id(key, organisation, system, native_key, version, child):
    parts = (key, organisation, system, native_key, version, child)
    assert ids.event_id(*parts) == ids.event_id(*parts)
    assert len(ids.event_id(*parts)) == ids.ID_BYTES


@PATIENT
@given(st.lists(names, min_size=4, max_size=4), st.lists(names, min_size=4, max_size=4))
def test_other_names_give_another_id_wherever_the_border_between_them_lies(a, b):
    """`("ab", "c")` and `("a", "bc")` are two records."""
    assert (ids.event_id(KEY, *a) == ids.event_id(KEY, *b)) == (a == b)


def test_each_part_and_the_key_counts():
    base = (KEY, "oakfield-primary", "concern-export", "INC-1", "1", 0)
    changed = [
        (OTHER_KEY, *base[1:]),
        *((*base[:n], "other", *base[n + 1 :]) for n in range(1, 5)),
        (*base[:5], 1),
    ]
    assert len({ids.event_id(*parts) for parts in (base, *changed)}) == 7


def test_no_id_of_one_kind_equals_an_id_of_another():
    same = ("a", "b")
    made = [
        ids.event_id(KEY, "a", "b", "", "", 0),
        ids.incident_id(KEY, "a", "b", ""),
        ids.exchange_id(KEY, ids.EventId(b"a"), "b", ""),
        ids.sender_child_token(KEY, *same),
        ids.recipient_subject_token(KEY, "a", ids.SubjectId(1)),
        ids.recipient_subject_token(KEY, "a", ids.SubjectId(2)),
        ids.blocking_token(KEY, *same),
        ids.clock_id(KEY, "a", b"b"),
    ]
    assert len(set(made)) == len(made)


def test_two_recipients_cannot_join_their_feeds():
    assert len({ids.recipient_subject_token(KEY, org, ids.SubjectId(7)) for org in ("school", "trust", "force")}) == 3


@PATIENT
@given(st.text(min_size=4, max_size=30))
def test_an_id_does_not_hold_what_it_was_made_of(name):
    assert name.encode() not in ids.sender_child_token(KEY, "org", name)
    assert name.encode() not in ids.blocking_token(KEY, "nhs_number", name)


def test_ids_never_change_from_one_release_to_the_next():
    """Stored ids outlive every version: these were made by the first."""
    event = ids.event_id(KEY, "oakfield-primary", "concern-export", "INC-1", "1", 0)
    assert event.hex() == "2e7080b5171eb691b9592edd3c4fa06a"
    assert (
        ids.exchange_id(KEY, event, "easthaven-social-care", "front_door").hex() == "b1e3814365d699de1d32de2bd3dbe6b3"
    )
    assert ids.blocking_token(KEY, "upn", "U502400200093").hex() == "d2c15892d3c3f26739fef07bfd9ee74c"


def test_a_key_is_needed_and_may_not_be_too_long():
    with pytest.raises(ValueError, match="key"):
        ids.event_id(b"k" * 65, "a", "b", "c", "d")
