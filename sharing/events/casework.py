"""Events of the family `casework`. Equal to schemas/avro/casework, by test."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from sharing.events.common import Event
from sharing.events.police import RiskGrade


class AssessmentOutcome(StrEnum):
    """Outcome of an assessment (SSD061)."""

    NO_FURTHER_ACTION_AFTER_ASSESSMENT = "NO_FURTHER_ACTION_AFTER_ASSESSMENT"
    STEP_DOWN_TO_EARLY_HELP = "STEP_DOWN_TO_EARLY_HELP"
    STRATEGY_DISCUSSION_OR_S47 = "STRATEGY_DISCUSSION_OR_S47"
    OTHER = "OTHER"


class AssessmentFactor(StrEnum):
    """Factor identified at assessment, children in need census."""

    FACTOR_1A = "FACTOR_1A"
    FACTOR_1B = "FACTOR_1B"
    FACTOR_1C = "FACTOR_1C"
    FACTOR_2A = "FACTOR_2A"
    FACTOR_2B = "FACTOR_2B"
    FACTOR_2C = "FACTOR_2C"
    FACTOR_3A = "FACTOR_3A"
    FACTOR_3B = "FACTOR_3B"
    FACTOR_3C = "FACTOR_3C"
    FACTOR_4A = "FACTOR_4A"
    FACTOR_4B = "FACTOR_4B"
    FACTOR_4C = "FACTOR_4C"
    FACTOR_5A = "FACTOR_5A"
    FACTOR_5B = "FACTOR_5B"
    FACTOR_5C = "FACTOR_5C"
    FACTOR_6A = "FACTOR_6A"
    FACTOR_6B = "FACTOR_6B"
    FACTOR_6C = "FACTOR_6C"
    FACTOR_7A = "FACTOR_7A"
    FACTOR_8B = "FACTOR_8B"
    FACTOR_8C = "FACTOR_8C"
    FACTOR_8D = "FACTOR_8D"
    FACTOR_8E = "FACTOR_8E"
    FACTOR_8F = "FACTOR_8F"
    FACTOR_9A = "FACTOR_9A"
    FACTOR_10A = "FACTOR_10A"
    FACTOR_11A = "FACTOR_11A"
    FACTOR_12A = "FACTOR_12A"
    FACTOR_13A = "FACTOR_13A"
    FACTOR_14A = "FACTOR_14A"
    FACTOR_15A = "FACTOR_15A"
    FACTOR_16A = "FACTOR_16A"
    FACTOR_17A = "FACTOR_17A"
    FACTOR_18B = "FACTOR_18B"
    FACTOR_18C = "FACTOR_18C"
    FACTOR_19B = "FACTOR_19B"
    FACTOR_19C = "FACTOR_19C"
    FACTOR_20 = "FACTOR_20"
    FACTOR_21 = "FACTOR_21"
    FACTOR_22A = "FACTOR_22A"
    FACTOR_23A = "FACTOR_23A"
    FACTOR_24A = "FACTOR_24A"


class ClosureReason(StrEnum):
    """Reason for closing a case, children in need census."""

    RC1 = "RC1"
    RC2 = "RC2"
    RC3 = "RC3"
    RC4 = "RC4"
    RC5 = "RC5"
    RC6 = "RC6"
    RC7 = "RC7"
    RC8 = "RC8"
    RC9 = "RC9"


class StepDown(StrEnum):
    """Who takes it on after social care."""

    NOBODY = "NOBODY"
    EARLY_HELP = "EARLY_HELP"
    UNIVERSAL_SERVICES = "UNIVERSAL_SERVICES"
    OTHER_AUTHORITY = "OTHER_AUTHORITY"
    ADULT_SERVICES = "ADULT_SERVICES"


class InterviewNotDone(StrEnum):
    """Why a return interview was not held."""

    CHILD_DECLINED = "CHILD_DECLINED"
    PARENT_DECLINED = "PARENT_DECLINED"
    NOT_REACHED = "NOT_REACHED"
    NOT_OFFERED = "NOT_OFFERED"
    MISSING_AGAIN = "MISSING_AGAIN"
    OTHER = "OTHER"


class PlacementAction(StrEnum):
    """What happened to a placement."""

    PLANNED = "PLANNED"
    STARTED = "STARTED"
    MOVED = "MOVED"
    ENDED = "ENDED"


class PlacementType(StrEnum):
    """Type of placement, looked-after children return."""

    A3 = "A3"
    A4 = "A4"
    A5 = "A5"
    A6 = "A6"
    H5 = "H5"
    K1 = "K1"
    K2 = "K2"
    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    R1 = "R1"
    R2 = "R2"
    R3 = "R3"
    R5 = "R5"
    S1 = "S1"
    T0 = "T0"
    T1 = "T1"
    T2 = "T2"
    T3 = "T3"
    T4 = "T4"
    U1 = "U1"
    U2 = "U2"
    U3 = "U3"
    U4 = "U4"
    U5 = "U5"
    U6 = "U6"
    Z1 = "Z1"


class LegalStatus(StrEnum):
    """Legal status of a looked-after child, looked-after children return."""

    C1 = "C1"
    C2 = "C2"
    D1 = "D1"
    E1 = "E1"
    V2 = "V2"
    V3 = "V3"
    V4 = "V4"
    L1 = "L1"
    L2 = "L2"
    L3 = "L3"
    J1 = "J1"
    J2 = "J2"
    J3 = "J3"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AssessmentCompleted(Event):
    """Social care has completed an assessment; it lasts 45 working days from the referral at most."""

    event_type: ClassVar[str] = "csc.assessment.completed"

    assessment_ref: str | None = None
    started_on: date | None = None
    authorised_on: date | None = None
    outcome: AssessmentOutcome | None = None
    closed_at_referral: bool | None = None
    summary_for_referrer: str | None = None
    next_step: str | None = None
    factors: tuple[AssessmentFactor, ...] | None = None
    child_seen: bool | None = None
    seen_alone: bool | None = None
    child_views: str | None = None
    family_views: str | None = None
    analysis: str | None = None
    disabilities: tuple[str, ...] | None = None
    other_children: tuple[str, ...] | None = None
    team: str | None = None
    duty_phone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CaseClosed(Event):
    """Social care will close a case on a day that lies ahead; an open disagreement goes with it, never unseen."""

    event_type: ClassVar[str] = "csc.case.closed"

    closes_on: date | None = None
    reason: ClosureReason | None = None
    step_down: StepDown | None = None
    step_down_accepted: bool | None = None
    new_holder_organisation: str | None = None
    new_holder_function: str | None = None
    other_authority: str | None = None
    open_disagreement: bool | None = None
    advice_text: str | None = None
    summary: str | None = None
    adopted_name: str | None = None
    court_order: str | None = None
    team: str | None = None
    duty_phone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ReturnInterviewRecorded(Event):
    """A child came back after going missing: whether an interview was offered, accepted and held within 72 hours."""

    event_type: ClassVar[str] = "csc.return_interview.recorded"

    episode_ref: str | None = None
    found_at: datetime | None = None
    offered_at: datetime | None = None
    accepted: bool | None = None
    held_at: datetime | None = None
    within_72_hours: bool | None = None
    not_done_reason: InterviewNotDone | None = None
    interviewer_function: str | None = None
    account: str | None = None
    people_named: tuple[str, ...] | None = None
    children_named: tuple[str, ...] | None = None
    places_named: tuple[str, ...] | None = None
    push_and_pull: str | None = None
    risk_of_going_again: bool | None = None
    duty_phone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PlacementChanged(Event):
    """A looked-after child's placement changed. Where the child lives goes to nobody who need not go there."""

    event_type: ClassVar[str] = "csc.placement.changed"

    action: PlacementAction | None = None
    placement_type: PlacementType | None = None
    legal_status: LegalStatus | None = None
    start_date: date | None = None
    end_date: date | None = None
    placement_area: str | None = None
    placement_authority: str | None = None
    placement_address: str | None = None
    placement_postcode: str | None = None
    placement_uprn: str | None = None
    placement_phone: str | None = None
    previous_placement_address: str | None = None
    carer_name: str | None = None
    provider: str | None = None
    new_setting_urn: str | None = None
    previous_setting_urn: str | None = None
    new_gp_practice: str | None = None
    transport: str | None = None
    risk: str | None = None
    risk_grade: RiskGrade | None = None
    may_collect: tuple[str, ...] | None = None
    may_not_collect: tuple[str, ...] | None = None
    contact_arrangements: str | None = None
    reason_moved: str | None = None
    siblings_placed: tuple[str, ...] | None = None
    team: str | None = None
    duty_phone: str | None = None
