"""The whole pipeline as in production, in a folder of its own: supervised workers and sequencer on a real Kafka.

Left out: what is sent (`traffic`) and what is measured or asserted. Rules: every process is started by the supervisor
and ends with it; everything is looked at from outside, through offsets, files and the database.
"""

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Self

import psutil
from confluent_kafka import Consumer, Producer, TopicPartition

from agreements import read_texts
from bench.traffic import MOMENT, Sent
from crosswalk.supervisor import Supervised, Supervisor
from deploy.provision.topics import provision
from ledger.keys import load_or_create
from ledger.store import Ledger
from sharing.approval.signatories import FILE
from sharing.topics import all_topics, in_topic, out_topic, receipts_topic, seals_topic
from streams.broker import ENGINE, read_directory
from streams.clock import SimulatedClock
from streams.founding import found, invent_offices

ROOT = Path(__file__).resolve().parent.parent
PARTNERSHIP = ROOT / "crosswalk" / "partnership"

UNDER_WAY = (
    "select count(*) from carrier where ordinal is null",
    "select count(*) from lane where claimed_ordinal is not null",
    "select count(*) from express where sent_at is null",
)


class Pipeline:
    """Workers, sequencer, their database and their topics.

    Args:
        folder: Where everything lives. `database`: URL, None for SQLite in the folder.
        workers: How many. `partnership`: folder of directory and calendars.
    """

    def __init__(
        self,
        folder: Path,
        bootstrap: str,
        database: str | None = None,
        *,
        workers: int = 2,
        partnership: Path = PARTNERSHIP,
        environment: dict[str, str] | None = None,
    ) -> None:
        self.folder, self.bootstrap, self.partnership = folder, bootstrap, partnership
        self.database = database or f"sqlite:///{folder / 'ledger.db'}"
        self.names = [*(f"worker-{n + 1}" for n in range(workers)), "sequencer"]
        self.supervisor = Supervisor()
        self.directory = read_directory(partnership)
        self.extra = environment or {}
        self._consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "bench.offsets", "log_level": 0})
        self._ledger: Ledger | None = None
        self.traffic: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self.ledger.close()
        self._consumer.close()

    # ------------------------------------------------------------ making and running

    def make(self) -> None:
        """Folder, keys, clock, database and topics."""
        self.prepare()
        provision(self.bootstrap, all_topics(self.directory))

    def prepare(self) -> None:
        """Everything but the topics: the shipped agreements are in force, signed by invented offices."""
        self.folder.mkdir(parents=True, exist_ok=True)
        SimulatedClock(self.folder / "clock.txt").move_to(MOMENT)
        offices = invent_offices((PARTNERSHIP / FILE).read_text(encoding="utf-8"), self.folder / "offices")
        found(self.ledger, read_texts(), offices, MOMENT, ENGINE)

    @property
    def keys(self) -> Path:
        """The broker's key file."""
        return self.folder / "broker.keys"

    @property
    def ledger(self) -> Ledger:
        """The database, to look at."""
        if self._ledger is None:
            self._ledger = Ledger.open(self.database, load_or_create(self.keys))
        return self._ledger

    def environment(self, name: str) -> dict[str, str]:
        """Environment of one process."""
        plain = {k: v for k, v in os.environ.items() if not k.startswith(("CROSSWALK_", "KAFKA_"))}
        return {
            **plain,
            "PYTHONPATH": str(ROOT),
            "KAFKA_BOOTSTRAP": self.bootstrap,
            "CROSSWALK_DATABASE": self.database,
            "CROSSWALK_KEYS": str(self.keys),
            "CROSSWALK_PARTNERSHIP": str(self.partnership),
            "CROSSWALK_STATE": str(self.folder / "state"),
            "CROSSWALK_CLOCK": f"simulated:{self.folder / 'clock.txt'}",
            "CROSSWALK_WORKER": name,
            **self.extra,
        }

    def start(self) -> None:
        """Start every process."""
        for name in self.names:
            command = "sequencer" if name == "sequencer" else "worker"
            argv = [sys.executable, *self.extra.get("BENCH_PYTHON", "-m crosswalk").split(), command]
            self.supervisor.run(Supervised(name, argv, self.environment(name), self.folder / f"{name}.log"))

    def stop(self) -> None:
        """End every process."""
        self.supervisor.stop()
        self.supervisor = Supervisor()

    def pid(self, name: str) -> int:
        """Process id of the current run."""
        return self.supervisor.children[name].pid

    def cpu_seconds(self) -> float:
        """Processor time of all processes so far, threads included."""
        return sum(processor_time(child.pid) for child in self.supervisor.children.values())

    # ------------------------------------------------------------ looking

    def end(self, topic: str) -> int:
        """End offset of a topic's one partition."""
        return int(self._consumer.get_watermark_offsets(TopicPartition(topic, 0), timeout=10.0)[1])

    def ends(self, topics: Iterable[str]) -> dict[str, int]:
        """End offsets of several topics."""
        return {topic: self.end(topic) for topic in topics}

    def inputs(self) -> list[str]:
        """Every topic that workers read."""
        enrolled = [o for o in self.directory.organisations.values() if o.enrolled]
        seals = [seals_topic(o) for o in enrolled if o.may_seal]
        return [*seals, *(in_topic(o) for o in enrolled), *(receipts_topic(o) for o in enrolled)]

    def progress(self) -> dict[str, int]:
        """How far each input was absorbed."""
        with self.ledger.reading() as tx:
            return {topic: offset for (topic, _), offset in tx.progress().items()}

    def absorbed(self, records: dict[str, int]) -> bool:
        """Whether these inputs were absorbed up to these offsets."""
        done = self.progress()
        return all(done.get(topic, 0) >= end for topic, end in records.items())

    def count(self, sql: str) -> int:
        """First number of a query."""
        with self.ledger.reading() as tx:
            row = tx.session.one(sql)
        return int(row[0]) if row else 0

    def outputs(self) -> list[str]:
        """Every topic that recipients read."""
        return [out_topic(o) for o in self.directory.organisations.values() if o.enrolled]

    def until_released(self, seconds: float) -> None:
        """Wait until nothing that may leave is left, and nothing has left for two seconds."""
        last: dict[str, int] = {}
        since = time.monotonic()

        def still() -> bool:
            nonlocal last, since
            ends = self.ends(self.outputs())
            if ends != last or any(self.count(sql) for sql in UNDER_WAY):
                last, since = ends, time.monotonic()
            return time.monotonic() - since > 2.0

        self.until(still, seconds, "everything released")

    def last_words(self) -> str:
        """The ends of the logs."""
        return "\n".join(f"{p.name}: {p.read_text(errors='replace')[-2500:]}" for p in self.folder.glob("*.log"))

    def until(self, true: Callable[[], bool], seconds: float, what: str) -> float:
        """Wait for what comes true in `seconds` on a machine at rest; a busy one has three times as long.

        Returns:
            Seconds that it took.

        Raises:
            TimeoutError: it did not; with the last words of every process.
        """
        began = time.monotonic()
        while not true():
            if time.monotonic() - began > 3 * seconds:
                raise TimeoutError(f"not within {3 * seconds:.0f} s: {what}\n{self.last_words()}")
            time.sleep(0.02)
        return time.monotonic() - began


