"""What still goes while a seal is in force: where a child is, who told, and who else is in it, cell by cell.

A standing report. Proofs only find what somebody thought of; this asks the other way round, for every field of these
families and every seal. Left out: whether it is right that it goes, which a person must judge. Rules:
1. A seal counts as in force where its condition is known to be true.
2. A gap is a field of a family of which the seal closes some other class: the carer's name beside a closed address.
   Everything else is there by somebody's word: an exception, a lower transform, a seal about something else.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sharing.policy.conditions import guards_of, truth
from sharing.policy.facts import Facts, Guard
from sharing.policy.invariants import guards_at
from sharing.policy.lattice import WITHHOLD, Transform, is_at_most
from sharing.policy.model import Agreements, Cell, Seal
from sharing.policy.outcomes import event_rows, field_rulings
from sharing.policy.paths import EXISTS
from sharing.policy.situations import Rows, Situations
from sharing.policy.witnesses import briefly, gravity, plainest, situation_of, together
from sharing.vocabulary import RecipientKind

FAMILIES = {
    "location": frozenset({"C", "C2", "D"}),
    "informant": frozenset({"H", "H1", "H2"}),
    "third party": frozenset({"F", "G", "K"}),
}
"""Families of classes of field: who closes one of them has reason to close them all."""


class Ground(StrEnum):
    """Why a field goes although a seal is in force."""

    GAP = "the seal closes others of this family, not this class"
    ELSEWHERE = "the seal is not about this"
    EXCEPTION = "the seal excepts this recipient"
    LOWERED = "the seal leaves this much"
    NEVER_STOPPED = "nothing stops this event"


@dataclass(frozen=True, slots=True)
class Hole:
    """One field that goes while a seal is in force.

    Attributes:
        family: A key of FAMILIES. `transform`: the most of it that goes.
        count, of: In how many of how many combinations of the facts that matter, among those with the seal in force.
        witness: One such situation; `guards`: the facts that matter.
    """

    seal_id: str
    event_type: str
    kind: RecipientKind
    purpose: str
    path: str
    field_class: str
    family: str
    transform: Transform
    ground: Ground
    count: int
    of: int
    witness: Facts
    guards: tuple[Guard, ...]

    @property
    def is_gap(self) -> bool:
        """Whether nobody seems to have meant it."""
        return self.ground is Ground.GAP

    @property
    def sentence(self) -> str:
        """In words, without the place: how much, how often, when."""
        when = briefly(self.witness, self.guards)
        return f"{self.transform.words} in {self.count} of {self.of} situations under the seal, for example: {when}"

    def document(self) -> dict[str, Any]:
        """As canonical JSON can hold it."""
        return {
            "seal": self.seal_id,
            "event": self.event_type,
            "to": self.kind.value,
            "purpose": self.purpose,
            "field": self.path,
            "class": self.field_class,
            "family": self.family,
            "transform": self.transform.words,
            "ground": self.ground.value,
            "gap": self.is_gap,
            "situations": [self.count, self.of],
            "witness": situation_of(self.witness, self.guards),
        }


def holes(agreements: Agreements) -> tuple[Hole, ...]:
    """Every field of these families that goes while some seal is in force; gaps first, then by gravity.

    Raises:
        Misconfigured: more guards bear on one field than can be looked at together.
    """
    found = (
        hole
        for seal in agreements.seals
        for cell in agreements.cells.values()
        if seal.to is None or cell.kind in seal.to
        for hole in _of_cell(agreements, seal, cell)
    )
    return tuple(sorted(found, key=_worst_first))


def _worst_first(hole: Hole) -> tuple[object, ...]:
    place = (hole.seal_id, hole.kind, hole.event_type, hole.purpose, hole.path)
    return not hole.is_gap, gravity(hole.field_class), *place


def family_of(field_class: str) -> str:
    """The family of a class, `""` for one that is in none."""
    return next((name for name, classes in FAMILIES.items() if field_class in classes), "")


def _of_cell(agreements: Agreements, seal: Seal, cell: Cell) -> Iterator[Hole]:
    alike: dict[tuple[object, ...], Hole | None] = {}
    for path, permit in cell.permits.items():
        own = str(cell.classes.get(path, ""))
        if path == EXISTS or not family_of(own):
            continue
        shape = (permit.permit_id, permit.fields[path], own)
        if shape not in alike:
            alike[shape] = _hole(agreements, seal, cell, path)
        like = alike[shape]
        if like:
            yield replace(like, path=path)


def _hole(agreements: Agreements, seal: Seal, cell: Cell, path: str) -> Hole | None:
    table = together(guards_at(cell, path) | guards_of(seal.when))
    sealed = truth(seal.when, table)[0]
    most, rows = _most(cell, path, table, sealed)
    if not rows:
        return None
    own = str(cell.classes[path])
    return Hole(
        seal_id=seal.seal_id,
        event_type=cell.event_type,
        kind=cell.kind,
        purpose=cell.purpose.name if cell.purpose else "",
        path=path,
        field_class=own,
        family=family_of(own),
        transform=most,
        ground=_ground(seal, cell, path, most),
        count=rows.bit_count(),
        of=sealed.bit_count(),
        witness=plainest(table, rows, agreements.vocabulary.guards),
        guards=tuple(sorted(table.true)),
    )


def _most(cell: Cell, path: str, table: Situations, sealed: Rows) -> tuple[Transform, Rows]:
    """The most of a field that goes under the seal, and where anything of it goes."""
    deliver = event_rows(cell, table).deliver & sealed
    most, everywhere = WITHHOLD, 0
    for ruling in field_rulings(cell, path, table) if deliver else ():
        rows = ruling.rows & deliver
        if rows and ruling.transform != WITHHOLD:
            everywhere |= rows
            most = ruling.transform if is_at_most(most, ruling.transform) else most
    return most, everywhere


def _ground(seal: Seal, cell: Cell, path: str, most: Transform) -> Ground:
    own = cell.classes[path]
    if cell.permits[path].never_stopped:
        return Ground.NEVER_STOPPED
    if seal.closes(path, own):
        return Ground.LOWERED if is_at_most(most, seal.do) else Ground.EXCEPTION
    kin = FAMILIES[family_of(str(own))] & {str(c) for c in seal.classes}
    return Ground.GAP if kin else Ground.ELSEWHERE
