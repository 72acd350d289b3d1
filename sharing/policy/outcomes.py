"""What follows from a cell of the matrix, in many situations at once: the one place where permits and seals meet.

Left out: which situation holds (`decide` asks for one, `invariants` for all). Rules, in this order:
1. What no permit names is withheld from everybody.
2. A permit applies where its condition is true; unknown is not enough.
3. Where a permit might apply but one of its `hold_until` guards is not true, the event waits.
4. A seal applies unless its condition is false; unknown is enough. It can only lower. An exception must be true.
5. `never_stopped` passes by 2, 3 and 4.
6. A text that is to be scrubbed waits for a person (`review`); the rest goes meanwhile.
7. A seal with a marker lowers a text to the marker's fixed words, where `$marker` is permitted; else it is silent.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sharing.policy.conditions import guards_of, truth
from sharing.policy.facts import Guard
from sharing.policy.lattice import WITHHOLD, Transform, TransformKind, lowest
from sharing.policy.model import Cell, Permit, Seal
from sharing.policy.paths import EXISTS, holds_one_text
from sharing.policy.pseudo import MARKER
from sharing.policy.situations import Rows, Situations

NO_AGREEMENT = "no-agreement"
CONDITION = "condition-not-met"
SEALED = "sealed"
PERMITTED = "permitted"
WAITS = "waits"
REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Ruling:
    """What becomes of one field in some situations.

    Attributes:
        reason: Code, one of the constants of this module. `rule`: id of the permit or seal that ruled, or `""`.
        rows: The situations.
    """

    transform: Transform
    reason: str
    rule: str
    rows: Rows


@dataclass(frozen=True, slots=True)
class EventRows:
    """Where the event is delivered, where it waits, and why it is suppressed in the rest."""

    deliver: Rows
    hold: Rows
    suppressed: tuple[Ruling, ...]


def event_rows(cell: Cell, situations: Situations) -> EventRows:
    """What becomes of the event as a whole."""
    permit = cell.permits.get(EXISTS)
    if permit is None:
        return EventRows(0, 0, (Ruling(WITHHOLD, NO_AGREEMENT, "", situations.every),))
    if permit.never_stopped:
        return EventRows(situations.every, 0, ())
    applies, refused = truth(permit.when, situations)
    closed, suppressed = _sealed_existence(cell, situations, refused)
    waits = _waits(cell, situations)
    hold = waits & ~closed & ~refused
    deliver = applies & ~waits & ~closed
    rest = situations.every & ~(hold | deliver | closed)
    return EventRows(deliver, hold, (*suppressed, Ruling(WITHHOLD, CONDITION, permit.permit_id, rest)))


def field_rulings(cell: Cell, path: str, situations: Situations) -> Iterator[Ruling]:
    """What becomes of one field where the event is delivered; every situation is in exactly one ruling."""
    permit = cell.permits.get(path)
    if permit is None:
        yield Ruling(WITHHOLD, NO_AGREEMENT, "", situations.every)
        return
    applies = situations.every if permit.never_stopped else truth(permit.when, situations)[0]
    refused = situations.every & ~applies
    if refused:
        yield Ruling(WITHHOLD, CONDITION, permit.permit_id, refused)
    yield from _sealed(permit.fields[path], permit, applies, _bounds(cell, path, permit, situations))


def asked_for_event(cell: Cell) -> frozenset[Guard]:
    """The guards on which it depends what becomes of the event as a whole: all that `event_rows` looks at."""
    permit = cell.permits.get(EXISTS)
    if permit is None or permit.never_stopped:
        return frozenset()
    waiting = (guards_of(p.when) | frozenset(p.hold_until) for p in cell.distinct if p.hold_until)
    closing = (_asked_by_seal(seal, cell) for seal in cell.seals if seal.exists)
    return guards_of(permit.when).union(*waiting, *closing)


def asked_for_field(cell: Cell, path: str) -> frozenset[Guard]:
    """The guards on which it depends what becomes of a field: all that `field_rulings` looks at."""
    permit = cell.permits.get(path)
    if permit is None or permit.never_stopped:
        return frozenset()
    closing = [seal for seal in cell.seals if seal.closes(path, cell.classes.get(path))]
    found = guards_of(permit.when).union(*(_asked_by_seal(seal, cell) for seal in closing))
    marked = path != MARKER and any(seal.shown is not None for seal in closing)
    return found | asked_for_field(cell, MARKER) if marked else found


def _asked_by_seal(seal: Seal, cell: Cell) -> frozenset[Guard]:
    exceptions = () if seal.absolute else seal.exceptions
    return guards_of(seal.when).union(*(guards_of(e.when) for e in exceptions if cell.kind in e.to))


def field_levels(cell: Cell, path: str, situations: Situations) -> Iterator[tuple[Transform, Rows]]:
    """How much of a field goes and where, as `field_rulings` says, but not by which rule; for proofs.

    A situation in which nothing goes may be left out.
    """
    permit = cell.permits.get(path)
    if permit is None:
        return
    given = permit.fields[path]
    rows = situations.every if permit.never_stopped else truth(permit.when, situations)[0]
    down: dict[Transform, Rows] = {}
    for _, do, active in _bounds(cell, path, permit, situations):
        down[do] = down.get(do, 0) | active
    parts: list[tuple[tuple[Transform, ...], Rows]] = [((given,), rows & ~down.pop(WITHHOLD, 0))]
    for do, active in down.items():
        parts = [p for by, r in parts for p in (((*by, do), r & active), (by, r & ~active)) if p[1]]
    yield from ((lowest(*by), found) for by, found in parts)


Bound = tuple[Seal, Transform, Rows]
"""A seal, down to what it lowers, and where."""


def fare(cell: Cell, path: str) -> tuple[object, ...]:
    """What decides what becomes of a field in a cell: two fields with the same fare alike in every situation."""
    permit = cell.permits.get(path)
    closing = tuple(seal.closes(path, cell.classes.get(path)) for seal in cell.seals)
    marked = any(seal.shown for seal in cell.seals) and holds_one_text(cell.event_type, path)
    given = permit.fields[path] if permit else WITHHOLD
    return (permit.permit_id if permit else "", given, closing, marked, path == EXISTS)


def _bounds(cell: Cell, path: str, permit: Permit, situations: Situations) -> list[Bound]:
    """The seals that lower this field, each with where it binds."""
    if permit.never_stopped:
        return []
    given = permit.fields[path]
    closing = (seal for seal in cell.seals if seal.closes(path, cell.classes.get(path)))
    found = (bound for seal in closing for bound in _bounds_of(seal, cell, path, situations))
    return [bound for bound in found if lowest(given, bound[1]) != given]


def _bounds_of(seal: Seal, cell: Cell, path: str, situations: Situations) -> Iterator[Bound]:
    rows = active_rows(seal, cell, situations)
    shown = 0
    if seal.shown is not None and MARKER in cell.permits and holds_one_text(cell.event_type, path):
        rulings = field_rulings(cell, MARKER, situations)
        shown = sum(r.rows for r in rulings if r.transform.kind is TransformKind.CLEAR)
        yield seal, seal.shown, rows & shown
    yield seal, seal.do, rows & ~shown


def _sealed(given: Transform, permit: Permit, rows: Rows, bounds: list[Bound]) -> Iterator[Ruling]:
    """Split the rows by which seals bind in them: what is left goes down to the lowest of them all."""
    parts: list[tuple[tuple[Bound, ...], Rows]] = [((), rows)]
    for bound in bounds:
        active = bound[2]
        parts = [p for by, r in parts for p in (((*by, bound), r & active), (by, r & ~active)) if p[1]]
    for by, found in parts:
        if by:
            names = "+".join(dict.fromkeys(seal.seal_id for seal, _, _ in by))
            yield Ruling(lowest(given, *(do for _, do, _ in by)), SEALED, names, found)
        elif found:
            reason = REVIEW if given.kind is TransformKind.SCRUB else PERMITTED
            yield Ruling(given, reason, permit.permit_id, found)


def active_rows(seal: Seal, cell: Cell, situations: Situations) -> Rows:
    """Where a seal binds this cell's recipient."""
    rows = situations.every & ~truth(seal.when, situations)[1]
    for exception in () if seal.absolute else seal.exceptions:
        if cell.kind in exception.to:
            rows &= ~truth(exception.when, situations)[0]
    return rows


def _sealed_existence(cell: Cell, situations: Situations, refused: Rows) -> tuple[Rows, tuple[Ruling, ...]]:
    closed, found = 0, []
    for seal in cell.seals:
        if seal.exists:
            rows = active_rows(seal, cell, situations) & ~(closed | refused)
            closed |= rows
            found.append(Ruling(WITHHOLD, SEALED, seal.seal_id, rows))
    return closed, tuple(found)


def _waits(cell: Cell, situations: Situations) -> Rows:
    """Where some permit of the cell may apply but a guard that it must wait for is not true."""
    rows = 0
    for permit in cell.distinct:
        if not permit.hold_until:
            continue
        may_apply = situations.every & ~truth(permit.when, situations)[1]
        for guard in permit.hold_until:
            rows |= may_apply & ~situations.true.get(guard, 0)
    return rows
