"""Who somebody is to the broker: functions of organisations, as what they receive, and what each may say.

Left out: who needs to know (`routing`). Rules: by function, never by person; an organisation that the directory does
not know, or that is not enrolled, is never guessed into one that is.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType

from sharing.calendar import Calendars, Duty
from sharing.directory import Directory, Organisation
from sharing.reconciliation.clock_rule import Side
from sharing.vocabulary import OrganisationKind, Recipient, RecipientKind

_KINDS: Mapping[str, RecipientKind] = MappingProxyType(
    {
        "front_door": RecipientKind.FRONT_DOOR,
        "front_door_manager": RecipientKind.FRONT_DOOR_MANAGER,
        "head_of_service": RecipientKind.FRONT_DOOR_MANAGER,
        "director_of_childrens_services": RecipientKind.FRONT_DOOR_MANAGER,
        "allocated_team": RecipientKind.ALLOCATED_TEAM,
        "emergency_duty": RecipientKind.EMERGENCY_DUTY,
        "education_duty": RecipientKind.EDUCATION_DUTY,
        "education_duty_manager": RecipientKind.EDUCATION_DUTY,
        "rolls": RecipientKind.EDUCATION_ROLLS,
        "force_duty": RecipientKind.POLICE_DUTY,
        "emergency_department": RecipientKind.EMERGENCY_DEPARTMENT,
        "practice_lead": RecipientKind.GP,
        "health_visitor": RecipientKind.HEALTH_VISITOR,
        "school_nurse": RecipientKind.SCHOOL_NURSE,
        "maternity": RecipientKind.MATERNITY,
        "camhs": RecipientKind.CAMHS,
        "sexual_health": RecipientKind.SEXUAL_HEALTH,
        "neighbourhood_team": RecipientKind.POLICE_NEIGHBOURHOOD,
        "control_room": RecipientKind.POLICE_EMERGENCY,
        "core_group_member": RecipientKind.CORE_GROUP_MEMBER,
        "adoption_team": RecipientKind.ADOPTION_TEAM,
        "lado": RecipientKind.LADO,
        "independent_alternate": RecipientKind.INDEPENDENT_ALTERNATE,
        "other_authority_duty": RecipientKind.OTHER_LOCAL_AUTHORITY,
        "voluntary_lead": RecipientKind.VOLUNTARY,
        "subject_access": RecipientKind.REQUESTER,
        "statistics": RecipientKind.STATISTICS,
        "identity_reviewer": RecipientKind.IDENTITY_TEAM,
    }
)
_CORE_GROUP = "core_group_member"
_AS_SETTING: Mapping[OrganisationKind, RecipientKind] = MappingProxyType(
    {
        OrganisationKind.SCHOOL: RecipientKind.SCHOOL,
        OrganisationKind.INDEPENDENT_SCHOOL: RecipientKind.SCHOOL,
        OrganisationKind.COLLEGE: RecipientKind.FURTHER_EDUCATION,
        OrganisationKind.NURSERY: RecipientKind.EARLY_YEARS,
    }
)
SETTING_KINDS = frozenset(_AS_SETTING)

_SPEAKS_AS: Mapping[OrganisationKind, str] = MappingProxyType(
    {
        OrganisationKind.SCHOOL: "safeguarding_lead",
        OrganisationKind.INDEPENDENT_SCHOOL: "safeguarding_lead",
        OrganisationKind.COLLEGE: "safeguarding_lead",
        OrganisationKind.NURSERY: "safeguarding_lead",
        OrganisationKind.LOCAL_AUTHORITY: "front_door",
        OrganisationKind.FORCE: "force_duty",
        OrganisationKind.HOSPITAL_TRUST: "emergency_department",
        OrganisationKind.COMMUNITY_HEALTH: "health_visitor",
        OrganisationKind.GP_PRACTICE: "practice_lead",
        OrganisationKind.EDUCATION_SERVICE: "education_duty",
        OrganisationKind.OTHER_AUTHORITY: "other_authority_duty",
        OrganisationKind.VOLUNTARY: "voluntary_lead",
    }
)

_HEALTH = frozenset({OrganisationKind.HOSPITAL_TRUST, OrganisationKind.COMMUNITY_HEALTH, OrganisationKind.GP_PRACTICE})
_AUTHORITY = frozenset({OrganisationKind.LOCAL_AUTHORITY})
_EDUCATION = frozenset({OrganisationKind.EDUCATION_SERVICE})
_STATUTORY_PARTNERS = _HEALTH | _AUTHORITY | {OrganisationKind.FORCE}
MAY_SAY: Mapping[str, frozenset[OrganisationKind]] = MappingProxyType(
    {
        "csc": _AUTHORITY,
        "police": frozenset({OrganisationKind.FORCE}),
        "health": _HEALTH,
        "education": _EDUCATION,
        "la": _EDUCATION | _AUTHORITY,
        # The lead of a plan is often a school or a health visitor, and each may offer an assessment.
        "earlyhelp": SETTING_KINDS | _HEALTH | _EDUCATION | _AUTHORITY,
        # The education service acknowledges for a setting that it told by telephone.
        "school": SETTING_KINDS | _EDUCATION,
        "seal": _STATUTORY_PARTNERS,
        "review": _STATUTORY_PARTNERS,
        "consultation.advised": _AUTHORITY,
        "broker.text.reviewed": frozenset({OrganisationKind.BROKER}),
    }
)
"""Whose word counts, by event type or else by family of event.

