"""Watchdogs: who looks alive and does nothing says so, then ends; a slow database only says so."""

import os
import threading
from contextlib import contextmanager
from typing import NoReturn

import pytest

from streams.transport.offsets import Head
from streams.watchdogs import Alarm, Finding, Limits, Memory, Vitals, Watch, judge, speak

LIMITS = Limits()


def look(seen: list[tuple[float, Vitals]], limits: Limits = LIMITS) -> list[tuple[float, Finding]]:
    memory, found = Memory(), []
    for now, vitals in seen:
        memory, findings = judge(memory, vitals, limits, now)
        found += [(now, finding) for finding in findings]
    return found


def summary(found: list[tuple[float, Finding]]) -> list[tuple[float, Alarm, bool]]:
    return [(now, finding.alarm, finding.fatal) for now, finding in found]


def test_an_assignment_that_stays_empty_ends_the_process() -> None:
    lost = [(0.0, Vitals(assigned=4)), *[(float(now), Vitals(assigned=0)) for now in range(1, 15)]]
    assert summary(look(lost)) == [(14.0, Alarm.EMPTY_ASSIGNMENT, True)]


def test_a_short_rebalance_is_no_fault() -> None:
    held, empty = Vitals(assigned=4), Vitals(assigned=0)
    assert look([(0.0, held), (1.0, empty), (12.0, empty), (12.5, held), (13.0, empty), (24.0, empty)]) == []


def test_the_first_assignment_may_wait_for_a_dead_workers_session() -> None:
    waits = [(0.0, Vitals(assigned=None)), (20.0, Vitals(assigned=0)), (30.0, Vitals(assigned=0))]
    assert look(waits) == []
    assert summary(look([*waits, (31.0, Vitals(assigned=0))])) == [(31.0, Alarm.EMPTY_ASSIGNMENT, True)]


def test_a_spare_worker_may_hold_nothing() -> None:
    assert look([(0.0, Vitals(assigned=0)), (999.0, Vitals(assigned=0))], Limits(empty_assignment_s=None)) == []


def test_a_head_that_is_never_acknowledged_alarms_once_and_then_ends_the_process() -> None:
    stuck = Vitals(assigned=1, head=Head("in.school.one", 3, 41, taken_at=0.0))
    found = look([(1.0, stuck), (61.0, stuck), (62.0, stuck), (301.0, stuck)])
    assert summary(found) == [
        (61.0, Alarm.HEAD_NOT_ACKNOWLEDGED, False),
        (301.0, Alarm.HEAD_NOT_ACKNOWLEDGED, True),
    ]
    assert found[0][1].fields == {"topic": "in.school.one", "partition": 3, "last_offset": 41}


def test_a_slow_database_alarms_once_each_time_and_ends_nothing() -> None:
    slow, quick = Vitals(assigned=1, absorbing_since=0.0, waiting=5), Vitals(assigned=1)
    again = Vitals(assigned=1, absorbing_since=30.0)
    found = look([(5.0, slow), (11.0, slow), (20.0, slow), (25.0, quick), (45.0, again)])
    assert summary(found) == [(11.0, Alarm.SLOW_DATABASE, False), (45.0, Alarm.SLOW_DATABASE, False)]
    assert found[0][1].fields == {"waiting": 5}


class EndedError(BaseException):
    pass


def test_the_shell_says_a_line_and_ends_the_process() -> None:
    def end(status: int) -> NoReturn:
        raise EndedError(status)

    said: list[dict] = []
    times = iter([0.0, 100.0])
    watch = Watch(LIMITS, lambda: Vitals(assigned=0), end, clock=lambda: next(times), say=said.append)
    watch.look_once()
    with pytest.raises(EndedError, match="70"):
        watch.look_once()
    assert said == [{"event": "watchdog", "alarm": "EMPTY_ASSIGNMENT", "seconds": 100.0, "fatal": 1}]


def test_the_shell_barks_from_its_own_thread_while_the_caller_hangs() -> None:
    barked = threading.Event()
    limits = Limits(first_assignment_s=-1.0)
    with Watch(limits, lambda: Vitals(assigned=0), lambda _: barked.set(), say=lambda _: None, every_s=0.001):
        assert barked.wait(10)


def test_the_time_of_an_absorb_is_seen() -> None:
    said: list[dict] = []
    times = iter([0.0, 11.0])
    watch = Watch(LIMITS, lambda: Vitals(assigned=1), lambda _: None, clock=lambda: next(times), say=said.append)
    with watch.absorbing():
        watch.look_once()
    assert [line["alarm"] for line in said] == ["SLOW_DATABASE"]


@contextmanager
def standard_error_on_a_full_disk():
    kept, full = os.dup(2), os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(full)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no device that is always full")  # noqa: PTH110
def test_who_cannot_write_its_last_words_ends_all_the_same() -> None:
    """The disk of the logs is full: a worker that stayed alive then would hold its partitions and absorb nothing."""
    ended: list[int] = []

    def stop(status: int) -> NoReturn:
        ended.append(status)
        raise SystemExit(status)

    watch = Watch(LIMITS, lambda: Vitals(assigned=1, head=Head("in.school.one", 0, 7, 0.0)), stop, clock=lambda: 999.0)
    with standard_error_on_a_full_disk():
        speak({"event": "anything"})
        with pytest.raises(SystemExit):
            watch.look_once()
    assert ended == [70]
