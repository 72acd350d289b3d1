"""Who needs to know, as a table: event type -> the rules that name its recipients.

Left out: what of it each may see (`policy`), and what the broker itself says (its recipients are named where the reason
is, in `reconciliation`). Rules: by function, never by person; everybody named has a ground: an open involvement, a
question that is answered, or a duty in law. The sender is never its own recipient. An organisation that cannot be
reached is a gap, never silence. A referral goes to the front door, always and only; when the front door is closed the
emergency duty team has it too. Whose word does not count for an event sends it to nobody.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType

from sharing.calendar import Calendars, Duty, local
from sharing.directory import Directory, Organisation
from sharing.events import (
    CoverageKind,
    Event,
    PlanChanged,
    PlanKind,
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
from sharing.reconciliation.parties import first_function, may_say, only_one, recipient_for
from sharing.reconciliation.state import SubjectState
from sharing.vocabulary import OrganisationKind, Recipient, RecipientKind

REFERRAL = "referral.submitted"


class Ground(StrEnum):
    """Why somebody is a recipient."""

    INVOLVEMENT = "involvement"
    QUESTION = "question"
    STATUTORY = "statutory"


@dataclass(frozen=True, slots=True)
class Need:
    """One recipient and its ground. `rule` names the row, for `why` and for documents."""

    recipient: Recipient
    ground: Ground
    rule: str


@dataclass(frozen=True, slots=True, order=True)
class Gap:
    """Somebody who needs to know and cannot be reached by topic."""

    organisation: str
    kind: CoverageKind


@dataclass(frozen=True, slots=True)
class Routing:
    """Who receives an event.

    Attributes:
        needs: Recipients with their grounds, each recipient once, sorted.
        wait: Name of the clock on which a further recipient waits, None when nobody does. The others go at once.
        gaps: Who cannot be reached.
        refused: Code, when the sender's word does not count for this event; "" otherwise.
    """

    needs: tuple[Need, ...] = ()
    wait: str | None = None
    gaps: tuple[Gap, ...] = ()
    refused: str = ""

    @property
    def recipients(self) -> tuple[Recipient, ...]:
        """The recipients alone."""
        return tuple(need.recipient for need in self.needs)


@dataclass(frozen=True, slots=True)
class _Case:
    """What a rule looks at."""

    event: Event
    event_id: str
    sender: str
    state: SubjectState
    directory: Directory
    night: bool
    today: date

    @property
    def authority(self) -> Organisation:
        return self.directory.the(OrganisationKind.LOCAL_AUTHORITY)

    @property
    def immediate(self) -> bool:
        """Whether it cannot wait for the morning."""
        grave = getattr(self.event, "risk_grade", None) is RiskGrade.HIGH
        return grave or self.event.envelope.urgency is Urgency.IMMEDIATE


Found = Iterator[Need | Gap]
Rule = Callable[[_Case], Found]


def recipients(
    event: Event,
    state: SubjectState,
    directory: Directory,
    now: datetime,
    calendars: Calendars,
    *,
    event_id: str = "",
    sender: str = "",
) -> Routing:
    """Who needs to know of an event.

    Args:
        event: As its sender published it.
        state: What is held about the subject, the event already absorbed.
        directory: Who can be reached.
        now: Domain time, aware UTC.
        calendars: What counts as a day.
        event_id: Hex id; `""` takes the envelope's.
        sender: Slug of the organisation whose topic it came from; `""` takes the envelope's.

    Raises:
        Misconfigured: the directory has not exactly one local authority.
    """
    origin = sender or event.envelope.organisation or ""
    if not may_say(directory, origin, event.event_type):
        return Routing(refused="SENDER_MAY_NOT_SAY_THIS")
    night = calendars.on_duty(now) is Duty.EMERGENCY
    identity = event_id or event.envelope.event_id or ""
    case = _Case(event, identity, origin, state, directory, night, local(now).date())
    needs: dict[Recipient, Need] = {}
    gaps: set[Gap] = set()
    for rule in ROUTES.get(event.event_type, ()):
        for found in rule(case):
            if isinstance(found, Gap):
                gaps.add(found)
            elif not _is_sender(found, case):
                needs.setdefault(found.recipient, found)
    return Routing(tuple(needs[r] for r in sorted(needs)), _wait(case), tuple(sorted(gaps)))


def _is_sender(need: Need, case: _Case) -> bool:
    """A sender is not told its own words, save a referral, which nothing stops.

    Its emergency duty team is told: at night it is another team, in another place.
    """
    if need.recipient.organisation != case.sender:
        return False
    if case.event.event_type == REFERRAL:
        return False
    elsewhere = need.recipient.kind is RecipientKind.EMERGENCY_DUTY
    return not (elsewhere and case.event.envelope.author_function != need.recipient.function)


def _wait(case: _Case) -> str | None:
    """Which clock still holds back a recipient of this event."""
    return next((a.rule for a in case.state.awaiting if a.event_id == case.event_id and not a.settled), None)


# ---------------------------------------------------------------- the rules, each one sentence


def front_door(case: _Case) -> Found:
    """The authority's front door, by statute; its emergency duty team too when the front door is closed."""
    yield _duty(case, "front_door")
    if case.night:
        yield _duty(case, "emergency_duty")


def social_care(case: _Case) -> Found:
    """Social care: the team that holds the case, else the front door; at night emergency duty when it cannot wait."""
    held = has_case(case.state, case.today)
    yield _duty(case, "allocated_team" if held else "front_door")
    if case.night and (held or case.immediate or has_open_referral(case.state)):
        yield _duty(case, "emergency_duty")


