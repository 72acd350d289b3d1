"""Taking back: when a seal is set, whoever was sent what is now sealed is told to give it up.

Left out: applying the recall (the recipient's inbox does, before it delivers anything older). Rules: only those are
told who really had a value that they may no longer have, so a recall tells nobody anything new; what they may still
see goes out again as an exchange of its own.
"""

import json
from collections.abc import Iterator

from ledger.rows import Released
from sharing.codec import decode
from sharing.events import Child, CorrectionAction, CorrectionIssued, Event
from sharing.ids import EventId, ExchangeId, SubjectId, exchange_id
from sharing.reconciliation import Said
from sharing.reconciliation.saying import envelope
from sharing.release import Exchange, prepare
from sharing.vocabulary import Outcome, Recipient, RecipientKind
from streams.agents.absorption import Absorption, Later

WHY = "Withdrawn by its sender. Delete any copy and do not use it."
WITHHELD = "withhold"


def recall_earlier(work: Absorption, subject: SubjectId) -> Iterator[Said]:
    """What must be taken back now that a register of this subject moved; the rest is decided again on the way.

    Args:
        work: The transaction's work; exchanges that replace a recalled one are added to it.
        subject: Whose register moved.
    """
    released = [r for r in work.tx.released_of(subject) if r.kind in set(RecipientKind)]
    decisions = work.tx.outcomes({r.outcome for r in released})
    for one in released:
        event = _event_of(work, one)
        recipient = Recipient(one.organisation, one.function, RecipientKind(one.kind))
        again = _decided_again(work, event, recipient, subject, one)
        if _lowered(event, decisions[one.outcome], again):
            yield _recall(work, one, recipient)
            _replace(work, one, event, again)


def _event_of(work: Absorption, one: Released) -> Event:
    return decode(work.tx.contents([one.event_n])[one.event_n], work.broker.catalogue)


def _decided_again(work: Absorption, event: Event, recipient: Recipient, subject: SubjectId, one: Released) -> Exchange:
    """The same event for the same recipient, decided now, under an exchange id that follows from the recalled one."""
    identity = EventId(bytes.fromhex(event.envelope.event_id or one.exchange_id.hex()))
    keys = work.broker.keys.ids
    made = prepare(event, identity, [recipient], work.situation(subject), work.broker.agreements, keys)[0]
    following = exchange_id(
        keys, EventId(one.exchange_id), recipient.organisation, f"{recipient.function}/after-recall"
    )
    return Exchange(ExchangeId(following), recipient, made.decision)


def _lowered(event: Event, decision: bytes, again: Exchange) -> bool:
    """Whether a value that went out then would not go out now."""
    before = {path: transform for path, transform, *_ in json.loads(decision)["fields"]}
    after = {ruling.path: ruling.transform.words for ruling in again.decision.fields}
    lowered = (path for path, transform in before.items() if transform not in (WITHHELD, after.get(path, WITHHELD)))
    return any(_has_value(event, path) for path in lowered)


def _has_value(event: Event, path: str) -> bool:
    if path.startswith("$"):
        return True
    head = path.split("[]", 1)[0]
    value: object = event
    for name in head.split("."):
        value = getattr(value, name, None)
    return value is not None and value != ()


def _recall(work: Absorption, one: Released, recipient: Recipient) -> Said:
    correction = CorrectionIssued(
        envelope=envelope(work.now, None),
        child=Child(),
        action=CorrectionAction.RECALL,
        recalled_exchange=one.exchange_id.hex(),
        why=WHY,
    )
    return Said(correction, (recipient,), f"recall/{one.exchange_id.hex()}", one.exchange_id.hex())


def _replace(work: Absorption, one: Released, event: Event, again: Exchange) -> None:
    stored = work.tx.row(one.event_n)
    if stored is not None and again.decision.outcome is Outcome.DELIVER:
        work.add_later(Later(stored, event, 0, [again]))
