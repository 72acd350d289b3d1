"""Events of the family `police`. Equal to schemas/avro/police, by test."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from sharing.events.common import Event, NotKnown, Quiet


class ChildRole(StrEnum):
    """How the child stood to the incident.

    A child who sees, hears or experiences the effects is a victim (Domestic Abuse Act 2021 s3).
    """

    VICTIM_S3 = "VICTIM_S3"
    PRESENT = "PRESENT"
    HEARD = "HEARD"
    RESIDENT_ABSENT = "RESIDENT_ABSENT"


class LocationClass(StrEnum):
    """Kind of place, never the place."""

    HOME = "HOME"
    OTHER_HOME = "OTHER_HOME"
    PUBLIC_PLACE = "PUBLIC_PLACE"
    SCHOOL = "SCHOOL"
    OTHER = "OTHER"


class RiskTool(StrEnum):
    """Risk tool used by the officer."""

    DASH = "DASH"
    DARA = "DARA"
    OTHER = "OTHER"


class RiskGrade(StrEnum):
    """Grade given with the tool."""

    STANDARD = "STANDARD"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"


class MissingAction(StrEnum):
    """Missing or found."""

    MISSING = "MISSING"
    FOUND = "FOUND"


class MissingGrade(StrEnum):
    """Grade of a missing episode."""

    NO_APPARENT_RISK = "NO_APPARENT_RISK"
    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"


class NoticeCategory(StrEnum):
    """What the force submits the notice for."""

    CHILD_PROTECTION = "CHILD_PROTECTION"
    DOMESTIC_ABUSE = "DOMESTIC_ABUSE"
    MISSING_CHILD = "MISSING_CHILD"
    EXPLOITATION = "EXPLOITATION"
    ADULT_AT_RISK = "ADULT_AT_RISK"
    MENTAL_HEALTH = "MENTAL_HEALTH"
    SUBSTANCE_USE = "SUBSTANCE_USE"
    ONLINE_HARM = "ONLINE_HARM"
    OTHER = "OTHER"


class NoticeGrade(StrEnum):
    """Grade of a public protection notice, by the force's written rules."""

    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"


class Vulnerability(StrEnum):
    """A thing that makes the child or the home more vulnerable."""

    UNDER_ONE = "UNDER_ONE"
    UNBORN = "UNBORN"
    DISABILITY = "DISABILITY"
    SPEECH_OR_LANGUAGE = "SPEECH_OR_LANGUAGE"
    PREVIOUS_PLAN = "PREVIOUS_PLAN"
    LOOKED_AFTER = "LOOKED_AFTER"
    PARENT_MENTAL_HEALTH = "PARENT_MENTAL_HEALTH"
    PARENT_SUBSTANCE_USE = "PARENT_SUBSTANCE_USE"
    DOMESTIC_ABUSE = "DOMESTIC_ABUSE"
    NEGLECTED_HOME = "NEGLECTED_HOME"
    WEAPON = "WEAPON"
    STRANGULATION = "STRANGULATION"
    THREAT_TO_KILL = "THREAT_TO_KILL"
    ISOLATED = "ISOLATED"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class OtherChild(Quiet):
    """Another child of the home or of the incident, who has an event of its own where it is at risk."""

    name: str | None = None
    birth_date: date | None = None
    relation: str | None = None
    setting_urn: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DomesticAbuseIncidentNotified(Event):
    """Police attended domestic abuse in a child's home or family, one event per child.

    Operation Encompass; Domestic Abuse Act 2021 s49A.
    """

    event_type: ClassVar[str] = "police.da_incident.notified"

    police_reference: str | None = None
    incident_started_at: datetime | None = None
    attended_at: datetime | None = None
    location_class: LocationClass | None = None
    location_class_not_known: NotKnown | None = None
    incident_address: str | None = None
    child_role: ChildRole | None = None
    child_role_not_known: NotKnown | None = None
    spoken_to: bool | None = None
    spoken_to_not_known: NotKnown | None = None
    child_words: str | None = None
    child_words_not_known: NotKnown | None = None
    others_present: str | None = None
    others_present_not_known: NotKnown | None = None
    circumstances: str | None = None
    circumstances_not_known: NotKnown | None = None
    actions_taken: str | None = None
    actions_taken_not_known: NotKnown | None = None
    agencies_told: tuple[str, ...] | None = None
    agencies_told_not_known: NotKnown | None = None
    risk_tool: RiskTool | None = None
    risk_grade: RiskGrade | None = None
    risk_grade_not_known: NotKnown | None = None
    injured: bool | None = None
    suspect: str | None = None
    intelligence: str | None = None
    officer: str | None = None
    suggested_actions: tuple[str, ...] | None = None
    callback: str | None = None
    grave_signs: tuple[Vulnerability, ...] | None = None
    adult_victim: str | None = None
    adult_injuries: str | None = None
    fled_to: str | None = None
    other_children: tuple[OtherChild, ...] | None = None
    offence: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MissingChanged(Event):
    """A child is reported missing, or has been found."""

    event_type: ClassVar[str] = "police.missing.changed"

    action: MissingAction | None = None
    grade: MissingGrade | None = None
    since: datetime | None = None
    last_seen_area: str | None = None
    return_interview_needed: bool | None = None
    callback: str | None = None
    police_reference: str | None = None
    circumstances: str | None = None
    found_at: datetime | None = None
    found_address: str | None = None
    found_with: str | None = None
    exploitation_feared: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ProtectionNoticeSubmitted(Event):
    """Police submit a public protection notice (PPN) about a child, graded by written rules."""

    event_type: ClassVar[str] = "police.ppn.submitted"

    police_reference: str | None = None
    category: NoticeCategory | None = None
    grade: NoticeGrade | None = None
    grade_as_written: str | None = None
    rule_version: str | None = None
    incident_at: datetime | None = None
    location_class: LocationClass | None = None
    incident_address: str | None = None
    circumstances: str | None = None
    child_seen: bool | None = None
    child_spoken_to: bool | None = None
    child_words: str | None = None
    vulnerabilities: tuple[Vulnerability, ...] | None = None
    notices_3_months: int | None = None
    notices_12_months: int | None = None
    child_injury: str | None = None
    adults: str | None = None
    adult_health: str | None = None
    alleged_perpetrator: str | None = None
    offence: str | None = None
    other_children: tuple[OtherChild, ...] | None = None
    actions_taken: tuple[str, ...] | None = None
    agencies_told: tuple[str, ...] | None = None
    adult_consents: bool | None = None
    informant: str | None = None
    intelligence: str | None = None
    handling_code: str | None = None
    officer: str | None = None
    callback: str | None = None
