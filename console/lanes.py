"""Where each recipient's lane stands, seen from outside: nothing is leased, claimed or changed.

The ledger's own walk over the lanes is used (`ledger.outbox`), so a decision made anew in its place, a claimed batch
and an idle lane's mark mean here what they mean to the one who releases.

Rule: of a closed lane nothing is said beyond that it is closed and how long a referral waits there, which no seal
touches; whatever else stands behind it would tell of what was suppressed.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from ledger.lanes import LaneMarks
from ledger.outbox import Outbox
from ledger.packing import from_ms
from ledger.rows import LaneItem, Mark
from ledger.store import Transaction

AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Standing:
    """One lane.

    Attributes:
        unleased_seconds: Since nobody releases, real time; 0 while somebody does, None when that is not known.
        oldest_at: When the oldest was decided that may leave and has not, None when nothing waits; of a closed lane,
        the
            oldest referral.
    """

    organisation: str
    suspended: bool
    unleased_seconds: float | None
    oldest_at: datetime | None


class Onlooker(Outbox):
    """An outbox that holds nothing and sees every open lane."""

    def __init__(self) -> None:
        super().__init__("")
        self._open: frozenset[int] = frozenset()

    def read_lanes(self, tx: Transaction) -> list[LaneMarks]:
        """Where the open lanes stand, whoever holds them."""
        rows = tx.session.rows("select id, upto_ordinal, upto_place, claimed_ordinal, claimed_place from lane")
        return [
            LaneMarks(lane, Mark(ordinal, at), None if claimed is None else Mark(claimed, claimed_at))
            for lane, ordinal, at, claimed, claimed_at in rows
            if lane in self._open
        ]

    def standings(self, tx: Transaction, real_now: datetime, hidden: Collection[int]) -> list[Standing]:
        """Every lane, by organisation.

        Args:
            tx: A reading.
            real_now: Real time; leases run on it.
            hidden: Schema ids that do not count.
        """
        rows = tx.session.rows("select id, organisation, suspended, owner, expires_at from lane order by organisation")
        unleased = {row[0]: _unleased(row[3], row[4], real_now) for row in rows}
        self._open = frozenset(row[0] for row in rows if not row[2] and unleased[row[0]] == 0)
        waiting = _oldest(tx, self.rows_for(tx, AT_ONCE), hidden) if self._open else {}
        express = _express(tx)
        found = []
        for lane, organisation, suspended, _, _ in rows:
            ages = [at for at in (waiting.get(lane), express.get(lane)) if at is not None]
            found.append(Standing(organisation, bool(suspended), unleased[lane], min(ages, default=None)))
        return found


def _unleased(owner: str, expires_at: int, real_now: datetime) -> float | None:
    if not expires_at or not owner:
        return None
    return max(0.0, (real_now - from_ms(expires_at)).total_seconds())


def _oldest(tx: Transaction, found: Mapping[int, Collection[LaneItem]], hidden: Collection[int]) -> dict[int, datetime]:
    """When the first waiting exchange of each lane was decided."""
    first = {lane: min(shown) for lane, items in found.items() if (shown := _shown(items, hidden))}
    decided = tx.select_among("select id, decided_at from carrier where", "id", sorted(set(first.values())))
    at = {carrier: from_ms(ms) for carrier, ms in decided}
    return {lane: at[carrier] for lane, carrier in first.items() if carrier in at}


def _shown(items: Collection[LaneItem], hidden: Collection[int]) -> list[int]:
    return [item.n >> 12 for item in items if item.schema_id not in hidden]


def _express(tx: Transaction) -> dict[int, datetime]:
    """The same for referrals, which leave row by row."""
    rows = tx.session.rows(
        "select x.lane, min(c.decided_at) from express x join carrier c on c.id = (x.n >> 12)"
        " where x.sent_at is null group by x.lane"
    )
    return {lane: from_ms(at) for lane, at in rows}
