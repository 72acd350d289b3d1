"""Blocking: the values under which two records of one child are likely to meet, so that few pairs are compared.

Left out: the keyed tokens made of these values (`sharing.ids.blocking_token`) and where they are stored.
Rules: every pair that linkage would link by itself shares at least one value (a test holds this); day and month stand
in a fixed order, so a swapped birth date meets its true one; nothing blocks on an address alone, because a search by
address is how a family in hiding is looked for.
"""

from collections.abc import Iterator
from datetime import date

import jellyfish

from sharing.identity.normalise import Comparable, Face

Block = tuple[str, str]
"""Rule and value."""


def block_values(comparable: Comparable) -> tuple[Block, ...]:
    """Every blocking value of a child, sorted, each once.

    Returns:
        `(rule, value)`; personal values: token them before they are kept anywhere.
    """
    return tuple(sorted({block for face in comparable.faces for block in _of_face(face)}))


def sound(name: str) -> str:
    """How a folded name sounds, near enough; the name itself where its letters have no such rule."""
    joined = name.replace(" ", "")
    return jellyfish.metaphone(joined) or joined


def _of_face(face: Face) -> Iterator[Block]:
    if face.nhs_number:
        yield "nhs_number", face.nhs_number
    if face.upn:
        yield "upn", face.upn
    surnames, forenames = _surname_sounds(face), _forename_sounds(face)
    if face.birth_date:
        born = _day_and_month_in_order(face.birth_date)
        yield from (("surname_birth_date", f"{s}|{born}") for s in surnames)
        yield from (("forename_birth_date", f"{s}|{born}") for s in forenames)
        if face.postcode:
            yield "postcode_birth_year", f"{face.postcode}|{face.birth_date.year}"
    yield from (("name", "|".join(sorted((s, f)))) for s in surnames for f in forenames)
    if face.postcode:
        yield from (("surname_postcode", f"{s}|{face.postcode}") for s in surnames)


def _surname_sounds(face: Face) -> set[str]:
    """Sounds of the surname, the former surname, and the parts of both."""
    names = [name for name in (face.surname, face.former_surname) if name]
    parts = [part for name in names for part in name.split() if len(part) > 2]  # noqa: PLR2004 - de, al, le say nothing
    return {sound(name) for name in (*names, *parts)}


def _forename_sounds(face: Face) -> set[str]:
    """Sounds of the forename, its first word and the name in use."""
    names = [name for name in (face.forename, face.known_as) if name]
    return {sound(name) for name in (*names, *(name.split()[0] for name in names))}


def _day_and_month_in_order(born: date) -> str:
    low, high = sorted((born.day, born.month))
    return f"{born.year:04}-{low:02}-{high:02}"
