"""Comparison: field by field, how far two records agree, as one level of a short list.

Left out: what a level weighs (`weights`) and what follows from it (`linkage`).
Rules: a level says how values relate and never what they are, so a vector of levels may be shown to a reviewer;
absence on either side is NULL, which is neither for nor against; comparing is the same in either direction.
"""

from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum

from rapidfuzz.distance import JaroWinkler

from sharing.identity.blocking import sound
from sharing.identity.normalise import Comparable, Face

SIMILAR_SURNAME = 0.92
SIMILAR_FORENAME = 0.90
SHORTEST_SOUND = 3
"""Shorter sounds are shared by too many names: Lee and Lowe are both L."""
EARLY_DAYS, LATE_DAYS = 120, 28
"""A child may be born this long before, or after, the expected date."""
EXPECTED_DAYS = 28
"""Two estimates of one expected date differ by no more."""


class Level(StrEnum):
    """How one field of two records compares."""

    NULL = "null"
    EXACT = "exact"
    KNOWN_AS = "known_as"
    FIRST_WORD = "first_word"
    SIMILAR = "similar"
    PART = "part"
    FORMER = "former"
    INITIAL = "initial"
    NAMES_SWAPPED = "names_swapped"
    DAY_MONTH_SWAPPED = "day_month_swapped"
    NEW_YEARS_DAY = "new_years_day"
    ONE_DIGIT = "one_digit"
    EXPECTED = "expected"
    PROPERTY = "property"
    POSTCODE = "postcode"
    SECTOR = "sector"
    ELSE = "else"


@dataclass(frozen=True, slots=True)
class Vector:
    """The levels of one pair. `unborn` when either side is a child not yet born."""

    surname: Level
    forename: Level
    birth: Level
    address: Level
    sex: Level
    nhs_number: Level
    upn: Level
    unborn: bool = False

    def levels(self) -> tuple[tuple[str, Level], ...]:
        """Field and level, in the order in which people read them."""
        return tuple((f.name, getattr(self, f.name)) for f in fields(self) if f.name != "unborn")


def compare(probe: Comparable, known: Comparable) -> tuple[Vector, ...]:
    """One vector for each pair of accounts; identifiers are compared over all accounts of either side.

    A child whose number was replaced has both numbers among its accounts: a record with either agrees.
    """
    nhs = _identifiers({f.nhs_number for f in probe.faces}, {f.nhs_number for f in known.faces})
    upn = _identifiers({f.upn for f in probe.faces}, {f.upn for f in known.faces})
    return tuple(_vector(a, b, nhs, upn) for a in probe.faces for b in known.faces)


def _vector(a: Face, b: Face, nhs: Level, upn: Level) -> Vector:
    if a.surname != b.surname and a.surname and (a.surname, a.forename) == (b.forename, b.surname):
        surname = forename = Level.NAMES_SWAPPED
    else:
        surname, forename = _surnames(a, b), _forenames(a, b)
    sex = Level.NULL if not (a.sex and b.sex) else Level.EXACT if a.sex is b.sex else Level.ELSE
    return Vector(surname, forename, _births(a, b), _addresses(a, b), sex, nhs, upn, a.unborn or b.unborn)


def _identifiers(a: set[str | None], b: set[str | None]) -> Level:
    ours, theirs = a - {None}, b - {None}
    if not ours or not theirs:
        return Level.NULL
    return Level.EXACT if ours & theirs else Level.ELSE


def _surnames(a: Face, b: Face) -> Level:
    if not a.surname or not b.surname:
        return Level.NULL
    if _joined(a.surname) == _joined(b.surname):
        return Level.EXACT
    if _alike(a.surname, b.surname, SIMILAR_SURNAME):
        return Level.SIMILAR
    if {w for w in a.surname.split() if len(w) > 2} & set(b.surname.split()):  # noqa: PLR2004 - de, al, le say nothing
        return Level.PART
    earlier = {(a.former_surname, b.surname), (a.surname, b.former_surname), (a.former_surname, b.former_surname)}
    return Level.FORMER if any(x and y and _joined(x) == _joined(y) for x, y in earlier) else Level.ELSE


def _forenames(a: Face, b: Face) -> Level:
    ours, theirs = a.forename or a.known_as, b.forename or b.known_as
    if not ours or not theirs:
        return Level.NULL
    if _joined(ours) == _joined(theirs):
        return Level.EXACT
    # Two names in use that agree do not count: twins Alexander and Alexandra may both be Alex.
    if any(x and y and _joined(x) == _joined(y) for x, y in ((ours, b.known_as), (a.known_as, theirs))):
        return Level.KNOWN_AS
    if 1 in (len(ours.split()), len(theirs.split())) and ours.split()[0] == theirs.split()[0]:
        return Level.FIRST_WORD
    if _alike(ours, theirs, SIMILAR_FORENAME):
        return Level.SIMILAR
    return Level.INITIAL if ours[0] == theirs[0] and 1 in (len(ours), len(theirs)) else Level.ELSE


def _births(a: Face, b: Face) -> Level:
    if a.birth_date and b.birth_date:
        return _birth_dates(a.birth_date, b.birth_date)
    ours, theirs = a.birth_date or a.expected_birth_date, b.birth_date or b.expected_birth_date
    if not ours or not theirs:
        return Level.NULL
    if not a.birth_date and not b.birth_date:
        return Level.EXPECTED if abs((ours - theirs).days) <= EXPECTED_DAYS else Level.ELSE
    late = (ours - theirs).days if a.birth_date else (theirs - ours).days
    return Level.EXPECTED if -EARLY_DAYS <= late <= LATE_DAYS else Level.ELSE


def _birth_dates(a: date, b: date) -> Level:
    if a == b:
        return Level.NEW_YEARS_DAY if (a.day, a.month) == (1, 1) else Level.EXACT
    if (a.year, a.month, a.day) == (b.year, b.day, b.month):
        return Level.DAY_MONTH_SWAPPED
    wrong = sum(x != y for x, y in zip(a.isoformat(), b.isoformat(), strict=True))
    return Level.ONE_DIGIT if wrong == 1 else Level.ELSE


def _addresses(a: Face, b: Face) -> Level:
    if a.uprn and a.uprn == b.uprn:
        return Level.PROPERTY
    if not a.postcode or not b.postcode:
        return Level.NULL
    if a.postcode == b.postcode:
        return Level.POSTCODE
    return Level.SECTOR if a.postcode[:-2] == b.postcode[:-2] else Level.ELSE


def _joined(name: str) -> str:
    return name.replace(" ", "")


def _alike(a: str, b: str, threshold: float) -> bool:
    x, y = sorted((_joined(a), _joined(b)))
    return JaroWinkler.similarity(x, y) >= threshold or (len(sound(x)) >= SHORTEST_SOUND and sound(x) == sound(y))
