"""What is wrong right now, by place: logged when it begins and when it ends, and shown as long as it lasts.

Left out: what to do about it. Rules: an entry is a code and plain words with the fix, never a value or an exception's
own text.
"""

import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import structlog

from sharing.errors import CrosswalkError, Rejected, Retryable


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong. `place`: which part of the connector."""

    place: str
    code: str
    words: str


class Troubles:
    """The list of a connector, shared by its threads.

    Args:
        organisation: For the log.
    """

    def __init__(self, organisation: str) -> None:
        self._log = structlog.get_logger("connector").bind(organisation=organisation)
        self._lock = threading.Lock()
        self._now: dict[str, Trouble] = {}

    def note(self, place: str, fault: BaseException) -> None:
        """Something went wrong at a place."""
        known = isinstance(fault, CrosswalkError)
        code = fault.code if isinstance(fault, Rejected) else type(fault).__name__
        words = str(fault) if known else f"an unexpected fault ({type(fault).__name__}); report it"
        trouble = Trouble(place, code, words)
        with self._lock:
            before = self._now.get(place)
            self._now[place] = trouble
        if before != trouble:
            tell = self._log.warning if isinstance(fault, Retryable) else self._log.error
            tell("trouble", stage=place, code=code, reason=words, where="" if known else place_of(fault))

    def clear(self, place: str) -> None:
        """All is well again at a place."""
        with self._lock:
            gone = self._now.pop(place, None)
        if gone is not None:
            self._log.info("trouble is over", stage=place, code=gone.code)

    @contextmanager
    def at(self, place: str) -> Iterator[None]:
        """Note what a block raises and go on; clear the place when it does not."""
        try:
            yield
        except Exception as fault:  # noqa: BLE001 - a thread of a connector never dies of one fault; it is shown
            self.note(place, fault)
        else:
            self.clear(place)

    def all(self) -> tuple[Trouble, ...]:
        """Everything that is wrong now."""
        with self._lock:
            return tuple(self._now[place] for place in sorted(self._now))


def place_of(fault: BaseException) -> str:
    """Place of a fault in the code. Its own text stays out: it may quote a value."""
    frames = traceback.extract_tb(fault.__traceback__)[-3:]
    return " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames))
