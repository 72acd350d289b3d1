"""Events of the family `clinical`. Equal to schemas/avro/clinical, by test."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from sharing.events.common import Event
from sharing.events.partnership import AgeBand
from sharing.events.police import OtherChild


class InjuryKind(StrEnum):
    """Kind of injury."""

    BRUISE_NON_MOBILE = "BRUISE_NON_MOBILE"
    BRUISE = "BRUISE"
    BURN_OR_SCALD = "BURN_OR_SCALD"
    FRACTURE = "FRACTURE"
    HEAD_INJURY = "HEAD_INJURY"
    BITE = "BITE"
    INGESTION = "INGESTION"
    DROWNING = "DROWNING"
    OTHER = "OTHER"


class Mobility(StrEnum):
    """How far a child can move about."""

    NOT_MOBILE = "NOT_MOBILE"
    ROLLING = "ROLLING"
    CRAWLING = "CRAWLING"
    CRUISING = "CRUISING"
    WALKING = "WALKING"


class BodyPart(StrEnum):
    """Where on the body, in few words."""

    HEAD_OR_FACE = "HEAD_OR_FACE"
    EAR_OR_NECK = "EAR_OR_NECK"
    MOUTH = "MOUTH"
    TRUNK = "TRUNK"
    ARM_OR_HAND = "ARM_OR_HAND"
    LEG_OR_FOOT = "LEG_OR_FOOT"
    BUTTOCKS_OR_GENITALS = "BUTTOCKS_OR_GENITALS"
    SEVERAL = "SEVERAL"


class Explanation(StrEnum):
    """How the explanation fits."""

    FITS = "FITS"
    DOES_NOT_FIT = "DOES_NOT_FIT"
    CHANGES = "CHANGES"
    NONE = "NONE"
    LATE = "LATE"


class MedicalLikelihood(StrEnum):
    """How a finding fits what is alleged."""

    CONSISTENT = "CONSISTENT"
    INCONSISTENT = "INCONSISTENT"
    INCONCLUSIVE = "INCONCLUSIVE"


class DisclosureKind(StrEnum):
    """What a young person told."""

    SEXUAL_ACTIVITY = "SEXUAL_ACTIVITY"
    SEXUAL_ABUSE = "SEXUAL_ABUSE"
    PHYSICAL_ABUSE = "PHYSICAL_ABUSE"
    EMOTIONAL_ABUSE = "EMOTIONAL_ABUSE"
    EXPLOITATION = "EXPLOITATION"
    SELF_HARM = "SELF_HARM"
    FORCED_MARRIAGE = "FORCED_MARRIAGE"
    GENITAL_MUTILATION = "GENITAL_MUTILATION"
    OTHER = "OTHER"


class PregnancyConcern(StrEnum):
    """Why an unborn child may be at risk."""

    DOMESTIC_ABUSE = "DOMESTIC_ABUSE"
    SUBSTANCE_USE = "SUBSTANCE_USE"
    MENTAL_HEALTH = "MENTAL_HEALTH"
    LEARNING_DISABILITY = "LEARNING_DISABILITY"
    LATE_OR_NO_BOOKING = "LATE_OR_NO_BOOKING"
    CONCEALED = "CONCEALED"
    CHILD_REMOVED_BEFORE = "CHILD_REMOVED_BEFORE"
    YOUNG_MOTHER = "YOUNG_MOTHER"
    RISK_FROM_ADULT = "RISK_FROM_ADULT"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class InjuryConcernRaised(Event):
    """Somebody in health worries about an injury. A bruise on a child who cannot move about is always passed on."""

    event_type: ClassVar[str] = "health.injury.concern"

    kind: InjuryKind | None = None
    age_months: int | None = None
    mobility: Mobility | None = None
    body_part: BodyPart | None = None
    explanation: Explanation | None = None
    seen_at: datetime | None = None
    seen_by_function: str | None = None
    rule: str | None = None
    override_reason: str | None = None
    override_function: str | None = None
    paediatrician_called_at: datetime | None = None
    worry: str | None = None
    injury_text: str | None = None
    injury_code: str | None = None
    photographs: tuple[str, ...] | None = None
    carers_present: str | None = None
    alleged_perpetrator: str | None = None
    siblings: tuple[OtherChild, ...] | None = None
    crime_suspected: bool | None = None
    child_words: str | None = None
    callback: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MedicalOpinionGiven(Event):
    """A doctor says how an injury fits its explanation, and what cannot be excluded, in words nobody can misread."""

    event_type: ClassVar[str] = "health.medical.opinion"

    examined_at: datetime | None = None
    likelihood: MedicalLikelihood | None = None
    cannot_exclude: tuple[str, ...] | None = None
    opinion_for_others: str | None = None
    still_open: tuple[str, ...] | None = None
    findings: str | None = None
    history_given: str | None = None
    unrelated_history: str | None = None
    intimate_findings: str | None = None
    photographs: tuple[str, ...] | None = None
    second_opinion: bool | None = None
    child_words: str | None = None
    examiner_name: str | None = None
    examiner_function: str | None = None
    questions_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DisclosureRecorded(Event):
    """A young person told somebody in health something that is referred.

    Under 13 always; from 13 to 15 by a recorded judgement.
    """

    event_type: ClassVar[str] = "health.disclosure.recorded"

    age_band: AgeBand | None = None
    under_13: bool | None = None
    kind: DisclosureKind | None = None
    age_gap_years: int | None = None
    power_gap: bool | None = None
    coercion: bool | None = None
    competent: bool | None = None
    young_person_objects: bool | None = None
    refer_reason: str | None = None
    rule: str | None = None
    told_that_it_goes: bool | None = None
    child_words: str | None = None
    detail: str | None = None
    contraception: str | None = None
    pregnant: bool | None = None
    partner_name: str | None = None
    partner_setting: str | None = None
    crime_suspected: bool | None = None
    judged_by_function: str | None = None
    callback: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PregnancyConcernRaised(Event):
    """Somebody in health worries about an unborn child.

    The child of this event is the unborn; the mother stands beside it.
    """

    event_type: ClassVar[str] = "health.pregnancy.concern"

    expected_on: date | None = None
    weeks: int | None = None
    concerns: tuple[PregnancyConcern, ...] | None = None
    worry: str | None = None
    mother_name: str | None = None
    mother_birth_date: date | None = None
    mother_nhs_number: str | None = None
    mother_address: str | None = None
    mother_health: str | None = None
    mother_knows: bool | None = None
    father_name: str | None = None
    father_birth_date: date | None = None
    father_health: str | None = None
    alleged_perpetrator: str | None = None
    children_before: tuple[OtherChild, ...] | None = None
    booked_on: date | None = None
    maternity_unit: str | None = None
    consents: bool | None = None
    midwife_function: str | None = None
    callback: str | None = None
