"""How long the oldest record has waited in the cluster to be taken in: time, not offsets.

Offsets alone lie: a lag of three says nothing about three seconds or three hours. So each end of a topic is
remembered with the time at which it was first seen, until everything below it is taken in. Pure, save its memory.
"""

from collections import deque
from collections.abc import Mapping
from datetime import datetime


class Backlog:
    """Ends of topics that were seen and are not reached."""

    def __init__(self) -> None:
        self._ends: dict[str, deque[tuple[int, datetime]]] = {}

    def look(self, now: datetime, ends: Mapping[str, int], taken: Mapping[str, int]) -> float | None:
        """Age of the oldest record that waits, in seconds; None when none does.

        Args:
            now: Domain time.
            ends: End offset of each topic.
            taken: Next offset of each that will be taken in.
        """
        for topic, end in ends.items():
            waiting = self._ends.setdefault(topic, deque())
            if end > max(taken.get(topic, 0), waiting[-1][0] if waiting else 0):
                waiting.append((end, now))
            while waiting and waiting[0][0] <= taken.get(topic, 0):
                waiting.popleft()
        oldest = [waiting[0][1] for waiting in self._ends.values() if waiting]
        return max(0.0, (now - min(oldest)).total_seconds()) if oldest else None
