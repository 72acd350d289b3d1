"""The parts that every event shares: envelope, child, and a base that refuses to print values.

Equal to schemas/avro/common, by test. Every field may be absent: what is withheld looks like what never was.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar


class Urgency(StrEnum):
    """How soon somebody must look."""

    IMMEDIATE = "IMMEDIATE"
    SAME_DAY = "SAME_DAY"
    ROUTINE = "ROUTINE"


class Marking(StrEnum):
    """A handling instruction that travels with the event."""

    NO_PARENT_CONTACT = "NO_PARENT_CONTACT"
    GILLICK_OBJECTS = "GILLICK_OBJECTS"
    CRIME_UNDER_INVESTIGATION = "CRIME_UNDER_INVESTIGATION"
    INFORMANT = "INFORMANT"
    S_FLAG = "S_FLAG"


class Sex(StrEnum):
    """As recorded by the sender; not gender."""

    FEMALE = "FEMALE"
    MALE = "MALE"
    NOT_KNOWN = "NOT_KNOWN"
    NOT_SPECIFIED = "NOT_SPECIFIED"


class NotKnown(StrEnum):
    """Why a required item has no value."""

    ASKED_NOT_KNOWN = "ASKED_NOT_KNOWN"
    NOT_ASKED = "NOT_ASKED"
    NOT_APPLICABLE = "NOT_APPLICABLE"


@dataclass(frozen=True, slots=True, repr=False)
class Quiet:
    """A record about a person: its repr names the fields that are set and never shows a value."""

    def present(self) -> Iterator[str]:
        """Names of the fields that hold a value."""
        return (f.name for f in fields(self) if getattr(self, f.name) is not None)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(self.present())})"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Unreadable(Quiet):
    """One field that could not be read, with what was written; the event goes all the same."""

    field: str | None = None
    as_written: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Envelope(Quiet):
    """Who said it, when, under what reference. Every field is ruled by the agreements like any other."""

    event_id: str | None = None
    exchange_id: str | None = None
    incident_id: str | None = None
    in_reply_to: str | None = None
    subject: str | None = None
    occurred_at: datetime | None = None
    recorded_at: datetime | None = None
    agency: str | None = None
    organisation: str | None = None
    system: str | None = None
    native_key: str | None = None
    native_version: str | None = None
    author_function: str | None = None
    urgency: Urgency | None = None
    due_by: datetime | None = None
    agreement: str | None = None
    plain_words: str | None = None
    markings: tuple[Marking, ...] | None = None
    unreadable: tuple[Unreadable, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Child(Quiet):
    """The child as the sender's own record has it."""

    surname: str | None = None
    forename: str | None = None
    known_as: str | None = None
    birth_date: date | None = None
    expected_birth_date: date | None = None
    sex: Sex | None = None
    nhs_number: str | None = None
    upn: str | None = None
    local_id: str | None = None
    address_line: str | None = None
    postcode: str | None = None
    uprn: str | None = None
    telephone: str | None = None
    gp_practice: str | None = None
    setting_urn: str | None = None
    setting_name: str | None = None
    former_surname: str | None = None
    ethnicity: str | None = None


_OF_A_CHILD = frozenset(f.name for f in fields(Child))


@dataclass(frozen=True, slots=True, repr=False)
class Nobody(Quiet):
    """No child: stands where an event must name nobody, so that no schema has a place for a name.

    Whoever asks it what one asks a child is told that there is nothing.
    """

    def __getattr__(self, name: str) -> None:
        if name not in _OF_A_CHILD:
            raise AttributeError(name)


NOBODY = Nobody()
"""Stands as the child of such an event; a checker of types is told that it answers as a child would."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Event(Quiet):
    """What every event type has in common. `event_type` is the name in the catalogue.

    The few that are about no child have `Nobody` in its place.
    """

    event_type: ClassVar[str] = ""

    envelope: Envelope
    child: Child
