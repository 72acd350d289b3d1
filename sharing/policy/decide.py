"""`decide()`: may this event go to this kind of recipient, and which of its fields, for what reason.

Left out: who the recipients are (`sharing.routing`), how a view is built (`sharing.redaction`). A decision holds no
personal value: it names fields, rules and facts, so the ledger may keep it. A denial is a decision and is kept with the
same care.

Decisions are made once for each set of facts that matters to a cell and then looked up, so the same question
gets the same object; compare by `body()`.
"""

from dataclasses import dataclass
from hashlib import sha256

from sharing.errors import Misconfigured
from sharing.events import EVENT_TYPES
from sharing.policy.canonical import canonical
from sharing.policy.facts import Facts, Guard, mask_of
from sharing.policy.lattice import CLEAR, WITHHOLD, Transform, TransformKind
from sharing.policy.model import Agreements, Cell
from sharing.policy.outcomes import PERMITTED, WAITS, EventRows, Ruling, event_rows, field_rulings
from sharing.policy.paths import EXISTS, leaves
from sharing.policy.situations import Situations, one
from sharing.vocabulary import Outcome, RecipientKind


@dataclass(frozen=True, slots=True)
class FieldRuling:
    """What becomes of one field.

    Attributes:
        reason: `permitted`, `no-agreement`, `condition-not-met`, `sealed` or `waits`.
        rule: Id of the permit or seal that ruled, several seals joined by `+`; `""` where no agreement speaks of the
        field.
    """

    path: str
    transform: Transform
    reason: str
    rule: str

    @property
    def is_released(self) -> bool:
        """Whether anything of the value goes."""
        return self.transform.kind is not TransformKind.WITHHOLD


@dataclass(frozen=True, slots=True, eq=False)
class Decision:
    """One event to one kind of recipient.

    Attributes:
        version: Of the agreements.
        purpose, permit, agreement, statute: `""` where no permit exists.
        reason, rule: Of the outcome as a whole.
        fields: Every field of the event type, `$exists` first. Nothing is released unless the outcome is DELIVER.
        guards: The facts that were asked for, None for unknown.
        shape: Same shape, same view: what is released and how, as a short text to remember redactors by.
        digest: SHA-256 of `body()`, 32 bytes.
    """

    version: str
    event_type: str
    kind: RecipientKind
    outcome: Outcome
    reason: str
    rule: str
    purpose: str
    permit: str
    agreement: str
    statute: str
    fields: tuple[FieldRuling, ...]
    guards: tuple[tuple[Guard, bool | None], ...]
    shape: str
    digest: bytes
    _body: bytes

    @property
    def withheld(self) -> tuple[FieldRuling, ...]:
        """The fields that do not go, with the rule that holds each back."""
        return tuple(ruling for ruling in self.fields if not ruling.is_released)

    def ruling(self, path: str) -> FieldRuling:
        """What becomes of one field.

        Raises:
            KeyError: the event type has no such field.
        """
        for ruling in self.fields:
            if ruling.path == path:
                return ruling
        raise KeyError(path)

    def body(self) -> bytes:
        """The decision as canonical JSON for the ledger: rules, fields and facts, no personal value."""
        return self._body


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
        made = desk.made[vector] = _choose(desk, Facts(vector))
    return made


@dataclass(frozen=True, slots=True, eq=False)
class _Desk:
    """Cells that answer one question, the facts that matter to them, and the decisions made so far."""

    version: str
    cells: tuple[Cell, ...]
    mask: int
    made: dict[int, Decision]


def _open_desk(agreements: Agreements, event_type: str, kind: RecipientKind, purpose: str | None) -> _Desk:
    if event_type not in EVENT_TYPES:
        raise Misconfigured(f"no event type '{event_type}' in the catalogue: nothing can be decided about it")
    names = agreements.purposes_of.get((event_type, kind), ()) if purpose is None else (purpose,)
    cells = tuple(c for c in (agreements.cells.get((event_type, kind, name)) for name in names) if c is not None)
    if not cells:
        cells = (Cell(event_type, kind, None, {}, (), agreements.classes[event_type], frozenset()),)
    mask = mask_of(frozenset().union(*(cell.guards for cell in cells)))
    desk = _Desk(agreements.version, cells, mask, {})
    agreements.remembered[event_type, kind, purpose] = desk
    return desk


_BEST_FIRST = (Outcome.DELIVER, Outcome.HOLD, Outcome.SUPPRESS)


def _choose(desk: _Desk, facts: Facts) -> Decision:
    found = [_decide_cell(desk.version, cell, facts) for cell in desk.cells]
    return min(found, key=lambda decision: _BEST_FIRST.index(decision.outcome))


def _decide_cell(version: str, cell: Cell, facts: Facts) -> Decision:
    situation = one(facts)
    event = event_rows(cell, situation)
    outcome, ruling = _outcome(cell, event)
    paths = leaves(cell.event_type)
    if outcome is Outcome.DELIVER:
        fields = (FieldRuling(EXISTS, CLEAR, ruling.reason, ruling.rule), *_fields(cell, situation))
    else:
        fields = tuple(FieldRuling(path, WITHHOLD, ruling.reason, ruling.rule) for path in (EXISTS, *paths))
    return _written(version, cell, outcome, ruling, fields, facts)


def _outcome(cell: Cell, event: EventRows) -> tuple[Outcome, Ruling]:
    permit = cell.permits.get(EXISTS)
    rule = permit.permit_id if permit else ""
    if event.deliver:
        return Outcome.DELIVER, Ruling(CLEAR, PERMITTED, rule, 1)
    if event.hold:
        return Outcome.HOLD, Ruling(WITHHOLD, WAITS, rule, 1)
    return Outcome.SUPPRESS, next(ruling for ruling in event.suppressed if ruling.rows)


def _fields(cell: Cell, situation: Situations) -> tuple[FieldRuling, ...]:
    found = []
    for path in leaves(cell.event_type):
        ruling = next(r for r in field_rulings(cell, path, situation) if r.rows)
        found.append(FieldRuling(path, ruling.transform, ruling.reason, ruling.rule))
    return tuple(found)


def _written(
    version: str, cell: Cell, outcome: Outcome, ruling: Ruling, fields: tuple[FieldRuling, ...], facts: Facts
) -> Decision:
    permit = cell.permits.get(EXISTS)
    guards = tuple((guard, facts[guard]) for guard in Guard if guard in cell.guards)
    head = {
        "agreement": permit.agreement.name if permit else "",
        "permit": permit.permit_id if permit else "",
        "purpose": cell.purpose.name if cell.purpose else "",
        "statute": cell.purpose.statute if cell.purpose else "",
        "reason": ruling.reason,
        "rule": ruling.rule,
    }
    body = canonical(
        {
            **head,
            "agreements": version,
            "event": cell.event_type,
            "to": cell.kind.value,
            "outcome": outcome.value,
            "guards": {guard.value: value for guard, value in guards},
            "fields": [[f.path, f.transform.words, f.reason, f.rule] for f in fields],
        }
    )
    released = [[f.path, f.transform.words, f.transform.pairs] for f in fields if f.is_released]
    return Decision(
        version=version,
        event_type=cell.event_type,
        kind=cell.kind,
        outcome=outcome,
        fields=fields,
        guards=guards,
        shape=sha256(canonical([cell.event_type, released])).hexdigest(),
        digest=sha256(body).digest(),
        _body=body,
        **head,
    )
