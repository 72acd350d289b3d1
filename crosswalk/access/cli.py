"""`crosswalk access`: a subject access request, from the day it comes in to the pack that is given.

Left out: what is given (`gathering`, `pack`), what is kept (`register`), clearance (`crosswalk.clearance`). Rules: only
who is cleared may handle requests, and everybody else gets the same words; nothing is given before every question has a
yes and the ledger has sworn, under a signed checkpoint, to exactly what is given; if anything moved since, it is
released again. Exit status: 0 done, 1 not done and why, 2 a setting or argument is wrong.
"""

import json
import os
import stat
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from crosswalk import PACKAGE
from crosswalk.access.gathering import Piece, gather
from crosswalk.access.pack import digest_of, files, papers
from crosswalk.access.register import (
    ANSWERED,
    ASKS,
    GIVEN,
    LEFT_OUT,
    RELEASED,
    Answer,
    Exemption,
    Question,
    Relation,
    Request,
    open_request,
    requests,
    say,
)
from crosswalk.access.register import request as find_request
from crosswalk.answers import say_no
from crosswalk.clearance import cleared
from ledger.errors import Forgotten
from ledger.options import number_of
from ledger.sequencer import newest
from ledger.shredding import key_ids, subject_of
from ledger.store import Transaction
from sharing.calendar import local
from sharing.errors import Misconfigured, Rejected
from streams.broker import ENGINE, Broker, open_existing
from streams.settings import Settings

NOT_DONE = 1
ASK = "Requests for access are handled by who holds a clearance: ask the partnership's data protection officer."
PACK, PAPERS = "pack", "officer-only"

access_app = typer.Typer(
    help="Subject access: decide, read, release and give one child's record.", no_args_is_help=True
)
Clearance = Annotated[
    Path | None,
    typer.Option("--clearance-file", envvar="CROSSWALK_CLEARANCE", help="File that gives clearance, mode 0600."),
]
Number = Annotated[str, typer.Argument(metavar="REQUEST", help="Number of the request, such as 2026-0001.")]
By = Annotated[str, typer.Option("--by", help="Function that decides, such as data-protection-officer; never a name.")]


@access_app.command("open")
def open_(
    child: Annotated[str, typer.Argument(metavar="ID", help="An event, an exchange, or the child's key in a leaf.")],
    relation: Annotated[Relation, typer.Option("--as", help="As what somebody asks.")],
    by: By,
    clearance_file: Clearance = None,
) -> None:
    """Note that somebody asks for a child's record. Prints the number, the day it is due, and what to decide."""
    function, broker = _function(by), _broker(clearance_file)
    try:
        with broker.ledger.transaction() as tx:
            (key,) = key_ids(tx, [subject_of(tx, number_of(child))])
            number = open_request(tx, key, relation, function, broker.now(), ENGINE)
            opened = find_request(tx, number)
    except Rejected as fault:
        _not_done(fault.reason)
    typer.echo("\n".join(_state(opened)))


@access_app.command("ls")
def ls(clearance_file: Clearance = None) -> None:
    """List requests that were not released yet, the most urgent first."""
    broker = _broker(clearance_file)
    with broker.ledger.reading() as tx:
        waiting = sorted((r for r in requests(tx).values() if not r.released), key=lambda r: (r.due_by, r.number))
    for one in waiting:
        typer.echo(
            f"{one.number}  due {local(one.due_by):%d %b %Y}  asked as {one.relation}, {len(one.missing)} to decide"
        )
    typer.echo(f"{len(waiting)} open" if waiting else "No request is open.")


@access_app.command("decide")
def decide(
    number: Number,
    question: Annotated[Question, typer.Argument(help="What is decided.")],
    answer: Annotated[str, typer.Argument(help="yes or no.")],
    by: By,
    clearance_file: Clearance = None,
) -> None:
    """Answer one of the five questions. A no keeps everything that depends on it back."""
    if answer not in ("yes", "no"):
        raise Misconfigured("ANSWER: expected yes or no")
    body = {"question": question.value, "answer": answer, "by": _function(by)}
    typer.echo("\n".join(_state(_moved(clearance_file, number, ANSWERED, body))))


@access_app.command("leave-out")
def leave_out(
    number: Number,
    event: Annotated[str, typer.Argument(help="Id of the event, as in the draft.")],
    field: Annotated[str, typer.Argument(help="Path of the field, such as circumstances.")],
    because: Annotated[Exemption, typer.Option("--because", help="Exemption of the Act.")],
    by: By,
    clearance_file: Clearance = None,
) -> None:
    """Leave one field of one event out of the pack, under a named exemption."""
    body = {"event": event, "field": field, "exemption": because.value, "by": _function(by)}
    _moved(clearance_file, number, LEFT_OUT, body)
    typer.echo(f"{number}: {field} of that event is left out ({because})")


@access_app.command("draft")
def draft(number: Number, folder: Path, clearance_file: Clearance = None) -> None:
    """Write what would be given, to be read for serious harm and for other people. The folder is yours alone."""
    broker = _broker(clearance_file)
    asked, pieces, _ = _gathered(broker, number, supposed=True)
    _write(folder, files(asked, pieces, broker.agreements))
    _write(folder, {"events.txt": "\n".join(_listed(pieces)).encode()})
    typer.echo(f"{folder}: {len(pieces)} events to read; then decide {Question.NO_SERIOUS_HARM}, or leave fields out")


