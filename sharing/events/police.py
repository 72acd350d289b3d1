"""Events of the family `police`. Equal to schemas/avro/police, by test."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from sharing.events.common import Event, NotKnown


class ChildRole(StrEnum):
    """How the child stood to the incident.

    A child who sees, hears or experiences the effects is a victim (Domestic Abuse Act 2021 s3).
    """

    VICTIM_S3 = "VICTIM_S3"
    PRESENT = "PRESENT"
    HEARD = "HEARD"
    RESIDENT_ABSENT = "RESIDENT_ABSENT"


class LocationClass(StrEnum):
    """Kind of place, never the place."""

    HOME = "HOME"
    OTHER_HOME = "OTHER_HOME"
    PUBLIC_PLACE = "PUBLIC_PLACE"
    SCHOOL = "SCHOOL"
    OTHER = "OTHER"


class RiskTool(StrEnum):
    """Risk tool used by the officer."""

    DASH = "DASH"
    DARA = "DARA"
    OTHER = "OTHER"


class RiskGrade(StrEnum):
    """Grade given with the tool."""

    STANDARD = "STANDARD"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"


class MissingAction(StrEnum):
    """Missing or found."""

    MISSING = "MISSING"
    FOUND = "FOUND"


class MissingGrade(StrEnum):
    """Grade of a missing episode."""

    NO_APPARENT_RISK = "NO_APPARENT_RISK"
    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DomesticAbuseIncidentNotified(Event):
    """Police attended domestic abuse in a child's home or family, one event per child.

    Operation Encompass; Domestic Abuse Act 2021 s49A.
    """

    event_type: ClassVar[str] = "police.da_incident.notified"

    police_reference: str | None = None
    incident_started_at: datetime | None = None
    attended_at: datetime | None = None
    location_class: LocationClass | None = None
    location_class_not_known: NotKnown | None = None
    incident_address: str | None = None
    child_role: ChildRole | None = None
    child_role_not_known: NotKnown | None = None
    spoken_to: bool | None = None
    spoken_to_not_known: NotKnown | None = None
    child_words: str | None = None
    child_words_not_known: NotKnown | None = None
    others_present: str | None = None
    others_present_not_known: NotKnown | None = None
    circumstances: str | None = None
    circumstances_not_known: NotKnown | None = None
    actions_taken: str | None = None
    actions_taken_not_known: NotKnown | None = None
    agencies_told: tuple[str, ...] | None = None
    agencies_told_not_known: NotKnown | None = None
    risk_tool: RiskTool | None = None
    risk_grade: RiskGrade | None = None
    risk_grade_not_known: NotKnown | None = None
    injured: bool | None = None
    suspect: str | None = None
    intelligence: str | None = None
    officer: str | None = None
    suggested_actions: tuple[str, ...] | None = None
    callback: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MissingChanged(Event):
    """A child is reported missing, or has been found."""

    event_type: ClassVar[str] = "police.missing.changed"

    action: MissingAction | None = None
    grade: MissingGrade | None = None
    since: datetime | None = None
    last_seen_area: str | None = None
    return_interview_needed: bool | None = None
    callback: str | None = None
