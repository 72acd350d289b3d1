"""Who is involved now, read from the registers: open involvements, open cases, open referrals, reachable settings."""

from datetime import date

from sharing.directory import Directory, Organisation
from sharing.events import CoverageKind, PlanKind
from sharing.reconciliation.parties import SETTING_KINDS, recipient_for
from sharing.reconciliation.state import Involvement, SubjectState
from sharing.vocabulary import SETTINGS, Recipient, RecipientKind

CASE_PLANS = frozenset(PlanKind) - {PlanKind.EARLY_HELP}
"""Plans that a social work team holds."""

FLAG_PLANS = frozenset({PlanKind.CHILD_PROTECTION, PlanKind.LOOKED_AFTER, PlanKind.UNBORN_CHILD_PROTECTION})
"""Plans whose existence unscheduled care is told, as Child Protection - Information Sharing does."""

LEADS = ("safeguarding_lead", "deputy_safeguarding_lead", "office")


def open_involvements(state: SubjectState, today: date) -> tuple[Involvement, ...]:
    """Involvements that have begun and not ended."""
    return tuple(i for i in state.involvements if i.since <= today and (i.until is None or today < i.until))


def has_case(state: SubjectState, today: date) -> bool:
    """Whether a social work team holds the child's case."""
    team = any(i.kind is RecipientKind.ALLOCATED_TEAM for i in open_involvements(state, today))
    return team or any(plan.kind in CASE_PLANS for plan in state.plans)


def has_open_referral(state: SubjectState) -> bool:
    """Whether a referral still waits for its decision."""
    return any(q.event_type == "referral.submitted" and q.is_open for q in state.questions)


def settings_of(state: SubjectState, today: date) -> tuple[str, ...]:
    """Slugs of the settings that social care named as involved, each once."""
    return tuple(dict.fromkeys(i.organisation for i in open_involvements(state, today) if i.kind in SETTINGS))


def lead_of(setting: Organisation) -> Recipient | None:
    """The function of a setting that receives what is about its pupils; None when it has none or is not enrolled."""
    function = next((name for name in LEADS if name in setting.functions), None)
    if not setting.enrolled or setting.kind not in SETTING_KINDS or function is None:
        return None
    return recipient_for(setting, function)


def gap_of(directory: Directory, setting: str) -> CoverageKind | None:
    """Why a setting cannot be reached by topic; None when it can."""
    found = directory.get(setting)
    if found is None or not found.enrolled or found.kind not in SETTING_KINDS:
        return CoverageKind.NOT_ENROLLED
    return None if lead_of(found) else CoverageKind.NO_SAFEGUARDING_LEAD
