"""Everything that the agents are handed: the ledger, what is agreed, who can be reached, what the time is.

Composed once per process; agents hold no globals.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from agreements import read_texts
from ledger.keys import Keys, load, load_or_create
from ledger.store import Ledger, Transaction
from schemas import read_schemas
from sharing.calendar import Calendars
from sharing.calendar import from_document as calendars_from
from sharing.codec import Catalogue
from sharing.directory import Directory
from sharing.directory import from_document as directory_from
from sharing.errors import Misconfigured
from sharing.policy import Agreements
from streams.clock import Now, clock_from
from streams.course import broken_in, set_of
from streams.head import HeadWatch, Stand
from streams.settings import Settings

ENGINE = "0.1.0"
"""Version of what decides; stands in every leaf."""


@dataclass(frozen=True, slots=True)
class Broker:
    """What an agent needs beside its input.

    Attributes:
        folder: Agreements of the installation's folder: by which is decided while no signed set was ever in force.
    """

    ledger: Ledger
    keys: Keys
    catalogue: Catalogue
    directory: Directory
    calendars: Calendars
    folder: Agreements
    now: Now
    head: HeadWatch = field(default_factory=HeadWatch)

    def stand(self, tx: Transaction) -> Stand:
        """Which agreements are in force, as a transaction sees it."""
        return self.head.look(tx, self.now(), self.folder)

    @property
    def agreements(self) -> Agreements:
        """Those by which was decided last in this process. A decision asks `stand`, in its own transaction."""
        return self.head.last.agreements if self.head.last is not None else self.folder


def open_broker(settings: Settings) -> Broker:
    """Read everything that the settings name and open the database.

    Raises:
        Misconfigured: names every file at fault.
        Retryable: the database is away.
    """
    keys = load_or_create(settings.keys)
    return _composed(settings, keys, Ledger.open(settings.database, keys))


def open_existing(settings: Settings) -> Broker:
    """The same for a person's command: neither ledger nor keys are made, so that a slip in a path makes none.

    Raises:
        Misconfigured: names every file at fault, or says that there is no ledger.
        Retryable: the database is away.
    """
    keys = load(settings.keys)
    return _composed(settings, keys, Ledger.open_existing(settings.database, keys))


def _composed(settings: Settings, keys: Keys, ledger: Ledger) -> Broker:
    broker = Broker(
        ledger=ledger,
        keys=keys,
        catalogue=Catalogue.of(read_schemas()),
        directory=read_directory(settings.partnership),
        calendars=calendars_from(read_yaml(settings.partnership / "calendars.yaml"), "calendars.yaml"),
        folder=read_agreements(settings.agreements),  # not asked whether reviewed: referrals must go all the same
        now=clock_from(settings.clock, production=settings.production),
    )
    with broker.ledger.reading() as tx:
        broker.stand(tx)
    return broker


def read_directory(partnership: Path) -> Directory:
    """The partnership's directory, with the broker itself in it."""
    return directory_from(read_yaml(partnership / "directory.yaml"), "directory.yaml")


def read_agreements(folder: Path, today: date | None = None) -> Agreements:
    """Every sharing agreement of a folder, compiled.

    Args:
        folder: Of the YAML files.
        today: When they are to be in force: one past its review is refused. None: not asked.

    Raises:
        Misconfigured: lists every fault with file, line and the nearest right word, or every invariant that is broken.
    """
    texts = read_agreement_texts(folder)
    agreements, broken = set_of(texts, today), broken_in(texts)
    if broken:
        raise Misconfigured("\n".join(f"{folder.name}/invariants.yaml: {violation}" for violation in broken))
    return agreements


def read_agreement_texts(folder: Path) -> dict[str, str]:
    """The texts of a folder of agreements, by file name.

    Raises:
        Misconfigured: there are none, or one cannot be read.
    """
    try:
        texts = read_texts(folder)
    except OSError as fault:
        raise Misconfigured(f"{folder}: agreements that cannot be read: {type(fault).__name__}") from None
    if not texts:
        raise Misconfigured(f"{folder}: no agreements here; CROSSWALK_AGREEMENTS names the folder of the YAML files")
    return texts


def read_partnership_text(partnership: Path, name: str) -> str:
    """One file of the partnership's folder, as text.

    Raises:
        Misconfigured: it cannot be read.
    """
    try:
        return (partnership / name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise Misconfigured(f"{name}: cannot be read; CROSSWALK_PARTNERSHIP names its folder") from fault


def read_yaml(path: Path) -> Mapping[str, Any]:
    """A YAML mapping.

    Raises:
        Misconfigured: the file is absent or is no mapping.
    """
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as fault:
        raise Misconfigured(f"{path.name}: cannot be read; CROSSWALK_PARTNERSHIP names its folder") from fault
    if not isinstance(document, dict):
        raise Misconfigured(f"{path.name}: expected a mapping at the top")
    return document
