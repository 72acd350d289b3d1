"""The peer: a bare confluent-kafka and fastavro loop that only redacts, `python -m bench.bare FILE.json`.

The same events, for the same recipients, to the same number of records: but who receives is a table handed in, what
they may see is a fixed list of fields, and there is no identity, no case, no decision, no ledger, no de-duplication,
nothing encrypted, nothing numbered. Its figure is the floor of what Python costs for this traffic. It delivers before
it commits, acks=all, as we do.
"""

import io
import json
import sys
from pathlib import Path
from typing import Any

import fastavro
from confluent_kafka import Consumer, Producer

from bench.traffic import CATALOGUE

Allowed = dict[str, list[str]]


def main() -> None:
    plan = json.loads(Path(sys.argv[1]).read_text())
    consumer = Consumer({
        "bootstrap.servers": plan["bootstrap"], "group.id": plan["group"], "enable.auto.commit": False,
        "auto.offset.reset": "earliest", "isolation.level": "read_committed",
    })  # fmt: skip
    consumer.subscribe([plan["in"]])
    producer = Producer({"bootstrap.servers": plan["bootstrap"], "enable.idempotence": True, "acks": "all",
                         "queue.buffering.max.messages": 1_000_000})  # fmt: skip
    while True:
        messages = consumer.consume(2_000, 0.1)
        for message in messages:
            if message.error():
                raise SystemExit(str(message.error()))
            forward(message, plan, producer)
        if messages:
            producer.flush()
            consumer.commit(asynchronous=False)


def forward(message: Any, plan: dict[str, Any], producer: Producer) -> None:
    raw, key = message.value(), message.key()
    number = int.from_bytes(raw[1:5], "big")
    event_type, schema = CATALOGUE.parsed[number]
    record = fastavro.schemaless_reader(io.BytesIO(raw[5:]), schema, None)
    route = plan["routes"][event_type]
    for topic in route.get("to", ()):
        producer.produce(plan["prefix"] + topic, view(raw, schema, record, route["allowed"][topic]), key)
    if "by_key" in route:
        topic = plan["keys"][key.hex()]
        producer.produce(plan["prefix"] + topic, view(raw, schema, record, route["by_key"]), key)


def view(raw: bytes, schema: Any, record: dict[str, Any], allowed: dict[str, list[str]]) -> bytes:
    """The allowed fields, the rest null."""
    out = io.BytesIO()
    out.write(raw[:5])
    reduced = {name: record[name] for name in allowed[""]}
    for part in ("envelope", "child"):
        reduced[part] = {name: record[part][name] for name in allowed[part]}
    fastavro.schemaless_writer(out, schema, reduced)
    return out.getvalue()


if __name__ == "__main__":
    main()
