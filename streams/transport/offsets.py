"""Which offsets may be committed: strict and contiguous over what was really fetched.

What it does: every fetched carrier is taken down before anything can drop it, and an offset becomes committable only
when its carrier and all earlier ones of that partition were acknowledged. Contiguous means neighbours among the fetched
carriers, not consecutive integers: compaction and transaction markers leave holes in the numbers.
What it leaves out: Kafka. Faust's consumer and the bare one both keep their books here.

Rules: a seek begins a new *reading* of a partition, and whatever the old reading handed out is stale: its carriers are
not absorbed, its acknowledgements move nothing. Dropping a carrier therefore costs a repeat, never a loss. Calls come
from the consumer's thread, the event loop and the watchdog; one lock serves them all.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import TypeAlias

from streams.carrier import Batch

Partition: TypeAlias = tuple[str, int]
"""Topic name and partition number; Faust's and aiokafka's named tuples are equal to it."""


Reached: TypeAlias = Callable[[], Mapping[Partition, int]]
"""Asks the database how far it has absorbed each partition: the next offset to read; what it never saw is absent."""


def behind(committed: Mapping[Partition, int], reached: Mapping[Partition, int]) -> dict[Partition, int]:
    """Where to read on where the database has less than the cluster's commits say, as after a backup was put back.

    Args:
        committed: Offsets that the consumer group has committed.
        reached: How far the database has absorbed each partition.

    Returns:
        Of those partitions alone, the next offset to read; 0 where the database never saw a record.
    """
    return {where: reached.get(where, 0) for where, offset in committed.items() if reached.get(where, 0) < offset}


class Reading:
    """One partition, read from one position on, until the next seek, revocation or rewind."""

    __slots__ = ("committed", "current", "done", "pending", "safe")

    def __init__(self) -> None:
        self.current = True
        self.pending: dict[int, float] = {}  # last offset of each carrier, in order -> when it was taken
        self.done: set[int] = set()
        self.safe: int | None = None  # next offset to read after a restart, as far as we know it is safe
        self.committed: int | None = None


class TrackedCarrier:
    """A carrier that knows the reading it belongs to (implements `streams.carrier.Carrier`)."""

    __slots__ = ("_batch", "_offsets", "_reading")

    def __init__(self, batch: Batch, offsets: "Offsets", reading: Reading) -> None:
        self._batch = batch
        self._offsets = offsets
        self._reading = reading

    @property
    def batch(self) -> Batch:
        """The records that this carrier brought."""
        return self._batch

    @property
    def stale(self) -> bool:
        """True when its partition was taken away or rewound: it will come again, here or elsewhere."""
        return not self._reading.current

    def ack(self) -> None:
        """Say that the batch is safe in the database."""
        self._offsets.settle(self._reading, self._batch.last_offset)


@dataclass(frozen=True, slots=True)
class Head:
    """The oldest carrier of a partition that nobody has acknowledged yet.

    Args:
        topic: Topic name.
        partition: Partition number.
        last_offset: Last offset of that carrier.
        taken_at: When it was fetched, on the clock handed to `Offsets`, in seconds.
    """

    topic: str
    partition: int
    last_offset: int
    taken_at: float


class Offsets:
    """The books of one consumer, over all its partitions.

    Args:
        clock: Monotonic seconds; only ages are made of it.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._readings: dict[Partition, Reading] = {}

    def take(self, batch: Batch) -> TrackedCarrier:
        """Take down a fetched batch; call it before anything else can happen to the records.

        Args:
            batch: What the fetch brought for one partition.

        Returns:
            The carrier to hand on.
        """
        where = (batch.topic, batch.partition)
        with self._lock:
            reading = self._readings.get(where)
            if reading is None or (reading.pending and batch.first_offset <= next(reversed(reading.pending))):
                # Offsets came again without a seek of ours (the broker's log was cut): old promises are void.
                reading = self._begin(where)
            reading.pending[batch.last_offset] = self._clock()
        return TrackedCarrier(batch, self, reading)

    def settle(self, reading: Reading, last_offset: int) -> None:
        """Mark one carrier as absorbed; a stale or unknown one changes nothing.

        Args:
            reading: The reading that the carrier belongs to.
            last_offset: The carrier's last offset.
        """
        with self._lock:
            if not reading.current or last_offset not in reading.pending:
                return
            reading.done.add(last_offset)
            while reading.pending and (head := next(iter(reading.pending))) in reading.done:
                del reading.pending[head]
                reading.done.discard(head)
                reading.safe = head + 1

    def restart(self, where: Partition) -> None:
        """Begin a new reading: the position was just set. All carriers of the old one are stale now."""
        with self._lock:
            self._begin(where)

    def drop(self, partitions: Iterable[Partition]) -> None:
        """Forget partitions that were taken away."""
        with self._lock:
            for where in partitions:
                if (old := self._readings.pop(where, None)) is not None:
                    old.current = False

    def committable(self, among: Collection[Partition]) -> dict[Partition, int]:
        """Offsets to commit now. A failed commit is offered again until `committed` is called.

        Args:
            among: Partitions that this consumer holds.

        Returns:
            Partition to next offset to read.
        """
        with self._lock:
            return {
                where: reading.safe
                for where, reading in self._readings.items()
                if reading.safe is not None and reading.safe != reading.committed and where in among
            }

    def committed(self, offsets: Iterable[tuple[Partition, int]]) -> None:
        """Note that the broker holds these offsets."""
        with self._lock:
            for where, offset in offsets:
                if (reading := self._readings.get(where)) is not None:
                    reading.committed = offset

    def head(self) -> Head | None:
        """The oldest unacknowledged carrier over all partitions, or None."""
        with self._lock:
            heads = [
                Head(*where, *next(iter(reading.pending.items())))
                for where, reading in self._readings.items()
                if reading.pending
            ]
        return min(heads, key=lambda head: head.taken_at, default=None)

    def waiting(self) -> int:
        """How many carriers were fetched and are not acknowledged yet."""
        with self._lock:
            return sum(len(reading.pending) for reading in self._readings.values())

    def _begin(self, where: Partition) -> Reading:
        """Replace the reading of a partition; the lock is held."""
        if (old := self._readings.get(where)) is not None:
            old.current = False
        reading = self._readings[where] = Reading()
        return reading
