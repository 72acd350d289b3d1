"""A child as a sender wrote it -> what linkage compares: folded names, dates, sex, place, identifiers.

A `Face` is one record's account of a child; a `Comparable` is every different account that is known of one child, so
that an old name or address stays an alternative. Merging is a union of faces: the order of arrival leaves no trace in
it.

Left out: ethnicity, telephone, setting and GP (they tell little about who somebody is and much about where), and
local ids (the sender's own token does that work). Rules: what says nothing ("Unknown", 1 January 1900) counts as
absent; a temporary UPN is no identifier; only folded forms are kept, nobody can print a child's name from here.
"""

import re
import unicodedata
from dataclasses import dataclass, fields
from datetime import date

from sharing.events import Child, Quiet, Sex
from sharing.identity.identifiers import is_temporary_upn, nhs_number, postcode, upn

EARLIEST_BIRTH_YEAR = 1920
"""Older birth dates are what forms put where none was given (1800, 1900)."""

_APOSTROPHES = re.compile("['`\u00b4\u2018\u2019\u02bb\u02bc\u2032]")
_BETWEEN = re.compile(r"[\W_]+")
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\u0131": "i", "ħ": "h"}
)
_PREFIXES = frozenset({"o", "mc", "mac"})
_SILENT = frozenset(
    "unknown notknown notgiven notstated unspecified withheld refused nk na none null tbc test dummy noname unnamed "  # noqa: SIM905 - a list of words
    "nosurname noforename surname forename firstname lastname anon anonymous xx xxx xxxx zz zzz".split()
)
_NAMELESS = frozenset({"baby", "unborn", "infant", "newborn", "twin", "triplet", "bump"})
_WARD_NAMES = frozenset({"boy", "girl", "male", "female"})
"""Newborn twins are both `Boy` on the ward's system until they are registered."""
_MAC_LENGTH = 6


@dataclass(frozen=True, slots=True, repr=False)
class Face(Quiet):
    """One record's account of a child, folded. Names are words with single spaces between them.

    Attributes:
        unborn: No birth date, and the record speaks of a child who is expected.
        uprn: Digits of the property reference. It gives an address away as surely as the address.
        upn: Permanent UPNs only.
    """

    surname: str | None = None
    forename: str | None = None
    known_as: str | None = None
    former_surname: str | None = None
    birth_date: date | None = None
    expected_birth_date: date | None = None
    sex: Sex | None = None
    postcode: str | None = None
    uprn: str | None = None
    nhs_number: str | None = None
    upn: str | None = None
    unborn: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Comparable(Quiet):
    """Every different account of one child, in a fixed order."""

    faces: tuple[Face, ...]


def comparable(child: Child) -> Comparable:
    """The child of one event, ready to be compared."""
    birth_date = child.birth_date
    if birth_date is not None and birth_date.year < EARLIEST_BIRTH_YEAR:
        birth_date = None
    own_upn = upn(child.upn)
    return Comparable(
        (
            Face(
                surname=_surname(child.surname),
                forename=_forename(child.forename),
                known_as=_forename(child.known_as),
                former_surname=_surname(child.former_surname),
                birth_date=birth_date,
                expected_birth_date=child.expected_birth_date,
                sex=child.sex if child.sex in (Sex.FEMALE, Sex.MALE) else None,
                postcode=postcode(child.postcode),
                uprn=_uprn(child.uprn),
                nhs_number=nhs_number(child.nhs_number),
                upn=None if own_upn is None or is_temporary_upn(own_upn) else own_upn,
                unborn=birth_date is None and (child.expected_birth_date is not None or _is_nameless(child.forename)),
            ),
        )
    )


def merge(known: Comparable, probe: Comparable) -> Comparable:
    """Both accounts together. Commutative, associative and idempotent, so that order and replays change nothing."""
    if set(probe.faces) <= set(known.faces):
        return known  # most events say nothing new about who the child is
    faces = {_order(face): face for face in (*known.faces, *probe.faces)}
    return Comparable(tuple(faces[key] for key in sorted(faces)))


def fold(text: str | None) -> str | None:
    """A name without case, accents, apostrophes and hyphens, Mac as Mc; None when that leaves nothing."""
    # Odd widths and styles are letters only after normalising, so case and apostrophes come after it; apostrophes come
    # before it, too: an accent typed for one would fall apart into a space.
    plain = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text or "")).casefold()
    plain = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", plain).translate(_LETTERS))
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    words = _joined_prefixes(_BETWEEN.sub(" ", letters).split())
    folded = " ".join(f"mc{w[3:]}" if w.startswith("mac") and len(w) >= _MAC_LENGTH else w for w in words)
    return folded if folded and folded.replace(" ", "") not in _SILENT else None


def _joined_prefixes(words: list[str]) -> list[str]:
    """`o brien` and `mc donald` as one word."""
    joined: list[str] = []
    for word in words:
        if joined and joined[-1] in _PREFIXES:
            joined[-1] += word
        else:
            joined.append(word)
    return joined


def _surname(text: str | None) -> str | None:
    """A surname; `Baby of Lorimer` and `Unborn Lorimer` are `lorimer`."""
    words = (fold(text) or "").split()
    if words and words[0] in _NAMELESS:
        words = [w for w in words if w not in _NAMELESS and w != "of"]
    return " ".join(words) or None


def _forename(text: str | None) -> str | None:
    return None if _is_nameless(text, _NAMELESS | _WARD_NAMES) else fold(text)


def _is_nameless(text: str | None, names: frozenset[str] = _NAMELESS) -> bool:
    """Whether a forename stands for a child that has none yet."""
    words = (fold(text) or "").split()
    return bool(words) and words[0] in names


def _uprn(text: str | None) -> str | None:
    digits = (text or "").strip().lstrip("0")
    return digits if re.fullmatch(r"\d{1,12}", digits, re.ASCII) else None


def _order(face: Face) -> tuple[str, ...]:
    """A total order over faces, absent before present."""
    values = (getattr(face, field.name) for field in fields(Face))
    return tuple("" if value is None else f"={value}" for value in values)
