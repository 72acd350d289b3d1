"""Events of the family `broker`. Equal to schemas/avro/broker, by test."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from sharing.events.common import Event


class ReceiptState(StrEnum):
    """How far one exchange has come at its recipient."""

    DELIVERED = "DELIVERED"
    READ = "READ"
    ACTED = "ACTED"
    REFUSED = "REFUSED"
    RECALLED = "RECALLED"


class ClockState(StrEnum):
    """State of a clock."""

    STARTED = "STARTED"
    DUE_SOON = "DUE_SOON"
    BREACHED = "BREACHED"
    ANSWER_INCOMPLETE = "ANSWER_INCOMPLETE"
    STOPPED = "STOPPED"


class CoverageKind(StrEnum):
    """Why somebody who should be reached cannot be."""

    NOT_ENROLLED = "NOT_ENROLLED"
    NO_SAFEGUARDING_LEAD = "NO_SAFEGUARDING_LEAD"
    SILENT = "SILENT"
    ON_NO_ROLL = "ON_NO_ROLL"


class CorrectionAction(StrEnum):
    """What the recipient must do."""

    RECALL = "RECALL"
    REPLACE = "REPLACE"


class TaskKind(StrEnum):
    """A thing a person must do."""

    TELEPHONE_SETTING = "TELEPHONE_SETTING"
    FIND_SETTING = "FIND_SETTING"
    COMPLETE_ANSWER = "COMPLETE_ANSWER"
    SETTLE_IDENTITY = "SETTLE_IDENTITY"
    TELEPHONE_SENDER = "TELEPHONE_SENDER"
    TELEPHONE_FRONT_DOOR = "TELEPHONE_FRONT_DOOR"
    SEND_SEAL_AGAIN = "SEND_SEAL_AGAIN"
    LOOK_AT_STOPPED_RECORD = "LOOK_AT_STOPPED_RECORD"
    ACT_FOR_SETTING = "ACT_FOR_SETTING"
    REVIEW_GRANT = "REVIEW_GRANT"
    REVIEW_TEXT = "REVIEW_TEXT"
    LOOK_AT_LATE_EVENT = "LOOK_AT_LATE_EVENT"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SettingSought(Event):
    """The broker asks the authority's rolls where a child is registered; it keeps no roll itself."""

    event_type: ClassVar[str] = "broker.setting.sought"

    why: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ReceiptRecorded(Event):
    """How far an exchange has come at its recipient."""

    event_type: ClassVar[str] = "broker.receipt.recorded"

    state: ReceiptState | None = None
    by_function: str | None = None
    code: str | None = None
    reader_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ClockChanged(Event):
    """A clock started, is due, was breached, or was stopped by its answer."""

    event_type: ClassVar[str] = "broker.clock.changed"

    rule: str | None = None
    state: ClockState | None = None
    started_at: datetime | None = None
    clock_due_by: datetime | None = None
    owner_organisation: str | None = None
    owner_function: str | None = None
    missing_items: tuple[str, ...] | None = None
    telephone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class EscalationChanged(Event):
    """Silence or disagreement moved up a stage."""

    event_type: ClassVar[str] = "broker.escalation.changed"

    rule: str | None = None
    stage: int | None = None
    from_function: str | None = None
    to_function: str | None = None
    why: str | None = None
    telephone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CoverageGapFound(Event):
    """Somebody who should be reached cannot be."""

    event_type: ClassVar[str] = "broker.coverage.gap"

    organisation_missing: str | None = None
    kind: CoverageKind | None = None
    since: datetime | None = None
    expected_by: date | None = None
    pupils: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class TaskRaised(Event):
    """A person must do something by a time."""

    event_type: ClassVar[str] = "broker.task.raised"

    task: TaskKind | None = None
    about_event: str | None = None
    organisation_missing: str | None = None
    telephone: str | None = None
    missing_items: tuple[str, ...] | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class TextReviewed(Event):
    """A person let a scrubbed text go. Kept under the child's key, for the view that follows; sent to nobody."""

    event_type: ClassVar[str] = "broker.text.reviewed"

    exchange: str | None = None
    path: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CorrectionIssued(Event):
    """Something already sent must be taken back or replaced."""

    event_type: ClassVar[str] = "correction.issued"

    action: CorrectionAction | None = None
    recalled_exchange: str | None = None
    why: str | None = None
    what_was_wrong: str | None = None
    wrong_value: str | None = None
