"""Attempts: find the one record on which the worker dies, set it aside, and let the rest flow.

What it does: before a batch is absorbed its offsets and a try count are noted in a small file of its partition, and
cleared afterwards. What a dead worker leaves there tells the next one, here or in another process that shares the
folder, what was in its hands. A range that was in hand at three deaths is absorbed record by record, each with a mark
of its own; a single record that was alone in hand at three deaths is handed to `absorb_crashed` and, after three deaths
more, to `absorb_unopened`; the rest goes on.
What it leaves out: the dead letter itself, and deaths on other machines (they count their own, and come to the same).

Why record by record and not in halves: a death costs seconds (the broker must notice it), a small transaction costs
a millisecond. Six deaths find one record of 500 this way; halving needs some thirty.

Rules: both must bear repeats, as absorb does: the record comes again if the process dies before its batch
is through, and its verdict stands until the commit has passed it. An infrastructure fault is no attempt, so that a
night without a database makes no dead letter. Marks go through `pwrite` without fsync: they must survive the process,
not the machine. The file holds offsets and counts, no value.
"""

import fcntl
import os
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import TypeAlias

from sharing.errors import Misconfigured, Retryable
from streams.carrier import Absorb, Batch, Record

TRIES = 3
MAX_SPANS = 64
INFRASTRUCTURE: tuple[type[Exception], ...] = (Retryable, Misconfigured, OSError, MemoryError)

_HEAD = struct.Struct(">4sII")  # magic, checksum of the rest, number of spans
_SPAN = struct.Struct(">qqI?")  # first offset, last offset, tries, alone
_MAGIC = b"CWA1"


@dataclass(frozen=True, slots=True)
class Span:
    """Offsets that were in hand together.

    Args:
        first: First offset.
        last: Last offset, included.
        tries: How often an absorb of it was begun and never ended.
        alone: It is one record and was alone in hand; what is left over of a larger span is not.
    """

    first: int
    last: int
    tries: int
    alone: bool = False

    @property
    def worn(self) -> bool:
        """Whether its tries are used up."""
        return self.tries >= TRIES

    @property
    def hopeless(self) -> bool:
        """Whether even setting it aside killed often enough."""
        return self.alone and self.tries >= 2 * TRIES

    @property
    def condemned(self) -> bool:
        """Whether it is one record that killed often enough on its own."""
        return self.alone and self.worn


Change: TypeAlias = Callable[[tuple[Span, ...], Span], tuple[Span, ...]]


def plan(batch: Batch, spans: tuple[Span, ...]) -> list[tuple[Span, tuple[Record, ...]]]:
    """Cut a batch at the borders of what killed a worker before.

    Args:
        batch: What is to be absorbed.
        spans: Marks left behind, disjoint.

    Returns:
        Pieces in order, each with the span to mark: its offsets and the tries so far. A span that used up its tries is
        cut into single records; with nothing left behind there is one piece, the whole batch.
    """
    if not spans:
        return [(Span(batch.first_offset, batch.last_offset, 0, len(batch.records) == 1), batch.records)]
    pieces: list[tuple[Span, tuple[Record, ...]]] = []
    for known, group in groupby(_with_span(batch.records, spans), key=lambda pair: pair[0]):
        records = tuple(record for _, record in group)
        if known is not None and known.worn and not known.alone:
            pieces += [(Span(record.offset, record.offset, 0, alone=True), (record,)) for record in records]
        else:
            alone = len(records) == 1
            tries = 0 if known is None or known.alone != alone else known.tries
            pieces.append((Span(records[0].offset, records[-1].offset, tries, alone), records))
    return pieces


def mark(spans: tuple[Span, ...], span: Span) -> tuple[Span, ...]:
    """Note that `span` is in hand now, once more.

    Args:
        spans: Marks so far, disjoint.
        span: What is in hand, with its tries so far.

    Returns:
        Marks, disjoint and in order, with one try more for `span`.
    """
    return tuple(sorted([*_without(spans, span), replace(span, tries=span.tries + 1)], key=lambda one: one.first))


def clear(spans: tuple[Span, ...], span: Span) -> tuple[Span, ...]:
    """Forget `span`, and everything before it save verdicts: their records may come again before the commit.

    Args:
        spans: Marks so far, disjoint.
        span: What was absorbed, with the tries it had before.

    Returns:
        Marks that remain.
    """
    kept = [one for one in _without(spans, span) if one.first > span.last or one.condemned]
    return tuple(sorted([*kept, *([span] if span.condemned else [])], key=lambda one: one.first))


def _without(spans: tuple[Span, ...], span: Span) -> Iterator[Span]:
    for one in spans:
        if one.first < span.first:
            yield replace(one, last=min(one.last, span.first - 1))
        if one.last > span.last:
            yield replace(one, first=max(one.first, span.last + 1))


