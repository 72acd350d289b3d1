"""What a connector looks up in files beside it: rolls and person tables, read again when a file changes.

Left out: what is in them. Rule: a file that is being written or is away leaves the last good look-up in its place.
"""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

T = TypeVar("T")
Files = tuple[tuple[str, bytes], ...]


class Watched(Generic[T]):
    """Something made of files, made anew when one of them changes.

    Args:
        path: A file, or a folder whose files (not those that begin with a dot) are all read.
        make: Makes it of base names and contents; without any file it is made of nothing.
        settle_seconds: How long ago the last of the files must have changed before they are read again.
    """

    def __init__(self, path: Path, make: Callable[[Files], T], settle_seconds: float = 0.0) -> None:
        self._path = path
        self._make = make
        self._settle = settle_seconds
        self._lock = threading.Lock()
        self._seen: object = None
        self._made: T | None = None

    def __call__(self) -> T:
        """The look-up as the files are now."""
        with self._lock:
            try:
                paths = self._paths()
                looks = [(p.name, p.stat()) for p in paths]
                seen = [(name, look.st_mtime_ns, look.st_size, look.st_ino) for name, look in looks]
                written_at = max((look.st_ctime for _, look in looks), default=0.0)
                settled = not 0.0 <= time.time() - written_at < self._settle
                if self._made is None or (seen != self._seen and settled):
                    self._made = self._make(tuple((p.name, p.read_bytes()) for p in paths))
                    self._seen = seen
            except OSError:
                if self._made is None:
                    self._made = self._make(())
            return self._made

    def _paths(self) -> list[Path]:
        if self._path.is_dir():
            return sorted(p for p in self._path.iterdir() if p.is_file() and not p.name.startswith("."))
        return [self._path] if self._path.exists() else []
