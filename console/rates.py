"""How many in the last five minutes and in the last day: counts by minute, forgotten after a day.

Pure, save its memory.
"""

from collections import Counter
from datetime import datetime

WINDOW_MINUTES = 5
DAY_MINUTES = 24 * 60


class Minutes:
    """Counts by minute and key."""

    def __init__(self) -> None:
        self._counts: dict[int, Counter[str]] = {}

    def add(self, at: datetime, key: str, count: int = 1) -> None:
        """So many more at that time."""
        self._counts.setdefault(_minute(at), Counter())[key] += count

    def per_minute(self, now: datetime) -> dict[str, float]:
        """Events a minute by key, over the last five minutes."""
        return {key: count / WINDOW_MINUTES for key, count in self._since(now, WINDOW_MINUTES).items()}

    def day(self, now: datetime) -> dict[str, int]:
        """Events by key in the last 24 hours. Forgets what is older."""
        for minute in [m for m in self._counts if m <= _minute(now) - DAY_MINUTES]:
            del self._counts[minute]
        return dict(self._since(now, DAY_MINUTES))

    def _since(self, now: datetime, minutes: int) -> Counter[str]:
        found: Counter[str] = Counter()
        for minute, counts in self._counts.items():
            if minute > _minute(now) - minutes:
                found += counts
        return found


def _minute(at: datetime) -> int:
    return int(at.timestamp()) // 60
