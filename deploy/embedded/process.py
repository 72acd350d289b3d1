"""Java processes: started so that they outlive their starter, waited for, ended.

Left out: what they run. Rule: whether a node lives is asked of its folder's lock, never of a process number.
"""

import os
import signal
import subprocess
import time
from pathlib import Path

from deploy.embedded.folder import StateFolder
from deploy.embedded.jvm import Jvm, environment
from sharing.errors import Misconfigured, Retryable

LOG_SETTINGS = Path(__file__).with_name("log4j2.properties")
STOPPING = 20.0
"""Seconds that a node gets to close its files. It takes under one."""
_FORMATTING = 120.0
# Children of this process by number, kept so that whoever ends one here also reaps it, through whichever object.
_CHILDREN: dict[int, subprocess.Popen[bytes]] = {}


def launch(jvm: Jvm, folder: StateFolder, options: tuple[str, ...] = ()) -> subprocess.Popen[bytes]:
    """Start the node of this folder in a session of its own; it inherits the folder's lock.

    Raises:
        Misconfigured: Another node holds the folder.
    """
    log4j = f"-Dlog4j2.configurationFile={LOG_SETTINGS}"
    own = (log4j, f"-Dcrosswalk.log.folder={folder.log.parent}", f"-Djava.io.tmpdir={folder.scratch}")
    command = jvm.command("kafka.Kafka", str(folder.properties), options=(*own, *options))
    lock = folder.take_lock()
    try:
        with folder.console.open("wb") as console:
            child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=subprocess.STDOUT,
                cwd=folder.root,
                env=environment(),
                pass_fds=(lock,),
                start_new_session=True,
            )
        folder.write_pid(child.pid)
    finally:
        os.close(lock)
    _CHILDREN[child.pid] = child
    return child


def format_data(jvm: Jvm, folder: StateFolder, cluster_id: str) -> None:
    """Let Kafka write its first files; the cluster id is noted only afterwards, so that a torn attempt is made again.

    Raises:
        Misconfigured: Kafka refused.
    """
    command = jvm.command(
        "kafka.tools.StorageTool", "format", "--ignore-formatted", "-t", cluster_id, "-c", str(folder.properties)
    )
    (folder.data / "meta.properties").unlink(missing_ok=True)  # of an attempt that was cut short
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=_FORMATTING,
            check=False,
            env=environment(),
            cwd=folder.root,
        )
    except subprocess.TimeoutExpired as error:
        raise Retryable(
            f"Kafka did not format {folder.data} within {_FORMATTING:.0f} s: is the machine overloaded?"
        ) from error
    if done.returncode != 0:
        words = (done.stderr.strip() or done.stdout.strip() or "no word").splitlines()[0]
        raise Misconfigured(f"Kafka could not format {folder.data}: {words}")
    folder.cluster_id_file.write_text(f"{cluster_id}\n", "ascii")


def end(folder: StateFolder, kind: signal.Signals, patience: float = STOPPING) -> bool:
    """Send a signal to the node of this folder and wait until it is gone.

    Returns:
        Whether nothing lives on the folder any more.
    """
    until = time.monotonic() + patience
    pid = folder.pid()
    while pid is None and folder.held() and time.monotonic() < until:
        time.sleep(0.02)  # just starting
        pid = folder.pid()
    if pid is None:
        return not folder.held()
    try:
        os.kill(pid, kind)
    except ProcessLookupError:
        return not folder.held()
    while folder.held() and time.monotonic() < until:
        time.sleep(0.02)
    if folder.held():
        return False
    reap(pid)
    return True


def reap(pid: int) -> int | None:
    """Collect an ended child of this process; give its status, or None if it is none of ours."""
    child = _CHILDREN.pop(pid, None)
    return child.wait() if child else None
