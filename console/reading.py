"""One look at everything: the ledger, the connectors' health and the cluster, made into facts.

What was numbered since the last look is read once and remembered as counts by minute; everything else is small and read
afresh. The reader serves one thread.

Left out: what is not counted, and why (`blind`); judging and showing (`verdicts`, `views`).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from console.backlog import Backlog
from console.blind import SHOWN_TOPICS, hidden_schema_ids
from console.caseload import Caseload
from console.facts import Facts, Lane, Taken, Witness
from console.lanes import Onlooker
from console.rates import Minutes
from console.vitals import code, read_connectors
from ledger.packing import from_ms, to_ms, unpack_exchanges
from ledger.store import Ledger, Transaction
from ledger.waiting import REDRIVEN
from ledger.witnesses import states
from sharing.directory import Directory
from sharing.errors import Retryable

REMEMBERED = timedelta(days=1)
CARRIERS_AT_ONCE = 2_000
DECIDED = "decided"
_ROWS = (
    "select c.decided_at, c.ordinal, e.schema_id, e.subject, e.exchanges, null from carrier c"
    " join event e on e.n >= (c.id << 12) and e.n < ((c.id + 1) << 12) where c.ordinal > ? and c.ordinal <= ?"
)
_LATER = (
    "select c.decided_at, c.ordinal, e.schema_id, e.subject, r.exchanges, e.exchanges from carrier c"
    " join redecision r on r.n >= (c.id << 12) and r.n < ((c.id + 1) << 12) join event e on e.n = r.event_n"
    " where r.replaces is null and c.ordinal > ? and c.ordinal <= ?"
)
_LETTERS = "select topic, code, count(*) from dead_letter where published <> ? group by topic, code"
_HOLDS = "from carrier c where"
_SOME = "and exists (select 1 from event e where e.n >= (c.id << 12) and e.n < ((c.id + 1) << 12) and not ({}))"
"""Of carriers, those that hold something that counts."""

Ends = Callable[[], Mapping[str, int]]


class Reader:
    """Reads what the console shows.

    Args:
        ledger: Opened for looking.
        directory: Who takes part.
        agencies: Folder of the agencies' connectors, None where it cannot be seen from here.
        ends: Asks how far the input topics go (`cluster.Cluster.ends`), None without a cluster to ask.
    """

    def __init__(
        self, ledger: Ledger, directory: Directory, agencies: Path | None = None, ends: Ends | None = None
    ) -> None:
        self._ledger = ledger
        self._enrolled = [o.slug for o in directory.organisations.values() if o.enrolled]
        self._agencies = agencies
        self._ends = ends
        self._hidden = hidden_schema_ids()
        self._minutes = Minutes()
        self._cases = Caseload()
        self._onlooker = Onlooker()
        self._backlog = Backlog()
        self._upto: int | None = None
        self._counted_upto = 0
        self._offsets: dict[str, int] = {}
        self._spoke_at: dict[str, datetime] = {}
        self._has_looked = False

    def read(self, now: datetime, real_now: datetime) -> Facts:
        """Look at everything.

        Args:
            now: Domain time.
            real_now: The machine's time; leases, signatures and health files run on it.

        Raises:
            Retryable: the database is away.
        """
        with self._ledger.reading() as tx:
            touched = self._numbered(tx, now)
            self._cases.look(tx, touched)
            facts = self._from_ledger(tx, now, real_now)
            progress = tx.progress()
        taken = {topic: offset for (topic, partition), offset in progress.items() if partition == 0}
        facts = self._with_intake(facts, taken)
        if self._agencies is not None:
            connectors = read_connectors(self._agencies, self._enrolled, real_now)
            facts = replace(facts, connectors=connectors, connectors_seen=True)
        return facts

    # ------------------------------------------------------------ what was numbered since

    def _numbered(self, tx: Transaction, now: datetime) -> set[int]:
        """Count what was numbered since the last look; gives back the subjects that it was about."""
        newest = tx.session.one("select max(ordinal) from carrier")
        end = (newest and newest[0]) or 0
        if self._upto is None:
            self._upto = self._start(tx, now, end)
        touched: set[int] = set()
        while self._upto < end:
            upto = min(end, self._upto + CARRIERS_AT_ONCE)
            for sql in (_ROWS, _LATER):
                for at, ordinal, schema_id, subject, exchanges, before in tx.session.rows(sql, (self._upto, upto)):
                    touched.add(subject)
                    if schema_id not in self._hidden:
                        self._counted_upto = max(self._counted_upto, ordinal)
                        self._count(tx, from_ms(at), bytes(exchanges), None if before is None else bytes(before))
            self._upto = upto
        return touched

    def _start(self, tx: Transaction, now: datetime, end: int) -> int:
        some, parameters = tx.session.among("e.schema_id", sorted(self._hidden))
        last = tx.session.one(
            f"select c.ordinal {_HOLDS} c.ordinal <= ? {_SOME.format(some)} order by c.ordinal desc limit 1",
            (end, *parameters),
        )
        self._counted_upto = last[0] if last else 0
        sql = "select min(ordinal) from carrier where ordinal is not null and decided_at >= ?"
        row = tx.session.one(sql, (to_ms(now - REMEMBERED),))
        return (row[0] - 1) if row and row[0] is not None else max(0, end - 1)

    def _count(self, tx: Transaction, at: datetime, exchanges: bytes, before: bytes | None) -> None:
        """One event and whom it was considered for; of a later decision only who was not considered before."""
        known = {x[0] for x in unpack_exchanges(before)} if before is not None else set()
        if before is None:
            self._minutes.add(at, DECIDED)
        for exchange_id, lane, *_ in unpack_exchanges(exchanges):
            if exchange_id not in known:
                self._minutes.add(at, _lane_key(tx.organisation(lane)))

    # ------------------------------------------------------------ what is small

    def _from_ledger(self, tx: Transaction, now: datetime, real_now: datetime) -> Facts:
        rates, days = self._minutes.per_minute(now), self._minutes.day(now)
        lanes = {
            s.organisation: Lane(
                per_minute=rates.get(_lane_key(s.organisation), 0.0),
                day=days.get(_lane_key(s.organisation), 0),
                waiting_seconds=None if s.oldest_at is None else max(0.0, (now - s.oldest_at).total_seconds()),
                suspended=s.suspended,
                unleased_seconds=s.unleased_seconds,
            )
            for s in self._onlooker.standings(tx, real_now, self._hidden)
        }
        waiting = list(self._unnumbered(tx))
        return Facts(
            at=now,
            lanes=lanes,
            overdue=self._cases.overdue(now),
            dead_letters=_dead_letters(tx),
            decided_per_minute=rates.get(DECIDED, 0.0),
            decided_day=days.get(DECIDED, 0),
            unnumbered=len(waiting),
            unnumbered_seconds=max(0.0, (now - min(waiting)).total_seconds()) if waiting else None,
            checkpoint_seconds=self._checkpoint(tx, real_now),
            still_counting=not self._cases.is_complete,
            witnesses=tuple(_witnesses(tx, now)),
        )

    def _unnumbered(self, tx: Transaction) -> Iterator[datetime]:
        """When each carrier was decided that waits for a number and holds something that counts."""
        some, parameters = tx.session.among("e.schema_id", sorted(self._hidden))
        rows = tx.session.rows(f"select c.decided_at {_HOLDS} c.ordinal is null {_SOME.format(some)}", parameters)
        return (from_ms(at) for (at,) in rows)

    def _checkpoint(self, tx: Transaction, real_now: datetime) -> float | None:
        """Since the checkpoint over the newest carrier that counts was signed."""
        row = tx.session.one("select min(at) from checkpoint where upto_ordinal >= ?", (self._counted_upto,))
        known = row is not None and row[0] is not None and self._counted_upto
        return max(0.0, (real_now - from_ms(row[0])).total_seconds()) if known and row else None

    # ------------------------------------------------------------ what enters

    def _with_intake(self, facts: Facts, taken: Mapping[str, int]) -> Facts:
        own = {topic: offset for topic, offset in taken.items() if topic.startswith(SHOWN_TOPICS)}
        for topic, offset in own.items():
            slug = _slug(topic)
            before = self._offsets.get(topic, 0 if self._has_looked else offset)
            if offset > before:
                self._minutes.add(facts.at, _taken_key(slug), offset - before)
                self._spoke_at[slug] = facts.at
            self._spoke_at.setdefault(slug, facts.at)
            self._offsets[topic] = offset
        self._has_looked = True
        facts = replace(facts, taken=self._taken(facts.at, own))
        if self._ends is None:
            return facts
        try:
            ends = self._ends()
        except Retryable:
            return replace(facts, fault="the Kafka cluster does not answer; what waits there is not known")
        return replace(facts, intake_waiting_seconds=self._backlog.look(facts.at, ends, own), cluster_seen=True)

    def _taken(self, now: datetime, own: Mapping[str, int]) -> dict[str, Taken]:
        rates = self._minutes.per_minute(now)
        return {
            slug: Taken(rates.get(_taken_key(slug), 0.0), total, max(0.0, (now - self._spoke_at[slug]).total_seconds()))
            for slug, total in _by_slug(own).items()
        }


def _witnesses(tx: Transaction, now: datetime) -> Iterator[Witness]:
    for one in states(tx):
        signed = None if one.at is None else max(0.0, (now - one.at).total_seconds())
        yield Witness(one.organisation, one.since, signed, one.refusal)


def _dead_letters(tx: Transaction) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for topic, word, count in tx.session.rows(_LETTERS, (REDRIVEN,)):
        key = (_slug(topic), code(word))
        found[key] = found.get(key, 0) + count
    return dict(sorted(found.items()))


def _by_slug(offsets: Mapping[str, int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for topic, offset in sorted(offsets.items()):
        found[_slug(topic)] = found.get(_slug(topic), 0) + offset
    return found


def _slug(topic: str) -> str:
    parts: Sequence[str] = topic.split(".", 2)
    return parts[-1] if len(parts) > 2 else ""  # noqa: PLR2004 - kind.agency.organisation


def _lane_key(organisation: str) -> str:
    return f"to {organisation}"


def _taken_key(organisation: str) -> str:
    return f"from {organisation}"
