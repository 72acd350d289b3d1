"""From decided events to rows and leaf hashes: the hot path of the ledger, some 20 microseconds an event.

Left out: the transaction around it (`events`). Rules: all leaves of a row stand in the order of its exchanges; a row
without exchanges has one leaf; the words of a carrier are interned before its rows are built.
"""

import json
import re
from binascii import hexlify
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from ledger.children import Child, seal
from ledger.leaf import NOBODY, carrier_part, event_part, exchange_frame, statement_part
from ledger.packing import (
    EXPRESS,
    MAX_EXCHANGES,
    MAX_ROWS,
    STATE_CODES,
    STATE_WORDS,
    pack_exchange,
    place,
    row_number,
    to_ms,
)
from ledger.rows import CarrierRows, EventRow, Exchange, Redecision, Statement
from ledger.words import Words
from sharing.policy.canonical import canonical
from sharing.vocabulary import Outcome

_KIND = re.compile(r"[a-z]+(-[a-z]+)*(\.[a-z]+(-[a-z]+)*)+")

Row = tuple[Any, ...]
Frames = dict[tuple[str, str, str, bytes, int], tuple[int, int, int, int, bytes, bytes]]


@dataclass(slots=True)
class Built:
    """Rows of one carrier, by table."""

    hashes: list[bytes] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)
    redecisions: list[Row] = field(default_factory=list)
    statements: list[Row] = field(default_factory=list)
    express: list[Row] = field(default_factory=list)
    held: list[Row] = field(default_factory=list)
    awaited: list[Row] = field(default_factory=list)


def check(rows: CarrierRows) -> None:
    """Refuse what the layout cannot hold.

    Raises:
        ValueError: too many rows or exchanges, a hold without its reason, lanes mixed in one redecision, or a
            statement that is not canonical.
    """
    if not 0 < count_of(rows) <= MAX_ROWS:
        raise ValueError(f"a carrier holds from 1 to {MAX_ROWS} rows")
    for exchanges in _by_row(rows):
        if len(exchanges) > MAX_EXCHANGES:
            raise ValueError(f"a row of a carrier holds at most {MAX_EXCHANGES} exchanges")
        if any(x.state is Outcome.HOLD and x.hold is None for x in exchanges):
            raise ValueError("an exchange that is held says why and until when")
    for redecision in rows.redecisions:
        if len({x.organisation for x in redecision.exchanges}) != 1:
            raise ValueError("a redecision is about one organisation")
    for statement in rows.statements:
        if not _KIND.fullmatch(statement.kind) or not _is_canonical(statement.body):
            raise ValueError(f"statement {statement.kind!r}: a kind is dotted words, a body one canonical JSON object")


def count_of(rows: CarrierRows) -> int:
    """Rows of a carrier."""
    return len(rows.events) + len(rows.redecisions) + len(rows.statements)


def _is_canonical(body: bytes) -> bool:
    try:
        found = json.loads(body)
    except ValueError:
        return False
    return isinstance(found, dict) and canonical(found) == body


def exchanges_of(rows: CarrierRows) -> Iterator[Exchange]:
    """Every exchange of a carrier."""
    for exchanges in _by_row(rows):
        yield from exchanges


def _by_row(rows: CarrierRows) -> Iterator[tuple[Exchange, ...]]:
    yield from (event.exchanges for event in rows.events)
    yield from (redecision.exchanges for redecision in rows.redecisions)


