"""Events of the family `school`. Equal to schemas/avro/school, by test."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from sharing.events.common import Event


class AlertAction(StrEnum):
    """What the setting did about a notice."""

    CHILD_SUPPORTED = "CHILD_SUPPORTED"
    MONITORING = "MONITORING"
    CALLED_BACK = "CALLED_BACK"
    REFERRED = "REFERRED"
    CHILD_NOT_HERE = "CHILD_NOT_HERE"


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


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AlertAcknowledged(Event):
    """A setting has read a notice and says what it does."""

    event_type: ClassVar[str] = "school.alert.acknowledged"

    read_at: datetime | None = None
    action: AlertAction | None = None
    callback_wanted: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AttendanceThresholdReached(Event):
    """Absence reached a threshold of the 2024 regulations."""

    event_type: ClassVar[str] = "school.attendance.threshold"

    rule: str | None = None
    sessions: int | None = None
    since: date | None = None
    reason_known: bool | None = None
