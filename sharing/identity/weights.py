"""Fellegi-Sunter: how likely each level is among records of one child (m) and of two children (u), and what it weighs.

The weight of a level is log2(m / u); a pair weighs the sum of its levels and of the prior. Left out: what follows
from a weight (`linkage`): no weight links by itself, each link also needs the evidence that its rule names.

The figures are set by hand, not trained. u: one birth date among some 6,500; names as common as in an English
authority (commonest surname 1.3 %, commonest forename 1 to 2 %); one postcode among some 5,000, with a margin for
families. m: 5 to 10 % of names typed wrongly, one child in five moved, 1 to 2 % of dates with day and month swapped.
They are round on purpose: the rules do not hang on the second digit, and the benchmark test says what they lead to.
"""

from collections.abc import Mapping
from math import log2
from types import MappingProxyType

from sharing.identity.comparison import Level, Vector

PRIOR = -14.0
"""log2 odds that a pair taken at random is of one child, in a partnership with some 16,000 children of concern."""

_TABLE: Mapping[str, Mapping[Level, tuple[float, float]]] = {
    "surname": {
        Level.EXACT: (0.85, 0.0012),
        Level.SIMILAR: (0.06, 0.0014),
        Level.PART: (0.03, 0.0010),
        Level.FORMER: (0.01, 0.0005),
        Level.NAMES_SWAPPED: (0.01, 0.00005),
        Level.ELSE: (0.04, 0.99),
    },
    "forename": {
        Level.EXACT: (0.80, 0.006),
        Level.KNOWN_AS: (0.05, 0.004),
        Level.FIRST_WORD: (0.04, 0.003),
        Level.SIMILAR: (0.06, 0.010),
        Level.INITIAL: (0.01, 0.020),
        Level.NAMES_SWAPPED: (0.01, 0.006),
        Level.ELSE: (0.04, 0.95),
    },
    "birth": {
        Level.EXACT: (0.93, 0.00016),
        Level.DAY_MONTH_SWAPPED: (0.015, 0.00006),
        Level.NEW_YEARS_DAY: (0.005, 0.00015),
        Level.ONE_DIGIT: (0.02, 0.003),
        Level.EXPECTED: (0.01, 0.010),
        Level.ELSE: (0.02, 0.985),
    },
    "address": {
        Level.PROPERTY: (0.35, 0.0001),
        Level.POSTCODE: (0.40, 0.0003),
        Level.SECTOR: (0.05, 0.010),
        Level.ELSE: (0.20, 0.985),
    },
    # Sex as recorded: records differ on it for good reasons, so it weighs little either way.
    "sex": {Level.EXACT: (0.97, 0.5), Level.ELSE: (0.03, 0.5)},
    "nhs_number": {Level.EXACT: (0.98, 1e-7), Level.ELSE: (0.02, 1.0)},
    "upn": {Level.EXACT: (0.95, 1e-6), Level.ELSE: (0.05, 1.0)},
}


def _weights(levels: Mapping[Level, tuple[float, float]]) -> Mapping[Level, float]:
    return MappingProxyType({Level.NULL: 0.0} | {level: round(log2(m / u), 2) for level, (m, u) in levels.items()})


WEIGHTS: Mapping[str, Mapping[Level, float]] = MappingProxyType({f: _weights(table) for f, table in _TABLE.items()})
"""Field -> level -> weight in bits."""

Waterfall = tuple[tuple[str, Level, float], ...]
"""Field, level and weight: how a pair came to its sum."""


def waterfall(vector: Vector) -> Waterfall:
    """The pair's levels with what each weighs. The prior is not among them."""
    return tuple((field, level, WEIGHTS[field][level]) for field, level in vector.levels())


def match_weight(steps: Waterfall) -> float:
    """Sum of prior and levels in bits: the log2 odds that both records are of one child."""
    return round(PRIOR + sum((weight for _, _, weight in steps), start=0.0), 2)


def match_weight_to_probability(weight: float) -> float:
    """From log2 odds to a probability, for people; nothing is decided on it."""
    odds = 2.0 ** max(min(weight, 60.0), -60.0)
    return float(odds / (1.0 + odds))
