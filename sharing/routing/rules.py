"""The rules that name recipients, each one sentence, and the table that says which event asks which rules.

Left out: the sender's own exclusion and what is said when nobody can be reached (`routing`).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from sharing.directory import Directory, Organisation
from sharing.events import (
    CoverageKind,
    Event,
    PlanChanged,
    PlanKind,
    RegistrationChanged,
    RegistrationKind,
    RiskGrade,
    SealChanged,
    SealKind,
    UnscheduledAttended,
    Urgency,
)
from sharing.reconciliation.involved import (
    FLAG_PLANS,
    SETTINGS,
    gap_of,
    has_case,
    has_open_referral,
    lead_of,
    open_involvements,
)
from sharing.reconciliation.parties import first_function, only_one, recipient_for
from sharing.reconciliation.state import SubjectState
from sharing.routing.model import Gap, Ground, Need
from sharing.vocabulary import OrganisationKind, Recipient, RecipientKind

REFERRAL = "referral.submitted"


@dataclass(frozen=True, slots=True)
class Case:
    """What a rule looks at. `night`: the emergency duty team is on; `today`: the local date."""

    event: Event
    event_id: str
    sender: str
    state: SubjectState
    directory: Directory
    night: bool
    today: date

    @property
    def authority(self) -> Organisation:
        """The local authority.

        Raises:
            Misconfigured: the directory has not exactly one.
        """
        return self.directory.the(OrganisationKind.LOCAL_AUTHORITY)

    @property
    def immediate(self) -> bool:
        """Whether it cannot wait for the morning."""
        grave = getattr(self.event, "risk_grade", None) is RiskGrade.HIGH
        return grave or self.event.envelope.urgency is Urgency.IMMEDIATE


Found = Iterator[Need | Gap]
Rule = Callable[[Case], Found]


# ---------------------------------------------------------------- the rules, each one sentence


def front_door(case: Case) -> Found:
    """The authority's front door, by statute; its emergency duty team too when the front door is closed."""
    yield _duty(case, "front_door")
    if case.night:
        yield _duty(case, "emergency_duty")


def social_care(case: Case) -> Found:
    """Social care: the team that holds the case, else the front door; at night emergency duty when it cannot wait."""
    held = has_case(case.state, case.today)
    yield _duty(case, "allocated_team" if held else "front_door")
    if case.night and (held or case.immediate or has_open_referral(case.state)):
        yield _duty(case, "emergency_duty")


def case_holder(case: Case) -> Found:
    """The team that holds the case, while there is one; at night emergency duty too."""
    if has_case(case.state, case.today):
        yield from social_care(case)


def asker(case: Case) -> Found:
    """Whoever asked what this answers; only an answer by the one who was asked is passed on."""
    reply = case.event.envelope.in_reply_to
    for question in case.state.questions:
        if question.asker and reply in question.exchanges and question.owner.organisation == case.sender:
            yield from _reached(case, question.asker, Ground.QUESTION, "asker", question.event_id)


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
        yield from _function(case, OrganisationKind.EDUCATION_SERVICE, "education_duty", "own_setting")


def involved_settings(case: Case) -> Found:
    """Settings with an open involvement."""
    yield from _involved(case, SETTINGS, "involved_settings")


def involved_gp(case: Case) -> Found:
    """The practice where the child is registered: as last told, else as the sender's own record has it."""
    known = list(_involved(case, frozenset({RecipientKind.GP}), "involved_gp"))
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
    known = list(_involved(case, kinds, "health_visitor"))
    yield from known
    if not known and _is_under_five(case):
        yield from _function(case, OrganisationKind.COMMUNITY_HEALTH, "health_visitor", "health_visitor")


def emergency_departments(case: Case) -> Found:
    """Every emergency department, of the existence of a plan that unscheduled care must know."""
    if isinstance(case.event, PlanChanged) and case.event.kind in FLAG_PLANS:
        for trust in case.directory.of_kind(OrganisationKind.HOSPITAL_TRUST):
            yield Need(recipient_for(trust, "emergency_department"), Ground.STATUTORY, "emergency_departments")


def plan_partners(case: Case) -> Found:
    """Settings, practice and health visitor involved with a child whose plan a social work team holds."""
    if isinstance(case.event, PlanChanged) and case.event.kind not in (None, PlanKind.EARLY_HELP):
        yield from involved_settings(case)
        yield from involved_gp(case)
        yield from health_visitor(case)


