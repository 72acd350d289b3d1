"""The corridor that every event walks: facts, decision, view.

Left out: who needs to know (`routing`), identity, storage, sending. Rules: facts are read when this is called, so
calling it again when something is claimed for sending is the whole of "claiming is disclosing"; what the broker adds
to a view (exchange id, token of the child, deadline, meaning) is ruled by the agreements like everything else.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from sharing.events import Event, ReferralSubmitted, SealKind, SettingResult
from sharing.ids import EventId, ExchangeId, SubjectId, exchange_id, recipient_subject_token
from sharing.policy.decide import Decision, decide
from sharing.policy.facts import Facts, Guard, said_by
from sharing.policy.model import Agreements
from sharing.reconciliation.involved import open_involvements
from sharing.reconciliation.rules import REFERRAL_DECISION, REFERRAL_RECEIPT
from sharing.reconciliation.state import Seal, SubjectState
from sharing.redaction import redact
from sharing.vocabulary import SETTINGS, Outcome, Recipient, RecipientKind
from sharing.words import plain_words

_SEALS = {
    Guard.ADDRESS_SEALED: SealKind.ADDRESS,
    Guard.S_FLAG: SealKind.S_FLAG,
    Guard.PERPETRATOR_CHANNEL: SealKind.PERPETRATOR_CHANNEL,
    Guard.ADOPTION: SealKind.ADOPTION,
}
_STAND_INS = (RecipientKind.EDUCATION_DUTY, RecipientKind.INDEPENDENT_ALTERNATE, RecipientKind.LADO)


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known of the subject when a decision is made.

    Attributes:
        state: Of the subject, now.
        seals_elsewhere: Seals of every subject that this child may be, while that is under review.
        settled: Whether identity is settled.
        night: Whether the emergency duty team is on.
        now: Domain time, aware UTC.
    """

    state: SubjectState
    seals_elsewhere: tuple[Seal, ...]
    settled: bool
    night: bool
    now: datetime


@dataclass(frozen=True, slots=True)
class Exchange:
    """One event to one function of one organisation, decided.

    Attributes:
        express: Whether it is never stopped: a referral on its way to social care.
    """

    exchange_id: ExchangeId
    recipient: Recipient
    decision: Decision

    @property
    def express(self) -> bool:
        """Whether nothing but storage may keep it: a referral to those who take referrals."""
        referral = self.decision.event_type == ReferralSubmitted.event_type
        return referral and self.decision.outcome is Outcome.DELIVER

    @property
    def hex(self) -> str:
        """The exchange id as it stands in events and files."""
        return self.exchange_id.hex()


def facts_about(event: Event, event_id: str, recipient: Recipient, situation: Situation) -> Facts:
    """What is true, false or unknown about this event and this recipient, now.

    A guard that no register answers yet stays unknown: what it would open stays shut, and what it would seal is sealed.
    The seals among them stop no flow of today: `competent_minor_objects` closes J2, which goes to nobody outside
    health; `live_investigation` binds who asks for their own record; `handling_code_c` closes H, which goes to nobody.
    """
    state = situation.state
    kinds = {seal.kind for seal in (*state.seals, *situation.seals_elsewhere)}
    stated: dict[Guard, bool | None] = {guard: kind in kinds for guard, kind in _SEALS.items()}
    stated |= {
        Guard.OPEN_INVOLVEMENT: is_involved(state, event_id, recipient, situation.now.date()),
        Guard.OPEN_REFERRAL: any(q.rule == REFERRAL_DECISION and q.is_open for q in state.questions),
        Guard.OPEN_PLAN: bool(state.plans),
        Guard.IDENTITY_SETTLED: situation.settled or _is_on_its_roll(state, event_id, recipient),
        Guard.NO_PARENT_CONTACT: False,
        Guard.RECIPIENT_IS_ASKER: any(q.asker is not None and _same(q.asker, recipient) for q in state.questions),
        Guard.RECIPIENT_IS_HOLDER_OF_SEAL: any(s.holder_organisation == recipient.organisation for s in state.seals),
        Guard.NIGHT_DUTY: situation.night,
        Guard.STANDS_IN: recipient.kind in _STAND_INS and _stands_in(state, event_id),
        Guard.STATUTORY_PLAN: bool(state.plans),
        Guard.ORDINARY_REGISTRATION: False,
        Guard.CLINICIAN_CONCERN: False,
    }
    return Facts.of({**stated, **said_by(event)})


