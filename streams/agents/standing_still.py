"""Lanes that stand still because their destination is missing or forbidden, and flow again when it is there.

Left out: releasing (`release`) and the wire (`sender`). Rules: one lane stands still and no other; an alarm says so; it
is looked at again and again, since what waits in it is owed to somebody, and nobody has to remember to let it go.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import structlog

from ledger.lanes import resume, suspend
from ledger.outbox import Outbox
from ledger.store import Transaction
from sharing.topics import out_topic
from streams.agents.sender import Sender
from streams.broker import Broker

log = structlog.get_logger()

LOOK_AGAIN = timedelta(seconds=15)


class StandingStill:
    """What one process knows of lanes that stand still; in the thread that releases."""

    def __init__(self, broker: Broker, outbox: Outbox, sender: Sender) -> None:
        self._broker = broker
        self._outbox = outbox
        self._sender = sender
        self._looked_at = datetime.min.replace(tzinfo=UTC)

    def topic_of(self, slug: str) -> str:
        """Where a lane leads."""
        organisation = self._broker.directory.get(slug)
        return out_topic(organisation) if organisation else f"out.unknown.{slug}"

    def suspend(self, tx: Transaction, failed: Mapping[int, str]) -> None:
        """Let lanes stand still. `failed`: lane and name of the fault."""
        for lane, fault in failed.items():
            suspend(tx, lane, fault)
            log.error("lane suspended", lane=lane, code=fault)

    def try_again(self, real_now: datetime) -> None:
        """Let flow again, now and then, what leads to a destination that can be seen by now.

        Raises:
            FenceLost: another process took a lane; nothing was changed.
            Retryable: the database is away.
        """
        if real_now - self._looked_at < LOOK_AGAIN:
            return
        self._looked_at = real_now
        with self._broker.ledger.reading() as tx:
            found = self._outbox.suspended(tx)
        there = [lane for lane, slug in found.items() if self._sender.is_there(self.topic_of(slug))]
        if there:
            with self._broker.ledger.transaction() as tx:
                for lane in self._outbox.hold(tx, there):
                    resume(tx, lane)
            log.warning("lanes that stood still flow again", count=len(there))
