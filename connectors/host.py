"""Connectors of one process: built from their settings files, started, and stopped together.

An agency runs one; a partnership may host several for small organisations. Left out: the command line (`cli`). Rules:
every file is checked before the first connector starts; one connector in trouble does not stop the others.
"""

import signal
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import yaml

from connectors import reactions
from connectors.clock import clock_from
from connectors.folder import FolderSink, FolderSource
from connectors.formats import Given, by_name
from connectors.lookups import Files, Watched
from connectors.ports import AnyFormat
from connectors.runner import Connector
from connectors.settings import Settings
from connectors.social_care.formats import persons_of
from connectors.social_care.translate import Persons
from connectors.stores import Stores
from sharing.errors import Misconfigured


def read_settings(path: Path) -> Settings:
    """Settings of one connector from its YAML file.

    Raises:
        Misconfigured: names every fault of the file at once.
    """
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as fault:
        raise Misconfigured(f"{path}: cannot be read ({type(fault).__name__})") from None
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        place = f" at line {mark.line + 1}" if mark is not None else ""
        raise Misconfigured(f"{path}: is no YAML{place}; look at indentation and quotes") from None
    if not isinstance(document, dict):
        raise Misconfigured(f"{path}: expected keys and values; see `connector init`")
    return Settings.from_mapping(document, str(path), path.parent)


def read_all(paths: Sequence[Path]) -> list[Settings]:
    """Settings of several connectors.

    Raises:
        Misconfigured: names every fault of every file, and two connectors that share a folder.
    """
    found: list[Settings] = []
    faults: list[str] = []
    for path in paths:
        try:
            settings = read_settings(path)
        except Misconfigured as fault:
            faults.append(str(fault))
        else:
            found.append(settings)
            faults += [f"{path}: {fault}" for fault in _unknown_parts(settings)]
    states = [settings.state.resolve() for settings in found]
    if len(set(states)) < len(states):
        faults.append("state: two connectors share one folder; give each its own")
    if faults:
        raise Misconfigured("\n".join(faults))
    return found


def _unknown_parts(settings: Settings) -> list[str]:
    """Formats and reactions that there are not: said before anything runs, as any other fault of the file."""
    faults: list[str] = []
    for number, intake in enumerate(settings.intakes):
        for name in intake.formats:
            try:
                by_name(name)
            except Misconfigured as fault:
                faults.append(f"intake[{number}].{fault}")
    for options in settings.reactions:
        try:
            reactions.known(options.name)
        except Misconfigured as fault:
            faults.append(str(fault))
    return faults


def build(settings: Settings, base: Path | None = None) -> Connector:
    """A connector, ready to start.

    Args:
        settings: Its settings.
        base: Folder to which the clock's file is relative, the current one by default.

    Raises:
        Misconfigured: an unknown format or reaction, or its file cannot be used.
    """
    now = clock_from(settings.clock, base or Path())
    stores = Stores(settings)
    try:
        made = [reactions.make(options, settings) for options in settings.reactions]
        brought = {name: one for item in made for name, one in item.formats.items()}
        sources = [_source(settings, number, brought) for number in range(len(settings.intakes))]
        sink = FolderSink(settings.deliver_to) if settings.deliver_to is not None else None
        return Connector(stores, sources, sink, [item.reaction for item in made], now)
    except BaseException:
        stores.close()
        raise


def _source(settings: Settings, number: int, brought: Mapping[str, AnyFormat]) -> FolderSource:
    intake = settings.intakes[number]
    given = Given() if intake.persons is None else Given(persons=_persons(intake.persons))
    formats = [brought.get(name) or by_name(name, given) for name in intake.formats]
    token: Callable[[str, str | bytes], bytes] = settings.keys.token
    return FolderSource(intake.folder, formats, token, intake.settle_seconds, intake.after)


def _persons(path: Path) -> Persons:
    """Persons by id, from the table that a case system exports beside the others."""
    watched = Watched(path, _join)
    return lambda person: watched().get(person)


def _join(files: Files) -> Mapping[str, Mapping[str, str]]:
    joined: dict[str, Mapping[str, str]] = {}
    for name, raw in files:
        joined |= persons_of(raw, name)
    return joined


def run(paths: Sequence[Path], stopping: threading.Event | None = None) -> None:
    """Run connectors until asked to stop by SIGTERM, SIGINT or the event.

    Args:
        paths: Settings files.
        stopping: Set from outside to end the run; made here by default.

    Raises:
        Misconfigured: a fault in the settings, or a connector cannot start.
    """
    stop = stopping or threading.Event()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: stop.set())
    connectors: list[Connector] = []
    try:
        for settings, path in zip(read_all(paths), paths, strict=True):
            connectors.append(build(settings, path.parent))
        for connector in connectors:
            connector.start()
        while not stop.wait(1.0):
            pass
    finally:
        for connector in connectors:
            connector.ask_to_stop()
        for connector in connectors:
            connector.stop()
