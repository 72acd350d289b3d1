"""`decide()`: may this event go to this kind of recipient, and which of its fields, for what reason.

Left out: who the recipients are (`sharing.routing`), how a view is built (`sharing.redaction`).

Decisions are made once for each set of facts that matters to a cell and then looked up, so the same question
gets the same object; compare by `body()`. A set of facts that was not asked about before costs little more: fields that
share a permit and a class share their ruling, that ruling is found once for each set of the few facts on which it
depends, and what a pattern of rulings looks like is written, and hashed, once.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from sharing.errors import Misconfigured
from sharing.events import EVENT_TYPES
from sharing.policy.canonical import canonical
from sharing.policy.decision import Decision, FieldRuling
from sharing.policy.facts import Facts, Guard, mask_of, place_of
from sharing.policy.lattice import CLEAR, WITHHOLD, Transform
from sharing.policy.model import Agreements, Cell
from sharing.policy.outcomes import (
    PERMITTED,
    WAITS,
    EventRows,
    Ruling,
    asked_for_event,
    asked_for_field,
    event_rows,
    fare,
    field_rulings,
)
from sharing.policy.paths import EXISTS
from sharing.policy.pseudo import ruled_classes, ruled_paths
from sharing.policy.records import Page, Writer
from sharing.policy.situations import Situations
from sharing.vocabulary import Outcome, RecipientKind

__all__ = ["Decision", "FieldRuling", "decide"]

MOST_REMEMBERED = 4_096
"""Decisions kept for one question; where its facts vary more than that, it begins anew."""


def decide(agreements: Agreements, event_type: str, kind: RecipientKind, purpose: str | None, facts: Facts) -> Decision:
    """What may go to this kind of recipient, given these facts.

    Args:
        agreements: The set in force.
        event_type: Name in the catalogue.
        kind: As what the recipient receives.
        purpose: Name of a purpose, or None for the first purpose of the vocabulary under which the event is delivered
            (else under which it waits). Fields of different purposes are never mixed.
        facts: Read now, at release.

    Raises:
        Misconfigured: no such event type.
    """
    desk = agreements.remembered.get((event_type, kind, purpose))
    if not isinstance(desk, _Desk):
        desk = _open_desk(agreements, event_type, kind, purpose)
    vector = facts.vector & desk.mask
    made = desk.made.get(vector)
    if made is None:
        if len(desk.made) >= MOST_REMEMBERED:
            _begin_anew(desk)
        made = desk.made[vector] = _choose(desk, vector)
    return made


class _Whole(NamedTuple):
    """What becomes of the event as a whole, with what tells one such from another."""

    outcome: Outcome
    ruling: Ruling
    key: tuple[Outcome, str, str]


class _Group(NamedTuple):
    """Fields that always share their ruling, by one of them.

    Attributes:
        mask: The facts on which it depends. `known`: number of the ruling for each set of them that was asked about.
    """

    path: str
    mask: int
    known: dict[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class _Pigeonhole:
    """One cell made ready for deciding.

    Attributes:
        head: What stands in every decision of this cell.
        guards: Those that are asked for, in the order of `Guard`: the place of each, and each of its four values.
        said: The same by name, as the record says each.
        mask: The facts on which it depends what becomes of the event. `wholes`: what was found for sets of them.
        rulings: Every ruling of a field so far, by number; `numbers`: the number of each.
        pages: Patterns of rulings seen so far. `writer`: writes new ones.
    """

    cell: Cell
    head: dict[str, str]
    guards: tuple[tuple[int, tuple[tuple[Guard, bool | None], ...]], ...]
    said: tuple[tuple[int, tuple[bytes, ...]], ...]
    groups: tuple[_Group, ...]
    writer: Writer
    mask: int
    wholes: dict[int, _Whole] = field(default_factory=dict)
    rulings: list[Ruling] = field(default_factory=list)
    numbers: dict[tuple[str, str, Transform], int] = field(default_factory=dict)
    pages: dict[object, Page] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class _Desk:
    """Cells that answer one question, the facts that matter to them, and the decisions made so far."""

    holes: tuple[_Pigeonhole, ...]
    mask: int
    made: dict[int, Decision]


def _begin_anew(desk: _Desk) -> None:
    """Forget what was decided; what patterns look like is kept, there are few."""
    desk.made.clear()
    for hole in desk.holes:
        hole.wholes.clear()
        for group in hole.groups:
            group.known.clear()


def _open_desk(agreements: Agreements, event_type: str, kind: RecipientKind, purpose: str | None) -> _Desk:
    if event_type not in EVENT_TYPES:
        raise Misconfigured(f"no event type '{event_type}' in the catalogue: nothing can be decided about it")
    names = agreements.purposes_of.get((event_type, kind), ()) if purpose is None else (purpose,)
    cells = tuple(c for c in (agreements.cells.get((event_type, kind, name)) for name in names) if c is not None)
    if not cells:
        cells = (Cell(event_type, kind, None, {}, (), ruled_classes(agreements.classes[event_type]), frozenset()),)
    mask = mask_of(frozenset().union(*(cell.guards for cell in cells)))
    desk = _Desk(tuple(_pigeonhole(agreements.version, cell) for cell in cells), mask, {})
    agreements.remembered[event_type, kind, purpose] = desk
    return desk


def _pigeonhole(version: str, cell: Cell) -> _Pigeonhole:
    permit = cell.permits.get(EXISTS)
    head = {
        "version": version,
        "purpose": cell.purpose.name if cell.purpose else "",
        "permit": permit.permit_id if permit else "",
        "agreement": permit.agreement.name if permit else "",
        "statute": cell.purpose.statute if cell.purpose else "",
    }
    guards = tuple(guard for guard in Guard if guard in cell.guards)
    paths = ruled_paths(cell.event_type)
    groups = _groups(cell, paths)
    frame = {**head, "agreements": version, "event": cell.event_type, "to": cell.kind.value}
    del frame["version"]
    return _Pigeonhole(
        cell,
        head,
        tuple((place_of(guard), tuple((guard, value) for value in VALUES)) for guard in guards),
        tuple((place_of(guard), _said(guard)) for guard in sorted(guards)),
        tuple(_group(cell, paths[places[0]]) for places in groups),
        Writer(frame, paths, groups),
        mask_of(asked_for_event(cell)),
    )


VALUES = (None, False, True, None)
"""What the two bits of a guard say."""


def _said(guard: Guard) -> tuple[bytes, ...]:
    """A fact as it stands in canonical JSON, without the braces around."""
    return tuple(canonical({guard.value: value})[1:-1] for value in VALUES)


def _group(cell: Cell, path: str) -> _Group:
    return _Group(path, mask_of(asked_for_field(cell, path)), {})


def _groups(cell: Cell, paths: tuple[str, ...]) -> tuple[tuple[int, ...], ...]:
    """Places of fields between which no permit and no seal makes a difference."""
    found: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for place, path in enumerate(paths):
        found[fare(cell, path)].append(place)
    return tuple(tuple(places) for places in found.values())


_BEST_FIRST = (Outcome.DELIVER, Outcome.HOLD, Outcome.SUPPRESS)


def _choose(desk: _Desk, vector: int) -> Decision:
    found = [_decide_hole(hole, vector) for hole in desk.holes]
    return min(found, key=lambda decision: _BEST_FIRST.index(decision.outcome)) if len(found) > 1 else found[0]


def _decide_hole(hole: _Pigeonhole, vector: int) -> Decision:
    whole = hole.wholes.get(vector & hole.mask) or _as_a_whole(hole, vector)
    numbers = _rulings(hole, vector) if whole.outcome is Outcome.DELIVER else ()
    page = hole.pages.get((whole.key, numbers)) or _page(hole, whole, numbers)
    facts = b",".join([said[vector >> place & 3] for place, said in hole.said])
    return Decision(
        **hole.head,
        event_type=hole.cell.event_type,
        kind=hole.cell.kind,
        outcome=whole.outcome,
        reason=whole.ruling.reason,
        rule=whole.ruling.rule,
        fields=page.fields,
        guards=tuple([values[vector >> place & 3] for place, values in hole.guards]),
        shape=page.shape,
        digest=page.digest(facts),
        _body=page.before + facts + page.after,
    )


def _as_a_whole(hole: _Pigeonhole, vector: int) -> _Whole:
    """What becomes of the event, for a set of facts that was not asked about before."""
    outcome, ruling = _outcome(hole.cell, event_rows(hole.cell, _situation(hole, vector)))
    found = hole.wholes[vector & hole.mask] = _Whole(outcome, ruling, (outcome, ruling.reason, ruling.rule))
    return found


def _outcome(cell: Cell, event: EventRows) -> tuple[Outcome, Ruling]:
    permit = cell.permits.get(EXISTS)
    rule = permit.permit_id if permit else ""
    if event.deliver:
        return Outcome.DELIVER, Ruling(CLEAR, PERMITTED, rule, 1)
    if event.hold:
        return Outcome.HOLD, Ruling(WITHHOLD, WAITS, rule, 1)
    return Outcome.SUPPRESS, next(ruling for ruling in event.suppressed if ruling.rows)


@lru_cache(maxsize=1)
def _situation(hole: _Pigeonhole, vector: int) -> Situations:
    """The table of one situation; asked for again by each group that has not met its part of it."""
    known = [(values[0][0], values[vector >> place & 3][1]) for place, values in hole.guards]
    return Situations(1, {g: 1 for g, value in known if value}, {g: 1 for g, value in known if value is False})


def _rulings(hole: _Pigeonhole, vector: int) -> tuple[int, ...]:
    """Of an event that is delivered, the number of each group's ruling; `$exists` has that of the event."""
    return tuple(
        [
            number if (number := known.get(vector & mask)) is not None else _ruling(hole, path, known, vector, mask)
            for path, mask, known in hole.groups
        ]
    )


def _ruling(hole: _Pigeonhole, path: str, known: dict[int, int], vector: int, mask: int) -> int:
    """The number of one field's ruling, for a set of facts that was not asked about before."""
    found = next(r for r in field_rulings(hole.cell, path, _situation(hole, vector)) if r.rows)
    key = (found.reason, found.rule, found.transform)
    number = known[vector & mask] = hole.numbers.setdefault(key, len(hole.rulings))
    if number == len(hole.rulings):
        hole.rulings.append(found)
    return number


def _page(hole: _Pigeonhole, whole: _Whole, numbers: tuple[int, ...]) -> Page:
    """What a pattern of rulings looks like; where the event is not delivered, its own ruling for all fields."""
    ruled = [hole.rulings[number] for number in numbers] or [whole.ruling] * len(hole.groups)
    rulings = [whole.ruling if group.path == EXISTS else by for group, by in zip(hole.groups, ruled, strict=True)]
    page = hole.pages[whole.key, numbers] = hole.writer.page(whole.outcome, whole.ruling, rulings)
    return page
