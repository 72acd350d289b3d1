"""Files that are whole or not there: written beside, flushed, renamed, and the folder flushed after.

Left out: what is in them.
"""

import os
from pathlib import Path

OWNER_ONLY = 0o600


def flush_folder(folder: Path) -> None:
    """Make renames and removals in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_whole(path: Path, raw: bytes, *, durable: bool = True) -> None:
    """Write a file so that a reader sees all of it or nothing.

    Args:
        path: Where it will stand.
        raw: What is in it.
        durable: Whether that must hold after a power cut too; flushing costs some ten milliseconds.

    Raises:
        OSError: it could not be written; nothing stands under its name that did not before.
    """
    beside = path.with_name(f".{path.name}.part")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    if durable:
        flush_folder(path.parent)


def printable(name: str | Path) -> str:
    """A name that every terminal can show and every store hold, whatever bytes it is made of."""
    return os.fsencode(name).decode("utf-8", "replace")


def free_name(folder: Path, name: str) -> Path:
    """A path in a folder under which nothing stands yet: the name, else the name with a number behind it."""
    candidate, number = folder / name, 1
    while os.path.lexists(candidate):
        number += 1
        candidate = folder / f"{name}.{number}"
    return candidate
