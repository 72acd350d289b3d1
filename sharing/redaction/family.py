"""What is known of a child's family and of those around it, gathered from the structured fields of its events.

Left out: which events belong to a family, and how a value may be written (`dictionary`). Rules: a field counts by its
class; what somebody told in their own words is read by nobody here, and neither are roles, relations and functions.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sharing.events import Event, Quiet
from sharing.redaction.tripwire import texts_at, values_at
from sharing.vocabulary import FieldClass

_OF_PERSONS = frozenset({
    FieldClass.IDENTITY, FieldClass.FORMER_IDENTITY, FieldClass.ADULT_FAMILY, FieldClass.ALLEGED_PERPETRATOR,
    FieldClass.INFORMANT, FieldClass.REFERRER, FieldClass.OTHER_CHILD,
})  # fmt: skip
_OF_PLACES = frozenset({FieldClass.LOCATION, FieldClass.LOCATION_INFERRING, FieldClass.SEALED_LOCATION})
_OF_NUMBERS = frozenset({FieldClass.NHS_NUMBER, FieldClass.UPN, FieldClass.AGENCY_REFERENCE})
_TOLD = frozenset({
    "adult_health", "age_band", "family_findings", "family_views", "handling_code", "history_given", "intelligence",
    "network", "no_name_to_family", "police_plan", "reason_given", "relation", "restricted_adult_description",
    "restricted_adult_relation", "native_version", "system",
})  # fmt: skip
"""Last parts of paths that hold no name, place or number, or somebody's own words."""
_CALLED = ("telephone", "phone", "callback", "uprn")
_PLACED = ("_address", "_urn", "_setting")
_PERSON_AMONG_PLACES = frozenset({"carer_name"})


@dataclass(frozen=True, slots=True, repr=False)
class Known(Quiet):
    """What is known of one child's family and of those around it, as it was written.

    Attributes:
        names: Of the child, siblings, adults, carers, alleged perpetrators, referrers, covert sources, officers.
        places: Addresses, postcodes, names of settings and practices, areas.
        numbers: Telephones, NHS numbers, UPNs, references of agencies.
        dates: Birth dates.
    """

    names: tuple[str, ...]
    places: tuple[str, ...]
    numbers: tuple[str, ...]
    dates: tuple[date, ...] = ()


def known_of(events: Iterable[Event], classes: Mapping[str, Mapping[str, FieldClass]]) -> Known:
    """What the events of a family tell in their structured fields.

    Args:
        events: Of the child and of the children of the same incidents.
        classes: Of the fields of each event type, by path (`Agreements.classes`).

    Returns:
        Each value once, in the order of the events.
    """
    names: dict[str, None] = {}
    places: dict[str, None] = {}
    numbers: dict[str, None] = {}
    dates: dict[date, None] = {}
    for event in events:
        names.update(dict.fromkeys(_whole_names(event)))
        for path, field_class in classes.get(event.event_type, {}).items():
            if path.endswith("birth_date"):
                dates.update((day, None) for day in values_at(event, path) if isinstance(day, date))
            kind = _kind(path.rpartition(".")[2], field_class)
            if kind:
                {"name": names, "place": places, "number": numbers}[kind].update(dict.fromkeys(texts_at(event, path)))
    return Known(tuple(names), tuple(places), tuple(numbers), tuple(dates))


def _whole_names(event: Event) -> Iterable[str]:
    """The child's names put together, for initials and for names written without a blank."""
    child = event.child
    for first in (child.forename, child.known_as):
        for last in (child.surname, child.former_surname):
            if first and last and first.strip() and last.strip():
                yield f"{first} {last}"


def _kind(field: str, field_class: FieldClass) -> str:
    """Whether a field holds names, places, numbers, or nothing of that kind."""
    if field in _TOLD:
        return ""
    if field.endswith(_CALLED) or field_class in _OF_NUMBERS:
        return "number"
    if field in _PERSON_AMONG_PLACES:
        return "name"
    if field_class in _OF_PLACES:
        return "place"
    if field_class in _OF_PERSONS:
        return "place" if field.endswith(_PLACED) else "name"
    return ""
