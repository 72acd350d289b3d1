"""The one seam between Kafka and everything that judges: a carrier brings the records of one fetch of one partition.

What it does: names what a transport hands over (Record, Batch), what it must be told back (Carrier.ack), where carriers
come from (CarrierSource) and what is done with a batch (Absorb).
What it leaves out: Kafka, Faust, threads and databases. The loop knows this module and nothing below it, so any
consumer that keeps these promises can take the place of Faust.

Rules that every source keeps:

* Carriers of one partition arrive in order of offset; all records of one fetch of one partition are in one carrier.
* An offset is committed only when its carrier and every earlier carrier of that partition were acknowledged.
* A carrier that was not acknowledged comes again, to this process or to another one: repeats are normal, gaps are not.
* Records of aborted transactions never appear.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Record:
    """One Kafka record, raw: nothing is decoded.

    Args:
        offset: Position in its partition. Offsets rise but may have gaps (compaction, transaction markers).
        timestamp_ms: Milliseconds since 1970 UTC; the broker's append time on our topics.
        key: Raw key, or None.
        value: Raw value, or None (a tombstone).
        headers: Names and raw values, in the order in which they were sent; a name may repeat.
    """

    offset: int
    timestamp_ms: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """All records of one partition from one fetch, in order of offset; never empty.

    Args:
        topic: Topic name.
        partition: Partition number.
        records: One or more records, offsets rising.
    """

    topic: str
    partition: int
    records: tuple[Record, ...]

    @property
    def first_offset(self) -> int:
        """Offset of the first record."""
        return self.records[0].offset

    @property
    def last_offset(self) -> int:
        """Offset of the last record."""
        return self.records[-1].offset


class Carrier(Protocol):
    """A batch and the way to say that it was absorbed."""

    @property
    def batch(self) -> Batch:
        """The records that this carrier brought."""
        ...

    def ack(self) -> None:
        """Say that the batch is safe in the database. The offset may move at the next commit, not before."""
        ...


class CarrierSource(Protocol):
    """Where carriers come from: Faust in production, a bare consumer as the door out."""

    def carriers(self) -> AsyncIterator[Carrier]:
        """Yield carriers until the source is stopped; an error of the line is raised from the iteration."""
        ...


Absorb = Callable[[Batch], None]
"""Takes one batch into the database, synchronously, in one transaction.

Records that cannot be decoded or judged are its own matter (dead letters in that same transaction). It raises only for
infrastructure (`sharing.errors.Retryable` and the like); whatever it raises stops the process before the offset moves.
"""
