"""One connector on a real Kafka, as an agency runs it: a settings file, a drop folder, a process of its own.

The rig writes exports, speaks as the broker on the connector's own topic, and counts afterwards from outside: records
of the topics and the files of the folders, never what the connector says of itself.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic

from connectors.failpoints import VARIABLE
from connectors.secrets import make_key_file
from schemas import read_schemas
from sharing import codec
from sharing.events import Child, CorrectionAction, CorrectionIssued, Envelope, Event, ReferralDecided, ReferralOutcome

CATALOGUE = codec.Catalogue.of(read_schemas())
PATIENCE = 60.0
HEADINGS = "Incident ID,Incident Date/Time,Pupil Forename,Pupil Surname,Pupil DOB,UPN,Category,Incident,Share With"


def until(condition: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    """Wait for something to come true, and say what did not."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.05)


class Rig:
    """One agency and its connector."""

    def __init__(self, bootstrap: str, folder: Path, *, topics: bool = True, **given: object) -> None:
        self.bootstrap = bootstrap
        self.folder = folder
        self.slug = f"oak-{token_hex(4)}"
        self.drop, self.view = folder / "drop", folder / "view"
        self.drop.mkdir(parents=True)
        self.settings = folder / "connector.yaml"
        make_key_file(folder / "connector.key")
        said = {
            "organisation": self.slug,
            "agency": "schools",
            "bootstrap": bootstrap,
            "key_file": "connector.key",
            "state": "state",
            "deliver_to": "view",
            "poll_seconds": 0.05,
            "gap_wait_seconds": 2,
            "witness_seconds": 0,  # checkpoints of other tests' ledgers stand in this cluster
            "intake": [{"folder": "drop", "formats": ["schools-concerns"], "settle_seconds": 0}],
        }
        self.settings.write_text(json.dumps(said | given))
        if topics:
            self.make_topics()

    def topic(self, kind: str) -> str:
        return f"{kind}.schools.{self.slug}"

    def make_topics(self) -> None:
        admin = KafkaAdminClient(bootstrap_servers=self.bootstrap)
        admin.create_topics([NewTopic(self.topic(kind), 1, 1) for kind in ("in", "out", "receipts")])
        admin.wait_for_topics([self.topic(kind) for kind in ("in", "out", "receipts")])
        admin.close()

    # -- the agency

    def export(self, name: str, rows: list[tuple[str, str, str]]) -> None:
        """A concern log of (record, child, words), put in place by renaming."""
        lines = [HEADINGS]
        for record, child, words in rows:
            lines.append(f"{record},20/11/2026 16:50,Tamsin,Lorimer{child},11/02/2016,,Neglect,{words},Refer")
        working = self.drop / f"{name}.part"
        working.write_text("\n".join(lines) + "\n")
        working.rename(self.drop / name)

    def files(self) -> dict[str, dict[str, object]]:
        """What lies in the delivery folder."""
        if not self.view.is_dir():
            return {}
        return {path.name: json.loads(path.read_text()) for path in self.view.glob("[!.]*.json")}

    # -- the broker

    def publish(self, *said: tuple[str, int, str, Event]) -> None:
        """Exchanges of (exchange id, sequence, child, view) on the connector's own topic."""
        producer = KafkaProducer(bootstrap_servers=self.bootstrap, acks="all", enable_idempotence=False)
        sent = [
            producer.send(
                self.topic("out"),
                key=child.encode().ljust(16),
                value=codec.encode(view, CATALOGUE),
                headers=[
                    ("ce_id", exchange.encode()),
                    ("ce_type", view.event_type.encode()),
                    ("ce_sequence", str(sequence).encode()),
                ],
            )
            for exchange, sequence, child, view in said
        ]
        for one in sent:
            one.get(30)
        producer.close(timeout=5)

    def received(self, kind: str) -> list[tuple[bytes, str, Event]]:
        """Every record of a topic, from its first to its last: key, id and event."""
        consumer = KafkaConsumer(bootstrap_servers=self.bootstrap, enable_auto_commit=False)
        partition = TopicPartition(self.topic(kind), 0)
        consumer.assign([partition])
        consumer.seek_to_beginning(partition)
        end = consumer.end_offsets([partition])[partition]
        found = []
        while consumer.position(partition) < end:
            for records in consumer.poll(timeout_ms=500).values():
                for record in records:
                    headers = {name: value.decode() for name, value in record.headers}
                    assert headers["ce_specversion"] == "1.0"
                    assert headers["content-type"] == "application/avro"
                    found.append((record.key, headers["ce_id"], codec.decode(record.value, CATALOGUE)))
        consumer.close()
        return found

    # -- the connector's process

    def start(self, failpoint: str = "") -> subprocess.Popen[bytes]:
        (self.folder / "state" / "health.json").unlink(missing_ok=True)
        environment = {**os.environ, VARIABLE: failpoint}
        log = (self.folder / "log").open("ab")
        with log:
            return subprocess.Popen(
                [sys.executable, "-m", "connectors", str(self.settings)], env=environment, stdout=log, stderr=log
            )

    def stop(self, process: subprocess.Popen[bytes]) -> None:
        process.send_signal(signal.SIGTERM)
        try:
            assert process.wait(40) == 0, (self.folder / "log").read_text()[-2000:]
        finally:
            process.kill()

    def health(self) -> dict[str, dict[str, int]]:
        path = self.folder / "state" / "health.json"
        return json.loads(path.read_text()) if path.exists() else {}


def decision(exchange: str) -> ReferralDecided:
    envelope = Envelope(exchange_id=exchange, occurred_at=datetime(2026, 11, 20, 17, 5, tzinfo=UTC))
    return ReferralDecided(envelope=envelope, child=Child(), outcome=ReferralOutcome.ASSESSMENT_REQUIRED)


def recall(exchange: str, recalled: str) -> CorrectionIssued:
    envelope = Envelope(exchange_id=exchange)
    return CorrectionIssued(
        envelope=envelope, child=Child(), action=CorrectionAction.RECALL, recalled_exchange=recalled
    )
