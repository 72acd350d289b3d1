"""Inputs with holes, aborted transactions and poison; a database that is slow or away; many topics."""

import os
import signal
import sqlite3
import time
from pathlib import Path

import psutil
import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType

from tests.wire.transport_rig import (
    NOTHING_WRONG,
    Crew,
    events,
    make_topic,
    make_topics,
    produce,
    wait_until,
)

pytestmark = [pytest.mark.wire, pytest.mark.parametrize("kind", ["faust", "bare"])]


def offsets_left(bootstrap: str, topic: str) -> list[int]:
    """Offsets that a reader still finds in partition 0."""
    reader = Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": "looker",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
        }
    )
    reader.assign([TopicPartition(topic, 0, 0)])
    found = []
    while (message := reader.poll(5)) is not None and not message.error():
        found.append(message.offset())
    reader.close()
    return found


def committed(bootstrap: str, crew: Crew, topic: str, partitions: int) -> list[int]:
    reader = Consumer({"bootstrap.servers": bootstrap, "group.id": crew.options["group"]})
    answer = reader.committed([TopicPartition(topic, number) for number in range(partitions)], 10)
    reader.close()
    return [one.offset for one in answer]


def test_compacted_input_is_read_and_committed_to_its_end(kafka_node, kind: str, tmp_path: Path) -> None:
    bootstrap = kafka_node().bootstrap
    brisk = ConfigResource(ResourceType.BROKER, "1")
    brisk.add_incremental_config(
        ConfigEntry("log.cleaner.backoff.ms", "200", incremental_operation=AlterConfigOpType.SET)
    )
    admin = AdminClient({"bootstrap.servers": bootstrap})
    for altered in admin.incremental_alter_configs([brisk]).values():
        altered.result(10)
    config = {"cleanup.policy": "compact", "segment.ms": "100", "min.cleanable.dirty.ratio": "0.01"}
    topic = make_topic(bootstrap, 1, config)
    for wave in range(3):
        produce(bootstrap, topic, [(f"key-{n}", f"{wave}-{n:04d}") for n in range(500)])
        time.sleep(0.2)  # longer than segment.ms: the next wave opens a new segment, only closed ones are compacted
    produce(bootstrap, topic, [("last", "last")])
    wait_until(lambda: len(offsets_left(bootstrap, topic)) < 1_000, 30, "compaction")
    left = offsets_left(bootstrap, topic)
    with Crew(tmp_path, bootstrap, kind, [topic], max_poll_records=50) as crew:
        crew.start(0)
        crew.until_applied(len(left), 30)
        wait_until(lambda: committed(bootstrap, crew, topic, 1) == [left[-1] + 1], 10, "the commit past the holes")
        assert crew.one("select count(*) from applied where off > 0") >= len(left) - 1
        assert crew.applied == len(left)


def test_aborted_transactions_are_never_delivered(kafka: str, kind: str, tmp_path: Path) -> None:
    topic = make_topic(kafka)
    producer = Producer({"bootstrap.servers": kafka, "transactional.id": topic})
    producer.init_transactions(30)
    for number in range(40):
        producer.begin_transaction()
        name = "kept" if number % 2 else "aborted"
        for child, value in events(50, start=number * 50):
            producer.produce(topic, f"{value}-{name}", child)
        producer.flush(30)
        if number % 2:
            producer.commit_transaction(30)
        else:
            producer.abort_transaction(30)
    produce(kafka, topic, events(200, start=2_000))
    with Crew(tmp_path, kafka, kind, [topic], max_poll_records=50) as crew:
        crew.start(0)
        crew.until_applied(1_200, 30)
        assert crew.one("select count(*) from applied where id like '%aborted'") == 0
        assert crew.count(1_200, faults=20) == NOTHING_WRONG


def test_poison_is_set_aside_as_crashed_and_the_rest_flows(kafka_node, kind: str, tmp_path: Path) -> None:
    bootstrap = kafka_node().bootstrap
    topic = make_topic(bootstrap, 2)
    all_events: list[tuple[str, bytes | str]] = [*events(600, children=20)]
    produce(bootstrap, topic, all_events[:300], partition=0)
    produce(bootstrap, topic, [("child-3", b"poison")], partition=0)
    produce(bootstrap, topic, all_events[300:], partition=0)
    produce(bootstrap, topic, [(f"other-{child}", name) for child, name in events(600, start=1_000)], partition=1)
    with Crew(tmp_path, bootstrap, kind, [topic], session_s=2.0) as crew:
        crew.start(0)
        crew.until_applied(1_200, 60)
        wait_until(lambda: crew.one("select count(*) from crashed") > 0, 20, "the dead letter")
        assert crew.db.execute("select distinct topic, part, off from crashed").fetchall() == [(topic, 0, 300)]
        assert crew.deaths == [-signal.SIGABRT] * 6, "three deaths with the batch in hand, three with the record alone"
        assert crew.count(1_200, faults=6) == NOTHING_WRONG


