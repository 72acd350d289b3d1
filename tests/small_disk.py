"""A disk that is really full: a small file system of its own, and what fills it."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

BLOCK = b"\0" * 4096


@contextmanager
def mounted(place: Path, megabytes: int) -> Iterator[Path]:
    """A file system of so many MiB at a new folder; skips where this user may not mount one."""
    place.mkdir()
    tool = shutil.which("mount")
    made = tool and subprocess.run(
        [tool, "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(place)], capture_output=True, check=False
    )
    if not made or made.returncode:
        pytest.skip("this user may not mount a small file system, so a full disk cannot be made")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def fill(place: Path) -> Path:
    """Fill what is left; the file that does it. Called again it takes what has become free meanwhile."""
    path = place / "filler"
    with path.open("ab", buffering=0) as file:
        try:
            while True:
                file.write(BLOCK)
        except OSError:
            return path
