"""The invariants over every combination of true, false and unknown: what must never and what must always happen.

A rule that does not hold is shown with a witness: one situation in which it breaks. The check goes through the very
code that decides (`outcomes`), with all situations as one table. Left out: who changes agreements, and whether facts
are right.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sharing.policy.conditions import guards_of, truth
from sharing.policy.facts import Facts, Guard
from sharing.policy.lattice import WITHHOLD, Transform, is_at_most
from sharing.policy.model import Agreements, AlwaysRule, Cell, NeverRule
from sharing.policy.outcomes import REVIEW, event_rows, fare, field_levels, field_rulings
from sharing.policy.paths import EXISTS
from sharing.policy.pseudo import MARKER, PSEUDO_FIELDS
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
    proofs = _Proofs()
    never = (v for rule in agreements.never for v in _broken_never(agreements, rule, proofs))
    always = (v for rule in agreements.always for v in _broken_always(agreements, rule, proofs))
    return (*never, *always)


class _Proofs:
    """What was worked out for one set: fields that fare alike are asked once, and each table is made once."""

    def __init__(self) -> None:
        self._tables: dict[frozenset[Guard], Situations] = {}
        self._deliver: dict[tuple[int, frozenset[Guard]], Rows] = {}
        self._told: dict[tuple[int, int, frozenset[Guard], Transform], Rows] = {}
        self._alike: dict[int, dict[str, tuple[int, frozenset[Guard]]]] = {}

    def table(self, guards: frozenset[Guard]) -> Situations:
        """Every combination of these guards."""
        found = self._tables.get(guards)
        if found is None:
            found = self._tables[guards] = all_of(guards)
        return found

    def alike(self, cell: Cell) -> Mapping[str, tuple[int, frozenset[Guard]]]:
        """For each permitted field the number of its fare in the cell, and the guards that bear on it."""
        found = self._alike.get(id(cell))
        if found is None:
            numbers: dict[tuple[object, ...], tuple[int, frozenset[Guard]]] = {}
            found = self._alike[id(cell)] = {}
            for path in cell.permits:
                own = fare(cell, path)
                if own not in numbers:
                    numbers[own] = (len(numbers), guards_at(cell, path))
                found[path] = numbers[own]
        return found

    def told(self, cell: Cell, path: str, guards: frozenset[Guard], more_than: Transform) -> Rows:
        """`released_rows` in the table of these guards."""
        key = (id(cell), self.alike(cell)[path][0], guards, more_than)
        found = self._told.get(key)
        if found is None:
            table = self.table(guards)
            deliver = self._deliver.get((id(cell), guards))
            if deliver is None:
                deliver = self._deliver[id(cell), guards] = event_rows(cell, table).deliver
            found = self._told[key] = deliver if path == EXISTS else _above(cell, path, table, more_than) & deliver
        return found


def _broken_never(agreements: Agreements, rule: NeverRule, proofs: _Proofs) -> Iterator[Violation]:
    asked = guards_of(rule.when)
    for (event_type, kind, _), cell in agreements.cells.items():
        spoken_of = rule.events is None or event_type in rule.events
        if not spoken_of or event_type in rule.except_events or (rule.to is not None and kind not in rule.to):
            continue
        alike = proofs.alike(cell)
        for path in cell.permits:
            named = path in rule.fields or (path != EXISTS and cell.classes[path] in rule.classes)
            if named and path not in rule.except_fields:
                guards = alike[path][1] | asked
                told = proofs.told(cell, path, guards, rule.more_than or WITHHOLD)
                table = proofs.table(guards)
                broken = told and told & ~truth(rule.when, table)[1]
                if broken:
                    yield Violation(rule.rule_id, event_type, kind, path, table.facts(broken))


def _broken_always(agreements: Agreements, rule: AlwaysRule, proofs: _Proofs) -> Iterator[Violation]:
    for kind in rule.to:
        names = agreements.purposes_of.get((rule.event, kind), ())
        cells = [agreements.cells[rule.event, kind, name] for name in names]
        for path in rule.fields:
            table = proofs.table(guards_of(rule.when).union(*(guards_at(cell, path) for cell in cells)))
            enough = 0
            for cell in cells:
                enough |= _enough_rows(cell, path, table, rule.at_least)
            broken = truth(rule.when, table)[0] & ~enough
            if broken:
                yield Violation(rule.rule_id, rule.event, kind, path, table.facts(broken))


def released_rows(cell: Cell, path: str, table: Situations, more_than: Transform = WITHHOLD) -> Rows:
    """Where more than `more_than` of a field reaches the recipient."""
    deliver = event_rows(cell, table).deliver
    return deliver if path == EXISTS else _above(cell, path, table, more_than) & deliver


def _above(cell: Cell, path: str, table: Situations, more_than: Transform) -> Rows:
    return sum(rows for transform, rows in field_levels(cell, path, table) if not is_at_most(transform, more_than))


def _enough_rows(cell: Cell, path: str, table: Situations, at_least: Transform) -> Rows:
    deliver = event_rows(cell, table).deliver
    if path == EXISTS:
        return deliver
    enough = PSEUDO_FIELDS[path].gives if path in PSEUDO_FIELDS else at_least
    rulings = (r for r in field_rulings(cell, path, table) if r.reason != REVIEW)  # a person may never release it
    return sum(r.rows for r in rulings if is_at_most(enough, r.transform)) & deliver


def guards_at(cell: Cell, path: str) -> frozenset[Guard]:
    """The guards that can change what becomes of one field: those of the event, of its permit and of its seals."""
    own = cell.classes.get(path)
    found: set[Guard] = set()
    for permit in cell.distinct:
        found |= guards_of(permit.when) | set(permit.hold_until)
    marked = MARKER in cell.permits and any(seal.shown for seal in cell.seals)
    for seal in cell.seals:
        if seal.exists or seal.closes(path, own) or (marked and seal.closes(MARKER, cell.classes.get(MARKER))):
            found |= guards_of(seal.when).union(*(guards_of(e.when) for e in seal.exceptions if cell.kind in e.to))
    return frozenset(found)
