"""Topics as `sharing.topics` says: what is missing, what differs, and making it so.

Left out: rights, users and quotas. Rules: the plan is shown before it is applied; a topic is never deleted and its
partitions are never reduced; every topic stamps its records itself (LogAppendTime); errors that a client returns as
values are raised.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient, NewTopic  # type: ignore[attr-defined]

from sharing.errors import Misconfigured, Retryable
from sharing.topics import MAX_RECORD_BYTES, Topic

TIMEOUT_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What applying would do.

    Attributes:
        missing: Topics to make.
        narrow: Names of topics with fewer partitions than agreed.
    """

    missing: tuple[Topic, ...]
    narrow: tuple[str, ...]


def settings_of(topic: Topic) -> dict[str, str]:
    """Kafka settings of one topic."""
    return {
        "message.timestamp.type": "LogAppendTime",
        "retention.ms": str(topic.retention_ms),
        "cleanup.policy": "delete",
        "max.message.bytes": str(MAX_RECORD_BYTES),
    }


def plan(admin: AdminClient, topics: Iterable[Topic]) -> Plan:
    """Compare what stands with what should.

    Raises:
        Retryable: the cluster did not answer.
    """
    standing = _standing(admin)
    wanted = tuple(topics)
    missing = tuple(t for t in wanted if t.name not in standing)
    narrow = tuple(t.name for t in wanted if standing.get(t.name, t.partitions) < t.partitions)
    return Plan(missing, narrow)


def apply(admin: AdminClient, planned: Plan, replication: int = 1) -> None:
    """Make the missing topics. Doing it twice is doing it once.

    Raises:
        Misconfigured: a topic is refused, or stands with too few partitions.
        Retryable: the cluster did not answer.
    """
    if planned.narrow:
        raise Misconfigured(f"topics with too few partitions, widen them by hand: {', '.join(planned.narrow)}")
    new = [
        NewTopic(t.name, num_partitions=t.partitions, replication_factor=replication, config=settings_of(t))
        for t in planned.missing
    ]
    if not new:
        return
    for name, future in admin.create_topics(new, operation_timeout=TIMEOUT_SECONDS).items():
        try:
            future.result(TIMEOUT_SECONDS)
        except KafkaException as fault:
            if fault.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise Misconfigured(f"topic {name} was refused: {fault.args[0].name()}") from fault
        except TimeoutError as fault:
            raise Retryable(f"topic {name}: the cluster did not answer in {TIMEOUT_SECONDS:.0f} s") from fault


def _standing(admin: AdminClient) -> Mapping[str, int]:
    try:
        found = admin.list_topics(timeout=TIMEOUT_SECONDS).topics
    except KafkaException as fault:
        raise Retryable("the cluster does not list its topics; is it up, and is KAFKA_BOOTSTRAP right?") from fault
    return {name: len(entry.partitions) for name, entry in found.items()}


def provision(bootstrap: str, topics: Iterable[Topic], replication: int = 1) -> Plan:
    """Plan and apply in one go; returns what was missing."""
    admin = AdminClient({"bootstrap.servers": bootstrap, "log_level": 0})
    planned = plan(admin, topics)
    apply(admin, planned, replication)
    return planned
