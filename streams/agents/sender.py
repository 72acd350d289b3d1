"""The broker's producer: views to `out.*` topics, every delivery awaited.

Left out: what is sent and in which order. Rules: idempotent, acks=all; a destination that is missing or forbidden is
that lane's trouble and is reported, anything else is the line's and ends the process; headers follow the CloudEvents
binding, and tell no more than the decision lets them (`sharing.redaction.wire`).
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from sharing.errors import Retryable
from sharing.redaction.wire import NOTHING, PADDING, Around, padding
from sharing.topics import MAX_RECORD_BYTES

FLUSH_SECONDS = 60.0
ASK_SECONDS = 3.0
LANE_FAULTS = frozenset({
    KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError.MSG_SIZE_TOO_LARGE,
    KafkaError._UNKNOWN_TOPIC, KafkaError._UNKNOWN_PARTITION,  # noqa: SLF001 - that is how the client names them
})  # fmt: skip


class Outgoing(NamedTuple):
    """One record to send.

    Attributes:
        lane: Whose trouble it is when it cannot be sent.
        exchange_id: 16 bytes. `seq`: its delivery_seq, 0 where it has no place in a child's stream.
        at: When it was released. `around`: what may be told beside the value.
    """

    lane: int
    topic: str
    key: bytes
    value: bytes
    event_type: str
    exchange_id: bytes
    seq: int
    at: datetime
    around: Around = NOTHING


class Sender:
    """Sends and waits; one per thread."""

    def __init__(self, bootstrap: str, security: Mapping[str, Any]) -> None:
        self._failed: dict[int, KafkaError] = {}
        self._lanes: dict[bytes, int] = {}
        self._producer = Producer({
            "bootstrap.servers": bootstrap,
            "acks": "all",
            "enable.idempotence": True,
            "message.max.bytes": MAX_RECORD_BYTES,  # the client's own default is less than what the topics take
            "linger.ms": 5,
            "message.timeout.ms": int(FLUSH_SECONDS * 1000),
            # Half a minute by default, in which one missing topic would hold up every lane; it is tried again anyway.
            "topic.metadata.propagation.max.ms": 1_000,
            "queue.buffering.max.messages": 200_000,
            "log_level": 0,
            **security,
        })  # fmt: skip

    def send(self, records: Iterable[Outgoing]) -> dict[int, str]:
        """Send records in order and wait until every one is kept by the cluster.

        Returns:
            Lanes whose destination is missing or forbidden, with the name of the fault.

        Raises:
            Retryable: the line failed; nothing is known of what was sent. Send again under the same ids.
        """
        self._failed.clear()
        for record in records:
            self._produce(record)
        if self._producer.flush(FLUSH_SECONDS):
            raise Retryable("the cluster did not confirm every record in time")
        hard = {lane: fault for lane, fault in self._failed.items() if fault.code() not in LANE_FAULTS}
        if hard:
            raise Retryable(f"the cluster refused records: {next(iter(hard.values())).name()}")
        return {lane: fault.name() for lane, fault in self._failed.items()}

    def is_there(self, topic: str) -> bool:
        """Whether a destination that was missing or forbidden can be seen now. Asking renews what the client knows."""
        try:
            found = self._producer.list_topics(topic, timeout=ASK_SECONDS).topics.get(topic)
        except KafkaException:
            return False
        return found is not None and found.error is None

    def _produce(self, record: Outgoing) -> None:
        def confirmed(fault: KafkaError | None, _message: Message) -> None:
            if fault is not None:
                self._failed[record.lane] = fault

        headers, partition = headers_of(record), record.around.partition
        where = (record.topic, record.value, record.key, partition)
        try:
            self._producer.produce(*where, headers=headers, on_delivery=confirmed)
        except BufferError:
            self._producer.flush(FLUSH_SECONDS)
            self._producer.produce(*where, headers=headers, on_delivery=confirmed)
        except KafkaException as fault:
            self._failed[record.lane] = fault.args[0]


def headers_of(record: Outgoing) -> list[tuple[str, str | bytes | None]]:
    """CloudEvents headers of one release, binary mode, as far as the decision lets them tell anything.

    A record that may not be joined to a child is the first and only one of its key.
    """
    told = record.around
    at = (told.at or record.at).astimezone(UTC).replace(microsecond=0).isoformat()
    named = [("ce_type", record.event_type.encode()), ("ce_source", b"/crosswalk")] if told.named else []
    found: list[tuple[str, str | bytes | None]] = [
        ("ce_specversion", b"1.0"),
        ("ce_id", record.exchange_id.hex().encode()),
        *named,
        ("ce_time", at.encode()),
        ("ce_sequence", str(record.seq if told.keyed else 1).encode()),
        ("content-type", b"application/avro"),
    ]
    if not told.exact:
        size = sum(len(name) + len(value or b"") for name, value in found)
        found.append((PADDING, padding(len(record.key) + len(record.value) + size)))
    return found
