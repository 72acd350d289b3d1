"""How far inputs go, against how far they were absorbed.

Used twice: nothing is released while a seal that the cluster already has was not absorbed, and no clock fires while an
answer may be waiting. Rules: what cannot be asked counts as behind; a referral does not ask.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from confluent_kafka import Consumer, KafkaException, TopicPartition

ASK_SECONDS = 3.0


class Barrier:
    """Asks the cluster how far topics go; one per thread."""

    def __init__(self, bootstrap: str, topics: Sequence[str], security: Mapping[str, Any]) -> None:
        self._partitions = [TopicPartition(topic, 0) for topic in topics]
        self._consumer = Consumer({
            "bootstrap.servers": bootstrap,
            "group.id": "crosswalk.barrier",
            "enable.auto.commit": False,
            "log_level": 0,
            **security,
        })  # fmt: skip

    def ends(self) -> dict[tuple[str, int], int]:
        """End offset of every partition now; -1 where it cannot be asked."""
        return {(p.topic, p.partition): self._end(p) for p in self._partitions}

    def _end(self, partition: TopicPartition) -> int:
        try:
            found = self._consumer.get_watermark_offsets(partition, timeout=ASK_SECONDS)
        except KafkaException:
            return -1
        if found is None:
            return -1
        low, high = found
        return 0 if low == high else int(high)  # what has expired cannot be waited for


def is_behind(ends: Mapping[tuple[str, int], int], absorbed: Mapping[tuple[str, int], int]) -> bool:
    """Whether something may be waiting to be absorbed."""
    return any(end < 0 or absorbed.get(partition, 0) < end for partition, end in ends.items())
