"""What an event means, in plain words that travel with it: a versioned glossary.

A bare "no further action" has been read as "nothing happened": so a code never leaves without its meaning. Left out:
the event's own text. Rules: a meaning depends only on the event type and on its outcome, never on a person; nothing
here tells that anything was withheld.
"""

from collections.abc import Mapping
from typing import Any

from sharing.events import (
    AlertAcknowledged,
    AttendanceThresholdReached,
    ClockChanged,
    ClockState,
    ConcernShared,
    ContactDecided,
    ContactOutcome,
    CorrectionIssued,
    CoverageGapFound,
    DomesticAbuseIncidentNotified,
    EscalationChanged,
    Event,
    MissingAction,
    MissingChanged,
    PlanAction,
    PlanChanged,
    ReferralDecided,
    ReferralOutcome,
    ReferralSubmitted,
    TaskKind,
    TaskRaised,
    UnscheduledAttended,
)

GLOSSARY_VERSION = "1"

CONTACT = {
    ContactOutcome.NO_FURTHER_ACTION_AT_CONTACT: "Social care will not act on this contact now. It is not a referral. "
    "It does not mean that nothing happened: if you still worry, refer, or raise a disagreement.",
    ContactOutcome.INFORMATION_AND_ADVICE: "Social care answers this contact with advice. It is not a referral.",
    ContactOutcome.EARLY_HELP_REFERRAL: "Social care passes this contact to early help. It is not a referral.",
    ContactOutcome.BECAME_REFERRAL: "This contact has become a referral. A decision on the referral follows.",
}
REFERRAL = {
    ReferralOutcome.NOT_ACCEPTED: "Social care has not accepted this referral. It does not mean that nothing happened: "
    "read the reason and the advice; you may disagree and say so.",
    ReferralOutcome.ADVICE_OR_SIGNPOST: "Social care answers with advice or another service. No assessment follows.",
    ReferralOutcome.STEP_DOWN_TO_EARLY_HELP: "Social care asks early help to take this on. "
    "Until they accept, it is yours.",
    ReferralOutcome.ASSESSMENT_REQUIRED: "Social care will assess and tell you the outcome within 45 working days.",
    ReferralOutcome.STRATEGY_DISCUSSION_OR_S47: "Social care begins a strategy discussion or a section 47 enquiry. "
    "Expect to be called.",
    ReferralOutcome.OTHER: "Social care has decided this referral in another way. Call the duty team.",
}
CLOCK = {
    ClockState.STARTED: "A clock has started. An answer is due by the time shown.",
    ClockState.DUE_SOON: "An answer is due soon.",
    ClockState.BREACHED: "An answer is overdue. It has been raised with the function above.",
    ClockState.ANSWER_INCOMPLETE: "There is a decision, but its reason or advice is still owed. The clock runs on.",
    ClockState.STOPPED: "The answer is complete. The clock has stopped.",
}
PLAN = {
    PlanAction.STARTED: "A plan for this child has started. Call the team shown when you are worried.",
    PlanAction.REVIEWED: "The plan for this child was reviewed and goes on.",
    PlanAction.ENDED: "The plan for this child has ended. Worries are raised in the usual way.",
}
BY_TYPE: dict[type[Event], str] = {
    ReferralSubmitted: "A referral. A decision with reason is due within one working day.",
    DomesticAbuseIncidentNotified: "Police attended domestic abuse in this child's home or family. Support the child; "
    "do not question the child and do not contact the parents about it. Say what you do by acknowledging.",
    ConcernShared: "A setting shares a concern. It is not a referral.",
    AlertAcknowledged: "The setting has read the notice and says what it does.",
    UnscheduledAttended: "The child came to unscheduled care. No diagnosis is shared.",
    AttendanceThresholdReached: "Absence has reached a threshold.",
    EscalationChanged: "An answer did not come in time. The matter has moved up to the function shown.",
    CoverageGapFound: "Somebody who should be reached cannot be reached through this service.",
    TaskRaised: "A person must act. The task and the number are shown.",
    CorrectionIssued: "Something sent earlier is taken back. Do not use it; delete any copy and confirm.",
}
TASK = {
    TaskKind.TELEPHONE_SENDER: "A referral of the organisation shown could not be read. Ring it now, and take the "
    "referral by telephone.",
    TaskKind.TELEPHONE_FRONT_DOOR: "A referral that you sent could not be read. Ring the number shown now, and make "
    "the referral by telephone.",
    TaskKind.SEND_SEAL_AGAIN: "A restriction that you sent could not be read, so it does not stand. Send it again now.",
}
MISSING = {
    MissingAction.MISSING: "The child is reported missing. Call if you know anything.",
    MissingAction.FOUND: "The child has been found.",
}


BY_VALUE: dict[type[Event], tuple[str, Mapping[Any, str]]] = {
    ContactDecided: ("outcome", CONTACT),
    ReferralDecided: ("outcome", REFERRAL),
    ClockChanged: ("state", CLOCK),
    PlanChanged: ("action", PLAN),
    TaskRaised: ("task", TASK),
    MissingChanged: ("action", MISSING),
}
"""Types whose meaning stands in one field: its name, and the words of each value."""


def plain_words(event: Event) -> str | None:
    """Meaning of an event in plain words, or None where the event speaks for itself."""
    field, words = BY_VALUE.get(type(event), ("", {}))
    own = words.get(getattr(event, field)) if field else None
    return own or BY_TYPE.get(type(event))
