"""Reads Kafka's own list of topics batch by batch, before Kafka does, and says where it is broken.

On one broken byte there Kafka cuts the list off at that place without a word, is "ready" with topics missing, and
puts their data aside as strays to be deleted. So the list is checked before each start. A torn last batch after a
crash is no damage: Kafka acknowledges a batch of this list only once it is on the disk. Left out: the topics' own
segments; a reader's client checks those.

Rules: nothing is changed; what is not understood is a fault.
"""

import struct
from pathlib import Path

_BATCH = struct.Struct(">qiibIhi")
"""Base offset, length of the rest, leader epoch, magic, CRC, attributes, last offset delta."""
_BEFORE_LENGTH, _BEFORE_CRC, _MAGIC = 12, 21, 2


def _crc_table() -> tuple[int, ...]:
    table = []
    for value in range(256):
        crc = value
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
        table.append(crc)
    return tuple(table)


_TABLE = _crc_table()


def crc32c(data: memoryview | bytes) -> int:
    """Give the Castagnoli checksum, the one that Kafka uses (the standard library has another)."""
    crc, table = 0xFFFFFFFF, _TABLE
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    return crc ^ 0xFFFFFFFF


def fault_in(folder: Path, *, stopped_cleanly: bool) -> str | None:
    """Check a metadata folder.

    Args:
        folder: `__cluster_metadata-0`.
        stopped_cleanly: Whether Kafka closed its files; if not, the last batch of all may be torn.

    Returns:
        What is wrong and where, or None.
    """
    segments = sorted(folder.glob("*.log"))
    snapshots = sorted(folder.glob("*.checkpoint"))
    if not segments:
        return f"{folder.name} is gone, and with it the list of topics"
    expected = int(segments[0].stem)
    if expected > 0 and not snapshots:
        return f"{folder.name} begins at offset {expected} and has no snapshot of what was before"
    for segment in segments:
        if int(segment.stem) != expected:
            return f"{folder.name} has a gap before {segment.name}"
        expected, place = _walk(segment.read_bytes(), expected)
        if place is not None and (stopped_cleanly or segment is not segments[-1] or not _torn(segment, place)):
            return f"{folder.name}/{segment.name} is broken at byte {place}"
    for snapshot in snapshots[-1:]:
        _, place = _walk(snapshot.read_bytes(), 0)
        if place is not None:
            return f"{folder.name}/{snapshot.name} is broken at byte {place}"
    return None


def _walk(content: bytes, expected: int) -> tuple[int, int | None]:
    """Follow the batches; give the offset behind the last whole one, and the place of the first that is not whole."""
    view, place = memoryview(content), 0
    while place < len(view):
        found = _batch_at(view, place)
        if found is None or found[0] != expected:
            return expected, place
        _, expected, place = found
    return expected, None


def _batch_at(view: memoryview, place: int) -> tuple[int, int, int] | None:
    """Give (its first offset, the next batch's, the place behind it) of the whole batch that begins here, if any."""
    if len(view) - place < _BATCH.size:
        return None
    base, length, _, magic, crc, _, delta = _BATCH.unpack_from(view, place)
    end = place + _BEFORE_LENGTH + length
    if magic != _MAGIC or length <= _BATCH.size - _BEFORE_LENGTH or end > len(view):
        return None
    return (base, base + delta + 1, end) if crc32c(view[place + _BEFORE_CRC : end]) == crc else None


def _torn(segment: Path, place: int) -> bool:
    """Tell whether the fault is an unfinished end: no whole batch begins anywhere behind it."""
    rest = memoryview(segment.read_bytes())[place:]
    return all(_batch_at(rest, start) is None for start in range(1, len(rest)))
