"""What the broker tells everybody: signed checkpoints; and operators: dead letters by reference.

Left out: numbering. Rules: checkpoints leave at a fixed cadence and one size, so that their rhythm tells nothing; a
dead letter leaves as codes and a place, never as what it held.
"""

import json
from collections.abc import Callable

from confluent_kafka import KafkaError, Message, Producer

from ledger.rows import DeadLetter
from ledger.sequencer import newest
from sharing.errors import Retryable
from sharing.topics import CHECKPOINTS, DEAD_LETTER
from streams.broker import Broker

CHECKPOINT_BYTES = 512
FLUSH_SECONDS = 30.0


class Publisher:
    """Publishes; one per thread."""

    def __init__(self, broker: Broker, producer: Producer) -> None:
        self.broker = broker
        self.producer = producer
        self._size = -1

    def checkpoint(self) -> None:
        """Publish the newest signed checkpoint, if there is one."""
        with self.broker.ledger.reading() as tx:
            found = newest(tx)
        if found is None:
            return
        note = found.note(self.broker.ledger).encode()
        padding = b" " * max(0, CHECKPOINT_BYTES - len(note))
        headers: list[tuple[str, str | bytes | None]] = [("content-type", b"text/plain"), ("padding", padding)]
        self._send(CHECKPOINTS, str(found.checkpoint.size).encode(), note, headers)

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

    def _send(self, topic: str, key: bytes, value: bytes, headers: list[tuple[str, str | bytes | None]]) -> None:
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


def headers_of(letter: DeadLetter) -> list[tuple[str, str | bytes | None]]:
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
