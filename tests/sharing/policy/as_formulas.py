"""The agreements said a second time, as formulas for a solver. Written from the rules, not from the code that decides.

Each guard is two variables: whether it is known, and its value. Nothing here looks at truth tables.
"""

from itertools import combinations, product

from bench.as_cedar import lowered
from sharing.policy import CLEAR, EXISTS, WITHHOLD, Guard, is_at_most
from sharing.policy.conditions import AllOf, AnyOf, Named, Not
from sharing.policy.lattice import SCRUB
from sharing.policy.paths import holds_one_text
from sharing.policy.pseudo import MARKER, PSEUDO_FIELDS


class Formulas:
    """Formulas over one set of agreements; `z3` is handed in, so that it may be absent."""

    def __init__(self, z3) -> None:
        self.z3 = z3
        self.known = {guard: z3.Bool(f"{guard}?") for guard in Guard}
        self.value = {guard: z3.Bool(f"{guard}=") for guard in Guard}
        self.made = {}

    def true(self, condition):
        """It is known to hold."""
        z3 = self.z3
        match condition:
            case Named(guard):
                return z3.And(self.known[guard], self.value[guard])
            case Not(inner):
                return self.false(inner)
            case AllOf(parts):
                return z3.And([self.true(part) for part in parts])
            case AnyOf(parts):
                return z3.Or([self.true(part) for part in parts])

    def false(self, condition):
        """It is known not to hold."""
        z3 = self.z3
        match condition:
            case Named(guard):
                return z3.And(self.known[guard], z3.Not(self.value[guard]))
            case Not(inner):
                return self.true(inner)
            case AllOf(parts):
                return z3.Or([self.false(part) for part in parts])
            case AnyOf(parts):
                return z3.And([self.false(part) for part in parts])

    def binds(self, seal, kind):
        """A seal binds unless it is known not to apply, or an exception is known to hold."""
        z3 = self.z3
        excepted = [] if seal.absolute else [e for e in seal.exceptions if kind in e.to]
        return z3.And(z3.Not(self.false(seal.when)), *(z3.Not(self.true(e.when)) for e in excepted))

    def once(self, cell, what, make):
        """A formula about a cell, made once; the cell is kept, so that its id stays its own."""
        key = (id(cell), what)
        if key not in self.made:
            self.made[key] = (cell, make())
        return self.made[key][1]

    def arrives(self, cell):
        """The event itself is delivered."""
        return self.once(cell, EXISTS, lambda: self.arrival(cell))

    def arrival(self, cell):
        z3 = self.z3
        permit = cell.permits.get(EXISTS)
        if permit is None:
            return z3.BoolVal(False)
        if permit.never_stopped:
            return z3.BoolVal(True)
        waits = [
            z3.And(z3.Not(self.false(other.when)), z3.Not(self.true(Named(guard))))
            for other in {p.permit_id: p for p in cell.permits.values()}.values()
            for guard in other.hold_until
        ]
        closed = [self.binds(seal, cell.kind) for seal in cell.seals if seal.exists]
        return z3.And(self.true(permit.when), z3.Not(z3.Or(waits)), z3.Not(z3.Or(closed)))

    def fates(self, cell, path):
        """Each transform that a field may leave with, and when; withheld in the rest."""
        return self.once(cell, shape(cell, path), lambda: self.fates_of(cell, path))

    def fates_of(self, cell, path):
        z3 = self.z3
        arrives, permit = self.arrives(cell), cell.permits.get(path)
        if path == EXISTS:
            return {CLEAR: arrives}
        if permit is None:
            return {}
        given = permit.fields[path]
        goes = z3.And(arrives, z3.BoolVal(True) if permit.never_stopped else self.true(permit.when))
        seals = [] if permit.never_stopped else [s for s in cell.seals if s.closes(path, cell.classes.get(path))]
        marked = self.marked(cell, path) if any(seal.shown for seal in seals) else None
        found = {}
        for size, marker in product(range(len(seals) + 1), (False,) if marked is None else (False, True)):
            for some in combinations(seals, size):
                left = lowered(given, [seal.shown if marker and seal.shown else seal.do for seal in some])
                if left != WITHHOLD:
                    binding = [(seal in some, self.binds(seal, cell.kind)) for seal in seals]
                    exactly = [binds if wanted else z3.Not(binds) for wanted, binds in binding]
                    exactly += [] if marked is None else [marked if marker else z3.Not(marked)]
                    found.setdefault(left, []).append(z3.And(goes, *exactly))
        return {transform: z3.Or(cases) for transform, cases in found.items()}

    def marked(self, cell, path):
        """A marker's words may stand in place of this text."""
        if MARKER not in cell.permits or not holds_one_text(cell.event_type, path):
            return None
        return self.fates(cell, MARKER).get(CLEAR, self.z3.BoolVal(False))

    def told(self, cell, path, more_than=WITHHOLD):
        """More of a field goes than a transform gives."""
        return self.z3.Or([when for t, when in self.fates(cell, path).items() if not is_at_most(t, more_than)])

    def enough(self, cell, path, at_least):
        """At least as much of a field goes as a transform gives."""
        wanted = PSEUDO_FIELDS[path].gives if path in PSEUDO_FIELDS else at_least
        certain = [(t, when) for t, when in self.fates(cell, path).items() if t != SCRUB]  # a person may not release it
        return self.z3.Or([when for t, when in certain if is_at_most(wanted, t)])

    def breaks_never(self, rule, cells):
        """Some cell tells what the rule forbids, unless it is known that the rule does not apply."""
        z3 = self.z3
        cases = {
            (id(cell), shape(cell, path)): self.told(cell, path, rule.more_than or WITHHOLD)
            for cell in cells
            if rule.events is None or cell.event_type in rule.events
            if cell.event_type not in rule.except_events and (rule.to is None or cell.kind in rule.to)
            for path in cell.permits
            if path in rule.fields or (path != EXISTS and cell.classes[path] in rule.classes)
            if path not in rule.except_fields
        }
        return z3.And(z3.Not(self.false(rule.when)), z3.Or(list(cases.values())))

    def breaks_always(self, rule, cells):
        """The rule is known to apply, and some field does not go for any purpose."""
        z3 = self.z3
        of_event = [cell for cell in cells if cell.event_type == rule.event]
        missing = [
            z3.Not(z3.Or([self.enough(cell, path, rule.at_least) for cell in of_event if cell.kind == kind]))
            for kind, path in product(rule.to, rule.fields)
        ]
        return z3.And(self.true(rule.when), z3.Or(missing))

    def tells_more(self, old, new, path):
        """More of a field goes by the new cell than by the old one; either may be None."""
        z3 = self.z3
        sides = [self.fates(cell, path) if cell else {} for cell in (old, new)]
        before, after = ({**fates, WITHHOLD: z3.Not(z3.Or(list(fates.values())))} for fates in sides)
        return z3.Or(
            [z3.And(before[a], after[b]) for a, b in product(before, after) if a != b and not is_at_most(b, a)]
        )

    def can_be(self, formula) -> bool:
        """Whether some situation makes it true."""
        solver = self.z3.Solver()
        solver.add(formula)
        return solver.check() == self.z3.sat


def shape(cell, path):
    """Fields of one shape fare alike."""
    permit = cell.permits.get(path)
    pseudo = path if path.startswith("$") else holds_one_text(cell.event_type, path)
    return pseudo, permit and (permit.permit_id, permit.fields[path], cell.classes.get(path))
