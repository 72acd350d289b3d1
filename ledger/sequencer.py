"""The one who numbers: committed carriers get dense ordinals, their leaves get numbers, and a checkpoint is signed.

Left out: publishing checkpoints. Rules: only the holder of the fenced lease numbers; a carrier is numbered once it is
committed, in the order of ids among those that can be seen, so two writers may commit in any order; numbering, the
new edge of the tree and its signature are one transaction, so being killed at any point loses and repeats nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate

from ledger import tables
from ledger.errors import FenceLost
from ledger.leases import Lease
from ledger.packing import from_ms, to_ms
from ledger.store import Ledger, Transaction
from sharing.transparency.notes import Checkpoint, note, sign
from sharing.transparency.tree import HASH_BYTES, Frontier

LEASE = "sequencer"
LEASE_LASTS = timedelta(seconds=10)
BUSY_SECONDS = 0.02
IDLE_SECONDS = 0.1
MAX_CARRIERS = 512


@dataclass(frozen=True, slots=True)
class StoredCheckpoint:
    """The newest signed state of the tree. Ordinals up to `upto_ordinal` may be released."""

    checkpoint: Checkpoint
    signature: bytes
    frontier: bytes
    upto_ordinal: int
    at: datetime

    def note(self, ledger: Ledger) -> str:
        """The checkpoint as a signed note, to publish."""
        return note(self.checkpoint, self.signature, ledger.keys.public)


def newest(tx: Transaction) -> StoredCheckpoint | None:
    """The newest signed checkpoint, or None before the first."""
    row = tx.session.one(
        "select size, root, signature, frontier, upto_ordinal, at from checkpoint order by size desc limit 1"
    )
    if row is None:
        return None
    size, root, signature, frontier, upto, at = row
    return StoredCheckpoint(Checkpoint(tx.keys.origin, size, root), signature, frontier, upto, from_ms(at))


def sequence_once(ledger: Ledger, lease: Lease, now: datetime, limit: int = MAX_CARRIERS) -> int:
    """Number up to `limit` committed carriers and sign one checkpoint.

    Returns:
        Leaves numbered; 0 when there was nothing to do, in which case nothing was written.

    Raises:
        FenceLost: somebody else numbers now; nothing changed.
        Retryable: the database is away or busy.
    """
    with ledger.reading() as tx:
        if tx.session.one("select 1 from carrier where ordinal is null limit 1") is None:
            return 0
    with ledger.transaction() as tx:
        tx.keep(lease)
        return _number(tx, now, limit)


def _number(tx: Transaction, now: datetime, limit: int) -> int:
    sql = "select id, leaves, hashes from carrier where ordinal is null order by id limit ?"
    todo = tx.session.rows(sql, (limit,))
    if not todo:
        return 0
    last = newest(tx)
    frontier = Frontier(last.checkpoint.size, last.frontier) if last else Frontier()
    ordinal = last.upto_ordinal if last else 0
    firsts = accumulate((leaves for _, leaves, _ in todo), initial=frontier.size)
    numbers = [(ordinal + i, first, row[0]) for i, (row, first) in enumerate(zip(todo, firsts, strict=False), 1)]
    tx.session.many("update carrier set ordinal = ?, first_seq = ? where id = ?", numbers)
    for _, _, hashes in todo:
        frontier.extend(hashes[i : i + HASH_BYTES] for i in range(0, len(hashes), HASH_BYTES))
    checkpoint = Checkpoint(tx.keys.origin, frontier.size, frontier.root())
    signature = sign(checkpoint, tx.keys.signer)
    row = (frontier.size, checkpoint.root, signature, frontier.packed(), ordinal + len(todo), to_ms(now))
    tx.session.insert(tables.checkpoint, [row])
    return frontier.size - (last.checkpoint.size if last else 0)


def run_sequencer(
    ledger: Ledger,
    owner: str,
    clock: Callable[[], datetime],
    wait: Callable[[float], bool],
    numbered: Callable[[int], None] = lambda _: None,
) -> None:
    """Number until `wait` says stop: every 20 ms while there is work, at a fixed slower pace otherwise.

    Args:
        ledger: Used by this loop alone.
        owner: Name of this process, different for each start.
        clock: Real time, aware UTC.
        wait: Sleeps that many seconds and says whether to stop (`threading.Event().wait`).
        numbered: Told how many leaves each checkpoint added.

    Raises:
        Retryable: the database is away. The supervisor starts the process again.
    """
    lease, renewed = None, clock()
    while True:
        now = clock()
        if lease is None or now - renewed > LEASE_LASTS / 3:
            with ledger.transaction() as tx:
                lease, renewed = tx.take_lease(LEASE, owner, now, LEASE_LASTS), now
        count = 0
        if lease is not None:
            try:
                count = sequence_once(ledger, lease, now)
            except FenceLost:
                lease = None
        if count:
            numbered(count)
        if wait(BUSY_SECONDS if count else IDLE_SECONDS):
            break
    if lease is not None:
        with ledger.transaction() as tx:
            tx.give_back(lease)
