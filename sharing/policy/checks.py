"""What can be seen only across files: two permits on one cell, an event without leave to arrive, too many guards.

Each check notes its faults with the place in the text; none of them stops another. Left out: one file's own faults
(`read_permits`, `read_rules`, `read_vocabulary`).
"""

from collections.abc import Iterable, Mapping
from datetime import date

from sharing.events import EVENT_TYPES
from sharing.policy.classes import Classes
from sharing.policy.conditions import MAX_GUARDS
from sharing.policy.document import Faults, Place, Table
from sharing.policy.lattice import CLEAR, TransformKind
from sharing.policy.model import CellKey, Permit
from sharing.policy.paths import EXISTS, leaves
from sharing.policy.pseudo import TIMESTAMP
from sharing.policy.reading import is_date
from sharing.vocabulary import FieldClass

OCCURRED_AT = "envelope.occurred_at"
NEVER_TOKENED = frozenset({FieldClass.FORMER_IDENTITY, FieldClass.SEALED_LOCATION, FieldClass.INFORMANT})
"""Of these even a pseudonym would join what must not be joined."""


def agreement_names(documents: Mapping[str, Table]) -> Iterable[tuple[str, Place]]:
    """The name that each file gives its agreement, with its place."""
    for document in documents.values():
        node = document.get("agreement")
        yield str(getattr(node, "text", "")), node.place if node else document.place


def check_reviews(documents: Mapping[str, Table], today: date | None, faults: Faults) -> None:
    """No agreement is past the day by which it was to be reviewed; without a today nothing is checked."""
    for document in documents.values():
        node = document.get("review_by")
        text = str(getattr(node, "text", ""))
        if today is not None and node is not None and is_date(text) and date.fromisoformat(text) < today:
            why = f"this agreement was to be reviewed by {text} and today is {today}"
            faults.add(node.place, f"{why}: review it and write the next day, or take the file away")


def check_classes(classes: Classes, faults: Faults) -> None:
    """Every field of every event type has a class, and no class speaks of a field that does not exist."""
    for event_type in EVENT_TYPES:
        at = Place(f"schema of {event_type}", 1, 1)
        own, known = set(classes.get(event_type, ())), set(leaves(event_type))
        for path in sorted(known - own):
            faults.add(at, f"field '{path}' has no class; a field without a class cannot be ruled")
        for path in sorted(own - known):
            faults.add(at, f"field '{path}' is in the schema but not in the event")


def check_cells(permits: list[tuple[Permit, Place]], faults: Faults, *, whole: bool) -> None:
    """No two permits on one cell; every group delivers an event; what is counted from a date has that date.

    Args:
        permits: Each with its place.
        faults: Where to note.
        whole: Every file could be read, so that what stands in none of them is missing.
    """
    owner: dict[tuple[str, str, str, str], tuple[Permit, Place]] = {}
    for permit, place in permits:
        for key in ((permit.event_type, kind, permit.purpose.name, f) for kind in permit.to for f in permit.fields):
            if key in owner:
                other, at = owner[key]
                faults.add(place, f"'{key[3]}' of {key[0]} to {key[1]} is ruled already by {other.permit_id}, at {at}")
            owner.setdefault(key, (permit, place))
    for permit, place in permits:
        for kind in permit.to if whole else ():
            if (permit.event_type, kind, permit.purpose.name, EXISTS) not in owner:
                faults.add(place, f"no permit gives '{EXISTS}' of {permit.event_type} to {kind}: nothing would arrive")
        _check_time(permit, place, faults)


def check_tokens(permits: Iterable[tuple[Permit, Place]], classes: Classes, faults: Faults) -> None:
    """Nothing that tells a sealed identity has a pseudonym."""
    for permit, place in permits:
        own = classes.get(permit.event_type, {})
        for path, transform in permit.fields.items():
            if transform.kind is TransformKind.TOKEN and own.get(path) in NEVER_TOKENED:
                faults.add(place, f"'{path}' is of class {own[path]}: it has no token, since a token would join it")


def _check_time(permit: Permit, place: Place, faults: Faults) -> None:
    """An age is counted from when the event happened, and the header of that time tells no more than the field."""
    if permit.fields.get(OCCURRED_AT) == CLEAR:
        return
    bands = [path for path, transform in permit.fields.items() if transform.kind is TransformKind.AGE_BAND]
    if bands:
        faults.add(place, f"'{bands[0]}' as age_band needs '{OCCURRED_AT}: clear', from which it is counted")
    if permit.fields.get(TIMESTAMP) == CLEAR:
        faults.add(place, f"'{TIMESTAMP}: clear' needs '{OCCURRED_AT}: clear', since it tells the same")


def check_sizes(sizes: Mapping[CellKey, int], permits: Iterable[tuple[Permit, Place]], faults: Faults) -> None:
    """No cell depends on more guards than can be proved over every combination."""
    for permit, place in permits:
        for kind in permit.to if permit.fields else ():
            size = sizes[permit.event_type, kind, permit.purpose.name]
            if size > MAX_GUARDS:
                faults.add(place, f"{size} guards bear on {permit.event_type} to {kind}; at most {MAX_GUARDS} may")
