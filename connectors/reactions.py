"""The reactions of this project, by name: what a connector does by itself about what is delivered to it.

Left out: what each does (each agency's room). A reaction may bring formats of its own, which then stand in the place
of those of the same name: a trust's flags decide which attendances its HL7 format lets go.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from connectors.ports import AnyFormat, Memory, Reaction
from connectors.settings import Options
from sharing.errors import Misconfigured


@dataclass(frozen=True, slots=True)
class Made:
    """A reaction, and the formats that it brings, by name."""

    reaction: Reaction
    formats: Mapping[str, AnyFormat] = field(default_factory=dict)


REACTIONS: Mapping[str, Callable[[Options, Memory], Made]] = {}


def make(options: Options, memory: Memory) -> Made:
    """The reaction that settings name.

    Raises:
        Misconfigured: there is none; the message lists all and names the nearest.
    """
    if options.name not in REACTIONS:
        near = get_close_matches(options.name, REACTIONS, n=1)
        known = ", ".join(REACTIONS) or "none"
        raise Misconfigured(f"reactions: known are {known}" + (f"; did you mean {near[0]}?" if near else ""))
    return REACTIONS[options.name](options, memory)
