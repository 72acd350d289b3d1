"""`crosswalk support-bundle DIRECTORY`: what whoever helps from outside needs to see, and nothing that a seal moves.

Four files: versions, settings, the state of things, and log lines. Left out: contents, decisions, statements, numbers
of events and leaves, offsets: they are no help to who looks for a fault, and each differs when something is sealed.
Rules: the same bytes with and without a seal; no secret (files of secrets are named, a password in an address is not
shown); of log lines only those that are listed here, with listed keys; nothing is sent anywhere. Exit status: 0
written, 2 a setting is wrong or the directory is there already.
"""

import json
import os
import platform
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Any

import typer

from crosswalk import PACKAGE
from ledger.keys import load
from ledger.lanes import lane_states
from ledger.store import Ledger, Transaction
from ledger.upgrade import REVISION
from sharing.errors import Misconfigured
from streams.broker import ENGINE, read_agreements, read_directory
from streams.settings import Settings

PRIVATE = 0o600
PACKAGES = ("faust-streaming", "confluent-kafka", "aiokafka", "fastavro", "sqlalchemy", "cryptography", "typer")
SEALS = "seals."
"""Topics on which there is something only when something is sealed."""
LINES = frozenset(
    {
        "another process took over a part of the work",
        "agreements in force",
        "clocks fire although inputs are behind",
        "dead letter",
        "lane suspended",
        "process ended; starting it again",
        "the console could not look",
        "what a witness said cannot be read",
    }
)
"""Log lines that no seal causes. A line that is not listed stays at home."""
KEYS = (
    "timestamp", "level", "event", "logger", "worker", "process", "topic", "partition", "code", "field", "reason",
    "lane", "organisation", "version", "exit_code", "restarts", "error_type", "where", "seconds", "tries",
)  # fmt: skip
_PASSWORD = re.compile(r"(?<=://)([^/@:]*):[^/@]*@")
_FACED = frozenset({"NOT_THE_HOLDER"})
"""Codes that are said of seals alone."""


def support_bundle(
    directory: Annotated[Path, typer.Argument(help="New folder for the files.")],
    logs: Annotated[list[Path] | None, typer.Option("--log", help="Log file in JSON lines; may be repeated.")] = None,
) -> None:
    """Write a folder for whoever helps from outside: versions, settings without secrets, state, filtered logs."""
    settings = Settings.from_environment(os.environ, PACKAGE, desk=True)
    try:
        directory.mkdir(parents=True, mode=0o700)
    except OSError as fault:
        raise Misconfigured(f"{directory}: cannot be made ({fault.strerror}); name a new folder") from None
    ledger = Ledger.open_existing(settings.database, load(settings.keys))
    try:
        with ledger.reading() as tx:
            state = _state(tx)
    finally:
        ledger.close()
    pages = {
        "versions.json": _json(_versions(settings)),
        "settings.json": _json(_settings(settings)),
        "state.json": _json(state),
        "logs.jsonl": "".join(f"{json.dumps(line)}\n" for line in _lines(logs or ())),
    }
    for name, text in pages.items():
        with os.fdopen(os.open(directory / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE), "w") as file:
            file.write(text)
    typer.echo(f"{directory}: {', '.join(pages)}; read them before you hand them on")


def _json(document: object) -> str:
    return json.dumps(document, indent=1, sort_keys=True) + "\n"


def _versions(settings: Settings) -> Mapping[str, object]:
    directory = read_directory(settings.partnership)
    return {
        "engine": ENGINE,
        "database": REVISION,
        "agreements": read_agreements(settings.agreements).version,
        "python": sys.version.split()[0],
        "system": platform.platform(),
        "packages": {name: _version(name) for name in PACKAGES},
        "organisations": len(directory.organisations),
    }


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _settings(settings: Settings) -> Mapping[str, object]:
    """Every setting; of an address with a password in it, the user alone."""
    return {name: _shown(value) for name, value in asdict(settings).items()}


def _shown(value: object) -> object:
    return _PASSWORD.sub(r"\1@", str(value)) if isinstance(value, str | Path) else value


def _state(tx: Transaction) -> Mapping[str, object]:
    """What is stuck and where; no figure in it moves when something is sealed."""
    letters = [letter for letter in tx.dead_letters(limit=100_000) if not letter.topic.startswith(SEALS)]
    by_code = Counter(f"{letter.topic} {letter.code} {letter.field}".strip() for letter in letters)
    return {
        "dead_letters": dict(sorted(by_code.items())),
        "suspended": {lane.organisation: lane.suspended for lane in lane_states(tx) if lane.suspended},
        "a_checkpoint_is_signed": bool(tx.session.one("select 1 from checkpoint limit 1")),
        "inputs": sorted({topic for topic, _ in tx.progress() if not topic.startswith(SEALS)}),
    }


def _lines(files: Sequence[Path]) -> Iterator[dict[str, Any]]:
    """The listed lines of these files, in order, with listed keys."""
    for path in files:
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
        except OSError as fault:
            raise Misconfigured(f"--log {path}: cannot be read ({fault.strerror})") from None
        for line in text.splitlines():
            try:
                said = json.loads(line)
            except ValueError:
                continue
            if isinstance(said, dict) and _may_go(said):
                yield {key: said[key] for key in KEYS if key in said}


def _may_go(said: Mapping[str, Any]) -> bool:
    sealed = str(said.get("topic", "")).startswith(SEALS) or said.get("code") in _FACED
    return said.get("event") in LINES and not sealed
