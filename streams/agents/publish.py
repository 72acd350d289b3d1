"""What the broker tells everybody: signed checkpoints; and operators: dead letters by reference.

Left out: numbering, and what witnesses answer (`witnessing`). Rules: checkpoints leave at a fixed cadence and one size,
so that their rhythm tells nothing; each comes with the step from the one before it; a dead letter leaves as codes and a
place, never as what it held.
"""

import json
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from confluent_kafka import KafkaError, Message, Producer

from ledger.publishing import Steps, mark_published, step_from, to_publish
from ledger.rows import DeadLetter
from sharing.errors import Retryable
from sharing.topics import CHECKPOINTS, DEAD_LETTER
from sharing.transparency.notes import verifier_key
from sharing.transparency.proofs import steps_text
from streams.broker import Broker

RECORD_BYTES = 2048
"""Of value and headers of every published checkpoint together: enough for a step between trees of 2**33 leaves."""
PADDING = "padding"
FLUSH_SECONDS = 30.0
LEASE = "publish"
LEASE_LASTS = timedelta(seconds=5)
Headers = list[tuple[str, str | bytes | None]]


class Publisher:
    """Publishes; one per thread.

    Args:
        broker: With a ledger of its own.
        producer: To the cluster.
        owner: Name of this process, different for each start.
    """

    def __init__(self, broker: Broker, producer: Producer, owner: str = "publisher") -> None:
        self.broker = broker
        self.producer = producer
        self.owner = owner

    def may_publish(self, real_now: datetime) -> bool:
        """Whether it is this process that publishes: one does, so that each checkpoint follows the one before it."""
        with self.broker.ledger.transaction() as tx:
            return tx.take_lease(LEASE, self.owner, real_now, LEASE_LASTS) is not None

    def checkpoint(self, asked: Iterable[int] = ()) -> None:
        """Publish the newest signed checkpoint, if there is one, with the step from the one published before.

        Args:
            asked: Sizes from which witnesses asked for a step, because they missed some: one more record each.
        """
        with self.broker.ledger.reading() as tx:
            found = to_publish(tx)
            if found is None:
                return
            newest, steps = found
            further = [step_from(tx, size, newest.checkpoint.size) for size in sorted(set(asked) - steps.keys())]
        key, note = str(newest.checkpoint.size).encode(), newest.note(self.broker.ledger).encode()
        for one in (steps, *(more for more in further if more)):
            self._send(CHECKPOINTS, key, note, self._headers(note, one))
        with self.broker.ledger.transaction() as tx:
            mark_published(tx, newest.checkpoint.size)

    def _headers(self, note: bytes, steps: Steps) -> Headers:
        keys = self.broker.keys
        told = [
            ("content-type", b"text/plain"),
            ("verifier-key", verifier_key(keys.origin, keys.public).encode()),
            ("steps", steps_text(steps).encode()),
        ]
        used = len(note) + sum(len(name) + len(value) for name, value in told) + len(PADDING)
        return [*told, (PADDING, b" " * max(0, RECORD_BYTES - used))]

    def dead_letters(self) -> int:
        """Publish references to new dead letters; returns how many."""
        with self.broker.ledger.reading() as tx:
            letters = tx.dead_letters_unpublished()
        for letter in letters:
            self._send(DEAD_LETTER, place_of(letter), json.dumps(reference(letter)).encode(), headers_of(letter))
        if letters:
            with self.broker.ledger.transaction() as tx:
                tx.dead_letters_published([letter.id for letter in letters])
        return len(letters)

    def _send(self, topic: str, key: bytes, value: bytes, headers: Headers) -> None:
        faults: list[KafkaError] = []
        self.producer.produce(topic, value, key, headers=headers, on_delivery=_collect(faults))
        if self.producer.flush(FLUSH_SECONDS) or faults:
            raise Retryable(f"{topic}: the cluster did not keep a record")


def _collect(faults: list[KafkaError]) -> Callable[[KafkaError | None, Message], None]:
    def confirmed(fault: KafkaError | None, _message: Message) -> None:
        if fault is not None:
            faults.append(fault)

    return confirmed


def place_of(letter: DeadLetter) -> bytes:
    """Where the record stood: `topic-partition-offset`."""
    return f"{letter.topic}-{letter.partition}-{letter.offset}".encode()


def reference(letter: DeadLetter) -> dict[str, object]:
    """What operators are told of a dead letter."""
    return {"id": letter.id, "code": letter.code, "field": letter.field, "reason": letter.reason}


def headers_of(letter: DeadLetter) -> Headers:
    """Fixed names, so that tools can group and redrive."""
    return [
        ("content-type", b"application/json"),
        ("x-orig-topic", letter.topic.encode()),
        ("x-orig-partition", str(letter.partition).encode()),
        ("x-orig-offset", str(letter.offset).encode()),
        ("x-error-code", letter.code.encode()),
        ("x-stage", b"intake"),
        ("x-first-failed", letter.at.isoformat().encode()),
    ]
