"""Reading the order of release: which exchanges stand in a stretch of numbered carriers, with their newest decisions.

Left out: lanes and claims (`outbox`). Rules: one stretch is read once for all lanes; what was decided anew in place
counts only when its own leaf is under the newest checkpoint, and until then the lane stands still before it.
"""

from collections.abc import Collection, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from ledger.database import Row
from ledger.packing import MAX_ROWS, POSITION_BITS, STATES, PackedExchange, row_number, unpack_exchanges
from ledger.rows import LaneItem, Mark
from ledger.store import Transaction

_EVENT = "select n, n, event_id, subject, schema_id, register_head, agreements, exchanges from event where"
_OWN_PLACE = (
    "select r.n, r.event_n, e.event_id, e.subject, e.schema_id, r.register_head, r.agreements, r.exchanges"
    " from redecision r join event e on e.n = r.event_n where r.replaces is null and"
)
_IN_PLACE = (
    "select r.replaces, r.register_head, r.agreements, r.exchanges, c.ordinal"
    " from redecision r join carrier c on c.id = (r.n >> 12) where"
)
_AHEAD = 256
_new = tuple.__new__


class Anew(NamedTuple):
    """The newest decision in the place of an older one; `ordinal` is None until its carrier is numbered."""

    register_head: int
    agreements: int
    exchange: PackedExchange
    ordinal: int | None


Replacements = dict[tuple[int, bytes], Anew]
"""(row number, exchange id) to its newest decision."""


class Stretch(NamedTuple):
    """Rows of consecutive ordinals, in order of release, up to `end`."""

    rows: list[tuple[int, Row]]
    replaced: Replacements
    end: Mark


def stretch(tx: Transaction, start: Mark, upto_ordinal: int, limit: int) -> Stretch:
    """Read from `start` on: whole carriers, until `limit` rows are found or `upto_ordinal` is passed.

    Returns:
        (ordinal, row) in order of release; a row is (n, event's n, event id, subject, schema, head, agreements,
        packed exchanges).
    """
    found = tx.session.rows(
        "select id, ordinal, n from carrier where ordinal >= ? and ordinal <= ? order by ordinal limit ?",
        (start.ordinal, upto_ordinal, _AHEAD),
    )
    ordinals: dict[int, int] = {}
    count = 0
    for carrier, ordinal, n in found:
        ordinals[carrier] = ordinal
        count += n
        if count >= limit:
            break
    rows: list[Row] = []
    replaced: Replacements = {}
    for low, high in _ranges(sorted(ordinals)):
        rows += tx.session.rows(f"{_EVENT} n >= ? and n < ?", (low, high))
        rows += tx.session.rows(f"{_OWN_PLACE} r.n >= ? and r.n < ?", (low, high))
        _replace(replaced, tx.session.rows(f"{_IN_PLACE} r.replaces >= ? and r.replaces < ? order by r.n", (low, high)))
    ordered = sorted((ordinals[row[0] >> POSITION_BITS], row[0], row) for row in rows)
    end = Mark(max(ordinals.values(), default=upto_ordinal) + 1, 0)
    return Stretch([(ordinal, row) for ordinal, _, row in ordered], replaced, end)


def _ranges(carriers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Row numbers of carriers, from and to before: neighbours are read together."""
    for _, group in groupby(enumerate(carriers), lambda pair: pair[1] - pair[0]):
        ids = [carrier for _, carrier in group]
        yield row_number(ids[0], 0), row_number(ids[-1], 0) + MAX_ROWS


def _replace(replaced: Replacements, rows: Sequence[Row]) -> None:
    for n, head, agreements, packed, ordinal in rows:
        for exchange in unpack_exchanges(packed):
            replaced[n, exchange[0]] = Anew(head, agreements, exchange, ordinal)


def replacements(tx: Transaction, ns: Collection[int]) -> Replacements:
    """Newest decisions in the places of these rows."""
    found: Replacements = {}
    _replace(found, list(tx.select_among(_IN_PLACE, "r.replaces", ns, "order by r.n")))
    return found


def rows_at(tx: Transaction, ns: Collection[int]) -> dict[int, Row]:
    """Rows by number, be they events or later decisions with a place of their own."""
    found = {row[0]: row for row in tx.select_among(_EVENT, "n", ns)}
    missing = [n for n in ns if n not in found]
    return found | {row[0]: row for row in tx.select_among(_OWN_PLACE, "r.n", missing)}


Names = dict[tuple[int, int, int, int], tuple[str, str, str, str]]
"""Numbers of (agreements, lane, function, kind) to their words: a memo for one pass."""


def item(
    tx: Transaction, row: Row, where: Mark, decided: tuple[PackedExchange, Anew | None], seq: int | None, names: Names
) -> LaneItem:
    """One exchange of a row as its lane sees it.

    Args:
        tx: For words that are not in the memo yet.
        row: As `stretch` gives it.
        where: Its mark; ordinal 0 for an express exchange.
        decided: The exchange as it was first decided, and as it was last decided in its place, if it was.
        seq: Its number if it was claimed before.
        names: A memo; filled here.
    """
    n, event_n, event_id, subject, schema, head, agreements, _ = row
    exchange, anew = decided
    if anew is not None:
        head, agreements, exchange = anew.register_head, anew.agreements, anew.exchange
    exchange_id, lane, function, outcome, kind, code = exchange
    called = names.get((agreements, lane, function, kind))
    if called is None:
        called = (tx.word(agreements), tx.organisation(lane), tx.word(function), tx.word(kind))
        names[agreements, lane, function, kind] = called
    # LaneItem(...) without the Python call that a NamedTuple's constructor is: this runs four times an event.
    return _new(LaneItem, (
        lane, where, n, event_n, event_id, exchange_id, subject, schema, head, *called, outcome,
        STATES[code], seq,
    ))  # fmt: skip
