"""Everything that the agents are handed: the ledger, what is agreed, who can be reached, what the time is.

Composed once per process; agents hold no globals.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from ledger.keys import Keys, load_or_create
from ledger.store import Ledger
from schemas import read_schemas
from sharing.calendar import Calendars
from sharing.calendar import from_document as calendars_from
from sharing.codec import Catalogue
from sharing.directory import Directory
from sharing.directory import from_document as directory_from
from sharing.errors import Misconfigured
from sharing.policy import Agreements, field_classes, load, violations
from streams.clock import Now, clock_from
from streams.settings import Settings

ENGINE = "0.1.0"
"""Version of what decides; stands in every leaf."""


@dataclass(frozen=True, slots=True)
class Broker:
    """What an agent needs beside its input."""

    ledger: Ledger
    keys: Keys
    catalogue: Catalogue
    directory: Directory
    calendars: Calendars
    agreements: Agreements
    now: Now


def open_broker(settings: Settings) -> Broker:
    """Read everything that the settings name and open the database.

    Raises:
        Misconfigured: names every file at fault.
        Retryable: the database is away.
    """
    keys = load_or_create(settings.keys)
    now = clock_from(settings.clock, production=settings.production)
    return Broker(
        ledger=Ledger.open(settings.database, keys),
        keys=keys,
        catalogue=Catalogue.of(read_schemas()),
        directory=read_directory(settings.partnership),
        calendars=calendars_from(read_yaml(settings.partnership / "calendars.yaml"), "calendars.yaml"),
        agreements=read_agreements(settings.agreements, now().date()),
        now=now,
    )


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
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.yaml"))}
    if not texts:
        raise Misconfigured(f"{folder}: no agreements here; CROSSWALK_AGREEMENTS names the folder of the YAML files")
    agreements = load(texts, field_classes(read_schemas()), today)
    broken = violations(agreements)
    if broken:
        raise Misconfigured("\n".join(f"{folder.name}/invariants.yaml: {violation}" for violation in broken))
    return agreements


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