class Builder:
    """Builds the rows of one carrier.

    Args:
        carrier: Its id.
        rows: What was decided; checked, its words interned.
        children: Opened keys of all subjects.
        stored: For each redecision's event: (event id, subject, schema id, digest, child's commitment).
    """

    def __init__(
        self,
        carrier: int,
        rows: CarrierRows,
        words: Words,
        children: Mapping[int, Child],
        stored: Mapping[int, tuple[bytes, int, int, bytes, bytes]],
    ) -> None:
        self._carrier = carrier
        self._words = words
        self._children = children
        self._stored = stored
        self._shared = sha256(b"\0" + carrier_part(to_ms(rows.decided_at), rows.engine))
        self._frames: dict[str, Frames] = {"decided": {}, "redecided": {}}
        self._built = Built()
        for position, event in enumerate(rows.events):
            self._event(position, event)
        for position, redecision in enumerate(rows.redecisions, len(rows.events)):
            self._redecision(position, redecision)
        for position, statement in enumerate(rows.statements, len(rows.events) + len(rows.redecisions)):
            self._statement(position, statement)

    @property
    def built(self) -> Built:
        """The rows."""
        return self._built

    def _event(self, position: int, row: EventRow) -> None:
        event_id, subject, schema_id, head, agreements, content, exchanges = row
        child = self._children[subject]
        digest = child.commit(content)
        part = event_part(event_id, schema_id, head, agreements, digest, child.commitment)
        n = row_number(self._carrier, position)
        packed = self._exchanges(part, exchanges, "decided", (position, n, n, subject))
        sealed = seal(child.key, content, event_id)
        version = self._words.words[agreements]
        self._built.events.append((n, event_id, subject, schema_id, head, version, packed, digest, sealed))

    def _redecision(self, position: int, row: Redecision) -> None:
        event_n, replaces, head, agreements, exchanges = row
        event_id, subject, schema_id, digest, commitment = self._stored[event_n]
        part = event_part(event_id, schema_id, head, agreements, digest, commitment)
        n = row_number(self._carrier, position)
        packed = self._exchanges(part, exchanges, "redecided", (position, n, event_n, subject))
        lane = self._words.lanes[exchanges[0].organisation]
        version = self._words.words[agreements]
        self._built.redecisions.append((n, event_n, replaces, lane, head, version, packed))

    def _statement(self, position: int, row: Statement) -> None:
        hashed = self._shared.copy()
        hashed.update(statement_part(row.kind, row.body))
        self._built.hashes.append(hashed.digest())
        n = row_number(self._carrier, position)
        self._built.statements.append((n, self._words.words[row.kind], row.body))

    def _exchanges(
        self, part: bytes, exchanges: Sequence[Exchange], step: str, where: tuple[int, int, int, int]
    ) -> bytes:
        """Hash the leaves of one row and pack its exchanges; `where`: position, n, n of the event, subject."""
        shared = self._shared.copy()
        shared.update(part)
        if not exchanges:
            shared.update(NOBODY)
            self._built.hashes.append(shared.digest())
            return b""
        packed, frames, hashes = [], self._frames[step], self._built.hashes
        for index, x in enumerate(exchanges):
            exchange_id, organisation, function, kind, outcome, state, express, awaited, _ = x
            code = EXPRESS if express and state is Outcome.DELIVER else STATE_CODES[state]
            frame = frames.get((organisation, function, kind, outcome, code))
            if frame is None:
                frame = self._frame(x, code, step)
            lane, function_n, outcome_n, kind_n, before, after = frame
            hashed = shared.copy()
            hashed.update(before + hexlify(exchange_id) + after)
            hashes.append(hashed.digest())
            packed.append(pack_exchange(exchange_id, lane, function_n, outcome_n, kind_n, code))
            if code > 1 or awaited:
                self._aside(x, index, code, (lane, function_n), where)
        return b"".join(packed)

    def _frame(self, x: Exchange, code: int, step: str) -> tuple[int, int, int, int, bytes, bytes]:
        words = self._words
        outcome_n, digest = words.outcomes[x.outcome]
        texts = exchange_frame(x.organisation, x.function, x.kind, digest, STATE_WORDS[code], step)
        found = (words.lanes[x.organisation], words.words[x.function], outcome_n, words.words[x.kind], *texts)
        self._frames[step][x.organisation, x.function, x.kind, x.outcome, code] = found
        return found

    def _aside(
        self, x: Exchange, index: int, code: int, numbers: tuple[int, int], where: tuple[int, int, int, int]
    ) -> None:
        """Rows beside the event, for the few exchanges that need one."""
        lane, function = numbers
        position, n, event_n, subject = where
        if code == EXPRESS:
            self._built.express.append((n, place(position, index), lane, None, None, None))
        if x.state is Outcome.HOLD and x.hold is not None:
            due_by = to_ms(x.hold.due_by)
            self._built.held.append((x.exchange_id, event_n, lane, function, subject, x.hold.reason, due_by))
        if x.awaited:
            self._built.awaited.append((x.exchange_id, event_n, subject, lane))
