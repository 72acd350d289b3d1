"""The invariants over every combination of true, false and unknown: what must never and what must always happen.

A rule that does not hold is shown with a witness: one situation in which it breaks. The check goes through the very
code that decides (`outcomes`), with all situations as one table. Left out: who changes agreements, and whether facts
are right.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sharing.policy.conditions import guards_of, truth
from sharing.policy.facts import Facts, Guard
from sharing.policy.lattice import WITHHOLD, Transform, is_at_most
from sharing.policy.model import Agreements, AlwaysRule, Cell, NeverRule
from sharing.policy.outcomes import REVIEW, event_rows, field_rulings
from sharing.policy.paths import EXISTS
from sharing.policy.pseudo import PSEUDO_FIELDS
from sharing.policy.situations import Rows, Situations, all_of


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that does not hold.

    Attributes:
        witness: Facts under which it breaks; guards that do not matter are unknown.
    """

    rule_id: str
    event_type: str
    kind: str
    path: str
    witness: Facts

    def __str__(self) -> str:
        facts = ", ".join(
            f"{guard} {'yes' if value else 'no'}" for guard, value in self.witness.items() if value is not None
        )
        return f"{self.rule_id}: {self.path} of {self.event_type} to {self.kind}, when {facts or 'nothing is known'}"


def violations(agreements: Agreements) -> tuple[Violation, ...]:
    """Every invariant that does not hold, one witness for each field and recipient."""
    never = (v for rule in agreements.never for v in _broken_never(agreements, rule))
    always = (v for rule in agreements.always for v in _broken_always(agreements, rule))
    return (*never, *always)


def _broken_never(agreements: Agreements, rule: NeverRule) -> Iterator[Violation]:
    for (event_type, kind, _), cell in agreements.cells.items():
        spoken_of = rule.events is None or event_type in rule.events
        if not spoken_of or event_type in rule.except_events or (rule.to is not None and kind not in rule.to):
            continue
        for path in cell.permits:
            named = path in rule.fields or (path != EXISTS and cell.classes[path] in rule.classes)
            if named and path not in rule.except_fields:
                yield from _never_at(rule, cell, path)


def _never_at(rule: NeverRule, cell: Cell, path: str) -> Iterator[Violation]:
    table = _table(cell, path, guards_of(rule.when))
    told = released_rows(cell, path, table, rule.more_than or WITHHOLD)
    broken = told & ~truth(rule.when, table)[1]
    if broken:
        yield Violation(rule.rule_id, cell.event_type, cell.kind, path, table.facts(broken))


def _broken_always(agreements: Agreements, rule: AlwaysRule) -> Iterator[Violation]:
    for kind in rule.to:
        cells = [agreements.cells[key] for key in agreements.cells if key[:2] == (rule.event, kind)]
        for path in rule.fields:
            guards = guards_of(rule.when).union(*(guards_at(cell, path) for cell in cells))
            table = all_of(guards)
            enough = 0
            for cell in cells:
                enough |= _enough_rows(cell, path, table, rule.at_least)
            broken = truth(rule.when, table)[0] & ~enough
            if broken:
                yield Violation(rule.rule_id, rule.event, kind, path, table.facts(broken))


def released_rows(cell: Cell, path: str, table: Situations, more_than: Transform = WITHHOLD) -> Rows:
    """Where more than `more_than` of a field reaches the recipient."""
    deliver = event_rows(cell, table).deliver
    if path == EXISTS:
        return deliver
    rulings = field_rulings(cell, path, table)
    return sum(r.rows for r in rulings if not is_at_most(r.transform, more_than)) & deliver


def _enough_rows(cell: Cell, path: str, table: Situations, at_least: Transform) -> Rows:
    deliver = event_rows(cell, table).deliver
    if path == EXISTS:
        return deliver
    enough = PSEUDO_FIELDS[path].gives if path in PSEUDO_FIELDS else at_least
    rulings = (r for r in field_rulings(cell, path, table) if r.reason != REVIEW)  # a person may never release it
    return sum(r.rows for r in rulings if is_at_most(enough, r.transform)) & deliver


def _table(cell: Cell, path: str, more: frozenset[Guard]) -> Situations:
    return all_of(guards_at(cell, path) | more)


def guards_at(cell: Cell, path: str) -> frozenset[Guard]:
    """The guards that can change what becomes of one field: those of the event, of its permit and of its seals."""
    own = cell.classes.get(path)
    found: set[Guard] = set()
    for permit in {p.permit_id: p for p in cell.permits.values()}.values():
        found |= guards_of(permit.when) | set(permit.hold_until)
    for seal in cell.seals:
        if seal.exists or seal.closes(path, own):
            found |= guards_of(seal.when).union(*(guards_of(e.when) for e in seal.exceptions if cell.kind in e.to))
    return frozenset(found)