def case_holder(case: _Case) -> Found:
    """The team that holds the case, while there is one; at night emergency duty too."""
    if has_case(case.state, case.today):
        yield from social_care(case)


def asker(case: _Case) -> Found:
    """Whoever asked what this answers; only an answer by the one who was asked is passed on."""
    reply = case.event.envelope.in_reply_to
    for question in case.state.questions:
        if question.asker and reply in question.exchanges and question.owner.organisation == case.sender:
            yield from _reached(case, question.asker, Ground.QUESTION, "asker")


def own_setting(case: _Case) -> Found:
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


def involved_settings(case: _Case) -> Found:
    """Settings with an open involvement."""
    yield from _involved(case, SETTINGS, "involved_settings")


def involved_gp(case: _Case) -> Found:
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


def health_visitor(case: _Case) -> Found:
    """The health visitor or school nurse involved; for a child under five the area's health visiting service."""
    kinds = frozenset({RecipientKind.HEALTH_VISITOR, RecipientKind.SCHOOL_NURSE})
    known = list(_involved(case, kinds, "health_visitor"))
    yield from known
    if not known and _is_under_five(case):
        yield from _function(case, OrganisationKind.COMMUNITY_HEALTH, "health_visitor", "health_visitor")


def emergency_departments(case: _Case) -> Found:
    """Every emergency department, of the existence of a plan that unscheduled care must know."""
    if isinstance(case.event, PlanChanged) and case.event.kind in FLAG_PLANS:
        for trust in case.directory.of_kind(OrganisationKind.HOSPITAL_TRUST):
            yield Need(recipient_for(trust, "emergency_department"), Ground.STATUTORY, "emergency_departments")


def plan_partners(case: _Case) -> Found:
    """Settings, practice and health visitor involved with a child whose plan a social work team holds."""
    if isinstance(case.event, PlanChanged) and case.event.kind not in (None, PlanKind.EARLY_HELP):
        yield from involved_settings(case)
        yield from involved_gp(case)
        yield from health_visitor(case)


def open_askers(case: _Case) -> Found:
    """Everybody whose question about the child is still open."""
    for question in case.state.questions:
        if question.is_open and question.asker:
            yield from _reached(case, question.asker, Ground.QUESTION, "open_askers")


def worried_clinician(case: _Case) -> Found:
    """Social care, when a clinician is worried about a child without a plan."""
    if isinstance(case.event, UnscheduledAttended) and case.event.clinician_concern:
        yield from social_care(case)


def sealed_matter(case: _Case) -> Found:
    """Of a seal: those of the authority who protect the child now, while something is open; of an adoption nobody."""
    if isinstance(case.event, SealChanged) and case.event.kind is SealKind.ADOPTION:
        return
    held = has_case(case.state, case.today)
    if held or has_open_referral(case.state):
        yield _duty(case, "allocated_team" if held else "front_door")
        if case.night:
            yield _duty(case, "emergency_duty")


def education_duty(case: _Case) -> Found:
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
        "health.registration.changed": (case_holder, health_visitor),
        "school.concern.shared": (social_care,),
        "school.alert.acknowledged": (asker, case_holder),
        "school.attendance.threshold": (education_duty, case_holder),
        "education.setting.found": (),
    }
)
"""Who needs to know of what comes in. What the broker says itself names its recipients in `Said.to`."""


# ---------------------------------------------------------------- what the rules stand on


def _duty(case: _Case, function: str) -> Need:
    """A function of the authority, which by law must be reachable."""
    return Need(recipient_for(case.authority, function), Ground.STATUTORY, function)


def _function(case: _Case, kind: OrganisationKind, function: str, rule: str) -> Found:
    found = only_one(case.directory, kind)
    if found is None:
        yield Gap(f"kind:{kind}", CoverageKind.NOT_ENROLLED)
    else:
        yield Need(recipient_for(found, first_function(found, (function,))), Ground.STATUTORY, rule)


def _involved(case: _Case, kinds: frozenset[RecipientKind], rule: str) -> Found:
    for involvement in open_involvements(case.state, case.today):
        if involvement.kind in kinds:
            recipient = Recipient(involvement.organisation, involvement.function, involvement.kind)
            yield from _reached(case, recipient, Ground.INVOLVEMENT, rule)


def _reached(case: _Case, recipient: Recipient, ground: Ground, rule: str) -> Found:
    found = case.directory.get(recipient.organisation)
    if found is None or not found.enrolled:
        yield Gap(recipient.organisation, CoverageKind.NOT_ENROLLED)
    else:
        yield Need(recipient, ground, rule)


def _is_under_five(case: _Case) -> bool:
    """Under five, or not yet born; an age that nobody knows is not guessed."""
    child = case.event.child
    if child.birth_date is None:
        return child.expected_birth_date is not None
    fifth = (child.birth_date.month, child.birth_date.day)
    years = case.today.year - child.birth_date.year - ((case.today.month, case.today.day) < fifth)
    return years < 5  # noqa: PLR2004 - the health visiting service serves children under five


def routes_as_markdown() -> str:
    """The table of routes with each rule's own sentence, for the documents."""
    lines = ["| event | who needs to know |", "| --- | --- |"]
    for event_type, rules in ROUTES.items():
        said = " ".join((rule.__doc__ or "").strip() for rule in rules)
        lines.append(f"| {event_type} | {said or 'nobody: it moves a register or answers the broker'} |")
    return "\n".join(lines) + "\n"
