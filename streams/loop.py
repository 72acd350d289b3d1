"""The one agent loop: take a carrier, absorb it, acknowledge it.

What it does: absorbs carriers one after the other in one thread of its own (one writer per process; heartbeats keep
flowing meanwhile) and acknowledges each only after its transaction.
What it leaves out: Kafka, Faust and the database; it knows `streams.carrier` only. Isolating a poison record is
`streams.attempts`, handed in as the absorb.

Rules: whatever absorb or the source raises ends the process before the offset moves; the supervisor starts it again.
The last words are one JSON line with places and code positions, never a value or an error's text.
"""

import asyncio
import os
import sys
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from typing import NoReturn

from streams.carrier import Absorb, Carrier, CarrierSource
from streams.watchdogs import INFRASTRUCTURE_FAULT, Fields, Speak, Watch, speak


def exit_now(status: int) -> NoReturn:
    """End the process at once: no clean-up that could commit an offset or block.

    Args:
        status: Exit status; 70 asks the supervisor to start again.
    """
    os._exit(status)


async def run_loop(
    source: CarrierSource,
    absorb: Absorb,
    *,
    stop: Callable[[int], NoReturn] = exit_now,
    watch: Watch | None = None,
    say: Speak = speak,
) -> None:
    """Absorb and acknowledge carriers until the source ends or the task is cancelled.

    Args:
        source: Where carriers come from.
        absorb: Takes one batch into the database, synchronously.
        stop: Ends the process on a fault.
        watch: Is told when an absorb begins and ends, or None.
        say: Writes one diagnostic line.
    """
    carrier: Carrier | None = None
    with ThreadPoolExecutor(1, thread_name_prefix="absorb") as writer:
        try:
            async for carrier in source.carriers():
                with watch.absorbing() if watch is not None else nullcontext():
                    await asyncio.get_running_loop().run_in_executor(writer, absorb, carrier.batch)
                carrier.ack()
        except Exception as error:  # noqa: BLE001 - narrower would let a fault pass with the process alive
            say({"event": "worker.stopping", "exit": INFRASTRUCTURE_FAULT, **_where(carrier), **_what(error)})
            stop(INFRASTRUCTURE_FAULT)


def _where(carrier: Carrier | None) -> Fields:
    if carrier is None:
        return {}
    batch = carrier.batch
    return {
        "topic": batch.topic,
        "partition": batch.partition,
        "first_offset": batch.first_offset,
        "last_offset": batch.last_offset,
    }


def _what(error: BaseException) -> Fields:
    """Name the fault by kind and code position: an error's text may quote the record."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    return {
        "error": type(error).__name__,
        "cause": type(error.__cause__).__name__ if error.__cause__ else "",
        "at": " ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames),
        "python": sys.version.split()[0],
    }
