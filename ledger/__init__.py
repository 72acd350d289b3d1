"""The one database: what was absorbed, decided, numbered and released. Nothing here judges.

    keys = load_or_create(Path("state/keys.json"), origin="crosswalk/easthaven")
    ledger = Ledger.open("sqlite:////state/ledger.db", keys)          # one Ledger serves one thread

    with ledger.transaction() as tx:                                  # all or nothing; Retryable: try again
        tx.lock(tokens)
        known = tx.seen(event_ids)                                    # {event id: n}; tx.same_content(id, bytes)
        subject = tx.new_subject(); tx.candidates(tokens); tx.add_blocking(subject, tokens)
        tx.identities([subject]); tx.save_identity(subject, raw); tx.states([subject])
        tx.move_head()                                                # first, if a register will move
        carrier = tx.write(CarrierRows(decided_at, engine, events))   # DuplicateEvents: leave, filter, again
        tx.statements("agreements.")                                  # what is sworn to beside events
        tx.save_states([(subject, raw, next_due_at, register_moved)])
        tx.dead_letter((topic, partition, offset), code, field, reason, at, content)
        tx.advance(topic, partition, next_offset)

    run_sequencer(ledger, owner, clock, event.wait)                   # or sequence_once(ledger, lease, now)

    outbox = Outbox(owner)
    with ledger.transaction() as tx:
        outbox.lease_lanes(tx, real_now, timedelta(seconds=10))
    with ledger.reading() as tx:
        ready = outbox.rows_for(tx)                                   # {lane: [LaneItem]}; outbox.express_rows(tx)
    with ledger.transaction() as tx:
        tx.hold_head(); tx.changed(subjects)                          # did a register move since the decision?
        seqs = outbox.claim(tx, [LaneClaim(lane, items, items[-1].mark)], now)
    ...                                                               # send, await every delivery
    with ledger.transaction() as tx:
        outbox.mark_sent(tx, lanes)                                   # may be the transaction of the next claim

    verify(ledger).fault                                              # None, or the first fault in plain words

Left out: Kafka, views, and every decision. See `tables` for the layout, `rows` for what goes in and comes out.
"""

from ledger.errors import DuplicateEvents, FenceLost, Forgotten
from ledger.keys import Keys, load_or_create
from ledger.lanes import lane_states, resume, suspend
from ledger.leases import Lease
from ledger.outbox import LaneClaim, Outbox
from ledger.packing import row_number
from ledger.rows import (
    CarrierRows,
    EventRow,
    Exchange,
    Hold,
    LaneItem,
    Mark,
    Redecision,
    Statement,
    StoredStatement,
)
from ledger.sequencer import newest, run_sequencer, sequence_once
from ledger.store import Ledger, Transaction

__all__ = [
    "CarrierRows",
    "DuplicateEvents",
    "EventRow",
    "Exchange",
    "FenceLost",
    "Forgotten",
    "Hold",
    "Keys",
    "LaneClaim",
    "LaneItem",
    "Lease",
    "Ledger",
    "Mark",
    "Outbox",
    "Redecision",
    "Statement",
    "StoredStatement",
    "Transaction",
    "lane_states",
    "load_or_create",
    "newest",
    "resume",
    "row_number",
    "run_sequencer",
    "sequence_once",
    "suspend",
]
