"""Where each guard looks: one function a guard, from what is asked to the entries on which the fact rests.

No entry: the fact is false. None: it is not known. Left out: whether an entry is too old (`findings`), and facts that
the event itself states (`policy.facts.said_by`). Rule: a guard that has no row here is unknown, and unknown restricts.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType

from sharing.events import SealKind, SettingResult
from sharing.facts.siblings import sibling_on_own_roll
from sharing.facts.situation import Asked, Entry, entry_of
from sharing.policy.facts import Guard
from sharing.reconciliation.involved import involvements_for
from sharing.reconciliation.rules import REFERRAL_DECISION
from sharing.reconciliation.standing import Grant, MeasureKind
from sharing.reconciliation.state import Awaiting, Plan, Question, Seal, SubjectState
from sharing.vocabulary import SETTINGS, Recipient, RecipientKind

Entries = tuple[Entry, ...]
Evidence = Callable[[Asked], Entries | None]
ITSELF: Entries = (Entry("", None),)
"""The broker's own: no event says it."""

_STAND_INS = (RecipientKind.EDUCATION_DUTY, RecipientKind.INDEPENDENT_ALTERNATE, RecipientKind.LADO)


def open_involvement(asked: Asked) -> Entries:
    """A register, or the rolls' answer for this very event, says that the recipient is involved."""
    mine = asked.recipient.organisation
    involved = (i for i in involvements_for(asked.state, asked.today, asked.event) if i.organisation == mine)
    return (
        *(entry_of(i.said, i.source_event, i.organisation, i.since) for i in involved),
        *(_plan(plan) for plan in asked.state.plans if plan.organisation == mine),
        *on_its_roll(asked),
        *_asked_or_asking(asked),
    )


def _asked_or_asking(asked: Asked) -> Entries:
    """A question gives no ground for the very event that raised it: else who was to have it could never lose it."""
    mine = asked.recipient.organisation
    return tuple(
        _question(q)
        for q in asked.state.questions
        if q.is_open
        and q.event_id != asked.event_id
        and (q.owner.organisation == mine or (q.asker is not None and q.asker.organisation == mine))
    )


def on_its_roll(asked: Asked) -> Entries:
    """The rolls found exactly this child at this setting for this very event: settled, for this notice only."""
    if asked.recipient.kind not in SETTINGS:
        return ()
    return tuple(
        _awaiting(a)
        for a in asked.state.awaiting
        if a.event_id == asked.event_id
        and a.answer == SettingResult.FOUND
        and a.setting == asked.recipient.organisation
    )


def open_referral(asked: Asked) -> Entries:
    """A referral waits for its decision."""
    return tuple(_question(q) for q in asked.state.questions if q.rule == REFERRAL_DECISION and q.is_open)


def open_plan(asked: Asked) -> Entries:
    """A plan is open."""
    return tuple(_plan(plan) for plan in asked.state.plans)


def sealed(kind: SealKind) -> Evidence:
    """A seal of a kind is set on the child, or on one who this child may be."""

    def look(asked: Asked) -> Entries:
        held = (*asked.state.seals, *asked.situation.seals_elsewhere)
        return tuple(_seal(seal) for seal in held if seal.kind is kind)

    return look


def identity_settled(asked: Asked) -> Entries:
    """No person still has to decide whose record it is."""
    return ITSELF if asked.situation.settled else on_its_roll(asked)


def recipient_is_asker(asked: Asked) -> Entries:
    """The recipient said or asked something about the child."""
    mine = asked.recipient.organisation
    return tuple(_question(q) for q in asked.state.questions if q.asker is not None and q.asker.organisation == mine)


def recipient_is_holder_of_seal(asked: Asked) -> Entries:
    """The recipient holds a seal."""
    return tuple(_seal(s) for s in asked.state.seals if s.holder_organisation == asked.recipient.organisation)


def night_duty(asked: Asked) -> Entries:
    """The calendar says so."""
    return ITSELF if asked.situation.night else ()


def stands_in(asked: Asked) -> Entries:
    """The recipient acts for a setting that cannot be reached by topic, or one that must not know (a seal says so)."""
    if asked.recipient.kind not in _STAND_INS:
        return ()
    around = sealed(SealKind.PERPETRATOR_CHANNEL)(asked)
    if around and asked.recipient.kind is not RecipientKind.EDUCATION_DUTY:
        return around
    return tuple(_awaiting(a) for a in asked.state.awaiting if a.event_id == asked.event_id and a.setting)


def in_force(kind: MeasureKind) -> Evidence:
    """A measure of a kind is in force at this moment."""

    def look(asked: Asked) -> Entries:
        now = asked.situation.now
        held = (m for m in asked.state.measures if m.kind is kind and m.in_force(now))
        return tuple(entry_of(m.said, m.source_event, m.organisation, m.since) for m in held)

    return look


