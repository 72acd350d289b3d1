"""Small mistakes in a set of agreements, made one at a time: what somebody might write wrongly or slip in.

Whether anything notices is asked elsewhere (`mutants_tried`). Rules:
1. A mutant is one permit or one seal written otherwise, or a seal taken out. Nothing else changes.
2. It can be read: what the loader refuses on sight (two permits on one cell, a seal that leaves open what a closed
   class can be told from, a transform that does not fit) is not among them.
3. The order is fixed, and so is the sample: the same set, the same mutants.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import zip_longest

from sharing.policy.conditions import ALWAYS, AllOf, AnyOf, Condition, Named, Not, words
from sharing.policy.lattice import CLEAR, WITHHOLD, Transform, TransformKind
from sharing.policy.model import Agreements, Permit, Seal, SealException
from sharing.policy.paths import EXISTS
from sharing.policy.pseudo import PSEUDO_FIELDS, ruled_paths
from sharing.vocabulary import RecipientKind

_MORE = (Transform(TransformKind.EXISTENCE), Transform(TransformKind.OUTWARD), Transform(TransformKind.TOKEN))
"""What a weakened seal leaves: the marker, a part, a pseudonym."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One mistake.

    Attributes:
        operator: What kind of mistake, such as `drop a guard`.
        text: What was written instead, for a reader.
        old: The permit or seal that it changes. `new`: what stands in its place, None for nothing.
    """

    operator: str
    text: str
    old: Permit | Seal
    new: Permit | Seal | None


def mutants(agreements: Agreements) -> Iterator[Mutant]:
    """Every mutant of a set, permits first, in the order of the set."""
    taken = _taken(agreements)
    for permit in agreements.permits:
        yield from _of_permit(agreements, permit, taken)
    for seal in agreements.seals:
        yield from _of_seal(agreements, seal)


def sample(all_of_them: Iterable[Mutant], limit: int) -> list[Mutant]:
    """At most so many, of every kind of mistake as equally many as there are; drawn by hash, so always the same."""
    by_operator: dict[str, list[Mutant]] = defaultdict(list)
    for mutant in all_of_them:
        by_operator[mutant.operator].append(mutant)
    drawn = [sorted(found, key=_draw) for _, found in sorted(by_operator.items())]
    turns = (mutant for turn in zip_longest(*drawn) for mutant in turn if mutant)
    return [mutant for mutant, _ in zip(turns, range(limit), strict=False)]


def _draw(mutant: Mutant) -> bytes:
    return sha256(f"{mutant.operator}\0{mutant.text}".encode()).digest()


Taken = dict[tuple[str, RecipientKind, str], set[str]]
"""Fields that some permit gives already, by event type, recipient and purpose."""


def _taken(agreements: Agreements) -> Taken:
    return {key: set(cell.permits) for key, cell in agreements.cells.items()}


# ---------------------------------------------------------------- permits


def _of_permit(agreements: Agreements, permit: Permit, taken: Taken) -> Iterator[Mutant]:
    def made(operator: str, text: str, new: Permit) -> Mutant:
        return Mutant(operator, f"{permit.permit_id}: {text}", permit, new)

    for operator, when in _conditions(permit.when):
        yield made(operator, f"when {words(when)} (was: {words(permit.when)})", replace(permit, when=when))
    for guard in permit.hold_until:
        rest = tuple(other for other in permit.hold_until if other is not guard)
        yield made("drop a hold", f"no longer waits until {guard.value}", replace(permit, hold_until=rest))
    for path, transform in permit.fields.items():
        if transform != CLEAR and path not in PSEUDO_FIELDS:
            raised = {**permit.fields, path: CLEAR}
            yield made("raise a transform", f"{path}: clear (was: {transform.words})", replace(permit, fields=raised))
        rest_of = {other: given for other, given in permit.fields.items() if other != path}
        if path != EXISTS:
            yield made("drop a field", f"without {path}", replace(permit, fields=rest_of))
    for path in _addable(permit, taken):
        given = PSEUDO_FIELDS[path].gives if path in PSEUDO_FIELDS else CLEAR
        yield made("add a field", f"{path}: {given.words}", replace(permit, fields={**permit.fields, path: given}))
    yield from _recipients(agreements, permit, taken)


def _recipients(agreements: Agreements, permit: Permit, taken: Taken) -> Iterator[Mutant]:
    for kind in RecipientKind:
        agency = agreements.vocabulary.recipients.get(kind)
        given = taken.get((permit.event_type, kind, permit.purpose.name), set())
        if kind in permit.to or agency not in permit.agreement.parties or given & set(permit.fields):
            continue
        if EXISTS in given or EXISTS in permit.fields:
            new = replace(permit, to=(*permit.to, kind))
            yield Mutant("add a recipient", f"{permit.permit_id}: also to {kind.value}", permit, new)
    for kind in permit.to if len(permit.to) > 1 else ():
        new = replace(permit, to=tuple(other for other in permit.to if other is not kind))
        yield Mutant("drop a recipient", f"{permit.permit_id}: no longer to {kind.value}", permit, new)


def _addable(permit: Permit, taken: Taken) -> Iterator[str]:
    used = set().union(*(taken.get((permit.event_type, kind, permit.purpose.name), ()) for kind in permit.to))
    return (path for path in ruled_paths(permit.event_type) if path not in used and path != EXISTS)


# ---------------------------------------------------------------- seals


def _of_seal(agreements: Agreements, seal: Seal) -> Iterator[Mutant]:
    def made(operator: str, text: str, new: Seal | None) -> Mutant:
        return Mutant(operator, f"{seal.seal_id}: {text}", seal, new)

    yield made("drop a seal", "taken out", None)
    for operator, when in _conditions(seal.when):
        yield made(f"{operator} of a seal", f"when {words(when)} (was: {words(seal.when)})", replace(seal, when=when))
    for closed in sorted(seal.classes):
        fewer = seal.classes - {closed}
        if (fewer or seal.exists) and _is_closed(agreements, fewer):
            yield made("open a class", f"no longer closes {closed.value}", replace(seal, classes=fewer))
    for around in sorted(seal.around) if seal.classes or seal.exists or len(seal.around) > 1 else ():
        yield made("open a class", f"no longer closes {around}", replace(seal, around=seal.around - {around}))
    if seal.exists and seal.classes:
        yield made("open a class", f"no longer closes {EXISTS}", replace(seal, exists=False))
    for transform in _MORE if seal.do == WITHHOLD and not seal.exists else ():
        yield made("weaken a seal", f"do {transform.words} (was: withhold)", replace(seal, do=transform))
    if seal.absolute:
        yield made("drop absolute", "no longer absolute", replace(seal, absolute=False))
    yield from _bindings(seal)
    yield from _exceptions(seal)


def _is_closed(agreements: Agreements, classes: Iterable[object]) -> bool:
    told_by = agreements.vocabulary.told_by
    left = set(classes)
    return all(told_by.get(closed, frozenset()) <= left for closed in told_by if closed in left)


def _bindings(seal: Seal) -> Iterator[Mutant]:
    bound = seal.to if seal.to is not None else tuple(RecipientKind)
    for kind in bound if len(bound) > 1 else ():
        new = replace(seal, to=tuple(other for other in bound if other is not kind))
        yield Mutant("free a recipient of a seal", f"{seal.seal_id}: no longer binds {kind.value}", seal, new)


def _exceptions(seal: Seal) -> Iterator[Mutant]:
    bound = seal.to if seal.to is not None else tuple(RecipientKind)
    free = {kind for exception in seal.exceptions for kind in exception.to if exception.when == ALWAYS}
    for kind in (kind for kind in bound if kind not in free and not seal.absolute):
        new = replace(seal, exceptions=(*seal.exceptions, SealException((kind,), ALWAYS)))
        yield Mutant("add an exception", f"{seal.seal_id}: except to {kind.value}, always", seal, new)
    for place, exception in enumerate(seal.exceptions):
        to = ", ".join(exception.to)
        rest = (*seal.exceptions[:place], *seal.exceptions[place + 1 :])
        yield Mutant(
            "drop an exception", f"{seal.seal_id}: no exception for {to}", seal, replace(seal, exceptions=rest)
        )
        for operator, when in _conditions(exception.when):
            one = replace(exception, when=when)
            new = replace(seal, exceptions=(*seal.exceptions[:place], one, *seal.exceptions[place + 1 :]))
            text = f"{seal.seal_id}: except to {to} when {words(when)} (was: {words(exception.when)})"
            yield Mutant(f"{operator} of an exception", text, seal, new)


# ---------------------------------------------------------------- conditions


def _conditions(condition: Condition) -> Iterator[tuple[str, Condition]]:
    """Every condition that differs from this one by one mistake, each once."""
    told = {condition}
    named = [("drop a guard", found) for found in _without(condition)]
    named += [("swap and with or", found) for found in _swapped(condition)]
    named += [("negate a guard", found) for found in _negated(condition)]
    named.append(("always", ALWAYS))
    for operator, found in named:
        if found not in told:
            told.add(found)
            yield operator, found


def _without(condition: Condition) -> Iterator[Condition]:
    match condition:
        case AllOf(parts) | AnyOf(parts):
            for place in range(len(parts)):
                rest = (*parts[:place], *parts[place + 1 :])
                yield rest[0] if len(rest) == 1 else type(condition)(rest)
            yield from _within(condition, parts, _without)
        case _:
            return


def _swapped(condition: Condition) -> Iterator[Condition]:
    match condition:
        case AllOf(parts) if parts:
            yield AnyOf(parts)
            yield from _within(condition, parts, _swapped)
        case AnyOf(parts):
            yield AllOf(parts)
            yield from _within(condition, parts, _swapped)
        case Not(inner):
            yield from (Not(found) for found in _swapped(inner))
        case _:
            return


def _negated(condition: Condition) -> Iterator[Condition]:
    match condition:
        case Named():
            yield Not(condition)
        case Not(inner):
            yield inner
        case AllOf(parts) | AnyOf(parts):
            yield from _within(condition, parts, _negated)


def _within(
    condition: AllOf | AnyOf, parts: tuple[Condition, ...], mutate: Callable[[Condition], Iterator[Condition]]
) -> Iterator[Condition]:
    """The condition with one part mutated."""
    for place, part in enumerate(parts):
        for found in mutate(part):
            yield type(condition)((*parts[:place], found, *parts[place + 1 :]))
