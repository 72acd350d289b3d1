"""How far the input topics go: one request to the cluster for all of them.

Left out: everything in them; the console reads no record. Rule: a cluster that does not answer is said, never guessed.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sharing.directory import Directory
from sharing.errors import Retryable
from sharing.topics import in_topic

ASK_SECONDS = 3.0


class Cluster:
    """Asks for the ends of every organisation's input topic.

    Args:
        bootstrap: Kafka addresses.
        directory: Who takes part.
        security: Settings of the client.

    Raises:
        ModuleNotFoundError: the Kafka client of the extra `broker` is not installed.
    """

    def __init__(self, bootstrap: str, directory: Directory, security: Mapping[str, Any] | None = None) -> None:
        from confluent_kafka.admin import AdminClient  # noqa: PLC0415 - only with a cluster to look at

        self._admin = AdminClient({"bootstrap.servers": bootstrap, "log_level": 0, **(security or {})})
        self._topics: Sequence[str] = sorted(in_topic(o) for o in directory.organisations.values() if o.enrolled)

    def ends(self) -> dict[str, int]:
        """End offset of the first partition of each topic; topics that are not made yet are left out.

        Raises:
            Retryable: the cluster does not answer.
        """
        from confluent_kafka import KafkaException, TopicPartition  # noqa: PLC0415
        from confluent_kafka.admin import OffsetSpec  # type: ignore[attr-defined]  # noqa: PLC0415

        newest = OffsetSpec.latest()  # type: ignore[no-untyped-call]
        asked = {TopicPartition(topic, 0): newest for topic in self._topics}
        found: dict[str, int] = {}
        answers = self._admin.list_offsets(asked, request_timeout=ASK_SECONDS)
        for partition, answer in answers.items():
            try:
                found[partition.topic] = int(answer.result(timeout=ASK_SECONDS).offset)
            except (KafkaException, TimeoutError):
                continue
        if answers and not found:
            raise Retryable("the cluster does not answer")
        return found
