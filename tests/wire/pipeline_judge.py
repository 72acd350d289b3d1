"""The judge of the pipeline tests: reads `out.*` as an inbox does and holds it against the book of what was sent.

Left out: sending and faults (`pipeline_rig`). Rules: who may read what is written here by hand, not taken from the
agreements; equal copies are counted, for an inbox passes over them; other content under one exchange id is a fault.
"""

import re
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from confluent_kafka import Consumer, Message, TopicPartition

from bench.traffic import CATALOGUE, Sent, Traffic, number_in
from sharing.codec import decode

HEX = re.compile(rb"(?=([0-9a-f]{16}))")
POSTCODE = re.compile(rb"ZE\d \d[A-Z]{2}")
SOCIAL_CARE, SCHOOL, HEALTH = "out.social-care.", "out.schools.", "out.health."
OWN_KEYS = (b"K", b"L", b"sub")
"""What stands before a canary in the sender's own references, which nobody receives."""


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


def each_once(messages: list[Message], verdict: Verdict) -> list[Message]:
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


def judge_arrivals(once: list[Message], sent: dict[int, Sent], forbidden: set[int], verdict: Verdict) -> None:
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


def judge_order(once: list[Message], verdict: Verdict) -> None:
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
