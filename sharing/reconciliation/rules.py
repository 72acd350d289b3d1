"""Every clock on one page: what starts it, who owes the answer, how long, what stops it, who is rung when it runs out.

This is data. Documents and tests read the same tables; a partnership that wants other stages changes rows, not code.

Left out: what a row is made of (`clock_rule`), how a clock runs (`questions`, `clocks`), telephone numbers (the
directory).
Rules: only the event or receipt in a clock's row stops it, only from the exchange's recipient, and an answer only when
it holds what is owed (`owed`). Functions, never persons: of the functions that a stage names, the first that the
organisation has is rung; a local authority's emergency duty team is rung too when the day's functions have gone home.
"""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from sharing.events import ReceiptState, TaskKind
from sharing.reconciliation.clock_rule import ClockRule, Duration, Side, Span, Stage
from sharing.vocabulary import SETTINGS
from sharing.vocabulary import RecipientKind as Kind

AT_ONCE = Duration(0, Span.HOURS)
AT_THE_END = Duration(0, Span.WITH_THE_MATTER)
ONE_HOUR = Duration(1, Span.HOURS)
ONE_WORKING_DAY = Duration(1, Span.WORKING_DAYS)
TWO_WORKING_DAYS = Duration(2, Span.WORKING_DAYS)
BEFORE_SCHOOL = Duration(8, Span.SCHOOL_DAY_AT)
RECEIVED = frozenset({ReceiptState.DELIVERED, ReceiptState.READ, ReceiptState.ACTED})
LATE = ONE_HOUR
"""What an owner gets who hears of a matter only after its clock has ended (a setting found next morning)."""

SEEN = frozenset({ReceiptState.READ, ReceiptState.ACTED})

REFERRAL_DECISION = "referral-decision"
REFERRAL_RECEIPT = "referral-receipt"
ANSWER_COMPLETION = "answer-completion"
ENCOMPASS_ACKNOWLEDGED = "encompass-acknowledged"
TELEPHONE_TASK = "telephone-task"
ATTENDANCE_SEEN = "attendance-of-flagged-child"
SETTING_FOUND = "setting-found"
IDENTITY_REVIEW = "identity-review"
STOPPED_RECORD = "stopped-record"
AROUND_SETTING = "around-setting"
CONSULTATION_ADVICE = "consultation-advice"
RECALL_ACKNOWLEDGED = "recall-acknowledged"
TEXT_REVIEW = "text-review"
LATE_EVENT = "late-event"

HOLDERS = frozenset(
    {
        Kind.FRONT_DOOR,
        Kind.FRONT_DOOR_MANAGER,
        Kind.ALLOCATED_TEAM,
        Kind.EMERGENCY_DUTY,
        Kind.POLICE_DUTY,
        Kind.EMERGENCY_DEPARTMENT,
        Kind.GP,
        Kind.HEALTH_VISITOR,
    }
)
"""As what those receive who may hold a seal."""

RECEIVE_ONLY = frozenset({Kind.REQUESTER, Kind.STATISTICS, Kind.IDENTITY_TEAM, Kind.EDUCATION_ROLLS})
"""As what nobody receives who writes texts."""
_SPEAKERS = (
    "force_duty", "emergency_department", "health_visitor", "practice_lead", "safeguarding_lead", "education_duty",
    "other_authority_duty", "voluntary_lead",
)  # fmt: skip
DEPUTIES = (
    "front_door", "deputy_safeguarding_lead", "caldicott_guardian", "public_protection_manager",
    "data_protection_officer", *_SPEAKERS,
)  # fmt: skip
MANAGERS = (
    "head_of_service", "front_door_manager", "education_duty_manager", "public_protection_manager",
    "caldicott_guardian", *_SPEAKERS,
)  # fmt: skip
"""Who is rung in the house that said something which waits: before its time is up, and when it is."""

