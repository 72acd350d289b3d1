"""The record of processing (UK GDPR Article 30), made of the agreements in force and of nothing else.

Pure. Left out: how it is printed (`words`). Rules: one row for each purpose, sending agency and agreement; a row lists
every class of field and every kind of recipient that some permit names, so nothing that may go is missing; the same
agreements give the same rows, in the same order, so two records can be compared line by line.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sharing.policy import Agreements, Permit
from sharing.reconciliation.parties import MAY_SAY
from sharing.vocabulary import OrganisationKind

ANYBODY = "any agency"
BROKER = "the broker itself"
_BROKER_FAMILIES = ("broker", "correction")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a retention schedule: its word, what it covers, how long that is kept and why."""

    line: str
    covers: str
    keeps: str
    because: str


@dataclass(frozen=True, slots=True)
class Activity:
    """One processing activity.

    Attributes:
        controllers: Kinds of organisation that send it.
        events, classes, recipients: Sorted names.
        transforms: What is done with a value on the way, `clear` where it goes as it is.
    """

    purpose: str
    means: str
    controllers: tuple[str, ...]
    statute: str
    lawful_basis: str
    confidence: str
    agreement: str
    title: str
    dpia: str
    review_by: str
    events: tuple[str, ...]
    classes: tuple[str, ...]
    recipients: tuple[str, ...]
    transforms: tuple[str, ...]


@dataclass
class _Gathered:
    permits: list[Permit] = field(default_factory=list)


def activities(agreements: Agreements) -> tuple[Activity, ...]:
    """Every processing activity that the agreements permit."""
    groups: dict[tuple[str, tuple[str, ...], str], _Gathered] = defaultdict(_Gathered)
    for permit in agreements.permits:
        key = (permit.purpose.name, controllers_of(permit.event_type), permit.agreement.name)
        groups[key].permits.append(permit)
    return tuple(_activity(agreements, key, groups[key].permits) for key in sorted(groups))


def controllers_of(event_type: str) -> tuple[str, ...]:
    """Kinds of organisation that may say an event of this type: its controllers when it is sent."""
    family = event_type.partition(".")[0]
    if family in _BROKER_FAMILIES:
        return (BROKER,)
    kinds: Iterable[OrganisationKind] | None = MAY_SAY.get(family)
    return tuple(sorted(kind.value for kind in kinds)) if kinds else (ANYBODY,)


def _activity(agreements: Agreements, key: tuple[str, tuple[str, ...], str], permits: list[Permit]) -> Activity:
    purpose, agreement = permits[0].purpose, permits[0].agreement
    classes = {
        agreements.classes[permit.event_type][path].value
        for permit in permits
        for path in permit.fields
        if path in agreements.classes[permit.event_type]
    }
    return Activity(
        purpose=purpose.name,
        means=purpose.means,
        controllers=key[1],
        statute=purpose.statute,
        lawful_basis=purpose.lawful_basis,
        confidence=purpose.confidence,
        agreement=agreement.name,
        title=agreement.title,
        dpia=agreement.dpia,
        review_by=agreement.review_by,
        events=tuple(sorted({permit.event_type for permit in permits})),
        classes=tuple(sorted(classes)),
        recipients=tuple(sorted({kind.value for permit in permits for kind in permit.to})),
        transforms=tuple(sorted({t.words for permit in permits for t in permit.fields.values()})),
    )


def record(agreements: Agreements, schedule: Iterable[Line], at: str) -> Mapping[str, Any]:
    """The whole record as one document.

    Args:
        agreements: In force.
        schedule: How long what is held is kept.
        at: The day of which the record is, ISO 8601.
    """
    return {
        "of": at,
        "agreements": agreements.version,
        "activities": [{name: getattr(one, name) for name in Activity.__slots__} for one in activities(agreements)],
        "retention": [{name: getattr(one, name) for name in Line.__slots__} for one in schedule],
    }
