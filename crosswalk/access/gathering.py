"""What one request gives: every event of the child, decided for the recipient `requester` and redacted like any other.

Left out: the register of requests, files. Rules: the agreements in force decide each field, and without signed ones
nothing is given; seals bind here as everywhere, and what nobody decided is unknown; what a person left out by hand is
taken away besides, never added; an event that says nothing to the requester is not there at all, so its absence looks
like any absence.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from crosswalk.access.register import Request
from ledger.rows import StoredEvent
from ledger.shredding import subject_of
from ledger.store import Transaction
from sharing.codec import decode, to_record
from sharing.errors import Rejected
from sharing.facts import facts_about
from sharing.ids import EventId, exchange_id
from sharing.policy import Decision, Facts, decide
from sharing.release import Dress, Exchange, view
from sharing.vocabulary import Agency, Outcome, Recipient, RecipientKind
from streams.agents.absorption import Absorption
from streams.broker import Broker

FUNCTION = "requester"
_FOR_HANDLING = ("exchange_id", "subject", "in_reply_to", "agreement", "due_by", "urgency", "markings")
"""What the broker adds so that a machine can handle a view; a person who asks has no use for it."""
_EARLIEST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Piece:
    """One event as the requester gets it.

    Attributes:
        occurred_at: When it happened, as it stands in the view; None where that is withheld.
        record: The view without empty fields, as plain values.
        decision: By which it was made. `left_out`: paths that a person took away.
    """

    event_id: str
    event_type: str
    occurred_at: datetime | None
    record: Mapping[str, Any]
    decision: Decision
    left_out: tuple[str, ...]


def gather(broker: Broker, tx: Transaction, asked: Request) -> list[Piece]:
    """Every piece that this request gives now, oldest first.

    Args:
        broker: Whose ledger and agreements they are.
        tx: A transaction on that ledger.
        asked: The request with its answers.

    Raises:
        Rejected: the child is not there any more, or no signed agreements are in force.
        Forgotten: the child's key was destroyed.
    """
    work = Absorption(broker, tx)
    if not work.stand.is_good:
        raise Rejected("NOTHING_IN_FORCE", "agreements", f"nothing is given: {work.stand.words}")
    subject = subject_of(tx, bytes.fromhex(asked.key))
    work.subjects.relate([subject])
    root = work.subjects.root(subject)
    rows = tx.rows_of_subject(root)
    contents = tx.contents([row.n for row in rows])
    pieces = [piece for row in rows for piece in _piece(broker, work, asked, row, contents[row.n])]
    return sorted(pieces, key=lambda piece: (piece.occurred_at or _EARLIEST, piece.event_id))


def _piece(broker: Broker, work: Absorption, asked: Request, row: StoredEvent, raw: bytes) -> Iterator[Piece]:
    event, identity = decode(raw, broker.catalogue), EventId(row.event_id)
    recipient = Recipient(Agency.BROKER, FUNCTION, RecipientKind.REQUESTER)
    root = work.subjects.root(row.subject)
    known = facts_about(event, row.event_id.hex(), recipient, work.situation(root))
    facts = Facts.of({**known, **asked.facts()})
    decision = decide(work.stand.agreements, event.event_type, recipient.kind, None, facts)
    if decision.outcome is not Outcome.DELIVER:
        return
    made = Exchange(exchange_id(broker.keys.ids, identity, Agency.BROKER, FUNCTION), recipient, decision)
    seen = view(event, made, root, Dress(None, None, broker.keys.ids))
    left_out = tuple(sorted(path for event_id, path in asked.left_out if event_id == row.event_id.hex()))
    record = without(_plain(to_record(seen)), left_out)
    yield Piece(row.event_id.hex(), event.event_type, seen.envelope.occurred_at, record, decision, left_out)


def _plain(record: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = _without_empty(record)
    envelope = {name: value for name, value in found.get("envelope", {}).items() if name not in _FOR_HANDLING}
    return {**found, "envelope": envelope}


def _without_empty(value: Any) -> Any:
    if isinstance(value, Mapping):
        kept = {name: _without_empty(inner) for name, inner in value.items()}
        return {name: inner for name, inner in kept.items() if inner not in (None, {}, [])}
    return [_without_empty(inner) for inner in value] if isinstance(value, list) else value


def without(record: Mapping[str, Any], paths: tuple[str, ...]) -> dict[str, Any]:
    """The record without these paths; of a list's inner path, without it in every item."""
    found = dict(record)
    for path in paths:
        found = _cut(found, path.replace("[]", "").split("."))
    return found


def _cut(record: Mapping[str, Any], names: list[str]) -> dict[str, Any]:
    first, *rest = names
    if not rest:
        return {name: value for name, value in record.items() if name != first}
    inner = record.get(first)
    if isinstance(inner, list):
        return {**record, first: [_cut(item, rest) for item in inner]}
    return {**record, first: _cut(inner, rest)} if isinstance(inner, Mapping) else dict(record)
