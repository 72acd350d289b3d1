"""The newest snapshot, and the one thread that makes it: however many browsers look, the database is asked once.

Left out: what is read (`reading`) and how it is shown. Rules: a look that fails keeps the last figures and says so;
nobody who waits for the next snapshot costs a thread.
"""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import structlog

from console.facts import Facts
from console.page import Page
from console.reading import Reader
from console.views import page
from sharing.directory import Directory
from sharing.errors import CrosswalkError

log = structlog.get_logger()

EVERY_SECONDS = 2.0
Now = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One page, numbered in the order in which pages were made."""

    number: int
    page: Page


class Snapshots:
    """Holds the newest snapshot; threads publish, coroutines wait.

    Args:
        first: The page to show before the first look is done.
    """

    def __init__(self, first: Page) -> None:
        self._lock = threading.Lock()
        self._newest = Snapshot(0, first)
        self._waiting: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()

    @property
    def newest(self) -> Snapshot:
        """The newest snapshot."""
        return self._newest

    def publish(self, shown: Page) -> None:
        """A newer page; everybody who waits is woken. Called from any thread."""
        with self._lock:
            self._newest = Snapshot(self._newest.number + 1, shown)
            waiting, self._waiting = self._waiting, set()
        for loop, event in waiting:
            if not loop.is_closed():
                loop.call_soon_threadsafe(event.set)

    async def after(self, number: int) -> Snapshot:
        """The first snapshot with a higher number, as soon as there is one."""
        while True:
            waiter = (asyncio.get_running_loop(), asyncio.Event())
            with self._lock:
                if self._newest.number > number:
                    return self._newest
                self._waiting.add(waiter)
            try:
                await waiter[1].wait()
            finally:
                with self._lock:
                    self._waiting.discard(waiter)


def starting(directory: Directory, now: datetime) -> Snapshots:
    """Snapshots before the first look: names without figures, and words that say so."""
    return Snapshots(page(Facts(now, fault="the first look is under way"), directory))


class Poller:
    """Looks again and again in a thread of its own.

    Args:
        reader: What is read; nobody else may use it.
        directory: Names of the organisations.
        snapshots: Where pages are published.
        now: Domain time.
        every_seconds: Pause between looks.
    """

    def __init__(
        self, reader: Reader, directory: Directory, snapshots: Snapshots, now: Now, every_seconds: float = EVERY_SECONDS
    ) -> None:
        self._reader = reader
        self._directory = directory
        self._snapshots = snapshots
        self._now = now
        self._every = every_seconds
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="console-poller", daemon=True)

    def start(self) -> None:
        """Begin looking."""
        self._thread.start()

    def stop(self) -> None:
        """End looking, at once."""
        self._stopping.set()
        self._thread.join(timeout=5.0)

    def look(self) -> None:
        """Look once and publish; a look that fails keeps the figures that were there and says so."""
        try:
            shown = page(self._reader.read(self._now(), datetime.now(UTC)), self._directory)
        except CrosswalkError as fault:
            log.warning("the console could not look", code=type(fault).__name__)
            last = self._snapshots.newest.page
            shown = replace(last, fault=f"the figures are from {last.at:%H:%M:%S} UTC; the database does not answer")
        self._snapshots.publish(shown)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.look()
            except Exception:
                log.exception("the console's look failed")
            self._stopping.wait(self._every)
