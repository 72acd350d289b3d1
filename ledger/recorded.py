"""Exchanges as they were last decided since a time, for deciding them again under other agreements.

Left out: deciding (`sharing.policy.replaying`). Rules: an exchange counts once, with its newest decision; children who
were joined count as one; nothing is opened, no content is read.
"""

from collections.abc import Iterator
from datetime import datetime

from ledger.packing import MAX_ROWS, PackedExchange, row_number, to_ms, unpack_exchanges
from ledger.store import Transaction
from sharing.policy.replaying import Recorded

_TOGETHER = 256
"""Carriers read at once."""


def recorded(tx: Transaction, since: datetime) -> Iterator[Recorded]:
    """Every exchange whose newest decision was made at or after a time, in no particular order.

    Args:
        tx: A transaction; it must stay open until the last was taken.
        since: Aware domain time.
    """
    roots = _roots(tx)
    ids = [
        row[0] for row in tx.session.rows("select id from carrier where decided_at >= ? order by id", (to_ms(since),))
    ]
    newest = {x[0]: (event, subject, x) for event, subject, x in _exchanges(tx, _REDECIDED, ids)}
    for event, subject, exchange in _exchanges(tx, _FIRST, ids):
        if exchange[0] not in newest:
            yield Recorded(exchange[3], event, roots.get(subject, subject), exchange[1])
    for event, subject, exchange in newest.values():
        yield Recorded(exchange[3], event, roots.get(subject, subject), exchange[1])


_FIRST = "select n, n, subject, exchanges from event where n >= ? and n < ?"
_REDECIDED = (
    "select r.n, r.event_n, e.subject, r.exchanges from redecision r join event e on e.n = r.event_n"
    " where r.n >= ? and r.n < ? order by r.n"
)


def _exchanges(tx: Transaction, select: str, ids: list[int]) -> Iterator[tuple[int, int, PackedExchange]]:
    """(event's row number, subject, exchange) of the rows of these carriers, oldest first."""
    for start in range(0, len(ids), _TOGETHER):
        group = ids[start : start + _TOGETHER]
        wanted = set(group)
        for n, event, subject, packed in tx.session.rows(
            select, (row_number(group[0], 0), row_number(group[-1] + 1, 0))
        ):
            if n // MAX_ROWS in wanted:
                for exchange in unpack_exchanges(bytes(packed)):
                    yield event, subject, exchange


def _roots(tx: Transaction) -> dict[int, int]:
    """Each joined subject to the one that stands for it; joins are kept flat."""
    return dict(tx.session.rows("select id, joined_to from subject where joined_to is not null"))