def _with_span(records: tuple[Record, ...], spans: tuple[Span, ...]) -> Iterator[tuple[Span | None, Record]]:
    for record in records:
        yield next((span for span in spans if span.first <= record.offset <= span.last), None), record


class Attempts:
    """An absorb around an absorb (it is itself a `streams.carrier.Absorb`).

    Args:
        folder: Where marks live; shared by the workers of one machine; made if missing.
        absorb: Takes one batch into the database.
        absorb_crashed: Takes a batch of the one record that kills into the database, by a way that leaves out what may
            have killed.
        absorb_unopened: Takes it in as a dead letter without looking into it, when that killed as well.
        infrastructure: Errors that say nothing about the record.
    """

    def __init__(
        self,
        folder: Path,
        absorb: Absorb,
        absorb_crashed: Absorb,
        absorb_unopened: Absorb,
        infrastructure: tuple[type[Exception], ...] = INFRASTRUCTURE,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._infrastructure = folder, infrastructure
        self._absorb, self._absorb_crashed, self._absorb_unopened = absorb, absorb_crashed, absorb_unopened
        self._files: dict[tuple[str, int], int] = {}

    def __call__(self, batch: Batch) -> None:
        """Absorb a batch, whole if nothing is known against it.

        Args:
            batch: Records of one partition.

        Raises:
            Exception: Whatever absorb raised; it counts as an attempt unless it is one of `infrastructure`.
        """
        file = self._file(batch)
        for span, records in plan(batch, _read(file)):
            self._try(file, span, Batch(batch.topic, batch.partition, records))

    def _try(self, file: int, span: Span, piece: Batch) -> None:
        _update(file, mark, span)
        try:
            self._way(span)(piece)
        except self._infrastructure:
            _take_back(file, span)
            raise
        _update(file, clear, span)

    def _way(self, span: Span) -> Absorb:
        if span.hopeless:
            return self._absorb_unopened
        return self._absorb_crashed if span.condemned else self._absorb

    def _file(self, batch: Batch) -> int:
        where = (batch.topic, batch.partition)
        if where not in self._files:
            path = self._folder / f"{batch.topic}-{batch.partition}.tries"
            self._files[where] = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            # The first batch that a process reads begins at the commit: verdicts before it have served.
            _update(self._files[where], _passed, Span(batch.first_offset, batch.first_offset, 0))
        return self._files[where]


def _unmark(spans: tuple[Span, ...], span: Span) -> tuple[Span, ...]:
    """Take the try back: the fault was not the record's."""
    kept = [*_without(spans, span), *([span] if span.tries else [])]
    return tuple(sorted(kept, key=lambda one: one.first))


def _take_back(file: int, span: Span) -> None:
    """Unmark; where the disk of the marks is the fault, forget all of them rather than hold it against a record."""
    try:
        _update(file, _unmark, span)
    except OSError:
        with suppress(OSError):
            os.ftruncate(file, 0)


def _passed(spans: tuple[Span, ...], span: Span) -> tuple[Span, ...]:
    """Forget what lies before the commit."""
    return tuple(one for one in spans if one.last >= span.first)


def _update(file: int, change: Change, span: Span) -> None:
    with _locked(file):
        _write(file, change(_read_unlocked(file), span)[-MAX_SPANS:])


@contextmanager
def _locked(file: int) -> Iterator[None]:
    """Another worker may still have the partition's last batch in hand; a dead one's lock goes with it."""
    fcntl.flock(file, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(file, fcntl.LOCK_UN)


def _read(file: int) -> tuple[Span, ...]:
    with _locked(file):
        return _read_unlocked(file)


def _read_unlocked(file: int) -> tuple[Span, ...]:
    raw = os.pread(file, _HEAD.size + MAX_SPANS * _SPAN.size, 0)
    if len(raw) < _HEAD.size:
        return ()
    magic, checksum, count = _HEAD.unpack_from(raw)
    body = raw[_HEAD.size : _HEAD.size + count * _SPAN.size]
    if magic != _MAGIC or len(body) != count * _SPAN.size or checksum != zlib.crc32(body):
        return ()  # torn or foreign: counting begins anew, which costs deaths but never a record
    return tuple(Span(*numbers) for numbers in _SPAN.iter_unpack(body))


def _write(file: int, spans: tuple[Span, ...]) -> None:
    body = b"".join(_SPAN.pack(one.first, one.last, one.tries, one.alone) for one in spans)
    os.pwrite(file, _HEAD.pack(_MAGIC, zlib.crc32(body), len(spans)) + body, 0)
