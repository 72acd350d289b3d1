"""Events of the family `education`. Equal to schemas/avro/education, by test."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar

from sharing.events.common import Event


class SettingResult(StrEnum):
    """Answer of the authority's rolls."""

    FOUND = "FOUND"
    SEVERAL = "SEVERAL"
    NOT_FOUND = "NOT_FOUND"


class EducationStatus(StrEnum):
    """Where a child of school age is educated, as the authority has it."""

    REGISTERED = "REGISTERED"
    HOME_EDUCATION_PROPOSED = "HOME_EDUCATION_PROPOSED"
    HOME_EDUCATED = "HOME_EDUCATED"
    MISSING_EDUCATION = "MISSING_EDUCATION"
    NOT_IN_SCHOOL = "NOT_IN_SCHOOL"
    AWAITING_PLACE = "AWAITING_PLACE"
    OTHER_PROVISION = "OTHER_PROVISION"
    MOVED_AWAY = "MOVED_AWAY"
    UNREGISTERED_SETTING = "UNREGISTERED_SETTING"


class ConsentStep(StrEnum):
    """Whether the authority must agree before the child comes off roll, and has."""

    NOT_NEEDED = "NOT_NEEDED"
    ASKED = "ASKED"
    GIVEN = "GIVEN"
    REFUSED = "REFUSED"


class HomeEducationReason(StrEnum):
    """Why a parent educates at home, as a class."""

    PHILOSOPHY = "PHILOSOPHY"
    DISSATISFIED_WITH_SETTING = "DISSATISFIED_WITH_SETTING"
    HEALTH = "HEALTH"
    SPECIAL_NEEDS = "SPECIAL_NEEDS"
    BULLYING = "BULLYING"
    RISK_OF_EXCLUSION = "RISK_OF_EXCLUSION"
    ATTENDANCE_PROCEEDINGS = "ATTENDANCE_PROCEEDINGS"
    NO_PLACE = "NO_PLACE"
    OTHER = "OTHER"
    NOT_STATED = "NOT_STATED"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SettingFound(Event):
    """The authority's rolls answer where a child is registered."""

    event_type: ClassVar[str] = "education.setting.found"

    result: SettingResult | None = None
    setting_organisation: str | None = None
    setting_urn: str | None = None
    setting_name: str | None = None
    setting_phone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class EducationStatusChanged(Event):
    """Where a child of school age is educated has changed, or is about to.

    A child with an open enquiry or plan does not leave a roll unseen.
    """

    event_type: ClassVar[str] = "la.education.status_changed"

    status: EducationStatus | None = None
    previous_status: EducationStatus | None = None
    since: date | None = None
    consent_step: ConsentStep | None = None
    decide_by: date | None = None
    reason_class: HomeEducationReason | None = None
    parental_reason: str | None = None
    on_roll_until: date | None = None
    last_setting_urn: str | None = None
    new_setting_urn: str | None = None
    other_authority: str | None = None
    education_address: str | None = None
    visited_on: date | None = None
    provision_suitable: bool | None = None
    order_sought: bool | None = None
    had_social_worker: bool | None = None
    mobile_family: bool | None = None
    officer_function: str | None = None
    callback: str | None = None