def is_involved(state: SubjectState, event_id: str, recipient: Recipient, today: date) -> bool:
    """Whether a register, or the rolls' answer for this very event, says that the recipient is involved."""
    if any(i.organisation == recipient.organisation for i in open_involvements(state, today)):
        return True
    if any(plan.organisation == recipient.organisation for plan in state.plans):
        return True
    if _is_on_its_roll(state, event_id, recipient):
        return True
    # A question gives no ground for the very event that raised it: else who was once to have it could never lose it.
    asked = (q for q in state.questions if q.is_open and q.event_id != event_id)
    return any(recipient.organisation in _sides(q.owner, q.asker) for q in asked)


def _is_on_its_roll(state: SubjectState, event_id: str, recipient: Recipient) -> bool:
    """Whether the rolls found exactly this child at this setting for this very event: settled, for this notice only."""
    found = (a for a in state.awaiting if a.event_id == event_id and a.answer == SettingResult.FOUND)
    return recipient.kind in SETTINGS and any(a.setting == recipient.organisation for a in found)


def _sides(owner: Recipient, asker: Recipient | None) -> tuple[str, ...]:
    return (owner.organisation,) if asker is None else (owner.organisation, asker.organisation)


def _same(one: Recipient, other: Recipient) -> bool:
    return one.organisation == other.organisation


def _stands_in(state: SubjectState, event_id: str) -> bool:
    """Whether this event waits for, or found, a setting that cannot be reached by topic."""
    return any(a.event_id == event_id and bool(a.setting) for a in state.awaiting)


def prepare(
    event: Event,
    event_id: EventId,
    recipients: Iterable[Recipient],
    situation: Situation,
    agreements: Agreements,
    key: bytes,
) -> tuple[Exchange, ...]:
    """Decide one event for each recipient.

    Args:
        event: The whole event.
        event_id: Its id; exchange ids are derived from it, so deciding twice makes the same exchanges.
        recipients: Who may need to know.
        situation: What is known now.
        agreements: The set in force.
        key: The broker's key for exchange ids.
    """
    made = []
    for recipient in recipients:
        facts = facts_about(event, event_id.hex(), recipient, situation)
        decision = decide(agreements, event.event_type, recipient.kind, None, facts)
        made.append(
            Exchange(exchange_id(key, event_id, recipient.organisation, recipient.function), recipient, decision)
        )
    return tuple(made)


@dataclass(frozen=True, slots=True)
class Dress:
    """What the broker adds to a view, as far as the agreements permit.

    Attributes:
        answers: Hex reference by which the recipient knows the matter, or None.
        due_by: When the recipient must have answered, or None.
        key: The broker's key for tokens.
    """

    answers: str | None
    due_by: datetime | None
    key: bytes


def due_by(state: SubjectState, exchange: ExchangeId) -> datetime | None:
    """When this exchange must be answered, None when nothing is asked. That it arrived is asked of no person."""
    hexed = exchange.hex()
    asked = (q for q in state.questions if q.rule != REFERRAL_RECEIPT and hexed in q.exchanges)
    return min((q.due_by for q in asked), default=None)


def view(event: Event, exchange: Exchange, subject: SubjectId, dress: Dress) -> Event:
    """The recipient's own view: dressed, then built field by field from empty under its decision."""
    organisation = exchange.recipient.organisation
    envelope = replace(
        event.envelope,
        event_id=None,
        exchange_id=exchange.hex,
        in_reply_to=dress.answers,
        subject=recipient_subject_token(dress.key, organisation, subject).hex(),
        due_by=dress.due_by or event.envelope.due_by,
        agreement=exchange.decision.permit or None,
        plain_words=plain_words(event),
    )
    return redact(replace(event, envelope=envelope), exchange.decision)
