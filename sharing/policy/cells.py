"""Permits and seals to the cells of the matrix: one for each event type, recipient kind and purpose.

Left out: reading them (`loader`) and how the matrix is written down (`matrix`).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from sharing.policy.classes import Classes
from sharing.policy.conditions import guards_of
from sharing.policy.facts import Guard
from sharing.policy.model import Cell, CellKey, Permit, Seal
from sharing.policy.paths import EXISTS
from sharing.policy.pseudo import ruled_classes
from sharing.vocabulary import FieldClass, RecipientKind


def cells_of(permits: Iterable[Permit], seals: Iterable[Seal], classes: Classes) -> dict[CellKey, Cell]:
    """The matrix. Where two permits name one field, the later stands; the loader refuses such a set before."""
    grouped: dict[CellKey, dict[str, Permit]] = defaultdict(dict)
    for permit in permits:
        for kind in permit.to if permit.fields else ():
            grouped[permit.event_type, kind, permit.purpose.name].update(dict.fromkeys(permit.fields, permit))
    ordered = tuple(sorted(seals, key=lambda seal: seal.seal_id))
    ruled = {event_type: ruled_classes(own) for event_type, own in classes.items()}
    return {key: _cell(key, found, ordered, ruled[key[0]]) for key, found in sorted(grouped.items())}


def _cell(
    key: CellKey, permits: Mapping[str, Permit], seals: tuple[Seal, ...], classes: Mapping[str, FieldClass]
) -> Cell:
    event_type, kind, _ = key
    stopped = {path: permit for path, permit in permits.items() if not permit.never_stopped}
    here = {classes[path] for path in stopped if path != EXISTS}
    binding = tuple(
        seal
        for seal in seals
        if (seal.to is None or kind in seal.to)
        and (seal.classes & here or (seal.exists and EXISTS in stopped) or seal.around & stopped.keys())
    )
    purpose = next(iter(permits.values())).purpose
    own = {id(permit): permit for permit in stopped.values()}.values()
    return Cell(event_type, kind, purpose, dict(permits), binding, classes, _guards(own, binding, kind))


def _guards(permits: Iterable[Permit], seals: Iterable[Seal], kind: RecipientKind) -> frozenset[Guard]:
    found: set[Guard] = set()
    for permit in permits:
        found |= guards_of(permit.when) | set(permit.hold_until)
    for seal in seals:
        found |= guards_of(seal.when)
        for exception in seal.exceptions if not seal.absolute else ():
            if kind in exception.to:
                found |= guards_of(exception.when)
    return frozenset(found)


def purposes_of(cells: Iterable[CellKey], order: Iterable[str]) -> dict[tuple[str, RecipientKind], tuple[str, ...]]:
    """The purposes of each event type and kind, in the order of the vocabulary."""
    rank = {name: place for place, name in enumerate(order)}
    found: dict[tuple[str, RecipientKind], list[str]] = defaultdict(list)
    for event_type, kind, purpose in cells:
        found[event_type, kind].append(purpose)
    return {key: tuple(sorted(names, key=rank.__getitem__)) for key, names in found.items()}
