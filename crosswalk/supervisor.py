"""Keeps processes running: a worker that ends itself is started again, for ever, with backoff and an alarm.

Left out: what the processes do. Rules: only processes started here are ever signalled; every child is the leader of
its own session and dies with the supervisor's `stop`; an exit is counted and told, never hidden.
"""

import os
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from errno import errorcode
from pathlib import Path
from time import monotonic

import structlog

log = structlog.get_logger()

FIRST_WAIT_SECONDS = 0.2
LONGEST_WAIT_SECONDS = 15.0
STEADY_SECONDS = 20.0
STOP_SECONDS = 10.0


@dataclass
class Supervised:
    """One process that must run.

    Attributes:
        name: For people and logs.
        argv: Command line.
        env: Whole environment of the process.
        log_path: Where its standard error and output go.
        restarts: How often it was started again.
        ended: Whether it was ended on purpose.
    """

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    log_path: Path
    restarts: int = 0
    ended: bool = False
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Start the process in a session of its own."""
        with self.log_path.open("ab") as output:
            self.process = subprocess.Popen(
                self.argv, env=dict(self.env), stdout=output, stderr=output, stdin=subprocess.DEVNULL,
                start_new_session=True,
            )  # fmt: skip

    @property
    def pid(self) -> int:
        """Process id of the current run, 0 before the first."""
        return self.process.pid if self.process else 0

    def alive(self) -> bool:
        """Whether the current run is running."""
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Starts processes, watches them in a thread, starts them again when they end."""

    def __init__(self) -> None:
        self.children: dict[str, Supervised] = {}
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def run(self, child: Supervised) -> Supervised:
        """Start a process and keep it running."""
        self.children[child.name] = child
        child.start()
        watcher = threading.Thread(target=self._watch, args=(child,), name=f"watch-{child.name}", daemon=True)
        watcher.start()
        self._threads.append(watcher)
        return child

    def kill(self, name: str) -> int:
        """SIGKILL the current run of a process, as a fault would; it is started again. Returns its process id."""
        child = self.children[name]
        pid = child.pid
        if child.alive():
            os.kill(pid, signal.SIGKILL)
        return pid

    def end(self, name: str) -> None:
        """End one process cleanly; it is not started again."""
        child = self.children.pop(name)
        child.ended = True
        if child.process and child.alive():
            child.process.terminate()
            _end(child.process, STOP_SECONDS)

    def stop(self) -> None:
        """End every process: ask first, then insist. Nothing is left behind."""
        self._stopping.set()
        for child in self.children.values():
            if child.alive() and child.process:
                child.process.terminate()
        until = monotonic() + STOP_SECONDS
        for child in self.children.values():
            if child.process:
                _end(child.process, max(0.1, until - monotonic()))
        for thread in self._threads:
            thread.join(timeout=1.0)

    def _watch(self, child: Supervised) -> None:
        wait = FIRST_WAIT_SECONDS
        while not self._stopping.is_set() and child.process:
            began = monotonic()
            code = child.process.wait()
            if self._stopping.is_set() or child.ended:
                return
            wait = FIRST_WAIT_SECONDS if monotonic() - began > STEADY_SECONDS else min(wait * 2, LONGEST_WAIT_SECONDS)
            child.restarts += 1
            log.warning("process ended; starting it again", process=child.name, exit_code=code, restarts=child.restarts)
            if self._stopping.wait(wait):
                return
            try:
                child.start()
            except OSError as fault:  # no room for its log, or for another process: it may start the next time
                name = errorcode.get(fault.errno or 0, "")
                log.exception("process could not be started", process=child.name, code=name)


def _end(process: subprocess.Popen[bytes], seconds: float) -> None:
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
