"""Taking back: when a seal is set, whoever was sent what is now sealed is told to give it up.

Left out: applying the recall (the recipient's inbox does, before it delivers anything older). Rules: only those are
told who really had a value that a seal closes to them, so a recall tells nobody anything new; what they may still see
goes out again as an exchange of its own; nothing is taken back twice.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace

from ledger.rows import Released, Statement, StoredEvent
from sharing.approval import NO_HEAD
from sharing.codec import decode
from sharing.events import Child, CorrectionAction, CorrectionIssued, Event, SealKind
from sharing.facts import facts_about
from sharing.ids import EventId, ExchangeId, SubjectId, exchange_id
from sharing.policy import EXISTS, Facts, Guard, Polarity, decide
from sharing.policy.canonical import canonical
from sharing.policy.decision import REVIEWED, goes
from sharing.policy.outcomes import SEALED
from sharing.reconciliation import EventFacts, Said, Step
from sharing.reconciliation.saying import envelope
from sharing.release import Exchange
from sharing.vocabulary import SETTINGS, Outcome, Recipient, RecipientKind
from streams.agents.absorption import Absorption
from streams.agents.again import Later
from streams.agents.sealed import names_of
from streams.agents.text_asking import Unasked, ask, asked_before
from streams.agents.text_queue import NOT_PERMITTED, RECALL_ISSUED, RECALLED, LetGo, lapsed, let_go
from streams.agents.text_views import lapse, words_of
from streams.agents.views import AREA_WIDE, BROKER_SAYS

WHY = "Withdrawn by its sender. Delete any copy and do not use it."
AFTER = "after-recall"
ISSUED, ACKNOWLEDGED = RECALL_ISSUED, "recall.acknowledged"
LATE_SEAL, WRONG_LINK, GRANT_ENDED = "LATE_SEAL", "WRONG_LINK", "GRANT_ENDED"


def recall_earlier(
    work: Absorption, subject: SubjectId, why: str = LATE_SEAL, *, grant_ended: bool = False
) -> Iterator[Said]:
    """What must be taken back now that a register of this subject moved; the rest is decided again on the way.

    Args:
        work: The transaction's work; exchanges that replace a recalled one are added to it.
        subject: Whose register moved.
        why: Code for the ledger.
        grant_ended: Whether somebody ended a grant: what went by a grant alone, and no other gives, is taken back too.
    """
    released = [r for r in work.tx.released_of(subject) if r.kind in set(RecipientKind)]
    decisions = work.tx.outcomes({r.outcome for r in released})
    known = _exchanges_of(work, released)
    for one in released:
        stored = work.tx.row(one.event_n)
        if stored is None:
            continue
        event = decode(work.tx.content(one.event_n), work.broker.catalogue)
        if event.event_type.startswith(BROKER_SAYS):
            continue  # a task or a clock names a setting to nobody but the keeper of the rolls, who must still act
        again = _decided_again(work, event, EventId(stored.event_id), one, subject)
        follows = let_go(work.tx, one.exchange_id.hex()) if REVIEWED.encode() in decisions[one.outcome] else None
        if again.exchange_id in known or (follows is not None and follows.following in lapsed(work.tx)):
            continue  # taken back before; what replaced it is looked at on its own
        closed = _closed(work, event, decisions[one.outcome], again, facts_now(work, event, stored, again, subject))
        closed |= _granted_no_more(event, decisions[one.outcome], again) if grant_ended else set()
        told = any(_tells(work, event, path, again.recipient) for path in closed)
        if follows is not None:
            if told or _words_tell(work, event, again, follows, subject):
                yield recall_one(work, stored, one, again.recipient, why)
                lapses = NOT_PERMITTED if why == GRANT_ENDED else RECALLED
                work.statements.append(lapse(follows, lapses))
                if not told:
                    _read_again(work, stored, again, follows, lapses)
        elif told:
            yield recall_one(work, stored, one, again.recipient, why)
            _replace(work, Later(stored, subject, [again]), one)
    go_around_earlier(work, subject)


def go_around_earlier(work: Absorption, subject: SubjectId) -> None:
    """What a seal keeps from somebody who was to have it, or had it, is given to somebody independent to act on.

    What left already is not told again event by event: the newest stands for all of it.
    """
    if not any(seal.kind is SealKind.PERPETRATOR_CHANNEL for seal in work.state(subject).seals):
        return
    left = {released.exchange_id for released in work.tx.released_of(subject)}
    newest: StoredEvent | None = None
    for stored in work.tx.rows_of_subject(subject):
        going = [x for x in stored.exchanges if x.state is Outcome.DELIVER and RecipientKind(x.kind) in SETTINGS]
        if any(x.exchange_id not in left for x in going):
            _around(work, stored, subject)
        elif going:
            newest = stored
    if newest is not None:
        _around(work, newest, subject)


def _around(work: Absorption, stored: StoredEvent, subject: SubjectId) -> None:
    event = decode(work.tx.content(stored.n), work.broker.catalogue)
    to = [Recipient(x.organisation, x.function, RecipientKind(x.kind)) for x in stored.exchanges]
    made = work.prepare_for(event, EventId(stored.event_id), subject, to)
    about = EventFacts(stored.event_id.hex(), work.now, event.envelope.organisation or "")
    work.go_around(subject, event, made, about)


def facts_now(work: Absorption, event: Event, stored: StoredEvent, again: Exchange, subject: SubjectId) -> Facts:
    """What is true now of a stored event and the recipient of an exchange."""
    return facts_about(event, stored.event_id.hex(), again.recipient, work.situation(subject))


def _exchanges_of(work: Absorption, released: Iterable[Released]) -> set[bytes]:
    later = work.tx.redecisions({r.event_n for r in released})
    return {x.exchange_id for row in later for x in row.exchanges}


def _decided_again(work: Absorption, event: Event, event_id: EventId, one: Released, subject: SubjectId) -> Exchange:
    """The same event for the same recipient, decided now, under an exchange id that follows from the recalled one."""
    recipient = Recipient(one.organisation, one.function, RecipientKind(one.kind))
    (made,) = work.prepare_for(event, event_id, subject, [recipient])
    return Exchange(replacement(work, one.exchange_id, recipient), recipient, made.decision)


def replacement(work: Absorption, exchange: bytes, to: Recipient) -> ExchangeId:
    """Id of the exchange by which goes again what may still be seen of one that was taken back."""
    return exchange_id(work.broker.keys.ids, EventId(exchange), to.organisation, f"{to.function}/{AFTER}")


def _closed(work: Absorption, event: Event, decision: bytes, again: Exchange, now: Facts) -> set[str]:
    """Paths of values that went out then and that a seal closes now.

    Asked of what is true now, and of what was true then but for the seals: a ground to know that ended in the meantime
    takes nothing back by itself, nor does it keep what is sealed where it is.
    """
    kept = json.loads(decision)
    before = {row[0]: row[1] for row in kept["fields"] if goes(row)}
    guards = work.stand.agreements.vocabulary.guards.values()
    then = {
        **{Guard(guard): value for guard, value in kept["guards"].items()},
        **{entry.guard: now[entry.guard] for entry in guards if entry.polarity is Polarity.SEAL},
    }
    sealed_then = decide(work.stand.agreements, event.event_type, again.recipient.kind, None, Facts.of(then))
    ruled = [r for decided in (again.decision, sealed_then) for r in decided.fields if r.reason == SEALED]
    lowered = {r.path for r in ruled if before.get(r.path, r.transform.words) != r.transform.words}
    return {path for path in lowered if path == EXISTS or value_at(event, path) is not None}


def _granted_no_more(event: Event, decision: bytes, again: Exchange) -> set[str]:
    """Paths of values that went out by a grant alone, and that nothing gives any more."""
    kept = json.loads(decision)
    gone = {row[0] for row in kept["fields"] if goes(row)} & set(kept.get("granted", ()))
    now = {r.path for r in again.decision.fields if r.is_released or r.awaits_review}
    return {path for path in gone - now if value_at(event, path) is not None}


def _tells(work: Absorption, event: Event, path: str, recipient: Recipient) -> bool:
    """Whether a value told this recipient anything of the child's whereabouts.

    What names the recipient itself, or a body that serves the whole area, did not: taking a notice back for that would
    only take it from somebody who protects the child.
    """
    value = value_at(event, path)
    own = work.broker.directory.get(recipient.organisation)
    if own is not None and value in names_of(own):
        return False
    named = work.broker.directory.get(str(value))
    return named is None or named.kind not in AREA_WIDE


def _words_tell(work: Absorption, event: Event, again: Exchange, follows: LetGo, subject: SubjectId) -> bool:
    """Whether a text that a person let go holds something that is sealed now."""
    texts = words_of(work.broker, work.tx, follows).texts.values()
    return any(work.holds_sealed(text, event, again, subject) for text in texts)


def _read_again(work: Absorption, stored: StoredEvent, again: Exchange, follows: LetGo, lapses: str) -> None:
    """Ask anew about a text that is taken back, where the rest of its event stays with its recipient.

    Where the rest is taken back as well, what replaces it is asked about when it leaves.
    """
    if follows.text.path in {ruling.path for ruling in again.decision.to_review}:
        exchange = bytes.fromhex(follows.exchange)
        texts = Unasked(stored.n, exchange, again.recipient, (follows.text.path,))
        ask(work, stored, texts, asked_before(work.tx, [stored]), lapses=lapses)


def value_at(event: Event, path: str) -> object:
    """The value of a field by its path, None where there is none; lists as a whole."""
    value: object = event
    for name in path.split("[]", 1)[0].split("."):
        value = getattr(value, name, None)
    return None if value == () else value


def recall_one(
    work: Absorption, stored: StoredEvent, one: Released, recipient: Recipient, why: str, by: str = ""
) -> Said:
    """Take one exchange back: the correction to say, sworn to, and its receipt awaited.

    Args:
        work: The transaction's work.
        stored: The event that it was about.
        one: What left.
        recipient: Who had it.
        why: Code.
        by: Function that asked, `""` for the broker itself.
    """
    body = {
        "by": by,
        "event": stored.event_id.hex(),
        "exchange": one.exchange_id.hex(),
        "function": one.function,
        "organisation": one.organisation,
        "type": json.loads(work.tx.outcomes([one.outcome])[one.outcome])["event"],
        "why": why,
    }
    work.statements.append(Statement(ISSUED, canonical(body)))
    work.tx.await_answer(one.exchange_id, stored.n, stored.subject, one.lane)
    correction = CorrectionIssued(
        envelope=envelope(work.now, None),
        child=Child(),
        action=CorrectionAction.RECALL,
        recalled_exchange=one.exchange_id.hex(),
        why=WHY,
    )
    return Said(correction, (recipient,), f"recall/{one.exchange_id.hex()}", one.exchange_id.hex())


def _replace(work: Absorption, later: Later, one: Released) -> None:
    """What may still be seen goes out again, and answers to it count."""
    (again,) = later.exchanges = work.standing(later.exchanges)
    if again.decision.outcome is Outcome.DELIVER or again.decision.reason == NO_HEAD:
        work.add_later(later)
        follow(work, later.subject, one.exchange_id.hex(), again.hex)


def follow(work: Absorption, subject: SubjectId, exchange: str, following: str) -> None:
    """Let answers to an exchange that replaces another one count for the same questions."""
    state = work.state(subject)
    for question in state.questions:
        if exchange in question.exchanges and following not in question.exchanges:
            state = state.with_question(replace(question, also_asked=(*question.also_asked, following)))
    work.keep(subject, Step(state))
