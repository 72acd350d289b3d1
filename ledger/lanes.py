"""Lanes and who holds them: one lane a recipient organisation, held by one process at a time.

Left out: what stands in a lane (`outbox`). Rules: leases run on real time, handed in; every change of a lane by its
holder goes through `hold`, which checks the fence and keeps it until the transaction ends; a destination that is
missing or forbidden suspends its lane and no other, until somebody finds it to be there (`resume`).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from ledger.errors import FenceLost
from ledger.packing import to_ms, unpack_claims
from ledger.rows import LaneItem, LaneState, Mark
from ledger.store import Transaction
from sharing.vocabulary import Outcome


@dataclass(frozen=True, slots=True)
class LaneMarks:
    """Where one lane stands: the next place to look at, and the end of the batch it claimed but did not mark sent."""

    id: int
    start: Mark
    claimed: Mark | None


class Lanes:
    """The lanes that one process holds.

    Args:
        owner: Name of this process, different for each start.
    """

    def __init__(self, owner: str) -> None:
        self._owner = owner
        self._fences: dict[int, int] = {}

    @property
    def lanes(self) -> frozenset[int]:
        """Lanes that this process believes it holds."""
        return frozenset(self._fences)

    def lease_lanes(self, tx: Transaction, now: datetime, lasts: timedelta, most: int = 1_000_000) -> frozenset[int]:
        """Renew the lanes that are held, and take free or abandoned ones until `most` are held.

        `now` is real time; for `lasts` from then nobody else may take them.

        Returns:
            The lanes held now. A lane that somebody else took is no longer among them.
        """
        until, at = to_ms(now + lasts), to_ms(now)
        mine: dict[int, int] = {}
        free: list[int] = []
        for lane, owner, fence, expires in tx.session.rows("select id, owner, fence, expires_at from lane order by id"):
            if owner == self._owner and self._fences.get(lane) == fence:
                mine[lane] = fence
            elif owner in ("", self._owner) or expires <= at:
                free.append(lane)
        renew = "update lane set expires_at = ? where id = ? and owner = ? and fence = ?"
        mine = {x: fence for x, fence in mine.items() if tx.session.run(renew, (until, x, self._owner, fence))}
        for lane in islice(free, max(0, most - len(mine))):
            row = tx.session.one(
                "update lane set owner = ?, fence = fence + 1, expires_at = ?"
                " where id = ? and (owner = '' or owner = ? or expires_at <= ?) returning fence",
                (self._owner, until, lane, self._owner, at),
            )
            if row is not None:
                mine[lane] = row[0]
                self._forget(lane)
        self._fences = mine
        return self.lanes

    def give_back(self, tx: Transaction, lanes: Collection[int] | None = None) -> None:
        """Let others have these lanes (or all) at once."""
        for lane in sorted(self._fences if lanes is None else lanes):
            sql = "update lane set owner = '', expires_at = 0 where id = ? and owner = ? and fence = ?"
            tx.session.run(sql, (lane, self._owner, self._fences.pop(lane, -1)))

    def read_lanes(self, tx: Transaction) -> list[LaneMarks]:
        """Where the lanes stand that are held and not suspended."""
        return [
            _marks(row)
            for row in tx.session.rows(f"{_LANE} owner = ? and suspended = ''", (self._owner,))
            if self._fences.get(row[0]) == row[2]
        ]

    def suspended(self, tx: Transaction) -> dict[int, str]:
        """Lanes that are held and stand still, each with its organisation."""
        rows = tx.session.rows("select id, organisation from lane where suspended <> '' and owner = ?", (self._owner,))
        return {lane: organisation for lane, organisation in rows if lane in self._fences}

    def hold(self, tx: Transaction, lanes: Collection[int]) -> dict[int, LaneMarks]:
        """Check the fence of these lanes and keep them until the transaction ends.

        Raises:
            FenceLost: somebody else holds one of them; nothing changed.
        """
        update = "order by id for update" if tx.session.is_postgres else ""
        rows = tx.select_among(_LANE, "id", sorted(set(lanes)), update)
        held = {row[0]: _marks(row) for row in rows if row[1] == self._owner and self._fences.get(row[0]) == row[2]}
        lost = sorted(set(lanes) - held.keys())
        if lost:
            for lane in lost:
                self._fences.pop(lane, None)
            raise FenceLost(f"lanes {lost} are held by somebody else now")
        return held

    def _forget(self, lane: int) -> None:
        """What was remembered about a lane may be out of date: somebody else may have held it."""


_LANE = "select id, owner, fence, upto_ordinal, upto_place, claimed_ordinal, claimed_place from lane where"


def _marks(row: Sequence[int]) -> LaneMarks:
    lane, _, _, ordinal, at, claimed_ordinal, claimed_place = row
    return LaneMarks(lane, Mark(ordinal, at), None if claimed_ordinal is None else Mark(claimed_ordinal, claimed_place))


def number(tx: Transaction, items: Sequence[LaneItem], apart: Collection[bytes] = ()) -> dict[bytes, int]:
    """Give each item the next number of its lane and subject, by exchange id; 0 to those that stand apart.

    What may not be joined to its subject stands apart: it leaves no gap in the subject's numbers.

    Raises:
        ValueError: the newest decision of an item is not DELIVER.
    """
    if any(x.state is not Outcome.DELIVER for x in items):
        raise ValueError("only what is decided DELIVER is claimed; pass over the rest")
    subjects: dict[int, set[int]] = {}
    for x in items:
        subjects.setdefault(x.lane, set()).add(x.subject)
    last: dict[tuple[int, int], int] = {}
    for lane, some in subjects.items():
        sql = f"select subject, seq from delivery_counter where lane = {lane:d} and"  # noqa: S608 - a number
        last.update(((lane, subject), seq) for subject, seq in tx.select_among(sql, "subject", some))
    found = {}
    for x in items:
        if x.exchange_id in apart:
            found[x.exchange_id] = 0
            continue
        seq = last[x.lane, x.subject] = last.get((x.lane, x.subject), 0) + 1
        found[x.exchange_id] = seq
    rows = [(lane, subject, seq) for (lane, subject), seq in sorted(last.items())]
    tx.session.upsert_counters(rows)
    return found


def suspend(tx: Transaction, lane: int, reason: str) -> None:
    """Stop a lane, and only this one. What it claimed stays claimed.

    `reason` is plain words for the operator, never a personal value, and not empty.
    """
    tx.session.run("update lane set suspended = ? where id = ?", (reason, lane))


def resume(tx: Transaction, lane: int) -> None:
    """Let a lane flow again, from where it stood."""
    tx.session.run("update lane set suspended = '' where id = ?", (lane,))


def lane_states(tx: Transaction) -> list[LaneState]:
    """Every lane as operators see it, by organisation."""
    rows = tx.session.rows(
        "select l.id, l.organisation, l.upto_ordinal, l.upto_place, r.claims, l.suspended, l.owner from lane l"
        " left join released r on r.lane = l.id and r.ordinal = l.claimed_ordinal and r.place = l.claimed_place"
        " order by l.organisation"
    )
    return [
        LaneState(lane, organisation, Mark(ordinal, at), len(unpack_claims(claims or b"")), suspended, owner)
        for lane, organisation, ordinal, at, claims, suspended, owner in rows
    ]
