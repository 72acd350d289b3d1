"""How much of a value goes: the named transforms and the order between them.

`withhold < existence < category < year, age_band, outward < token < clear`. `scrub` stands between `existence` and
`clear` and beside all the others: a text from which names were taken out may hold more or less than any of them.
`persons` stands between `withhold` and `clear` only: of some persons of a list it gives all, of the others nothing. A
seal can only lower: the result is the lower of the two, and where two cannot be compared nothing goes. Left out: their
work (`sharing.redaction`).
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import combinations


class TransformKind(StrEnum):
    """What may be done with a value. `existence` is the marker: that there is something, never what."""

    WITHHOLD = "withhold"
    EXISTENCE = "existence"
    CATEGORY = "category"
    YEAR = "year"
    AGE_BAND = "age_band"
    OUTWARD = "outward"
    TOKEN = "token"  # noqa: S105 - the field's word for a pseudonym, not a secret
    SCRUB = "scrub"
    PERSONS = "persons"
    CLEAR = "clear"


_K = TransformKind
_REDUCED = {_K.TOKEN, _K.CLEAR}
TELLS_MORE: dict[TransformKind, frozenset[TransformKind]] = {
    _K.WITHHOLD: frozenset(set(_K) - {_K.WITHHOLD}),
    _K.EXISTENCE: frozenset(set(_K) - {_K.WITHHOLD, _K.EXISTENCE, _K.PERSONS}),
    _K.CATEGORY: frozenset({_K.YEAR, _K.AGE_BAND, _K.OUTWARD, *_REDUCED}),
    _K.YEAR: frozenset(_REDUCED),
    _K.AGE_BAND: frozenset(_REDUCED),
    _K.OUTWARD: frozenset(_REDUCED),
    _K.TOKEN: frozenset({_K.CLEAR}),
    _K.SCRUB: frozenset({_K.CLEAR}),
    _K.PERSONS: frozenset({_K.CLEAR}),
    _K.CLEAR: frozenset(),
}
"""For each kind those that tell strictly more."""


@dataclass(frozen=True, slots=True)
class Transform:
    """One transform, as a permit or a seal names it.

    Attributes:
        name: Name of the closed map, for CATEGORY; of the marker, for an EXISTENCE that has words of its own; of the
            group of persons, for PERSONS.
        pairs: That map, from value to value, sorted. What it does not list is withheld. For a marker its one text. For
            persons each role that stays, with the field that says a person's role.
    """

    kind: TransformKind
    name: str = ""
    pairs: tuple[tuple[str, str], ...] = ()

    @property
    def words(self) -> str:
        """As it stands in the ledger, such as `clear` or `category:plan_kinds`."""
        return f"{self.kind}:{self.name}" if self.name else self.kind.value


WITHHOLD = Transform(TransformKind.WITHHOLD)
SCRUB = Transform(TransformKind.SCRUB)
CLEAR = Transform(TransformKind.CLEAR)


def is_at_most(a: Transform, b: Transform) -> bool:
    """Whether `a` tells no more than `b`."""
    return a == b or b.kind in TELLS_MORE[a.kind]


@cache
def lowest(*bounds: Transform) -> Transform:
    """The lowest of several, in whatever order; `withhold` as soon as any two of them cannot be compared.

    So one bound more never gives more, which taking the lower of each pair in turn would not ensure.
    """
    comparable = all(is_at_most(a, b) or is_at_most(b, a) for a, b in combinations(bounds, 2))
    return next(low for low in bounds if all(is_at_most(low, other) for other in bounds)) if comparable else WITHHOLD
