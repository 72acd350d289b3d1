"""The lattice: a seal only lowers, and what cannot be compared is withheld."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharing.policy import CLEAR, WITHHOLD, Transform, TransformKind, is_at_most, lowest

plain = st.sampled_from([Transform(k) for k in TransformKind if k is not TransformKind.CATEGORY])
maps = st.sampled_from([Transform(TransformKind.CATEGORY, n, ((n, n),)) for n in ("a", "b")])
transforms = plain | maps


@given(st.lists(transforms, min_size=1, max_size=4), st.randoms())
def test_the_lowest_does_not_depend_on_the_order_of_seals(bounds, random):
    shuffled = list(bounds)
    random.shuffle(shuffled)
    assert lowest(*shuffled) == lowest(*bounds)


@given(st.lists(transforms, min_size=1, max_size=4))
def test_the_lowest_tells_no_more_than_any(bounds):
    assert all(is_at_most(lowest(*bounds), bound) for bound in bounds)


@given(st.lists(transforms, min_size=1, max_size=4), transforms)
def test_one_more_seal_never_gives_more(bounds, seal):
    assert is_at_most(lowest(*bounds, seal), lowest(*bounds))


@given(transforms)
def test_withhold_is_the_bottom_and_clear_the_top(a):
    assert lowest(a, WITHHOLD) == WITHHOLD
    assert lowest(a, CLEAR) == a


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (Transform(TransformKind.YEAR), Transform(TransformKind.OUTWARD)),
        (Transform(TransformKind.YEAR), Transform(TransformKind.AGE_BAND)),
        (Transform(TransformKind.CATEGORY, "a"), Transform(TransformKind.CATEGORY, "b")),
    ],
)
def test_what_cannot_be_compared_is_withheld(a, b):
    assert lowest(a, b) == WITHHOLD


def test_the_order_is_that_of_the_design():
    names = ["withhold", "existence", "category", "outward", "token", "clear"]
    ladder = [Transform(TransformKind(name)) for name in names]
    assert all(is_at_most(low, high) for low, high in itertools.pairwise(ladder))
    assert not any(is_at_most(high, low) for low, high in itertools.pairwise(ladder))
