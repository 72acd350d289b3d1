"""Reading the world's folder: ground truth, deliveries, refusals, faults that were made. Judges nothing.

Rule: what cannot be read is a fault of its own kind, never silence.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checker.model import Delivery, Published

RECALLED = ".recalled.json"


class Unreadable(Exception):  # noqa: N818 - what a file is
    """A file that the judge needs is not there or is not what it should be."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What was let go, in order, and the moments that the story marked (ms since 1970, real time)."""

    published: tuple[Published, ...]
    marks: Mapping[str, int]

    def events(self) -> Iterator[Published]:
        """Records that are events and must arrive."""
        return (one for one in self.published if one.fate == "event")


def read_truth(folder: Path) -> Truth:
    """The ground truth of a run.

    Raises:
        Unreadable: it is not there, or a line is broken.
    """
    lines = _lines(folder / "story" / "published.jsonl")
    if not lines:
        raise Unreadable("story/published.jsonl holds nothing")
    published = tuple(_published(number, line) for number, line in enumerate(lines))
    marks = read_optional(folder / "story" / "marks.jsonl")
    return Truth(published, {str(one.get("name")): int(one.get("at_ms", 0)) for one in marks})


def read_optional(path: Path) -> list[dict[str, Any]]:
    """Lines of a file that need not be there."""
    return _lines(path) if path.exists() else []


def deliveries(folder: Path) -> Iterator[Delivery]:
    """Every file that stands in an agency's `delivered` folder.

    Raises:
        Unreadable: a file is no delivery.
    """
    for path in sorted(folder.glob("agencies/*/delivered/*.json")):
        if not path.name.endswith(RECALLED) and not path.name.startswith("."):
            yield _delivery(folder, path)


def recalls(folder: Path) -> dict[str, set[str]]:
    """Ids of the exchanges that each agency was asked to give up."""
    found: dict[str, set[str]] = {}
    for path in folder.glob(f"agencies/*/delivered/*{RECALLED}"):
        found.setdefault(path.parent.parent.name, set()).add(path.name.removesuffix(RECALLED))
    return found


def refusals(folder: Path) -> dict[str, list[str]]:
    """Codes of what connectors refused, by organisation, from the lists that they put beside refused files."""
    found: dict[str, list[str]] = {}
    for path in sorted(folder.glob("agencies/*/drop/refused/*.refusals.jsonl")):
        own = found.setdefault(path.parent.parent.parent.name, [])
        own.extend(str(line["code"]) for line in _lines(path))
    return found


def flat(value: object, prefix: str = "") -> Iterator[tuple[str, object]]:
    """Leaves of a JSON object by dotted path; a list of records by `path[]`."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from flat(part, f"{prefix}.{name}" if prefix else str(name))
    elif isinstance(value, list) and any(isinstance(part, Mapping) for part in value):
        for part in value:
            yield from flat(part, f"{prefix}[]")
    else:
        yield prefix, value


def _published(number: int, line: Mapping[str, Any]) -> Published:
    try:
        return Published(
            number=number,
            reference=str(line["reference"]),
            organisation=str(line["organisation"]),
            event_type=str(line["event_type"]),
            child=str(line["child"]),
            fate=str(line["fate"]),
            occurred_at=str(line["occurred_at"]),
            fields=dict(line["fields"]),
            canaries={str(path): str(token) for path, token in line["canaries"].items()},
            code=str(line["code"]),
            at_ms=int(line["at_ms"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise Unreadable(f"story/published.jsonl: record {number}: {type(fault).__name__}") from None


def _delivery(folder: Path, path: Path) -> Delivery:
    place = str(path.relative_to(folder))
    try:
        body = json.loads(path.read_bytes())
        own = dict(flat({key: body[key] for key in body if key not in _HEAD}))
        return Delivery(
            organisation=path.parent.parent.name,
            place=place,
            exchange_id=str(body["exchange_id"]),
            event_type=str(body["event_type"]),
            sequence=int(body["delivery_seq"]),
            late=bool(body.get("late")),
            fields=own,
        )
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise Unreadable(f"{place}: is no delivery ({type(fault).__name__})") from None


_HEAD = frozenset({"event_type", "exchange_id", "delivery_seq", "plain_words", "gap", "late"})


def _lines(path: Path) -> list[dict[str, Any]]:
    try:
        found = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, ValueError) as fault:
        raise Unreadable(f"{path.name}: cannot be read ({type(fault).__name__})") from None
    if not all(isinstance(line, dict) for line in found):
        raise Unreadable(f"{path.name}: expected one object a line")
    return found
