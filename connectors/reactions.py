"""The reactions of this project, by name: what a connector does by itself about what is delivered to it.

Left out: what each does (each agency's room). A reaction may bring formats of its own, which then stand in the place
of those of the same name: a trust's flags decide which attendances its HL7 format lets go.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from difflib import get_close_matches

import yaml

from connectors.education.rolls import AnswersFromRolls, Rolls, read_rolls
from connectors.formats import Given, by_name
from connectors.health.flags import Flagged, FlagsInFile, LearnsFlags
from connectors.lookups import Files, Watched
from connectors.ports import AnyFormat, Reaction
from connectors.settings import Options, Settings
from sharing.directory import Directory, from_document
from sharing.errors import Misconfigured

SETTLE_SECONDS = 2.0
"""A roll that is half copied would say of half the pupils that they are on none."""


@dataclass(frozen=True, slots=True)
class Made:
    """A reaction, and the formats that it brings, by name."""

    reaction: Reaction
    formats: Mapping[str, AnyFormat] = field(default_factory=dict)


def _rolls(options: Options, _settings: Settings) -> Made:
    """`rolls: {folder, directory?}`: answers where a child is registered."""
    _known(options, "folder", "directory")
    if "folder" not in options.values:
        raise Misconfigured("reactions: rolls: folder is missing; name the folder that holds the roll files")
    rolls = Watched(options.base / options.values["folder"], _index, SETTLE_SECONDS)
    return Made(AnswersFromRolls(rolls, _directory(options)))


def _index(files: Files) -> Rolls:
    return read_rolls(files, datetime.now(UTC))[0]


def _directory(options: Options) -> Directory | None:
    name = options.values.get("directory")
    if name is None:
        return None
    path = options.base / name
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as fault:
        raise Misconfigured(f"{path}: cannot be read as YAML ({type(fault).__name__})") from None
    return from_document(document if isinstance(document, dict) else {}, str(path))


def _flags(options: Options, settings: Settings) -> Made:
    """`plan-flags: {callback?}`: keeps that a plan exists, and lets attendances of those children go."""
    _known(options, "callback")
    key = settings.keys.token("flags")
    register = FlagsInFile(settings.state / "flags.db")
    given = Given(flagged=Flagged(register, key), callback=options.values.get("callback"))
    return Made(LearnsFlags(register, key), {"health-hl7": by_name("health-hl7", given)})


REACTIONS: Mapping[str, Callable[[Options, Settings], Made]] = {"rolls": _rolls, "plan-flags": _flags}


def known(name: str) -> None:
    """Refuse the name of a reaction that there is not.

    Raises:
        Misconfigured: there is none; the message names the nearest.
    """
    if name not in REACTIONS:
        near = get_close_matches(name, REACTIONS, n=1)
        raise Misconfigured(
            f"reactions: known are {', '.join(REACTIONS)}" + (f"; did you mean {near[0]}?" if near else "")
        )


def make(options: Options, settings: Settings) -> Made:
    """The reaction that settings name.

    Raises:
        Misconfigured: there is none, or it was told what it does not know; the message names the nearest.
    """
    known(options.name)
    return REACTIONS[options.name](options, settings)


def _known(options: Options, *words: str) -> None:
    unknown = sorted(set(options.values) - set(words))
    if unknown:
        raise Misconfigured(f"reactions: {options.name}: unknown {', '.join(unknown)}; known are {', '.join(words)}")
