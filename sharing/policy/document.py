"""YAML texts as plain nodes that know their place, so that every fault can be shown with file, line and column.

Only mappings, lists and plain words are read; every word stays text, so `no` is not false and `2026-11-20` not a date.
Refused: tags, anchors, aliases, merge keys, duplicate keys, several documents in one text, look-alike letters.
Left out: files (texts are handed in) and what the words mean (`loader`). Faults are collected, not raised one by one.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml
from rapidfuzz import process

from sharing.errors import Misconfigured
from sharing.policy.lookalikes import look_alike, unseen
from sharing.policy.unreadable import in_plain_words, no_text

MAX_DEPTH = 12
LONGEST = 400
MERGE = "<<"
MARK = "(U+FEFF)"
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The parser in C where PyYAML was built with it, about ten times as fast; the events are the same, by test."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stands; line and column count from 1."""

    source: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.source}:{self.line}:{self.column}"

    def shifted(self, columns: int) -> "Place":
        """The same line, so many columns on."""
        return Place(self.source, self.line, self.column + columns)


@dataclass(frozen=True, slots=True)
class Word:
    """One scalar, as text."""

    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple["Node", ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping: key to (key with its place, value)."""

    entries: Mapping[str, tuple[Word, "Node"]]
    place: Place

    def get(self, key: str) -> "Node | None":
        """The value of a key, or None."""
        found = self.entries.get(key)
        return found[1] if found else None


Node = Word | Items | Table


@dataclass(slots=True)
class Faults:
    """Every fault of a set of texts, to be raised at once.

    Attributes:
        unreadable: Names of texts that are no YAML table at all, so that whatever else is said of them would be noise.
        told: Places at which a fault is told that makes every other one there noise.
    """

    found: set[tuple[Place, str]] = field(default_factory=set)
    unreadable: set[str] = field(default_factory=set)
    told: set[Place] = field(default_factory=set)

    def add(self, place: Place, message: str, *, alone: bool = False) -> None:
        """Note a fault, as one line; what it quotes of a text is cut where it is too long to be a slip.

        Args:
            place: Where.
            message: What is wrong.
            alone: What is noted at this place afterwards only follows from this one, and is left out.
        """
        if place in self.told:
            return
        if alone:
            self.told.add(place)
        line = " ".join("".join(c if c.isprintable() else " " for c in message).split())
        self.found.add((place, line if len(line) <= LONGEST else f"{line[:LONGEST]} ..."))

    def unknown(self, word: Word, what: str, allowed: Iterable[str]) -> None:
        """Note a word that is not in a list, with the nearest that is."""
        self.add(word.place, f"unknown {what} '{word.text}'{look_alike(word.text)}{nearest(word.text, allowed)}")

    def raise_all(self) -> None:
        """Raise if there is any.

        Raises:
            Misconfigured: one line a fault, in the order of the texts.
        """
        if self.found:
            raise Misconfigured("\n".join(f"{place}: {message}" for place, message in sorted(self.found)))


def nearest(word: str, allowed: Iterable[str]) -> str:
    """`; did you mean 'x'?`, or the list where nothing is near and it is short."""
    choices = sorted(allowed)
    found = process.extractOne(word, choices, score_cutoff=60)
    if found:
        return f"; did you mean '{found[0]}'?"
    few = 12
    return f"; allowed are {', '.join(choices)}" if 0 < len(choices) <= few else ""


def read(source: str, text: str, faults: Faults) -> Table:
    """One text as a table; an empty one if it cannot be read, with the fault noted."""
    empty = Table({}, Place(source, 1, 1))
    if (wrong := no_text(text)) is not None:
        line, column, why = wrong
        faults.unreadable.add(source)
        faults.add(Place(source, line, column), why)
        return empty
    for line, column, name in unseen(text):
        mend = "save the file as UTF-8 without byte order mark" if name.endswith(MARK) else "take it out"
        faults.add(Place(source, line, column), f"a sign stands here that cannot be seen: {name}; {mend}")
    try:
        node = _Events(source, yaml.parse(text, Loader=_LOADER), faults).document()
    except yaml.MarkedYAMLError as fault:
        place = _at(source, fault.problem_mark) if fault.problem_mark else empty.place
        problem = in_plain_words(str(fault.problem or fault.context), text, place.line)
    else:
        if isinstance(node, Table):
            return node
        place, problem = node.place if node else empty.place, "a table of keys and values is expected here"
    faults.add(place, problem)
    faults.unreadable.add(source)
    return empty


def _at(source: str, mark: Any) -> Place:
    return Place(source, mark.line + 1, mark.column + 1)


class _Events:
    """The parser's events made into nodes. The stubs of yaml know nothing of an event's parts, hence `Any`."""

    def __init__(self, source: str, events: Iterator[Any], faults: Faults) -> None:
        self.source, self.events, self.faults = source, events, faults

    def document(self) -> Node | None:
        next(self.events)  # start of the stream
        if isinstance(next(self.events), yaml.StreamEndEvent):
            return None
        node = self.node(next(self.events), 0)
        next(self.events)  # end of the document
        after = next(self.events)
        if not isinstance(after, yaml.StreamEndEvent):
            self.faults.add(self.place(after), "a second document begins here; one text holds one")
        return node

    def place(self, event: Any) -> Place:
        return _at(self.source, event.start_mark)

    def node(self, event: Any, depth: int) -> Node:
        place = self.place(event)
        if depth > MAX_DEPTH:
            raise yaml.MarkedYAMLError(problem="nested too deeply", problem_mark=event.start_mark)
        if isinstance(event, yaml.AliasEvent):
            self.faults.add(place, "aliases (*name) are not allowed; write it out", alone=True)
            return Word("", place)
        if event.anchor is not None:
            self.faults.add(place, "anchors (&name) are not allowed; write it out")
        if event.tag is not None:
            self.faults.add(place, "tags (!name) are not allowed")
        if isinstance(event, yaml.MappingStartEvent):
            return Table(self.entries(depth), place)
        if isinstance(event, yaml.SequenceStartEvent):
            return Items(tuple(self.items(depth)), place)
        return Word(event.value, place)

    def items(self, depth: int) -> Iterator[Node]:
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            yield self.node(event, depth + 1)

    def entries(self, depth: int) -> dict[str, tuple[Word, Node]]:
        found: dict[str, tuple[Word, Node]] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self.node(event, depth + 1)
            value = self.node(next(self.events), depth + 1)
            if not isinstance(key, Word):
                self.faults.add(key.place, "a key is one word")
            elif key.text in found:
                self.faults.add(key.place, f"key '{key.text}' stands here twice")
            elif key.text == MERGE:
                self.faults.add(key.place, "merge keys (<<) are not allowed; write out what is to stand here")
            else:
                self.note_look_alikes(key)
                found[key.text] = (key, value)
        return found

    def note_look_alikes(self, key: Word) -> None:
        if not key.text.isascii():
            self.faults.add(key.place, f"key '{key.text}' is no name{look_alike(key.text)}")
