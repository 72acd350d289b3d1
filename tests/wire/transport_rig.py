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

from confluent_kafka import Producer
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
    producer = Producer({"bootstrap.servers": bootstrap, "acks": "all", "linger.ms": 5})
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
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(0.05)


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
            **options,
        }
        self.workers: dict[int, subprocess.Popen[bytes]] = {}
        self.deaths: list[int] = []
        self.kills_in_flight = 0
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
            "hand": str(self.folder / f"hand-{slot}"),
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

    def kill(self, slot: int) -> None:
        """SIGKILL at a moment when the worker has work in hand; counted only if it still had it when it died."""
        hand = self.folder / f"hand-{slot}"
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            self.supervise()
            if hand.exists() and hand.read_bytes() in (b"1", b"2"):
                break
        worker = self.workers[slot]
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        self.kills_in_flight += hand.read_bytes() in (b"1", b"2")
        hand.write_bytes(b"0")

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
        result = {"lost": expected - distinct, "seen_twice": applied - distinct, "order": disorder}
        repeated = self.one("select count(*) from repeated")
        line = f"events={expected} faults={faults} " + " ".join(f"{k}={v}" for k, v in result.items())
        sys.stdout.write(f"{line} repeated={repeated} kind={self.options['kind']}\n")
        return result


NOTHING_WRONG = {"lost": 0, "seen_twice": 0, "order": 0}
