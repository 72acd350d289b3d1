"""Domain time, as a thing that is handed in.

Production reads the machine's clock. Demonstrations, stories and training use a simulated clock: a small file that
their driver moves, and only when the flow is quiet; production refuses it. Leases, timeouts and watchdogs never use
this clock.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sharing.errors import Misconfigured

Now = Callable[[], datetime]


def real_clock() -> datetime:
    """The time now, UTC, aware."""
    return datetime.now(UTC)


class SimulatedClock:
    """The time that stands in a file, in ISO 8601 with offset. Only its driver moves it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __call__(self) -> datetime:
        """The simulated time now, UTC.

        Raises:
            Misconfigured: the file is absent or holds no time.
        """
        try:
            return datetime.fromisoformat(self.path.read_text(encoding="ascii").strip()).astimezone(UTC)
        except (OSError, ValueError) as fault:
            raise Misconfigured(f"{self.path}: holds no time; write one like 2026-11-20T17:05:00+00:00") from fault

    def move_to(self, moment: datetime) -> None:
        """Set the time, all at once for every reader.

        Raises:
            ValueError: time would run backwards.
        """
        if self.path.exists() and moment < self():
            raise ValueError("simulated time does not run backwards")
        beside = self.path.with_suffix(".next")
        beside.write_text(moment.astimezone(UTC).isoformat(), encoding="ascii")
        beside.replace(self.path)


def clock_from(setting: str, *, production: bool) -> Now:
    """The clock that a setting names: `real`, or `simulated:PATH`.

    Raises:
        Misconfigured: unknown word, or simulated time in production.
    """
    if setting == "real":
        return real_clock
    kind, _, path = setting.partition(":")
    if kind != "simulated" or not path:
        raise Misconfigured(f"CROSSWALK_CLOCK: {kind!r} is not known; use 'real' or 'simulated:PATH'")
    if production:
        raise Misconfigured("CROSSWALK_CLOCK: simulated time is refused in production; use 'real'")
    return SimulatedClock(Path(path))