def processor_time(pid: int) -> float:
    """User and system seconds of one process, with its threads."""
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def produce(bootstrap: str, records: Iterable[Sent], **settings: object) -> dict[str, int]:
    """Send records, all kept by the cluster; next offset behind the last of each topic."""
    ends: dict[str, int] = {}
    failed: list[object] = []

    def kept(error, message) -> None:
        if error:
            failed.append(error)
        else:
            ends[message.topic()] = max(ends.get(message.topic(), 0), message.offset() + 1)

    producer = Producer(
        {"bootstrap.servers": bootstrap, "enable.idempotence": True, "linger.ms": 5, "log_level": 0, **settings}
    )
    for one in records:
        while True:
            try:
                producer.produce(one.topic, one.value, one.key, headers=headers_of(one), on_delivery=kept)
                break
            except BufferError:
                producer.poll(0.1)
        producer.poll(0)
    if producer.flush(60) or failed:
        raise RuntimeError(f"the cluster did not keep every record: {failed[:3]}")
    return ends


def headers_of(one: Sent) -> list[tuple[str, bytes]]:
    """CloudEvents headers as a connector sets them."""
    return [
        ("ce_specversion", b"1.0"),
        ("ce_id", one.event_id.encode()),
        ("ce_source", f"/{one.topic}".encode()),
        ("content-type", b"application/avro"),
    ]


def scratch(path: Path) -> Path:
    """An empty folder."""
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    return path
