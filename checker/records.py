"""Records as they lie in Kafka's own log segments, read from the broker's disk without asking the broker.

Left out: what they mean. Segments must not be compressed; what is cut off at the end of a file (a write that a kill
interrupted) is left, as Kafka itself leaves it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from struct import Struct

from kafka.errors import CorruptRecordError
from kafka.record import MemoryRecords

from checker.reading import Unreadable

LOGS = "kafka/data"
DEAD_LETTER, CHECKPOINTS = "dead-letter", "checkpoints"
BATCH, LENGTH_ENDS, CODEC = Struct(">8xi4x1x4xh"), 12, 0x07
"""Of a batch: its length and attributes; where the length has been read; which bits name a compression."""
READ = ("out.", "receipts.", DEAD_LETTER, CHECKPOINTS)
"""Topics whose records are looked at one by one; of the others only the bytes are."""
TOPICS = (*READ, "in.", "seals.")
"""Every topic of a partnership."""


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


class Wire:
    """What lay in the topics when the run ended."""

    def __init__(self, records: Mapping[str, list[Record]]) -> None:
        self._records = records

    @classmethod
    def read(cls, records: Iterable[Record]) -> "Wire":
        """Of records that a client read."""
        found: dict[str, list[Record]] = {}
        for one in records:
            if one.topic.startswith(READ):
                found.setdefault(one.topic, []).append(one)
        return cls(found)

    def of(self, topic: str) -> list[Record]:
        """Records of one topic, in order."""
        return self._records.get(topic, [])

    def starting(self, prefix: str) -> Iterator[Record]:
        """Records of every topic whose name begins so."""
        for topic, records in self._records.items():
            if topic.startswith(prefix):
                yield from records

    def topic(self, kind: str, organisation: str) -> list[Record]:
        """Records of an organisation's topic of a kind, whatever its agency is called."""
        return [one for one in self.starting(f"{kind}.") if one.topic.endswith(f".{organisation}")]

    def types_of(self, exchanges: Mapping[str, set[str]]) -> dict[str, set[str]]:
        """Types of event of these exchanges, by organisation: an exchange that was taken back had a type once."""
        return {
            organisation: {
                one.header("ce_type").decode(errors="replace")
                for one in self.topic("out", organisation)
                if one.header("ce_id").decode(errors="replace") in ids
            }
            for organisation, ids in exchanges.items()
        }


def read_wire(folder: Path) -> Wire:
    """Read every topic that is looked at record by record.

    Raises:
        Unreadable: there are no segments, or one is damaged, or compressed: its bytes could not be searched.
    """
    found: dict[str, list[Record]] = {}
    for topic, path in segments(folder):
        if topic.startswith(TOPICS) and _is_compressed(path.read_bytes()):
            raise Unreadable(f"{path.parent.relative_to(folder)}: a batch is compressed, and cannot be searched")
        if topic.startswith(READ):
            found.setdefault(topic, []).extend(_read_segment(folder, topic, path))
    return Wire(found)


def is_ours(folder: Path) -> bool:
    """Whether the cluster kept its data in the world's folder, so that its disk can be searched."""
    return (folder / LOGS).exists()


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


def _is_compressed(raw: bytes) -> bool:
    """Whether a batch says of itself that its records are compressed."""
    at = 0
    while at + BATCH.size <= len(raw):
        length, attributes = BATCH.unpack_from(raw, at)
        if attributes & CODEC:
            return True
        at += LENGTH_ENDS + max(length, 0)
    return False


def _read_segment(folder: Path, topic: str, path: Path) -> Iterator[Record]:
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
