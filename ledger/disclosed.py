"""Who received what: derived from the packed exchanges and the batches that each lane claimed; no row an exchange.

Left out: what to do about it (a recall is decided by the core). Rule: an exchange counts as released from its claim
on, for the bytes may have left. Ask after `move_head`, which waits for claims under way.
"""

from collections.abc import Iterator

from ledger.events import Events
from ledger.packing import MAX_ROWS, from_ms, place, unpack_claims
from ledger.rows import Released, StoredEvent, StoredExchange, StoredRedecision
from sharing.vocabulary import Outcome


class Disclosed(Events):
    """What was released, inside one transaction."""

    def released_of(self, subject: int) -> list[Released]:
        """Everything about a subject (and those joined to it) that was claimed for sending, oldest first."""
        events = self.rows_of_subject(subject)
        later = self.redecisions([event.n for event in events])
        rows: list[StoredEvent | StoredRedecision] = [*events, *(r for r in later if r.replaces is None)]
        found = [released for row in sorted(rows, key=lambda r: r.n) for released in self._of_row(row)]
        return sorted(found, key=lambda released: released.at)

    def _of_row(self, row: StoredEvent | StoredRedecision) -> Iterator[Released]:
        event_n = row.n if isinstance(row, StoredEvent) else row.event_n
        for index, x in enumerate(row.exchanges):
            if x.state is not Outcome.DELIVER:
                continue
            told = self._express(row.n, index, x) if x.express else self._in_lane(row, index, x)
            if told is not None:
                outcome, seq, at = told
                yield Released(
                    event_n, x.exchange_id, x.lane, x.organisation, x.function, x.kind, outcome, seq, from_ms(at)
                )

    def _in_lane(
        self, row: StoredEvent | StoredRedecision, index: int, x: StoredExchange
    ) -> tuple[int, int, int] | None:
        if row.ordinal is None:
            return None
        mark = (row.ordinal, place(row.n % MAX_ROWS, index))
        batch = self.session.one(
            "select claims, at from released where lane = ? and (ordinal, place) > (?, ?)"
            " order by ordinal, place limit 1",
            (x.lane, *mark),
        )
        for n, at, outcome, seq in unpack_claims(batch[0]) if batch else ():
            if (n, at) == (row.n, index) and batch:
                return outcome, seq, batch[1]
        return None

    def _express(self, n: int, index: int, x: StoredExchange) -> tuple[int, int, int] | None:
        told = self.session.one(
            "select seq, claimed_at from express where n = ? and place = ? and seq is not null",
            (n, place(n % MAX_ROWS, index)),
        )
        return (x.outcome, told[0], told[1]) if told else None
