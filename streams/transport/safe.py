"""Safe transport: Faust's aiokafka driver, changed so that no record can be lost between fetch and commit.

Stock Faust commits past records that a rebalance dropped, does not seek back where nothing was committed yet, stops at
offset gaps, and delivers aborted transactions. Here

* every fetched record is taken down in the consumer's own thread, in the step that moves the position;
* a seek after each assignment is unconditional: to the committed offset, 0 included, else to the beginning, or to where
  the database stands when that is further back: a commit is a promise of the database, and a backup may be put back;
* seek and new books are one step, so carriers fetched before a seek are stale for good;
* commits come from our books (`offsets`), never from Faust's lists of acknowledged offsets;
* only committed transactions are read.

What it leaves out: how carriers reach the agent (`batch`). Each override names the private hook that it replaces; the
versions of faust-streaming and aiokafka are pinned exactly and a test fails when a hook's source changes.
"""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, cast

import aiokafka
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from streams.carrier import Batch, Record
from streams.transport.offsets import Offsets, Partition, Reached, TrackedCarrier, behind

FETCH_WAIT_MS = 250
"""How long the broker may hold an empty fetch. While one is under way no other goes out, so this bounds both the pause
after a seek and the wait of a partition that was just drained; Faust's 1,500 ms is felt as jerks in a slow flow."""

SETTLE_S = 2.0
"""How long a revocation waits for the carrier in hand: long enough to spare repeats, shorter than a session."""


def to_batch(topic: str, partition: int, records: Iterable[Any]) -> Batch:
    """Make our batch of aiokafka's records.

    Args:
        topic: Topic name.
        partition: Partition number.
        records: aiokafka `ConsumerRecord`s, offsets rising, at least one.

    Returns:
        The batch, raw bytes throughout.
    """
    return Batch(
        topic,
        partition,
        tuple(Record(r.offset, r.timestamp, r.key, r.value, tuple(r.headers)) for r in records),
    )


class SafeThread(driver.AIOKafkaConsumerThread):
    """The thread that owns the aiokafka consumer."""

    @property
    def offsets(self) -> Offsets:
        """The books of the consumer that this thread serves."""
        return cast("SafeConsumer", self.consumer).offsets

    def _create_worker_consumer(self, transport: Any) -> aiokafka.AIOKafkaConsumer:
        """Replaces the hook that makes the consumer: Faust has no setting for the isolation level or the fetch wait."""
        consumer = super()._create_worker_consumer(transport)
        consumer._isolation_level = "read_committed"  # noqa: SLF001 - aborted records are never delivered
        consumer._fetch_max_wait_ms = FETCH_WAIT_MS  # noqa: SLF001
        return consumer

    async def _fetch_records(
        self,
        consumer: aiokafka.AIOKafkaConsumer,
        active_partitions: set[TP],
        timeout: float | None = None,  # noqa: ASYNC109 - the hook's own signature
        max_records: int | None = None,
    ) -> dict[TP, list[TrackedCarrier]]:
        """Replaces the fetch hook: carriers instead of records, taken down where the position moves.

        No await stands between the records leaving aiokafka's buffer and `Offsets.take`. Whatever happens to the result
        afterwards (cancelled, dropped, too late), the commit cannot pass over it.
        """
        fetched = await super()._fetch_records(consumer, active_partitions, timeout, max_records)
        return {
            TP(tp.topic, tp.partition): [self.offsets.take(to_batch(tp.topic, tp.partition, records))]
            for tp, records in fetched.items()
            if records
        }

    async def _lost(self, committed: Mapping[Partition, int]) -> Mapping[Partition, int]:
        """Where the database has less than was committed: there it is read again, from where the database stands."""
        reached = cast("SafeConsumer", self.consumer).reached
        lost = behind(committed, await asyncio.to_thread(reached)) if reached and committed else {}
        if lost:
            self.log.warning("The database stands behind the commits of %s partitions; they are read again", len(lost))
        return lost

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """Replaces the seek that skips partitions without a commit and asks for one offset at a time."""
        positions: Mapping[TP, int] = await self.call_thread(self._seek_all)
        return positions

    async def _seek_all(self) -> dict[TP, int]:
        """Seek every assigned partition and begin its new reading; two requests for any number of partitions."""
        consumer = self._ensure_consumer()
        wanted = list(consumer.assignment())
        # The consumer's own `committed()` asks for one partition a request; 400 topics would wait for 400 answers.
        found = await consumer._coordinator.fetch_committed_offsets(wanted)  # noqa: SLF001
        committed = {(tp.topic, tp.partition): one.offset for tp, one in found.items()}
        lost = await self._lost(committed)
        missing = [tp for tp in wanted if tp not in found or tp in lost]
        begin = await consumer.beginning_offsets(missing) if missing else {}
        positions = {tp: found[tp].offset if tp in found and tp not in lost else begin[tp] for tp in wanted}
        positions |= {tp: max(lost[tp], begin[tp]) for tp in missing if tp in lost}
        for tp in consumer.assignment() & positions.keys():  # a rebalance meanwhile brings a seek of its own
            consumer.seek(tp, positions[tp])
            self.offsets.restart((tp.topic, tp.partition))
        return {TP(tp.topic, tp.partition): offset for tp, offset in positions.items()}


