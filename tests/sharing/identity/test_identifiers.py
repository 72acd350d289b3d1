"""Identifiers: the published check sums, the fillers that pass them, and forms that people type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharing.identity.identifiers import (
    UPN_LETTERS,
    Flaw,
    check_nhs_number,
    check_postcode,
    check_upn,
    is_temporary_upn,
    nhs_number,
    postcode,
    upn,
    upn_check_letter,
)
from tests.strategies import PATIENT


@pytest.mark.parametrize(
    ("written", "value", "flaw"),
    [
        ("9434765919", "9434765919", None),
        ("943 476 5919", "9434765919", None),
        ("943-476-5919", "9434765919", None),
        ("943.476.5919", "9434765919", None),
        ("9000000009", "9000000009", None),
        ("9912003888", "9912003888", None),
        ("9912003899", None, Flaw.BAD_CHECK),
        ("9876543210", None, Flaw.PLACEHOLDER),
        ("0123456789", None, Flaw.PLACEHOLDER),
        ("943476591", None, Flaw.BAD_FORM),
        ("9.43477E+09", None, Flaw.BAD_FORM),
        ("٩٤٣٤٧٦٥٩١٩", None, Flaw.BAD_FORM),
        ("", None, Flaw.MISSING),
        (None, None, Flaw.MISSING),
    ],
    ids=range(14),
)
def test_nhs_number_is_read_as_the_standard_says(written, value, flaw):
    checked = check_nhs_number(written)
    assert (checked.value, checked.flaw) == (value, flaw)
    assert nhs_number(written) == value


@pytest.mark.parametrize("digit", "0123456789")
def test_a_repeated_digit_passes_the_check_and_is_still_no_identifier(digit):
    assert check_nhs_number(digit * 10).flaw is Flaw.PLACEHOLDER


@PATIENT
@given(st.from_regex(r"[0-9]{10}", fullmatch=True), st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_digit_of_an_nhs_number_is_always_found(digits, place, step):
    if check_nhs_number(digits).value:
        wrong = digits[:place] + str((int(digits[place]) + step) % 10) + digits[place + 1 :]
        assert nhs_number(wrong) is None


@pytest.mark.parametrize(
    ("written", "value", "flaw"),
    [
        ("U502400200093", "U502400200093", None),
        ("u 5024 0020 0093", "U502400200093", None),
        ("A123456789123", None, Flaw.BAD_CHECK),
        ("P123456789123", "P123456789123", None),
        ("X98765432123B", None, Flaw.BAD_CHECK),
        ("F98765432123B", "F98765432123B", None),
        ("A000000000000", None, Flaw.PLACEHOLDER),
        ("I502400200093", None, Flaw.BAD_FORM),
        ("U50240020009O", None, Flaw.BAD_FORM),
        ("UN4", None, Flaw.UNKNOWN_CODE),
        ("un 7", None, Flaw.UNKNOWN_CODE),
        ("UN8", None, Flaw.BAD_FORM),
        (None, None, Flaw.MISSING),
    ],
    ids=range(13),
)
def test_upn_is_read_as_the_standard_says(written, value, flaw):
    checked = check_upn(written)
    assert (checked.value, checked.flaw) == (value, flaw)
    assert upn(written) == value


@PATIENT
@given(st.from_regex(rf"[0-9]{{11}}[0-9{UPN_LETTERS}]", fullmatch=True), st.integers(0, 11), st.integers(1, 9))
def test_one_wrong_digit_of_a_upn_is_always_found(rest, place, step):
    whole = upn_check_letter(rest) + rest
    if upn(whole) and rest[place].isdigit():
        wrong = rest[:place] + str((int(rest[place]) + step) % 10) + rest[place + 1 :]
        assert upn(whole[0] + wrong) is None
        assert is_temporary_upn(whole) == rest[11].isalpha()


@pytest.mark.parametrize(
    ("written", "value", "flaw"),
    [
        ("sw1a1aa", "SW1A 1AA", None),
        ("M1 1AE", "M1 1AE", None),
        ("ec1a   1bb ", "EC1A 1BB", None),
        ("GIR 0AA", "GIR 0AA", None),
        ("bfpo c/o 61", "BFPO 61", None),
        ("ZZ99 3WZ", None, Flaw.PLACEHOLDER),
        ("SW1A", None, Flaw.BAD_FORM),
        ("SW1A 1CA", None, Flaw.BAD_FORM),
        ("not known", None, Flaw.BAD_FORM),
        (" ", None, Flaw.MISSING),
    ],
    ids=range(10),
)
def test_postcode_has_one_form(written, value, flaw):
    checked = check_postcode(written)
    assert (checked.value, checked.flaw) == (value, flaw)
    assert postcode(written) == value


@PATIENT
@given(st.text(max_size=30))
def test_any_text_at_all_gives_a_normal_form_that_is_its_own_or_a_flaw(text):
    for check in (check_nhs_number, check_upn, check_postcode):
        checked = check(text)
        assert (checked.value is None) == (checked.flaw is not None)
        if checked.value is not None:
            assert check(checked.value) == checked


def test_a_checked_identifier_never_prints_itself():
    assert "943" not in repr(check_nhs_number("9434765919"))