_CLOCKS = (
    ClockRule(
        REFERRAL_DECISION,
        starts_on="referral.submitted",
        owners=frozenset({Kind.FRONT_DOOR}),
        lasts=ONE_WORKING_DAY,  # Working Together 2023
        stops_on=("csc.referral.decided", "csc.contact.decided"),
        stages=(
            Stage(AT_ONCE, Side.OWNER, ("front_door_manager", "front_door")),
            Stage(ONE_WORKING_DAY, Side.OWNER, ("head_of_service", "front_door_manager")),
            Stage(TWO_WORKING_DAYS, Side.OWNER, ("director_of_childrens_services", "front_door_manager")),
        ),
        announced=True,
        whole=True,
    ),
    ClockRule(
        REFERRAL_RECEIPT,
        starts_on="referral.submitted",
        owners=frozenset({Kind.FRONT_DOOR}),
        lasts=Duration(15, Span.MINUTES),
        stops_on=("csc.referral.decided", "csc.contact.decided"),  # who answers has received
        receipts=RECEIVED,
        told=Side.ASKER,
    ),
    ClockRule(
        CONSULTATION_ADVICE,
        starts_on="consultation.requested",
        owners=frozenset({Kind.FRONT_DOOR}),
        lasts=ONE_WORKING_DAY,
        stops_on=("consultation.advised",),
        stages=(Stage(AT_ONCE, Side.OWNER, ("front_door_manager", "front_door")),),
    ),
    ClockRule(
        ANSWER_COMPLETION,
        starts_on="broker.task.raised",
        owners=frozenset({Kind.FRONT_DOOR_MANAGER}),
        lasts=Duration(0, Span.WITH_THE_MATTER),  # stops with the answer it asks for; that answer's clock escalates
    ),
    ClockRule(
        STOPPED_RECORD,
        starts_on="broker.task.raised",
        owners=HOLDERS,
        lasts=ONE_HOUR,
        receipts=frozenset({ReceiptState.ACTED}),  # it ends, too, when somebody lets the record go, or drops it
        stages=(
            Stage(AT_ONCE, Side.OWNER, ("front_door_manager", "force_duty", "emergency_department", "practice_lead")),
            Stage(ONE_HOUR, Side.OWNER, ("head_of_service", "front_door_manager", "force_duty")),
        ),
    ),
    ClockRule(
        TEXT_REVIEW,
        starts_on="broker.task.raised",
        owners=frozenset(Kind) - RECEIVE_ONLY,
        lasts=Duration(0, Span.AS_TOLD),  # it ends, too, when the text goes, is kept, or may go no more
        stages=(
            Stage(AT_ONCE, Side.OWNER, DEPUTIES),
            Stage(AT_THE_END, Side.OWNER, MANAGERS),
        ),
        warns=True,
    ),
    ClockRule(
        LATE_EVENT,
        starts_on="broker.task.raised",
        owners=frozenset(Kind),
        lasts=TWO_WORKING_DAYS,  # it ends, too, when nothing of the event waits any more
        receipts=frozenset({ReceiptState.ACTED}),
        stages=(
            Stage(AT_ONCE, Side.OWNER, DEPUTIES),
            Stage(AT_THE_END, Side.OWNER, MANAGERS),
        ),
        warns=True,
    ),
    ClockRule(
        RECALL_ACKNOWLEDGED,
        starts_on="correction.issued",
        owners=frozenset(Kind),
        lasts=ONE_HOUR,
        receipts=frozenset({ReceiptState.RECALLED}),
        stages=(
            Stage(AT_ONCE, Side.AUTHORITY, ("front_door_manager", "front_door")),
            Stage(ONE_HOUR, Side.AUTHORITY, ("head_of_service", "front_door_manager")),
        ),
    ),
    ClockRule(
        AROUND_SETTING,
        starts_on="broker.task.raised",
        owners=frozenset(
            {Kind.INDEPENDENT_ALTERNATE, Kind.LADO, Kind.EDUCATION_DUTY, Kind.FRONT_DOOR_MANAGER, Kind.EMERGENCY_DUTY}
        ),
        lasts=BEFORE_SCHOOL,
        receipts=SEEN,
        stages=(
            Stage(AT_ONCE, Side.AUTHORITY, ("front_door_manager", "front_door")),
            Stage(ONE_HOUR, Side.AUTHORITY, ("head_of_service", "front_door_manager")),
        ),
    ),
    ClockRule(
        ENCOMPASS_ACKNOWLEDGED,
        starts_on="police.da_incident.notified",
        owners=SETTINGS,
        lasts=BEFORE_SCHOOL,
        stops_on=("school.alert.acknowledged",),
        stages=(
            Stage(AT_ONCE, Side.OWNER, ("deputy_safeguarding_lead", "office", "safeguarding_lead")),
            Stage(ONE_HOUR, Side.EDUCATION, ("education_duty",), TaskKind.TELEPHONE_SETTING),
        ),
        grace=timedelta(minutes=30),
    ),
    ClockRule(
        TELEPHONE_TASK,
        starts_on="police.da_incident.notified",
        owners=frozenset({Kind.EDUCATION_DUTY}),
        lasts=BEFORE_SCHOOL,
        stops_on=("school.alert.acknowledged",),  # said by the duty function once the setting was told
        receipts=frozenset({ReceiptState.ACTED}),
        stages=(
            Stage(AT_ONCE, Side.OWNER, ("education_duty_manager", "education_duty")),
            Stage(ONE_HOUR, Side.ASKER, ("force_duty",), TaskKind.TELEPHONE_SETTING),
        ),
    ),
    ClockRule(
        ATTENDANCE_SEEN,
        starts_on="health.unscheduled.attended",
        owners=frozenset({Kind.ALLOCATED_TEAM, Kind.EMERGENCY_DUTY}),
        lasts=ONE_HOUR,
        receipts=SEEN,
        stages=(
            Stage(AT_ONCE, Side.AUTHORITY, ("front_door_manager", "front_door")),
            Stage(ONE_HOUR, Side.AUTHORITY, ("head_of_service", "front_door_manager")),
        ),
    ),
    ClockRule(
        SETTING_FOUND,
        starts_on="broker.setting.sought",
        owners=frozenset({Kind.EDUCATION_ROLLS}),
        lasts=Duration(4, Span.HOURS),
        stops_on=("education.setting.found",),
        stages=(
            Stage(AT_ONCE, Side.ASKER, ("force_duty",), TaskKind.FIND_SETTING),
            Stage(AT_ONCE, Side.EDUCATION, ("education_duty",), TaskKind.FIND_SETTING),
        ),
    ),
    ClockRule(
        IDENTITY_REVIEW,
        starts_on="identity review",
        owners=frozenset(),
        lasts=Duration(0, Span.HALF_WAY),
        stages=(Stage(AT_ONCE, Side.AUTHORITY, ("front_door_manager", "front_door"), TaskKind.SETTLE_IDENTITY),),
    ),
)

RULES: Mapping[str, ClockRule] = MappingProxyType({rule.name: rule for rule in _CLOCKS})

ASKED_BY_TASK: Mapping[str, TaskKind] = MappingProxyType(
    {
        ANSWER_COMPLETION: TaskKind.COMPLETE_ANSWER,
        STOPPED_RECORD: TaskKind.LOOK_AT_STOPPED_RECORD,
        AROUND_SETTING: TaskKind.ACT_FOR_SETTING,
        TEXT_REVIEW: TaskKind.REVIEW_TEXT,
        LATE_EVENT: TaskKind.LOOK_AT_LATE_EVENT,
    }
)
"""Clocks that a task starts, and which task."""

WAITS = frozenset({SETTING_FOUND, IDENTITY_REVIEW})
"""Clocks on an event that waits (`state.Awaiting`), not on an exchange that was sent."""
