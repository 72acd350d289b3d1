"""The same topics through an ordinary client: what a recipient's program really gets.

Left out: judging. Rule: what the client reads and what lies on the disk must be as many records, else one of the two
looks was blind. Where the cluster's disk is not ours, the client's look is the only one.
"""

from collections.abc import Iterator

from kafka import KafkaConsumer, TopicPartition

from checker.records import Record

POLL_MS = 500


def read_topics(bootstrap: str, prefix: str | tuple[str, ...]) -> Iterator[Record]:
    """Every record of every topic whose name begins so, from the first to the last that was there at the start.

    `prefix`: one, or several.
    """
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap.split(","), enable_auto_commit=False, isolation_level="read_committed"
    )
    try:
        names = sorted(name for name in consumer.topics() if name.startswith(prefix))
        places = [TopicPartition(name, part) for name in names for part in consumer.partitions_for_topic(name) or ()]
        consumer.assign(places)
        consumer.seek_to_beginning(*places)
        ends = consumer.end_offsets(places)
        while any(consumer.position(place) < ends[place] for place in places):
            for found in consumer.poll(timeout_ms=POLL_MS).values():
                for one in found:
                    yield Record(
                        one.topic,
                        f"{one.topic}-{one.partition} offset {one.offset}",
                        int(one.timestamp),
                        bytes(one.key or b""),
                        bytes(one.value or b""),
                        tuple((str(name), bytes(value or b"")) for name, value in one.headers),
                    )
    finally:
        consumer.close()
