"""Clocks: subjects whose earliest clock has come are looked at, under their lock, by the one who holds the lease.

Left out: what a clock does (`sharing.reconciliation`). Rules: no clock fires while an answer may still be waiting to be
absorbed; after ten minutes of that it fires all the same and the log says so; ids of what is said are derived, so
firing twice is firing once.
"""

from datetime import UTC, datetime, timedelta

import structlog

from ledger.leases import Lease
from ledger.store import Transaction
from sharing import reconciliation
from sharing.ids import SubjectId
from streams.agents.absorption import Absorption
from streams.agents.barrier import Barrier, is_behind
from streams.agents.closing import views, write
from streams.agents.handover import Handover
from streams.agents.text_review import tidy
from streams.agents.waking import wake
from streams.broker import Broker

log = structlog.get_logger()

LEASE = "timers"
LEASE_LASTS = timedelta(seconds=6)
LONGEST_WAIT = timedelta(minutes=10)
AT_ONCE = 100
WAKE_EVERY = timedelta(seconds=1)


class Timers:
    """One process's clocks; everything in one thread."""

    def __init__(self, broker: Broker, handover: Handover, barrier: Barrier, owner: str) -> None:
        self.broker = broker
        self.handover = handover
        self.barrier = barrier
        self.owner = owner
        self._blocked_since: datetime | None = None
        self._woke_at = datetime.min.replace(tzinfo=UTC)

    def once(self, real_now: datetime) -> int:
        """Look at what is due and at what waits for agreements; returns how many were looked at.

        Raises:
            Retryable: the database is away.
            FenceLost: another process holds the clocks now.
        """
        with self.broker.ledger.transaction() as tx:
            lease = tx.take_lease(LEASE, self.owner, real_now, LEASE_LASTS)
        if lease is None:
            return 0
        woken = self._wake(lease, real_now)
        with self.broker.ledger.reading() as tx:
            due = [subject for subject, _ in tx.due(self.broker.now(), AT_ONCE)]
        if not due or not self._may_fire(real_now):
            return woken
        for subject in due:
            self._look_at(SubjectId(subject), lease)
        return woken + len(due)

    def _wake(self, lease: Lease, real_now: datetime) -> int:
        """Look now and then for what waits for signed agreements; at once again while there is some."""
        if real_now - self._woke_at < WAKE_EVERY:
            return 0
        woken = wake(self.broker, self.handover, lease)
        if not woken:
            self._woke_at = real_now
        return woken

    def _may_fire(self, real_now: datetime) -> bool:
        ends = self.barrier.ends()
        with self.broker.ledger.reading() as tx:
            behind = is_behind(ends, tx.progress())
        if not behind:
            self._blocked_since = None
            return True
        self._blocked_since = self._blocked_since or real_now
        if real_now - self._blocked_since < LONGEST_WAIT:
            return False
        log.error("clocks fire although inputs are behind", reason="flow_delayed")
        return True

    def _look_at(self, subject: SubjectId, lease: Lease) -> None:
        with self.broker.ledger.transaction() as tx:
            tx.keep(lease)
            work = self._tick(tx, subject)
        self.handover.put(views(work, self.handover.wanted))

    def _tick(self, tx: Transaction, subject: SubjectId) -> Absorption:
        work = Absorption(self.broker, tx)
        work.subjects.read([subject])
        tidy(work, subject)
        state = work.state(subject)
        work.say(subject, reconciliation.tick(state, work.now, self.broker.directory, self.broker.calendars))
        write(work)
        return work


def real_now() -> datetime:
    """Real time, for leases; never domain time."""
    return datetime.now(UTC)
