"""The rules that name recipients, each one sentence.

Left out: what they stand on (`grounds`), which event asks which (`table`), the sender's own exclusion and what is said
when nobody can be reached (`routing`).
"""

from sharing.events import (
    CoverageKind,
    PlanChanged,
    PlanKind,
    RegistrationChanged,
    RegistrationKind,
    SealChanged,
    SealKind,
    UnscheduledAttended,
)
from sharing.reconciliation.involved import FLAG_PLANS, gap_of, has_case, has_open_referral, lead_of
from sharing.reconciliation.parties import recipient_for
from sharing.routing.grounds import Case, Found, duty, involved, is_under_five, reached, the_function
from sharing.routing.model import Gap, Ground, Need
from sharing.vocabulary import SETTINGS, OrganisationKind, RecipientKind

_OTHER_HEALTH = frozenset(
    {
        RecipientKind.EMERGENCY_DEPARTMENT,
        RecipientKind.MATERNITY,
        RecipientKind.CAMHS,
        RecipientKind.SEXUAL_HEALTH,
    }
)
_OTHER_PARTNERS = frozenset(
    {
        RecipientKind.CORE_GROUP_MEMBER,
        RecipientKind.ADOPTION_TEAM,
        RecipientKind.POLICE_DUTY,
        RecipientKind.POLICE_NEIGHBOURHOOD,
        RecipientKind.POLICE_EMERGENCY,
        RecipientKind.OTHER_LOCAL_AUTHORITY,
        RecipientKind.VOLUNTARY,
    }
)


def front_door(case: Case) -> Found:
    """The authority's front door, by statute; its emergency duty team too when the front door is closed."""
    yield duty(case, "front_door")
    if case.night:
        yield duty(case, "emergency_duty")


def social_care(case: Case) -> Found:
    """Social care: the team that holds the case, else the front door; at night emergency duty when it cannot wait."""
    held = has_case(case.state, case.today)
    yield duty(case, "allocated_team" if held else "front_door")
    if case.night and (held or case.immediate or has_open_referral(case.state)):
        yield duty(case, "emergency_duty")


def case_holder(case: Case) -> Found:
    """The team that holds the case, while there is one; at night emergency duty too."""
    if has_case(case.state, case.today):
        yield from social_care(case)


def asker(case: Case) -> Found:
    """Whoever asked what this answers; only an answer by the one who was asked is passed on."""
    reply = case.event.envelope.in_reply_to
    for question in case.state.questions:
        if question.asker and reply in question.exchanges and question.owner.organisation == case.sender:
            yield from reached(case, question.asker, Ground.QUESTION, "asker", question.event_id)


def own_setting(case: Case) -> Found:
    """The setting where the child is registered, or the education duty function when it cannot be reached."""
    for waited in case.state.awaiting:
        if waited.event_id != case.event_id or not waited.setting:
            continue
        setting = case.directory.get(waited.setting)
        lead = lead_of(setting) if setting else None
        if lead is not None:
            yield Need(lead, Ground.STATUTORY, "own_setting")
            continue
        yield Gap(waited.setting, gap_of(case.directory, waited.setting) or CoverageKind.NOT_ENROLLED)
        yield from the_function(case, OrganisationKind.EDUCATION_SERVICE, "education_duty", "own_setting")


def involved_settings(case: Case) -> Found:
    """Settings with an open involvement."""
    yield from involved(case, SETTINGS, "involved_settings")


def involved_gp(case: Case) -> Found:
    """The practice where the child is registered: as last told, else as the sender's own record has it."""
    known = list(involved(case, frozenset({RecipientKind.GP}), "involved_gp"))
    yield from known
    named = case.event.child.gp_practice
    if not known and named and isinstance(case.event, UnscheduledAttended):
        practice = case.directory.by_ods(named)
        if practice is None or not practice.enrolled:
            yield Gap(practice.slug if practice else f"ods:{named}", CoverageKind.NOT_ENROLLED)
        else:
            yield Need(recipient_for(practice, "practice_lead"), Ground.STATUTORY, "involved_gp")


def health_visitor(case: Case) -> Found:
    """The health visitor or school nurse involved; for a child under five the area's health visiting service."""
    kinds = frozenset({RecipientKind.HEALTH_VISITOR, RecipientKind.SCHOOL_NURSE})
    known = list(involved(case, kinds, "health_visitor"))
    yield from known
    if not known and is_under_five(case):
        yield from the_function(case, OrganisationKind.COMMUNITY_HEALTH, "health_visitor", "health_visitor")


def other_health(case: Case) -> Found:
    """Other health services involved: hospital, maternity, mental health, sexual health."""
    yield from involved(case, _OTHER_HEALTH, "other_health")


def other_partners(case: Case) -> Found:
    """Whoever else is involved: core group, adoption team, police, another authority, a charity."""
    yield from involved(case, _OTHER_PARTNERS, "other_partners")


def emergency_departments(case: Case) -> Found:
    """Every emergency department and maternity service, of a plan that unscheduled care must know to exist."""
    if isinstance(case.event, PlanChanged) and case.event.kind in FLAG_PLANS:
        for trust in case.directory.of_kind(OrganisationKind.HOSPITAL_TRUST):
            yield Need(recipient_for(trust, "emergency_department"), Ground.STATUTORY, "emergency_departments")
            if "maternity" in trust.functions:
                yield Need(recipient_for(trust, "maternity"), Ground.STATUTORY, "emergency_departments")


def plan_partners(case: Case) -> Found:
    """Everybody involved with a child whose plan a social work team holds."""
    if isinstance(case.event, PlanChanged) and case.event.kind not in (None, PlanKind.EARLY_HELP):
        for rule in (involved_settings, involved_gp, health_visitor, other_health, other_partners):
            yield from rule(case)


def open_askers(case: Case) -> Found:
    """Everybody whose question to the sender about the child is still open."""
    for question in case.state.questions:
        if question.is_open and question.asker and question.owner.organisation == case.sender:
            yield from reached(case, question.asker, Ground.QUESTION, "open_askers")


def worried_clinician(case: Case) -> Found:
    """Social care, when a clinician is worried about a child without a plan."""
    if getattr(case.event, "clinician_concern", None) is True:
        yield from social_care(case)


def sealed_matter(case: Case) -> Found:
    """Of a seal or a sensitive record, those of the authority who protect the child now; of an adoption nobody."""
    if isinstance(case.event, SealChanged) and case.event.kind is SealKind.ADOPTION:
        return
    if isinstance(case.event, RegistrationChanged) and case.event.kind is not RegistrationKind.SENSITIVITY:
        return
    held = has_case(case.state, case.today)
    if held or has_open_referral(case.state):
        yield duty(case, "allocated_team" if held else "front_door")
        if case.night:
            yield duty(case, "emergency_duty")


def registration_partners(case: Case) -> Found:
    """Of a registration, the team that holds the case and the health visitor; of a record made sensitive neither."""
    if isinstance(case.event, RegistrationChanged) and case.event.kind is not RegistrationKind.SENSITIVITY:
        yield from case_holder(case)
        yield from health_visitor(case)


def education_duty(case: Case) -> Found:
    """The authority's education service, by the attendance regulations."""
    yield from the_function(case, OrganisationKind.EDUCATION_SERVICE, "education_duty", "education_duty")
