"""The corridor that every event walks: facts, decision, view.

Left out: who needs to know (`routing`), how facts are known (`facts`), identity, storage, sending. Rules: facts are
read when this is called, so calling it again when something is claimed for sending is the whole of "claiming is
disclosing"; what the broker adds to a view (exchange id, token of the child, deadline, meaning) is ruled by the
agreements like everything else.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sharing.events import Event, ReferralSubmitted
from sharing.facts import Situation, facts_about
from sharing.facts.evidence import grants_for
from sharing.ids import EventId, ExchangeId, SubjectId, exchange_id, recipient_subject_token
from sharing.policy.decide import Decision, decide
from sharing.policy.facts import Facts, Guard
from sharing.policy.granting import decide_granted, paths_of
from sharing.policy.lattice import CLEAR
from sharing.policy.model import Agreements
from sharing.policy.outcomes import SEALED
from sharing.reconciliation.rules import REFERRAL_RECEIPT
from sharing.reconciliation.state import SubjectState
from sharing.redaction import redact
from sharing.redaction.redact import Reviewed
from sharing.redaction.tokens import epoch_of, tokeniser
from sharing.vocabulary import FieldClass, Outcome, Recipient, RecipientKind
from sharing.words import OUTCOMES, plain_words


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
    def kept_out(self) -> bool:
        """Whether a seal keeps even the existence of the event from this recipient."""
        return self.decision.outcome is Outcome.SUPPRESS and self.decision.reason == SEALED

    @property
    def hex(self) -> str:
        """The exchange id as it stands in events and files."""
        return self.exchange_id.hex()


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
        matter = guards_that_matter(agreements, event.event_type, recipient.kind)
        facts = facts_about(event, event_id.hex(), recipient, situation, matter)
        decision = _decided(event, recipient, situation, agreements, facts)
        made.append(
            Exchange(exchange_id(key, event_id, recipient.organisation, recipient.function), recipient, decision)
        )
    return tuple(made)


def _decided(
    event: Event, recipient: Recipient, situation: Situation, agreements: Agreements, facts: Facts
) -> Decision:
    if facts[Guard.NAMED_OFFICER_GRANT] is not True:
        return decide(agreements, event.event_type, recipient.kind, None, facts)
    granted: dict[str, frozenset[str]] = {}
    for grant in grants_for(situation.state, recipient, situation.now):
        paths = paths_of(agreements, event.event_type, grant.fields)
        granted[grant.purpose] = granted.get(grant.purpose, frozenset()) | paths
    return decide_granted(agreements, event.event_type, recipient.kind, facts, granted)


def guards_that_matter(agreements: Agreements, event_type: str, kind: RecipientKind) -> frozenset[Guard]:
    """The facts that any decision about this type of event for this kind of recipient asks for."""
    found = agreements.remembered.get(("guards", event_type, kind))
    if not isinstance(found, frozenset):
        purposes = agreements.purposes_of.get((event_type, kind), ())
        found = frozenset().union(*(agreements.cells[event_type, kind, purpose].guards for purpose in purposes))
        agreements.remembered["guards", event_type, kind] = found
    return found


@dataclass(frozen=True, slots=True)
class Dress:
    """What the broker adds to a view, as far as the agreements permit.

    Attributes:
        answers: Hex reference by which the recipient knows the matter, or None.
        due_by: When the recipient must have answered, or None.
        key: The broker's key for tokens. `classes`: of the event's fields; without them nothing has a token.
        reviewed: Texts that a person let go; without it none goes.
    """

    answers: str | None
    due_by: datetime | None
    key: bytes
    classes: Mapping[str, FieldClass] = field(default_factory=dict)
    reviewed: Reviewed | None = None


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
        plain_words=plain_words(event, tells_outcome=_tells_outcome(exchange.decision)),
    )
    tokens = tokeniser(dress.key, organisation, dress.classes, epoch_of(event))
    return redact(replace(event, envelope=envelope), exchange.decision, tokens, dress.reviewed)


def _tells_outcome(decision: Decision) -> bool:
    """Whether the recipient gets the code that decides what the plain words say, as it is."""
    code = OUTCOMES.get(decision.event_type)
    return code is not None and decision.ruling(code).transform == CLEAR
