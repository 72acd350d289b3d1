"""Deciding under a grant: what a named officer was given for a time, and not a field more.

A grant makes the guard `named_officer_grant` true, and a seal may make an exception of it. That exception would lift
the whole seal; so each field is decided twice, with the grant and without, and only the fields that the grant names are
taken from the first. Left out: who may grant (`sharing.granting`) and whether one is in force (`sharing.facts`).

Rules: a grant opens what a permit gives and as it gives it: a text to be scrubbed still waits for a person; both
decisions are made under one purpose, that of the grant; a seal that is `absolute` has no exception, so no
grant can touch it; an event that would not have gone at all goes only as far as the grant names it, with what is needed
to handle it; the record names the fields (`granted`), so whoever verifies it decides twice as well.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from hashlib import sha256

from sharing.policy.canonical import canonical
from sharing.policy.conditions import guards_of
from sharing.policy.decide import decide
from sharing.policy.decision import Decision, FieldRuling, rows_of, shape_of
from sharing.policy.facts import Facts, Guard
from sharing.policy.model import Agreements, Cell
from sharing.policy.outcomes import field_rulings
from sharing.policy.paths import EXISTS
from sharing.policy.pseudo import ruled_classes
from sharing.policy.situations import Situations, one
from sharing.vocabulary import FieldClass, Outcome, RecipientKind

Granted = Mapping[str, frozenset[str]]
"""Name of a purpose to the paths that grants in force name for it."""


def paths_of(agreements: Agreements, event_type: str, named: Collection[str]) -> frozenset[str]:
    """The paths of an event type that a grant names, each by itself or by its class, as `class:C`."""
    classes = agreements.classes[event_type]
    return frozenset(path for path, own in classes.items() if path in named or f"class:{own}" in named)


def lifts(agreements: Agreements, kind: RecipientKind, named: str) -> bool:
    """Whether a grant to this kind can open what is named: a permit asks for one, or a seal makes it an exception."""
    own = named if class_of(agreements, named) is None else f"class:{class_of(agreements, named)}"
    return _yields(agreements, kind, own) or _asks(agreements, kind, named)


def _yields(agreements: Agreements, kind: RecipientKind, own: str) -> bool:
    return any(
        kind in exception.to and Guard.NAMED_OFFICER_GRANT in guards_of(exception.when)
        for seal in agreements.seals
        if not seal.absolute and own in {f"class:{closed}" for closed in seal.classes}
        for exception in seal.exceptions
    )


def _asks(agreements: Agreements, kind: RecipientKind, named: str) -> bool:
    asking = (p for p in agreements.permits if kind in p.to and Guard.NAMED_OFFICER_GRANT in guards_of(p.when))
    return any(
        path == named or f"class:{agreements.classes[permit.event_type].get(path)}" == named
        for permit in asking
        for path in permit.fields
    )


def class_of(agreements: Agreements, path: str) -> FieldClass | None:
    """The class of a path, in whichever event type has it; None where none has."""
    return next((classes[path] for classes in agreements.classes.values() if path in classes), None)


def decide_granted(
    agreements: Agreements, event_type: str, kind: RecipientKind, facts: Facts, granted: Granted
) -> Decision:
    """What may go to somebody who holds a grant.

    Args:
        agreements: The set in force.
        event_type: Name in the catalogue.
        kind: As what the recipient receives.
        facts: Read now; `named_officer_grant` is true.
        granted: What the grants in force name, by purpose.
    """
    key = ("granted", event_type, kind, facts.vector, tuple(sorted(granted.items(), key=str)))
    made = agreements.remembered.get(key)
    if not isinstance(made, Decision):
        made = agreements.remembered[key] = _decided(agreements, event_type, kind, facts, granted)
    return made


def _decided(agreements: Agreements, event_type: str, kind: RecipientKind, facts: Facts, granted: Granted) -> Decision:
    without = Facts.of({**facts, Guard.NAMED_OFFICER_GRANT: False})
    closed = decide(agreements, event_type, kind, None, without)
    lifted = decide(agreements, event_type, kind, closed.purpose or None, facts)
    if closed.outcome is not Outcome.DELIVER:
        lifted = decide(agreements, event_type, kind, None, facts)
    named = frozenset(p for p in granted.get(lifted.purpose, ()) if _opens(lifted, p))
    if lifted.outcome is not Outcome.DELIVER or not named or lifted.guards == closed.guards:
        return closed
    if closed.outcome is not Outcome.DELIVER:
        named |= {EXISTS, *_to_handle_it(agreements, event_type)}
    return _together(agreements.cells[event_type, kind, lifted.purpose], lifted, without, named)


def _opens(lifted: Decision, path: str) -> bool:
    """Whether the grant opens a field: at once, or for a text once a person has read it. It makes no text clear."""
    return lifted.releases(path) or lifted.ruling(path).awaits_review


def _to_handle_it(agreements: Agreements, event_type: str) -> Iterator[str]:
    """What every recipient needs to handle an event at all: nothing of it tells of the child."""
    for path, own in ruled_classes(agreements.classes[event_type]).items():
        if own in (FieldClass.TECHNICAL, FieldClass.PROCESS):
            yield path


def _together(cell: Cell, lifted: Decision, without: Facts, named: frozenset[str]) -> Decision:
    """The lifted decision where the grant names a field; elsewhere what holds without it."""
    situation = one(without, tuple(guard for guard, _ in lifted.guards))
    rulings = tuple(
        ruling if ruling.path in named or (ruling.path == EXISTS) else _without(cell, ruling.path, situation)
        for ruling in lifted.fields
    )
    record = {**json.loads(lifted.body()), "fields": rows_of(rulings), "granted": sorted(named)}
    body = canonical(record)
    return replace(
        lifted, fields=rulings, shape=shape_of(lifted.event_type, rulings), digest=sha256(body).digest(), _body=body
    )


def _without(cell: Cell, path: str, situation: Situations) -> FieldRuling:
    by = next(ruling for ruling in field_rulings(cell, path, situation) if ruling.rows)
    return FieldRuling(path, by.transform, by.reason, by.rule)
