"""Who is involved now, read from the registers: open involvements, open cases, open referrals, reachable settings.

Rules: an involvement stops at its closure and resumes only with a new episode; what happened in a closed episode
belongs to it and is no business of the next one, unless it was held for it (`late`). Who holds the child's case now
must know what was all the same.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta

from sharing.calendar import local
from sharing.directory import Directory, Organisation
from sharing.events import CoverageKind, Event, PlanKind
from sharing.reconciliation.parties import SETTING_KINDS, recipient_for
from sharing.reconciliation.standing import Fate
from sharing.reconciliation.state import Involvement, Plan, SubjectState
from sharing.vocabulary import SETTINGS, Recipient, RecipientKind

CASE_PLANS = frozenset(PlanKind) - {PlanKind.EARLY_HELP}
"""Plans that a social work team holds."""

FLAG_PLANS = frozenset({PlanKind.CHILD_PROTECTION, PlanKind.LOOKED_AFTER, PlanKind.UNBORN_CHILD_PROTECTION})
"""Plans whose existence unscheduled care is told, as Child Protection - Information Sharing does."""

LEADS = ("safeguarding_lead", "deputy_safeguarding_lead", "office")


def open_involvements(state: SubjectState, today: date) -> tuple[Involvement, ...]:
    """Involvements that have begun and not ended."""
    return tuple(i for i in state.involvements if i.since <= today and (i.until is None or today < i.until))


def involvements_for(state: SubjectState, today: date, event: Event) -> tuple[Involvement, ...]:
    """Open involvements to which an event belongs: not those whose earlier, closed episode it is about."""
    opened = open_involvements(state, today)
    said = event.envelope.occurred_at or event.envelope.recorded_at
    if said is None or len(opened) == len(state.involvements):
        return opened
    day = local(said).date()
    return tuple(
        i
        for i in opened
        if i.kind is RecipientKind.ALLOCATED_TEAM or not _is_of_earlier(state, i, day) or _was_let_go(state, i, event)
    )


def _was_let_go(state: SubjectState, now: Involvement, event: Event) -> bool:
    """Whether an event of a closed episode was held for this function, and may go to its new one."""
    return is_let_go(state, event.envelope.event_id or "", Recipient(now.organisation, now.function, now.kind))


def is_let_go(state: SubjectState, event_id: str, recipient: Recipient) -> bool:
    """Whether an event that came too late for a closed episode may go to this recipient all the same."""
    mine = (event_id, recipient.organisation, recipient.function)
    return any(late.fate is Fate.LET_GO and late.key == mine for late in state.late)


def _is_of_earlier(state: SubjectState, now: Involvement, day: date) -> bool:
    function = (now.organisation, now.function)
    closed = (i.until for i in state.involvements if (i.organisation, i.function) == function)
    return day < now.since and any(until is not None and until <= now.since for until in closed)


def fresh(
    state: SubjectState, now: datetime, involvement: timedelta | None = None, plan: timedelta | None = None
) -> SubjectState:
    """The state without involvements and plans that nobody confirmed for so long: whoever looks there finds nobody.

    Args:
        state: What is held about the subject.
        now: Domain time.
        involvement: How old what was last said of one may be; None: it does not age.
        plan: The same of plans.
    """
    if (involvement is None or not state.involvements) and (plan is None or not state.plans):
        return state
    return replace(
        state,
        involvements=tuple(i for i in state.involvements if _is_fresh(i, now, involvement)),
        plans=tuple(p for p in state.plans if _is_fresh(p, now, plan)),
    )


def _is_fresh(entry: Involvement | Plan, now: datetime, most: timedelta | None) -> bool:
    if most is None:
        return True
    if entry.said is not None:
        return entry.said.as_of is not None and now - entry.said.as_of <= most
    began = entry.since if isinstance(entry, Involvement) else entry.started
    return began is not None and local(now).date() - began <= most


def has_case(state: SubjectState, today: date) -> bool:
    """Whether a social work team holds the child's case."""
    team = any(i.kind is RecipientKind.ALLOCATED_TEAM for i in open_involvements(state, today))
    return team or any(plan.kind in CASE_PLANS for plan in state.plans)


def has_open_referral(state: SubjectState) -> bool:
    """Whether a referral still waits for its decision."""
    return any(q.event_type == "referral.submitted" and q.is_open for q in state.questions)


def settings_of(state: SubjectState, today: date, event: Event) -> tuple[str, ...]:
    """Slugs of the settings that social care named as involved with what an event is about, each once."""
    return tuple(dict.fromkeys(i.organisation for i in involvements_for(state, today, event) if i.kind in SETTINGS))


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
