"""The judge's client reads what an ordinary reader of the topics gets."""

import pytest
from kafka import KafkaAdminClient, KafkaProducer
from kafka.admin import NewTopic

from checker.client import read_topics


@pytest.mark.wire
def test_every_record_of_every_topic_of_a_kind_is_read_with_key_headers_and_time(kafka):
    admin = KafkaAdminClient(bootstrap_servers=kafka.split(","))
    admin.create_topics(
        [NewTopic(name, num_partitions=1, replication_factor=1) for name in ("judged.one", "judged.two")]
    )
    admin.close()
    producer = KafkaProducer(bootstrap_servers=kafka.split(","), acks="all")
    for topic in ("judged.one", "judged.two"):
        for n in range(300):
            producer.send(topic, key=b"%d" % n, value=b"value %d" % n, headers=[("ce_id", b"%d" % n)])
    producer.flush()
    producer.close()
    found = list(read_topics(kafka, "judged."))
    assert sorted({record.topic for record in found}) == ["judged.one", "judged.two"]
    assert [record.key for record in found if record.topic == "judged.one"] == [b"%d" % n for n in range(300)]
    assert all(record.header("ce_id") == record.key and record.at_ms > 0 for record in found)
    assert b"value 7" in b"".join(record.everything() for record in found)
