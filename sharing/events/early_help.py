"""Events of the family `early_help`. Equal to schemas/avro/early_help, by test."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from sharing.events.common import Event


class EarlyHelpAction(StrEnum):
    """What happened to an early help assessment."""

    OFFERED = "OFFERED"
    OPENED = "OPENED"
    DECLINED_BY_FAMILY = "DECLINED_BY_FAMILY"
    UNSUITABLE = "UNSUITABLE"
    COMPLETED = "COMPLETED"
    CLOSED = "CLOSED"


class FamilyConsent(StrEnum):
    """What the family said."""

    GIVEN = "GIVEN"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"
    NOT_ASKED = "NOT_ASKED"


class LeadAction(StrEnum):
    """What happened to the lead of an early help plan."""

    OFFERED = "OFFERED"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    ENDED = "ENDED"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class EarlyHelpAssessmentChanged(Event):
    """An early help assessment was offered, opened, declined, found unsuitable, completed or closed."""

    event_type: ClassVar[str] = "earlyhelp.assessment.changed"

    action: EarlyHelpAction | None = None
    since: date | None = None
    level: int | None = None
    consent: FamilyConsent | None = None
    consent_given_by: str | None = None
    judged_by_function: str | None = None
    judged_why: str | None = None
    concern_goes_on: bool | None = None
    passed_to_social_care: bool | None = None
    needs: tuple[str, ...] | None = None
    services_offered: tuple[str, ...] | None = None
    other_members_notes: str | None = None
    family_finances: str | None = None
    health_needs: str | None = None
    child_words: str | None = None
    hub: str | None = None
    callback: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class LeadProfessionalChanged(Event):
    """The lead of an early help plan is offered, accepted or declined. The holder changes on acceptance only."""

    event_type: ClassVar[str] = "earlyhelp.lead.changed"

    action: LeadAction | None = None
    offered_at: datetime | None = None
    answered_at: datetime | None = None
    from_organisation: str | None = None
    from_function: str | None = None
    to_organisation: str | None = None
    to_function: str | None = None
    reason: str | None = None
    hours_without_lead: int | None = None
    other_members_notes: str | None = None
    callback: str | None = None
