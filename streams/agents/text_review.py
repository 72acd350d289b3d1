"""A person reads what is left of a text, and lets it go or keeps it.

Left out: who may do so (`crosswalk.clearance`), asking (`text_asking`) and scrubbing (`sharing.redaction.scrub`).
Rules: what is known of the family now is taken out when somebody looks, and again when it is let go: if more would be
taken out by then, or less, they look again; a person may only take away more; the text may go only if it still may wait
for a person; it is kept encrypted under the child's key and stands nowhere else; it goes as an exchange of its own,
decided anew; both words stand in the ledger, with the function that said them and a code for why.
"""

import hmac
from dataclasses import dataclass

from ledger.rows import Statement
from ledger.store import Transaction
from sharing.errors import Rejected
from sharing.events import Child, TextReviewed
from sharing.events.common import Quiet
from sharing.ids import EventId, ExchangeId, SubjectId, event_id, exchange_id
from sharing.policy.canonical import canonical
from sharing.reconciliation import Said, Step
from sharing.reconciliation.machine import Signal
from sharing.reconciliation.questions import settle
from sharing.reconciliation.rules import TEXT_REVIEW
from sharing.reconciliation.saying import envelope
from sharing.redaction.scrub import Scrubbed, is_cut_of, scrub
from sharing.release import Exchange
from streams.agents.absorption import Absorption
from streams.agents.again import Later
from streams.agents.closing import write
from streams.agents.recalls import follow
from streams.agents.text_opening import Opened, known, looked_at
from streams.agents.text_queue import (
    LAPSED,
    NOT_PERMITTED,
    RECALLED,
    RELEASED,
    WITHHELD,
    Waiting,
    asked,
    events_of_tasks,
    gone_before,
    said_of,
)
from streams.broker import Broker

SEEN_BYTES = 6


@dataclass(frozen=True, slots=True, repr=False)
class Shown(Quiet):
    """What a person reads: the text with what was taken out of it, and the word by which they say that they read it."""

    waiting: Waiting
    scrubbed: Scrubbed
    seen: str


def waiting(broker: Broker) -> list[Waiting]:
    """Every text that waits for a person and may still go, the most urgent first.

    For somebody with clearance: that one is not there may tell of a seal.
    """
    with broker.ledger.reading() as tx:
        work = Absorption(broker, tx)
        looked = ((one, looked_at(work, one)) for one in asked(tx) if one.is_open)
        found = [one for one, made in looked if made is not None and made.may_go]
    return sorted(found, key=lambda one: (one.due_by, one.number))


def show(broker: Broker, number: int) -> Shown:
    """What is left of a text, with what is known of the family now.

    Raises:
        Rejected: `NO_SUCH_TEXT`, `DONE_BEFORE`, `FORGOTTEN` or `NO_LONGER_PERMITTED`.
    """
    with broker.ledger.reading() as tx:
        return _shown(_open(broker, tx, number))


def release(broker: Broker, number: int, by: str, why: str, seen: str, text: str | None = None) -> str:
    """Let a text go.

    Args:
        broker: With its ledger.
        number: Of the text.
        by: Function that read it; never a person's name.
        why: Code of the reason.
        seen: The word that `show` gave.
        text: What shall go, where a person took away more; None for all that is left.

    Returns:
        Hex id of the exchange in which it goes.

    Raises:
        Rejected: as for `show`; `NOT_THE_OWNER`: the function is of another house; `LOOK_AGAIN`: more is taken out now,
            or less; `NOT_A_CUT`: the text holds something that was not left; `NOT_CLEAN`: the rest holds something that
            is taken out. Nothing was changed.
    """
    with broker.ledger.transaction() as tx:
        found = _open(broker, tx, number, locked=True)
        _of_the_house(found, by)
        going = _chosen(found, seen, text)
        following = _goes(found, going, {"by": by, "why": why})
        write(found.work)
        return following


def withhold(broker: Broker, number: int, by: str, why: str) -> None:
    """Keep a text from going. Arguments as in `release`.

    Raises:
        Rejected: `NO_SUCH_TEXT`, `DONE_BEFORE`, `FORGOTTEN` or `NOT_THE_OWNER`; nothing was changed.
    """
    with broker.ledger.transaction() as tx:
        found = _open(broker, tx, number, locked=True, may_go=False)
        _of_the_house(found, by)
        found.work.statements.append(Statement(WITHHELD, canonical(said_of(found.waiting, by=by, why=why))))
        _task_done(found)
        write(found.work)


def tidy(work: Absorption, subject: SubjectId) -> None:
    """Let texts of a subject lapse that may not go any more, before somebody is rung about them.

    Args:
        work: Of a clock that has come; the subject is locked.
        subject: Whose clock.
    """
    due = [q for q in work.state(subject).questions if q.rule == TEXT_REVIEW and q.next_at and q.next_at <= work.now]
    tasks = {question.event_id for question in due if question.is_open}
    for one in asked(work.tx, events_of_tasks(work.tx, tasks)) if tasks else ():
        found = looked_at(work, one, locked=True) if one.task in tasks and one.is_open else None
        if found is not None and not found.may_go:
            body = said_of(one, following="", why=NOT_PERMITTED if found.stands else RECALLED)
            work.statements.append(Statement(LAPSED, canonical(body)))
            _task_done(found)


