"""`crosswalk recall EXCHANGE` and `crosswalk recall status`: take back what should not have gone, and see it come back.

Left out: doing it (`streams.agents.recalling`) and the page that says whom to ring (`runbook`). Rules: without
clearance every answer is the same words, whatever the ledger holds: a recall tells of a seal; no value is printed. Exit
status: 0 recalled, or everything is acknowledged; 1 not so (no clearance, nobody has it, something is overdue); 2 a
setting or argument is wrong.
"""

import json
import os
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import structlog
import typer

from crosswalk import PACKAGE
from crosswalk.answers import say_ask, say_no
from crosswalk.clearance import cleared
from crosswalk.runbook import runbook, write_pack
from sharing.errors import Misconfigured, Rejected
from sharing.ids import ID_BYTES
from streams.agents.recalling import Recall, recalls
from streams.agents.recalling import recall as take_back
from streams.broker import Broker, open_existing
from streams.settings import Settings

log = structlog.get_logger()
NOT_SO = 1
STATUS = "status"
UNTOLD = "What was recalled is told to who holds a clearance: ask the partnership's data protection officer."
REASONS = ("WRONG_RECIPIENT", "WRONG_CHILD", "WRONG_CONTENT", "SEALED_VALUE", "SENDER_ASKS", "OTHER")


def recall(
    what: Annotated[str, typer.Argument(metavar="EXCHANGE|status", help="Exchange id to take back, or `status`.")],
    reason: Annotated[str, typer.Option("--reason", help=f"One of {', '.join(REASONS)}.")] = "",
    by: Annotated[str, typer.Option("--by", help="Function that asks; never a name.")] = "data-protection-officer",
    everybody: Annotated[
        bool, typer.Option("--everybody", help="Take the same event back from all who had it.")
    ] = False,
    pack: Annotated[
        Path | None, typer.Option("--pack", metavar="DIRECTORY", help="Write the pack for the regulator into it.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document instead of words.")] = False,
    clearance_file: Annotated[
        Path | None,
        typer.Option("--clearance-file", envvar="CROSSWALK_CLEARANCE", help="File that gives clearance, mode 0600."),
    ] = None,
) -> None:
    """Take an exchange back from whoever had it, and say whom to ring first; or show how far recalls have come."""
    settings = Settings.from_environment(os.environ, PACKAGE, desk=True)
    if not cleared(clearance_file, settings.keys):
        say_ask(UNTOLD)
        raise typer.Exit(NOT_SO)
    broker = open_existing(settings)
    if what == STATUS:
        _status(broker, as_json=as_json)
        return
    exchange = _identity(what)
    if not reason and pack is None:
        raise Misconfigured(f"--reason: expected one of {', '.join(REASONS)}; with --pack alone nothing is recalled")
    if reason:
        _take_back(broker, exchange, by, reason, everybody=everybody)
    done = _of_event(broker, exchange)
    if as_json:
        typer.echo(json.dumps([_document(one, broker.now()) for one in done]))
    else:
        typer.echo("\n".join([*(_line(one, broker.now()) for one in done), "", *runbook(broker, done)]))
    if pack is not None:
        names = write_pack(broker, exchange.hex(), done, pack)
        typer.echo(f"{pack}: {', '.join(names)}; it names fields and functions and holds no value", err=as_json)


def _take_back(broker: Broker, exchange: bytes, by: str, reason: str, *, everybody: bool) -> None:
    if reason not in REASONS:
        raise Misconfigured(f"--reason: expected one of {', '.join(REASONS)}")
    if not by.replace("-", "").replace("_", "").isalpha() or not by.islower():
        raise Misconfigured("--by: expected a function in small letters, such as data-protection-officer; never a name")
    try:
        done = take_back(broker, exchange, by, reason, everybody=everybody)
    except Rejected as fault:
        say_no(fault.reason)
        raise typer.Exit(NOT_SO) from None
    for one in done:
        log.info("recalled by a person", exchange_id=one.exchange, owner=by, code=reason)


def _of_event(broker: Broker, exchange: bytes) -> list[Recall]:
    """All recalls of the event that this exchange is about."""
    every = recalls(broker)
    event = next((one.event for one in every if one.exchange == exchange.hex()), None)
    if event is None:
        say_no(f"{exchange.hex()} is not recalled; give --reason to recall it")
        raise typer.Exit(NOT_SO)
    return [one for one in every if one.event == event]


def _status(broker: Broker, *, as_json: bool) -> None:
    every, now = recalls(broker), broker.now()
    overdue = [one for one in every if one.state(now) == "overdue"]
    if as_json:
        typer.echo(json.dumps([_document(one, now) for one in every]))
    else:
        for one in every:
            typer.echo(_line(one, now))
        typer.echo(f"{len(every)} recalled, {len(overdue)} overdue" if every else "Nothing was recalled.")
    if overdue:
        raise typer.Exit(NOT_SO)


def _identity(exchange: str) -> bytes:
    try:
        found = bytes.fromhex(exchange)
    except ValueError:
        found = b""
    if len(found) != ID_BYTES:
        raise Misconfigured("EXCHANGE: expected 32 hexadecimal digits, as in ce_id or a delivered file, or `status`")
    return found


def _line(one: Recall, now: datetime) -> str:
    by = one.by or "the broker"
    said = f"given back at {one.acknowledged_at.isoformat()}" if one.acknowledged_at else f"{one.state(now)}"
    return f"{one.exchange}  {one.event_type} from {one.function} of {one.organisation}: {one.why} by {by}, {said}"


def _document(one: Recall, now: datetime) -> dict[str, object]:
    times = {name: None if at is None else at.isoformat() for name, at in (
        ("issued_at", one.issued_at), ("acknowledged_at", one.acknowledged_at), ("due_by", one.due_by))}  # fmt: skip
    return {**asdict(one), **times, "state": one.state(now)}
