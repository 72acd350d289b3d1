"""The loop: absorb, then acknowledge; a fault ends the process before the offset moves and tells no value."""

import asyncio
import threading
from collections.abc import AsyncIterator
from typing import NoReturn

import pytest

from sharing.errors import Retryable
from streams.carrier import Batch, Record
from streams.loop import run_loop

VALUE = b"a value that must not be told"


class EndedError(BaseException):
    pass


def end(status: int) -> NoReturn:
    raise EndedError(status)


class Carrier:
    def __init__(self, offset: int, log: list[str]) -> None:
        self.batch = Batch("in.school.one", 0, (Record(offset, 0, b"key", VALUE, ()),))
        self.log = log

    def ack(self) -> None:
        self.log.append(f"ack {self.batch.first_offset}")


class Source:
    def __init__(self, count: int, log: list[str], error: Exception | None = None) -> None:
        self.count, self.log, self.error = count, log, error

    async def carriers(self) -> AsyncIterator[Carrier]:
        for offset in range(self.count):
            self.log.append(f"take {offset}")
            yield Carrier(offset, self.log)
        if self.error is not None:
            raise self.error


def test_each_carrier_is_absorbed_then_acknowledged_before_the_next_is_taken() -> None:
    log: list[str] = []
    asyncio.run(run_loop(Source(2, log), lambda b: log.append(f"absorb {b.first_offset}"), stop=end))
    assert log == ["take 0", "absorb 0", "ack 0", "take 1", "absorb 1", "ack 1"]


def test_all_carriers_are_absorbed_in_one_thread_which_is_not_the_event_loop() -> None:
    threads: set[int] = set()
    asyncio.run(run_loop(Source(20, []), lambda _: threads.add(threading.get_ident()), stop=end))
    assert len(threads) == 1
    assert threads != {threading.get_ident()}


def test_the_event_loop_runs_on_while_a_batch_is_absorbed() -> None:
    beat = threading.Event()

    async def heart() -> None:
        beat.set()

    async def both() -> None:
        task = asyncio.create_task(run_loop(Source(1, []), lambda _: assert_beat(beat), stop=end))
        await asyncio.sleep(0)
        await heart()
        await task

    def assert_beat(event: threading.Event) -> None:
        assert event.wait(10), "the absorb blocked the event loop"

    asyncio.run(both())


@pytest.mark.parametrize("error", [Retryable("database away"), ValueError(VALUE.decode())])
def test_a_fault_ends_the_process_before_the_acknowledgement_and_tells_no_value(error: Exception) -> None:
    log: list[str] = []
    said: list[dict] = []

    def absorb(_: Batch) -> None:
        raise error

    with pytest.raises(EndedError) as ended:
        asyncio.run(run_loop(Source(3, log), absorb, stop=end, say=said.append))
    assert ended.value.args == (70,)
    assert log == ["take 0"]
    (line,) = said
    assert (line["error"], line["topic"], line["first_offset"]) == (type(error).__name__, "in.school.one", 0)
    assert VALUE.decode() not in repr(line)
    assert "database away" not in repr(line)


def test_a_broken_line_ends_the_process_too() -> None:
    said: list[dict] = []
    with pytest.raises(EndedError):
        asyncio.run(run_loop(Source(0, [], ConnectionError()), lambda _: None, stop=end, say=said.append))
    assert said[0]["error"] == "ConnectionError"


def test_a_polite_stop_is_no_fault() -> None:
    async def stopped() -> None:
        task = asyncio.create_task(run_loop(Endless(), lambda _: None, stop=end))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    class Endless:
        async def carriers(self) -> AsyncIterator[Carrier]:
            await asyncio.Event().wait()
            yield Carrier(0, [])

    asyncio.run(stopped())
