"""Small helpers that several ledger tests share."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

from ledger import CarrierRows, EventRow, Exchange, LaneClaim, LaneItem, Ledger, Outbox, row_number, sequence_once
from sharing.vocabulary import Outcome

NOW = datetime(2026, 11, 20, 17, 5, tzinfo=UTC)
LONG = timedelta(days=1)
OUTCOME = b'{"fields":["child.name"]}'


def an_id(*names: object) -> bytes:
    """16 bytes that depend on the names alone."""
    return sha256(repr(names).encode()).digest()[:16]


def to(organisation: str, event: object, **more: object) -> Exchange:
    """An exchange of the event of that name to an organisation's lead."""
    function = str(more.pop("function", "safeguarding_lead"))
    fields = {"outcome": OUTCOME, "state": Outcome.DELIVER} | more
    return Exchange(an_id("x", event, organisation, function), organisation, function, "school", **fields)


def an_event(name: object, subject: int, *organisations: str, head: int = 0, content: bytes | None = None) -> EventRow:
    """An event that goes to these organisations."""
    body = b"content of %r" % (name,) if content is None else content
    exchanges = tuple(to(o, name) for o in organisations)
    return EventRow(an_id("e", name), subject, 7, head, "agreements-1", body, exchanges)


def carrier(*events: EventRow, **more: object) -> CarrierRows:
    """A carrier of these events."""
    return CarrierRows(NOW, "engine-1", events, **more)


def a_subject(ledger: Ledger) -> int:
    """A new subject, committed."""
    with ledger.transaction() as tx:
        return tx.new_subject()


def write(ledger: Ledger, *events: EventRow, **more: object) -> int:
    """Write one carrier in a transaction of its own; row number of its first row."""
    with ledger.transaction() as tx:
        return row_number(tx.write(carrier(*events, **more)), 0)


def number(ledger: Ledger) -> int:
    """Number everything that is committed; leaves numbered."""
    with ledger.transaction() as tx:
        lease = tx.take_lease("sequencer", "tests", NOW, LONG)
    assert lease is not None
    return sequence_once(ledger, lease, NOW)


def lease(ledger: Ledger, outbox: Outbox) -> frozenset[int]:
    """Lease every lane that is free."""
    with ledger.transaction() as tx:
        return outbox.lease_lanes(tx, NOW, LONG)


def ready(ledger: Ledger, outbox: Outbox, limit: int = 500) -> dict[int, list[LaneItem]]:
    """What may leave."""
    with ledger.reading() as tx:
        return outbox.rows_for(tx, limit)


def claim(ledger: Ledger, outbox: Outbox, found: dict[int, list[LaneItem]]) -> dict[bytes, int]:
    """Claim all of it."""
    with ledger.transaction() as tx:
        return outbox.claim(tx, [LaneClaim(lane, items, items[-1].mark) for lane, items in found.items()], NOW)


def mark(ledger: Ledger, outbox: Outbox, lanes: object) -> None:
    """All of it has left."""
    with ledger.transaction() as tx:
        outbox.mark_sent(tx, lanes)


def drain(ledger: Ledger, outbox: Outbox, limit: int = 500) -> list[tuple[LaneItem, int]]:
    """Release everything that may leave; items with their numbers, in order of claiming."""
    sent = []
    while found := ready(ledger, outbox, limit):
        seqs = claim(ledger, outbox, found)
        sent += [(x, seqs[x.exchange_id]) for items in found.values() for x in items]
        mark(ledger, outbox, found)
    return sent
