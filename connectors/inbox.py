"""From the agency's own topic into its file, to the end before anything is delivered.

Left out: storing (`arrivals`) and delivering (`deliverer`). Rule: nothing is delivered before everything that stands
in the topic has been read, at the start and after every pause, because a recall may be among it.
"""

import time
from collections.abc import Callable, Sequence
from datetime import datetime

from connectors import failpoints
from connectors.arrivals import Arrivals
from connectors.deliverer import Deliverer
from connectors.failpoints import Point
from connectors.kafka import Arrived, Consuming
from connectors.settings import Settings
from connectors.troubles import Troubles
from sharing.errors import Rejected, Retryable

IDLE_CHECK_SECONDS = 10.0
CATCH_UP_SECONDS = 0.5
SKIPPED = (
    "part of what was sent to this connector is no longer in its topic, and does not come again by itself: tell the "
    "broker's operator now"
)


class Inbox:
    """Reads the topic and sets the deliverer to work.

    Args:
        settings: Of this connector.
        arrivals: Where exchanges are kept.
        deliverer: Brings them into the agency's system.
        now: Aware UTC domain time.
        troubles: Where faults are shown.
    """

    def __init__(
        self,
        settings: Settings,
        arrivals: Arrivals,
        deliverer: Deliverer,
        now: Callable[[], datetime],
        troubles: Troubles,
    ) -> None:
        self._settings = settings
        self._arrivals = arrivals
        self._deliverer = deliverer
        self._now = now
        self._troubles = troubles
        self._consumer: Consuming | None = None
        self._checked = time.monotonic()
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
            self._busy = False
            if self._arrivals.waiting():
                while not consumer.at_end():
                    self._take(consumer.poll(CATCH_UP_SECONDS))
                self._busy = self._deliverer.work()
            elif time.monotonic() - self._checked > IDLE_CHECK_SECONDS:
                self._checked = time.monotonic()
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
