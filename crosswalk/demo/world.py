"""The demo's world on disk and its processes: one partnership, its broker, its agencies' connectors, one real Kafka.

Left out: what happens in it (`story`, `play`). Rules: everything lives below one folder; each agency has its own key,
its own spool and its own folders; every process is started by the supervisor and ends with it.
"""

import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from confluent_kafka import Consumer, KafkaException, TopicPartition

from agreements import read_texts
from connectors.secrets import make_key_file
from crosswalk import PACKAGE
from crosswalk.supervisor import Supervised, Supervisor
from deploy.provision.topics import provision
from ledger.keys import load_or_create
from ledger.store import Ledger
from sharing.approval.signatories import FILE
from sharing.directory import Directory
from sharing.errors import Misconfigured
from sharing.topics import all_topics
from streams.broker import ENGINE, read_directory
from streams.clock import SimulatedClock
from streams.founding import found, invent_offices

PARTNERSHIP = PACKAGE / "crosswalk" / "partnership"
WORKERS = ("worker-1", "worker-2")
ASK_SECONDS = 10.0

FORMATS: Mapping[str, tuple[str, ...]] = {
    "schools": ("schools-concerns", "schools-acknowledgements", "schools-attendance"),
    "social-care": ("social-care-ssd",),
    "police": ("police-json",),
    "health": ("health-hl7",),
    "education": (),
}
"""What each kind of agency exports."""


