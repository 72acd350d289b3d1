"""What the tests of the whole pipeline share: a book of what was sent, and faults that must hit work.

Left out: judging (`pipeline_judge`). Rules: what is sent is on disk first; a kill counts only if it hit work in flight.
"""

import json
import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from confluent_kafka import Producer

from bench.pipeline import Pipeline, headers_of, produce
from bench.traffic import CATALOGUE, Sent, Traffic, number_in
from sharing.codec import decode
from streams.attempts import _read_unlocked
from tests.wire.pipeline_judge import Leaks, Reader, Verdict, each_once, judge_arrivals, judge_order


class Book:
    """What was sent, on disk before it is sent."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.sent: dict[int, Sent] = {}

    def note(self, records: Iterable[Sent]) -> list[Sent]:
        found = list(records)
        with self.path.open("a") as file:
            for one in found:
                file.write(json.dumps([one.event_id, one.kind, one.child, one.number, one.to]) + "\n")
            file.flush()
            os.fsync(file.fileno())
        self.sent |= {one.number: one for one in found}
        return found


class Rig:
    """One pipeline, its traffic, and faults."""

    def __init__(self, pipeline: Pipeline, children: int, seed: int = 1) -> None:
        self.pipeline = pipeline
        self.traffic = Traffic(children, seed)
        self.book = Book(pipeline.folder / "book.jsonl")
        self.faults = 0
        self.kills_in_flight = 0
        self._ends: dict[str, int] = {}

    # ------------------------------------------------------------ sending

    def register(self) -> None:
        """Register who is involved, and wait until all of it was absorbed and released."""
        self._send(self.traffic.registrations())
        self.until_absorbed(120)
        self.until_released(120)

    def send(self, count: int) -> list[Sent]:
        """Write down and send the next events."""
        found = self.book.note(self.traffic.events(count))
        self._send(found)
        return found

    def send_again(self, records: Iterable[Sent]) -> None:
        """The same bytes once more, as after a connector's restart."""
        self._send(records)

    def send_aborted(self, count: int) -> list[Sent]:
        """Records of a transaction that is aborted; and one of a transaction that is committed, which must arrive."""
        aborted = [self.traffic.concern(self.traffic.people[n], 1_000_000 + n) for n in range(count)]
        producer = Producer(
            {"bootstrap.servers": self.pipeline.bootstrap, "transactional.id": f"t{count}", "log_level": 0}
        )
        producer.init_transactions(30)
        producer.begin_transaction()
        self._hand_over(producer, aborted)
        producer.flush(30)
        producer.abort_transaction(30)
        producer.begin_transaction()
        self._hand_over(producer, self.book.note(self.traffic.events(1)))
        producer.commit_transaction(30)
        return aborted

    def send_forged(self, count: int) -> list[Sent]:
        """Known ids with other content: each becomes a dead letter, and its content reaches nobody."""
        first = self.send(count)
        self.until_absorbed(60)
        people = self.traffic.people
        forged = [
            self.traffic.concern(people[one.child], 2_000_000 + one.number, same_id_as=one)
            if one.kind == "concern"
            else self.traffic.review(people[one.child], 30_000 + one.number, same_id_as=one)
            for one in first
        ]
        self._send(forged)
        return forged

    def _hand_over(self, producer: Producer, records: Iterable[Sent]) -> None:
        for one in records:
            producer.produce(one.topic, one.value, one.key, headers=headers_of(one))

    def _send(self, records: Iterable[Sent]) -> None:
        self._ends |= produce(self.pipeline.bootstrap, records)

    # ------------------------------------------------------------ waiting

    @property
    def backlog(self) -> int:
        """Records that were sent and not absorbed."""
        done = self.pipeline.progress()
        return sum(max(0, end - done.get(topic, 0)) for topic, end in self._ends.items())

    def until_absorbed(self, seconds: float, left: int = 0) -> None:
        self.pipeline.until(lambda: self.backlog <= left, seconds, "inputs absorbed")

    def until_released(self, seconds: float) -> None:
        """Wait until nothing that may leave is left."""
        self.pipeline.until_released(seconds)

    def until_arrived(self, seconds: float) -> None:
        """Wait until every exchange of the book has arrived at least once, or the flow has stood still for long."""
        reader = Reader(self.pipeline.bootstrap, self.outputs())
        wanted = {(one.number, topic) for one in self.book.sent.values() for topic in one.to}
        deadline = time.monotonic() + seconds
        while wanted and time.monotonic() < deadline:
            for message in reader.more():
                wanted.discard((number_in(decode(message.value(), CATALOGUE)), message.topic()))
        reader.close()

    def outputs(self) -> list[str]:
        return self.pipeline.outputs()

    # ------------------------------------------------------------ faults

    def kill(self, *names: str) -> None:
        """SIGKILL processes while work is in their hands; again where a death hit none."""
        for _ in range(5):
            self._until_busy(60)
            for name in names:
                self.pipeline.supervisor.kill(name)
            self.faults += len(names)
            hit = self._died_with_work(names)
            self.kills_in_flight += hit
            names = names[hit:]
            if not names:
                return

    def amid_work(self, wave: int = 1_000) -> None:
        """Send until some of a wave was absorbed and some was not: now a fault strikes work in flight.

        Raises:
            AssertionError: there was no such moment in ten waves.
        """
        for _ in range(10):
            self.send(wave)
            self.pipeline.until(lambda: self.backlog < wave, 60, "a first record absorbed")
            if self.backlog:
                return
        raise AssertionError("everything was absorbed at once, ten times: the run proves nothing")

    def _until_busy(self, seconds: float) -> None:
        """Wait for a moment at which every worker has a batch in hand: each has one at a time.

        Sends where too little is left for all of them: who was started just now has no partitions for some seconds.
        """
        deadline = time.monotonic() + seconds
        look_at = 0.0
        while len(self._marks()) < len(self.pipeline.names) - 1 and time.monotonic() < deadline:
            if time.monotonic() > look_at:
                if self.backlog < 1_000:
                    self.send(1_000)
                look_at = time.monotonic() + 0.1
            time.sleep(0.002)

    def _died_with_work(self, names: tuple[str, ...]) -> int:
        """How many of `names` left a batch in hand or a claim unsent.

        A dead worker's mark stands until the group gives its partitions away, which takes a session; a living one's
        moves all the time.
        """
        claimed = sum(self._claimed_by(name) for name in names)
        standing = self._marks()
        for _ in range(8):
            time.sleep(0.15)
            standing &= self._marks()
        return min(len(names), max(claimed, len(standing)))

    def _claimed_by(self, name: str) -> bool:
        sql = (
            f"select count(*) from lane where claimed_ordinal is not null and substr(owner, 1, {len(name)}) = '{name}'"
        )
        return self.pipeline.count(sql) > 0

    def _marks(self) -> set[tuple[str, object]]:
        found = set()
        for path in (self.pipeline.folder / "state" / "attempts").glob("*.tries"):
            file = os.open(path, os.O_RDONLY)
            found |= {(path.name, span) for span in _read_unlocked(file)}
            os.close(file)
        return found

    def kill_sequencer(self) -> None:
        """SIGKILL the process that numbers what was committed."""
        self.pipeline.supervisor.kill("sequencer")
        self.faults += 1

    def cut_lines_to_postgres(self) -> None:
        """End every connection to the database, as its restart would."""
        with psycopg.connect(self.pipeline.database, autocommit=True) as line:
            line.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and pid <> pg_backend_pid()"
            )
        self.faults += 1

    @contextmanager
    def database_locked(self, seconds: float, times: int = 1, between: float = 0.05) -> Iterator[None]:
        """Somebody holds a writing transaction open, once for long or again and again for short."""
        thread = threading.Thread(target=self._hold, args=(seconds, times, between))
        thread.start()
        self.faults += 1
        yield
        thread.join()

    def _hold(self, seconds: float, times: int, between: float) -> None:
        for _ in range(times):
            if self.pipeline.database.startswith("sqlite"):
                path = self.pipeline.database.removeprefix("sqlite:///")
                with sqlite3.connect(path, timeout=60, isolation_level=None) as line:
                    line.execute("begin immediate")
                    time.sleep(seconds)
                    line.execute("rollback")
                line.close()
            else:
                with psycopg.connect(self.pipeline.database) as line:
                    _lock(line)
                    time.sleep(seconds)
            time.sleep(between)

    # ------------------------------------------------------------ judging

    def judge(self, forbidden: Iterable[Sent] = ()) -> Verdict:
        """Read every output from its first record to its last and hold it against the book."""
        verdict = Verdict(len(self.book.sent))
        reader = Reader(self.pipeline.bootstrap, self.outputs())
        messages = list(reader.all())
        reader.close()
        once = each_once(messages, verdict)
        judge_arrivals(once, self.book.sent, {one.number for one in forbidden}, verdict)
        judge_order(once, verdict)
        Leaks(self.traffic, verdict).scan(messages)
        return verdict

    def scan_at_rest(self, verdict: Verdict) -> None:
        """Nothing of a child stands in clear in the database's files, the marks or the logs."""
        for path in self.pipeline.folder.rglob("*"):
            if (
                path.is_file()
                and path != self.book.path
                and "kafka" not in path.parts
                and b"Canary" in path.read_bytes()
            ):
                verdict.find("leaks", f"in clear in {path.name}")


def _lock(line: psycopg.Connection) -> None:
    """Take the tables that every transaction writes; again where a worker came between and the server let it pass."""
    while True:
        try:
            line.execute("lock table event, carrier, lane in exclusive mode")
        except psycopg.errors.DeadlockDetected:
            line.rollback()
        else:
            return


def ledger_verifies(pipeline: Pipeline) -> str:
    """Run `crosswalk ledger verify` as an outsider does; what it says."""
    done = subprocess.run(
        [sys.executable, "-m", "crosswalk", "ledger", "verify", "--json"],
        env=pipeline.environment("verify"), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
