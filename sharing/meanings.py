"""The tables of plain words: what each event means, and what each code means where a code decides it.

Left out: which of them an event takes (`words`). Rules: written for somebody who does not know the sender's trade; says
what follows and who acts; says that nothing happened only where that is so.
"""

from collections.abc import Mapping
from typing import Any

from sharing.events import ClockState, ContactOutcome, MissingAction, PlanAction, ReferralOutcome, TaskKind
from sharing.events.casework import AssessmentOutcome, InterviewNotDone, PlacementAction, StepDown
from sharing.events.child_protection import (
    ConferenceOutcome,
    EnquiryAction,
    MeetingAction,
    StrategyOutcome,
)
from sharing.events.early_help import EarlyHelpAction, LeadAction
from sharing.events.education import EducationStatus
from sharing.events.police_measures import CrimeOutcome, RestrictionAction

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
ASSESSMENT = {
    AssessmentOutcome.NO_FURTHER_ACTION_AFTER_ASSESSMENT: "Social care has assessed and will not act further now. It "
    "does not mean that nothing happened: if you still worry, refer again or raise a disagreement.",
    AssessmentOutcome.STEP_DOWN_TO_EARLY_HELP: "Social care has assessed and asks early help to take this on. "
    "Until they accept, social care holds it.",
    AssessmentOutcome.STRATEGY_DISCUSSION_OR_S47: "Social care has assessed and begins a strategy discussion or a "
    "section 47 enquiry. Expect to be called.",
    AssessmentOutcome.OTHER: "Social care has assessed and goes on in another way, a plan included.",
}
STRATEGY = {
    StrategyOutcome.ENQUIRY_BY_SOCIAL_CARE: "Social care makes an enquiry into significant harm. Do what is shown.",
    StrategyOutcome.ENQUIRY_WITH_POLICE: "Social care and police make an enquiry into significant harm together. "
    "Do what is shown, and do not question the child.",
    StrategyOutcome.ASSESSMENT_GOES_ON: "There is no enquiry into significant harm now; social care goes on assessing.",
    StrategyOutcome.EARLY_HELP: "There is no enquiry into significant harm now; early help is offered.",
    StrategyOutcome.NO_ENQUIRY: "There is no enquiry into significant harm now. It does not mean that nothing "
    "happened: say so when you disagree.",
    StrategyOutcome.OTHER: "The strategy discussion ended in another way. Call the duty team.",
}
ENQUIRY = {
    EnquiryAction.STARTED: "An enquiry into significant harm has begun. Expect to be called.",
    EnquiryAction.ENDED: "The enquiry into significant harm has ended, with the outcome shown. Worries are raised as "
    "before.",
}
CONFERENCE = {
    ConferenceOutcome.CHILD_PROTECTION_PLAN: "The child has a child protection plan. Your part stands under actions.",
    ConferenceOutcome.CHILD_IN_NEED_PLAN: "There is no child protection plan; a child in need plan is made.",
    ConferenceOutcome.EARLY_HELP: "There is no child protection plan; early help is offered.",
    ConferenceOutcome.NO_PLAN: "There is no plan. Worries are raised in the usual way.",
    ConferenceOutcome.ADJOURNED: "The conference decided nothing yet. What was agreed before goes on.",
}
MEETING = {
    MeetingAction.SCHEDULED: "A meeting is set.",
    MeetingAction.HELD: "The meeting was held. Your part stands under actions.",
    MeetingAction.CANCELLED: "The meeting did not take place. What was to be said there is not answered: call if it "
    "cannot wait.",
    MeetingAction.NOT_QUORATE: "The meeting could decide nothing. What was to be said there is not answered: call if "
    "it cannot wait.",
    MeetingAction.POSTPONED: "The meeting was moved. Call if what you have to say cannot wait.",
}
STEPPING_DOWN = {
    StepDown.NOBODY: "Social care closes this case on the day shown. Raise worries as you would for any child.",
    StepDown.EARLY_HELP: "Social care closes this case on the day shown; early help holds it once it has accepted.",
    StepDown.UNIVERSAL_SERVICES: "Social care closes this case on the day shown. Raise worries as you would for any "
    "child.",
    StepDown.OTHER_AUTHORITY: "Social care closes this case here on the day shown; another authority holds it.",
    StepDown.ADULT_SERVICES: "Social care closes this case on the day shown; adult services hold it.",
}
INTERVIEW = dict.fromkeys(InterviewNotDone, "No return interview was held, for the reason shown.")
PLACEMENT = {
    PlacementAction.PLANNED: "The child will live elsewhere. Do not tell anybody, the family included.",
    PlacementAction.STARTED: "The child lives elsewhere now. Do not tell anybody where, the family included.",
    PlacementAction.MOVED: "The child has moved. Do not tell anybody where, the family included.",
    PlacementAction.ENDED: "This placement has ended. Ask the team before anybody new collects the child.",
}
EARLY_HELP = {
    EarlyHelpAction.OFFERED: "An early help assessment was offered.",
    EarlyHelpAction.OPENED: "An early help assessment has begun.",
    EarlyHelpAction.DECLINED_BY_FAMILY: "The family does not want an early help assessment. If the worry goes on, "
    "refer it.",
    EarlyHelpAction.UNSUITABLE: "Early help is not right for this. The reason says where it belongs.",
    EarlyHelpAction.COMPLETED: "The early help assessment is complete.",
    EarlyHelpAction.CLOSED: "Early help has ended. Worries are raised in the usual way.",
}
LEAD = {
    LeadAction.OFFERED: "You are asked to lead. Nothing moves until you accept.",
    LeadAction.ACCEPTED: "There is a lead. The holder has changed.",
    LeadAction.DECLINED: "The offer to lead was declined. The holder is as before.",
    LeadAction.ENDED: "There is no lead any more.",
}
EDUCATION = {
    EducationStatus.REGISTERED: "The child is on the roll of a setting.",
    EducationStatus.HOME_EDUCATION_PROPOSED: "A parent wants to educate the child at home. With an open enquiry or "
    "plan the child stays on roll until the authority agrees.",
    EducationStatus.HOME_EDUCATED: "The child is educated at home and is seen by no school.",
    EducationStatus.MISSING_EDUCATION: "The child is on no roll and nobody knows of an education. Call if you see it.",
    EducationStatus.NOT_IN_SCHOOL: "The child is on the register of children not in school.",
    EducationStatus.AWAITING_PLACE: "The child waits for a place and is seen by no school.",
    EducationStatus.OTHER_PROVISION: "The child is taught in alternative provision.",
    EducationStatus.MOVED_AWAY: "The child moved to another authority, which was told.",
    EducationStatus.UNREGISTERED_SETTING: "The child was seen in a setting that no register knows.",
}
_NO_COURT = "No prosecution does not mean no harm, and closes no risk. "
CRIME = {
    CrimeOutcome.TYPE_1: "Somebody is charged or summonsed. It goes to court.",
    CrimeOutcome.TYPE_1A: "Somebody is charged or summonsed for another offence than recorded. It goes to court.",
    CrimeOutcome.TYPE_2: "A young person admitted it and was cautioned.",
    CrimeOutcome.TYPE_3: "An adult admitted it and was cautioned.",
    CrimeOutcome.TYPE_4: "It was admitted in another case and taken into account there.",
    CrimeOutcome.TYPE_5: "Who was suspected has died.",
    CrimeOutcome.TYPE_6: "A penalty notice was given.",
    CrimeOutcome.TYPE_7: "A warning for cannabis or khat was given.",
    CrimeOutcome.TYPE_8: "It was settled in the community, without court.",
    CrimeOutcome.TYPE_9: f"{_NO_COURT}There may be evidence; prosecutors decided that court is not in the public "
    "interest.",
    CrimeOutcome.TYPE_10: f"{_NO_COURT}There may be evidence; police decided that formal action is not in the public "
    "interest.",
    CrimeOutcome.TYPE_11: f"{_NO_COURT}Who is suspected is under ten and cannot be tried.",
    CrimeOutcome.TYPE_12: f"{_NO_COURT}Who is suspected is too ill to be tried.",
    CrimeOutcome.TYPE_13: f"{_NO_COURT}The victim or a witness has died or is too ill.",
    CrimeOutcome.TYPE_14: f"{_NO_COURT}No suspect is named: the victim declines or cannot say who. Something may well "
    "have happened.",
    CrimeOutcome.TYPE_15: f"{_NO_COURT}Somebody is named and the victim supports action, but the evidence is too thin "
    "for a court. Nobody was cleared.",
    CrimeOutcome.TYPE_16: f"{_NO_COURT}Somebody is named and the victim does not support action, as is common where "
    "somebody is afraid.",
    CrimeOutcome.TYPE_17: f"{_NO_COURT}It is too late in law to prosecute.",
    CrimeOutcome.TYPE_18: f"{_NO_COURT}Police looked as far as they could and found no suspect.",
    CrimeOutcome.TYPE_19: "It was passed to the national fraud bureau.",
    CrimeOutcome.TYPE_20: f"{_NO_COURT}Another agency takes it over: the agency shown must act now.",
    CrimeOutcome.TYPE_21: f"{_NO_COURT}Police decided that further investigation is not in the public interest. Where "
    "a child was harmed that is unusual: ask.",
    CrimeOutcome.TYPE_22: "There is a programme instead of formal action.",
}
RESTRICTION = {
    RestrictionAction.IMPOSED: "An adult may not do what is shown. Do not hand over the child; call 999 if the adult "
    "comes, then the number shown. Do not tell the family who told you.",
    RestrictionAction.VARIED: "What an adult may not do has changed. Only what is shown now counts.",
    RestrictionAction.BREACHED: "An adult has done what was forbidden. Keep the child with you and call the number.",
    RestrictionAction.ENDED: "The restriction has ended. Ask before you change anything for the child.",
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
TASK = {
    TaskKind.TELEPHONE_SENDER: "A referral of the organisation shown could not be read. Ring it now, and take the "
    "referral by telephone.",
    TaskKind.TELEPHONE_FRONT_DOOR: "A referral that you sent could not be read. Ring the number shown now, and make "
    "the referral by telephone.",
    TaskKind.SEND_SEAL_AGAIN: "A restriction that you sent could not be read, so it does not stand. Send it again now.",
    TaskKind.REVIEW_TEXT: "A text of yours goes to a partner once you have read what is left of it. Read it, and let "
    "it go or keep it, by the time shown.",
}
MISSING = {
    MissingAction.MISSING: "The child is reported missing. Call if you know anything.",
    MissingAction.FOUND: "The child has been found.",
}

BY_OUTCOME: Mapping[str, tuple[str, Mapping[Any, str]]] = {
    "csc.contact.decided": ("outcome", CONTACT),
    "csc.referral.decided": ("outcome", REFERRAL),
    "csc.assessment.completed": ("outcome", ASSESSMENT),
    "csc.strategy.concluded": ("outcome", STRATEGY),
    "csc.s47.changed": ("action", ENQUIRY),
    "csc.conference.held": ("outcome", CONFERENCE),
    "csc.meeting.changed": ("action", MEETING),
    "csc.case.closed": ("step_down", STEPPING_DOWN),
    "csc.return_interview.recorded": ("not_done_reason", INTERVIEW),
    "csc.placement.changed": ("action", PLACEMENT),
    "csc.plan.changed": ("action", PLAN),
    "earlyhelp.assessment.changed": ("action", EARLY_HELP),
    "earlyhelp.lead.changed": ("action", LEAD),
    "la.education.status_changed": ("status", EDUCATION),
    "police.investigation.outcome": ("outcome_code", CRIME),
    "police.restriction.changed": ("action", RESTRICTION),
    "police.missing.changed": ("action", MISSING),
    "broker.clock.changed": ("state", CLOCK),
    "broker.task.raised": ("task", TASK),
}
"""Event type to the field whose code decides the meaning, and the meaning of each code; a task's other codes have the
words of the task."""

BY_TYPE: Mapping[str, str] = {
    "referral.submitted": "A referral. A decision with reason is due within one working day.",
    "disagreement.raised": "Somebody disagrees with a decision. Answer the reason; both views are kept.",
    "consultation.requested": "Somebody asks for advice about a child without naming it. It is no contact and no "
    "referral: do not try to find out who it is.",
    "consultation.advised": "Advice without names. If you still worry, refer: nobody else does it for you.",
    "correction.issued": "Something sent earlier is taken back. Do not use it; delete any copy and confirm.",
    "review.case.opened": "A review begins. Keep everything about this, on paper too, and change nothing.",
    "csc.contact.recorded": "Social care has recorded a contact and will decide on it. It is not a referral.",
    "csc.allocation.changed": "Another team holds the case. Use the number shown from now on.",
    "csc.strategy.convened": "A strategy discussion is called. You must be there, or send somebody who knows the "
    "child. Do not tell the family unless it is shown that you may.",
    "csc.strategy.concluded": "A strategy discussion was held. Do what is shown for you.",
    "csc.s47.changed": "An enquiry into significant harm began or ended. Expect to be called.",
    "csc.assessment.completed": "Social care has completed an assessment.",
    "csc.conference.scheduled": "A child protection conference is called. Come, and bring what is asked.",
    "csc.conference.held": "A child protection conference was held. Your part stands under actions.",
    "csc.meeting.changed": "A meeting about the plan has changed.",
    "csc.case.closed": "Social care closes this case on the day shown. Raise worries as you would for any child.",
    "csc.return_interview.recorded": "What became of the interview that a child is offered who comes back.",
    "csc.placement.changed": "Where the child lives has changed. Do not tell anybody, the family included.",
    "earlyhelp.assessment.changed": "An early help assessment has moved.",
    "earlyhelp.lead.changed": "The lead of an early help plan has moved. The holder changes on acceptance only.",
    "la.education.status_changed": "Where the child is educated has changed, or is about to.",
    "police.da_incident.notified": "Police attended domestic abuse in this child's home or family. Support the child; "
    "do not question the child and do not contact the parents about it. Say what you do by acknowledging.",
    "police.ppn.submitted": "Police tell of a worry about a child. It is a notice, not a referral accepted.",
    "police.investigation.outcome": "An investigation has an outcome. No prosecution does not mean no harm, and "
    "closes no risk.",
    "police.protection.used": "Police have taken the child into protection, for 72 hours at most. Social care must act "
    "before it ends.",
    "police.exploitation.marker_changed": "Police see signs that a child is exploited. The child is a victim: do not "
    "blame, and do not confront anybody.",
    "police.restriction.changed": "An adult may not do what is shown. Do not tell the family who told you.",
    "health.unscheduled.attended": "The child came to unscheduled care. No diagnosis is shared.",
    "health.injury.concern": "Somebody in health worries about an injury. A bruise on a child who cannot move about is "
    "never taken for an accident without a paediatrician.",
    "health.appointment.missed": "The child was not brought. Whether that harms it is for you to ask.",
    "health.medical.opinion": "A doctor's opinion. What cannot be excluded is not an accident: ask when in doubt.",
    "health.disclosure.recorded": "A young person told something in confidence. Only what protects is shared.",
    "health.pregnancy.concern": "Somebody in health worries about an unborn child.",
    "health.registration.changed": "A registration has changed.",
    "health.flag.changed": "A flag says that there is something. Whom to call is shown; why is not.",
    "health.cpis.accessed": "Somebody in unscheduled care looked up the child's plan: the child was seen there.",
    "school.concern.shared": "A setting shares a concern. It is not a referral.",
    "school.alert.acknowledged": "The setting has read the notice and says what it does.",
    "school.attendance.threshold": "Absence has reached a threshold.",
    "school.roll.changed": "The child joined or left a roll, or is about to leave it.",
    "school.exclusion.recorded": "The child is excluded and is not seen each day any more.",
    "school.file.transferred": "A child protection file is on its way or has come. What is in it goes another way.",
    "school.contact.changed": "Whom one reaches at a setting has changed. It is about no child.",
    "broker.escalation.changed": "An answer did not come in time. The matter has moved up to the function shown.",
    "broker.coverage.gap": "Somebody who should be reached cannot be reached through this service.",
    "broker.task.raised": "A person must act. The task and the number are shown.",
    "broker.identity.changed": "A link between two records has moved. Look before you rely on either.",
    "broker.pattern.detected": "A written rule counted what several agencies said. It is no score: a person decides.",
    "broker.quality.flagged": "Only you see this. Say what was seen or heard; send it as it is if you must.",
    "broker.discrepancy.found": "Two agencies hold different things. Look at yours and say what is right.",
    "broker.release.decided": "What was decided about one exchange, before anything left.",
    "broker.quorum.missing": "Somebody who must be there is missing. Do not meet without them.",
    "broker.text.reviewed": "A person let a text go.",
    "broker.hold.placed": "Nothing of this may be deleted until the hold is lifted, whatever the schedule says.",
}
"""What an event means whatever its outcome, and all that is said to a recipient who may not know the outcome."""
