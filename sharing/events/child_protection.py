"""Events of the family `child_protection`. Equal to schemas/avro/child_protection, by test."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from sharing.events.common import Event, Quiet


class MeetingMode(StrEnum):
    """How people meet."""

    IN_PERSON = "IN_PERSON"
    TELEPHONE = "TELEPHONE"
    VIDEO = "VIDEO"
    MIXED = "MIXED"


class StrategyReason(StrEnum):
    """Why a strategy discussion is called (Children Act 1989 s47)."""

    INJURY = "INJURY"
    DISCLOSURE = "DISCLOSURE"
    DOMESTIC_ABUSE = "DOMESTIC_ABUSE"
    NEGLECT = "NEGLECT"
    SEXUAL_HARM = "SEXUAL_HARM"
    EXPLOITATION = "EXPLOITATION"
    UNBORN_CHILD = "UNBORN_CHILD"
    DEATH_OR_SERIOUS_HARM = "DEATH_OR_SERIOUS_HARM"
    OTHER = "OTHER"


class StrategyOutcome(StrEnum):
    """What a strategy discussion decided."""

    ENQUIRY_BY_SOCIAL_CARE = "ENQUIRY_BY_SOCIAL_CARE"
    ENQUIRY_WITH_POLICE = "ENQUIRY_WITH_POLICE"
    ASSESSMENT_GOES_ON = "ASSESSMENT_GOES_ON"
    EARLY_HELP = "EARLY_HELP"
    NO_ENQUIRY = "NO_ENQUIRY"
    OTHER = "OTHER"


class AbuseCategory(StrEnum):
    """Category of abuse, children in need census."""

    NEG = "NEG"
    PHY = "PHY"
    SAB = "SAB"
    EMO = "EMO"
    MUL = "MUL"


class EnquiryAction(StrEnum):
    """What happened to a section 47 enquiry."""

    STARTED = "STARTED"
    ENDED = "ENDED"


class EnquiryKind(StrEnum):
    """Who makes the enquiry."""

    SOCIAL_CARE_ALONE = "SOCIAL_CARE_ALONE"
    JOINT_WITH_POLICE = "JOINT_WITH_POLICE"


class EnquiryOutcome(StrEnum):
    """Outcome of a section 47 enquiry (SSD083)."""

    INITIAL_CONFERENCE = "INITIAL_CONFERENCE"
    OTHER_AGENCY_MONITORS = "OTHER_AGENCY_MONITORS"
    ASSESSMENT_GOES_ON = "ASSESSMENT_GOES_ON"
    LEGAL_ACTION = "LEGAL_ACTION"
    SECTION_17_SERVICES = "SECTION_17_SERVICES"
    SHORT_BREAK = "SHORT_BREAK"
    ENDED_WITHOUT_ACTION = "ENDED_WITHOUT_ACTION"
    OTHER = "OTHER"


class ConferenceKind(StrEnum):
    """Kind of child protection conference."""

    INITIAL = "INITIAL"
    REVIEW = "REVIEW"
    PRE_BIRTH = "PRE_BIRTH"
    TRANSFER_IN = "TRANSFER_IN"


class ConferenceOutcome(StrEnum):
    """What a conference decided."""

    CHILD_PROTECTION_PLAN = "CHILD_PROTECTION_PLAN"
    CHILD_IN_NEED_PLAN = "CHILD_IN_NEED_PLAN"
    EARLY_HELP = "EARLY_HELP"
    NO_PLAN = "NO_PLAN"
    ADJOURNED = "ADJOURNED"


class MeetingKind(StrEnum):
    """Kind of meeting about a plan."""

    CORE_GROUP = "CORE_GROUP"
    CHILD_IN_NEED_REVIEW = "CHILD_IN_NEED_REVIEW"
    TEAM_AROUND_FAMILY = "TEAM_AROUND_FAMILY"
    LOOKED_AFTER_REVIEW = "LOOKED_AFTER_REVIEW"
    PERSONAL_EDUCATION_PLAN = "PERSONAL_EDUCATION_PLAN"
    PROFESSIONALS = "PROFESSIONALS"
    RISK_CONFERENCE = "RISK_CONFERENCE"
    OTHER = "OTHER"


class MeetingAction(StrEnum):
    """What happened to a meeting."""

    SCHEDULED = "SCHEDULED"
    HELD = "HELD"
    CANCELLED = "CANCELLED"
    NOT_QUORATE = "NOT_QUORATE"
    POSTPONED = "POSTPONED"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Invitee(Quiet):
    """A function that is invited."""

    invited_agency: str | None = None
    invited_organisation: str | None = None
    invited_function: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Attendee(Quiet):
    """A function that took part."""

    attending_agency: str | None = None
    attending_organisation: str | None = None
    attending_function: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AgreedAction(Quiet):
    """Something that was agreed, by whom, until when."""

    what: str | None = None
    by_agency: str | None = None
    by_function: str | None = None
    by_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class StrategyConvened(Event):
    """Social care calls a strategy discussion: significant harm is suspected; those who know the child must come."""

    event_type: ClassVar[str] = "csc.strategy.convened"

    meeting_at: datetime | None = None
    mode: MeetingMode | None = None
    join_by: str | None = None
    reason_class: StrategyReason | None = None
    category_suspected: AbuseCategory | None = None
    invited: tuple[Invitee, ...] | None = None
    must_be_there: tuple[str, ...] | None = None
    asked_to_bring: tuple[str, ...] | None = None
    threshold_facts: str | None = None
    alleged_perpetrator: str | None = None
    other_children: tuple[str, ...] | None = None
    family_knows: bool | None = None
    chair_function: str | None = None
    duty_phone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class StrategyConcluded(Event):
    """A strategy discussion was held: what was decided, and who does what until when."""

    event_type: ClassVar[str] = "csc.strategy.concluded"

    held_at: datetime | None = None
    outcome: StrategyOutcome | None = None
    took_part: tuple[Attendee, ...] | None = None
    agencies_absent: tuple[str, ...] | None = None
    actions: tuple[AgreedAction, ...] | None = None
    conference_due_on: date | None = None
    medical_agreed: bool | None = None
    interview_agreed: bool | None = None
    reasons: str | None = None
    minutes: str | None = None
    alleged_perpetrator: str | None = None
    police_plan: str | None = None
    school_may_tell_family: bool | None = None
    team: str | None = None
    duty_phone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class EnquiryChanged(Event):
    """An enquiry into significant harm (Children Act 1989 s47) began or ended."""

    event_type: ClassVar[str] = "csc.s47.changed"

    action: EnquiryAction | None = None
    kind: EnquiryKind | None = None
    started_on: date | None = None
    ended_on: date | None = None
    outcome: EnquiryOutcome | None = None
    category: AbuseCategory | None = None
    conference_due_on: date | None = None
    substantiated: bool | None = None
    findings: str | None = None
    legal_step: str | None = None
    alleged_perpetrator: str | None = None
    other_children: tuple[str, ...] | None = None
    team: str | None = None
    duty_phone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ConferenceScheduled(Event):
    """A child protection conference is called: when, who must come, what each brings."""

    event_type: ClassVar[str] = "csc.conference.scheduled"

    kind: ConferenceKind | None = None
    scheduled_at: datetime | None = None
    target_on: date | None = None
    mode: MeetingMode | None = None
    venue: str | None = None
    join_by: str | None = None
    invited: tuple[Invitee, ...] | None = None
    reports_due_on: date | None = None
    asked_to_bring: tuple[str, ...] | None = None
    family_attends: str | None = None
    split_reason: str | None = None
    alleged_perpetrator: str | None = None
    other_children: tuple[str, ...] | None = None
    chair_function: str | None = None
    duty_phone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ConferenceHeld(Event):
    """A child protection conference was held: whether it was quorate, what it decided, what each does."""

    event_type: ClassVar[str] = "csc.conference.held"

    kind: ConferenceKind | None = None
    held_at: datetime | None = None
    quorate: bool | None = None
    took_part: tuple[Attendee, ...] | None = None
    agencies_absent: tuple[str, ...] | None = None
    outcome: ConferenceOutcome | None = None
    category: AbuseCategory | None = None
    actions: tuple[AgreedAction, ...] | None = None
    core_group_on: date | None = None
    review_on: date | None = None
    dissent: str | None = None
    other_reports: tuple[str, ...] | None = None
    minutes: str | None = None
    child_words: str | None = None
    alleged_perpetrator: str | None = None
    chair_function: str | None = None
    duty_phone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MeetingChanged(Event):
    """A meeting about a plan was set, held, called off or not quorate.

    No concern waits for one that did not happen.
    """

    event_type: ClassVar[str] = "csc.meeting.changed"

    kind: MeetingKind | None = None
    action: MeetingAction | None = None
    planned_at: datetime | None = None
    held_at: datetime | None = None
    next_at: datetime | None = None
    mode: MeetingMode | None = None
    join_by: str | None = None
    took_part: tuple[Attendee, ...] | None = None
    functions_absent: tuple[str, ...] | None = None
    called_off_in_a_row: int | None = None
    why_called_off: str | None = None
    agenda: tuple[str, ...] | None = None
    actions: tuple[AgreedAction, ...] | None = None
    minutes: str | None = None
    lead_function: str | None = None
    duty_phone: str | None = None
