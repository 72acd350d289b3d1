"""The record of a decision without its facts, put together from parts that are written once.

Left out: which ruling holds (`decide`). A set of facts that was not asked about before mostly makes a known pattern of
rulings, and a new pattern is mostly made of known parts: the fields of one group under one ruling. Rule: the bytes are
those of canonical JSON, and the shape is that of `shape_of`; both by test.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple

from sharing.policy.canonical import canonical
from sharing.policy.decision import FieldRuling, rows_of
from sharing.policy.lattice import TransformKind
from sharing.policy.outcomes import Ruling
from sharing.vocabulary import Outcome


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """All of a decision but its facts.

    Attributes:
        before, after: The record, cut where the facts stand. `begun`: the hash up to there.
    """

    fields: tuple[FieldRuling, ...]
    shape: str
    before: bytes
    after: bytes
    begun: "hashlib._Hash"

    def digest(self, facts: bytes) -> bytes:
        """SHA-256 of the record with these facts: most of it is hashed once."""
        whole = self.begun.copy()
        whole.update(facts)
        whole.update(self.after)
        return whole.digest()


class _Part(NamedTuple):
    """One field under one ruling: its place among the fields, and how it is written down."""

    place: int
    ruling: FieldRuling
    row: bytes
    shape: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Writer:
    """Writes the pages of one cell.

    Attributes:
        head: What stands in every record of the cell, by key.
        paths: Everything that is ruled. `groups`: places of paths that always share their ruling.
    """

    head: dict[str, str]
    paths: tuple[str, ...]
    groups: tuple[tuple[int, ...], ...]
    _parts: dict[tuple[int, str, str, TransformKind], tuple[_Part, ...]] = field(default_factory=dict)
    _frames: dict[tuple[Outcome, str, str], tuple[bytes, bytes]] = field(default_factory=dict)

    def page(self, outcome: Outcome, ruling: Ruling, rulings: Sequence[Ruling]) -> Page:
        """What follows from one ruling a group."""
        parts = [part for number, by in enumerate(rulings) for part in self._written(number, by)]
        parts.sort(key=_place)
        before, after = self._frame(outcome, ruling)
        fields = b",".join([part.row for part in parts])
        released = b",".join([part.shape for part in parts if part.shape])
        start = b'%s"fields":[%s],"guards":{' % (before, fields)
        return Page(
            fields=tuple([part.ruling for part in parts]),
            shape=sha256(b"[%s,[%s]]" % (canonical(self.head["event"]), released)).hexdigest(),
            before=start,
            after=b"}%s" % after,
            begun=sha256(start),
        )

    def _written(self, number: int, by: Ruling) -> tuple[_Part, ...]:
        key = (number, by.reason, by.rule, by.transform.kind)
        found = self._parts.get(key)
        if found is None:
            found = self._parts[key] = tuple(self._part(place, by) for place in self.groups[number])
        return found

    def _part(self, place: int, by: Ruling) -> _Part:
        ruling = FieldRuling(self.paths[place], by.transform, by.reason, by.rule)
        (row,) = rows_of([ruling])
        told = [ruling.path, ruling.transform.words, ruling.transform.pairs]
        return _Part(place, ruling, canonical(row), canonical(told) if ruling.is_released else b"")

    def _frame(self, outcome: Outcome, ruling: Ruling) -> tuple[bytes, bytes]:
        """The record around fields and facts, which stand side by side in it."""
        key = (outcome, ruling.reason, ruling.rule)
        found = self._frames.get(key)
        if found is None:
            own = {"outcome": outcome.value, "reason": ruling.reason, "rule": ruling.rule}
            whole = canonical({**self.head, **own, "fields": [], "guards": {}})
            before, after = whole.split(b'"fields":[],"guards":{}')
            found = self._frames[key] = (before, after)
        return found


def _place(part: _Part) -> int:
    return part.place
