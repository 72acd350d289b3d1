"""Referrals leave row by row: they wait for durable storage and for nothing else, not for the sequencer.

Left out: which exchange is a referral (the core decides). Rules: the leaf is in the same transaction and is numbered
later; numbers of delivery come from the same counters as the lane's own, so a recipient sees one dense sequence per
child.
"""

from collections.abc import Sequence
from datetime import datetime

from ledger.lanes import Lanes, number
from ledger.packing import MAX_EXCHANGES, to_ms, unpack_exchanges
from ledger.rows import LaneItem, Mark
from ledger.scan import Names, item, replacements, rows_at
from ledger.store import Transaction


class Express(Lanes):
    """Express exchanges of the lanes that one process holds."""

    def express_rows(self, tx: Transaction, limit: int = 500) -> list[LaneItem]:
        """Referrals that have not left, oldest first; those that were claimed before carry their `seq`. Reads only.

        One whose newest decision is not DELIVER is marked (`mark_express`) without being sent.
        """
        waiting = tx.session.rows(
            "select x.n, x.place, x.seq from express x join lane l on l.id = x.lane"
            " where x.sent_at is null and l.owner = ? and l.suspended = '' order by x.n, x.place limit ?",
            (self._owner, limit),
        )
        ns = {n for n, _, _ in waiting}
        if not ns:
            return []
        rows, replaced = rows_at(tx, ns), replacements(tx, ns)
        found, names = [], Names()
        for n, at, seq in waiting:
            index = at % MAX_EXCHANGES
            exchange = list(unpack_exchanges(rows[n][7]))[index]
            if exchange[1] in self._fences:
                decided = exchange, replaced.get((n, exchange[0]))
                found.append(item(tx, rows[n], Mark(0, at), decided, seq, names))
        return found

    def claim_express(self, tx: Transaction, items: Sequence[LaneItem], now: datetime) -> dict[bytes, int]:
        """Take these referrals for sending; `delivery_seq` by exchange id. A repeated claim keeps its number.

        Raises:
            FenceLost: somebody else holds one of the lanes; nothing changed.
            ValueError: the newest decision of one is not DELIVER.
        """
        self.hold(tx, {x.lane for x in items})
        known = {x.exchange_id: x.seq for x in items if x.seq is not None}
        fresh = [x for x in items if x.seq is None]
        found = number(tx, fresh)
        tx.session.many(
            "update express set seq = ?, claimed_at = ? where n = ? and place = ?",
            [(found[x.exchange_id], to_ms(now), x.n, x.mark.place) for x in fresh],
        )
        return found | known

    def mark_express(self, tx: Transaction, items: Sequence[LaneItem], now: datetime) -> None:
        """These referrals have left, or were taken back before they could.

        Raises:
            FenceLost: somebody else holds one of the lanes; nothing changed.
        """
        self.hold(tx, {x.lane for x in items})
        sql = "update express set sent_at = ? where n = ? and place = ?"
        tx.session.many(sql, [(to_ms(now), x.n, x.mark.place) for x in items])
