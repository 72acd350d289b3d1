"""Asking a person about a text: when the rest of its event goes, whoever wrote it is told that the text waits.

Left out: the queue (`text_queue`) and what a person does (`text_review`). Rules: nothing waits with the text; it is
asked about before the exchange leaves, so that no text is forgotten when a process ends between the two; the owner is a
function of the organisation that wrote the text; whoever holds the seal, of a text that a seal took back, for nobody
else may notice that it waits again; its deadline lies half-way to the event's own, one working day away at the latest;
half-way to it the deputy is rung, and at its end the manager; out of hours the emergency duty team is told with the
day's functions. The task tells neither text nor child.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from ledger.rows import LaneItem, Statement, StoredEvent
from ledger.store import Transaction
from sharing.codec import decode
from sharing.directory import Directory
from sharing.events import Child, Event, SealKind, TaskKind, TaskRaised
from sharing.ids import ExchangeId, SubjectId, event_id
from sharing.policy import Decision
from sharing.policy.canonical import canonical
from sharing.reconciliation import Said, Step
from sharing.reconciliation.parties import SETTING_KINDS, first_function, recipient_for, rung, speaker
from sharing.reconciliation.rules import DEPUTIES
from sharing.reconciliation.saying import envelope
from sharing.reconciliation.state import Seal
from sharing.release import due_by
from sharing.vocabulary import OrganisationKind, Recipient, RecipientKind
from streams.agents.absorption import Absorption
from streams.agents.closing import write
from streams.agents.stopping import who_looks
from streams.agents.text_queue import ASKED, LAPSED, RECALLED, Text, asked
from streams.broker import Broker

WHY = "TEXT_WAITS_FOR_A_PERSON"
OWN_DEADLINE = "meeting_at"
"""A field that says when an event must have been read, where its kind has one."""


@dataclass(frozen=True, slots=True)
class Unasked:
    """Texts of one exchange that nobody was asked about yet. `exchange`: in which the rest of the event goes."""

    event_n: int
    exchange: bytes
    recipient: Recipient
    paths: tuple[str, ...]


def unasked(item: LaneItem, paths: tuple[str, ...]) -> Unasked:
    """The texts of an exchange that is about to leave."""
    to = Recipient(item.organisation, item.function, RecipientKind(item.kind))
    return Unasked(item.event_n, item.exchange_id, to, paths)


def texts_of(event: Event, decision: Decision) -> tuple[str, ...]:
    """Paths of the texts of an event that wait for a person under a decision."""
    return tuple(r.path for r in decision.to_review if value_of(event, r.path) is not None)


def value_of(event: Event, path: str) -> str | None:
    """The text at a path; a text that is scrubbed stands alone and in no list."""
    value: object = event
    for name in path.split("."):
        value = getattr(value, name, None)
    return value if isinstance(value, str) and value.strip() else None


def ask_for(broker: Broker, waiting: Iterable[Unasked]) -> None:
    """Ask about texts in a transaction of their own, before the exchanges that they belong to leave.

    Raises:
        Retryable: the database is away; nothing was changed.
    """
    with broker.ledger.transaction() as tx:
        work = Absorption(broker, tx)
        chosen = list(waiting)
        rows = [(one, tx.row(one.event_n)) for one in chosen]
        work.subjects.read({stored.subject for _, stored in rows if stored is not None})
        before = asked_before(tx, [stored for _, stored in rows if stored is not None])
        for one, stored in rows:
            if stored is not None and not tx.forgotten([stored.subject]):
                ask(work, stored, one, before)
        write(work)


Before = dict[Text, tuple[str, str, int]]
"""Of each text that was asked about: where it stands, the code for why, and how often it was asked."""


def asked_before(tx: Transaction, events: Iterable[StoredEvent]) -> Before:
    """What was asked about texts of these events, as a transaction sees it once those are locked whom it is about."""
    return {one.text: (one.state, one.why, one.asked) for one in asked(tx, {event.event_id.hex() for event in events})}


def ask(work: Absorption, stored: StoredEvent, one: Unasked, before: Before, *, lapses: str = "") -> None:
    """Ask about the texts of one exchange, in the transaction of somebody else.

    Args:
        work: That transaction's work.
        stored: The event.
        one: The exchange and its texts.
        before: What was asked before; what is asked here is added.
        lapses: Code for why what was let go is being taken back: then it is asked about, too, what was asked before.
    """
    event = decode(work.tx.content(stored.n), work.broker.catalogue)
    subject = work.subjects.root(stored.subject)
    for path in one.paths:
        text = Text(stored.event_id.hex(), path, one.recipient.organisation, one.recipient.function)
        state, why, times = before.get(text, (LAPSED, "", -1))
        if lapses or state == LAPSED:
            before[text] = (ASKED, "", times + 1)
            _ask(work, subject, event, one, text, (lapses or why, times + 1))


def _ask(work: Absorption, subject: SubjectId, event: Event, one: Unasked, text: Text, before: tuple[str, int]) -> None:
    lapsed, times = before
    seals = (*work.state(subject).seals, *work.situation(subject).seals_elsewhere)
    owner = owner_of(event, seals, work.broker.directory)
    if lapsed == RECALLED:
        owner = _holder(work, subject, one.recipient)
    house = work.broker.directory.get(owner.organisation)
    until = deadline(work, subject, event, one.exchange)
    cause = f"{ASKED}/{one.exchange.hex()}/{text.path}/{times}"
    task = TaskRaised(
        envelope=envelope(work.now, until),
        child=Child(),
        task=TaskKind.REVIEW_TEXT,
        about_event=one.exchange.hex(),
        why=WHY,
    )
    body = {
        **text._asdict(),
        "deputy": first_function(house, DEPUTIES) if house else owner.function,
        "due_by": until.isoformat(),
        "exchange": one.exchange.hex(),
        "kind": one.recipient.kind.value,
        "owner": [owner.organisation, owner.function],
        "task": event_id(work.broker.keys.ids, "crosswalk", task.event_type, cause, "0").hex(),
        "type": event.event_type,
    }
    work.statements.append(Statement(ASKED, canonical(body)))
    to = rung(house, owner.function, work.broker.calendars, work.now) if house else (owner,)
    work.say(subject, Step(work.state(subject), (Said(task, to, cause),)))


def owner_of(event: Event, seals: Iterable[Seal], directory: Directory) -> Recipient:
    """Who must read a text: the function that answers for what its sender writes; else the authority's manager.

    Args:
        event: In which the text stands.
        seals: That are in force for the child: a setting that must not know of it is asked nothing.
        directory: Who can be reached.
    """
    sender = directory.get(event.envelope.organisation or "")
    kept_out = any(seal.kind is SealKind.PERPETRATOR_CHANNEL for seal in seals)
    if sender is not None and sender.kind is not OrganisationKind.LOCAL_AUTHORITY:
        found = speaker(directory, sender.slug, None)
        if found is not None and not (kept_out and sender.kind in SETTING_KINDS):
            return found
    return _manager(directory)


def _manager(directory: Directory) -> Recipient:
    authority = directory.the(OrganisationKind.LOCAL_AUTHORITY)
    return recipient_for(authority, first_function(authority, ("front_door_manager", "front_door")))


def _holder(work: Absorption, subject: SubjectId, to: Recipient) -> Recipient:
    """Who must read a text that was taken back: whoever holds a seal of the family, but never who is to have it."""
    own = {subject, *work.subjects.related(subject)}
    kin = {SubjectId(other) for others in work.tx.relatives(own).values() for other in others}
    found = (one for one in who_looks(work, sorted(own | kin)) if one.organisation != to.organisation)
    return next(found, _manager(work.broker.directory))


def deadline(work: Absorption, subject: SubjectId, event: Event, exchange: bytes) -> datetime:
    """By when a text must have been read: half-way to the event's own deadline, and within one working day."""
    own: Sequence[datetime | None] = (
        due_by(work.state(subject), ExchangeId(exchange)),
        event.envelope.due_by,
        getattr(event, OWN_DEADLINE, None),
    )
    ahead = [work.now + (at - work.now) / 2 for at in own if at is not None and at > work.now]
    return min([work.broker.calendars.add_working_days(work.now, 1), *ahead])
