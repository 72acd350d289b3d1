"""A reader of settings that collects every fault, with its place and its fix, before anything starts.

Left out: what the settings mean (`settings`). Rules: a key that nobody asked for is a fault, with the nearest right
word; a message never shows a value that might be a secret.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar

from sharing.errors import Misconfigured

T = TypeVar("T")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_ADDRESS = re.compile(r"[A-Za-z0-9._-]+:\d{1,5}|\[[0-9a-fA-F:]+\]:\d{1,5}")
_ABSENT = object()


class Reader:
    """One level of a settings document.

    Args:
        mapping: What was parsed. `source`: name of the file. `base`: folder of the file.
        place: Path of this level in the document, for messages.
        faults: List that all levels share.
    """

    def __init__(
        self, mapping: object, source: str, base: Path, place: str = "", faults: list[str] | None = None
    ) -> None:
        self.base = base
        self._source = source
        self._place = place
        self._faults: list[str] = [] if faults is None else faults
        self._asked: set[str] = set()
        self._levels: list[Reader] = []
        self._values: Mapping[str, object] = {}
        if isinstance(mapping, Mapping):
            self._values = {str(key): value for key, value in mapping.items()}
        elif mapping is not None:
            self.fault("", "expected keys and values")

    def fault(self, key: str, message: str) -> None:
        """Note a fault at a key."""
        place = ".".join(part for part in (self._place, key) if part)
        self._faults.append(f"{self._source}: {place or 'document'}: {message}")

    def faulty(self) -> bool:
        """Whether any fault was found so far, at any level."""
        return bool(self._faults)

    def finish(self) -> None:
        """End of reading.

        Raises:
            Misconfigured: names every fault, unknown keys included.
        """
        self._unknown()
        if self._faults:
            raise Misconfigured("\n".join(self._faults))

    def _unknown(self) -> None:
        for key in sorted(set(self._values) - self._asked):
            near = get_close_matches(key, sorted(self._asked), n=1)
            self.fault(
                key,
                f"unknown key; {'did you mean ' + near[0] if near else 'known are ' + ', '.join(sorted(self._asked))}",
            )
        for level in self._levels:
            level._unknown()  # noqa: SLF001 - the same class, a level below

    def _get(self, key: str) -> object:
        self._asked.add(key)
        value = self._values.get(key, _ABSENT)
        return _ABSENT if value is None else value

    def text(self, key: str, default: str | None = None) -> str:
        """Text; without a default it must be there."""
        value = self._get(key)
        if value is _ABSENT:
            if default is None:
                self.fault(key, "is missing")
            return default or ""
        if isinstance(value, bool | int | float):
            value = str(value)
        if not isinstance(value, str) or not value.strip():
            self.fault(key, "expected text")
            return ""
        return value

    def slug(self, key: str) -> str:
        """A name in lower-case letters, digits and hyphens."""
        value = self.text(key)
        if value and not _SLUG.fullmatch(value):
            self.fault(key, "expected lower-case letters, digits and hyphens, as in the partnership's directory")
        return value

    def addresses(self, key: str) -> str:
        """Kafka addresses, `host:port,...`."""
        value = self.text(key)
        if value and not all(_ADDRESS.fullmatch(one.strip()) for one in value.split(",")):
            self.fault(key, "expected host:port, several with commas between them")
        return value

    def choice(self, key: str, allowed: Sequence[str], default: str | None = None) -> str:
        """One of a closed list."""
        value = self.text(key, default)
        if value and value not in allowed:
            near = get_close_matches(value, allowed, n=1)
            self.fault(key, f"expected one of {', '.join(allowed)}" + (f"; did you mean {near[0]}" if near else ""))
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        """True or false."""
        value = self._get(key)
        if value is _ABSENT:
            return default
        if not isinstance(value, bool):
            self.fault(key, "expected true or false")
            return default
        return value

    def number(self, key: str, default: float, low: float, high: float) -> float:
        """A number within bounds."""
        value = self._get(key)
        if value is _ABSENT:
            return default
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            self.fault(key, f"expected a number from {low:g} to {high:g}")
            return default
        return float(value)

    def path(self, key: str) -> Path | None:
        """A path, relative to the settings file; it must be given."""
        value = self.text(key)
        return self.base / value if value else None

    def optional_path(self, key: str) -> Path | None:
        """A path, or None where none is given."""
        value = self.text(key, "")
        return self.base / value if value else None

    def names(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        """A list of names."""
        value = self._get(key)
        if value is _ABSENT and not required:
            return ()
        if not isinstance(value, list) or not value or not all(isinstance(item, str) and item for item in value):
            self.fault(key, "expected a list of names")
            return ()
        return tuple(str(item) for item in value)

    def named(self, key: str) -> list[tuple[str, dict[str, str]]]:
        """A list of names, or of mappings with a `name` and words that only the named part knows."""
        value = self._get(key)
        items = [] if value is _ABSENT else value
        if not isinstance(items, list):
            self.fault(key, "expected a list")
            return []
        found: list[tuple[str, dict[str, str]]] = []
        for number, item in enumerate(items):
            told = {"name": item} if isinstance(item, str) else item
            if not isinstance(told, dict) or not isinstance(told.get("name"), str):
                self.fault(f"{key}[{number}]", "expected a name, or keys and values with a name")
                continue
            found.append((told["name"], {str(k): str(v) for k, v in told.items() if k != "name"}))
        return found

    def made(self, key: str, make: Callable[[str], T], *, required: bool = True) -> T | None:
        """What `make` makes of a text; its fault becomes a fault here."""
        value = self.text(key, None if required else "")
        if not value:
            return None
        try:
            return make(value)
        except Misconfigured as fault:
            self.fault(key, str(fault))
            return None

    def needless(self, key: str, why: str) -> None:
        """A key that has no meaning beside the others."""
        if self._get(key) is not _ABSENT:
            self.fault(key, why)

    def part(self, key: str) -> "Reader":
        """The level below a key, empty where it is absent."""
        value = self._get(key)
        return self._level(None if value is _ABSENT else value, key)

    def parts(self, key: str) -> list["Reader"]:
        """The levels of a list."""
        value = self._get(key)
        if value is _ABSENT:
            return []
        if not isinstance(value, list):
            self.fault(key, "expected a list")
            return []
        return [self._level(item, f"{key}[{number}]") for number, item in enumerate(value)]

    def _level(self, value: object, key: str) -> "Reader":
        place = ".".join(part for part in (self._place, key) if part)
        level = Reader(value, self._source, self.base, place, self._faults)
        self._levels.append(level)
        return level
