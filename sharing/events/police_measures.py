"""Events of the family `police_measures`. Equal to schemas/avro/police_measures, by test."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from sharing.events.common import Event
from sharing.events.police import OtherChild


class CrimeOutcome(StrEnum):
    """Home Office outcome of a recorded crime, type 1 to 22.

    The code stays; its meaning goes with it; a bare "no further action" never.
    """

    TYPE_1 = "TYPE_1"
    TYPE_1A = "TYPE_1A"
    TYPE_2 = "TYPE_2"
    TYPE_3 = "TYPE_3"
    TYPE_4 = "TYPE_4"
    TYPE_5 = "TYPE_5"
    TYPE_6 = "TYPE_6"
    TYPE_7 = "TYPE_7"
    TYPE_8 = "TYPE_8"
    TYPE_9 = "TYPE_9"
    TYPE_10 = "TYPE_10"
    TYPE_11 = "TYPE_11"
    TYPE_12 = "TYPE_12"
    TYPE_13 = "TYPE_13"
    TYPE_14 = "TYPE_14"
    TYPE_15 = "TYPE_15"
    TYPE_16 = "TYPE_16"
    TYPE_17 = "TYPE_17"
    TYPE_18 = "TYPE_18"
    TYPE_19 = "TYPE_19"
    TYPE_20 = "TYPE_20"
    TYPE_21 = "TYPE_21"
    TYPE_22 = "TYPE_22"


class OffenceCategory(StrEnum):
    """Kind of offence, in one of few words."""

    VIOLENCE = "VIOLENCE"
    SEXUAL = "SEXUAL"
    DOMESTIC_ABUSE = "DOMESTIC_ABUSE"
    CRUELTY_OR_NEGLECT = "CRUELTY_OR_NEGLECT"
    EXPLOITATION = "EXPLOITATION"
    ONLINE = "ONLINE"
    OTHER = "OTHER"


class EvidentialReason(StrEnum):
    """Why the evidence was not enough, or not gathered."""

    VICTIM_NOT_HEARD = "VICTIM_NOT_HEARD"
    NO_WITNESS = "NO_WITNESS"
    CONFLICTING_ACCOUNTS = "CONFLICTING_ACCOUNTS"
    NO_MEDICAL_EVIDENCE = "NO_MEDICAL_EVIDENCE"
    DIGITAL_NOT_RECOVERED = "DIGITAL_NOT_RECOVERED"
    TIME_PASSED = "TIME_PASSED"
    PROSECUTOR_ADVISED = "PROSECUTOR_ADVISED"
    OTHER = "OTHER"


class ProtectionReason(StrEnum):
    """Why police took the child into protection (Children Act 1989 s46)."""

    ABANDONED = "ABANDONED"
    VIOLENCE_AT_HOME = "VIOLENCE_AT_HOME"
    INJURED = "INJURED"
    CARER_UNFIT = "CARER_UNFIT"
    SEXUAL_HARM = "SEXUAL_HARM"
    EXPLOITATION = "EXPLOITATION"
    MISSING_AT_RISK = "MISSING_AT_RISK"
    OTHER = "OTHER"


class TakenToKind(StrEnum):
    """Kind of place to which a child was taken, never the place."""

    HOSPITAL = "HOSPITAL"
    FOSTER_CARE = "FOSTER_CARE"
    CHILDRENS_HOME = "CHILDRENS_HOME"
    RELATIVE = "RELATIVE"
    POLICE_STATION = "POLICE_STATION"
    OTHER = "OTHER"


class ExploitationKind(StrEnum):
    """Kind of exploitation."""

    SEXUAL = "SEXUAL"
    CRIMINAL = "CRIMINAL"
    COUNTY_LINES = "COUNTY_LINES"
    MODERN_SLAVERY = "MODERN_SLAVERY"
    RADICALISATION = "RADICALISATION"
    ONLINE = "ONLINE"


class MarkerAction(StrEnum):
    """What happened to a marker."""

    SET = "SET"
    RAISED = "RAISED"
    LOWERED = "LOWERED"
    REMOVED = "REMOVED"


class ExploitationLevel(StrEnum):
    """Level of the risk, in the partnership's three steps."""

    EMERGING = "EMERGING"
    MODERATE = "MODERATE"
    SIGNIFICANT = "SIGNIFICANT"


class RestrictionKind(StrEnum):
    """What binds the adult."""

    POLICE_BAIL = "POLICE_BAIL"
    COURT_BAIL = "COURT_BAIL"
    NON_MOLESTATION_ORDER = "NON_MOLESTATION_ORDER"
    OCCUPATION_ORDER = "OCCUPATION_ORDER"
    PROTECTION_NOTICE = "PROTECTION_NOTICE"
    PROTECTION_ORDER = "PROTECTION_ORDER"
    RESTRAINING_ORDER = "RESTRAINING_ORDER"
    STALKING_ORDER = "STALKING_ORDER"
    SEXUAL_HARM_ORDER = "SEXUAL_HARM_ORDER"
    SEXUAL_RISK_ORDER = "SEXUAL_RISK_ORDER"
    ABDUCTION_NOTICE = "ABDUCTION_NOTICE"
    LICENCE = "LICENCE"
    OTHER = "OTHER"


