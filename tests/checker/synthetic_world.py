"""A world on disk as a run leaves it, made without the product: the story, what must become of it, real segments."""

import json
import sqlite3
from base64 import b64encode
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

from kafka.record import MemoryRecordsBuilder

from checker.expectations import Expectations, load
from checker.ledger import root
from checker.model import Published as Truth
from checker.reading import read_truth
from crosswalk.demo.story import story
from crosswalk.demo.story.steps import Flood, Mark, Produce, Published, Put, Respond, Step

NOW_MS = 1_800_000_000_000
WAITED_MS = 3_600_000
"""How long the sink that is offline leaves things lying."""
Headers = list[tuple[str, bytes]]


class Segments:
    """Topics as segments on disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "kafka" / "data"
        self._written: dict[str, list[tuple[int, bytes, bytes, Headers]]] = defaultdict(list)

    def add(
        self, topic: str, value: bytes, *, key: bytes = b"k", headers: Headers | None = None, at: int = NOW_MS
    ) -> None:
        self._written[topic].append((at, key, value, headers or []))

    def flush(self) -> None:
        for topic, records in self._written.items():
            path = self.folder / f"{topic}-0" / "00000000000000000000.log"
            path.parent.mkdir(parents=True, exist_ok=True)
            builder = MemoryRecordsBuilder(magic=2, compression_type=0, batch_size=1 << 30)
            for at, key, value, headers in records:
                builder.append(timestamp=at, key=key, value=value, headers=headers)
            builder.close()
            with path.open("ab") as file:
                file.write(builder.buffer())
        self._written.clear()


class World:
    """One world; the methods write what a part of the product would have written."""

    def __init__(self, folder: Path, expected: Expectations) -> None:
        self.folder, self.expected = folder, expected
        self.topics = Segments(folder)
        self._sequence: dict[tuple[str, str], int] = defaultdict(int)

    def story_line(self, line: dict[str, object], name: str = "published.jsonl") -> None:
        path = self.folder / "story" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def deliver(
        self, organisation: str, event_type: str, child: str, fields: dict[str, object], at: int = NOW_MS
    ) -> Path:
        subject = sha256(f"{organisation}/{child}".encode()).hexdigest()[:32]
        self._sequence[organisation, subject] += 1
        sequence = self._sequence[organisation, subject]
        exchange = sha256(f"{organisation}/{child}/{sequence}".encode()).hexdigest()[:32]
        body = nested({"envelope.exchange_id": exchange, "envelope.subject": subject, **fields})
        document = {"event_type": event_type, "exchange_id": exchange, "delivery_seq": sequence, **body}
        path = self.folder / "agencies" / organisation / "delivered" / f"{exchange}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document), encoding="utf-8")
        self.topics.add(
            f"out.x.{organisation}", json.dumps(document).encode(), headers=[("ce_id", exchange.encode())], at=at
        )
        received = at + (WAITED_MS if organisation == "easthaven-community" else 1)
        self.topics.add(f"receipts.x.{organisation}", b"receipt", key=bytes.fromhex(exchange), at=received)
        return path

    def refuse(self, organisation: str, code: str, name: str) -> None:
        path = self.folder / "agencies" / organisation / "drop" / "refused" / f"{name}.refusals.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"record": 1, "code": code, "field": "x", "reason": "expected a date"}) + "\n")


def nested(fields: dict[str, object]) -> dict[str, object]:
    found: dict[str, object] = {}
    for path, value in fields.items():
        *heads, last = path.split(".")
        part = found
        for head in heads:
            part = part.setdefault(head, {})  # type: ignore[assignment]
        part[last] = value
    return found


def records(steps: tuple[Step, ...]) -> Iterator[Published | Mark]:
    """Everything that is let go, with a small flood."""
    for step in steps:
        if isinstance(step, Mark):
            yield step
        elif isinstance(step, Put | Produce):
            yield from step.published
        elif isinstance(step, Respond):
            yield from step.make({"exchange_id": "0" * 32}).published
        elif isinstance(step, Flood):
            yield from (one for put in step.puts[:3] for one in put.published[:4])
            yield from (one for put in step.puts[6:9] for one in put.published[:4])


def build(folder: Path) -> World:
    expected = load()
    world = World(folder, expected)
    for at, one in enumerate(records(story(3)), start=1):
        if isinstance(one, Mark):
            world.story_line({"name": one.name, "at_ms": NOW_MS + at * 1000}, "marks.jsonl")
        else:
            world.story_line({**asdict(one), "at_ms": NOW_MS + at * 1000})
    truth = read_truth(folder)
    for said in truth.published:
        become(world, said)
    speak(world, {one.child: one for one in truth.events()})
    noted = {"what": "too_large", "topic": "in.schools.oakfield-primary", "answer": "MSG_SIZE_TOO_LARGE"}
    world.story_line(noted, "noted.jsonl")
    for process in expected.faults["kill"]:
        in_flight = {"backlog": 9, "unnumbered": 0}
        world.story_line({"kind": "kill", "process": process, "in_flight": in_flight}, "faults.jsonl")
    ledger(world)
    (folder / "logs").mkdir()
    (folder / "logs" / "worker-1.log").write_text('{"event": "absorbed", "count": 12}\n')
    world.topics.flush()
    return world


def become(world: World, one: Truth) -> None:
    """What must come of one record."""
    if one.fate == "event":
        kind = "seals" if one.event_type == "seal.changed" else "in"
        world.topics.add(f"{kind}.x.{one.organisation}", json.dumps(dict(one.fields)).encode())
        for organisation, functions in world.expected.recipients(one.reference).items():
            for function in functions:
                seen = world.expected.sees_sealed(one, function)
                fields = {path: value for path, value in one.fields.items() if path in seen}
                world.deliver(organisation, one.event_type, one.child, fields, at=one.at_ms)
    elif one.fate == "refused" and one.reference != "e.oversize":
        world.refuse(one.organisation, one.code, one.reference)
    elif one.fate == "dead_letter":
        said = {"code": one.code, "field": "", "reason": "schema id 2000000000 is not in this catalogue"}
        headers = [("x-orig-topic", f"in.schools.{one.organisation}".encode())]
        world.topics.add("dead-letter", json.dumps(said).encode(), headers=headers)


def speak(world: World, children: dict[str, Truth]) -> None:
    """What the broker itself must say."""
    for saying in world.expected.said:
        for organisation in saying.to:
            named = children[saying.child].fields if saying.child else {}
            fields = {path: named[path] for path in ("child.surname", "child.forename") if path in named}
            world.deliver(organisation, saying.event_type, saying.child, {**fields, **saying.where})


def ledger(world: World) -> None:
    leaves = [sha256(f"leaf {n}".encode()).digest() for n in range(23)]
    (world.folder / "broker").mkdir()
    with closing(sqlite3.connect(world.folder / "broker" / "ledger.db")) as connection:
        connection.execute("create table carrier (ordinal integer, hashes blob)")
        rows = [(1, b"".join(leaves[:9])), (2, b"".join(leaves[9:])), (None, leaves[0])]
        connection.executemany("insert into carrier values (?, ?)", rows)
        connection.commit()
    for size in (0, 9, 23, 23):
        note = f"crosswalk\n{size}\n{b64encode(root(leaves[:size])).decode()}\n\n— crosswalk AAAA\n"
        world.topics.add("checkpoints", note.encode(), key=str(size).encode())
