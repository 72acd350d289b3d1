"""Figures: how many children share what the agreements would tell of them, and whether they are many enough.

Left out: reading the ledger (`crosswalk.figures`) and what may be told of an event (`policy`). Rules: what is told of
events of one kind, code by code, makes a cohort; children count, not events, so that one child with many events is one;
below five a cohort is not told, nor that there is one.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

LEAST = 5
"""Children that must share what is told (the jigsaw check of the agreements' guard `cohort_large_enough`)."""

Codes = tuple[tuple[str, str], ...]
"""Path and value of everything that is told of an event, in the order of paths."""


@dataclass(frozen=True, slots=True)
class Sign:
    """What would be told of one event of one child.

    Attributes:
        child: By which children are told apart, for counting alone.
    """

    event_type: str
    codes: Codes
    child: int


@dataclass(frozen=True, slots=True)
class Cohort:
    """Those of whom the same is told."""

    event_type: str
    codes: Codes
    children: int
    events: int

    @property
    def is_large_enough(self) -> bool:
        """Whether nobody is found in it."""
        return self.children >= LEAST


def cohorts(signs: Iterable[Sign]) -> Iterator[Cohort]:
    """Everybody in their cohorts, in the order of event types and codes."""
    found: dict[tuple[str, Codes], list[int]] = defaultdict(list)
    for sign in signs:
        found[sign.event_type, sign.codes].append(sign.child)
    for event_type, codes in sorted(found):
        children = found[event_type, codes]
        yield Cohort(event_type, codes, len(set(children)), len(children))
