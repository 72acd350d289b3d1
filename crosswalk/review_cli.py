"""`crosswalk review ls | show | decide`: a person settles whose record it is.

Left out: what is asked and what follows (`streams.agents.reviewing`). Rules: no value is printed, only how fields
compare; whoever decides does so as a function, never under a name. Exit status: 0 done, 1 the review cannot be decided
so (there is none, it was decided before, no such choice), 2 a setting or argument is wrong.
"""

import json
import os
from datetime import datetime
from typing import Annotated

import typer

from crosswalk import PACKAGE
from crosswalk.answers import say_no
from sharing.calendar import local
from sharing.directory import Directory
from sharing.errors import Misconfigured, Rejected
from sharing.identity import NONE_OF_THEM
from sharing.vocabulary import OrganisationKind
from streams.agents.reviewing import Asked, one_review, open_reviews, settle
from streams.broker import Broker, open_existing
from streams.settings import Settings

NONE = "none"
NOT_SO = 1
review_app = typer.Typer(
    help="Records of which nobody can say by machine whose they are: list, look, decide.", no_args_is_help=True
)
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document instead of words.")]
Number = Annotated[int, typer.Argument(metavar="ID", help="Number of the review, as ls shows it.")]


@review_app.command("ls")
def ls(as_json: AsJson = False) -> None:
    """List what waits for a person, the most urgent first."""
    asked = open_reviews(_broker())
    if as_json:
        typer.echo(json.dumps([_document(one) for one in asked]))
        return
    for one in asked:
        candidates = len(one.item.shown)
        typer.echo(
            f"{one.number:>6}  by {_time(one.item.due_by)}  {one.event_type} from {one.sender}, {candidates} like it"
        )
    typer.echo(f"{len(asked)} open" if asked else "Nothing waits for a person.")


@review_app.command("show")
def show(number: Number, as_json: AsJson = False) -> None:
    """Show how the record compares with each child whom it could be: levels, never values."""
    try:
        asked = one_review(_broker(), number)
    except Rejected as fault:
        raise _not_so(fault) from None
    typer.echo(json.dumps(_document(asked)) if as_json else "\n".join(_lines(asked)))


@review_app.command("decide")
def decide(
    number: Number,
    choice: Annotated[str, typer.Argument(help="Place of the child in `show`, or `none`: a child not known before.")],
    by: Annotated[str, typer.Option("--by", help="Function that decides, such as front_door_manager; never a name.")],
) -> None:
    """Decide whose record it is. What waited goes, what must not stand is taken back; it cannot be undone here."""
    broker = _broker()
    _check_function(by, broker.directory)
    try:
        done = settle(broker, number, _choice(choice), by)
    except Rejected as fault:
        raise _not_so(fault) from None
    typer.echo(
        f"review {number}: {done.state} by {by}; {done.routed} exchanges decided anew, {done.recalled} taken back"
    )


def _broker() -> Broker:
    return open_existing(Settings.from_environment(os.environ, PACKAGE, desk=True))


def _choice(text: str) -> int:
    if text.lower() == NONE:
        return NONE_OF_THEM
    if text.isdecimal() and int(text) > 0:
        return int(text)
    raise Misconfigured("CHOICE: expected the number before a child in `crosswalk review show`, or `none`")


def _check_function(by: str, directory: Directory) -> None:
    known = directory.the(OrganisationKind.LOCAL_AUTHORITY).functions
    if by not in known:
        raise Misconfigured(f"--by: expected a function of the local authority: {', '.join(sorted(known))}")


def _not_so(fault: Rejected) -> typer.Exit:
    say_no(fault.reason)
    return typer.Exit(NOT_SO)


def _time(at: datetime) -> str:
    return f"{local(at):%a %d %b %Y %H:%M}"


def _lines(asked: Asked) -> list[str]:
    item = asked.item
    lines = [
        f"Review {asked.number}: whose is this {asked.event_type} from {asked.sender}?",
        f"Event {item.event_id}, open since {_time(item.opened_at)}; a duty function is rung at {_time(item.due_by)}.",
    ]
    for shown in item.shown:
        lines += ["", f"{shown.place}  {shown.reason}"]
        lines += [f"   {field.replace('_', ' '):14} {word}" for field, word, _ in shown.rows]
    last = f"1 to {len(item.shown)}" if len(item.shown) > 1 else "1"
    return [*lines, "", f"crosswalk review decide {asked.number} ({last} | {NONE}) --by FUNCTION"]


def _document(asked: Asked) -> dict[str, object]:
    item = asked.item
    return {
        "review": asked.number,
        "event_type": asked.event_type,
        "sender": asked.sender,
        "event_id": item.event_id,
        "opened_at": item.opened_at.isoformat(),
        "due_by": item.due_by.isoformat(),
        "candidates": [
            {"place": s.place, "reason": s.reason, "fields": {field: word for field, word, _ in s.rows}}
            for s in item.shown
        ],
    }
