"""Events of the family `social_care`. Equal to schemas/avro/social_care, by test."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from sharing.events.child_protection import AgreedAction
from sharing.events.common import Event


class ContactOutcome(StrEnum):
    """Outcome of a contact (SSD038). A contact is not a referral."""

    NO_FURTHER_ACTION_AT_CONTACT = "NO_FURTHER_ACTION_AT_CONTACT"
    INFORMATION_AND_ADVICE = "INFORMATION_AND_ADVICE"
    EARLY_HELP_REFERRAL = "EARLY_HELP_REFERRAL"
    BECAME_REFERRAL = "BECAME_REFERRAL"


class ReferralOutcome(StrEnum):
    """Outcome of a referral (SSD051)."""

    NOT_ACCEPTED = "NOT_ACCEPTED"
    ADVICE_OR_SIGNPOST = "ADVICE_OR_SIGNPOST"
    STEP_DOWN_TO_EARLY_HELP = "STEP_DOWN_TO_EARLY_HELP"
    ASSESSMENT_REQUIRED = "ASSESSMENT_REQUIRED"
    STRATEGY_DISCUSSION_OR_S47 = "STRATEGY_DISCUSSION_OR_S47"
    OTHER = "OTHER"


class PlanKind(StrEnum):
    """Kind of plan."""

    EARLY_HELP = "EARLY_HELP"
    CHILD_IN_NEED = "CHILD_IN_NEED"
    CHILD_PROTECTION = "CHILD_PROTECTION"
    LOOKED_AFTER = "LOOKED_AFTER"
    UNBORN_CHILD_PROTECTION = "UNBORN_CHILD_PROTECTION"


class PlanAction(StrEnum):
    """What happened to the plan."""

    STARTED = "STARTED"
    REVIEWED = "REVIEWED"
    ENDED = "ENDED"


class InvolvementAction(StrEnum):
    """An involvement opens the need to know and its end closes it."""

    OPENED = "OPENED"
    CLOSED = "CLOSED"


class SealKind(StrEnum):
    """What is sealed."""

    ADDRESS = "ADDRESS"
    PERPETRATOR_CHANNEL = "PERPETRATOR_CHANNEL"
    ADOPTION = "ADOPTION"
    S_FLAG = "S_FLAG"


class SealAction(StrEnum):
    """Set or lifted."""

    SET = "SET"
    LIFTED = "LIFTED"


class ContactMethod(StrEnum):
    """How the contact came."""

    TELEPHONE = "TELEPHONE"
    PORTAL = "PORTAL"
    ELECTRONIC_MAIL = "ELECTRONIC_MAIL"
    PROTECTION_NOTICE = "PROTECTION_NOTICE"
    IN_PERSON = "IN_PERSON"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ContactDecided(Event):
    """Social care has decided what becomes of a contact. A contact is not a referral."""

    event_type: ClassVar[str] = "csc.contact.decided"

    contact_ref: str | None = None
    source_code: str | None = None
    outcome: ContactOutcome | None = None
    reason_code: str | None = None
    advice_text: str | None = None
    narrative: str | None = None
    duty_phone: str | None = None
    became_referral_ref: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ReferralDecided(Event):
    """Social care has decided a referral. A refusal without reason and advice leaves the question open."""

    event_type: ClassVar[str] = "csc.referral.decided"

    referral_ref: str | None = None
    outcome: ReferralOutcome | None = None
    reason_code: str | None = None
    reason_text: str | None = None
    advice_text: str | None = None
    response_to_referrer_view: str | None = None
    suggested_services: tuple[str, ...] | None = None
    missing_items: tuple[str, ...] | None = None
    threshold_level_applied: int | None = None
    what_would_change_it: str | None = None
    primary_need_code: str | None = None
    narrative: str | None = None
    team: str | None = None
    duty_phone: str | None = None
    family_findings: str | None = None
    other_children: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AllocationChanged(Event):
    """Another team or worker role now holds the case."""

    event_type: ClassVar[str] = "csc.allocation.changed"

    old_team: str | None = None
    new_team: str | None = None
    duty_phone: str | None = None
    reason: str | None = None
    old_function: str | None = None
    new_function: str | None = None
    changes_12_months: int | None = None
    absence_reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PlanChanged(Event):
    """A plan for the child started, was reviewed or ended."""

    event_type: ClassVar[str] = "csc.plan.changed"

    kind: PlanKind | None = None
    action: PlanAction | None = None
    start_date: date | None = None
    end_date: date | None = None
    category: str | None = None
    team: str | None = None
    duty_phone: str | None = None
    review_on: date | None = None
    lead_function: str | None = None
    actions: tuple[AgreedAction, ...] | None = None
    placement_address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class InvolvementChanged(Event):
    """An organisation's function is, or is no longer, involved with the child: the source of every need to know."""

    event_type: ClassVar[str] = "csc.involvement.changed"

    organisation: str | None = None
    function: str | None = None
    action: InvolvementAction | None = None
    since: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SealChanged(Event):
    """Something about the child is sealed, or the seal is lifted. Read ahead of everything else."""

    event_type: ClassVar[str] = "seal.changed"

    kind: SealKind | None = None
    action: SealAction | None = None
    holder_function: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ContactRecorded(Event):
    """Social care has recorded a contact and will decide what becomes of it. It is not a referral."""

    event_type: ClassVar[str] = "csc.contact.recorded"

    contact_ref: str | None = None
    contact_at: datetime | None = None
    source_code: str | None = None
    method: ContactMethod | None = None
    category: str | None = None
    earlier_contacts_12_months: int | None = None
    earlier_referrals_12_months: int | None = None
    contact_person: str | None = None
    narrative: str | None = None
    adults: str | None = None
    other_children: tuple[str, ...] | None = None
    team: str | None = None
    duty_phone: str | None = None
