"""`crosswalk disclosures child | between | processing`: what was disclosed to whom, and the record of processing.

Left out: reading (`accounting`, `processing`), words (`words`), clearance (`crosswalk.clearance`). Rules: what was
disclosed is told to who is cleared; to everybody else the answer is the same bytes whatever the ledger holds; that it
was asked is itself in the ledger, by function. Exit status: 0 told, 1 not told (no clearance, no such child), 2 a
setting or argument is wrong.
"""

import json
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from crosswalk import PACKAGE
from crosswalk.answers import say_no
from crosswalk.clearance import cleared
from crosswalk.disclosures import words
from crosswalk.disclosures.accounting import Disclosure, between, of_child
from crosswalk.disclosures.balp import audit_events
from crosswalk.disclosures.processing import activities, record
from crosswalk.disclosures.schedule import read_schedule
from ledger.options import number_of
from ledger.rows import CarrierRows, Statement
from ledger.shredding import subject_of
from ledger.store import Transaction
from sharing.calendar import at_local
from sharing.errors import Misconfigured, Rejected
from sharing.policy.canonical import canonical
from streams.broker import ENGINE, Broker, open_existing
from streams.settings import Settings

UNTOLD = 1
ASK = "What was disclosed is told to who holds a clearance: ask the partnership's data protection officer."
FORMATS = ("words", "json", "balp")
EXPORTED = "export.made"

disclosures_app = typer.Typer(
    help="What was disclosed to whom and why; the record of processing.", no_args_is_help=True
)
Clearance = Annotated[
    Path | None,
    typer.Option("--clearance-file", envvar="CROSSWALK_CLEARANCE", help="File that gives clearance, mode 0600."),
]
As = Annotated[str, typer.Option("--as", help="words, json (a document) or balp (FHIR AuditEvents, one a line).")]


@disclosures_app.command("child")
def child(
    named: Annotated[str, typer.Argument(metavar="ID", help="An event, an exchange, or the child's key in a leaf.")],
    clearance_file: Clearance = None,
    as_: As = "words",
) -> None:
    """Account for all that was disclosed of one child: when, to whom, which fields, by which law, with receipts."""
    _tell(clearance_file, as_, "child", {"named": named}, lambda broker, tx: of_child(broker, tx, _child(tx, named)))


@disclosures_app.command("between")
def found_between(
    since: Annotated[str, typer.Argument(help="From when, such as 2026-11-20T17:00 (local time without a zone).")],
    until: Annotated[str, typer.Argument(help="Until when, not included.")],
    to: Annotated[list[str] | None, typer.Option("--to", help="Only to this organisation; may be repeated.")] = None,
    clearance_file: Clearance = None,
    as_: As = "words",
) -> None:
    """Find who received what in a stretch of time, whoever it was about: the first question after a breach."""
    start, end = _moment(since, "SINCE"), _moment(until, "UNTIL")
    if end <= start:
        raise Misconfigured("UNTIL: must be later than SINCE")
    asked = {"since": start.isoformat(), "until": end.isoformat(), "to": ",".join(sorted(to or ()))}
    _tell(clearance_file, as_, "between", asked, lambda broker, tx: between(broker, tx, start, end, to or ()))


@disclosures_app.command("processing")
def processing(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document instead of a page.")] = False,
) -> None:
    """Print the record of processing (Article 30), made of the agreements in force."""
    settings = Settings.from_environment(os.environ, PACKAGE, desk=True)
    broker = open_existing(settings)
    schedule = read_schedule(settings.partnership)
    with broker.ledger.reading() as tx:
        stand = broker.stand(tx)
    if not stand.is_good:
        _untold(f"no agreements are in force, so there is no record of them: {stand.words}")
    if as_json:
        typer.echo(json.dumps(record(broker.agreements, schedule, broker.now().date().isoformat()), default=list))
        return
    typer.echo(f"# Record of processing, {broker.now().date().isoformat()}")
    typer.echo(f"\nOf agreements {broker.agreements.version}.\n")
    told = words.processing(activities(broker.agreements), schedule, broker.agreements.vocabulary.meanings)
    typer.echo("\n".join(told))


def _tell(
    clearance_file: Path | None,
    as_: str,
    what: str,
    asked: dict[str, str],
    read: Callable[[Broker, Transaction], list[Disclosure]],
) -> None:
    if as_ not in FORMATS:
        raise Misconfigured(f"--as: expected one of {', '.join(FORMATS)}")
    settings = Settings.from_environment(os.environ, PACKAGE, desk=True)
    name = cleared(clearance_file, settings.keys)
    if not name:
        _untold(ASK)
    broker = open_existing(settings)
    try:
        with broker.ledger.transaction() as tx:
            found = read(broker, tx)
            _note(broker, tx, {"what": what, "by": name, "as": as_, "disclosures": len(found), **asked})
    except Rejected as fault:
        _untold(fault.reason)
    for line in _said(broker, found, as_):
        typer.echo(line)


def _said(broker: Broker, found: list[Disclosure], as_: str) -> list[str]:
    if as_ == "json":
        return [json.dumps(words.documents(found))]
    if as_ == "balp":
        return [json.dumps(event) for event in audit_events(found, broker.keys.origin, broker.now())]
    return list(words.told(found))


def _note(broker: Broker, tx: Transaction, body: dict[str, object]) -> None:
    """That somebody looked is recorded before it is told (Data Protection Act 2018 s62: consultation)."""
    at = broker.now()
    tx.write(CarrierRows(at, ENGINE, statements=[Statement(EXPORTED, canonical({**body, "at": at.isoformat()}))]))


def _child(tx: Transaction, named: str) -> int:
    return subject_of(tx, number_of(named))


def _moment(text: str, what: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Misconfigured(f"{what}: expected a date and time such as 2026-11-20T17:00") from None
    return found if found.tzinfo else at_local(found.date(), found.time())


def _untold(why: str) -> NoReturn:
    say_no(why)
    raise typer.Exit(UNTOLD)
