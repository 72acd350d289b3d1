"""What every command shares that somebody with clearance runs at a desk: opening the broker, and what they must say.

Left out: who has clearance (`clearance`) and what is done. Rules: without clearance nothing is looked at, so the answer
is the same whatever there is; who decides is a function, never a person's name.
"""

import os
from collections.abc import Collection
from pathlib import Path

import typer

from crosswalk import PACKAGE
from crosswalk.answers import say_ask
from crosswalk.clearance import cleared
from sharing.errors import Misconfigured
from sharing.ids import ID_BYTES
from streams.broker import Broker, open_existing
from streams.settings import Settings

NOT_SO = 1


def opened(clearance_file: Path | None, untold: str) -> Broker:
    """The broker, for somebody with clearance.

    Args:
        clearance_file: That gives clearance.
        untold: What everybody else is told.

    Raises:
        Exit: without clearance, before anything was looked at.
    """
    settings = Settings.from_environment(os.environ, PACKAGE, desk=True)
    if not cleared(clearance_file, settings.keys):
        say_ask(untold)
        raise typer.Exit(NOT_SO)
    return open_existing(settings)


def hexed(given: str, what: str, listed_by: str) -> str:
    """An id as it is written everywhere.

    Raises:
        Misconfigured: it is none; names the argument `what` and the command that lists them.
    """
    try:
        found = bytes.fromhex(given)
    except ValueError:
        found = b""
    if len(found) != ID_BYTES:
        raise Misconfigured(f"{what}: expected 32 hexadecimal digits, as `{listed_by}` shows them")
    return found.hex()


def check_words(by: str, example: str, reason: str, reasons: Collection[str], option: str = "--reason") -> None:
    """Who decides, and why.

    Raises:
        Misconfigured: `by` is no function, or the reason is none of those that are known.
    """
    if not by.replace("-", "").replace("_", "").isalpha() or not by.islower():
        raise Misconfigured(f"--by: expected a function in small letters, such as {example}; never a name")
    if reason not in reasons:
        raise Misconfigured(f"{option}: expected one of {', '.join(reasons)}")
