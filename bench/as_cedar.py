"""The agreements said once more, as policies for Cedar: a permit for each permit, a forbid for each seal.

A guard is two booleans, known and true, because an attribute that is missing makes Cedar skip the policy that asks for
it, and a seal would then be open. Cedar answers yes or no, so it is asked twice: does anything of the field go, and
does it go as the permit gives it?
"""

import json
from functools import reduce
from itertools import combinations
from typing import NamedTuple

from sharing.policy import EXISTS, WITHHOLD, is_at_most
from sharing.policy.conditions import AllOf, AnyOf, Named, Not, guards_of
from sharing.policy.paths import holds_one_text
from sharing.policy.pseudo import MARKER, PSEUDO_FIELDS

ANYTHING, AS_GIVEN = "anything", "as_given"


class Question(NamedTuple):
    """One event type in Cedar's words."""

    policies: str
    schema: str
    entities: str
    guards: tuple


def true(condition) -> str:
    match condition:
        case Named(guard):
            return f"(context.{guard}_known && context.{guard})"
        case Not(inner):
            return false(inner)
        case AllOf(parts):
            return joined("&&", "true", map(true, parts))
        case AnyOf(parts):
            return joined("||", "false", map(true, parts))


def false(condition) -> str:
    match condition:
        case Named(guard):
            return f"(context.{guard}_known && !context.{guard})"
        case Not(inner):
            return true(inner)
        case AllOf(parts):
            return joined("||", "false", map(false, parts))
        case AnyOf(parts):
            return joined("&&", "true", map(false, parts))


def joined(sign, nothing, parts) -> str:
    return f"({f' {sign} '.join(parts)})" if (parts := list(parts)) else nothing


def some(names) -> str:
    return f"[{', '.join(json.dumps(str(name)) for name in sorted(names))}]"


def question(agreements, event_type) -> Question:
    """Policies, schema and entities about one event type."""
    cells = [cell for key, cell in sorted(agreements.cells.items()) if key[0] == event_type]
    permits = {p.permit_id: p for cell in cells for p in cell.permits.values()}
    guards = set().union(*(guards_of(p.when) | set(p.hold_until) for p in permits.values()))
    for seal in agreements.seals:
        guards |= guards_of(seal.when).union(*(guards_of(e.when) for e in seal.exceptions))
    policies = [permit_policy(permit) for permit in permits.values()]
    policies += [arrival_policy(cell) for cell in cells]
    policies += [policy for seal in agreements.seals for policy in seal_policies(seal, agreements, cells)]
    return Question("\n".join(policies), schema(guards), json.dumps(entities(cells)), tuple(sorted(guards)))


def permit_policy(permit) -> str:
    when = "true" if permit.never_stopped else true(permit.when)
    asked = f"resource.permit == {json.dumps(permit.permit_id)} && {some(permit.to)}.contains(resource.kind)"
    return f"permit (principal, action, resource) when {{ {asked} && {when} }};"


def arrival_policy(cell) -> str:
    """Nothing goes where the event itself does not, or still waits."""
    permit = cell.permits.get(EXISTS)
    here = f"resource.kind == {json.dumps(cell.kind.value)} && resource.purpose == {json.dumps(cell.purpose.name)}"
    if permit is None:
        return f"forbid (principal, action, resource) when {{ {here} }};"
    waits = joined("||", "false", [
        f"(!{false(other.when)} && !{true(Named(guard))})"
        for other in {p.permit_id: p for p in cell.permits.values()}.values()
        for guard in other.hold_until
    ])  # fmt: skip
    return (
        f"forbid (principal, action, resource) when {{ {here} && !resource.unstoppable"
        f" && (!{true(permit.when)} || {waits}) }};"
    )


