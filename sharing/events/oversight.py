"""Events of the family `oversight`. Equal to schemas/avro/oversight, by test."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from sharing.events.common import Event, Quiet


class IdentityAction(StrEnum):
    """What happened to a link between records."""

    LINKED = "LINKED"
    SPLIT = "SPLIT"
    REVIEW_OPENED = "REVIEW_OPENED"
    REVIEW_DECIDED = "REVIEW_DECIDED"
    NUMBER_SUPERSEDED = "NUMBER_SUPERSEDED"


class ScoreBand(StrEnum):
    """How sure the link is."""

    CERTAIN = "CERTAIN"
    LIKELY = "LIKELY"
    DOUBTFUL = "DOUBTFUL"
    UNLIKELY = "UNLIKELY"


class PatternKind(StrEnum):
    """What was found by a written rule. No score, no prediction."""

    RE_REFERRAL = "RE_REFERRAL"
    UNANSWERED = "UNANSWERED"
    REPEATED_DOMESTIC_ABUSE = "REPEATED_DOMESTIC_ABUSE"
    REPEATED_MISSING = "REPEATED_MISSING"
    NOT_BROUGHT_AGAIN = "NOT_BROUGHT_AGAIN"
    ABSENCE_WITH_CONCERN = "ABSENCE_WITH_CONCERN"
    WORKERS_CHANGED = "WORKERS_CHANGED"
    MEETINGS_NOT_HELD = "MEETINGS_NOT_HELD"


class QualityKind(StrEnum):
    """What is wanting in a text."""

    VAGUE = "VAGUE"
    MISSING = "MISSING"
    FACT_AND_OPINION = "FACT_AND_OPINION"
    ONLY_HARDSHIP = "ONLY_HARDSHIP"
    PERSON_NAMED = "PERSON_NAMED"


class DiscrepancyKind(StrEnum):
    """On what two agencies differ."""

    PLAN = "PLAN"
    SETTING = "SETTING"
    NO_SETTING = "NO_SETTING"
    ADDRESS_CHANGED = "ADDRESS_CHANGED"
    SIBLING = "SIBLING"
    DEATH = "DEATH"
    IDENTIFIER = "IDENTIFIER"
    INVOLVEMENT = "INVOLVEMENT"


class SourceKind(StrEnum):
    """How an agency knows."""

    SEEN = "SEEN"
    SAID_BY_CHILD = "SAID_BY_CHILD"
    SAID_BY_ADULT = "SAID_BY_ADULT"
    RECORDED = "RECORDED"
    OPINION = "OPINION"


class ReleaseOutcome(StrEnum):
    """What became of one exchange."""

    DELIVER = "DELIVER"
    SUPPRESS = "SUPPRESS"
    HOLD = "HOLD"


class HoldAction(StrEnum):
    """What happened to a legal hold."""

    PLACED = "PLACED"
    WIDENED = "WIDENED"
    LIFTED = "LIFTED"


class HoldScope(StrEnum):
    """What a legal hold keeps."""

    CHILD = "CHILD"
    HOUSEHOLD = "HOUSEHOLD"
    INCIDENT = "INCIDENT"
    PARTNERSHIP = "PARTNERSHIP"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class HeldVersion(Quiet):
    """What one agency holds, as far as both may know."""

    held_by_agency: str | None = None
    held_by_organisation: str | None = None
    status_word: str | None = None
    held_value: str | None = None
    as_of: date | None = None
    source_kind: SourceKind | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class FieldRuling(Quiet):
    """What was decided about one field."""

    ruled_path: str | None = None
    transform: str | None = None
    ruling_reason: str | None = None
    ruling_rule: str | None = None
    commitment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class IdentityChanged(Event):
    """A link between two records was made, undone, or given to a person to decide."""

    event_type: ClassVar[str] = "broker.identity.changed"

    action: IdentityAction | None = None
    score_band: ScoreBand | None = None
    fields_used: tuple[str, ...] | None = None
    candidates: int | None = None
    other_subject: str | None = None
    superseded_nhs_number: str | None = None
    restricted: bool | None = None
    former_name_used: bool | None = None
    decided_by_function: str | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PatternDetected(Event):
    """A written rule counted what several agencies said: how often, since when, and which rule."""

    event_type: ClassVar[str] = "broker.pattern.detected"

    kind: PatternKind | None = None
    rule: str | None = None
    rule_text: str | None = None
    counted: int | None = None
    window_months: int | None = None
    first_at: datetime | None = None
    last_at: datetime | None = None
    source_agencies: tuple[str, ...] | None = None
    source_functions: tuple[str, ...] | None = None
    about_events: tuple[str, ...] | None = None
    sources_detail: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class QualityFlagged(Event):
    """Before a text goes, its author alone is asked to say more exactly what was seen.

    Nothing is rewritten and nothing waits.
    """

    event_type: ClassVar[str] = "broker.quality.flagged"

    kind: QualityKind | None = None
    field_path: str | None = None
    phrase: str | None = None
    question: str | None = None
    rule: str | None = None
    about_event: str | None = None
    others_text: str | None = None
    author_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DiscrepancyFound(Event):
    """Two agencies hold different things about a child; both are asked.

    The difference is told only as far as both may know it.
    """

    event_type: ClassVar[str] = "broker.discrepancy.found"

    kind: DiscrepancyKind | None = None
    versions: tuple[HeldVersion, ...] | None = None
    answer_by: datetime | None = None
    question: str | None = None
    address_held: str | None = None
    clinical_detail: str | None = None
    legal_detail: str | None = None
    settled_by_function: str | None = None
    duty_phone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ReleaseDecided(Event):
    """What was decided about one exchange, field by field, before anything left.

    For the data protection officer and for review.
    """

    event_type: ClassVar[str] = "broker.release.decided"

    outcome: ReleaseOutcome | None = None
    about_event: str | None = None
    about_event_id: str | None = None
    to_organisation: str | None = None
    to_function: str | None = None
    purpose: str | None = None
    permit: str | None = None
    agreements_version: str | None = None
    engine: str | None = None
    fields_ruled: tuple[FieldRuling, ...] | None = None
    guards: tuple[str, ...] | None = None
    leaf: str | None = None
    values: tuple[str, ...] | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class QuorumMissing(Event):
    """A discussion or conference is about to meet without somebody who must be there."""

    event_type: ClassVar[str] = "broker.quorum.missing"

    about_event: str | None = None
    meeting_at: datetime | None = None
    missing_agencies: tuple[str, ...] | None = None
    missing_functions: tuple[str, ...] | None = None
    missing_organisations: tuple[str, ...] | None = None
    rule: str | None = None
    school_age: bool | None = None
    why_absent: str | None = None
    agenda: str | None = None
    convener_function: str | None = None
    telephone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class HoldPlaced(Event):
    """A legal hold was placed, widened or lifted: for a review, an inquiry or a court, nothing is deleted."""

    event_type: ClassVar[str] = "broker.hold.placed"

    action: HoldAction | None = None
    scope: HoldScope | None = None
    authority: str | None = None
    authority_reference: str | None = None
    legal_ground: str | None = None
    hold_from: date | None = None
    review_on: date | None = None
    what_to_keep: tuple[str, ...] | None = None
    reason: str | None = None
    holder_function: str | None = None
    telephone: str | None = None
