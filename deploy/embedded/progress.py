"""What a person sees while jars are fetched: a bar in a terminal, a line now and then elsewhere.

Left out: what is fetched and whether it is right (`jars`). Rule: progress goes to standard error, so that standard
output stays the program's.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

LINE_EVERY = 10
"""Without a terminal, one line for so many jars."""


class FetchProgress:
    """Counts whole jars and bytes.

    Args:
        total: How many jars there are.
        tell: Called with a line where there is no terminal to draw a bar in.
    """

    def __init__(self, total: int, tell: Callable[[str], None]) -> None:
        console = Console(stderr=True)
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[size]}"),
            TimeElapsedColumn(),
        )
        self._bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._task = self._bar.add_task("Kafka's jars", total=total, size="")
        self._tell = (lambda _line: None) if console.is_terminal else tell
        self._total = total
        self.descriptions = 0
        self.jars = 0
        self.megabytes = 0.0

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    @contextmanager
    def file(self, name: str, _size: int) -> Iterator[Callable[[int], None]]:
        """Follow one file; the fetching tool calls what is yielded with the bytes of each piece."""
        yield self._piece
        if not name.endswith(".jar"):
            self.descriptions += 1  # read first, some eighty of them: they say which jars belong together
            self._bar.update(self._task, size=f"{self.descriptions} descriptions read")
        else:
            self.jars += 1
            self._bar.advance(self._task)
            if self.jars % LINE_EVERY == 0:
                self._tell(f"  {self.jars} of {self._total} jars, {self.megabytes:.0f} MB")

    def _piece(self, count: int) -> None:
        self.megabytes += count / 1e6
        if self.jars:
            self._bar.update(self._task, size=f"{self.jars} of {self._total}, {self.megabytes:.0f} MB")
