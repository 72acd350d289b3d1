"""Events of the family `partnership`. Equal to schemas/avro/partnership, by test."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar

from sharing.events.common import NOBODY, Event, Nobody


class DisagreementAbout(StrEnum):
    """What somebody disagrees with."""

    THRESHOLD = "THRESHOLD"
    NO_ANSWER = "NO_ANSWER"
    REASON_OR_ADVICE = "REASON_OR_ADVICE"
    STEP_DOWN = "STEP_DOWN"
    CLOSURE = "CLOSURE"
    PLAN = "PLAN"
    MEETING = "MEETING"
    SHARING = "SHARING"
    OTHER = "OTHER"


class AgeBand(StrEnum):
    """Age in a band that identifies nobody."""

    UNBORN = "UNBORN"
    UNDER_FIVE = "UNDER_FIVE"
    FIVE_TO_NINE = "FIVE_TO_NINE"
    TEN_TO_FIFTEEN = "TEN_TO_FIFTEEN"
    SIXTEEN_OR_SEVENTEEN = "SIXTEEN_OR_SEVENTEEN"


class ConsultationStep(StrEnum):
    """What social care advises to do next."""

    REFER_NOW = "REFER_NOW"
    OFFER_EARLY_HELP = "OFFER_EARLY_HELP"
    OTHER_SERVICE = "OTHER_SERVICE"
    WATCH_AND_RECORD = "WATCH_AND_RECORD"
    CALL_BACK = "CALL_BACK"


class ReviewKind(StrEnum):
    """Kind of review."""

    SERIOUS_INCIDENT_NOTIFIED = "SERIOUS_INCIDENT_NOTIFIED"
    RAPID_REVIEW = "RAPID_REVIEW"
    LOCAL_REVIEW = "LOCAL_REVIEW"
    NATIONAL_REVIEW = "NATIONAL_REVIEW"
    CHILD_DEATH_REVIEW = "CHILD_DEATH_REVIEW"
    DOMESTIC_HOMICIDE_REVIEW = "DOMESTIC_HOMICIDE_REVIEW"


class ReviewTrigger(StrEnum):
    """What happened."""

    DEATH = "DEATH"
    SERIOUS_HARM = "SERIOUS_HARM"
    LOOKED_AFTER_DEATH = "LOOKED_AFTER_DEATH"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DisagreementRaised(Event):
    """Somebody disagrees with a decision and says so, at a stage of the partnership's policy.

    Both views stand side by side; neither overwrites the other.
    """

    event_type: ClassVar[str] = "disagreement.raised"

    about: DisagreementAbout | None = None
    decision_type: str | None = None
    decision_ref: str | None = None
    stage: int | None = None
    since: date | None = None
    reason: str | None = None
    own_view: str | None = None
    other_view: str | None = None
    evidence: tuple[str, ...] | None = None
    effect_on_child: str | None = None
    wanted: str | None = None
    level_claimed: int | None = None
    clinical_detail: str | None = None
    other_children: tuple[str, ...] | None = None
    raised_by_name: str | None = None
    raised_by_function: str | None = None
    callback: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ConsultationRequested(Event):
    """Somebody asks social care for advice about a child without naming it. Not a contact and not a referral."""

    event_type: ClassVar[str] = "consultation.requested"

    child: Nobody = NOBODY  # type: ignore[assignment]
    consultation_ref: str | None = None
    age_band: AgeBand | None = None
    concern: str | None = None
    since: str | None = None
    effect_on_child: str | None = None
    tried_so_far: tuple[str, ...] | None = None
    question: str | None = None
    level_thought: int | None = None
    family_knows: bool | None = None
    asker_name: str | None = None
    asker_function: str | None = None
    callback: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ConsultationAdvised(Event):
    """Social care advises on a consultation without names. If the asker still worries, the asker refers."""

    event_type: ClassVar[str] = "consultation.advised"

    child: Nobody = NOBODY  # type: ignore[assignment]
    consultation_ref: str | None = None
    advice: str | None = None
    level_advised: int | None = None
    next_step: ConsultationStep | None = None
    suggested_services: tuple[str, ...] | None = None
    missing_items: tuple[str, ...] | None = None
    adviser_name: str | None = None
    adviser_function: str | None = None
    duty_phone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ReviewOpened(Event):
    """A review of a case begins: everything that is held about it is kept, and nothing is tidied."""

    event_type: ClassVar[str] = "review.case.opened"

    kind: ReviewKind | None = None
    trigger: ReviewTrigger | None = None
    review_ref: str | None = None
    notified_on: date | None = None
    submit_by: date | None = None
    hold_from: date | None = None
    hold_scope: tuple[str, ...] | None = None
    asked_for: tuple[str, ...] | None = None
    themes: tuple[str, ...] | None = None
    summary: str | None = None
    alleged_perpetrator: str | None = None
    other_children: tuple[str, ...] | None = None
    panel_told: bool | None = None
    lead_function: str | None = None
    callback: str | None = None
