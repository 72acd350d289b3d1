"""Is anything still under way? Looked at from outside: folders, spools, offsets, the ledger's marks.

Simulated time moves only when the answer is no, so that a clock never runs ahead of an answer that is already on its
way. Left out: judging what came of it (the checker). Rules: what cannot be seen counts as under way; two looks in a
row must agree.
"""

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import Error as SqliteError

from confluent_kafka import Consumer, KafkaException, TopicPartition

from connectors.vitals import read_only
from crosswalk.demo.world import World
from ledger.keys import load
from ledger.packing import to_ms
from ledger.store import Ledger
from sharing.directory import Organisation
from sharing.errors import CrosswalkError
from sharing.topics import in_topic, out_topic, receipts_topic, seals_topic

SPOOL = "spool.db"


@dataclass(frozen=True, slots=True)
class Look:
    """One look at everything.

    Attributes:
        busy: Where something is under way, in words; empty when nowhere.
        stamp: Changes when anything moves.
    """

    busy: tuple[str, ...]
    stamp: tuple[int, ...]


class Watch:
    """Looks at a world; one per thread."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.offline: set[str] = set()
        self._ledger = Ledger.open(world.database, load(world.folder / "broker" / "broker.keys"))
        self._consumer = Consumer({"bootstrap.servers": world.bootstrap, "group.id": "demo.watch", "log_level": 0})

    def close(self) -> None:
        """Let go of the database and the cluster."""
        self._ledger.close()
        self._consumer.close()

    def look(self) -> Look:
        """Look once."""
        try:
            return self._look()
        except (CrosswalkError, SqliteError, KafkaException, OSError) as fault:
            return Look((f"cannot look: {type(fault).__name__}",), (0,))

    def backlog(self) -> int:
        """Records that the cluster has and the broker has not absorbed yet."""
        with self._ledger.reading() as tx:
            progress = tx.progress()
        return sum(max(0, self.end(name) - progress.get((name, 0), 0)) for name in self._inputs())

    def unreleased(self) -> int:
        """Carriers that are committed and not under a checkpoint yet."""
        with self._ledger.reading() as tx:
            row = tx.session.one("select count(*) from carrier where ordinal is null")
        return int(row[0]) if row else 0

    def unread(self, organisation: str) -> int:
        """Records that wait in an organisation's own topic for its connector."""
        topic = out_topic(self.world.directory.organisations[organisation])
        return self.end(topic) - self._place(organisation, topic)

    def _place(self, organisation: str, topic: str) -> int:
        with closing(read_only(spool_of(self.world, organisation))) as spool:
            return _count(spool, f"select coalesce(max(next), 0) from place where topic = '{topic}'")  # noqa: S608

    def end(self, topic: str) -> int:
        """End offset of a topic's one partition."""
        found = self._consumer.get_watermark_offsets(TopicPartition(topic, 0), timeout=3.0)
        return int(found[1]) if found else 0

    def _look(self) -> Look:
        busy: list[str] = []
        stamp: list[int] = []
        for slug in self.world.enrolled():
            if slug not in self.offline:
                busy.extend(self._agency(self.world.directory.organisations[slug]))
        backlog = self.backlog()
        if backlog:
            busy.append("inputs not absorbed")
        busy.extend(self._broker(stamp))
        stamp.extend(self.end(out_topic(o)) for o in self._organisations())
        return Look(tuple(busy), tuple(stamp))

    def _organisations(self) -> list[Organisation]:
        return [o for o in self.world.directory.organisations.values() if o.enrolled]

    def _inputs(self) -> Iterable[str]:
        for one in self._organisations():
            yield in_topic(one)
            yield receipts_topic(one)
            if one.may_seal:
                yield seals_topic(one)

    def _agency(self, organisation: Organisation) -> Iterable[str]:
        drop = self.world.agency(organisation.slug) / "drop"
        has_intake = organisation.agency.value != "education"
        if has_intake and any(p.is_file() and not p.name.startswith(".") for p in drop.iterdir()):
            yield f"{organisation.slug}: files not read"
        with closing(read_only(spool_of(self.world, organisation.slug))) as spool:
            if _count(spool, "select count(*) from event where state = 'new'"):
                yield f"{organisation.slug}: events not sent"
            if _count(spool, "select count(*) from arrival where state in ('pending', 'delivering', 'recalling')"):
                yield f"{organisation.slug}: deliveries under way"
        if self.unread(organisation.slug) > 0:
            yield f"{organisation.slug}: deliveries not read"

    def _broker(self, stamp: list[int]) -> Iterable[str]:
        moments = {"now": to_ms(datetime.now(UTC)), "domain": to_ms(self.world.clock())}
        with self._ledger.reading() as tx:
            for words, sql, moment in UNDER_WAY:
                row = tx.session.one(sql, (moments[moment],) if moment else ())
                if row and row[0]:
                    yield words
            row = tx.session.one("select coalesce(max(id), 0) from carrier")
            stamp.append(int(row[0]) if row else 0)


UNDER_WAY = (
    ("carriers not numbered", "select count(*) from carrier where ordinal is null", ""),
    ("referrals not sent", "select count(*) from express where sent_at is null", ""),
    ("lanes have claimed", "select count(*) from lane where claimed_ordinal is not null and suspended = ''", ""),
    ("lanes have no holder", "select count(*) from lane where owner = '' or expires_at < ?", "now"),
    ("clocks are due", "select count(*) from subject where next_due_at <= ?", "domain"),
    ("dead letters not published", "select count(*) from dead_letter where published = 0", ""),
)


def _count(connection: object, sql: str) -> int:
    row = connection.execute(sql).fetchone()  # type: ignore[attr-defined]
    return int(row[0]) if row else 0


def spool_of(world: World, organisation: str) -> Path:
    """The file of an agency's connector."""
    return world.agency(organisation) / "state" / SPOOL
