"""Settings of one connector: read once, checked whole, every fault at once with its place and its fix.

Left out: connecting to anything (`kafka`), and the connector's parts (`host` builds them). Rules: unknown words are
refused with the nearest right one; secrets are references; paths are relative to the settings file.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from connectors.reader import Reader
from connectors.secrets import Keys, Secret, read_keys, resolve
from sharing.directory import Organisation
from sharing.errors import Misconfigured
from sharing.events import Event, ReceiptRecorded, SealChanged
from sharing.topics import in_topic, out_topic, receipts_topic, seals_topic, witness_topic
from sharing.vocabulary import Agency, OrganisationKind

PROTOCOLS = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")
MECHANISMS = ("SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN")
AFTER = ("keep", "delete")


@dataclass(frozen=True, slots=True)
class Security:
    """How Kafka is reached.

    Attributes:
        protocol: One of `PROTOCOLS`. `mechanism`: one of `MECHANISMS`, "" without SASL.
        ca_file, certificate_file, key_file: PEM files, None where not used.
    """

    protocol: str = "PLAINTEXT"
    mechanism: str = ""
    username: str = ""
    password: Secret | None = None
    ca_file: Path | None = None
    certificate_file: Path | None = None
    key_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Intake:
    """One drop folder.

    Attributes:
        folder: Where files are dropped. `formats`: names of the formats that may lie there.
        settle_seconds: How long a file must not have changed before it is read.
        after: `keep` moves a read file to `done/`, `delete` removes it.
        persons: Person table that lies beside, for exports that are not joined; a file or a folder.
    """

    folder: Path
    formats: tuple[str, ...]
    settle_seconds: float = 2.0
    after: str = "keep"
    persons: Path | None = None


@dataclass(frozen=True, slots=True)
class Options:
    """A named part of a connector, and what it is told.

    Attributes:
        name: As in the list of known parts. `values`: its own words. `base`: folder to which paths in them are
            relative.
    """

    name: str
    values: Mapping[str, str]
    base: Path


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything one connector must know.

    Attributes:
        system: Name of the agency's own system, as part of every event id: never change it.
        state: Folder of spool, lock and health.
        deliver_to: Folder into which views are written, None for a connector that only sends.
        reactions: What the connector does by itself: a name, or a name with what it is told.
        max_spool_bytes: Beyond this, intake stops; sending goes on.
        gap_wait_seconds: How long later deliveries of a child wait for a missing earlier one.
        generation: Raised by hand after a spool was lost: counted versions then start afresh under new ids.
        front_door_phone: Number to call when a referral cannot be sent in time.
        clock: `real`, or `simulated:PATH` in a demonstration.
        witness_seconds: How often checkpoints of the broker's ledger are cosigned at most; 0: never, and none is read.
        broker_key: Public key of the broker's ledger; "" to take the first one that is seen.
    """

    organisation: str
    agency: Agency
    system: str
    bootstrap: str
    keys: Keys
    state: Path
    security: Security = Security()
    may_seal: bool = False
    intakes: tuple[Intake, ...] = ()
    deliver_to: Path | None = None
    reactions: tuple[Options, ...] = ()
    poll_seconds: float = 1.0
    max_spool_bytes: int = 512 * 1024 * 1024
    gap_wait_seconds: float = 30.0
    generation: int = 1
    front_door_phone: str = ""
    clock: str = "real"
    witness_seconds: float = 30.0
    broker_key: str = ""

    @property
    def in_topic(self) -> str:
        """Where this organisation's events go."""
        return in_topic(self._named())

    @property
    def seals_topic(self) -> str:
        """Where its seals go."""
        return seals_topic(self._named())

    @property
    def out_topic(self) -> str:
        """Where its own view comes from."""
        return out_topic(self._named())

    @property
    def receipts_topic(self) -> str:
        """Where its receipts go."""
        return receipts_topic(self._named())

    @property
    def witness_topic(self) -> str:
        """Where its cosignatures go."""
        return witness_topic(self._named())

    def topic_of(self, event: Event) -> str:
        """Where an event of this organisation goes."""
        if isinstance(event, SealChanged):
            return self.seals_topic
        return self.receipts_topic if isinstance(event, ReceiptRecorded) else self.in_topic

    def written_topics(self) -> tuple[str, ...]:
        """Every topic that it writes."""
        seals = (self.seals_topic,) if self.may_seal else ()
        return (self.in_topic, *seals, self.receipts_topic)

    def _named(self) -> Organisation:
        """What `sharing.topics` needs of an organisation; its kind plays no part in a topic's name."""
        return Organisation(self.organisation, self.agency, OrganisationKind.SCHOOL, self.organisation)

    @classmethod
    def from_mapping(
        cls, mapping: Mapping[str, object], source: str, base: Path, environ: Mapping[str, str] | None = None
    ) -> "Settings":
        """Read settings from a parsed YAML or JSON document.

        Args:
            mapping: The document.
            source: Name of the file, for messages.
            base: Folder to which paths in it are relative.
            environ: Environment for `env:` references, this process's by default.

        Raises:
            Misconfigured: names every fault at once.
        """
        reader = Reader(mapping, source, base)
        made = _settings(reader, os.environ if environ is None else environ)
        reader.finish()
        if made is None:
            raise Misconfigured(f"{source}: no settings")
        return made


