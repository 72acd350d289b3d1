"""Events of the family `health`. Equal to schemas/avro/health, by test."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from sharing.events.common import Event
from sharing.events.social_care import PlanKind


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


class ClinicSetting(StrEnum):
    """Kind of place of an appointment, never the specialty."""

    GENERAL_PRACTICE = "GENERAL_PRACTICE"
    COMMUNITY = "COMMUNITY"
    HOSPITAL = "HOSPITAL"
    DENTAL = "DENTAL"
    OTHER = "OTHER"


class MissedKind(StrEnum):
    """How an appointment came to nothing. A child does not miss it: it is not brought."""

    NOT_BROUGHT = "NOT_BROUGHT"
    CANCELLED_AGAIN = "CANCELLED_AGAIN"
    NO_ACCESS = "NO_ACCESS"
    DECLINED = "DECLINED"
    NOT_REACHED = "NOT_REACHED"


class FlagKind(StrEnum):
    """What a flag in health says: that something exists, never why."""

    CHILD_PROTECTION_PLAN = "CHILD_PROTECTION_PLAN"
    LOOKED_AFTER = "LOOKED_AFTER"
    UNBORN_PLAN = "UNBORN_PLAN"
    FEMALE_GENITAL_MUTILATION = "FEMALE_GENITAL_MUTILATION"
    REASONABLE_ADJUSTMENT = "REASONABLE_ADJUSTMENT"
    SAFEGUARDING_CONCERN = "SAFEGUARDING_CONCERN"


class FlagAction(StrEnum):
    """What happened to a flag."""

    SET = "SET"
    CONFIRMED = "CONFIRMED"
    REMOVED = "REMOVED"


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
    diagnosis: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RegistrationChanged(Event):
    """The child's GP, health visitor, NHS number or sensitivity changed."""

    event_type: ClassVar[str] = "health.registration.changed"

    kind: RegistrationKind | None = None
    gp_practice: str | None = None
    health_visitor_organisation: str | None = None
    superseded_nhs_number: str | None = None
    sensitive: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AppointmentMissed(Event):
    """A child was not brought to an appointment, or care was declined; it counts when it happens again or matters."""

    event_type: ClassVar[str] = "health.appointment.missed"

    missed_at: datetime | None = None
    kind: MissedKind | None = None
    setting_class: ClinicSetting | None = None
    missed_12_months: int | None = None
    harm_if_missed: bool | None = None
    specialty: str | None = None
    clinical_note: str | None = None
    worry: str | None = None
    reason_given: str | None = None
    site: str | None = None
    rebooked_at: datetime | None = None
    clinician_concern: bool | None = None
    callback: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class HealthFlagChanged(Event):
    """A flag on a patient's record was set or removed: that there is something, and whom to call."""

    event_type: ClassVar[str] = "health.flag.changed"

    kind: FlagKind | None = None
    action: FlagAction | None = None
    flag_code: str | None = None
    since: date | None = None
    until: date | None = None
    authority: str | None = None
    category: str | None = None
    mutilation_detail: str | None = None
    set_by_function: str | None = None
    duty_phone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PlanFlagViewed(Event):
    """Unscheduled care in England looked up the child's plan through the national service: somebody saw the child."""

    event_type: ClassVar[str] = "health.cpis.accessed"

    accessed_at: datetime | None = None
    viewing_setting: AttendanceSetting | None = None
    viewing_organisation: str | None = None
    unscheduled: bool | None = None
    plan_kind: PlanKind | None = None
    views_25: int | None = None
    viewer_name: str | None = None
    viewer_function: str | None = None
    reason: str | None = None
    callback: str | None = None
