"""The matrix as canonical JSON: what is hashed, signed, exported and evaluated again by others.

It holds everything that is needed to decide, and nothing else; docs/matrix.md says how, and a test decides from it with
code of its own. Comments, order, spelling, titles and file names do not move it; any change of what may go to whom, why
and under which facts does. Left out: the same as a page for people (`pages`).
"""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from sharing.policy.canonical import canonical
from sharing.policy.conditions import AllOf, AnyOf, Condition, Named, Not
from sharing.policy.facts import Guard
from sharing.policy.lattice import TELLS_MORE, Transform
from sharing.policy.model import Agreements, AlwaysRule, Cell, NeverRule, Permit, Seal, Vocabulary
from sharing.policy.paths import EXISTS
from sharing.policy.pseudo import PSEUDO_FIELDS, ruled_paths
from sharing.vocabulary import FieldClass

FORMAT = "crosswalk-matrix/1"


def matrix_bytes(agreements: Agreements) -> bytes:
    """The matrix as canonical JSON; the same permissions always give the same bytes."""
    return canonical(matrix_of(agreements))


def version_of(agreements: Agreements) -> str:
    """SHA-256 (hex) of the canonical matrix."""
    return sha256(matrix_bytes(agreements)).hexdigest()


def matrix_of(agreements: Agreements) -> dict[str, Any]:
    """The matrix as plain tables and lists, in a fixed order."""
    cells = [cell for _, cell in sorted(agreements.cells.items())]
    permits = {permit.permit_id: permit for cell in cells for permit in cell.permits.values()}
    return {
        "format": FORMAT,
        **_words(agreements.vocabulary),
        "events": {event: _event(event, own) for event, own in agreements.classes.items()},
        "agreements": {
            p.agreement.name: {
                "dpia": p.agreement.dpia,
                "parties": sorted(p.agreement.parties),
                "review_by": p.agreement.review_by,
            }
            for p in permits.values()
        },
        "permits": {name: _permit(permit) for name, permit in permits.items()},
        "seals": {seal.seal_id: _seal(seal) for seal in agreements.seals},
        "cells": [_cell(cell) for cell in cells],
        "never": [_never(rule) for rule in sorted(agreements.never, key=lambda rule: rule.rule_id)],
        "always": [_always(rule) for rule in sorted(agreements.always, key=lambda rule: rule.rule_id)],
    }


def condition_of(condition: Condition) -> Any:
    """A condition as JSON: a guard's name, `["not", c]`, `["and", c ...]`, `["or", c ...]`; `["and"]` is always."""
    match condition:
        case Named(guard):
            return guard.value
        case Not(inner):
            return ["not", condition_of(inner)]
        case AllOf(parts):
            return ["and", *map(condition_of, parts)]
        case AnyOf(parts):
            return ["or", *map(condition_of, parts)]


def _words(vocabulary: Vocabulary) -> dict[str, Any]:
    guards = [vocabulary.guards[guard] for guard in Guard]
    return {
        "guards": [[g.guard.value, g.polarity.value, g.max_age and int(g.max_age.total_seconds())] for g in guards],
        "lattice": {kind.value: sorted(more) for kind, more in TELLS_MORE.items()},
        "categories": dict(vocabulary.categories),
        "persons": dict(vocabulary.persons),
        "markers": {name: marker.says for name, marker in vocabulary.markers.items()},
        "recipients": dict(vocabulary.recipients),
        "classes": {own.value: sorted(told_by) for own, told_by in vocabulary.told_by.items()},
        "purposes": [
            {"name": p.name, "statute": p.statute, "lawful_basis": p.lawful_basis, "confidence": p.confidence}
            for p in vocabulary.purposes.values()
        ],
    }


def _event(event_type: str, classes: Mapping[str, FieldClass]) -> list[list[str]]:
    ruled = {path: one.own for path, one in PSEUDO_FIELDS.items()} | dict(classes)
    return [[path, ruled[path].value] for path in ruled_paths(event_type)]


def _permit(permit: Permit) -> dict[str, Any]:
    return {
        "agreement": permit.agreement.name,
        "when": condition_of(permit.when),
        "hold_until": sorted(guard.value for guard in permit.hold_until),
        "never_stopped": permit.never_stopped,
    }


def _seal(seal: Seal) -> dict[str, Any]:
    exceptions = [{"to": _kinds(e.to), "when": condition_of(e.when)} for e in seal.exceptions]
    return {
        "when": condition_of(seal.when),
        "classes": sorted(seal.classes),
        "around": sorted({*seal.around, *([EXISTS] if seal.exists else [])}),
        "to": _kinds(seal.to),
        "do": seal.do.words,
        "marker": seal.marker,
        "absolute": seal.absolute,
        "exceptions": sorted(exceptions, key=canonical),
    }


def _cell(cell: Cell) -> dict[str, Any]:
    fields = [[path, p.fields[path].words, p.permit_id] for path, p in sorted(cell.permits.items())]
    return {
        "event": cell.event_type,
        "to": cell.kind.value,
        "purpose": cell.purpose.name if cell.purpose else "",
        "fields": fields,
        "seals": [seal.seal_id for seal in cell.seals],
    }


def _never(rule: NeverRule) -> dict[str, Any]:
    return {
        "id": rule.rule_id,
        "classes": sorted(rule.classes),
        "fields": sorted(rule.fields),
        "to": _kinds(rule.to),
        "events": None if rule.events is None else sorted(rule.events),
        "except_events": sorted(rule.except_events),
        "except_fields": sorted(rule.except_fields),
        "when": condition_of(rule.when),
        "more_than": _words_of(rule.more_than),
    }


def _always(rule: AlwaysRule) -> dict[str, Any]:
    return {
        "id": rule.rule_id,
        "event": rule.event,
        "to": _kinds(rule.to),
        "fields": sorted(rule.fields),
        "when": condition_of(rule.when),
        "at_least": rule.at_least.words,
    }


def _kinds(to: Iterable[str] | None) -> list[str] | None:
    return None if to is None else sorted(to)


def _words_of(transform: Transform | None) -> str:
    return "withhold" if transform is None else transform.words
