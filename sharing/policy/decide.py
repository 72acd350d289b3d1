"""`decide()`: may this event go to this kind of recipient, and which of its fields, for what reason.

Left out: who the recipients are (`sharing.routing`), how a view is built (`sharing.redaction`).

Decisions are made once for each set of facts that matters to a cell and then looked up, so the same question
gets the same object; compare by `body()`. A set of facts that was not asked about before costs little more: fields that
share a permit and a class share their ruling, and what a pattern of rulings looks like is written once.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from sharing.errors import Misconfigured
from sharing.events import EVENT_TYPES
from sharing.policy.canonical import canonical
from sharing.policy.decision import Decision, FieldRuling
from sharing.policy.facts import Facts, Guard, mask_of
from sharing.policy.lattice import CLEAR, WITHHOLD
from sharing.policy.model import Agreements, Cell
from sharing.policy.outcomes import PERMITTED, WAITS, EventRows, Ruling, event_rows, fare, field_rulings
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
            desk.made.clear()
        made = desk.made[vector] = _choose(desk, Facts(vector))
    return made


@dataclass(frozen=True, slots=True, eq=False)
class _Pigeonhole:
    """One cell made ready for deciding.

    Attributes:
        head: What stands in every decision of this cell.
        guards: Those that are asked for, in the order of `Guard`. `said`: as the record says each, by name.
        groups: Fields that always share their ruling, by one of them.
        pages: Patterns of rulings seen so far. `writer`: writes new ones.
    """

    cell: Cell
    head: dict[str, str]
    guards: tuple[Guard, ...]
    said: tuple[tuple[Guard, Mapping[bool | None, bytes]], ...]
    groups: tuple[str, ...]
    writer: Writer
    pages: dict[object, Page] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class _Desk:
    """Cells that answer one question, the facts that matter to them, and the decisions made so far."""

    holes: tuple[_Pigeonhole, ...]
    mask: int
    made: dict[int, Decision]


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
    said = tuple((guard, _said(guard)) for guard in sorted(guards))
    paths = ruled_paths(cell.event_type)
    groups = _groups(cell, paths)
    frame = {**head, "agreements": version, "event": cell.event_type, "to": cell.kind.value}
    del frame["version"]
    return _Pigeonhole(
        cell, head, guards, said, tuple(paths[places[0]] for places in groups), Writer(frame, paths, groups)
    )


def _said(guard: Guard) -> Mapping[bool | None, bytes]:
    """A fact as it stands in canonical JSON, without the braces around."""
    return {value: canonical({guard.value: value})[1:-1] for value in (True, False, None)}


def _groups(cell: Cell, paths: tuple[str, ...]) -> tuple[tuple[int, ...], ...]:
    """Places of fields between which no permit and no seal makes a difference."""
    found: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for place, path in enumerate(paths):
        found[fare(cell, path)].append(place)
    return tuple(tuple(places) for places in found.values())


_BEST_FIRST = (Outcome.DELIVER, Outcome.HOLD, Outcome.SUPPRESS)


def _choose(desk: _Desk, facts: Facts) -> Decision:
    found = [_decide_hole(hole, facts) for hole in desk.holes]
    return min(found, key=lambda decision: _BEST_FIRST.index(decision.outcome))


def _decide_hole(hole: _Pigeonhole, facts: Facts) -> Decision:
    guards = tuple([(guard, facts[guard]) for guard in hole.guards])
    situation = Situations(1, {g: 1 for g, value in guards if value}, {g: 1 for g, value in guards if value is False})
    outcome, ruling = _outcome(hole.cell, event_rows(hole.cell, situation))
    rulings = _rulings(hole, outcome, ruling, situation)
    told = rulings if outcome is Outcome.DELIVER else ()
    pattern = (outcome, ruling.reason, ruling.rule, *[(r.reason, r.rule, r.transform.kind) for r in told])
    page = hole.pages.get(pattern)
    if page is None:
        page = hole.pages[pattern] = hole.writer.page(outcome, ruling, rulings)
    known = dict(guards)
    body = b"".join((page.before, b",".join([said[known[guard]] for guard, said in hole.said]), page.after))
    return Decision(
        **hole.head,
        event_type=hole.cell.event_type,
        kind=hole.cell.kind,
        outcome=outcome,
        reason=ruling.reason,
        rule=ruling.rule,
        fields=page.fields,
        guards=guards,
        shape=page.shape,
        digest=sha256(body).digest(),
        _body=body,
    )


def _outcome(cell: Cell, event: EventRows) -> tuple[Outcome, Ruling]:
    permit = cell.permits.get(EXISTS)
    rule = permit.permit_id if permit else ""
    if event.deliver:
        return Outcome.DELIVER, Ruling(CLEAR, PERMITTED, rule, 1)
    if event.hold:
        return Outcome.HOLD, Ruling(WITHHOLD, WAITS, rule, 1)
    return Outcome.SUPPRESS, next(ruling for ruling in event.suppressed if ruling.rows)


def _rulings(hole: _Pigeonhole, outcome: Outcome, ruling: Ruling, situation: Situations) -> list[Ruling]:
    """One ruling for each group of fields; where the event is not delivered, its own for all of them."""
    if outcome is not Outcome.DELIVER:
        return [ruling] * len(hole.groups)
    return [
        ruling if path == EXISTS else next(r for r in field_rulings(hole.cell, path, situation) if r.rows)
        for path in hole.groups
    ]
