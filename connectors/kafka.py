"""The connector's line to Kafka: kafka-python, set so that nothing hangs, nothing overtakes and nothing is assumed.

Left out: what is sent (`spool`) and what is done with what comes (`inbox`). Rules, each for a fault that was seen: not
idempotent (the idempotent producer hung for good after an expiry); one request in flight; every wait is bounded; a
time-out means *unknown*, never *failed*; a producer or consumer is thrown away after any fault and made anew.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka import errors as faults

from connectors.settings import Settings
from connectors.spool import Waiting
from sharing.errors import Retryable

DELIVERY_SECONDS = 120
PATIENCE_SECONDS = DELIVERY_SECONDS + 10
SLICE_SECONDS = 0.25
BOOTSTRAP_SECONDS = 15
REQUEST_SECONDS = 20
STALL_SECONDS = 30.0
NEVER = (faults.MessageSizeTooLargeError, faults.RecordListTooLargeError, faults.InvalidRecordError)
FORBIDDEN = (faults.AuthorizationError, faults.PolicyViolationError, faults.InvalidTopicError)


class Fate(StrEnum):
    """What is known about one send."""

    SENT = "sent"
    UNKNOWN = "unknown"
    NEVER = "never"
    FORBIDDEN = "forbidden"


@dataclass(frozen=True, slots=True)
class Result:
    """Fate of the event in one row of the spool; `code` names the fault, "" when it was sent."""

    row: int
    fate: Fate
    code: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Arrived:
    """One record of the connector's own topic, as it came."""

    partition: int
    offset: int
    key: bytes
    value: bytes
    headers: Mapping[str, bytes]


def client_settings(settings: Settings) -> dict[str, Any]:
    """What every client of this connector is given: where, who, and how long to wait."""
    security = settings.security
    made: dict[str, Any] = {
        "bootstrap_servers": [one.strip() for one in settings.bootstrap.split(",")],
        "client_id": f"connector-{settings.organisation}",
        "security_protocol": security.protocol,
        "bootstrap_timeout_ms": BOOTSTRAP_SECONDS * 1000,
        "request_timeout_ms": REQUEST_SECONDS * 1000,
        "reconnect_backoff_max_ms": 2_000,
    }
    if security.password is not None:
        made |= {"sasl_mechanism": security.mechanism, "sasl_plain_username": security.username}
        made["sasl_plain_password"] = security.password.reveal()
    files = {
        "ssl_cafile": security.ca_file,
        "ssl_certfile": security.certificate_file,
        "ssl_keyfile": security.key_file,
    }
    return made | {name: str(path) for name, path in files.items() if path is not None}


class Producing:
    """Sends events, one child's one after the other.

    Args:
        settings: Of this connector.
        stopping: Says when to give up waiting; what is not acknowledged by then is unknown.
    """

    def __init__(self, settings: Settings, stopping: Callable[[], bool]) -> None:
        self._settings = settings
        self._stopping = stopping
        self._producer: Any = None
        self._source = f"/{settings.agency}/{settings.organisation}".encode()

    def send(self, events: Sequence[Waiting]) -> list[Result]:
        """Send events of different children and tell the fate of each that was tried.

        Raises:
            Retryable: the cluster cannot be reached; nothing was sent.
        """
        producer = self._ready()
        issued: list[tuple[Waiting, Any]] = []
        results: list[Result] = []
        for event in events:
            try:
                issued.append((event, self._issue(producer, event)))
            except faults.KafkaError as fault:
                results.append(_result(event, fault))
                break
        deadline = time.monotonic() + PATIENCE_SECONDS
        results += [_result(event, self._outcome(future, deadline)) for event, future in issued]
        if any(result.fate is not Fate.SENT for result in results):
            self.discard()
        return results

    def say(self, topic: str, key: bytes, value: bytes, headers: Mapping[str, bytes]) -> None:
        """Send one record that is no event and wait until it is kept; Retryable: it may not have come through."""
        wrong: Exception | None
        try:
            future = self._ready().send(topic, value=value, key=key, headers=list(headers.items()))
            wrong = self._outcome(future, time.monotonic() + PATIENCE_SECONDS)
        except faults.KafkaError as fault:
            wrong = fault
        if wrong is not None:
            self.discard()
            raise Retryable(f"topic {topic}: a record may not have come through ({type(wrong).__name__})")

    def _ready(self) -> Any:
        if self._producer is None:
            try:
                self._producer = KafkaProducer(
                    enable_idempotence=False,
                    acks="all",
                    max_in_flight_requests_per_connection=1,
                    delivery_timeout_ms=DELIVERY_SECONDS * 1000,
                    max_block_ms=REQUEST_SECONDS * 1000,
                    allow_auto_create_topics=False,
                    metrics_enabled=False,
                    **client_settings(self._settings),
                )
            except (faults.KafkaError, OSError) as fault:
                raise Retryable(f"no cluster answers at {self._settings.bootstrap} ({type(fault).__name__})") from None
        return self._producer

    def _issue(self, producer: Any, event: Waiting) -> Any:
        return producer.send(event.topic, value=event.value, key=event.lane, headers=self._headers(event))

    def _headers(self, event: Waiting) -> list[tuple[str, bytes]]:
        """CloudEvents, binary mode."""
        return [
            ("ce_specversion", b"1.0"),
            ("ce_id", event.event_id.hex().encode("ascii")),
            ("ce_type", event.event_type.encode("ascii")),
            ("ce_source", self._source),
            ("ce_time", event.occurred_at.encode("ascii")),
            ("content-type", b"application/avro"),
        ]

    def _outcome(self, future: Any, deadline: float) -> Exception | None:
        """The fault of one send, None when the broker has it."""
        while True:
            try:
                future.get(timeout=SLICE_SECONDS)
            except Exception as fault:  # noqa: BLE001 - whatever the client raises, the fate is not "sent"
                if future.is_done or self._stopping() or time.monotonic() > deadline:
                    return fault
            else:
                return None

    def discard(self) -> None:
        """Throw the producer away. What it still held is unknown and stays first of its child."""
        producer, self._producer = self._producer, None
        if producer is not None:
            with suppress(Exception):
                producer.close(timeout=1)


