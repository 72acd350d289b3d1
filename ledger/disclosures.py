"""Everything that was released in a stretch of time, whoever it was about: the question after a breach.

Left out: what was released of one child (`disclosed`), and what follows. Rule: an exchange counts as released from its
claim on, for the bytes may have left.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from ledger.packing import MAX_EXCHANGES, from_ms, to_ms, unpack_claims, unpack_exchanges
from ledger.rows import Released
from ledger.scan import rows_at
from ledger.store import Transaction


class _Claim(NamedTuple):
    at: int
    lane: int
    n: int
    place: int
    outcome: int | None
    seq: int


def released_between(tx: Transaction, since: datetime, until: datetime) -> list[Released]:
    """What was claimed for sending from `since` on and before `until`, oldest first.

    Args:
        tx: Open.
        since: Aware domain time, included.
        until: Aware domain time, not included.
    """
    claims = [*_in_lanes(tx, since, until), *_express(tx, since, until)]
    rows = rows_at(tx, {claim.n for claim in claims})
    found = [_released(tx, claim, rows[claim.n]) for claim in claims]
    return sorted(found, key=lambda released: (released.at, released.lane, released.seq))


def _in_lanes(tx: Transaction, since: datetime, until: datetime) -> Iterator[_Claim]:
    sql = "select at, lane, claims from released where at >= ? and at < ?"
    for at, lane, packed in tx.session.rows(sql, (to_ms(since), to_ms(until))):
        for n, index, outcome, seq in unpack_claims(bytes(packed)):
            yield _Claim(at, lane, n, index, outcome, seq)


def _express(tx: Transaction, since: datetime, until: datetime) -> Iterator[_Claim]:
    sql = (
        "select claimed_at, lane, n, place, seq from express"
        " where seq is not null and claimed_at >= ? and claimed_at < ?"
    )
    for at, lane, n, where, seq in tx.session.rows(sql, (to_ms(since), to_ms(until))):
        yield _Claim(at, lane, n, where % MAX_EXCHANGES, None, seq)


def _released(tx: Transaction, claim: _Claim, row: tuple[int, int, bytes, int, int, int, int, bytes]) -> Released:
    exchange_id, lane, function, outcome, kind, _ = list(unpack_exchanges(bytes(row[7])))[claim.place]
    return Released(
        event_n=row[1],
        exchange_id=exchange_id,
        lane=lane,
        organisation=tx.organisation(lane),
        function=tx.word(function),
        kind=tx.word(kind),
        outcome=outcome if claim.outcome is None else claim.outcome,
        seq=claim.seq,
        at=from_ms(claim.at),
    )
