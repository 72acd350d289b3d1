"""`crosswalk late ls | release | drop`: events that came too late for a closed episode, for somebody with clearance.

Left out: why they are held (`sharing.reconciliation.late`) and what follows (`streams.agents.late`). Rules: for whom
something waits tells who worked with a child, so without clearance every answer is the same words, whatever waits; no
value of an event is printed. Exit status: 0 done, 1 not (no clearance, nothing of that id, nobody is involved again),
2 a setting or argument is wrong.
"""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import structlog
import typer

from crosswalk.answers import say_no
from crosswalk.cleared_desk import NOT_SO, check_words, hexed, opened
from sharing.errors import Rejected
from streams.agents.late import drop, kept, let_go
from streams.broker import Broker

log = structlog.get_logger()
UNTOLD = "What came too late is told to who holds a clearance: ask the partnership's data protection officer."
REASONS = ("BELONGS_TO_THE_WORK_NOW", "TOLD_BY_TELEPHONE", "NOT_NEEDED_NOW", "OTHER")
late_app = typer.Typer(
    help="Events that came after the work for which they were meant had ended: list, let go, drop.",
    no_args_is_help=True,
)
Act = Callable[[Broker, str, str, str], None]
Event = Annotated[str, typer.Argument(metavar="EVENT", help="Event id, as ls shows it.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document instead of words.")]
Clearance = Annotated[
    Path | None,
    typer.Option("--clearance-file", envvar="CROSSWALK_CLEARANCE", help="File that gives clearance, mode 0600."),
]
By = Annotated[str, typer.Option("--by", help="Function that decides, such as force-duty; never a name.")]
Why = Annotated[str, typer.Option("--reason", help=f"One of {', '.join(REASONS)}.")]


@late_app.command("ls")
def ls(clearance_file: Clearance = None, as_json: AsJson = False) -> None:
    """List what waits, and for whom, the longest first."""
    found = kept(opened(clearance_file, UNTOLD))
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in found]))
        return
    for one in found:
        typer.echo(f"{one.event}  since {one.since}  {one.event_type} for {one.function} of {one.organisation}")
    typer.echo(f"{len(found)} waiting; each goes by itself when they are involved again" if found else "Nothing waits.")


@late_app.command("release")
def release(event: Event, by: By, reason: Why, clearance_file: Clearance = None) -> None:
    """Let an event go to those who are involved again: it belongs to what they do now."""
    _settle(let_go, event, by, reason, clearance_file, "on its way, as far as the agreements give it now")


@late_app.command("drop")
def drop_it(event: Event, by: By, reason: Why, clearance_file: Clearance = None) -> None:
    """Keep an event from ever leaving to those for whom it waits."""
    _settle(drop, event, by, reason, clearance_file, "dropped; ring whoever must know all the same")


def _settle(act: Act, event: str, by: str, reason: str, file: Path | None, said: str) -> None:
    wanted, broker = hexed(event, "EVENT", "crosswalk late ls"), opened(file, UNTOLD)
    check_words(by, "force-duty", reason, REASONS)
    try:
        act(broker, wanted, by, reason)
    except Rejected as fault:
        say_no(fault.reason)
        raise typer.Exit(NOT_SO) from None
    log.info("settled by a person", owner=by, code=reason)
    typer.echo(f"{wanted}: {said}")