What has no row may be said by everybody: a referral above all, a disagreement, a question without names.
"""


def recipient_for(organisation: Organisation, function: str) -> Recipient:
    """A function of an organisation as a recipient."""
    return Recipient(organisation.slug, function, kind_of(organisation.kind, function))


def kind_of(organisation: OrganisationKind, function: str) -> RecipientKind:
    """As what a function receives. A function of a setting receives as the setting, whatever it is called.

    Its seat in a core group is the exception: what the core group learns is not what the setting as such learns.
    """
    if organisation in _AS_SETTING and function != _CORE_GROUP:
        return _AS_SETTING[organisation]
    return _KINDS.get(function) or _KINDS[_SPEAKS_AS[organisation]]


def speaker(directory: Directory, sender: str, function: str | None) -> Recipient | None:
    """Who is told what becomes of what an organisation said; None when it cannot be told.

    Args:
        directory: Who can be reached.
        sender: Slug of the organisation that said it.
        function: Function that it named as author; one that the directory does not list counts as not named.
    """
    found = directory.get(sender)
    if found is None or not found.enrolled or found.kind is OrganisationKind.BROKER:
        return None
    named = function if function in found.functions else None
    return recipient_for(found, named or _SPEAKS_AS[found.kind])


def may_say(directory: Directory, sender: str, event_type: str) -> bool:
    """Whether an event of this type counts from this sender. A seal counts only from who may seal."""
    kinds = who_may_say(event_type)
    if kinds is None:
        return True
    found = directory.get(sender)
    if found is None or not found.enrolled or found.kind not in kinds:
        return False
    return found.may_seal or event_type != "seal.changed"


def who_may_say(event_type: str) -> frozenset[OrganisationKind] | None:
    """The kinds of organisation whose word counts for an event type, None for everybody."""
    return MAY_SAY.get(event_type) or MAY_SAY.get(event_type.partition(".")[0])


def first_function(organisation: Organisation, functions: Iterable[str]) -> str:
    """The first of these functions that the organisation has, else the last named: its own deputies pass it on."""
    named = tuple(functions)
    return next((name for name in named if name in organisation.functions), named[-1])


def only_one(directory: Directory, kind: OrganisationKind) -> Organisation | None:
    """The enrolled organisation of a kind, None when there is none or when it cannot be said which."""
    found = directory.of_kind(kind)
    return found[0] if len(found) == 1 else None


def rung(organisation: Organisation, function: str, calendars: Calendars, at: datetime) -> tuple[Recipient, ...]:
    """Who is rung for a function now: itself, and a local authority's emergency duty team out of hours."""
    chosen = [recipient_for(organisation, function)]
    if (
        organisation.kind is OrganisationKind.LOCAL_AUTHORITY
        and calendars.on_duty(at) is Duty.EMERGENCY
        and "emergency_duty" in organisation.functions
        and function != "emergency_duty"
    ):
        chosen.append(recipient_for(organisation, "emergency_duty"))
    return tuple(chosen)


def organisation_of(
    side: Side, directory: Directory, owner: Recipient | None, asker: Recipient | None
) -> Organisation | None:
    """The organisation that stands on one side of a matter, None when it cannot be reached."""
    match side:
        case Side.OWNER:
            found = directory.get(owner.organisation) if owner else None
        case Side.ASKER:
            found = directory.get(asker.organisation) if asker else None
        case Side.EDUCATION:
            found = only_one(directory, OrganisationKind.EDUCATION_SERVICE)
        case Side.AUTHORITY:
            found = only_one(directory, OrganisationKind.LOCAL_AUTHORITY)
    return found if found is not None and found.enrolled else None
