"""What an event means, in plain words that travel with it: a versioned glossary.

A bare "no further action" has been read as "nothing happened": so a code never leaves without its meaning. Left out:
the event's own text. Rules: a meaning depends only on the event type and on its outcome, never on a person; nothing
here tells that anything was withheld.
"""

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
MISSING = {
    MissingAction.MISSING: "The child is reported missing. Call if you know anything.",
    MissingAction.FOUND: "The child has been found.",
}


def plain_words(event: Event) -> str | None:
    """Meaning of an event in plain words, or None where the event speaks for itself."""
    match event:
        case ContactDecided(outcome=ContactOutcome() as contact):
            return CONTACT[contact]
        case ReferralDecided(outcome=ReferralOutcome() as referral):
            return REFERRAL[referral]
        case ClockChanged(state=ClockState() as state):
            return CLOCK[state]
        case PlanChanged(action=PlanAction() as plan):
            return PLAN[plan]
        case MissingChanged(action=MissingAction() as missing):
            return MISSING[missing]
        case _:
            return BY_TYPE.get(type(event))
