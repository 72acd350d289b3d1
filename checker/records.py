"""Records as they lie in Kafka's own log segments, read from the broker's disk without asking the broker.

Left out: what they mean. Segments must not be compressed; what is cut off at the end of a file (a write that a kill
interrupted) is left, as Kafka itself leaves it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kafka.errors import CorruptRecordError
from kafka.record import MemoryRecords

from checker.reading import Unreadable

LOGS = "kafka/data"


@dataclass(frozen=True, slots=True)
class Record:
    """One record. `at_ms`: the cluster's own stamp."""

    topic: str
    place: str
    at_ms: int
    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...]

    def header(self, name: str) -> bytes:
        """Value of a header, empty when absent."""
        return next((value for found, value in self.headers if found == name), b"")

    def everything(self) -> bytes:
        """Every byte that a reader of the topic gets, parts apart from each other."""
        parts = [self.key, self.value]
        for name, value in self.headers:
            parts += [name.encode(), value]
        return b"\n".join(parts)


def segments(folder: Path) -> Iterator[tuple[str, Path]]:
    """Every log segment with the name of its topic.

    Raises:
        Unreadable: there is none, so nothing could be judged.
    """
    found = sorted((folder / LOGS).rglob("*.log"))
    logs = [path for path in found if path.parent.name.rpartition("-")[2].isdecimal()]
    if not logs:
        raise Unreadable(f"{LOGS} holds no log segments")
    for path in logs:
        yield path.parent.name.rpartition("-")[0], path


def read_segment(folder: Path, topic: str, path: Path) -> Iterator[Record]:
    """Records of one segment, in order; control records are passed over.

    Raises:
        Unreadable: a batch is damaged.
    """
    batches = MemoryRecords(path.read_bytes())
    place = str(path.parent.relative_to(folder))
    try:
        while (batch := batches.next_batch()) is not None:
            if getattr(batch, "is_control_batch", False):
                continue
            for one in batch:
                yield Record(
                    topic,
                    f"{place} offset {one.offset}",
                    int(one.timestamp),
                    bytes(one.key or b""),
                    bytes(one.value or b""),
                    tuple((str(name), bytes(value or b"")) for name, value in one.headers),
                )
    except CorruptRecordError as fault:
        raise Unreadable(f"{place}: a damaged batch ({type(fault).__name__})") from None
