"""Domain time of a connector: the machine's clock, or in a demonstration the time that stands in a file.

Left out: moving it; its driver does. Rule: waits and time-outs never use this clock.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sharing.errors import Misconfigured


def clock_from(setting: str, base: Path) -> Callable[[], datetime]:
    """The clock that a setting names.

    Args:
        setting: `real`, or `simulated:PATH` of a file with a time in ISO 8601.
        base: Folder to which the path is relative.

    Raises:
        Misconfigured: another word.
    """
    if setting == "real":
        return lambda: datetime.now(UTC)
    kind, _, name = setting.partition(":")
    if kind != "simulated" or not name:
        raise Misconfigured("clock: expected real, or simulated:PATH in a demonstration")
    return lambda: _read(base / name)


def _read(path: Path) -> datetime:
    try:
        return datetime.fromisoformat(path.read_text(encoding="ascii").strip()).astimezone(UTC)
    except (OSError, ValueError):
        raise Misconfigured(f"{path}: holds no time; write one like 2026-11-20T17:05:00+00:00") from None
