"""What stands around a value, as a reader of the topic finds it on a real Kafka."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from confluent_kafka import TIMESTAMP_LOG_APPEND_TIME, Consumer, Message, TopicPartition

from sharing.redaction.wire import SIZE_STEP, Around
from streams.agents.sender import Outgoing, Sender
from tests.wire.transport_rig import make_topic, make_topics, wait_until

pytestmark = pytest.mark.wire
PARTITIONS, RECORDS = 4, 40
INCIDENT, RELEASED = datetime(2026, 11, 20, 17, 5, tzinfo=UTC), datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
OPEN = Around(keyed=True, named=True, spread=True)


def read_all(bootstrap: str, topic: str) -> Iterator[Message]:
    reader = Consumer({"bootstrap.servers": bootstrap, "group.id": "looker", "enable.auto.commit": False})
    reader.assign([TopicPartition(topic, number, 0) for number in range(PARTITIONS)])
    try:
        for message in reader.consume(RECORDS, 30):
            assert not message.error()
            yield message
    finally:
        reader.close()


def sent(bootstrap: str, around: Around) -> list[Message]:
    topic = make_topic(bootstrap, PARTITIONS, {"message.timestamp.type": "LogAppendTime"})
    records = [
        Outgoing(1, topic, around.key(bytes([i % 8]) * 16, bytes([i]) * 16), b"v" * (100 + 10 * i),
                 "police.missing.changed", bytes([i]) * 16, i + 1, RELEASED, around)
        for i in range(RECORDS)
    ]  # fmt: skip
    assert Sender(bootstrap, {}).send(records) == {}
    found = list(read_all(bootstrap, topic))
    assert len(found) == RECORDS
    return found


def headers(message: Message) -> dict[str, bytes]:
    return dict(message.headers())


def test_permitted_keys_spread_a_topic_and_keep_each_childs_events_together(kafka):
    found = sent(kafka, OPEN)
    assert len({m.key() for m in found}) == 8
    assert len({m.partition() for m in found}) > 1
    assert all(len({m.partition() for m in found if m.key() == key}) == 1 for key in {m.key() for m in found})
    assert {headers(m)["ce_type"] for m in found} == {b"police.missing.changed"}
    assert len({headers(m)["ce_sequence"] for m in found}) == RECORDS


def test_what_is_withheld_around_a_value_is_not_on_the_wire(kafka):
    found = sent(kafka, Around())
    assert {m.partition() for m in found} == {0}
    assert len({m.key() for m in found}) == RECORDS, "no two records have a child in common"
    assert {headers(m)["ce_sequence"] for m in found} == {b"1"}
    assert {headers(m)["ce_time"] for m in found} == {RELEASED.isoformat().encode()}
    assert not any({"ce_type", "ce_source"} & headers(m).keys() for m in found)
    sizes = {len(m.key()) + len(m.value()) + sum(len(n) + len(v) for n, v in m.headers()) for m in found}
    assert sizes <= {SIZE_STEP, 2 * SIZE_STEP}


def test_a_permitted_time_is_that_of_the_incident_while_the_cluster_stamps_its_own(kafka):
    found = sent(kafka, OPEN._replace(at=INCIDENT, exact=True))
    assert {headers(m)["ce_time"] for m in found} == {INCIDENT.isoformat().encode()}
    assert not any("padding" in headers(m) for m in found)
    assert {m.timestamp()[0] for m in found} == {TIMESTAMP_LOG_APPEND_TIME}
    assert INCIDENT.timestamp() * 1000 not in {m.timestamp()[1] for m in found}


def test_a_destination_that_is_missing_stops_no_other_and_is_found_once_it_is_made(kafka):
    there, later = make_topic(kafka, 1), f"out.schools.later-{uuid4().hex[:8]}"
    sender = Sender(kafka, {})

    def one(topic: str, lane: int) -> Outgoing:
        return Outgoing(lane, topic, b"k" * 16, b"v", "police.missing.changed", bytes(16), 1, RELEASED)

    assert sender.send([one(later, 2), one(there, 1)]).keys() == {2}
    assert (sender.is_there(later), sender.is_there(there)) == (False, True)
    make_topics(kafka, [later])
    wait_until(lambda: sender.is_there(later), 30, "the topic that was made")
    assert sender.send([one(later, 2)]) == {}
