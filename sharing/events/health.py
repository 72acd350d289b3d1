"""Events of the family `health`. Equal to schemas/avro/health, by test."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from sharing.events.common import Event


class AttendanceSetting(StrEnum):
    """Where care was given."""

    EMERGENCY_DEPARTMENT = "EMERGENCY_DEPARTMENT"
    URGENT_TREATMENT_CENTRE = "URGENT_TREATMENT_CENTRE"
    ADMITTED = "ADMITTED"
    OTHER = "OTHER"


class ReasonClass(StrEnum):
    """Class of reason for attending; never a diagnosis."""

    INJURY = "INJURY"
    ILLNESS = "ILLNESS"
    SELF_HARM = "SELF_HARM"
    OTHER = "OTHER"
    NOT_RECORDED = "NOT_RECORDED"


class RegistrationKind(StrEnum):
    """What changed in the registration."""

    GP_PRACTICE = "GP_PRACTICE"
    HEALTH_VISITOR = "HEALTH_VISITOR"
    NHS_NUMBER = "NHS_NUMBER"
    DEATH = "DEATH"
    SENSITIVITY = "SENSITIVITY"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class UnscheduledAttended(Event):
    """A child with a flag, or about whom a clinician is worried, came to unscheduled care."""

    event_type: ClassVar[str] = "health.unscheduled.attended"

    setting: AttendanceSetting | None = None
    site: str | None = None
    attended_at: datetime | None = None
    accompanied_by: str | None = None
    left_before_seen: bool | None = None
    reason_class: ReasonClass | None = None
    clinical_note: str | None = None
    clinician_concern: bool | None = None
    callback: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RegistrationChanged(Event):
    """The child's GP, health visitor, NHS number or sensitivity changed."""

    event_type: ClassVar[str] = "health.registration.changed"

    kind: RegistrationKind | None = None
    gp_practice: str | None = None
    health_visitor_organisation: str | None = None
    superseded_nhs_number: str | None = None
    sensitive: bool | None = None
