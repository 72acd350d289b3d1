"""The named transforms: each takes any value of its type and gives a value of the same type, or nothing.

Rules: every transform is total (bad input gives nothing, never an echo and never an error); what goes is of the same
type as what came; doing it twice is doing it once, save for `token`. Left out: who may have what (`sharing.policy`).
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from enum import Enum
from typing import Any

from sharing.policy import Transform, TransformKind

Value = Any
"""A field's value; None where there is none."""
Tokeniser = Callable[[str, str], str | None]
"""Path and value to the recipient's own pseudonym; keyed by the broker, per recipient and epoch."""

RECORDED = "RECORDED"
AGE_BANDS = (0, 5, 10, 16, 18)
"""Youngest age of each band, in years."""


def clear(value: Value) -> Value:
    """The value as it is."""
    return value


def withhold(_value: Value) -> None:
    """Nothing, whatever came."""
    return


def existence(value: str | None, says: str = RECORDED) -> str | None:
    """That there is something: always the same words."""
    return None if value is None else says


def year(value: date | None) -> date | None:
    """The first of January of that year."""
    return None if value is None else value.replace(month=1, day=1)


def age_band(birth_date: date | None, on: date | None) -> date | None:
    """A date of birth reduced to its band (0-4, 5-9, 10-15, 16-17, 18 and over) on a given day.

    Args:
        birth_date: The date of birth.
        on: The day from which age is counted: when the event happened.

    Returns:
        First of January of the year in which somebody of the band's youngest age was born at the latest; the same for
        everybody of the band. None without both dates, for a child not yet born, or where the calendar ends.
    """
    if birth_date is None or on is None or birth_date > on:
        return None
    had_birthday = (on.month, on.day) >= (birth_date.month, birth_date.day)
    age = on.year - birth_date.year - (0 if had_birthday else 1)
    youngest = max(band for band in AGE_BANDS if band <= age)
    return date(on.year - youngest, 1, 1) if on.year > youngest else None


_OUTWARD = r"[A-Z]{1,2}[0-9][A-Z0-9]?"
_POSTCODE = re.compile(rf"({_OUTWARD})(?:[0-9][A-Z]{{2}})?")
_FORCES = "BF1"


def outward(postcode: str | None) -> str | None:
    """The part of a postcode before its last three characters; an outward code stays as it is.

    Forces' post (BFPO, BF1), GIR 0AA and whatever is no postcode give nothing: a bad postcode is never echoed.
    """
    match = _POSTCODE.fullmatch("".join((postcode or "").split()).upper())
    return match.group(1) if match and match.group(1) != _FORCES else None


def category(value: Value, pairs: Mapping[str, str]) -> Value:
    """A word by a closed map; what the map does not list gives nothing. Of several words, those that it lists."""
    if isinstance(value, tuple):
        kept = tuple(dict.fromkeys(item for item in (category(v, pairs) for v in value) if item is not None))
        return kept or None
    if isinstance(value, Enum):
        word = pairs.get(value.value)
        return None if word is None else type(value)(word)
    return pairs.get(value) if isinstance(value, str) else None


def stays(transform: Transform, person: object) -> bool:
    """Whether a part of a person's record stays: always, unless it is for a group to which the person does not belong.

    A role that is not said, or that the group does not list, belongs to nobody.
    """
    if transform.kind is not TransformKind.PERSONS:
        return True
    return any(" ".join((getattr(person, by, None) or "").casefold().split()) == role for role, by in transform.pairs)


def transformer(transform: Transform) -> Callable[[Value], Value]:
    """The function of a transform that needs nothing but the value.

    Raises:
        KeyError: `age_band`, `token` and `scrub` need more than the value; `redact` gives it to them.
    """
    if transform.kind is TransformKind.EXISTENCE and transform.pairs:
        ((_, says),) = transform.pairs
        return lambda value: existence(value, says)
    if transform.kind is TransformKind.CATEGORY:
        pairs = dict(transform.pairs)
        return lambda value: category(value, pairs)
    return _PLAIN[transform.kind]


_PLAIN: dict[TransformKind, Callable[[Value], Value]] = {
    TransformKind.CLEAR: clear,
    TransformKind.WITHHOLD: withhold,
    TransformKind.EXISTENCE: existence,
    TransformKind.YEAR: year,
    TransformKind.OUTWARD: outward,
}
