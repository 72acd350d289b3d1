"""Which event asks which rules: the whole of routing on one page.

Left out: the rules themselves (`rules`), and what the broker itself says (its recipients are named in `Said.to`).
"""

from collections.abc import Mapping
from types import MappingProxyType

from sharing.routing.grounds import Rule
from sharing.routing.rules import (
    asker,
    case_holder,
    education_duty,
    emergency_departments,
    front_door,
    health_visitor,
    involved_gp,
    involved_settings,
    open_askers,
    other_health,
    other_partners,
    own_setting,
    plan_partners,
    registration_partners,
    sealed_matter,
    social_care,
    worried_clinician,
)
from sharing.routing.statutory import consultation_line, figures, opposite_side, police, police_if_crime

REFERRAL = "referral.submitted"
_HEALTH: tuple[Rule, ...] = (involved_gp, health_visitor, other_health)
_INVOLVED: tuple[Rule, ...] = (involved_settings, *_HEALTH, other_partners)

_WHO_NEEDS_TO_KNOW: Mapping[str, tuple[Rule, ...]] = MappingProxyType(
    {
        REFERRAL: (front_door,),
        "csc.contact.recorded": (asker,),
        "csc.contact.decided": (asker,),
        "csc.referral.decided": (asker,),
        "csc.allocation.changed": (*_INVOLVED, open_askers),
        "csc.strategy.convened": (police, education_duty, *_INVOLVED, open_askers),
        "csc.strategy.concluded": (police, education_duty, *_INVOLVED, asker, open_askers),
        "csc.s47.changed": (police, education_duty, *_INVOLVED, asker),
        "csc.assessment.completed": (asker,),
        "csc.conference.scheduled": (police, education_duty, *_INVOLVED),
        "csc.conference.held": (police, education_duty, *_INVOLVED),
        "csc.plan.changed": (emergency_departments, plan_partners),
        "csc.meeting.changed": _INVOLVED,
        "csc.case.closed": (*_INVOLVED, asker, open_askers),
        "csc.placement.changed": (police, education_duty, *_INVOLVED),
        "csc.return_interview.recorded": (police, other_partners),
        "csc.involvement.changed": (),
        "seal.changed": (sealed_matter,),
        "earlyhelp.assessment.changed": (social_care, *_INVOLVED, asker),
        "earlyhelp.lead.changed": (social_care, *_INVOLVED, asker),
        "consultation.requested": (consultation_line,),
        "consultation.advised": (asker,),
        "disagreement.raised": (opposite_side,),
        "review.case.opened": (case_holder, police, *_INVOLVED),
        "police.da_incident.notified": (social_care, own_setting, health_visitor, other_health),
        "police.ppn.submitted": (social_care, *_HEALTH),
        "police.missing.changed": (social_care, involved_settings, health_visitor, other_health, other_partners),
        "police.protection.used": (front_door, case_holder, involved_settings, *_HEALTH),
        "police.investigation.outcome": (social_care, involved_settings, *_HEALTH),
        "police.exploitation.marker_changed": (social_care, *_HEALTH, other_partners),
        "police.restriction.changed": (social_care, involved_settings),
        "health.unscheduled.attended": (case_holder, worried_clinician, *_HEALTH),
        "health.injury.concern": (front_door, case_holder, police_if_crime, *_HEALTH),
        "health.medical.opinion": (social_care, police, *_HEALTH),
        "health.appointment.missed": (case_holder, worried_clinician, *_HEALTH),
        "health.disclosure.recorded": (front_door, police_if_crime, involved_gp, other_health),
        "health.pregnancy.concern": (front_door, case_holder, *_HEALTH),
        "health.registration.changed": (registration_partners, sealed_matter),
        "health.flag.changed": _HEALTH,
        "health.cpis.accessed": (case_holder,),
        "school.concern.shared": (social_care,),
        "school.alert.acknowledged": (asker, case_holder),
        "school.attendance.threshold": (education_duty, case_holder),
        "school.roll.changed": (education_duty, case_holder, other_partners),
        "school.exclusion.recorded": (education_duty, case_holder, other_partners),
        "school.file.transferred": (involved_settings, education_duty),
        "school.contact.changed": (education_duty, police, consultation_line),
        "la.education.status_changed": (social_care, involved_settings, *_HEALTH, other_partners),
        "education.setting.found": (),
    }
)

_COUNTED = frozenset(
    {
        "csc.contact.decided",
        "csc.referral.decided",
        "csc.assessment.completed",
        "csc.s47.changed",
        "csc.conference.held",
        "csc.meeting.changed",
        "csc.plan.changed",
        "csc.case.closed",
        "csc.return_interview.recorded",
        "earlyhelp.assessment.changed",
        "earlyhelp.lead.changed",
        "disagreement.raised",
        "police.da_incident.notified",
        "police.missing.changed",
        "police.ppn.submitted",
        "police.investigation.outcome",
        "police.exploitation.marker_changed",
        "health.unscheduled.attended",
        "health.appointment.missed",
        "health.injury.concern",
        "school.alert.acknowledged",
        "school.attendance.threshold",
        "school.exclusion.recorded",
        "school.roll.changed",
        "school.file.transferred",
        "la.education.status_changed",
    }
)
"""Events of which the partnership keeps figures; a referral goes to the front door and nowhere else."""

ROUTES: Mapping[str, tuple[Rule, ...]] = MappingProxyType(
    {name: (*rules, figures) if name in _COUNTED else rules for name, rules in _WHO_NEEDS_TO_KNOW.items()}
)
"""Who needs to know of what comes in. What the broker says itself names its recipients in `Said.to`."""