class SafeConsumer(driver.Consumer):
    """Faust's consumer, with our books in place of its lists of acknowledged offsets."""

    Thread: ClassVar[type[SafeThread]] = SafeThread

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.offsets = Offsets()
        self.idle = asyncio.Event()  # set while no carrier is in the loop's hand
        self.idle.set()
        super().__init__(*args, **kwargs)

    @property
    def reached(self) -> Reached | None:
        """Asks how far the database got; None where nobody keeps it."""
        return getattr(self.transport, "reached", None)

    def _new_consumer_thread(self) -> SafeThread:
        """Replaces the hook that makes the thread, with ours."""
        return self.Thread(self, loop=self.loop, beacon=self.beacon)

    async def force_commit(self, topics: Any = None, start_new_transaction: bool = True) -> bool:  # noqa: ARG002, FBT001, FBT002
        """Replaces the commit: offsets come from our books, and a failed commit is offered again.

        Stock Faust notes an offset as committed even when the commit failed.

        Args:
            topics: Ignored; whatever is safe is committed.
            start_new_transaction: Ignored; no transactions are used.

        Returns:
            Whether the broker took an offset.
        """
        offsets = {TP(*where): offset for where, offset in self.offsets.committable(self.assignment()).items()}
        if not offsets:
            return False
        state = self.app.sensors.on_commit_initiated(self)
        done = bool(await self._commit(offsets))
        if done:
            self.offsets.committed(((tp.topic, tp.partition), offset) for tp, offset in offsets.items())
        self.app.sensors.on_commit_completed(self, state)
        return done

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Replaces the callback: stop the flow, let the carrier in hand finish (bounded), commit, drop the books.

        Args:
            revoked: Partitions that were taken away.
        """
        try:
            await super().on_partitions_revoked(revoked)  # stops the flow and empties the queues
            if revoked:
                await self._last_commit()
        finally:
            self.offsets.drop(revoked)

    async def _last_commit(self) -> None:
        """Commit what is safe before the partitions go; whatever fails here is only repeated elsewhere."""
        try:
            async with asyncio.timeout(SETTLE_S):
                await self.idle.wait()
        except TimeoutError:
            self.log.info("A carrier is still being absorbed; its partition goes all the same and it will be repeated")
        try:
            async with asyncio.timeout(SETTLE_S):
                await self.force_commit()
        except TimeoutError:
            self.log.info("No answer to the last commit before the partitions went")

    def assigned(self) -> int | None:
        """How many partitions this consumer holds; None before its thread runs. Safe to call from any thread."""
        consumer = self._thread._consumer  # noqa: SLF001 - the public call raises before the thread runs
        return None if consumer is None else len(consumer.assignment())
