"""What the tests of the whole pipeline share: a book of what was sent, faults that must hit work, and the judge.

The judge reads the `out.*` topics as an inbox does, each exchange once by `ce_id`, and holds them against the book and
against hand-written rules of who may read what. It asks the broker nothing.
"""

import json
import os
import re
import sqlite3
import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from confluent_kafka import Consumer, Message, Producer, TopicPartition

from bench.pipeline import Pipeline, headers_of, produce
from bench.traffic import CATALOGUE, Sent, Traffic, number_in
from sharing.codec import decode
from streams.attempts import _read_unlocked

HEX = re.compile(rb"(?=([0-9a-f]{16}))")
POSTCODE = re.compile(rb"ZE\d \d[A-Z]{2}")
SOCIAL_CARE, SCHOOL, HEALTH = "out.social-care.", "out.schools.", "out.health."
OWN_KEYS = (b"K", b"L", b"sub")
"""What stands before a canary in the sender's own references, which nobody receives."""


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


@dataclass
class Verdict:
    """What the judge found; all zero is well. `repeats`: equal copies on a topic, which an inbox passes over."""

    events: int
    lost: int = 0
    seen_twice: int = 0
    leaks: int = 0
    order: int = 0
    repeats: int = 0
    faults: list[str] = field(default_factory=list)

    def find(self, what: str, words: str) -> None:
        setattr(self, what, getattr(self, what) + 1)
        if len(self.faults) < 20:
            self.faults.append(f"{what}: {words}")

    def line(self, faults: int) -> str:
        return (
            f"events={self.events} faults={faults} lost={self.lost} seen_twice={self.seen_twice}"
            f" leaks={self.leaks} order={self.order} repeats={self.repeats}"
        )


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
            self.pipeline.until(lambda: bool(self._marks()), 30, "a worker with a batch in hand")
            self._until_busy(3.0)
            for name in names:
                self.pipeline.supervisor.kill(name)
            self.faults += len(names)
            hit = self._died_with_work(names)
            self.kills_in_flight += hit
            names = names[hit:]
            if not names:
                return

    def _until_busy(self, seconds: float) -> None:
        """Wait a little for a moment at which every worker has a batch in hand: each has one at a time."""
        deadline = time.monotonic() + seconds
        while len(self._marks()) < len(self.pipeline.names) - 1 and time.monotonic() < deadline:
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
                    line.execute("lock table event, carrier, lane in exclusive mode")
                    time.sleep(seconds)
            time.sleep(between)

    # ------------------------------------------------------------ judging

    def judge(self, forbidden: Iterable[Sent] = ()) -> Verdict:
        """Read every output from its first record to its last and hold it against the book."""
        verdict = Verdict(len(self.book.sent))
        reader = Reader(self.pipeline.bootstrap, self.outputs())
        messages = list(reader.all())
        reader.close()
        once = _each_once(messages, verdict)
        _judge_arrivals(once, self.book.sent, {one.number for one in forbidden}, verdict)
        _judge_order(once, verdict)
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


class Reader:
    """Reads topics from their first record, committed records only."""

    def __init__(self, bootstrap: str, topics: list[str]) -> None:
        self._consumer = Consumer({
            "bootstrap.servers": bootstrap, "group.id": "judge", "enable.auto.commit": False, "log_level": 0,
            "isolation.level": "read_committed", "enable.partition.eof": False,
        })  # fmt: skip
        self._topics = topics
        self._consumer.assign([TopicPartition(topic, 0, 0) for topic in topics])

    def more(self) -> list[Message]:
        return [m for m in self._consumer.consume(2_000, 0.3) if not m.error()]

    def all(self) -> Iterator[Message]:
        ends = {t: self._consumer.get_watermark_offsets(TopicPartition(t, 0), 10)[1] for t in self._topics}
        ends = {topic: end for topic, end in ends.items() if end}
        deadline = time.monotonic() + 60
        while ends:
            assert time.monotonic() < deadline, f"not read to the end: {ends}"
            for message in self.more():
                yield message
                if message.offset() + 1 >= ends.get(message.topic(), 0):
                    ends.pop(message.topic(), None)

    def close(self) -> None:
        self._consumer.close()


def _headers(message: Message) -> dict[str, bytes]:
    return dict(message.headers() or ())