def seal_policies(seal, agreements, cells):
    binds = bound(seal)
    if seal.exists:
        yield f"forbid (principal, action, resource) when {{ !resource.unstoppable && {binds} }};"
    given = {p.fields[path] for cell in cells for path, p in cell.permits.items()}
    named = ((seal.classes, "class"), (seal.around, "path"))
    closed = joined("||", "false", [f"{some(names)}.contains(resource.{what})" for names, what in named if names])
    for action, hit in (
        (ANYTHING, {t.words for t in given if lowered(t, [seal.do]) == WITHHOLD}),
        (AS_GIVEN, {t.words for t in given if lowered(t, [seal.do]) != t}),
    ):
        marked = f" && !{marker_stands(agreements, cells)}" if seal.shown and action == ANYTHING else ""
        if hit:
            yield (
                f'forbid (principal, action == Action::"{action}", resource) when {{ !resource.stopless'
                f" && {closed} && {some(hit)}.contains(resource.transform) && {binds}{marked} }};"
            )


def bound(seal) -> str:
    """The seal binds who asks."""
    kinds = "true" if seal.to is None else f"{some(seal.to)}.contains(resource.kind)"
    excepted = [] if seal.absolute else [
        f"!({some(e.to)}.contains(resource.kind) && {true(e.when)})" for e in seal.exceptions
    ]  # fmt: skip
    return joined("&&", "true", [kinds, f"!{false(seal.when)}", *excepted])


def marker_stands(agreements, cells) -> str:
    """A marker's words stand in place of a text that is sealed."""
    permits = {p.permit_id: p for cell in cells for path, p in cell.permits.items() if path == MARKER}
    allowed = [f"(resource.marker == {json.dumps(name)} && {true(p.when)})" for name, p in permits.items()]
    closing = [seal for seal in agreements.seals if seal.closes(MARKER, PSEUDO_FIELDS[MARKER].own)]
    silenced = [f"!({bound(seal)})" for seal in closing]
    return joined("&&", "true", ["resource.text", joined("||", "false", allowed), *silenced])


def schema(guards) -> str:
    context = ", ".join(f"{guard}: Bool, {guard}_known: Bool" for guard in sorted(guards))
    texts = ("permit", "kind", "purpose", "path", "class", "transform", "marker")
    attributes = ", ".join([*(f"{name}: String" for name in texts), "text: Bool"])
    return f"""
        entity Broker;
        entity Field = {{ {attributes}, stopless: Bool, unstoppable: Bool }};
        action "{ANYTHING}", "{AS_GIVEN}" appliesTo {{
            principal: [Broker], resource: [Field], context: {{ {context} }}
        }};
    """


def name_of(cell, path) -> str:
    return f"{cell.kind} {cell.purpose.name} {path}"


def entities(cells):
    broker = {"uid": {"type": "Broker", "id": "broker"}, "attrs": {}, "parents": []}
    return [broker, *(entity(cell, path, permit) for cell in cells for path, permit in cell.permits.items())]


def entity(cell, path, permit):
    exists = cell.permits.get(EXISTS)
    return {
        "uid": {"type": "Field", "id": name_of(cell, path)},
        "attrs": {
            "permit": permit.permit_id,
            "kind": cell.kind.value,
            "purpose": cell.purpose.name,
            "path": path,
            "marker": cell.permits[MARKER].permit_id if MARKER in cell.permits else "",
            "text": holds_one_text(cell.event_type, path),
            "class": str(cell.classes.get(path, "")),
            "transform": permit.fields[path].words,
            "stopless": permit.never_stopped,
            "unstoppable": exists is not None and exists.never_stopped,
        },
        "parents": [],
    }


def request(cell, path, action, facts, guards):
    context = {}
    for guard in guards:
        context[f"{guard}_known"], context[str(guard)] = facts[guard] is not None, facts[guard] is True
    return {
        "principal": {"type": "Broker", "id": "broker"},
        "action": {"type": "Action", "id": action},
        "resource": {"type": "Field", "id": name_of(cell, path)},
        "context": context,
    }


def lowered(given, bounds):
    """The lowest of all, nothing where two of them cannot be compared."""
    several = [given, *bounds]
    for a, b in combinations(several, 2):
        if not is_at_most(a, b) and not is_at_most(b, a):
            return WITHHOLD
    return reduce(lambda a, b: a if is_at_most(a, b) else b, several)
