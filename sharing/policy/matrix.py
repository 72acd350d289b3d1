"""Permits and seals to the matrix: one cell for each event type, recipient kind and purpose, and its version.

The version is a hash over the matrix in canonical form: comments, order, spelling and file names do not move it; any
change of what may go to whom, why and under which facts does.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from hashlib import sha256

from sharing.policy.canonical import canonical
from sharing.policy.classes import Classes
from sharing.policy.conditions import guards_of, words
from sharing.policy.facts import Guard
from sharing.policy.model import Cell, CellKey, Permit, Seal, Vocabulary
from sharing.policy.paths import EXISTS
from sharing.vocabulary import FieldClass, RecipientKind


def cells_of(permits: Iterable[Permit], seals: Iterable[Seal], classes: Classes) -> dict[CellKey, Cell]:
    """The matrix. Where two permits name one field, the later stands; the loader refuses such a set before."""
    grouped: dict[CellKey, dict[str, Permit]] = defaultdict(dict)
    for permit in permits:
        for kind in permit.to:
            for path in permit.fields:
                grouped[permit.event_type, kind, permit.purpose.name][path] = permit
    ordered = tuple(sorted(seals, key=lambda seal: seal.seal_id))
    return {key: _cell(key, found, ordered, classes[key[0]]) for key, found in sorted(grouped.items())}


def _cell(
    key: CellKey, permits: Mapping[str, Permit], seals: tuple[Seal, ...], classes: Mapping[str, FieldClass]
) -> Cell:
    event_type, kind, _ = key
    stopped = {path: permit for path, permit in permits.items() if not permit.never_stopped}
    here = {classes[path] for path in stopped if path != EXISTS}
    binding = tuple(
        seal
        for seal in seals
        if (seal.to is None or kind in seal.to) and (seal.classes & here or (seal.exists and EXISTS in stopped))
    )
    purpose = next(iter(permits.values())).purpose
    return Cell(event_type, kind, purpose, dict(permits), binding, classes, _guards(stopped.values(), binding, kind))


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


def version_of(cells: Mapping[CellKey, Cell], vocabulary: Vocabulary) -> str:
    """SHA-256 (hex) of the canonical matrix."""
    return sha256(canonical(matrix_of(cells, vocabulary))).hexdigest()


def matrix_of(cells: Mapping[CellKey, Cell], vocabulary: Vocabulary) -> dict[str, object]:
    """The matrix as plain lists and tables, in a fixed order: what is hashed, and what a page can be made of."""
    return {
        "guards": [[guard.value, vocabulary.guards[guard].polarity.value] for guard in Guard],
        "purposes": [[p.name, p.statute, p.lawful_basis, p.confidence] for p in vocabulary.purposes.values()],
        "cells": [[*map(str, key), _row(cell)] for key, cell in sorted(cells.items())],
    }


def _row(cell: Cell) -> dict[str, object]:
    return {
        "fields": [
            [path, permit.fields[path].words, permit.fields[path].pairs, cell.classes.get(path, ""), permit.permit_id]
            for path, permit in sorted(cell.permits.items())
        ],
        "permits": sorted(_permit_row(permit) for permit in {p.permit_id: p for p in cell.permits.values()}.values()),
        "seals": [_seal_row(seal) for seal in cell.seals],
    }


def _permit_row(permit: Permit) -> list[object]:
    agreement = permit.agreement
    hold = sorted(guard.value for guard in permit.hold_until)
    head = [agreement.name, agreement.dpia, agreement.review_by]
    return [permit.permit_id, words(permit.when), hold, permit.never_stopped, head]


def _seal_row(seal: Seal) -> list[object]:
    exceptions = sorted([sorted(kind.value for kind in e.to), words(e.when)] for e in seal.exceptions)
    closes = [*sorted(c.value for c in seal.classes), *([EXISTS] if seal.exists else [])]
    return [seal.seal_id, words(seal.when), closes, seal.do.words, seal.do.pairs, seal.absolute, exceptions]
