"""What the transport tests share: topics, events, a crew of supervised workers, and the count at the end."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Self
from uuid import uuid4

import psutil
from confluent_kafka import ConsumerGroupState, ConsumerGroupTopicPartitions, KafkaException, Producer
from confluent_kafka.admin import AdminClient, NewTopic

from tests.wire.transport_worker import SCHEMA

ROOT = Path(__file__).parents[2]
WORKER = Path(__file__).with_name("transport_worker.py")


def make_topic(bootstrap: str, partitions: int = 4, config: dict[str, str] | None = None) -> str:
    name = f"in.school.{uuid4().hex[:8]}"
    make_topics(bootstrap, [name], partitions, config)
    return name


def make_topics(bootstrap: str, names: list[str], partitions: int = 1, config: dict[str, str] | None = None) -> None:
    admin = AdminClient({"bootstrap.servers": bootstrap})
    wanted = [NewTopic(name, partitions, 1, config=config or {}) for name in names]
    for made in admin.create_topics(wanted).values():
        made.result(30)


def produce(bootstrap: str, topic: str, values: Iterable[tuple[str, bytes | str]], partition: int = -1) -> None:
    producer = Producer({"bootstrap.servers": bootstrap, "enable.idempotence": True, "linger.ms": 5})
    failed: list[object] = []
    for child, value in values:
        while True:
            try:
                producer.produce(
                    topic, value, child, partition, on_delivery=lambda error, _: failed.append(error) if error else None
                )
                break
            except BufferError:
                producer.poll(0.1)
    assert producer.flush(60) == 0
    assert not failed


def events(count: int, children: int = 200, start: int = 0) -> list[tuple[str, str]]:
    """`count` events; the id carries the number, so order per child can be checked."""
    return [(f"child-{n % children}", f"{n:08d}") for n in range(start, start + count)]


def wait_until(true: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait for what comes in `seconds` on a machine at rest; a busy one has three times as long."""
    deadline = time.monotonic() + 3 * seconds
    while not true():
        assert time.monotonic() < deadline, f"waited {3 * seconds} s for {what}"
        time.sleep(0.02)


