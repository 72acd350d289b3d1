"""`crosswalk quarantine ls | show | release | drop`: what the last door stopped, for somebody with clearance.

Left out: what is stopped and what follows (`streams.agents.quarantine`). Rules: that something was stopped tells of a
seal, so without clearance every answer is the same words, whether anything is there or not; no value is ever printed,
only where it was found and from which field it is known. Exit status: 0 done, 1 not (no clearance, nothing of that id),
2 a setting or argument is wrong.
"""

import json
from pathlib import Path
from typing import Annotated

import structlog
import typer

from crosswalk.answers import say_no
from crosswalk.cleared_desk import NOT_SO, check_words, hexed, opened
from sharing.errors import Rejected
from streams.agents.quarantine import Kept, drop, kept, let_go

log = structlog.get_logger()
UNTOLD = (
    "What was stopped at the last door is told to who holds a clearance: ask the partnership's data protection officer."
)
REASONS = ("OWN_DATA_OF_RECIPIENT", "ANOTHER_MEANING", "SEAL_IS_OUT_OF_DATE", "SEALED_VALUE_IN_TEXT", "OTHER")
quarantine_app = typer.Typer(
    help="Records that were stopped because a sealed value stood in them: list, look, let go, drop.",
    no_args_is_help=True,
)
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document instead of words.")]
Exchange = Annotated[str, typer.Argument(metavar="EXCHANGE", help="Exchange id, as ls shows it.")]
Clearance = Annotated[
    Path | None,
    typer.Option("--clearance-file", envvar="CROSSWALK_CLEARANCE", help="File that gives clearance, mode 0600."),
]
By = Annotated[str, typer.Option("--by", help="Function that decides, such as data-protection-officer; never a name.")]
Why = Annotated[str, typer.Option("--reason", help=f"One of {', '.join(REASONS)}.")]


@quarantine_app.command("ls")
def ls(clearance_file: Clearance = None, as_json: AsJson = False) -> None:
    """List what was stopped and not yet looked at, the longest first."""
    found = kept(opened(clearance_file, UNTOLD))
    if as_json:
        typer.echo(json.dumps([_document(one) for one in found]))
        return
    for one in found:
        typer.echo(f"{one.exchange}  since {one.since}  {one.event_type} to {one.function} of {one.organisation}")
    typer.echo(f"{len(found)} stopped" if found else "Nothing is stopped.")


@quarantine_app.command("show")
def show(exchange: Exchange, clearance_file: Clearance = None, as_json: AsJson = False) -> None:
    """Show where a sealed value was found, and from which field the broker knows it."""
    wanted = hexed(exchange, "EXCHANGE", "crosswalk quarantine ls")
    one = next((k for k in kept(opened(clearance_file, UNTOLD)) if k.exchange == wanted), None)
    if one is None:
        typer.echo(f"{wanted} is not in quarantine.")
        raise typer.Exit(NOT_SO)
    typer.echo(json.dumps(_document(one)) if as_json else "\n".join(_lines(one)))


@quarantine_app.command("release")
def release(exchange: Exchange, by: By, reason: Why, clearance_file: Clearance = None) -> None:
    """Let a record go. Whoever does so answers for what `show` says; it stands in the ledger."""
    wanted, broker = hexed(exchange, "EXCHANGE", "crosswalk quarantine ls"), opened(clearance_file, UNTOLD)
    check_words(by, "data-protection-officer", reason, REASONS)
    try:
        going = let_go(broker, wanted, by, reason)
    except Rejected as fault:
        raise _not_so(fault) from None
    log.info("let go by a person", exchange_id=wanted, owner=by, code=reason)
    typer.echo(f"{wanted}: {'on its way' if going else 'let go, but the agreements do not give it any more'}")


@quarantine_app.command("drop")
def drop_it(exchange: Exchange, by: By, reason: Why, clearance_file: Clearance = None) -> None:
    """Keep a record from ever leaving. Make sure that its recipient learns by telephone what it needs to know."""
    wanted, broker = hexed(exchange, "EXCHANGE", "crosswalk quarantine ls"), opened(clearance_file, UNTOLD)
    check_words(by, "data-protection-officer", reason, REASONS)
    try:
        drop(broker, wanted, by, reason)
    except Rejected as fault:
        raise _not_so(fault) from None
    log.info("dropped by a person", exchange_id=wanted, owner=by, code=reason)
    typer.echo(f"{wanted}: dropped; its recipient does not get it, so ring if it must know")


def _not_so(fault: Rejected) -> typer.Exit:
    say_no(fault.reason)
    return typer.Exit(NOT_SO)


def _lines(one: Kept) -> list[str]:
    return [
        f"{one.exchange}: {one.event_type} to {one.function} of {one.organisation}, stopped at {one.since}",
        *(f"  in its {part}: a value of class {name}, known from {path}" for part, name, path in one.found),
        f"crosswalk quarantine (release | drop) {one.exchange} --by FUNCTION --reason CODE",
    ]


def _document(one: Kept) -> dict[str, object]:
    return {
        "exchange": one.exchange,
        "event_type": one.event_type,
        "organisation": one.organisation,
        "function": one.function,
        "since": one.since,
        "found": [dict(zip(("part", "class", "field"), row, strict=True)) for row in one.found],
    }