def core_group_member(asked: Asked) -> Entries:
    """The recipient's own function has a seat in the core group."""
    mine = (asked.recipient.organisation, RecipientKind.CORE_GROUP_MEMBER)
    seats = (i for i in involvements_for(asked.state, asked.today, asked.event) if (i.organisation, i.kind) == mine)
    return tuple(entry_of(i.said, i.source_event, i.organisation, i.since) for i in seats)


def sender_names_recipient(asked: Asked) -> Entries:
    """The sender invited the recipient by organisation, and by function where it names one."""
    invited = getattr(asked.event, "invited", None) or ()
    named = (asked.recipient.organisation, asked.recipient.function)
    if any((i.invited_organisation, i.invited_function or named[1]) == named for i in invited):
        return (Entry(asked.event_id, asked.event.envelope.occurred_at, asked.event.envelope.organisation or ""),)
    return ()


def named_officer_grant(asked: Asked) -> Entries:
    """A grant for this child is in force for exactly this function of the recipient."""
    found = grants_for(asked.state, asked.recipient, asked.situation.now)
    return tuple(Entry(g.grant_id, g.given_at, "", g.starts_at) for g in found)


def grants_for(state: SubjectState, recipient: Recipient, now: datetime) -> tuple[Grant, ...]:
    """The grants that a recipient holds at this moment."""
    held = (g for g in state.grants if g.in_force(now))
    mine = (recipient.organisation, recipient.function)
    return tuple(g for g in held if (g.recipient.organisation, g.recipient.function) == mine)


def _nothing(_: Asked) -> Entries:
    """Only the event itself can say so."""
    return ()


EVIDENCE: Mapping[Guard, Evidence] = MappingProxyType(
    {
        Guard.OPEN_INVOLVEMENT: open_involvement,
        Guard.OPEN_REFERRAL: open_referral,
        Guard.OPEN_PLAN: open_plan,
        Guard.ADDRESS_SEALED: sealed(SealKind.ADDRESS),
        Guard.S_FLAG: sealed(SealKind.S_FLAG),
        Guard.PERPETRATOR_CHANNEL: sealed(SealKind.PERPETRATOR_CHANNEL),
        Guard.ADOPTION: sealed(SealKind.ADOPTION),
        Guard.IDENTITY_SETTLED: identity_settled,
        Guard.NO_PARENT_CONTACT: _nothing,
        Guard.RECIPIENT_IS_ASKER: recipient_is_asker,
        Guard.RECIPIENT_IS_HOLDER_OF_SEAL: recipient_is_holder_of_seal,
        Guard.NIGHT_DUTY: night_duty,
        Guard.STANDS_IN: stands_in,
        Guard.STATUTORY_PLAN: open_plan,
        Guard.ORDINARY_REGISTRATION: _nothing,
        Guard.CLINICIAN_CONCERN: _nothing,
        Guard.RESTRICTION_IN_FORCE: in_force(MeasureKind.RESTRICTION),
        Guard.S47_OPEN: in_force(MeasureKind.ENQUIRY),
        Guard.POLICE_PROTECTION_IN_FORCE: in_force(MeasureKind.POLICE_PROTECTION),
        Guard.CHILD_MISSING: in_force(MeasureKind.MISSING),
        Guard.CORE_GROUP_MEMBER: core_group_member,
        Guard.NAMED_OFFICER_GRANT: named_officer_grant,
        Guard.SERIOUS_HARM_SET: _nothing,
        Guard.SENDER_NAMES_RECIPIENT: sender_names_recipient,
        Guard.CRIME_SUSPECTED: _nothing,
        Guard.LIVE_INVESTIGATION: in_force(MeasureKind.INVESTIGATION),
        Guard.MISSING_EDUCATION: in_force(MeasureKind.ON_NO_ROLL),
        Guard.SIBLING_ON_OWN_ROLL: sibling_on_own_roll,
    }
)


def _plan(plan: Plan) -> Entry:
    return entry_of(plan.said, plan.source_event, plan.organisation, plan.started)


def _seal(seal: Seal) -> Entry:
    return entry_of(seal.said, seal.source_event, seal.holder_organisation, seal.set_at)


def _question(question: Question) -> Entry:
    by = question.asker.organisation if question.asker else ""
    return Entry(question.event_id, question.started_at, by, question.started_at)


def _awaiting(waiting: Awaiting) -> Entry:
    return entry_of(waiting.said, waiting.event_id, waiting.asker.organisation if waiting.asker else "", waiting.since)
