"""Watchdogs: a worker that looks alive and does nothing says so, and then ends, so that the supervisor starts it again.

What it does: judges three things. An assignment that stays empty (Faust can sit like that for ever after a broker
restart), a carrier that is never acknowledged (the commit stands still), an absorb that takes long (a slow database:
an alarm only, because nothing is fetched meanwhile and nothing grows).
What it leaves out: reading Kafka or the database; what it looks at is handed in as `Vitals`.

Rules: `judge` is pure, time is handed in. The shell around it is a thread, so that it barks even when the event loop
hangs. Lines carry places and ages, no value.
"""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from threading import Event, Thread
from time import monotonic
from typing import NoReturn, Self, TypeAlias

from streams.transport.offsets import Head

INFRASTRUCTURE_FAULT = 70
STDERR = 2

Fields: TypeAlias = dict[str, str | int | float]
Speak: TypeAlias = Callable[[Fields], None]


def speak(fields: Fields) -> None:
    """Write one JSON line to standard error, unbuffered: the process may end right after.

    Where it cannot be written, as when the disk of the logs is full, it is lost; whoever speaks ends all the same.

    Args:
        fields: Names, places and numbers; never a value of a record.
    """
    with suppress(OSError):
        os.write(STDERR, (json.dumps(fields) + "\n").encode())


@dataclass(frozen=True, slots=True)
class Limits:
    """When the watchdogs bark and bite, in seconds.

    Args:
        empty_assignment_s: No partition for so long ends the process; None where workers may outnumber partitions.
        first_assignment_s: The same before the first assignment, which may wait for a dead worker's session.
        head_alarm_s: A carrier that waits so long for its acknowledgement raises an alarm.
        head_exit_s: And so long ends the process.
        slow_absorb_s: One absorb that runs so long raises an alarm.
    """

    empty_assignment_s: float | None = 12.0
    first_assignment_s: float = 30.0
    head_alarm_s: float = 60.0
    head_exit_s: float = 300.0
    slow_absorb_s: float = 10.0


@dataclass(frozen=True, slots=True)
class Vitals:
    """What a look at the worker shows.

    Args:
        assigned: Partitions held; None before the consumer runs.
        head: The carrier that waits longest for its acknowledgement.
        waiting: Carriers fetched and not acknowledged.
        absorbing_since: When the running absorb began, on the watch's clock, or None.
    """

    assigned: int | None
    head: Head | None = None
    waiting: int = 0
    absorbing_since: float | None = None


class Alarm(StrEnum):
    """What a watchdog says."""

    EMPTY_ASSIGNMENT = "EMPTY_ASSIGNMENT"
    HEAD_NOT_ACKNOWLEDGED = "HEAD_NOT_ACKNOWLEDGED"
    SLOW_DATABASE = "SLOW_DATABASE"


@dataclass(frozen=True, slots=True)
class Finding:
    """One alarm.

    Args:
        alarm: Which one.
        seconds: How long it has lasted.
        fatal: The process must end.
        fields: Where.
    """

    alarm: Alarm
    seconds: float
    fatal: bool
    fields: Fields = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Memory:
    """What a judge remembers from look to look.

    Args:
        empty_since: Since when no partition is held.
        was_assigned: A partition was held at some time.
        said: Alarms that were raised and still last; each is said once.
    """

    empty_since: float | None = None
    was_assigned: bool = False
    said: frozenset[Alarm] = frozenset()


def judge(memory: Memory, vitals: Vitals, limits: Limits, now: float) -> tuple[Memory, list[Finding]]:
    """Judge one look at the worker.

    Args:
        memory: From the last look.
        vitals: What is seen now.
        limits: When to bark and bite.
        now: Monotonic seconds.

    Returns:
        What to remember, and the findings that are new or fatal.
    """
    empty_since = None if vitals.assigned else (now if memory.empty_since is None else memory.empty_since)
    memory = replace(memory, empty_since=empty_since, was_assigned=memory.was_assigned or bool(vitals.assigned))
    looks = (_empty(memory, limits, now), _head(vitals, limits, now), _slow(vitals, limits, now))
    present = [found for found in looks if found is not None]
    new = [found for found in present if found.fatal or found.alarm not in memory.said]
    return replace(memory, said=frozenset(found.alarm for found in present)), new


def _empty(memory: Memory, limits: Limits, now: float) -> Finding | None:
    if memory.empty_since is None or limits.empty_assignment_s is None:
        return None
    age = now - memory.empty_since
    limit = limits.empty_assignment_s if memory.was_assigned else limits.first_assignment_s
    return Finding(Alarm.EMPTY_ASSIGNMENT, age, fatal=True) if age > limit else None


def _head(vitals: Vitals, limits: Limits, now: float) -> Finding | None:
    if vitals.head is None or (age := now - vitals.head.taken_at) <= limits.head_alarm_s:
        return None
    head = vitals.head
    where: Fields = {"topic": head.topic, "partition": head.partition, "last_offset": head.last_offset}
    return Finding(Alarm.HEAD_NOT_ACKNOWLEDGED, age, fatal=age > limits.head_exit_s, fields=where)


def _slow(vitals: Vitals, limits: Limits, now: float) -> Finding | None:
    if vitals.absorbing_since is None or (age := now - vitals.absorbing_since) <= limits.slow_absorb_s:
        return None
    return Finding(Alarm.SLOW_DATABASE, age, fatal=False, fields={"waiting": vitals.waiting})


class Watch:
    """The shell around `judge`: looks once a second, in a thread of its own, while entered as a context.

    Args:
        limits: When to bark and bite.
        look: Reads the vitals; called from the watch's thread.
        stop: Ends the process.
        clock: Monotonic seconds, the same clock that made the ages in the vitals.
        say: Writes one diagnostic line.
        every_s: Pause between looks.
    """

    def __init__(
        self,
        limits: Limits,
        look: Callable[[], Vitals],
        stop: Callable[[int], NoReturn],
        *,
        clock: Callable[[], float] = monotonic,
        say: Speak = speak,
        every_s: float = 1.0,
    ) -> None:
        self._limits, self._look, self._stop = limits, look, stop
        self._clock, self._say, self._every_s = clock, say, every_s
        self._memory = Memory()
        self._absorbing_since: float | None = None
        self._ended = Event()
        self._thread = Thread(target=self._run, name="watchdog", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()

    @contextmanager
    def absorbing(self) -> Iterator[None]:
        """Mark the time that one absorb takes."""
        self._absorbing_since = self._clock()
        try:
            yield
        finally:
            self._absorbing_since = None

    def look_once(self) -> None:
        """Look, judge, say what is new, and end the process if it must be."""
        vitals = replace(self._look(), absorbing_since=self._absorbing_since)
        self._memory, findings = judge(self._memory, vitals, self._limits, self._clock())
        for found in findings:
            said: Fields = {"event": "watchdog", "alarm": found.alarm, "seconds": round(found.seconds, 1)}
            self._say({**said, "fatal": int(found.fatal), **found.fields})
        if any(found.fatal for found in findings):
            self._stop(INFRASTRUCTURE_FAULT)

    def _run(self) -> None:
        while not self._ended.wait(self._every_s):
            self.look_once()
