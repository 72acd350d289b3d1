"""The door out keeps its books over a rebalance: nothing that was handed out is dropped without a seek."""

import asyncio
from pathlib import Path

from aiokafka import TopicPartition

from streams.carrier import Batch, Record
from streams.transport.app import TransportSettings
from streams.transport.bare import BareSource

HERE = TopicPartition("in.school.one", 0)


def source(folder: Path) -> BareSource:
    return BareSource(TransportSettings("127.0.0.1:1", "group", folder), [HERE.topic])


def batch() -> Batch:
    return Batch(HERE.topic, HERE.partition, (Record(0, 0, None, None, ()),))


def test_records_that_came_before_the_news_of_their_assignment_are_kept(tmp_path: Path) -> None:
    async def story() -> None:
        bare = source(tmp_path)
        early = bare.offsets.take(batch())
        await bare.on_partitions_assigned([HERE])
        assert not early.stale

    asyncio.run(story())


def test_a_revoked_partition_makes_its_carriers_stale(tmp_path: Path) -> None:
    async def story() -> None:
        bare = source(tmp_path)
        carrier = bare.offsets.take(batch())
        await bare.on_partitions_revoked([HERE])
        assert carrier.stale
        assert bare.vitals().waiting == 0

    asyncio.run(story())
