"""From arrivals into the agency's system: recalls first, each child's in order, each once, with a receipt.

Left out: reading the topic (`inbox`), storing (`arrivals`). Rules: an exchange that is missing holds the later ones of
its child for a bounded time, then they go marked as having a gap; the file says "on its way" before the sink is called
and "done" after, so a kill in between repeats and never forgets; a sink that fails holds that child only.
"""

import time
from collections.abc import Callable, Sequence
from datetime import datetime

from connectors import failpoints
from connectors.arrivals import Arrivals, Open
from connectors.failpoints import Point
from connectors.memory import Room
from connectors.ports import Delivery, Reaction, Refused, Sink
from connectors.settings import Settings
from connectors.spool import Spool
from connectors.troubles import Troubles
from sharing.errors import Rejected

BATCH = 50


class Deliverer:
    """Hands arrivals to the sink.

    Args:
        settings: Of this connector.
        arrivals: Where exchanges are kept. `spool`: where answers go.
        sink: Where deliveries go. `reactions`: what is done about them here.
        now: Aware UTC domain time. `ticks`: real seconds.
        troubles: Where faults are shown.
    """

    def __init__(
        self,
        settings: Settings,
        arrivals: Arrivals,
        spool: Spool,
        sink: Sink,
        reactions: Sequence[Reaction],
        now: Callable[[], datetime],
        troubles: Troubles,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._gap_wait = settings.gap_wait_seconds
        self._arrivals = arrivals
        self._spool = spool
        self._sink = sink
        self._reactions = [(one, Room(arrivals.database, settings.keys, one.name)) for one in reactions]
        self._now = now
        self._troubles = troubles
        self._ticks = ticks
        self._held: dict[bytes, float] = {}

    def work(self) -> bool:
        """Withdraw, then deliver a batch. True when more may go.

        Call it only when everything that stands in the topic has been read.
        """
        self._withdraw()
        return self._deliver()

    def _withdraw(self) -> None:
        """Withdraw what was taken back; one that the sink cannot withdraw now holds up no other."""
        stuck = False
        for exchange_id in self._arrivals.recalling():
            try:
                self._take_back(exchange_id)
            except Exception as fault:  # noqa: BLE001 - a sink of others: it is tried again, and shown
                stuck = True
                self._troubles.note("withdraw", fault)
        if not stuck:
            self._troubles.clear("withdraw")

    def _take_back(self, exchange_id: bytes) -> None:
        self._sink.withdraw(exchange_id.hex(), "")
        with self._arrivals.database.transaction():
            for reaction, room in self._reactions:
                reaction.on_withdrawn(exchange_id.hex(), room)
            self._arrivals.recalled(exchange_id, self._now())

    def _deliver(self) -> bool:
        """Deliver what may go, up to a batch."""
        begun = self._begin()
        done: list[tuple[Open, Delivery]] = []
        stopped: set[bytes] = set()
        if begun:
            failpoints.passed(Point.BEFORE_DELIVER)
        for item, delivery in begun:
            if item.subject in stopped:
                continue
            try:
                self._sink.deliver(delivery)
            except Rejected as fault:
                self._arrivals.refused(item, fault.code, self._now())
            except Exception as fault:  # noqa: BLE001 - a sink of others: this child waits, the rest flows
                stopped.add(item.subject)
                self._troubles.note("deliver", fault)
            else:
                done.append((item, delivery))
        if done:
            failpoints.passed(Point.AFTER_DELIVER)
        self._finish(done)
        if not stopped:
            self._troubles.clear("deliver")
        if done:
            failpoints.passed(Point.AFTER_MARKED_DELIVERED)
        return bool(done)

    def _begin(self) -> list[tuple[Open, Delivery]]:
        """The next exchanges that may go, each child's in order, marked as on their way."""
        begun: list[tuple[Open, Delivery]] = []
        with self._arrivals.database.transaction():
            for subject in self._arrivals.subjects():
                for item in self._arrivals.queue_of(subject, BATCH - len(begun)):
                    if self._must_wait(item):
                        break
                    try:
                        begun.append((item, self._arrivals.begin(item)))
                    except Rejected as fault:
                        self._arrivals.refused(item, fault.code, self._now())
                if len(begun) >= BATCH:
                    break
        return begun

    def _must_wait(self, item: Open) -> bool:
        """Whether an earlier exchange of this child is missing and may still come."""
        if not item.gap:
            self._held.pop(item.subject, None)
            return False
        since = self._held.setdefault(item.subject, self._ticks())
        if self._ticks() - since < self._gap_wait:
            return True
        del self._held[item.subject]
        return False

    def _finish(self, done: Sequence[tuple[Open, Delivery]]) -> None:
        """Mark deliveries as done, with their receipts and the answers of reactions, in one transaction."""
        if not done:
            return
        with self._arrivals.database.transaction():
            now = self._now()
            for item, delivery in done:
                self._arrivals.delivered(item, now)
                for reaction, room in self._reactions:
                    self._react(reaction, room, delivery, now)

    def _react(self, reaction: Reaction, room: Room, delivery: Delivery, now: datetime) -> None:
        """What one reaction answers. Its fault undoes what it did, is noted, and stops nothing else."""
        connection = self._arrivals.database
        connection.rows("SAVEPOINT reaction")
        try:
            for answer in reaction.on_delivered(delivery.view, delivery.exchange_id, room, now):
                self._spool.add(answer, now)
        except Exception as fault:  # noqa: BLE001 - somebody else's code, inside our transaction
            connection.rows("ROLLBACK TO reaction")
            code = fault.code if isinstance(fault, Rejected) else "REACTION_FAULT"
            refused = Refused(code, "", f"{reaction.name} could not answer ({type(fault).__name__})")
            self._spool.refuse(bytes.fromhex(delivery.exchange_id), 0, "react", refused, now)
        finally:
            connection.rows("RELEASE reaction")
