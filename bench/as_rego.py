"""One cell of the agreements as a Rego module: which of its fields go. For the bench alone.

A condition becomes rules in disjunctive form, one for "it is known to hold" and one for "it is known not to".
"""

import json
from itertools import count, product

from sharing.policy import EXISTS, Facts
from sharing.policy.conditions import AllOf, AnyOf, Named, Not
from sharing.policy.model import Cell

QUERY = "x = data.crosswalk.goes"


def module(cell: Cell, fields: list[str]) -> str:
    """A module whose set `goes` holds the fields that go; the input is guard to yes, no or unknown."""
    numbers, lines = count(), ["package crosswalk", "import rego.v1"]

    def named(cases):
        """A rule that holds where one of these conjunctions does."""
        name = f"rule_{next(numbers)}"
        lines.extend(f"{name} if {{ {'; '.join(case) or 'true'} }}" for case in cases)
        if not cases:
            lines.append(f"{name} if {{ false }}")
        return name

    def binds(seal):
        excepted = [] if seal.absolute else [named(true(e.when)) for e in seal.exceptions if cell.kind in e.to]
        return named([[f"not {named(false(seal.when))}", *(f"not {one}" for one in excepted)]])

    permits = {p.permit_id: p for p in cell.permits.values()}
    held = [(permit, guard) for permit in permits.values() for guard in permit.hold_until]
    waits = named([[f"not {named(false(permit.when))}", f'input["{guard}"] != "yes"'] for permit, guard in held])
    closed = [f"not {binds(seal)}" for seal in cell.seals if seal.exists]
    arrives = named([[named(true(cell.permits[EXISTS].when)), f"not {waits}", *closed]])
    bound = {seal.seal_id: binds(seal) for seal in cell.seals}
    for path in fields:
        seals = [bound[s.seal_id] for s in cell.seals if s.closes(path, cell.classes.get(path))]
        case = [arrives, named(true(cell.permits[path].when)), *(f"not {seal}" for seal in seals)]
        lines.append(f"goes contains {json.dumps(path)} if {{ {'; '.join(case)} }}")
    return "\n".join(lines)


def asked(facts: Facts) -> dict[str, str]:
    """The input of a question."""
    return {guard.value: {True: "yes", False: "no", None: "unknown"}[value] for guard, value in facts.items()}


def true(condition) -> list[list[str]]:
    match condition:
        case Named(guard):
            return [[f'input["{guard}"] == "yes"']]
        case Not(inner):
            return false(inner)
        case AllOf(parts):
            return every(map(true, parts))
        case AnyOf(parts):
            return [case for part in parts for case in true(part)]


def false(condition) -> list[list[str]]:
    match condition:
        case Named(guard):
            return [[f'input["{guard}"] == "no"']]
        case Not(inner):
            return true(inner)
        case AllOf(parts):
            return [case for part in parts for case in false(part)]
        case AnyOf(parts):
            return every(map(false, parts))


def every(parts) -> list[list[str]]:
    return [[word for case in chosen for word in case] for chosen in product(*parts)]
