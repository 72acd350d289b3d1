"""From the agency's own topic into its system: to the end first, recalls first, each child's in order, each once.

Left out: how arrivals are stored (`arrivals`). Rules: nothing is delivered before everything that stands in the topic
has been read, because a recall may be among it; an exchange that is missing holds the later ones of its child for a
bounded time, then they go marked as having a gap; the sink is told before and after in the file, so a kill in between
repeats, never forgets.
"""

import time
from collections.abc import Callable, Sequence
from datetime import datetime

from connectors import failpoints
from connectors.arrivals import Arrivals, Open
from connectors.failpoints import Point
from connectors.kafka import Arrived, Consuming
from connectors.memory import Room
from connectors.ports import Delivery, Reaction, Refused, Sink
from connectors.settings import Settings
from connectors.spool import Spool
from connectors.troubles import Troubles
from sharing.errors import Rejected, Retryable

BATCH = 50
IDLE_CHECK_SECONDS = 10.0
CATCH_UP_SECONDS = 0.5
SKIPPED = (
    "part of what was sent to this connector is no longer in its topic; what is not receipted comes again; tell the "
    "broker's operator if it does not"
)


class Inbox:
    """Reads, delivers, receipts.

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
        self._settings = settings
        self._arrivals = arrivals
        self._spool = spool
        self._sink = sink
        self._reactions = [(one, Room(arrivals.database, settings.keys, one.name)) for one in reactions]
        self._now = now
        self._troubles = troubles
        self._ticks = ticks
        self._consumer: Consuming | None = None
        self._held: dict[bytes, float] = {}
        self._checked = ticks()
        self._busy = False

    def cycle(self, seconds: float) -> None:
        """One round: read, and deliver once the end was reached.

        Args:
            seconds: How long to wait for a record.

        Raises:
            Retryable: the line is at fault; the next round makes a new one.
        """
        try:
            consumer = self._ready()
            self._take(consumer.poll(0.0 if self._busy else seconds))
            if self._arrivals.waiting():
                while not consumer.at_end():
                    self._take(consumer.poll(CATCH_UP_SECONDS))
                self._withdraw()
                self._deliver()
            elif self._ticks() - self._checked > IDLE_CHECK_SECONDS:
                self._checked = self._ticks()
                consumer.at_end()
        except Retryable:
            self.close()
            raise

    def close(self) -> None:
        """Throw the consumer away."""
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            consumer.close()

    def _ready(self) -> Consuming:
        if self._consumer is None:
            self._arrivals.know_again(self._now())
            self._consumer = Consuming(self._settings, self._arrivals.places(self._settings.out_topic))
            if self._consumer.skipped:
                self._troubles.note("places", Rejected("PLACE_GONE", "", SKIPPED))
        return self._consumer

    def _take(self, records: Sequence[Arrived]) -> None:
        self._arrivals.take(self._settings.out_topic, records, self._now())
        if records:
            failpoints.passed(Point.AFTER_ARRIVAL_COMMIT)

    # -- the sink ---------------------------------------------------------------------------------------------------

    def _withdraw(self) -> None:
        with self._troubles.at("withdraw"):
            for exchange_id in self._arrivals.recalling():
                self._sink.withdraw(exchange_id.hex(), "")
                with self._arrivals.database.transaction():
                    for reaction, room in self._reactions:
                        reaction.on_withdrawn(exchange_id.hex(), room)
                    self._arrivals.recalled(exchange_id, self._now())

    def _deliver(self) -> None:
        """Deliver what may go, up to a batch: the next of each child, then the next again."""
        begun = self._begin()
        done: list[tuple[Open, Delivery]] = []
        stopped: set[bytes] = set()
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
        failpoints.passed(Point.AFTER_DELIVER)
        self._finish(done)
        self._busy = len(begun) > len(stopped)
        if not stopped:
            self._troubles.clear("deliver")
        if done:
            failpoints.passed(Point.AFTER_MARKED_DELIVERED)

    def _begin(self) -> list[tuple[Open, Delivery]]:
        """The next exchange of each child that may go, marked as on its way."""
        begun: list[tuple[Open, Delivery]] = []
        with self._arrivals.database.transaction():
            for subject in self._arrivals.subjects():
                if len(begun) >= BATCH:
                    break
                item = self._arrivals.next_of(subject)
                if item is None or self._must_wait(item):
                    continue
                try:
                    begun.append((item, self._arrivals.begin(item)))
                except Rejected as fault:
                    self._arrivals.refused(item, fault.code, self._now())
        return begun

    def _must_wait(self, item: Open) -> bool:
        """Whether an earlier exchange of this child is missing and may still come."""
        if not item.gap:
            self._held.pop(item.subject, None)
            return False
        since = self._held.setdefault(item.subject, self._ticks())
        if self._ticks() - since < self._settings.gap_wait_seconds:
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
