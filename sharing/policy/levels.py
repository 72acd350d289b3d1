"""How much of each field goes to one recipient, in many situations at once, whichever purpose applies.

Left out: which situations matter and what is compared with what (`difference`, `replaying`). Rule: where an event may
go for several purposes, the first that delivers decides for all its fields, as in `decide`.
"""

from collections.abc import Iterable
from functools import reduce
from operator import or_

from sharing.policy.facts import Guard
from sharing.policy.invariants import guards_at
from sharing.policy.lattice import CLEAR, WITHHOLD, Transform
from sharing.policy.model import Agreements, Cell, Permit
from sharing.policy.outcomes import event_rows, field_rulings
from sharing.policy.paths import EXISTS, holds_one_text
from sharing.policy.pseudo import MARKER, PSEUDO_FIELDS
from sharing.policy.situations import Rows, Situations
from sharing.vocabulary import RecipientKind


class Answers:
    """The cells of one set that answer one question, in the order in which they are asked."""

    def __init__(self, agreements: Agreements, cells: Iterable[Cell | None]) -> None:
        self.agreements = agreements
        self.cells = tuple(cell for cell in cells if cell is not None)
        self._waiting = [_waits(cell) for cell in self.cells]

    def paths(self) -> set[str]:
        """Every field that some permit gives."""
        return {path for cell in self.cells for path in cell.permits}

    def guards(self, path: str) -> frozenset[Guard]:
        """The facts that can change what becomes of a field."""
        return frozenset().union(*(guards_at(cell, path) for cell in self.cells))

    def shape(self, path: str) -> tuple[object, ...]:
        """What decides what becomes of a field: two fields of the same shape fare alike."""
        return tuple(_shape(cell, path) for cell in self.cells)

    def bearing(self, path: str) -> tuple[object, ...]:
        """Everything that can change what becomes of a field: where it is the same, the field fares the same."""
        return tuple(_bearing(cell, path, waits) for cell, waits in zip(self.cells, self._waiting, strict=True))

    def levels(self, path: str, table: Situations) -> dict[Transform, Rows]:
        """How much of a field goes, and where; every situation is in exactly one entry."""
        found: dict[Transform, Rows] = {}
        left = table.every
        for cell in self.cells:
            deliver = event_rows(cell, table).deliver & left
            left &= ~deliver
            if path == EXISTS:
                found[CLEAR] = found.get(CLEAR, 0) | deliver
                continue
            for ruling in field_rulings(cell, path, table) if deliver else ():
                found[ruling.transform] = found.get(ruling.transform, 0) | (ruling.rows & deliver)
        goes = {transform: rows for transform, rows in found.items() if rows and transform != WITHHOLD}
        held_back = table.every & ~either(goes.values())
        return {**goes, WITHHOLD: held_back} if held_back else goes

    def waits(self, table: Situations) -> Rows:
        """Where the event waits for something to be settled."""
        found = [event_rows(cell, table) for cell in self.cells]
        return either(rows.hold for rows in found) & ~either(rows.deliver for rows in found)


def _shape(cell: Cell, path: str) -> tuple[object, ...] | None:
    permit = cell.permits.get(path)
    if permit is None:
        return None
    like = path if path in PSEUDO_FIELDS else holds_one_text(cell.event_type, path)
    return permit.permit_id, permit.fields[path].words, cell.classes.get(path), like


def _bearing(cell: Cell, path: str, waits: frozenset[object]) -> tuple[object, ...]:
    own, exists, marker = cell.classes.get(path), cell.permits.get(EXISTS), cell.permits.get(MARKER)
    marked = marker is not None and any(seal.shown for seal in cell.seals)
    seals = tuple(
        (s.when, s.exists, s.closes(path, own), s.closes(MARKER, None), s.do, s.shown, s.absolute, s.exceptions)
        for s in cell.seals
        if s.exists or s.closes(path, own) or marked
    )
    given = (_given(cell.permits.get(path), path), _given(exists, EXISTS), marked and _given(marker, MARKER))
    return given, waits, seals, cell.kind


def _waits(cell: Cell) -> frozenset[object]:
    own = {permit.permit_id: permit for permit in cell.permits.values()}.values()
    return frozenset((permit.permit_id, permit.when, permit.hold_until) for permit in own if permit.hold_until)


def _given(permit: Permit | None, path: str) -> tuple[object, ...] | None:
    return (permit.when, permit.never_stopped, permit.fields[path]) if permit else None


def answers_of(agreements: Agreements, event_type: str, kind: RecipientKind) -> Answers:
    """The cells of every purpose for which an event may go to a kind of recipient."""
    names = agreements.purposes_of.get((event_type, kind), ())
    return Answers(agreements, (agreements.cells.get((event_type, kind, name)) for name in names))


def either(many: Iterable[Rows]) -> Rows:
    """The situations that are in any of these."""
    return reduce(or_, many, 0)