def test_a_database_that_is_away_makes_no_dead_letter(kafka_node, kind: str, tmp_path: Path) -> None:
    bootstrap = kafka_node().bootstrap
    topic = make_topic(bootstrap)
    produce(bootstrap, topic, events(1_000))
    gone = tmp_path / "gone"
    gone.touch()
    with Crew(tmp_path, bootstrap, kind, [topic], session_s=2.0, gone=str(gone)) as crew:
        crew.start(0)
        wait_until(lambda: crew.supervise() or len(crew.deaths) >= 5, 60, "five exits")
        assert set(crew.deaths) == {70}
        gone.unlink()
        crew.until_applied(1_000, 30)
        assert crew.one("select count(*) from crashed") == 0
        assert "the database is away" not in crew.last_words(), "an error's text may quote a record"
        assert '"error": "Retryable"' in crew.last_words()
        assert crew.count(1_000, faults=5) == NOTHING_WRONG


def test_a_database_that_was_put_back_from_a_copy_is_brought_up_to_date(kafka: str, kind: str, tmp_path: Path) -> None:
    """The cluster's commits are of later than the copy: what it lacks is read again, and nothing else."""
    topic = make_topic(kafka)
    produce(kafka, topic, events(2_000))
    with Crew(tmp_path, kafka, kind, [topic], restorable=True, max_poll_records=100) as crew:
        crew.start(0)
        crew.until_applied(2_000, 30)
        wait_until(lambda: sum(committed(kafka, crew, topic, 4)) == 2_000, 20, "the last commit")
        crew.leave(0)
        with sqlite3.connect(crew.db_path) as db:
            db.execute("delete from seen where id in (select id from applied where off >= 200 or part = 3)")
            db.execute("delete from applied where off >= 200 or part = 3")
        db.close()
        assert crew.applied <= 600, "nothing was taken from the database: the run proves nothing"
        crew.start(0)
        crew.until_applied(2_000, 30)
        assert crew.count(2_000, faults=1) == NOTHING_WRONG
        assert crew.one("select count(*) from repeated") == 0


def test_a_slow_database_slows_the_fetch_and_not_the_memory(kafka: str, kind: str, tmp_path: Path) -> None:
    topic = make_topic(kafka)
    body = "x" * 2_000
    produce(kafka, topic, ((f"child-{n % 200}", f"{n:08d}{body}") for n in range(60_000)))  # 120 MB
    with Crew(tmp_path, kafka, kind, [topic], slow=0.25) as crew:
        crew.start(0)
        crew.until_applied(500, 30)
        process = psutil.Process(crew.workers[0].pid)
        before = process.memory_info().rss
        crew.until_applied(12_000, 60)
        growth = (process.memory_info().rss - before) / 1e6
        assert crew.deaths == []
        assert growth < 60, f"{growth:.0f} MB more after another 11,500 slow events"
        assert crew.one("select count(*) from repeated") == 0, "a slow absorb cost the worker its partitions"


def test_a_worker_that_slept_through_its_session_harms_nothing(kafka_node, kind: str, tmp_path: Path) -> None:
    bootstrap = kafka_node().bootstrap
    topic = make_topic(bootstrap)
    produce(bootstrap, topic, events(8_000))
    with Crew(tmp_path, bootstrap, kind, [topic], slow=0.02, max_poll_records=50, session_s=2.0) as crew:
        crew.start(0)
        crew.until_applied(500, 20)
        crew.start(1)
        os.kill(crew.workers[0].pid, signal.SIGSTOP)
        # Stopped inside a transaction it would hold the database's lock, which is another test's matter.
        hand = tmp_path / "hand-0"
        while hand.read_bytes() == b"1":
            os.kill(crew.workers[0].pid, signal.SIGCONT)
            time.sleep(0.003)
            os.kill(crew.workers[0].pid, signal.SIGSTOP)
        at = crew.applied
        crew.until_applied(at + 2_000, 40)
        os.kill(crew.workers[0].pid, signal.SIGCONT)
        crew.until_applied(8_000, 40)
        assert crew.count(8_000, faults=1) == NOTHING_WRONG


def test_four_hundred_school_topics_start_and_flow(kafka_node, kind: str, tmp_path: Path) -> None:
    bootstrap = kafka_node().bootstrap
    topics = [f"in.school.s{number:03d}" for number in range(400)]
    make_topics(bootstrap, topics)
    for number, topic in enumerate(topics):
        if number % 10 == 0:
            produce(bootstrap, topic, events(5, children=1, start=number * 5))
    with Crew(tmp_path, bootstrap, kind, topics) as crew:
        begun = time.monotonic()
        crew.start(0)
        crew.until_applied(1, 40)
        first = time.monotonic() - begun
        crew.until_applied(200, 40)
        print(f"topics=400 first_event_s={first:.1f} all_s={time.monotonic() - begun:.1f} kind={kind}")
        assert crew.deaths == []