class Crew:
    """Workers under supervision: whoever dies is started again, until the crew goes home."""

    def __init__(self, folder: Path, bootstrap: str, kind: str, topics: list[str], **options: object) -> None:
        self.folder = folder
        self.db_path = folder / "store.db"
        self.options = {
            "kind": kind,
            "bootstrap": bootstrap,
            "topics": topics,
            "group": f"group-{uuid4().hex[:8]}",
            "db": str(self.db_path),
            "tries": str(folder / "tries"),
            "hurry": str(folder / "hurry"),
            **options,
        }
        self.workers: dict[int, subprocess.Popen[bytes]] = {}
        self.deaths: list[int] = []
        self.kills_in_flight = 0
        self.members: set[str] = set()  # of the group, when it was last settled
        self.killed = 0  # since then
        with sqlite3.connect(self.db_path) as db:
            db.executescript(SCHEMA)
        self.db = sqlite3.connect(f"file:{self.db_path}?mode=ro", uri=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self.workers.values():
            worker.kill()
            worker.wait()
        self.db.close()

    def start(self, slot: int, **options: object) -> None:
        log = (self.folder / f"worker-{slot}.log").open("ab")
        given = {
            **self.options,
            "data": str(self.folder / f"data-{slot}"),
            "hand": str(self.hand(slot)),
            **options,
        }
        self.workers[slot] = subprocess.Popen(
            [sys.executable, str(WORKER), json.dumps(given)],
            stdout=log,
            stderr=log,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        log.close()

    def supervise(self) -> None:
        for slot, worker in list(self.workers.items()):
            if worker.poll() is not None:
                self.deaths.append(worker.returncode)
                self.start(slot)

    def kill(self, *slots: int) -> None:
        """SIGKILL with work in hand: the workers are held still first, so that they have the work when they die."""
        for slot in slots:
            self.kills_in_flight += self.hold(slot)
        for slot in slots:
            self.killed += 1
            self.workers[slot].send_signal(signal.SIGKILL)
            self.workers[slot].wait()
            self.hand(slot).write_bytes(b"0")

    def hold(self, slot: int) -> bool:
        """SIGSTOP at a moment with work in hand; False if there was no such moment."""
        process, deadline = psutil.Process(self.workers[slot].pid), time.monotonic() + 20
        while time.monotonic() < deadline:
            process.suspend()
            wait_until(lambda: process.status() == psutil.STATUS_STOPPED, 5, "a worker that holds still")
            if self.hand(slot).exists() and self.hand(slot).read_bytes() in (b"1", b"2"):
                return True
            process.resume()
            time.sleep(0.002)
        return False

    def hurry(self) -> None:
        """Let no worker be slow any more: the faults that needed work in flight are done."""
        (self.folder / "hurry").touch()

    def hand(self, slot: int) -> Path:
        """The file in which a worker notes whether it has work in hand."""
        return self.folder / f"hand-{slot}"

    def until_all_hold_partitions(self, seconds: float) -> None:
        """Wait until the group is settled and every worker of the crew has its share."""
        admin = AdminClient({"bootstrap.servers": str(self.options["bootstrap"])})
        group = str(self.options["group"])

        def settled() -> bool:
            self.supervise()
            try:
                found = admin.describe_consumer_groups([group])[group].result(10)
            except (KafkaException, TimeoutError):  # the coordinator is still loading
                return False
            shares = {member.member_id: member.assignment.topic_partitions for member in found.members}
            if len(self.members & shares.keys()) > len(self.members) - self.killed:
                return False  # the broker has not noticed yet who is dead
            if len(shares) != len(self.workers) or not all(shares.values()):
                return False
            if found.state != ConsumerGroupState.STABLE:
                return False
            self.members, self.killed = set(shares), 0
            return True

        wait_until(settled, seconds, f"a settled group\n{self.last_words()}")

    def committed(self) -> int:
        """How many partitions have a commit."""
        admin = AdminClient({"bootstrap.servers": str(self.options["bootstrap"])})
        group = ConsumerGroupTopicPartitions(str(self.options["group"]))
        found = admin.list_consumer_group_offsets([group])[group.group_id].result(10)
        return len(found.topic_partitions)

    def leave(self, slot: int) -> int:
        worker = self.workers.pop(slot)
        worker.terminate()
        return worker.wait(30)

    def one(self, query: str) -> int:
        return int(self.db.execute(query).fetchone()[0])

    @property
    def applied(self) -> int:
        return self.one("select count(*) from applied")

    def until_applied(self, count: int, seconds: float) -> None:
        def there() -> bool:
            self.supervise()
            return self.applied >= count

        wait_until(there, seconds, f"{count} events, {self.applied} so far\n{self.last_words()}")

    def last_words(self) -> str:
        return "\n".join(path.read_text(errors="replace")[-3000:] for path in sorted(self.folder.glob("worker-*.log")))

    def count(self, expected: int, faults: int) -> dict[str, int]:
        """Count what was lost, seen twice or out of order per child; prints the line."""
        applied = self.applied
        distinct = self.one("select count(distinct id) from applied")
        disorder = self.one(
            "select count(*) from (select id < lag(id) over (partition by child order by n) as back from applied) "
            "where back"
        )
        jumps = self.one(
            "select count(*) from (select off < lag(off) over (partition by part order by n) as back from applied) "
            "where back"
        )
        assert jumps or not disorder, "the input itself was out of order: the run proves nothing"
        result = {"lost": expected - distinct, "seen_twice": applied - distinct, "order": max(disorder, jumps)}
        repeated = self.one("select count(*) from repeated")
        line = f"events={expected} faults={faults} " + " ".join(f"{k}={v}" for k, v in result.items())
        sys.stdout.write(f"{line} repeated={repeated} kind={self.options['kind']}\n")
        return result


NOTHING_WRONG = {"lost": 0, "seen_twice": 0, "order": 0}