class RestrictionAction(StrEnum):
    """What happened to a restriction."""

    IMPOSED = "IMPOSED"
    VARIED = "VARIED"
    BREACHED = "BREACHED"
    ENDED = "ENDED"


class RestrictionCondition(StrEnum):
    """What the adult may not do, as far as a setting must know."""

    NO_CONTACT_WITH_CHILD = "NO_CONTACT_WITH_CHILD"
    NO_CONTACT_WITH_PARENT = "NO_CONTACT_WITH_PARENT"
    NO_APPROACH_TO_SETTING = "NO_APPROACH_TO_SETTING"
    NO_APPROACH_TO_HOME = "NO_APPROACH_TO_HOME"
    NOT_TO_COLLECT = "NOT_TO_COLLECT"
    NO_UNSUPERVISED_CONTACT = "NO_UNSUPERVISED_CONTACT"
    NO_WORK_WITH_CHILDREN = "NO_WORK_WITH_CHILDREN"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class InvestigationOutcomeRecorded(Event):
    """An investigation has an outcome. No prosecution does not mean that no harm was done, and closes no risk."""

    event_type: ClassVar[str] = "police.investigation.outcome"

    police_reference: str | None = None
    outcome_code: CrimeOutcome | None = None
    outcome_on: date | None = None
    offence_category: OffenceCategory | None = None
    offence: str | None = None
    evidential_reason: EvidentialReason | None = None
    evidential_note: str | None = None
    victim_supports: bool | None = None
    risk_statement: str | None = None
    risk_remains: bool | None = None
    next_agency: str | None = None
    suspect: str | None = None
    suspect_conditions: str | None = None
    victim_account: str | None = None
    court_on: date | None = None
    officer: str | None = None
    callback: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PoliceProtectionUsed(Event):
    """Police have taken a child into protection or kept it where it was (Children Act 1989 s46), for 72 hours."""

    event_type: ClassVar[str] = "police.protection.used"

    police_reference: str | None = None
    started_at: datetime | None = None
    ends_by: datetime | None = None
    ended_at: datetime | None = None
    reason_class: ProtectionReason | None = None
    circumstances: str | None = None
    child_words: str | None = None
    child_condition: str | None = None
    found_at: str | None = None
    taken_to_kind: TakenToKind | None = None
    taken_to: str | None = None
    authority_told_at: datetime | None = None
    parents_told: bool | None = None
    contact_allowed: str | None = None
    order_sought: bool | None = None
    alleged_perpetrator: str | None = None
    other_children: tuple[OtherChild, ...] | None = None
    designated_officer: str | None = None
    officer: str | None = None
    callback: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ExploitationMarkerChanged(Event):
    """Police set, move or remove a marker that a child is, or may be, exploited."""

    event_type: ClassVar[str] = "police.exploitation.marker_changed"

    police_reference: str | None = None
    kind: ExploitationKind | None = None
    action: MarkerAction | None = None
    level: ExploitationLevel | None = None
    since: date | None = None
    review_on: date | None = None
    signs: tuple[str, ...] | None = None
    what_to_do: tuple[str, ...] | None = None
    national_referral: bool | None = None
    national_reference: str | None = None
    channel_referral: bool | None = None
    places: tuple[str, ...] | None = None
    suspects: tuple[str, ...] | None = None
    others_named: tuple[str, ...] | None = None
    network: str | None = None
    intelligence: str | None = None
    officer: str | None = None
    callback: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RestrictionChanged(Event):
    """An adult is bound by bail, notice or order in a way that touches a child: what those around it must know."""

    event_type: ClassVar[str] = "police.restriction.changed"

    police_reference: str | None = None
    kind: RestrictionKind | None = None
    action: RestrictionAction | None = None
    conditions: tuple[RestrictionCondition, ...] | None = None
    condition_text: str | None = None
    starts_at: datetime | None = None
    until: date | None = None
    restricted_adult: str | None = None
    restricted_adult_birth_date: date | None = None
    restricted_adult_description: str | None = None
    restricted_adult_address: str | None = None
    restricted_adult_relation: str | None = None
    protected_address: str | None = None
    setting_named_urn: str | None = None
    what_to_do: tuple[str, ...] | None = None
    offence: str | None = None
    order_reference: str | None = None
    court: str | None = None
    adult_knows_child_setting: bool | None = None
    officer: str | None = None
    callback: str | None = None
