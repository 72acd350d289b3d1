"""One connector at work: intake, sending, inbox and witness, each in a thread of its own; none dies of one fault.

Left out: building it from settings (`host`). Rules: a record that cannot be used is refused and the next one is read;
a source is told that a file is done only after its records are on the disk; sending goes on while intake stands still;
stopping waits for what is under way and leaves the rest for the next start.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime

from connectors import failpoints, rights, vitals
from connectors.arrivals import Arrivals
from connectors.deliverer import Deliverer
from connectors.failpoints import Point
from connectors.inbox import Inbox
from connectors.kafka import Fate, Producing, Result
from connectors.ports import AnyFormat, NativeRecord, Portion, Reaction, Refused, Sink, Source, Translation
from connectors.stores import Stores
from connectors.troubles import Troubles
from connectors.witness import Witness
from sharing.errors import Misconfigured, Retryable

SEND_BATCH = 200
LONGEST_BACKOFF = 10.0
HEALTH_SECONDS = 1.0
POLL_SLICE = 0.5


class Connector:
    """One organisation's connector.

    Args:
        stores: Its file, held by this process.
        sources: Where native records come from. `sink`: where deliveries go, None for a connector that only sends.
        reactions: What it does by itself.
        now: Aware UTC domain time.
    """

    def __init__(
        self,
        stores: Stores,
        sources: Sequence[Source],
        sink: Sink | None,
        reactions: Sequence[Reaction],
        now: Callable[[], datetime],
    ) -> None:
        self.settings = stores.settings
        self.stores = stores
        self.database = stores.database
        self.spool = stores.spool
        self.troubles = Troubles(stores.settings.organisation)
        self._now = now
        self._sources = tuple(sources)
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._producing = Producing(stores.settings, self._stop.is_set)
        self.inbox = self._make_inbox(sink, reactions)
        self.witness = Witness(stores, Producing(stores.settings, self._stop.is_set), now, self.troubles)
        self.dropped: Counter[str] = Counter()
        self._threads: list[threading.Thread] = []

    def _make_inbox(self, sink: Sink | None, reactions: Sequence[Reaction]) -> Inbox | None:
        if sink is None:
            return None
        arrivals = Arrivals(self.database, self.spool, self.stores.catalogue)
        parts = (self.settings, arrivals, self.spool, sink, reactions, self._now, self.troubles)
        return Inbox(self.settings, arrivals, Deliverer(*parts), self._now, self.troubles)

    # -- running ----------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to work."""
        parts = {"intake": self._intake_loop, "send": self._send_loop, "health": self._health_loop}
        if self.inbox is not None:
            parts["inbox"] = self._inbox_loop
        if self.settings.witness_seconds > 0:
            parts["witness"] = self._witness_loop
        for name, loop in parts.items():
            thread = threading.Thread(target=loop, name=f"{self.settings.organisation}-{name}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def ask_to_stop(self) -> None:
        """Let every thread come to its end; `stop` waits for them."""
        self._stop.set()
        self._wake.set()

    def stop(self, seconds: float = 20.0) -> None:
        """End the work: finish what is under way, close the file. What is not sent stays for the next start."""
        self.ask_to_stop()
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.1, deadline - time.monotonic()))
        self._producing.discard()
        if self.inbox is not None:
            self.inbox.close()
        self.witness.close()
        self.write_health()
        self.stores.close()

    def write_health(self) -> None:
        """Write the health file now."""
        said = vitals.report(self.settings, self.database, self.troubles.all(), self.dropped, self._now())
        vitals.write(self.settings.state / vitals.HEALTH_FILE, said)

    def _health_loop(self) -> None:
        while not self._stop.wait(HEALTH_SECONDS):
            with self.troubles.at("health"):
                self.write_health()

    # -- in ---------------------------------------------------------------------------------------------------------

    def _intake_loop(self) -> None:
        while not self._stop.is_set():
            with self.troubles.at("intake"):
                self.take_in()
            self._stop.wait(self.settings.poll_seconds)

    def take_in(self) -> None:
        """Everything that the sources have now. One source that is away does not hold up the others.

        Raises:
            Retryable: no room, or a source is away.
        """
        faults: list[Exception] = []
        for source in self._sources:
            try:
                for portion in source.poll(self.spool):
                    self._take_portion(source, portion)
                    if self._stop.is_set():
                        return
            except (Retryable, Misconfigured) as fault:
                faults.append(fault)
        self.database.lay_ballast()
        if faults:
            raise faults[0]

    def _take_portion(self, source: Source, portion: Portion) -> None:
        now = self._now()
        failpoints.passed(Point.AFTER_READ)
        taken = self.spool.take(portion, _outcomes(portion, now), now)
        failpoints.passed(Point.AFTER_SPOOL_COMMIT)
        self.dropped.update(taken.dropped)
        self._wake.set()
        refused: Sequence[tuple[int, Refused]] = ()
        if portion.last:
            self.database.fold()
            refused = self.spool.refusals_of(portion.cursor)
        source.committed(portion, refused)
        failpoints.passed(Point.AFTER_FILED_AWAY)

    # -- out --------------------------------------------------------------------------------------------------------

    def _send_loop(self) -> None:
        backoff, probed = 0.2, False
        while not self._stop.is_set():
            try:
                if not probed:
                    self._refuse_without_rights()
                probed = True
                sent = self.send_once()
            except Exception as fault:  # noqa: BLE001 - sending never ends by itself
                self.troubles.note("send", fault)
                probed = probed and isinstance(fault, Retryable)
                self._stop.wait(backoff)
                backoff = min(LONGEST_BACKOFF, backoff * 2)
                continue
            backoff = 0.2
            if not sent:
                self._wake.wait(POLL_SLICE)
                self._wake.clear()

    def _refuse_without_rights(self) -> None:
        faults = rights.lacking(self.settings)
        if faults:
            raise Misconfigured("; ".join(faults))

    def send_once(self) -> bool:
        """Send what may be sent now. False when there was nothing.

        Raises:
            Retryable: the fate of something is unknown; it is sent again.
            Misconfigured: the broker refuses this connector something.
        """
        waiting = self.spool.ready(SEND_BATCH)
        if not waiting:
            self.troubles.clear("send")
            return False
        failpoints.passed(Point.BEFORE_SEND)
        results = self._producing.send(waiting)
        failpoints.passed(Point.AFTER_SEND)
        by_fate = {fate: [r for r in results if r.fate is fate] for fate in Fate}
        self.spool.mark_sent([r.row for r in by_fate[Fate.SENT]], self._now())
        failpoints.passed(Point.AFTER_MARKED_SENT)
        for result in by_fate[Fate.NEVER]:
            self.spool.mark_dead(result.row, result.code)
        self._tell_unsent(by_fate[Fate.UNKNOWN], by_fate[Fate.FORBIDDEN])
        self.troubles.clear("send")
        return True

    def _tell_unsent(self, unknown: Sequence[Result], forbidden: Sequence[Result]) -> None:
        for result in (*unknown, *forbidden):
            self.spool.mark_unknown([result.row], result.code)
        if forbidden:
            raise Misconfigured(
                f"the broker refuses this connector ({forbidden[0].code}); ask its operator for the right"
            )
        if unknown:
            raise Retryable(f"{len(unknown)} events may or may not have come through ({unknown[0].code}); sent again")

    def _witness_loop(self) -> None:
        backoff = 0.2
        while not self._stop.is_set():
            try:
                self.witness.cycle(POLL_SLICE)
            except Exception as fault:  # noqa: BLE001 - witnessing never ends by itself, nor ends anything else
                self.witness.close()
                self.troubles.note("witness-line", fault)
                self._stop.wait(backoff)
                backoff = min(LONGEST_BACKOFF, backoff * 2)
            else:
                backoff = 0.2
                self.troubles.clear("witness-line")

    def _inbox_loop(self) -> None:
        assert self.inbox is not None
        backoff = 0.2
        while not self._stop.is_set():
            try:
                self.inbox.cycle(POLL_SLICE)
            except Exception as fault:  # noqa: BLE001 - the inbox never ends by itself
                self.inbox.close()
                self.troubles.note("inbox", fault)
                self._stop.wait(backoff)
                backoff = min(LONGEST_BACKOFF, backoff * 2)
            else:
                backoff = 0.2
                self.troubles.clear("inbox")
                self._wake.set()


def _outcomes(portion: Portion, now: datetime) -> list[tuple[int, Translation]]:
    """What becomes of each record, with the number by which a person finds it."""
    found: list[tuple[int, Translation]] = []
    for place, record in enumerate(portion.records, start=portion.was + 1):
        number = record.index or place
        if isinstance(record, Refused):
            found.append((number, record))
        else:
            found.extend((number, outcome) for outcome in _translate(portion.format, record, now))
    return found


def _translate(chosen: AnyFormat, record: NativeRecord, now: datetime) -> Sequence[Translation]:
    try:
        return chosen.translate(record, now)
    except Exception as fault:  # noqa: BLE001 - one record never stops the rest, whatever a translator does
        return (Refused("TRANSLATOR_FAULT", "", f"{chosen.name} failed here ({type(fault).__name__}); report it"),)
