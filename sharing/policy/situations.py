"""Many situations at once: a truth table over three-valued guards, kept as whole numbers, one bit a situation.

A decision about one set of facts is a table of one row; a proof over every combination is a table of `3 ** guards`
rows. Both go through the same code, so that what is proved is what decides. Left out: conditions and what follows from
them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sharing.policy.facts import Facts, Guard

Rows = int
"""A set of situations: bit i stands for situation i."""


@dataclass(frozen=True, slots=True)
class Situations:
    """A table of situations.

    Attributes:
        every: All rows.
        true: Rows in which a guard is true. `false`: rows in which it is false; in the rest it is unknown.
    """

    every: Rows
    true: Mapping[Guard, Rows]
    false: Mapping[Guard, Rows]

    def facts(self, rows: Rows) -> Facts:
        """The facts of the first of these rows: a witness.

        Raises:
            ValueError: there is no row.
        """
        if not rows:
            raise ValueError("no situation to show")
        row = rows & -rows
        stated: dict[Guard, bool | None] = {g: True for g, found in self.true.items() if found & row}
        stated |= {g: False for g, found in self.false.items() if found & row}
        return Facts.of(stated)


def one(facts: Facts, guards: Iterable[Guard] = tuple(Guard)) -> Situations:
    """The table of a single situation; only these guards are looked at, any other counts as unknown."""
    true: dict[Guard, Rows] = {}
    false: dict[Guard, Rows] = {}
    for guard in guards:
        value = facts[guard]
        if value is not None:
            (true if value else false)[guard] = 1
    return Situations(1, true, false)


def all_of(guards: Iterable[Guard]) -> Situations:
    """Every combination of true, false and unknown of these guards; any other guard is unknown throughout."""
    true: dict[Guard, Rows] = {}
    false: dict[Guard, Rows] = {}
    size = 1
    for guard in sorted(guards):
        block = (1 << size) - 1
        for known in (true, false):
            for other in known:
                known[other] *= 1 | 1 << size | 1 << 2 * size
        true[guard], false[guard] = block, block << size
        size *= 3
    return Situations((1 << size) - 1, true, false)
