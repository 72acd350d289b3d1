"""One real Kafka node with a folder of its own: start, stop, kill, start again.

A node started with `start()` outlives the program that started it (`crosswalk broker up`); used as a context manager
it belongs to that program and ends with it, however it ends. Ready means that requests are answered. Left out:
topics, rights, several nodes. Rules: nothing is started on jars, data or ports that are not right; every refusal says
what to do.
"""

import base64
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path
from types import TracebackType
from typing import Self

from deploy.embedded import guard, ports, process
from deploy.embedded.archive import prepare_archive
from deploy.embedded.folder import StateFolder
from deploy.embedded.jars import Tell, cache_folder, class_path
from deploy.embedded.jvm import Jvm, find_jvm
from deploy.embedded.probe import answers
from deploy.embedded.settings import kafka_properties
from sharing.errors import Misconfigured, Retryable

STARTING = 90.0
"""Seconds until a start counts as failed. It takes half a second, two after kill -9; a machine may be busy."""


def to_standard_error(line: str) -> None:
    """Tell the person who waits."""
    sys.stderr.write(f"{line}\n")


class EmbeddedKafka:
    """A node of Apache Kafka that keeps its data in one folder.

    Args:
        state_dir: Folder for data, logs, lock and process number; made when missing.
        port: Loopback port for clients. Default: the one of the last start, else a free one.
        tell: Called with a line when something takes long (fetching, preparing).
    """

    def __init__(self, state_dir: Path, *, port: int | None = None, tell: Tell = to_standard_error) -> None:
        self.folder = StateFolder(Path(state_dir).absolute())
        self._port = port
        self._tell = tell
        self._guard: subprocess.Popen[bytes] | None = None

    @property
    def bootstrap(self) -> str:
        """Address for clients, `127.0.0.1:port`; known from the first start on."""
        known = self.folder.ports()
        if known is None:
            raise Misconfigured(f"Kafka on {self.folder.root} has no address yet: it was never started")
        return f"127.0.0.1:{known[0]}"

    @property
    def pid(self) -> int:
        """Process number of the living node."""
        pid = self.folder.pid()
        if pid is None:
            raise Retryable(f"No Kafka runs on {self.folder.root}: start it (crosswalk broker up)")
        return pid

    @property
    def running(self) -> bool:
        """Whether a node lives on the folder, ready or not."""
        return self.folder.held()

    @property
    def ready_seconds(self) -> float | None:
        """Seconds from the last launch until requests were answered; None while it is not ready."""
        file = self.folder.ready_file
        text = file.read_text("ascii").strip() if file.is_file() else ""
        return float(text) if text else None

    @property
    def log_path(self) -> Path:
        """Kafka's own log."""
        return self.folder.log

    @property
    def data_dir(self) -> Path:
        """Kafka's own files: segments, indexes, metadata."""
        return self.folder.data

    def start(self) -> None:
        """Start the node and wait until it answers requests.

        Raises:
            Misconfigured: Jar, data, port or folder are not right; the message says which and what to do.
            Retryable: Jars are missing and there is no network, or the machine is too slow.
        """
        self.folder.make()
        if self.folder.held():
            self.folder.take_lock()  # raises, and says who holds it
        self.folder.check_data()
        cache = cache_folder()
        jvm = find_jvm(cache, class_path(cache, self._tell))
        prepare_archive(jvm, self._tell)
        port = self._write_properties()
        self._format(jvm)
        began = time.monotonic()
        try:
            self._wait(process.launch(jvm, self.folder), port)
        except KeyboardInterrupt:  # whoever stops a start wants no node
            self.kill()
            raise
        self.folder.ready_file.write_text(f"{time.monotonic() - began:.2f}\n", "ascii")

    def stop(self) -> None:
        """Stop the node, whoever started it, and wait until it is gone. Nothing happens when none runs."""
        if not process.end(self.folder, signal.SIGTERM):
            self.kill()

    def kill(self) -> None:
        """End the node with SIGKILL, as a power cut of the process would, and wait until it is gone."""
        if not process.end(self.folder, signal.SIGKILL):
            raise Retryable(f"Kafka on {self.folder.root} did not end: process {self.folder.pid()}")

    def restart(self) -> None:
        """Stop the node if it runs, then start it at the same address."""
        self.stop()
        self.start()

    def __enter__(self) -> Self:
        self.start()
        command = [sys.executable, "-I", "-S", str(guard.__file__), str(self.folder.root)]
        try:
            self._guard = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.stop()
        if self._guard is not None:
            self._guard.communicate()  # closes our end: it looks, finds nothing alive, and ends
            self._guard = None

    def _write_properties(self) -> int:
        """Settle the ports and write the settings; give the port for clients."""
        known = self.folder.ports()
        port = self._port or (known[0] if known else ports.pick())
        if not ports.is_free(port):
            raise Misconfigured(_port_taken(port))
        controller = known[1] if known and known[1] != port and ports.is_free(known[1]) else ports.pick(other_than=port)
        self.folder.properties.write_text(kafka_properties(self.folder.data, port, controller), "utf-8")
        return port

    def _format(self, jvm: Jvm) -> None:
        if self.folder.cluster_id() is None:
            process.format_data(jvm, self.folder, _new_cluster_id())

    def _wait(self, node: subprocess.Popen[bytes], port: int) -> None:
        until = time.monotonic() + STARTING
        while not answers(port):
            if node.poll() is not None:
                process.reap(node.pid)
                raise self._died(port)
            if time.monotonic() > until:
                self.kill()
                raise Retryable(f"Kafka did not answer within {STARTING:.0f} s. Its log: {self.folder.log}")
            time.sleep(0.02)
        if node.poll() is not None:  # somebody else answered on the port that we lost
            raise self._died(port)

    def _died(self, port: int) -> Misconfigured:
        words = "".join(
            path.read_text("utf-8", errors="replace")[-20_000:]
            for path in (self.folder.console, self.folder.log)
            if path.is_file()
        )
        if "Address already in use" in words and not ports.is_free(port):
            return Misconfigured(_port_taken(port))
        causes = [
            line
            for line in words.splitlines()
            if any(mark in line for mark in ("FATAL", "Caused by", "Exception", "ERROR"))
        ]
        return Misconfigured(
            f"Kafka ended while it started: {causes[-1].strip() if causes else 'it gave no reason'}. "
            f"Its log: {self.folder.log}. If its data is damaged, put "
            f"{self.folder.root} back from a copy, or move it away to begin empty"
        )


def _port_taken(port: int) -> str:
    return (
        f"Port {port} on 127.0.0.1 is taken by another program. Stop that program, or choose another port "
        f"(crosswalk broker up --port N) and tell the clients of this one"
    )


def _new_cluster_id() -> str:
    """22 characters as Kafka draws them; none begins with a hyphen, which its command line takes for an option."""
    while True:
        name = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode("ascii").rstrip("=")
        if not name.startswith("-"):
            return name
