"""`crosswalk dead-letters ls | show | redrive`: records that could not be used, and letting them come in again.

Left out: what redrive does (`streams.agents.redriving`). Rules: without clearance only what stands on the agencies'
`in.*` topics is told, as code, field and place, since a record on another topic may be there only because something is
sealed; no value is ever printed. Exit status: 0 done, 1 not (nothing of that place, redriven before, still not to be
used), 2 a setting or argument is wrong.
"""

import json
import os
import re
from pathlib import Path
from typing import Annotated

import structlog
import typer

from crosswalk import PACKAGE
from crosswalk.answers import say_no
from crosswalk.clearance import cleared
from crosswalk.cleared_desk import NOT_SO, check_words
from ledger.rows import DeadLetter
from sharing.errors import Misconfigured, Rejected
from streams.agents.redriving import INPUTS, Place, outside, redrive, set_aside
from streams.broker import Broker, open_existing
from streams.settings import Settings

log = structlog.get_logger()
REASONS = ("SCHEMA_IS_THERE", "FAULT_IS_MENDED", "DIRECTORY_IS_MENDED", "OTHER")
dead_letters_app = typer.Typer(
    help="Records that could not be used: list, look, let them come in again.", no_args_is_help=True
)
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document instead of words.")]
At = Annotated[str, typer.Argument(metavar="PLACE", help="Topic, partition and offset, as ls shows them.")]
Clearance = Annotated[
    Path | None,
    typer.Option("--clearance-file", envvar="CROSSWALK_CLEARANCE", help="File that gives clearance, mode 0600."),
]
By = Annotated[str, typer.Option("--by", help="Function that decides, such as operator; never a name.")]
Why = Annotated[str, typer.Option("--reason", help=f"One of {', '.join(REASONS)}.")]


@dead_letters_app.command("ls")
def ls(clearance_file: Clearance = None, as_json: AsJson = False) -> None:
    """List what could not be used and did not come in since, in the order in which it came."""
    broker, knows = _opened(clearance_file)
    found = set_aside(broker, cleared=knows)
    if as_json:
        typer.echo(json.dumps([_document(letter) for letter in found]))
        return
    for letter in found:
        typer.echo(_line(letter))
    typer.echo(f"{len(found)} set aside" if found else "Nothing is set aside.")


@dead_letters_app.command("show")
def show(place: At, clearance_file: Clearance = None, as_json: AsJson = False) -> None:
    """Show why one record could not be used, and with clearance what kind of event it was."""
    broker, knows = _opened(clearance_file)
    try:
        letter, event_type = outside(broker, _named(place, cleared=knows))
    except Rejected as fault:
        raise _not_so(fault.reason) from None
    told = {"event_type": event_type} if knows else {}
    if as_json:
        typer.echo(json.dumps({**_document(letter), "reason": letter.reason, **told}))
        return
    typer.echo(_line(letter))
    typer.echo(f"  {letter.reason}")
    for name, value in told.items():
        typer.echo(f"  {name}: {value or 'not to be told from outside'}")
    typer.echo(f"crosswalk dead-letters redrive {place} --by FUNCTION --reason CODE")


@dead_letters_app.command("redrive")
def redrive_it(
    by: By,
    reason: Why,
    place: Annotated[str, typer.Argument(metavar="[PLACE]", help="One record; or name a code with --code.")] = "",
    code: Annotated[str, typer.Option("--code", help="Every record with this code, in the order they came.")] = "",
    clearance_file: Clearance = None,
) -> None:
    """Let records come in again, under the same ids, now that what was wrong is mended. Doing it twice changes nothing.

    It comes in now: what came of the same child meanwhile stands before it, as before every event that comes late.
    """
    check_words(by, "operator", reason, REASONS)
    if bool(place) == bool(code):
        raise Misconfigured("PLACE: name one record as `crosswalk dead-letters ls` shows it, or a code with --code")
    broker, knows = _opened(clearance_file)
    named = [Place.of(one) for one in set_aside(broker, cleared=knows) if one.code == code]
    chosen = [_named(place, cleared=knows)] if place else named
    failed = sum(not _came_in(broker, one, by, reason) for one in chosen)
    if code:
        typer.echo(f"{len(chosen) - failed} came in, {failed} still cannot be used")
    if failed:
        raise typer.Exit(NOT_SO)


def _came_in(broker: Broker, place: Place, by: str, reason: str) -> bool:
    try:
        event = redrive(broker, place, by, reason)
    except Rejected as fault:
        gone = fault.code in ("NO_SUCH_LETTER", "DONE_BEFORE")
        typer.echo(f"crosswalk: {fault.reason if gone else f'{place}: still {fault}'}", err=True)
        return False
    log.info("redriven", topic=place.topic, partition=place.partition, offset=place.offset, owner=by, code=reason)
    typer.echo(f"{place}: {f'came in as event {event}' if event else 'its event had come in already'}")
    return True


def _opened(clearance_file: Path | None) -> tuple[Broker, bool]:
    settings = Settings.from_environment(os.environ, PACKAGE, desk=True)
    knows = bool(cleared(clearance_file, settings.keys))
    return open_existing(settings), knows


def _named(place: str, *, cleared: bool) -> Place:
    """The place that is meant.

    Raises:
        Misconfigured: it is none.
        Exit: it may not be told whether anything stands there; the words are those for nothing.
    """
    parts = re.fullmatch(r"(\S+)-(\d{1,9})-(\d{1,18})", place, re.ASCII)
    if parts is None:
        raise Misconfigured("PLACE: expected TOPIC-PARTITION-OFFSET, as `crosswalk dead-letters ls` shows it")
    found = Place(parts[1], int(parts[2]), int(parts[3]))
    if not cleared and not found.topic.startswith(INPUTS):
        raise _not_so(f"no dead letter {found}; see crosswalk dead-letters ls")
    return found


def _line(letter: DeadLetter) -> str:
    at = f"{letter.at:%Y-%m-%dT%H:%M:%SZ}"
    return f"{Place.of(letter)}  since {at}  {letter.code} {letter.field}".rstrip()


def _document(letter: DeadLetter) -> dict[str, object]:
    place = Place.of(letter)
    return {"place": str(place), "since": letter.at.isoformat(), "code": letter.code, "field": letter.field}


def _not_so(reason: str) -> typer.Exit:
    say_no(reason)
    return typer.Exit(NOT_SO)
