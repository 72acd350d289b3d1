"""How somebody is told that they cannot have what they asked for: in words, and as JSON to who asked for JSON.

Left out: the answers themselves, which each command gives. Rule: whoever asks with `--json` reads one JSON document on
standard output whatever happens, so that a program that watches a set never mistakes silence for an answer.
"""

import json
import sys

import typer

JSON = "--json"
WRITTEN_AS = ("--as json", "--as=json", "--as balp", "--as=balp")
"""How the same is asked of the commands that know more than one document."""


def say_no(words: str) -> None:
    """It cannot be done: the reason on standard error, and as JSON where that was asked for."""
    typer.echo(f"crosswalk: {words}", err=True)
    if _in_json():
        typer.echo(json.dumps({"done": False, "why": words}))


def say_unreadable(words: str) -> None:
    """Something cannot be read or is set wrongly: every fault a line, or an item of a list."""
    typer.echo(f"crosswalk: {words}", err=True)
    if _in_json():
        typer.echo(json.dumps({"readable": False, "faults": words.splitlines()}))


def say_ask(words: str) -> None:
    """Without clearance: whom to ask; the same words, or the same document, whatever there is."""
    typer.echo(json.dumps({"ask": words}) if _in_json() else words)


def _in_json() -> bool:
    return JSON in sys.argv or any(asked in " ".join(sys.argv) for asked in WRITTEN_AS)
