"""The door out: a `CarrierSource` on plain aiokafka, without Faust.

What it does: the same promises as the Faust source, with public calls only: `getmany` in a loop, read_committed, strict
contiguous commits from the same books, a rebalance listener that commits and drops.
What it leaves out: threads; aiokafka's heartbeats live on the event loop, which the agent loop keeps free.

Rule: between the records leaving aiokafka's buffer and our books taking them down there is no await.
"""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from typing import NoReturn

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.abc import ConsumerRebalanceListener
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from streams.carrier import Absorb
from streams.loop import exit_now, run_loop
from streams.transport.app import ASSIGNOR, MAX_POLL_S, TransportSettings
from streams.transport.offsets import Offsets, Reached, TrackedCarrier, behind
from streams.transport.safe import FETCH_WAIT_MS, SETTLE_S, to_batch
from streams.watchdogs import Limits, Vitals, Watch

POLL_MS = 500


async def run_bare(
    settings: TransportSettings,
    topics: Sequence[str],
    absorb: Absorb,
    *,
    limits: Limits | None = None,
    stop: Callable[[int], NoReturn] = exit_now,
    reached: Reached | None = None,
) -> None:
    """Run the agent loop without Faust until SIGTERM or SIGINT; what `build_app`, `attach` and `run` do with it.

    Args:
        settings: Where the broker is and who we are.
        topics: Names of topics that exist.
        absorb: Takes one batch into the database; wrap it in `streams.attempts.Attempts`.
        limits: When the watchdogs bark and bite; None for the defaults.
        stop: Ends the process.
        reached: Asks the database how far it got, from any thread; None where it is never put back from a copy.
    """
    source = BareSource(settings, topics, reached)
    with Watch(limits or Limits(), source.vitals, stop) as watch:
        work = asyncio.create_task(run_loop(source, absorb, stop=stop, watch=watch))
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, work.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await work
        await source.close()


class BareSource(ConsumerRebalanceListener):  # type: ignore[misc]
    """Carriers from aiokafka alone.

    Args:
        settings: The same settings as the Faust app's.
        topics: Names of topics that exist.
        reached: Asks the database how far it got, or None.
    """

    def __init__(self, settings: TransportSettings, topics: Sequence[str], reached: Reached | None = None) -> None:
        self.offsets = Offsets()
        self._settings = settings
        self._topics = topics
        self._reached = reached
        self._consumer: AIOKafkaConsumer | None = None
        self._idle = asyncio.Event()  # set while no carrier is in the loop's hand
        self._idle.set()

    async def carriers(self) -> AsyncIterator[TrackedCarrier]:
        """Yield carriers until closed; errors of the line are raised."""
        consumer = self._consumer = self._new_consumer()
        await consumer.start()
        committer = asyncio.create_task(self._commit_regularly(consumer))
        try:
            consumer.subscribe(topics=list(self._topics), listener=self)
            while True:
                if committer.done():
                    committer.result()  # raises what ended it
                fetched = await consumer.getmany(timeout_ms=POLL_MS)
                taken = [self.offsets.take(to_batch(tp.topic, tp.partition, rows)) for tp, rows in fetched.items()]
                for carrier in taken:
                    if not carrier.stale:
                        self._idle.clear()
                        yield carrier
                        self._idle.set()
        finally:
            committer.cancel()

    async def close(self) -> None:
        """Commit what is safe and leave the group, so that others need not wait for a session to end."""
        if self._consumer is not None:
            with contextlib.suppress(TimeoutError, KafkaError):
                async with asyncio.timeout(SETTLE_S):
                    await self._commit(self._consumer)
            await self._consumer.stop()

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Let the carrier in hand finish (bounded), commit what is safe, forget the partitions.

        Args:
            revoked: Partitions that go.
        """
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(SETTLE_S):
                    await self._idle.wait()
            if self._consumer is not None:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(SETTLE_S):
                        await self._commit(self._consumer)
        finally:
            self.offsets.drop([(tp.topic, tp.partition) for tp in revoked])

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Seek where the database stands behind the commits, and nowhere else.

        aiokafka reads a fresh assignment from the committed offset, else from the beginning, and may have handed out
        the first records before this call. New books begun here, without a seek, would drop them.

        Args:
            assigned: Partitions that came.
        """
        consumer, wanted = self._consumer, list(assigned)
        if consumer is None or self._reached is None:
            return
        found = {tp: await consumer.committed(tp) for tp in wanted}
        committed = {(tp.topic, tp.partition): at for tp, at in found.items() if at is not None}
        lost = behind(committed, await asyncio.to_thread(self._reached)) if committed else {}
        begin = await consumer.beginning_offsets([TopicPartition(*where) for where in lost]) if lost else {}
        for tp in consumer.assignment() & begin.keys():
            consumer.seek(tp, max(lost[tp], begin[tp]))
            self.offsets.restart((tp.topic, tp.partition))

    def vitals(self) -> Vitals:
        """What the watchdogs look at."""
        assigned = len(self._consumer.assignment()) if self._consumer is not None else None
        return Vitals(assigned=assigned, head=self.offsets.head(), waiting=self.offsets.waiting())

    async def _commit_regularly(self, consumer: AIOKafkaConsumer) -> None:
        while True:
            await asyncio.sleep(self._settings.commit_interval_s)
            await self._commit(consumer)

    async def _commit(self, consumer: AIOKafkaConsumer) -> None:
        offsets = {TopicPartition(*w): at for w, at in self.offsets.committable(consumer.assignment()).items()}
        if offsets:
            # Rebalanced meanwhile: the partitions are read again from the last commit, here or elsewhere.
            with contextlib.suppress(CommitFailedError, IllegalStateError):
                await consumer.commit(offsets)
                self.offsets.committed(((tp.topic, tp.partition), at) for tp, at in offsets.items())

    def _new_consumer(self) -> AIOKafkaConsumer:
        settings, sasl = self._settings, self._settings.sasl
        return AIOKafkaConsumer(
            bootstrap_servers=[address.strip() for address in settings.bootstrap.split(",")],
            group_id=settings.group,
            partition_assignment_strategy=[ASSIGNOR],
            isolation_level="read_committed",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_poll_records=settings.max_poll_records,
            max_poll_interval_ms=int(MAX_POLL_S * 1000),
            fetch_max_wait_ms=FETCH_WAIT_MS,
            session_timeout_ms=int(settings.session_timeout_s * 1000),
            heartbeat_interval_ms=int(settings.heartbeat_s * 1000),
            rebalance_timeout_ms=60_000,
            metadata_max_age_ms=settings.metadata_age_ms,
            security_protocol=("SASL_" if sasl else "") + ("SSL" if settings.ssl_context else "PLAINTEXT"),
            ssl_context=settings.ssl_context,
            sasl_mechanism=sasl.mechanism if sasl else "PLAIN",
            sasl_plain_username=sasl.username if sasl else None,
            sasl_plain_password=sasl.password if sasl else None,
        )