@access_app.command("release")
def release(number: Number, by: By, clearance_file: Clearance = None) -> None:
    """Let the ledger swear to exactly what will be given."""
    broker = _broker(clearance_file)
    asked, pieces, _ = _gathered(broker, number)
    if asked.missing:
        _not_done(f"{number}: still to decide with yes: {', '.join(asked.missing)}")
    body = {"request": number, "by": _function(by), "events": len(pieces), "digest": digest_of(pieces)}
    with broker.ledger.transaction() as tx:
        say(tx, RELEASED, body, broker.now(), ENGINE)
    typer.echo(f"{number}: released; crosswalk access pack {number} FOLDER")


@access_app.command("pack")
def pack(number: Number, folder: Path, by: By, clearance_file: Clearance = None) -> None:
    """Write the pack that was released, and beside it the papers that stay with the officer."""
    broker = _broker(clearance_file)
    asked, pieces, searched = _gathered(broker, number)
    if asked.released is None:
        _not_done(f"{number}: not released yet: crosswalk access release {number} --by FUNCTION")
    if json.loads(asked.released.body)["digest"] != digest_of(pieces):
        _not_done(f"{number}: something moved since it was released; read the draft and release it again")
    with broker.ledger.reading() as tx:
        if not _is_signed(tx, asked):
            _not_done(f"{number}: the ledger has not signed it yet; is the sequencer running? Try again in a moment")
    with broker.ledger.transaction() as tx:
        say(tx, GIVEN, {"request": number, "by": _function(by)}, broker.now(), ENGINE)
    _write(folder / PACK, files(asked, pieces, broker.agreements))
    _write(folder / PAPERS, papers(asked, pieces, searched, broker.now()))
    typer.echo(f"{folder / PACK}: to be given; {folder / PAPERS}: stays with you")


def _gathered(broker: Broker, number: str, *, supposed: bool = False) -> tuple[Request, list[Piece], Mapping[str, int]]:
    """A request with its pieces; for a draft as if every question had a yes, since somebody must read it first."""
    try:
        with broker.ledger.reading() as tx:
            asked = find_request(tx, number)
            pieces = gather(broker, tx, _as_if(asked, broker) if supposed else asked)
            root = subject_of(tx, bytes.fromhex(asked.key))
            searched = {"events": len(tx.rows_of_subject(tx.joined_to([root]).get(root, root))), "given": len(pieces)}
    except Rejected as fault:
        _not_done(fault.reason)
    except Forgotten:
        _not_done("the child's key was destroyed; nothing can be read any more")
    return asked, pieces, searched


def _as_if(asked: Request, broker: Broker) -> Request:
    supposed = Answer(yes=True, by="draft", at=broker.now())
    return replace(asked, answers=dict.fromkeys(Question, supposed))


def _moved(clearance_file: Path | None, number: str, kind: str, body: Mapping[str, str]) -> Request:
    broker = _broker(clearance_file)
    try:
        with broker.ledger.transaction() as tx:
            find_request(tx, number)
            say(tx, kind, {"request": number, **body}, broker.now(), ENGINE)
            return find_request(tx, number)
    except Rejected as fault:
        _not_done(fault.reason)


def _is_signed(tx: Transaction, asked: Request) -> bool:
    last = newest(tx)
    ordinal = asked.released.ordinal if asked.released else None
    return last is not None and ordinal is not None and ordinal <= last.upto_ordinal


def _state(asked: Request) -> list[str]:
    lines = [f"{asked.number}: asked as {asked.relation}, due by {local(asked.due_by):%d %b %Y}"]
    for question, words in ASKS.items():
        answer = asked.answers.get(question)
        said = f"{'yes' if answer.yes else 'no'}, by {answer.by}" if answer else "to decide"
        lines.append(f"  {question:16} {said:34} {words}")
    return lines


def _listed(pieces: list[Piece]) -> list[str]:
    return [f"{piece.event_id}  {piece.event_type}" for piece in pieces] + [""]


def _function(by: str) -> str:
    if not by or not by.replace("-", "").replace("_", "").isalpha() or not by.islower():
        raise Misconfigured("--by: expected a function in small letters, such as data-protection-officer; never a name")
    return by


def _broker(clearance_file: Path | None) -> Broker:
    settings = Settings.from_environment(os.environ, PACKAGE, desk=True)
    if not cleared(clearance_file, settings.keys):
        _not_done(ASK)
    return open_existing(settings)


def _write(folder: Path, texts: Mapping[str, bytes]) -> None:
    """Into a folder that nobody else may read."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(stat.S_IRWXU)
        for name, content in texts.items():
            with os.fdopen(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(content)
    except OSError as fault:
        raise Misconfigured(f"{folder}: cannot be written ({fault.strerror}); name another folder") from None


def _not_done(why: str) -> NoReturn:
    say_no(why)
    raise typer.Exit(NOT_DONE)