def _result(event: Waiting, fault: Exception | None) -> Result:
    if fault is None:
        return Result(event.row, Fate.SENT)
    code = type(fault).__name__.removesuffix("Error")
    if isinstance(fault, NEVER):
        return Result(event.row, Fate.NEVER, code)
    return Result(event.row, Fate.FORBIDDEN if isinstance(fault, FORBIDDEN) else Fate.UNKNOWN, code)


class Consuming:
    """Reads a topic from known places. Throw it away after any fault.

    Args:
        settings: Of this connector.
        places: Partition to the next offset to read; partitions not named are read from their beginning.
        topic: The connector's own, if left out.
        newest: Begin with the last record instead, where a partition is not named or further behind than so many.

    Raises:
        Retryable: the cluster cannot be reached, or does not show the topic.
    """

    def __init__(
        self, settings: Settings, places: Mapping[int, int], topic: str = "", newest: int | None = None
    ) -> None:
        self._topic = topic or settings.out_topic
        self._newest = newest
        self.skipped = False
        try:
            self._consumer: Any = KafkaConsumer(
                enable_auto_commit=False,
                auto_offset_reset="none",
                isolation_level="read_committed",
                allow_auto_create_topics=False,
                metrics_enabled=False,
                max_poll_records=500,
                **client_settings(settings),
            )
        except (faults.KafkaError, OSError) as fault:
            raise Retryable(f"no cluster answers at {settings.bootstrap} ({type(fault).__name__})") from None
        try:
            self._take_places(places)
        except BaseException:
            self.close()
            raise
        self._moved_at = time.monotonic()

    def _take_places(self, places: Mapping[int, int]) -> None:
        """Assign every partition and go to its place; a place that is no more there is told by `skipped`."""
        with _told(self._topic):
            numbers = self._consumer.partitions_for_topic(self._topic)
            if not numbers:
                raise Retryable(f"topic {self._topic} is not there, or this connector may not see it")
            self._partitions = [TopicPartition(self._topic, number) for number in sorted(numbers)]
            self._consumer.assign(self._partitions)
            first = self._consumer.beginning_offsets(self._partitions, timeout_ms=REQUEST_SECONDS * 1000)
            end = self._consumer.end_offsets(self._partitions, timeout_ms=REQUEST_SECONDS * 1000)
            for partition in self._partitions:
                place = self._begin(places.get(partition.partition), first[partition], end[partition])
                within = first[partition] <= place <= end[partition]
                self.skipped = self.skipped or not within
                self._consumer.seek(partition, place if within else first[partition])

    def _begin(self, place: int | None, first: int, end: int) -> int:
        """Where to begin in one partition."""
        if self._newest is not None and (place is None or end - place > self._newest):
            return max(first, end - 1)
        return first if place is None else place

    def poll(self, seconds: float) -> list[Arrived]:
        """Records that came, in the order of their partitions; none after `seconds`.

        Raises:
            Retryable: the line is at fault; throw this away.
        """
        with _told(self._topic):
            found: Iterable[Sequence[Any]] = self._consumer.poll(timeout_ms=int(seconds * 1000)).values()
            records = [_arrived(record) for part in found for record in part]
        if records:
            self._moved_at = time.monotonic()
        return records

    def at_end(self) -> bool:
        """Whether everything that stood in the topic when this was called has been polled.

        Raises:
            Retryable: it has not, and nothing has come for `STALL_SECONDS`: the consumer stalls; throw it away.
        """
        with _told(self._topic):
            end = self._consumer.end_offsets(self._partitions, timeout_ms=REQUEST_SECONDS * 1000)
            behind = any(
                self._consumer.position(p, timeout_ms=REQUEST_SECONDS * 1000) < end[p] for p in self._partitions
            )
        if not behind:
            self._moved_at = time.monotonic()
        elif time.monotonic() - self._moved_at > STALL_SECONDS:
            raise Retryable(f"topic {self._topic}: records are there and none comes; the consumer is made anew")
        return not behind

    def close(self) -> None:
        """Let go of the line."""
        with suppress(Exception):
            self._consumer.close(autocommit=False, timeout_ms=1000)


class _told:  # noqa: N801 - reads as a word at its place
    """Whatever the client raises becomes `Retryable`, without what it quoted."""

    def __init__(self, topic: str) -> None:
        self._topic = topic

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, _trace: object) -> None:
        if isinstance(fault, Exception) and not isinstance(fault, Retryable):
            raise Retryable(f"topic {self._topic}: the line is at fault ({type(fault).__name__})") from None


def _arrived(record: Any) -> Arrived:
    headers = {str(name): bytes(value or b"") for name, value in record.headers}
    return Arrived(record.partition, record.offset, bytes(record.key or b""), bytes(record.value or b""), headers)
