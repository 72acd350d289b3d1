"""The state folder of one node: what stands where, who holds it, and whether its data can be trusted.

    data/  Kafka's own files      log/  kafka.log, console.log     kafka.properties  also remembers the ports
    lock   held by the node       pid   of the node                cluster-id        written once data is formatted

The lock is the truth about "running": the node itself inherits it and the kernel frees it with the node's last
breath, so that neither kill -9 nor a used-up process number can fool anybody. Left out: Java and processes. Rule: a
folder whose data does not fit what we wrote about it is refused, never repaired silently: Kafka would start empty and
every event would be gone.
"""

import fcntl
import os
import time
from dataclasses import dataclass
from pathlib import Path

from deploy.embedded.metadata_log import fault_in
from deploy.embedded.settings import NODE_ID, parse_properties, ports_of
from sharing.errors import Misconfigured

_PATIENCE = 0.5
"""Seconds for which a held lock is tried again: somebody may only be looking whether it is held."""


@dataclass(frozen=True)
class StateFolder:
    """Paths and facts of one node's folder.

    Args:
        root: Absolute path.
    """

    root: Path

    @property
    def data(self) -> Path:
        """Kafka's own files."""
        return self.root / "data"

    @property
    def log(self) -> Path:
        """What Kafka says about itself."""
        return self.root / "log" / "kafka.log"

    @property
    def console(self) -> Path:
        """What Java says before and beside Kafka's log."""
        return self.root / "log" / "console.log"

    @property
    def properties(self) -> Path:
        """Kafka's settings as last started."""
        return self.root / "kafka.properties"

    @property
    def cluster_id_file(self) -> Path:
        """The cluster's name; exists once the data was formatted."""
        return self.root / "cluster-id"

    @property
    def ready_file(self) -> Path:
        """Exists once a node was ready on this data; holds the seconds that the present one took, or nothing yet."""
        return self.root / "ready"

    @property
    def scratch(self) -> Path:
        """Where Java unpacks libraries."""
        return self.root / "tmp"

    def make(self) -> None:
        """Make the folders, readable by their owner only: topics hold data about children.

        Raises:
            Misconfigured: The place cannot be used.
        """
        if "," in str(self.root):
            raise Misconfigured(
                f"State folder {self.root}: a comma cannot stand in Kafka's log.dirs; name another folder"
            )
        try:
            self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
            for folder in (self.data, self.log.parent, self.scratch):
                folder.mkdir(exist_ok=True, mode=0o700)
        except OSError as error:
            raise Misconfigured(
                f"State folder {self.root} cannot be made: {error.strerror}. Name another with --state"
            ) from error

    def take_lock(self) -> int:
        """Take the lock for a node about to be started.

        Returns:
            The open file that holds it; the node must inherit it, the caller must close it.

        Raises:
            Misconfigured: A node serves this folder already.
        """
        descriptor = os.open(self.root / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        until = time.monotonic() + _PATIENCE
        while not _flock(descriptor, fcntl.LOCK_EX):
            if time.monotonic() > until:
                os.close(descriptor)
                raise Misconfigured(self._held_by())
            time.sleep(0.02)
        (self.root / "pid").unlink(missing_ok=True)
        if self.ready_file.is_file():
            self.ready_file.write_text("", "ascii")
        return descriptor

    def held(self) -> bool:
        """Tell whether a node lives on this folder."""
        try:
            descriptor = os.open(self.root / "lock", os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            return not _flock(descriptor, fcntl.LOCK_SH)
        finally:
            os.close(descriptor)

    def write_pid(self, pid: int) -> None:
        """Note the node's process number; the lock is held."""
        (self.root / "pid").write_text(f"{pid}\n", "ascii")

    def pid(self) -> int | None:
        """Give the process number of the living node. A number left behind by a dead one counts for nothing."""
        if not self.held():
            return None
        try:
            return int((self.root / "pid").read_text("ascii"))
        except (FileNotFoundError, ValueError):
            return None  # between taking the lock and noting the number

    def ports(self) -> tuple[int, int] | None:
        """Give the ports (clients, controller) of the last start, or None before the first."""
        return ports_of(self.properties.read_text("utf-8")) if self.properties.is_file() else None

    def cluster_id(self) -> str | None:
        """Give the cluster id under which the data was formatted, or None before that."""
        return self.cluster_id_file.read_text("ascii").strip() if self.cluster_id_file.is_file() else None

    def check_data(self) -> None:
        """Refuse data that Kafka would misread or start empty on.

        Raises:
            Misconfigured: What was found and what to do.
        """
        cluster = self.cluster_id()
        if cluster is None:
            if (self.data / "__cluster_metadata-0").exists():
                raise Misconfigured(self._damaged("cluster-id is gone though data/ was used"))
            return
        if not (self.data / "meta.properties").is_file():
            raise Misconfigured(self._damaged("data/meta.properties is gone"))
        meta = parse_properties((self.data / "meta.properties").read_text("utf-8", errors="replace"))
        if (meta.get("version"), meta.get("node.id")) != ("1", NODE_ID) or not meta.get("directory.id"):
            raise Misconfigured(self._damaged("data/meta.properties cannot be read"))
        if meta.get("cluster.id") != cluster:
            raise Misconfigured(self._damaged("data/meta.properties names another cluster than the file cluster-id"))
        if self.ready_file.is_file():
            clean = (self.data / ".kafka_cleanshutdown").is_file()
            fault = fault_in(self.data / "__cluster_metadata-0", stopped_cleanly=clean)
            if fault:
                raise Misconfigured(self._damaged(f"data/{fault}"))

    def _damaged(self, what: str) -> str:
        return (
            f"Kafka's data in {self.root} is damaged: {what}. Kafka was not started and nothing was changed. "
            f"Put the folder back from a copy, or, to begin empty, move it away: mv {self.root} {self.root}.damaged"
        )

    def _held_by(self) -> str:
        ports = self.ports()
        address = f", 127.0.0.1:{ports[0]}" if ports else ""
        return (
            f"A Kafka runs on {self.root} already (process {self.pid() or 'just starting'}{address}). Use that one "
            f"(crosswalk broker status), stop it (crosswalk broker down), or name another folder with --state"
        )


def _flock(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