def _each_once(messages: list[Message], verdict: Verdict) -> list[Message]:
    """The first copy of each exchange; a copy with other content is a fault."""
    first: dict[bytes, Message] = {}
    for message in messages:
        headers = _headers(message)
        known = first.setdefault(headers["ce_id"], message)
        if known is message:
            continue
        verdict.repeats += 1
        same = (known.topic(), known.key(), known.value()) == (message.topic(), message.key(), message.value())
        if not same or _headers(known)["ce_sequence"] != headers["ce_sequence"]:
            verdict.find("seen_twice", f"other content under one exchange id at {message.topic()}")
    return list(first.values())


def _judge_arrivals(once: list[Message], sent: dict[int, Sent], forbidden: set[int], verdict: Verdict) -> None:
    arrived: dict[tuple[int, str], int] = defaultdict(int)
    for message in once:
        number = number_in(decode(message.value(), CATALOGUE))
        if number is None:
            continue
        arrived[number, message.topic()] += 1
        if number in forbidden:
            verdict.find("leaks", f"event {number} of an aborted transaction at {message.topic()}")
        elif message.topic() not in sent[number].to:
            verdict.find("leaks", f"event {number} at {message.topic()}")
    for number, one in sent.items():
        for topic in one.to:
            copies = arrived[number, topic]
            if copies != 1:
                verdict.find("lost" if not copies else "seen_twice", f"{one.kind} {number} at {topic}: {copies}")


def _judge_order(once: list[Message], verdict: Verdict) -> None:
    """Each child's stream at each recipient is dense, and keeps its sender's order; a referral may go ahead."""
    streams: dict[tuple[str, bytes], list[tuple[int, int | None, bool]]] = defaultdict(list)
    for message in once:
        headers = _headers(message)
        number = number_in(decode(message.value(), CATALOGUE))
        is_referral = headers["ce_type"] == b"referral.submitted"
        streams[message.topic(), message.key()].append((int(headers["ce_sequence"]), number, is_referral))
    for (topic, _), stream in streams.items():
        stream.sort()
        if [sequence for sequence, _, _ in stream] != list(range(1, len(stream) + 1)):
            verdict.find("order", f"a stream of {topic} is not dense")
        numbers = [number for _, number, is_referral in stream if number is not None and not is_referral]
        if numbers != sorted(numbers):
            verdict.find("order", f"a stream of {topic} is not in its sender's order")


class Leaks:
    """Raw bytes against hand-written rules of who may read what."""

    def __init__(self, traffic: Traffic, verdict: Verdict) -> None:
        self.verdict = verdict
        self.canaries = {p.canary.encode() for p in traffic.people}
        self.numbers = {p.nhs_number.encode(): p for p in traffic.people}
        self.upns = {p.upn.encode(): p for p in traffic.people}
        self.sealed = {p.postcode.encode() for p in traffic.people if p.sealed}

    def scan(self, messages: Iterable[Message]) -> None:
        for message in messages:
            raw = b"|".join([message.key() or b"", message.value(), *(n.encode() + v for n, v in message.headers())])
            for words in self._found(message.topic(), raw):
                self.verdict.find("leaks", f"{words} at {message.topic()} offset {message.offset()}")

    def _found(self, topic: str, raw: bytes) -> Iterator[str]:
        for hit in HEX.finditer(raw):
            if hit[1] in self.canaries and (not topic.startswith(SOCIAL_CARE) or raw[: hit.start()].endswith(OWN_KEYS)):
                yield "a canary"
        postcodes = set(POSTCODE.findall(raw))
        if topic.startswith(SCHOOL) and (postcodes or any(n in self.numbers for n in re.findall(rb"\d{10}", raw))):
            yield "a postcode or NHS number"
        if topic.startswith(HEALTH) and (postcodes & self.sealed or any(u in raw for u in self._upns_in(raw))):
            yield "a sealed postcode or a UPN"
        if b"native" in raw or b"category" in raw:
            yield "a field's name"

    def _upns_in(self, raw: bytes) -> set[bytes]:
        return {found for found in re.findall(rb"(?=([A-Z]9\d{11}))", raw) if found in self.upns}


def ledger_verifies(pipeline: Pipeline) -> str:
    """Run `crosswalk ledger verify` as an outsider does; what it says."""
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-m", "crosswalk", "ledger", "verify", "--json"],
        env=pipeline.environment("verify"), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
