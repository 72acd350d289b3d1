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

REFERRAL = "referral.submitted"

ROUTES: Mapping[str, tuple[Rule, ...]] = MappingProxyType(
    {
        REFERRAL: (front_door,),
        "csc.contact.decided": (asker,),
        "csc.referral.decided": (asker,),
        "csc.allocation.changed": (
            involved_settings,
            involved_gp,
            health_visitor,
            other_health,
            other_partners,
            open_askers,
        ),
        "csc.plan.changed": (emergency_departments, plan_partners),
        "csc.involvement.changed": (),
        "seal.changed": (sealed_matter,),
        "police.da_incident.notified": (social_care, own_setting, health_visitor, other_health),
        "police.missing.changed": (social_care, involved_settings, health_visitor, other_health, other_partners),
        "health.unscheduled.attended": (case_holder, worried_clinician, involved_gp, health_visitor, other_health),
        "health.registration.changed": (registration_partners, sealed_matter),
        "school.concern.shared": (social_care,),
        "school.alert.acknowledged": (asker, case_holder),
        "school.attendance.threshold": (education_duty, case_holder),
        "education.setting.found": (),
    }
)
"""Who needs to know of what comes in. What the broker says itself names its recipients in `Said.to`."""
