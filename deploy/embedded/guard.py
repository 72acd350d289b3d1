"""Sits beside a node that belongs to one program, and stops it should that program die without a word (kill -9).

It waits for the end of its standard input, whose other end only the owner holds. Left out: everything else; it
imports nothing of ours, so that it costs a few megabytes and starts at once. Rule: it ends a process only while the
folder's lock is held.
"""

import fcntl
import os
import signal
import sys
import time
from pathlib import Path

_PATIENCE = 20.0


def node_pid(root: Path) -> int | None:
    """Give the process number of the living node of this folder, if there is one."""
    try:
        with (root / "lock").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except BlockingIOError:
        return int((root / "pid").read_text("ascii"))
    return None


def main(root: Path) -> None:
    """Wait for the owner's end, then end the node: first kindly, then not."""
    sys.stdin.buffer.read()
    pid = node_pid(root)
    if pid is None:
        return
    os.kill(pid, signal.SIGTERM)
    until = time.monotonic() + _PATIENCE
    while node_pid(root) == pid and time.monotonic() < until:
        time.sleep(0.05)
    if node_pid(root) == pid:
        os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
