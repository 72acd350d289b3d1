"""What a connector looks up in files beside it: rolls and person tables, read again when a file changes.

Left out: what is in them. Rule: a file that is being written or is away leaves the last good look-up in its place.
"""

import threading
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
    """

    def __init__(self, path: Path, make: Callable[[Files], T]) -> None:
        self._path = path
        self._make = make
        self._lock = threading.Lock()
        self._seen: object = None
        self._made: T | None = None

    def __call__(self) -> T:
        """The look-up as the files are now."""
        with self._lock:
            try:
                paths = self._paths()
                seen = [(p.name, p.stat().st_mtime_ns, p.stat().st_size, p.stat().st_ino) for p in paths]
                if self._made is None or seen != self._seen:
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