@dataclass
class World:
    """Folders and processes of one demo.

    Attributes:
        folder: Where everything lives. `bootstrap`: the cluster.
        apart: Organisations whose connector has a process of its own, because the story stops and starts it.
    """

    folder: Path
    bootstrap: str
    apart: frozenset[str] = frozenset()
    supervisor: Supervisor = field(default_factory=Supervisor)
    extra: dict[str, str] = field(default_factory=dict)

    @cached_property
    def directory(self) -> Directory:
        """Who takes part; read once, since whoever waits for quiet asks many times a second."""
        return read_directory(PARTNERSHIP)

    @property
    def clock(self) -> SimulatedClock:
        """The simulated time of this world."""
        return SimulatedClock(self.folder / "clock.txt")

    @property
    def database(self) -> str:
        """Address of the broker's database."""
        return f"sqlite:///{self.folder / 'broker' / 'ledger.db'}"

    def agency(self, organisation: str) -> Path:
        """An agency's own folder."""
        return self.folder / "agencies" / organisation

    # ------------------------------------------------------------ making

    def make(self, start: datetime) -> None:
        """Make folders, keys, settings, topics and the database."""
        for name in ("broker", "logs", "agencies", "story"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        self.clock.move_to(start)
        for organisation in self.enrolled():
            self._make_agency(organisation)
        provision(self.bootstrap, all_topics(self.directory))
        self._found(start)

    def _found(self, start: datetime) -> None:
        """The database, and the shipped agreements in force in it, signed by invented offices."""
        ledger = Ledger.open(self.database, load_or_create(self.folder / "broker" / "broker.keys"))
        offices = invent_offices((PARTNERSHIP / FILE).read_text(encoding="utf-8"), self.folder / "broker" / "offices")
        found(ledger, read_texts(), offices, start, ENGINE)
        ledger.close()

    def enrolled(self) -> list[str]:
        """Every organisation that runs a connector."""
        return [slug for slug, o in self.directory.organisations.items() if o.enrolled]

    def _make_agency(self, slug: str) -> None:
        folder = self.agency(slug)
        for name in ("drop", "delivered", "state"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        if not (folder / "connector.key").exists():
            make_key_file(folder / "connector.key")
        text = yaml.safe_dump(self._settings(slug), sort_keys=False)
        (folder / "connector.yaml").write_text(text, encoding="utf-8")

    def _settings(self, slug: str) -> dict[str, Any]:
        organisation = self.directory.organisations[slug]
        formats = list(FORMATS[organisation.agency])
        settings: dict[str, Any] = {
            "organisation": slug,
            "agency": organisation.agency.value,
            "system": f"{slug}-system",
            "bootstrap": self.bootstrap,
            "key_file": "connector.key",
            "state": "state",
            "deliver_to": "delivered",
            "may_seal": organisation.may_seal,
            "poll_seconds": 0.15,
            "gap_wait_seconds": 5,
            "clock": f"simulated:{self.folder / 'clock.txt'}",
        }
        if formats:
            settings["intake"] = [{"folder": "drop", "formats": formats, "settle_seconds": 0}]
        if organisation.agency.value == "education":
            directory = str(PARTNERSHIP / "directory.yaml")
            settings["reactions"] = [{"name": "rolls", "folder": "drop", "directory": directory}]
        if organisation.kind.value == "hospital_trust":
            settings["reactions"] = [{"name": "plan-flags", "callback": organisation.telephone("emergency_department")}]
        return settings

    def expect_unused(self) -> None:
        """Refuse a cluster on which a partnership ran before: what lies there would be taken for this story's.

        Raises:
            Misconfigured: a topic holds records; its name and what to do.
        """
        consumer = Consumer({"bootstrap.servers": self.bootstrap, "group.id": "demo.unused", "log_level": 0})
        try:
            for topic in all_topics(self.directory):
                if _end(consumer, topic.name) > 0:
                    raise Misconfigured(
                        f"KAFKA_BOOTSTRAP: {topic.name} of that cluster holds records of an earlier run; name a cluster"
                        " on which no partnership ran, or delete its topics (in, seals, out, receipts, dead-letter,"
                        " checkpoints)"
                    )
        finally:
            consumer.close()

    # ------------------------------------------------------------ running

    def start(self) -> None:
        """Start the broker's processes and every connector."""
        for name in (*WORKERS, "sequencer"):
            self._run(name, "sequencer" if name == "sequencer" else "worker")
        for group in self.groups():
            self.start_connector(group)

    def groups(self) -> list[str]:
        """Names of the connectors' processes: an agency kind, or one organisation."""
        kinds = {self.directory.organisations[s].agency.value for s in self.enrolled() if s not in self.apart}
        return sorted(kinds | self.apart)

    def start_connector(self, group: str) -> None:
        """Start a connector's process."""
        settings = [str(self.agency(slug) / "connector.yaml") for slug in self._members(group)]
        self._run(f"connector-{group}", "connector", "run", *settings)

    def stop_connector(self, organisation: str) -> None:
        """Stop an organisation's connector cleanly; it must have a process of its own."""
        self.supervisor.end(f"connector-{organisation}")

    def _members(self, group: str) -> Iterable[str]:
        if group in self.apart:
            return [group]
        organisations = self.directory.organisations
        return [s for s in self.enrolled() if organisations[s].agency.value == group and s not in self.apart]

    def _run(self, name: str, *command: str) -> None:
        argv = [sys.executable, "-m", "crosswalk", *command]
        log = self.folder / "logs" / f"{name}.log"
        self.supervisor.run(Supervised(name, argv, self.environment(name), log))

    def environment(self, name: str) -> dict[str, str]:
        """Environment of one process."""
        broker = self.folder / "broker"
        return {
            **{k: v for k, v in os.environ.items() if not k.startswith(("CROSSWALK_", "KAFKA_"))},
            "PYTHONPATH": str(PACKAGE),
            "KAFKA_BOOTSTRAP": self.bootstrap,
            "CROSSWALK_DATABASE": self.database,
            "CROSSWALK_KEYS": str(broker / "broker.keys"),
            "CROSSWALK_PARTNERSHIP": str(PARTNERSHIP),
            "CROSSWALK_STATE": str(broker / "state"),
            "CROSSWALK_CLOCK": f"simulated:{self.folder / 'clock.txt'}",
            "CROSSWALK_WORKER": name,
            **self.extra,
        }

    def stop(self) -> None:
        """End every process that was started here."""
        self.supervisor.stop()


def _end(consumer: Consumer, topic: str) -> int:
    try:
        found = consumer.get_watermark_offsets(TopicPartition(topic, 0), timeout=ASK_SECONDS)
    except KafkaException:
        return 0  # made just now, and its leader does not know it yet: nothing lies there
    return int(found[1]) if found else 0
