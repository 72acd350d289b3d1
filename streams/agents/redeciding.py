"""What moved before it could leave, as rows of the ledger: a new leaf in the place where it stood.

Left out: finding it and deciding it (`release`). Rule: where a text goes that a person let go, and it may not go any
more, the exchange is set aside and the text lapses; nothing else is held back for it.
"""

from collections.abc import Iterable
from datetime import datetime

from ledger.rows import CarrierRows, Hold, LaneItem, Redecision, Statement
from ledger.store import Transaction
from sharing.release import Exchange
from streams.agents.rows import exchange_row
from streams.agents.text_views import SET_ASIDE, Reviews, has_lapsed, lapse, lapsed_row, why_lapsed
from streams.broker import ENGINE
from streams.head import Stand


def decided_again(
    tx: Transaction, reviews: Reviews, moved: Iterable[tuple[LaneItem, Exchange]], stand: Stand, now: datetime
) -> CarrierRows:
    """The rows of a carrier.

    Args:
        tx: For the head of the registers, and for what a person let go.
        reviews: Of this process.
        moved: Each item with its exchange as decided now.
        stand: By which was decided.
        now: Domain time.
    """
    head, statements = tx.head(), list[Statement]()
    rows = []
    for item, exchange in moved:
        row, follows = exchange_row(exchange, now, known=True), reviews.follows(tx, item)
        if follows is not None and has_lapsed(follows, exchange):
            row = lapsed_row(row, Hold(SET_ASIDE, now))
            statements.append(lapse(follows, why_lapsed(tx, follows)))
        rows.append(Redecision(item.event_n, item.n, head, stand.agreements.version, (row,)))
    return CarrierRows(now, ENGINE, (), rows, statements)


def lapsed_in(rows: CarrierRows) -> list[bytes]:
    """Exchanges of a carrier that are set aside for good: nobody has to look at them."""
    found = (x for row in rows.redecisions for x in row.exchanges)
    return [x.exchange_id for x in found if x.hold is not None and x.hold.reason == SET_ASIDE]
