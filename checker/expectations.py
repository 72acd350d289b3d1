"""The hand-written expectations, read from `expectations.yaml` and asked by name.

Left out: comparing them with anything. Rule: a record for which nothing is written down is a fault of the
expectations, and the run is invalid: nobody's silence counts as consent.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from checker.model import Published

FILE = Path(__file__).with_name("expectations.yaml")


class Unforeseen(Exception):  # noqa: N818 - what a record is
    """The expectations do not speak of this record."""


@dataclass(frozen=True, slots=True)
class Saying:
    """Something that the broker itself must say.

    Attributes:
        child: Story's key, `` for a matter that names no child. `where`: values that must stand in it.
        optional: It may be said; it need not reach a folder.
    """

    event_type: str
    child: str
    where: Mapping[str, object]
    to: tuple[str, ...]
    optional: bool


class Expectations:
    """What must come of the story."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._sets: Mapping[str, list[str]] = document["sets"]
        self.kinds: Mapping[str, str] = document["organisations"]
        self.always = frozenset(document["always"])
        self.classes: Mapping[str, str] = {path: name for name, paths in document["classes"].items() for path in paths}
        self.seal: Mapping[str, Any] = document["seal"]
        self.faults: Mapping[str, list[str]] = document["faults"]
        self._views = {
            (event_type, function): frozenset(self._expand(paths))
            for event_type, functions in document["views"].items()
            for function, paths in functions.items()
        }
        self.said = tuple(
            Saying(
                one["type"], one.get("child", ""), one.get("where", {}), tuple(one["to"]), one.get("optional", False)
            )
            for one in document["said"]
        )

    def before_the_seal(self) -> "Expectations":
        """The same, for a run that ended before anything was sealed."""
        return Expectations({**self._document, "seal": {**self.seal, "children": []}})

    def recipients(self, reference: str) -> Mapping[str, list[str]]:
        """Functions by organisation that must get this record, each once.

        Raises:
            Unforeseen: nothing is written down.
        """
        known: Mapping[str, Mapping[str, list[str]]] = self._document["recipients"]
        if reference in known:
            return known[reference]
        for pattern, found in known.items():
            if pattern.endswith("*") and reference.startswith(pattern[:-1]):
                return found
        raise Unforeseen(reference)

    def sees(self, event_type: str, function: str) -> frozenset[str]:
        """Paths that a function sees of a type of event, while nothing is sealed.

        Raises:
            Unforeseen: nothing is written down.
        """
        try:
            return self._views[event_type, function]
        except KeyError:
            raise Unforeseen(f"{event_type} to {function}") from None

    def sees_sealed(self, one: Published, function: str) -> frozenset[str]:
        """The same for a record of the story, once everything is sealed that it seals."""
        seen = self.sees(one.event_type, function)
        if self.is_entitled(one.child, function) or one.event_type in self.seal["untouched"]:
            return seen
        return frozenset(path for path in seen if self.class_of(one.event_type, path) not in self.seal["classes"])

    def is_entitled(self, child: str, function: str) -> bool:
        """Whether a function may know where this child is."""
        if child not in self.seal["children"] or function in self.seal["entitled"]:
            return True
        return child in self.seal["open_referral"] and function in self.seal["with_open_referral"]

    def tells_nothing(self, organisation: str, value: object) -> bool:
        """Whether a value of a sealed class, delivered before the seal, gives no place away to its recipient."""
        own = self.seal["own_names"].get(organisation, ())
        return value in self.seal["tells_nothing"] or value == organisation or value in own

    def class_of(self, event_type: str, path: str) -> str:
        """Class of a field, `` where it is nobody's secret."""
        return self.classes.get(f"{event_type}:{path}") or self.classes.get(path, "")

    def never(self, organisation: str, event_type: str, path: str) -> bool:
        """Whether such an organisation may never hold this field, whatever was published."""
        rule = self._document["never"][self.kinds[organisation]]
        if path in rule["except"]:
            return False
        return path in rule.get("also", ()) or self.class_of(event_type, path) in rule["classes"]

    def _expand(self, paths: list[str]) -> Iterator[str]:
        for path in paths:
            if path.startswith("$"):
                yield from self._expand(self._sets[path[1:]])
            else:
                yield path


def load(path: Path = FILE) -> Expectations:
    """Read the expectations."""
    return Expectations(yaml.safe_load(path.read_text(encoding="utf-8")))
