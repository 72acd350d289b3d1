"""What one pass of release found out about its lanes, and what each of them may take.

Left out: finding it out (`release`). Rule: nothing of a lane goes behind its first item that must not go yet.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ledger.outbox import LaneClaim
from ledger.rows import LaneItem
from sharing.release import Exchange
from streams.agents.absorption import Absorption
from streams.agents.handover import View
from streams.agents.stopping import Stopped
from streams.agents.text_asking import Unasked, unasked

MOST_ASKED = 500
"""Exchanges with texts about which is asked in one pass; each text is two rows of a carrier."""


@dataclass
class Pass:
    """What one pass found out about the items at the heads of its lanes.

    Attributes:
        going: Per lane what may be claimed, with its view. `moved`: what must be decided again.
        stopped: The first item that moved, or that the last door stopped, of each lane that has one; nothing behind it
            goes.
        caught: What the last door stopped.
        asking: Texts about which a person must be asked before the exchange goes, with its rest.
        late: What is refused because an episode was closed: it waits for its recipient before that is written down.
    """

    going: dict[int, list[tuple[LaneItem, View]]] = field(default_factory=dict)
    moved: list[tuple[LaneItem, Exchange]] = field(default_factory=list)
    stopped: dict[int, LaneItem] = field(default_factory=dict)
    caught: list[Stopped] = field(default_factory=list)
    asking: list[Unasked] = field(default_factory=list)

    def ask(self, item: LaneItem, paths: tuple[str, ...]) -> None:
        """Note that a person must be asked about these texts first; what is too many for one pass is for the next."""
        if paths and len(self.asking) < MOST_ASKED:
            self.asking.append(unasked(item, paths))

    late: list[LaneItem] = field(default_factory=list)


def judged_by(work: Absorption, subjects: Iterable[int]) -> set[int]:
    """Everybody whose registers say what may go of these subjects: themselves, and all whom they are or may be."""
    roots = {work.subjects.root(subject) for subject in subjects}
    return {*subjects, *roots, *(other for root in roots for other in work.subjects.related(root))}


def finished(found: Mapping[int, Sequence[LaneItem]], looked: Pass) -> list[int]:
    """Lanes that sent all they had claimed. One that had claimed more before stands until the rest is decided again."""
    again = {lane for lane, ordered in found.items() if any(item.seq is not None for item in ordered)}
    return [lane for lane in found if lane not in looked.stopped.keys() & again]


def claims_of(found: Mapping[int, Sequence[LaneItem]], looked: Pass) -> list[LaneClaim]:
    """What each lane takes, and up to where it was looked at."""
    stopped = looked.stopped
    claims = []
    for lane, ordered in found.items():
        before = [i for i in ordered if lane not in stopped or i.mark < stopped[lane].mark]
        if before:
            items = [item for item, _ in looked.going.get(lane, ())]
            claims.append(LaneClaim(lane, items, before[-1].mark))
    return claims


def apart(looked: Pass) -> frozenset[bytes]:
    """What may not be joined to a child: it has no number among what that child's stream holds."""
    pairs = (pair for going in looked.going.values() for pair in going)
    return frozenset(item.exchange_id for item, view in pairs if not view.around.keyed)
