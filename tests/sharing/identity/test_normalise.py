"""Folding, merging and blocking: names as people write them, and nothing that depends on order."""

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sharing.events import Child
from sharing.identity import block_values, comparable, from_bytes, merge, to_bytes
from sharing.identity.normalise import fold
from tests.strategies import PATIENT, events_of


@pytest.mark.parametrize(
    "names",
    [
        ("O'Brien", "O\u2019BRIEN", "O Brien", "obrien"),
        ("MacDonald", "McDonald", "Mc Donald", "MACDONALD", "Mac Donald"),
        ("Smith-Jones", "smith jones", "SMITH\u2013JONES", "Smith  Jones"),
        ("Zoë", "Zoe", "ZOE\u0308"),
        ("Żuławska", "Zulawska"),
        ("Strauß", "Strauss"),
        ("Sørensen", "Sorensen"),
        ("O\uff07Brien", "O\u00b4Brien"),
    ],
    ids=range(8),
)
def test_one_name_has_one_folded_form(names):
    assert len({fold(name) for name in names}) == 1


@pytest.mark.parametrize("name", ["", "  ", "Unknown", "not known", "N/K", "n/a", "TBC", "-", None])
def test_what_says_nothing_is_absent(name):
    assert fold(name) is None


def test_letters_without_a_latin_form_stay():
    assert fold("Мария") == "мария"
    assert block_values(comparable(Child(surname="Ли", forename="Мария", birth_date=date(2016, 2, 11))))


@PATIENT
@given(st.text(max_size=40))
@example("\U0001d756")  # a styled Greek capital, a letter only after normalising
def test_folding_twice_is_folding_once(text):
    once = fold(text)
    assert once is None or fold(once) == once


def test_filler_dates_and_numbers_are_absent():
    (face,) = comparable(Child(birth_date=date(1900, 1, 1), nhs_number="9876543210", upn="F98765432123B")).faces
    assert list(face.present()) == ["unborn"]


def test_a_swapped_birth_date_meets_its_true_one():
    a = comparable(Child(surname="Lorimer", forename="Tamsin", birth_date=date(2016, 2, 11)))
    b = comparable(Child(surname="Lorimer", forename="Tamsin", birth_date=date(2016, 11, 2)))
    assert {rule for rule, _ in set(block_values(a)) & set(block_values(b))} >= {"surname_birth_date"}


def test_nothing_blocks_on_an_address_alone():
    assert block_values(comparable(Child(postcode="ZE1 0AA", uprn="100012345678", address_line="1 Mill Lane"))) == ()


children = events_of().map(lambda event: comparable(event.child))


@PATIENT
@given(children, children, children)
def test_merging_is_a_union_in_any_order(a, b, c):
    assert merge(a, a) == a
    assert merge(a, b) == merge(b, a)
    assert merge(merge(a, b), c) == merge(a, merge(b, c))
    assert set(block_values(merge(a, b))) == set(block_values(a)) | set(block_values(b))


@PATIENT
@given(children, children)
def test_an_identity_record_comes_back_whole_and_equal_records_are_equal_bytes(a, b):
    assert from_bytes(to_bytes(merge(a, b))) == merge(a, b)
    assert to_bytes(merge(a, b)) == to_bytes(merge(b, a))


def test_no_comparable_prints_a_name():
    assert "lorimer" not in repr(comparable(Child(surname="Lorimer", forename="Tamsin"))).lower()
