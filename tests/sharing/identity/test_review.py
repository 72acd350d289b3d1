"""Review: a person sees relations, never values, and chooses among what was shown; damaged records are errors."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from sharing.errors import Misconfigured, Rejected
from sharing.events import Child
from sharing.identity import NONE_OF_THEM, Known, comparable, decide, from_bytes, link, review_item, to_bytes

NOW = datetime(2026, 11, 21, 22, 40, tzinfo=UTC)
CHILD = Child(surname="Lorimer", forename="Tamsin", birth_date=date(2016, 2, 11), postcode="ZE1 0AA")


@pytest.fixture
def item():
    known = [
        Known(71, comparable(replace(CHILD, postcode=None))),
        Known(72, comparable(replace(CHILD, forename="Ada"))),
    ]
    return review_item("5f" * 16, link(comparable(replace(CHILD, postcode=None)), known), NOW, NOW + timedelta(hours=4))


def test_the_question_ends_half_way_to_the_events_own_deadline(item):
    assert item.due_by == NOW + timedelta(hours=2)


def test_a_question_that_is_already_late_is_due_now():
    linkage = link(comparable(CHILD), [Known(1, comparable(replace(CHILD, postcode=None)))])
    assert review_item("5f" * 16, linkage, NOW, NOW - timedelta(hours=1)).due_by == NOW


def test_a_reviewer_sees_words_and_places_never_values_nor_row_numbers(item):
    text = repr(item.shown)
    assert "agrees" in text
    for secret in ("lorimer", "tamsin", "2016", "ze1", "71", "72"):
        assert secret not in text.lower()


def test_a_choice_names_a_shown_candidate_or_none(item):
    assert decide(item, 1).subject == item.subjects[0]
    assert decide(item, 1).apart == item.subjects[1:]
    assert decide(item, NONE_OF_THEM).subject is None
    assert decide(item, NONE_OF_THEM).apart == item.subjects
    for choice in (-1, len(item.subjects) + 1):
        with pytest.raises(Rejected, match="NO_SUCH_CANDIDATE"):
            decide(item, choice)


def test_only_what_is_in_doubt_is_reviewed():
    settled = link(comparable(CHILD), [Known(1, comparable(CHILD))])
    with pytest.raises(ValueError, match="REVIEW"):
        review_item("5f" * 16, settled, NOW, NOW)


@pytest.mark.parametrize(
    "raw", [b"", b"\x02abc", b"\x01", b"\x01\xff\xff", to_bytes(comparable(CHILD))[:-3]], ids=range(5)
)
def test_a_record_that_cannot_be_read_is_an_error_that_shows_nothing(raw):
    with pytest.raises(Misconfigured) as caught:
        from_bytes(raw)
    assert "lorimer" not in str(caught.value)
    assert caught.value.__cause__ is None
