"""The outbox: a lane is one recipient organisation, and how far it got is one mark.

Left out: what a view looks like, Kafka, and whether a register moved (`Transaction.hold_head`, `changed`): the
release agent judges, this room stores. Rules: only the fenced holder of a lane claims; nothing is offered above the
newest signed checkpoint; a claim fixes the `delivery_seq` of each exchange, so a claim that was made before a crash
is offered again as it was; a lane with nothing to send costs nothing.

A pass: `rows_for` in a reading; build the views; then in one transaction `mark_sent` (of the batch before),
`hold_head`, compare versions, `redecide` or `claim`; send after the commit.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ledger import tables
from ledger.express import Express
from ledger.lanes import LaneMarks, number
from ledger.packing import (
    DELIVER,
    MAX_EXCHANGES,
    MAX_ROWS,
    POSITION_BITS,
    Claim,
    pack_claims,
    place,
    to_ms,
    unpack_claims,
    unpack_exchanges,
)
from ledger.rows import CarrierRows, LaneItem, Mark
from ledger.scan import Names, item, replacements, rows_at, stretch
from ledger.store import Transaction

IDLE_ORDINALS = 64
"""A lane without work writes its mark down when it fell this far behind; after a crash that much is read again."""
_STRETCHES = 3
"""Lanes may stand far apart: one pass reads so many stretches, so that a slow lane does not hold up the rest."""
_EMPTY_STRETCHES = 32
"""So many when nothing was found yet; the next pass goes on behind them."""


@dataclass(frozen=True, slots=True)
class LaneClaim:
    """What one lane takes: the items to send, in order, and the place up to which everything was looked at.

    Attributes:
        upto: Mark of the last item that was considered, sent or not.
    """

    lane: int
    items: Sequence[LaneItem]
    upto: Mark


class Outbox(Express):
    """The lanes that one process holds, and what may leave in them.

    Args:
        owner: Name of this process, different for each start.
    """

    def __init__(self, owner: str) -> None:
        super().__init__(owner)
        self._clear: dict[int, Mark] = {}
        self._written: dict[int, int] = {}

    def rows_for(self, tx: Transaction, limit: int = 500) -> dict[int, list[LaneItem]]:
        """What may leave now, by lane and in order: what was claimed before and not marked sent, else what comes next.

        Reads only. A lane's list is complete up to its last item; lanes without items are left out.

        Args:
            tx: A reading is enough.
            limit: Rows to read in one stretch, rounded up to whole carriers.
        """
        row = tx.session.one("select max(upto_ordinal) from checkpoint")
        upto = (row and row[0]) or 0
        found: dict[int, list[LaneItem]] = {}
        waiting: dict[int, Mark] = {}
        for lane in self.read_lanes(tx):
            self._written[lane.id] = lane.start.ordinal
            start = max(lane.start, self._clear.get(lane.id, lane.start))
            if lane.claimed is not None:
                found[lane.id] = _claimed(tx, lane, upto)
            elif start.ordinal <= upto:
                waiting[lane.id] = start
        for read in range(_EMPTY_STRETCHES):
            if not waiting or (read >= _STRETCHES and any(found.values())):
                break
            waiting = self._dispatch(tx, waiting, upto, limit, found)
        return {lane: items for lane, items in found.items() if items}

    def _dispatch(
        self, tx: Transaction, waiting: Mapping[int, Mark], upto: int, limit: int, found: dict[int, list[LaneItem]]
    ) -> dict[int, Mark]:
        """Read one stretch for all lanes that stand in it; gives back the lanes that have found nothing yet."""
        part = stretch(tx, min(waiting.values()), upto, limit)
        here = {lane: start for lane, start in waiting.items() if start < part.end}
        stopped: set[int] = set()
        names = Names()
        replaced = part.replaced
        for ordinal, row in part.rows:
            base = place(row[0] % MAX_ROWS, 0)
            for index, exchange in enumerate(unpack_exchanges(row[7])):
                lane = exchange[1]
                start = here.get(lane)
                if start is None or exchange[5] != DELIVER or lane in stopped or (ordinal, base + index) < start:
                    continue
                anew = replaced.get((row[0], exchange[0])) if replaced else None
                if anew is not None and (anew.ordinal is None or anew.ordinal > upto):
                    stopped.add(lane)
                elif anew is None or anew.exchange[5] == DELIVER:
                    where = Mark(ordinal, base + index)
                    found.setdefault(lane, []).append(item(tx, row, where, (exchange, anew), None, names))
        clear = dict.fromkeys((lane for lane in here if lane not in found and lane not in stopped), part.end)
        self._clear.update(clear)
        beyond = {lane: start for lane, start in waiting.items() if lane not in here}
        return {lane: start for lane, start in (beyond | clear).items() if start.ordinal <= upto}

    def claim(
        self, tx: Transaction, claims: Sequence[LaneClaim], now: datetime, apart: Collection[bytes] = ()
    ) -> dict[bytes, int]:
        """Take these items for sending; from here on they count as disclosed.

        A lane that has a claimed batch may claim it again, or a part of it: the numbers stay.

        Args:
            tx: A transaction that called `hold_head` and compared versions.
            claims: One for each lane.
            now: Domain time of the release.
            apart: Exchanges that may not be joined to their subject, so that its numbers do not count them.

        Returns:
            `delivery_seq` by exchange id: 1, 2, 3 ... for each lane and subject; 0 for what stands apart.

        Raises:
            FenceLost: somebody else holds one of the lanes; nothing changed.
            ValueError: an item's newest decision is not DELIVER, or its lane has another batch that is not marked sent.
        """
        held = self.hold(tx, [c.lane for c in claims])
        found: dict[bytes, int] = {}
        fresh = []
        for claim in claims:
            before = held[claim.lane].claimed
            if before is None:
                fresh.append(claim)
            else:
                found |= _again(tx, held[claim.lane], claim.items)
        found |= number(tx, [x for claim in fresh for x in claim.items], apart)
        rows = []
        for claim in fresh:
            end = Mark(claim.upto.ordinal, claim.upto.place + 1)
            if claim.items:
                packed = pack_claims(
                    (x.n, x.mark.place % MAX_EXCHANGES, x.outcome, found[x.exchange_id]) for x in claim.items
                )
                rows.append((claim.lane, *end, to_ms(now), packed))
        tx.session.insert(tables.released, rows)
        taken = [(c.upto.ordinal, c.upto.place + 1, c.lane) for c in fresh if c.items]
        tx.session.many("update lane set claimed_ordinal = ?, claimed_place = ? where id = ?", taken)
        passed = [(c.upto.ordinal, c.upto.place + 1, c.lane) for c in fresh if not c.items]
        tx.session.many("update lane set upto_ordinal = ?, upto_place = ? where id = ?", passed)
        self._write_idle_marks(tx)
        return found

    def mark_sent(self, tx: Transaction, lanes: Iterable[int]) -> None:
        """What these lanes claimed has left; they go on behind it.

        Raises:
            FenceLost: somebody else holds one of the lanes; nothing changed.
        """
        ids = list(lanes)
        self.hold(tx, ids)
        tx.session.many(
            "update lane set upto_ordinal = claimed_ordinal, upto_place = claimed_place, claimed_ordinal = null,"
            " claimed_place = null where id = ? and claimed_ordinal is not null",
            [(lane,) for lane in ids],
        )

    def redecide(self, tx: Transaction, rows: CarrierRows) -> int:
        """Write later decisions in the places of items of lanes that are held. The lanes stand until they are numbered.

        Returns:
            The new carrier's id.

        Raises:
            FenceLost: somebody else holds one of the lanes; nothing changed.
        """
        self.hold(tx, {tx.lane_of(r.exchanges[0].organisation) for r in rows.redecisions if r.replaces is not None})
        return tx.write(rows)

    def _write_idle_marks(self, tx: Transaction) -> None:
        """Write down how far lanes without work got: many lanes in one statement, and only now and then."""
        behind: dict[Mark, list[int]] = {}
        for lane, mark in self._clear.items():
            if lane in self._fences and mark.ordinal - self._written.get(lane, mark.ordinal) >= IDLE_ORDINALS:
                behind.setdefault(mark, []).append(lane)
        for mark, lanes in behind.items():
            condition, parameters = tx.session.among("id", lanes)
            tx.session.run(
                f"update lane set upto_ordinal = ?, upto_place = ? where {condition}"  # noqa: S608
                " and owner = ? and claimed_ordinal is null and upto_ordinal < ?",
                (*mark, *parameters, self._owner, mark.ordinal),
            )

    def _forget(self, lane: int) -> None:
        self._clear.pop(lane, None)
        self._written.pop(lane, None)


def _claimed(tx: Transaction, lane: LaneMarks, upto: int) -> list[LaneItem]:
    """The batch that was claimed and perhaps sent, to be sent again under the same numbers."""
    claims = _claims(tx, lane)
    ns = {claim[0] for claim in claims}
    rows, replaced = rows_at(tx, ns), replacements(tx, ns)
    ordinals = _ordinals(tx, ns)
    found, names = [], Names()
    for n, index, _, seq in claims:
        exchange = list(unpack_exchanges(rows[n][7]))[index]
        anew = replaced.get((n, exchange[0]))
        if anew is not None and (anew.ordinal is None or anew.ordinal > upto):
            return []
        where = Mark(ordinals[n], place(n % MAX_ROWS, index))
        found.append(item(tx, rows[n], where, (exchange, anew), seq, names))
    return found


def _again(tx: Transaction, lane: LaneMarks, items: Sequence[LaneItem]) -> dict[bytes, int]:
    """Claim again what was claimed before: the numbers stay, the decisions are the newest."""
    assert lane.claimed is not None
    newest = {(x.n, x.mark.place % MAX_EXCHANGES): x for x in items}
    claims: list[Claim] = []
    found: dict[bytes, int] = {}
    for n, index, outcome, seq in _claims(tx, lane):
        again = newest.pop((n, index), None)
        claims.append((n, index, again.outcome if again else outcome, seq))
        if again:
            found[again.exchange_id] = seq
    if newest:
        raise ValueError("a lane claims nothing new before its claimed batch is marked sent")
    sql = "update released set claims = ? where lane = ? and ordinal = ? and place = ?"
    tx.session.run(sql, (pack_claims(claims), lane.id, *lane.claimed))
    return found


def _claims(tx: Transaction, lane: LaneMarks) -> list[Claim]:
    assert lane.claimed is not None
    sql = "select claims from released where lane = ? and ordinal = ? and place = ?"
    row = tx.session.one(sql, (lane.id, *lane.claimed))
    return unpack_claims(row[0]) if row else []


def _ordinals(tx: Transaction, ns: Collection[int]) -> dict[int, int]:
    """Ordinals of the carriers of these rows, by row number."""
    carriers = {n >> POSITION_BITS for n in ns}
    found = dict(map(tuple, tx.select_among("select id, ordinal from carrier where", "id", carriers)))
    return {n: found[n >> POSITION_BITS] for n in ns}
