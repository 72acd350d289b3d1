"""How much of a value goes: the named transforms and the order between them.

`withhold < existence < category < year, age_band, outward < token < clear`. A seal can only lower: the result is the
lower of the two, and where two cannot be compared nothing goes. Left out: their work
(`sharing.redaction`).
"""

from dataclasses import dataclass
from enum import StrEnum
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
    CLEAR = "clear"


_LEVEL = {
    TransformKind.WITHHOLD: 0,
    TransformKind.EXISTENCE: 1,
    TransformKind.CATEGORY: 2,
    TransformKind.YEAR: 3,
    TransformKind.AGE_BAND: 3,
    TransformKind.OUTWARD: 3,
    TransformKind.TOKEN: 4,
    TransformKind.CLEAR: 5,
}


@dataclass(frozen=True, slots=True)
class Transform:
    """One transform, as a permit or a seal names it.

    Attributes:
        name: Name of the closed map, for CATEGORY only.
        pairs: That map, from value to value, sorted. What it does not list is withheld.
    """

    kind: TransformKind
    name: str = ""
    pairs: tuple[tuple[str, str], ...] = ()

    @property
    def words(self) -> str:
        """As it stands in the ledger, such as `clear` or `category:plan_kinds`."""
        return f"{self.kind}:{self.name}" if self.name else self.kind.value


WITHHOLD = Transform(TransformKind.WITHHOLD)
CLEAR = Transform(TransformKind.CLEAR)


def is_at_most(a: Transform, b: Transform) -> bool:
    """Whether `a` tells no more than `b`."""
    return a == b or _LEVEL[a.kind] < _LEVEL[b.kind]


def lowest(*bounds: Transform) -> Transform:
    """The lowest of several, in whatever order; `withhold` as soon as any two of them cannot be compared.

    So one bound more never gives more, which taking the lower of each pair in turn would not ensure.
    """
    comparable = all(is_at_most(a, b) or is_at_most(b, a) for a, b in combinations(bounds, 2))
    return next(low for low in bounds if all(is_at_most(low, other) for other in bounds)) if comparable else WITHHOLD
