"""Events of the family `school`. Equal to schemas/avro/school, by test."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from sharing.events.common import NOBODY, Event, Nobody


class AlertAction(StrEnum):
    """What the setting did about a notice."""

    CHILD_SUPPORTED = "CHILD_SUPPORTED"
    MONITORING = "MONITORING"
    CALLED_BACK = "CALLED_BACK"
    REFERRED = "REFERRED"
    CHILD_NOT_HERE = "CHILD_NOT_HERE"


class RollAction(StrEnum):
    """What happens on a roll."""

    JOINED = "JOINED"
    LEFT = "LEFT"
    DELETION_PROPOSED = "DELETION_PROPOSED"
    HOME_EDUCATION = "HOME_EDUCATION"
    MISSING_EDUCATION = "MISSING_EDUCATION"


class ExclusionKind(StrEnum):
    """Kind of exclusion."""

    SUSPENSION = "SUSPENSION"
    PERMANENT = "PERMANENT"
    OFF_SITE_DIRECTION = "OFF_SITE_DIRECTION"
    CANCELLED = "CANCELLED"


class ExclusionReason(StrEnum):
    """Reason for an exclusion, school census codes."""

    PP = "PP"
    PA = "PA"
    VP = "VP"
    VA = "VA"
    OW = "OW"
    BU = "BU"
    RA = "RA"
    LG = "LG"
    DS = "DS"
    SM = "SM"
    DA = "DA"
    DM = "DM"
    TH = "TH"
    MT = "MT"
    DB = "DB"
    PH = "PH"


class FileAction(StrEnum):
    """What happened to a child protection file."""

    SENT = "SENT"
    RECEIPTED = "RECEIPTED"
    INCOMPLETE = "INCOMPLETE"
    NOT_RECEIVED = "NOT_RECEIVED"
    NO_FILE = "NO_FILE"


class FileWay(StrEnum):
    """How a file went."""

    SECURE_ELECTRONIC = "SECURE_ELECTRONIC"
    BY_HAND = "BY_HAND"
    POST = "POST"
    SAME_SYSTEM = "SAME_SYSTEM"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ConcernShared(Event):
    """A setting shares a concern below the threshold of a referral."""

    event_type: ClassVar[str] = "school.concern.shared"

    level: int | None = None
    category: str | None = None
    facts: str | None = None
    opinion: str | None = None
    child_words: str | None = None
    who_saw_function: str | None = None
    since: str | None = None
    assessment_tool: str | None = None
    staff_name: str | None = None
    other_pupils: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AlertAcknowledged(Event):
    """A setting has read a notice and says what it does."""

    event_type: ClassVar[str] = "school.alert.acknowledged"

    read_at: datetime | None = None
    action: AlertAction | None = None
    callback_wanted: bool | None = None
    pupil_reaction: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AttendanceThresholdReached(Event):
    """Absence reached a threshold of the 2024 regulations."""

    event_type: ClassVar[str] = "school.attendance.threshold"

    rule: str | None = None
    sessions: int | None = None
    since: date | None = None
    reason_known: bool | None = None
    absence_codes: tuple[str, ...] | None = None
    plan_known: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RollChanged(Event):
    """A child joined or left a roll, or is about to leave it. The authority hears before the name is deleted."""

    event_type: ClassVar[str] = "school.roll.changed"

    action: RollAction | None = None
    on_roll_from: date | None = None
    on_roll_until: date | None = None
    ground: str | None = None
    destination_known: bool | None = None
    destination_urn: str | None = None
    destination_name: str | None = None
    destination_authority: str | None = None
    previous_urn: str | None = None
    new_address: str | None = None
    leave_with: str | None = None
    parental_reason: str | None = None
    last_seen_on: date | None = None
    enquiries_made: tuple[str, ...] | None = None
    authority_told_at: datetime | None = None
    mobile_family: bool | None = None
    had_social_worker: bool | None = None
    file_goes: bool | None = None
    callback: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ExclusionRecorded(Event):
    """A child is suspended or permanently excluded.

    For a child with a plan it takes away the one who sees it each day.
    """

    event_type: ClassVar[str] = "school.exclusion.recorded"

    kind: ExclusionKind | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    sessions: int | None = None
    sessions_year: int | None = None
    reasons: tuple[ExclusionReason, ...] | None = None
    behaviour_detail: str | None = None
    other_pupils: tuple[str, ...] | None = None
    special_needs_support: str | None = None
    alternative_urn: str | None = None
    alternative_from: date | None = None
    who_is_at_home: str | None = None
    worry: str | None = None
    has_social_worker: bool | None = None
    governors_meet_on: date | None = None
    callback: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class FileTransferred(Event):
    """A child protection file goes to the next setting: sent, received, whole or not.

    What is in it goes another way.
    """

    event_type: ClassVar[str] = "school.file.transferred"

    action: FileAction | None = None
    sent_at: datetime | None = None
    received_at: datetime | None = None
    way: FileWay | None = None
    pages: int | None = None
    content_hash: str | None = None
    parts: tuple[str, ...] | None = None
    parts_missing: tuple[str, ...] | None = None
    from_urn: str | None = None
    to_urn: str | None = None
    content: str | None = None
    other_children: tuple[str, ...] | None = None
    callback: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SettingContactChanged(Event):
    """Whom one reaches at a setting, by function, in term and out of it. It is about no child."""

    event_type: ClassVar[str] = "school.contact.changed"

    child: Nobody = NOBODY  # type: ignore[assignment]
    contact_function: str | None = None
    contact_phone: str | None = None
    deputy_function: str | None = None
    deputy_phone: str | None = None
    office_phone: str | None = None
    hours: str | None = None
    closed_from: date | None = None
    closed_until: date | None = None
    holiday_function: str | None = None
    holiday_phone: str | None = None
    trained_on: date | None = None
    enrolled: bool | None = None
    setting_urn: str | None = None
    lead_name: str | None = None
    home_phone: str | None = None
    valid_from: date | None = None
