"""Domain time: handed in, real in production, moved by its driver alone elsewhere."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from sharing.errors import Misconfigured
from streams.clock import SimulatedClock, clock_from, real_clock

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def clock(tmp_path: Path) -> SimulatedClock:
    return SimulatedClock(tmp_path / "clock.txt")


def test_every_reader_sees_where_the_driver_moved_it(clock):
    clock.move_to(NOON)
    assert SimulatedClock(clock.path)() == NOON
    clock.move_to(NOON + timedelta(hours=1))
    assert SimulatedClock(clock.path)() == NOON + timedelta(hours=1)
    assert [p.name for p in clock.path.parent.iterdir()] == ["clock.txt"]


def test_it_is_utc_whatever_was_written(clock):
    clock.move_to(datetime(2026, 7, 1, 13, 0, tzinfo=timezone(timedelta(hours=1))))
    assert clock().isoformat() == "2026-07-01T12:00:00+00:00"


def test_it_does_not_run_backwards(clock):
    clock.move_to(NOON)
    with pytest.raises(ValueError, match="backwards"):
        clock.move_to(NOON - timedelta(seconds=1))
    assert clock() == NOON


@pytest.mark.parametrize("text", [None, "", "yesterday"])
def test_a_file_without_a_time_is_named_with_its_fix(clock, text):
    if text is not None:
        clock.path.write_text(text)
    with pytest.raises(Misconfigured, match="write one like"):
        clock()


def test_production_refuses_simulated_time():
    with pytest.raises(Misconfigured, match="refused in production"):
        clock_from("simulated:/tmp/clock.txt", production=True)
    assert clock_from("real", production=True) is real_clock


@pytest.mark.parametrize("setting", ["", "simulated", "simulated:", "fast", "REAL"])
def test_an_unknown_clock_is_named_with_its_fix(setting):
    with pytest.raises(Misconfigured, match=r"CROSSWALK_CLOCK.*use 'real' or 'simulated:PATH'"):
        clock_from(setting, production=False)


def test_real_time_is_aware_and_moves():
    first = real_clock()
    assert first.tzinfo is UTC
    assert real_clock() >= first
