"""One process a connector: two on one spool would each believe that it alone numbers, sends and delivers.

Left out: telling two machines apart; a spool lies on a local disk.
"""

import fcntl
import os
from pathlib import Path

from sharing.errors import Misconfigured


class Lock:
    """Held from its making to its release, or to the end of the process, however that comes.

    Args:
        path: The lock file; it is left in place.

    Raises:
        Misconfigured: another process holds it, or its folder cannot be used.
    """

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._handle: int | None = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as fault:
            raise Misconfigured(
                f"{path.parent}: cannot be the state folder ({fault.strerror}); make it, give this user the right to "
                "write it, and see that its disk has room"
            ) from None
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._handle)
            raise Misconfigured(f"{path}: this connector is running already; stop that process first") from None

    def release(self) -> None:
        """Let another process have it."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
