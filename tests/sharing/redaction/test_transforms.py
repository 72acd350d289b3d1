"""Transforms: each total, each of the same type, each telling no more than its name says."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sharing.events import Marking, PlanKind
from sharing.policy import Transform, TransformKind
from sharing.redaction import RECORDED, age_band, category, existence, outward, year
from sharing.redaction.transforms import AGE_BANDS, clear, transformer, withhold

dates = st.dates()
texts = st.text()
anything = st.none() | st.text() | st.integers() | st.booleans() | dates | st.sampled_from(list(PlanKind))


@given(anything)
def test_clear_gives_the_value_and_withhold_gives_nothing(value):
    assert clear(value) is value
    assert withhold(value) is None


@given(texts)
def test_existence_says_the_same_of_every_text(value):
    assert existence(value) == RECORDED
    assert existence(existence(value)) == RECORDED
    assert existence(None) is None


@given(dates, dates)
def test_year_is_constant_within_a_year_and_keeps_no_day(one, other):
    assert year(year(one)) == year(one)
    assert (year(one) == year(other)) is (one.year == other.year)
    assert year(None) is None


def age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def band(years: int) -> int:
    return max(i for i, youngest in enumerate(AGE_BANDS) if youngest <= years)


@given(st.dates(date(1850, 1, 1)), dates, dates)
def test_age_band_is_constant_within_a_band_and_differs_between_bands(on, one, other):
    assume(one <= on and other <= on)
    assert (age_band(one, on) == age_band(other, on)) is (band(age(one, on)) == band(age(other, on)))


@given(dates, dates)
def test_age_band_is_total_and_banding_twice_is_banding_once(born, on):
    reduced = age_band(born, on)
    assert (reduced is None) is (born > on or on.year <= AGE_BANDS[band(age(born, on))])
    if reduced is not None:
        assert (reduced.month, reduced.day) == (1, 1)
        assert age_band(reduced, on) == reduced
    assert age_band(None, on) is None
    assert age_band(born, None) is None


BAND_OF = {0: 0, 4: 0, 5: 5, 9: 5, 10: 10, 15: 10, 16: 16, 17: 16, 18: 18, 60: 18}


@pytest.mark.parametrize(("years", "youngest"), BAND_OF.items())
def test_age_bands_are_those_of_the_vocabulary(years, youngest):
    on = date(2026, 11, 21)
    assert age_band(date(2026 - years, 11, 21), on) == date(2026 - youngest, 1, 1)
    assert age_band(date(2026 - years - 1, 11, 22), on) == date(2026 - youngest, 1, 1)
    assert age_band(on + timedelta(days=1), on) is None


@given(texts)
def test_outward_never_echoes_and_never_tells_the_inward_part(postcode):
    found = outward(postcode)
    if found is not None:
        assert 2 <= len(found) <= 4
        assert not re.search(r"[0-9][A-Z]{2}$", found)
        assert outward(found) == found


OUTWARD = st.from_regex(r"\A[A-Z]{1,2}[0-9][A-Z0-9]?\Z")
INWARD = st.from_regex(r"\A[0-9][A-Z]{2}\Z")


@given(OUTWARD, INWARD, INWARD, st.sampled_from(["", " ", "  "]))
def test_outward_depends_on_nothing_but_the_outward_code(code, one, other, gap):
    assert outward(code + gap + one) == outward((code + gap + other).lower())
    assert outward(code + gap + one) == (None if code == "BF1" else code)


NO_OUTWARD = ["GIR 0AA", "BFPO 123", "BF1 2AA", "not known", "ZZ9 4A", "14 Mill Lane", "", "A\u0663 3AA", "Z99001"]


@pytest.mark.parametrize("bad", NO_OUTWARD)
def test_outward_withholds_forces_post_girobank_and_whatever_is_no_postcode(bad):
    assert outward(bad) is None
    assert outward(None) is None


PAIRS = {"NO_PARENT_CONTACT": "NO_PARENT_CONTACT", "A": "B", "B": "B"}


@given(texts | st.none() | st.integers() | st.sampled_from(list(Marking)))
def test_category_gives_only_what_its_map_gives(value):
    found = category(value, PAIRS)
    assert found is None or found in PAIRS.values()
    assert category(found, PAIRS) == found


@given(st.lists(st.sampled_from(list(Marking))).map(tuple))
def test_category_of_several_keeps_listed_words_and_hides_how_many_were_not(markings):
    found = category(markings, PAIRS)
    assert found == ((Marking.NO_PARENT_CONTACT,) if Marking.NO_PARENT_CONTACT in markings else None)


def test_every_transform_that_needs_only_the_value_has_its_function():
    more = {TransformKind.AGE_BAND, TransformKind.TOKEN, TransformKind.SCRUB, TransformKind.PERSONS}
    for kind in TransformKind:
        if kind in more:
            with pytest.raises(KeyError):
                transformer(Transform(kind))
        else:
            assert transformer(Transform(kind, "x" if kind is TransformKind.CATEGORY else ""))(None) is None