def open_askers(case: Case) -> Found:
    """Everybody whose question to the sender about the child is still open."""
    for question in case.state.questions:
        if question.is_open and question.asker and question.owner.organisation == case.sender:
            yield from _reached(case, question.asker, Ground.QUESTION, "open_askers")


def worried_clinician(case: Case) -> Found:
    """Social care, when a clinician is worried about a child without a plan."""
    if isinstance(case.event, UnscheduledAttended) and case.event.clinician_concern:
        yield from social_care(case)


def sealed_matter(case: Case) -> Found:
    """Of a seal or a sensitive record, those of the authority who protect the child now; of an adoption nobody."""
    if isinstance(case.event, SealChanged) and case.event.kind is SealKind.ADOPTION:
        return
    if isinstance(case.event, RegistrationChanged) and case.event.kind is not RegistrationKind.SENSITIVITY:
        return
    held = has_case(case.state, case.today)
    if held or has_open_referral(case.state):
        yield _duty(case, "allocated_team" if held else "front_door")
        if case.night:
            yield _duty(case, "emergency_duty")


def registration_partners(case: Case) -> Found:
    """Of a registration, the team that holds the case and the health visitor; of a record made sensitive neither."""
    if isinstance(case.event, RegistrationChanged) and case.event.kind is not RegistrationKind.SENSITIVITY:
        yield from case_holder(case)
        yield from health_visitor(case)


def education_duty(case: Case) -> Found:
    """The authority's education service, by the attendance regulations."""
    yield from _function(case, OrganisationKind.EDUCATION_SERVICE, "education_duty", "education_duty")


ROUTES: Mapping[str, tuple[Rule, ...]] = MappingProxyType(
    {
        REFERRAL: (front_door,),
        "csc.contact.decided": (asker,),
        "csc.referral.decided": (asker,),
        "csc.allocation.changed": (involved_settings, involved_gp, health_visitor, open_askers),
        "csc.plan.changed": (emergency_departments, plan_partners),
        "csc.involvement.changed": (),
        "seal.changed": (sealed_matter,),
        "police.da_incident.notified": (social_care, own_setting, health_visitor),
        "police.missing.changed": (social_care, involved_settings, health_visitor),
        "health.unscheduled.attended": (case_holder, worried_clinician, involved_gp, health_visitor),
        "health.registration.changed": (registration_partners, sealed_matter),
        "school.concern.shared": (social_care,),
        "school.alert.acknowledged": (asker, case_holder),
        "school.attendance.threshold": (education_duty, case_holder),
        "education.setting.found": (),
    }
)
"""Who needs to know of what comes in. What the broker says itself names its recipients in `Said.to`."""


# ---------------------------------------------------------------- what the rules stand on


def _duty(case: Case, function: str) -> Need:
    """A function of the authority, which by law must be reachable."""
    return Need(recipient_for(case.authority, function), Ground.STATUTORY, function)


def _function(case: Case, kind: OrganisationKind, function: str, rule: str) -> Found:
    found = only_one(case.directory, kind)
    if found is None:
        yield Gap(f"kind:{kind}", CoverageKind.NOT_ENROLLED)
    else:
        yield Need(recipient_for(found, first_function(found, (function,))), Ground.STATUTORY, rule)


def _involved(case: Case, kinds: frozenset[RecipientKind], rule: str) -> Found:
    for involvement in open_involvements(case.state, case.today):
        if involvement.kind in kinds:
            recipient = Recipient(involvement.organisation, involvement.function, involvement.kind)
            yield from _reached(case, recipient, Ground.INVOLVEMENT, rule)


def _reached(case: Case, recipient: Recipient, ground: Ground, rule: str, answers: str = "") -> Found:
    found = case.directory.get(recipient.organisation)
    if found is None or not found.enrolled:
        yield Gap(recipient.organisation, CoverageKind.NOT_ENROLLED)
    else:
        yield Need(recipient, ground, rule, answers)


def _is_under_five(case: Case) -> bool:
    """Under five, or not yet born; an age that nobody knows is not guessed."""
    child = case.event.child
    if child.birth_date is None:
        return child.expected_birth_date is not None
    fifth = (child.birth_date.month, child.birth_date.day)
    years = case.today.year - child.birth_date.year - ((case.today.month, case.today.day) < fifth)
    return years < 5  # noqa: PLR2004 - the health visiting service serves children under five