# ---------------------------------------------------------------- what these stand on


def _open(broker: Broker, tx: Transaction, number: int, *, locked: bool = False, may_go: bool = True) -> Opened:
    found = looked_at(Absorption(broker, tx), _named(tx, number), locked=locked)
    if found is None:
        raise Rejected("FORGOTTEN", "text", "the key of this child was destroyed: there is nothing to read")
    one = _named(tx, number)  # again, now that nobody else can decide about it
    if not one.is_open:
        word = one.state.partition(".")[2]
        raise Rejected("DONE_BEFORE", "text", f"text {number} waits no longer: it was {word}; nothing is changed here")
    if may_go and not found.may_go:
        reason = "the agreements do not give it as things stand now" if found.stands else "its event was taken back"
        raise Rejected("NO_LONGER_PERMITTED", "text", f"text {number} may not go any more: {reason}")
    return found


def _named(tx: Transaction, number: int) -> Waiting:
    for one in asked(tx):
        if one.number == number:
            return one
    raise Rejected("NO_SUCH_TEXT", "text", f"no text {number} waits; see crosswalk scrub ls")


def _of_the_house(found: Opened, by: str) -> None:
    """Only whose it is to read a text lets it go or keeps it."""
    organisation = found.waiting.owner[0]
    house = found.work.broker.directory.get(organisation)
    functions = sorted(house.functions) if house else []
    if by not in functions:
        reason = f"this text is read by a function of {organisation}: {', '.join(functions)}"
        raise Rejected("NOT_THE_OWNER", "by", reason)


def _shown(found: Opened) -> Shown:
    scrubbed = scrub(found.text, known(found.work, found.subject))
    return Shown(found.waiting, scrubbed, _word(found, scrubbed.text))


def _word(found: Opened, text: str) -> str:
    """A word that only who holds the broker's keys can make, for exactly this text."""
    said = b"\0".join(part.encode() for part in ("seen", found.waiting.exchange, found.waiting.text.path, text))
    return hmac.digest(found.work.broker.keys.ids, said, "sha256")[:SEEN_BYTES].hex()


def _chosen(found: Opened, seen: str, text: str | None) -> str:
    shown = _shown(found)
    if not hmac.compare_digest(shown.seen.encode(), seen.strip().lower().encode()):
        reason = "the word is not the one that is shown now: more, or less, may be taken out by now; show it again"
        raise Rejected("LOOK_AGAIN", "seen", reason)
    if text is None:
        return shown.scrubbed.text
    going = text.strip()
    if not going or not is_cut_of(going, shown.scrubbed.text):
        reason = "it must be the text that was shown with words taken away, and nothing written in their place"
        raise Rejected("NOT_A_CUT", "text", reason)
    if scrub(going, known(found.work, found.subject)).removed:
        raise Rejected("NOT_CLEAN", "text", "what is left when so much is taken away must itself be scrubbed; cut more")
    return going


def _goes(found: Opened, going: str, who: dict[str, str]) -> str:
    work, one, to = found.work, found.waiting, found.now.recipient
    kept = work.tx.children.one(work.tx.session, found.subject).commit(going.encode()).hex()
    function = f"{to.function}/reviewed/{one.text.path}/{one.asked}/{kept}"
    following = exchange_id(work.broker.keys.ids, EventId(bytes.fromhex(one.exchange)), to.organisation, function)
    record = _keep_text(found, following.hex(), going)
    records = {**gone_before(work.tx, one.text), one.text.path: record}
    paths = {ruling.path for ruling in found.now.decision.to_review} & set(records)
    again = Exchange(ExchangeId(following), to, found.now.decision.after_review(paths))
    work.add_later(Later(found.stored, found.subject, [again]))
    body = said_of(one, **who, following=following.hex(), records=records, text=kept)
    work.statements.append(Statement(RELEASED, canonical(body)))
    follow(work, found.subject, one.exchange, following.hex())
    _task_done(found)
    return following.hex()


def _keep_text(found: Opened, following: str, going: str) -> str:
    """Keep the text encrypted under the child's key; hex id of the event that holds it."""
    work, path = found.work, found.waiting.text.path
    kept = TextReviewed(envelope=envelope(work.now, None), child=Child(), exchange=following, path=path, text=going)
    cause = f"{RELEASED}/{following}"
    work.say(found.subject, Step(work.state(found.subject), (Said(kept, (), cause),)))
    return event_id(work.broker.keys.ids, "crosswalk", kept.event_type, cause, "0").hex()


def _task_done(found: Opened) -> None:
    """Whoever was told to read it has done so: its clock stops."""
    work, state = found.work, found.work.state(found.subject)
    for question in state.questions:
        if (question.rule, question.event_id) == (TEXT_REVIEW, found.waiting.task) and question.is_open:
            state = settle(state, question, Signal.SETTLED)
    work.say(found.subject, Step(state, changed=True))