def _settings(reader: Reader, environ: Mapping[str, str]) -> Settings | None:
    """Read every key, so that every fault is found; build only when there was none."""
    organisation = reader.slug("organisation")
    agency = reader.choice("agency", [a.value for a in Agency if a is not Agency.BROKER])
    bootstrap = reader.addresses("bootstrap")
    keys = reader.made("key_file", lambda text: read_keys(reader.base / text))
    state = reader.path("state")
    security = _security(reader.part("security"), environ)
    intakes = tuple(_intake(part) for part in reader.parts("intake"))
    rest = {
        "system": reader.text("system", organisation or ""),
        "may_seal": reader.flag("may_seal", default=False),
        "deliver_to": reader.optional_path("deliver_to"),
        "reactions": tuple(Options(*named, reader.base) for named in reader.named("reactions")),
        "poll_seconds": reader.number("poll_seconds", 1.0, 0.01, 3600.0),
        "max_spool_bytes": int(reader.number("max_spool_mb", 512.0, 1.0, 1_000_000.0) * 1024 * 1024),
        "gap_wait_seconds": reader.number("gap_wait_seconds", 30.0, 0.0, 86_400.0),
        "generation": int(reader.number("spool_generation", 1.0, 1.0, 1_000_000.0)),
        "front_door_phone": reader.text("front_door_phone", ""),
        "clock": reader.text("clock", "real"),
        "witness_seconds": reader.number("witness_seconds", 30.0, 0.0, 86_400.0),
        "broker_key": reader.text("broker_key", ""),
    }
    if reader.faulty() or not (organisation and agency and bootstrap and keys and state):
        return None
    fixed = {"organisation": organisation, "agency": Agency(agency), "bootstrap": bootstrap, "keys": keys}
    return Settings(**fixed, state=state, security=security, intakes=intakes, **rest)  # type: ignore[arg-type]


def _intake(reader: Reader) -> Intake:
    return Intake(
        folder=reader.path("folder") or reader.base,
        formats=reader.names("formats", required=True),
        settle_seconds=reader.number("settle_seconds", 2.0, 0.0, 3600.0),
        after=reader.choice("after", AFTER, "keep") or "keep",
        persons=reader.optional_path("persons"),
    )


def _security(reader: Reader, environ: Mapping[str, str]) -> Security:
    protocol = reader.choice("protocol", PROTOCOLS, "PLAINTEXT") or "PLAINTEXT"
    sasl = protocol.startswith("SASL")
    password = reader.made("password", lambda text: resolve(text, reader.base, environ), required=sasl)
    security = Security(
        protocol=protocol,
        mechanism=(reader.choice("mechanism", MECHANISMS, MECHANISMS[0]) or "") if sasl else "",
        username=reader.text("username", None if sasl else ""),
        password=password,
        ca_file=reader.optional_path("ca_file"),
        certificate_file=reader.optional_path("certificate_file"),
        key_file=reader.optional_path("key_file"),
    )
    if not sasl:
        reader.needless("mechanism", f"protocol {protocol} has no password; use SASL_SSL")
    return security
