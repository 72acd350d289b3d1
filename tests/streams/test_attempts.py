"""Attempts: the one record that kills is found and set aside; nothing else is, whatever dies around it."""

import errno
import itertools
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sharing.errors import Retryable
from streams.attempts import TRIES, Attempts, Span, clear, mark, plan
from streams.carrier import Batch, Record

NO_ROOM = OSError(errno.ENOSPC, "no space left on device")


class DiedError(BaseException):
    """Stands for the death of the process: nothing after it in the call runs."""


def batch(first: int, last: int, topic: str = "in.school.one") -> Batch:
    return Batch(topic, 0, tuple(Record(offset, 0, None, None, ()) for offset in range(first, last + 1)))


def never_needed(_: Batch) -> None:
    pytest.fail("what is set aside the first way needs no second")


class Worker:
    """Absorbs into a list that outlives it; dies on poison before its transaction is written."""

    def __init__(self, folder: Path, poison: set[int], table: list[int], letters: list[int]) -> None:
        self.poison, self.table, self.letters = poison, table, letters
        self.calls: list[tuple[int, int]] = []
        self.attempts = Attempts(folder, self.absorb, self.crashed, never_needed)

    def absorb(self, given_batch: Batch) -> None:
        self.calls.append((given_batch.first_offset, given_batch.last_offset))
        if any(record.offset in self.poison for record in given_batch.records):
            raise DiedError
        self.table.extend(r.offset for r in given_batch.records if r.offset not in self.table)

    def crashed(self, given_batch: Batch) -> None:
        self.letters.extend(r.offset for r in given_batch.records if r.offset not in self.letters)


def run_until_done(folder: Path, poison: set[int], cuts: Callable[[int], list[tuple[int, int]]]) -> tuple:
    table: list[int] = []
    letters: list[int] = []
    for deaths in range(200):
        worker = Worker(folder, poison, table, letters)
        try:
            for first, last in cuts(deaths):
                worker.attempts(batch(first, last))
        except DiedError:
            continue
        return table, letters, deaths
    pytest.fail("it does not converge")


def test_one_poison_record_among_500_costs_six_deaths(tmp_path: Path) -> None:
    table, letters, deaths = run_until_done(tmp_path, {250}, lambda _: [(0, 499)])
    assert letters == [250]
    assert sorted(table) == [offset for offset in range(500) if offset != 250]
    assert deaths == 2 * TRIES


def test_a_record_that_kills_even_when_it_is_set_aside_is_not_opened_again(tmp_path: Path) -> None:
    ways: list[str] = []

    def dies(way: str) -> Callable[[Batch], None]:
        def absorb(_: Batch) -> None:
            ways.append(way)
            raise DiedError

        return absorb

    for _ in range(2 * TRIES):
        with pytest.raises(DiedError):
            Attempts(tmp_path, dies("absorb"), dies("crashed"), never_needed)(batch(7, 7))
    unopened: list[Batch] = []
    Attempts(tmp_path, dies("absorb"), dies("crashed"), unopened.append)(batch(7, 7))
    assert ways == ["absorb"] * TRIES + ["crashed"] * TRIES
    assert unopened == [batch(7, 7)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(
    poison=st.sets(st.integers(0, 39), max_size=4),
    cuts=st.lists(st.lists(st.integers(1, 39), max_size=4), min_size=1, max_size=5),
)
def test_exactly_the_poison_is_set_aside_however_the_fetches_fall(
    tmp_path_factory: pytest.TempPathFactory, poison: set[int], cuts: list[list[int]]
) -> None:
    """After each death the same records come in other batches, as they do from Kafka."""

    def batches(deaths: int) -> list[tuple[int, int]]:
        borders = sorted({0, 40, *cuts[deaths % len(cuts)]})
        return [(first, after - 1) for first, after in itertools.pairwise(borders)]

    table, letters, _ = run_until_done(tmp_path_factory.mktemp("tries"), poison, batches)
    assert sorted(letters) == sorted(poison)
    assert sorted(table) == sorted(set(range(40)) - poison)


def test_an_infrastructure_fault_is_never_an_attempt(tmp_path: Path) -> None:
    away, table, letters = True, [], []

    def absorb(given_batch: Batch) -> None:
        if away:
            raise Retryable("away")
        table.append(given_batch.last_offset)

    for _ in range(20):
        with pytest.raises(Retryable):
            Attempts(tmp_path, absorb, letters.append, never_needed)(batch(0, 0))
    away = False
    Attempts(tmp_path, absorb, letters.append, never_needed)(batch(0, 0))
    assert (table, letters) == ([0], [])


def test_an_infrastructure_fault_keeps_earlier_deaths_in_mind(tmp_path: Path) -> None:
    def dies(_: Batch) -> None:
        raise DiedError

    def away(_: Batch) -> None:
        raise Retryable("away")

    for absorb in (dies, away, dies, away, dies):
        with pytest.raises((DiedError, Retryable)):
            Attempts(tmp_path, absorb, away, never_needed)(batch(0, 9))
    worker = Worker(tmp_path, set(), [], [])
    worker.attempts(batch(0, 9))
    assert worker.calls == [(n, n) for n in range(10)], "three deaths were remembered, so it walks record by record"


def test_deaths_of_two_workers_that_share_the_folder_count_together(tmp_path: Path) -> None:
    table: list[int] = []
    letters: list[int] = []
    pair = [Worker(tmp_path, {5}, table, letters), Worker(tmp_path, {5}, table, letters)]
    deaths = 0
    while not letters:
        try:
            pair[deaths % 2].attempts(batch(0, 9))
        except DiedError:
            deaths += 1
            pair[deaths % 2 - 1] = Worker(tmp_path, {5}, table, letters)
    assert (letters, deaths) == ([5], 2 * TRIES)


def test_a_foreign_or_torn_file_only_starts_the_count_again(tmp_path: Path) -> None:
    (tmp_path / "in.school.one-0.tries").write_bytes(b"CWA1" + b"\xff" * 300)
    worker = Worker(tmp_path, set(), [], [])
    worker.attempts(batch(0, 3))
    assert worker.calls == [(0, 3)]


def test_an_absorbed_batch_leaves_no_mark(tmp_path: Path) -> None:
    Worker(tmp_path, set(), [], []).attempts(batch(0, 3))
    worker = Worker(tmp_path, set(), [], [])
    worker.attempts(batch(0, 8))
    assert worker.calls == [(0, 8)], "nothing is known against any of them, so they stay together"


def test_an_error_of_the_record_passes_through_and_counts(tmp_path: Path) -> None:
    def fails(_: Batch) -> None:
        raise ValueError

    letters: list[int] = []
    for _ in range(TRIES):
        with pytest.raises(ValueError):  # noqa: PT011 - the error is ours, three lines up
            Attempts(tmp_path, fails, lambda b: letters.append(b.first_offset), never_needed)(batch(4, 4))
    Attempts(tmp_path, fails, lambda b: letters.append(b.first_offset), never_needed)(batch(4, 4))
    assert letters == [4]


def test_a_verdict_stands_until_the_commit_has_passed_it(tmp_path: Path) -> None:
    table: list[int] = []
    _, letters, _ = run_until_done(tmp_path, {4}, lambda _: [(4, 4)])
    again = Worker(tmp_path, {4}, table, letters)
    again.attempts(batch(3, 5))
    assert (letters, sorted(table)) == ([4], [3, 5]), "it came again with others and killed nobody"
    later = Worker(tmp_path, set(), table, letters)
    later.attempts(batch(6, 6))
    mended = Worker(tmp_path, set(), table, letters)
    mended.attempts(batch(4, 4))
    assert 4 in table, "read again on purpose, later: it gets its chance"


SPANS = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 8), st.integers(1, 5)), max_size=8)


@given(drawn=SPANS, first=st.integers(0, 50), width=st.integers(0, 20))
def test_marks_stay_disjoint_and_a_plan_loses_no_record(drawn: list[tuple], first: int, width: int) -> None:
    spans: tuple[Span, ...] = ()
    for start, length, tries in drawn:
        spans = mark(spans, Span(start, start + length, tries - 1, alone=length == 0))
    assert all(one.last < two.first for one, two in itertools.pairwise(spans))
    pieces = plan(batch(first, first + width), spans)
    assert [r.offset for _, records in pieces for r in records] == list(range(first, first + width + 1))
    assert all(span.first == records[0].offset and span.last == records[-1].offset for span, records in pieces)
    for span, _ in pieces:
        spans = clear(mark(spans, span), span)
    assert all(one.first > first + width or one.condemned for one in spans)


def test_a_disk_that_is_full_is_held_against_no_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database has no room, and the mark of a try cannot be taken back either."""
    real, rooms = os.pwrite, iter([True, True, False] * 20)  # opened, marked, not taken back

    def pwrite(file: int, data: bytes, at: int) -> int:
        if not next(rooms):
            raise NO_ROOM
        return real(file, data, at)

    def no_room(_: Batch) -> None:
        raise Retryable("database: disk is full")

    monkeypatch.setattr("streams.attempts.os.pwrite", pwrite)
    for _ in range(3 * TRIES):
        with pytest.raises((Retryable, OSError)):
            Attempts(tmp_path, no_room, never_needed, never_needed)(batch(7, 7))
    monkeypatch.undo()
    absorbed: list[Batch] = []
    Attempts(tmp_path, absorbed.append, never_needed, never_needed)(batch(7, 7))
    assert absorbed == [batch(7, 7)]
