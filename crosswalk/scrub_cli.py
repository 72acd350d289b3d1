"""`crosswalk scrub ls | show | release | withhold`: texts that go once a person has read what is left of them.

Left out: what is taken out (`sharing.redaction.scrub`) and what follows (`streams.agents.text_review`). Rules: what was
taken out of a text may tell of a seal, and so may it that a text is not there, so without clearance every answer is the
same words, whatever waits; `status` tells how many wait and since when, and of nobody. Only `show` prints a text, and
only to who is cleared. Exit status: 0 done, 1 not (no clearance, nothing of that number, it may not go so), 2 a setting
or argument is wrong.
"""

import json
import os
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Annotated

import structlog
import typer

from crosswalk import PACKAGE
from crosswalk.answers import say_no
from crosswalk.cleared_desk import NOT_SO, check_words, opened
from sharing.calendar import local
from sharing.errors import Misconfigured, Rejected
from streams.agents.text_queue import Waiting, unanswered
from streams.agents.text_review import Shown, show, waiting
from streams.agents.text_review import release as let_go
from streams.agents.text_review import withhold as keep
from streams.broker import open_existing
from streams.settings import Settings

log = structlog.get_logger()
MOST_BYTES = 1_000_000
UNTOLD = (
    "Texts that wait for a person are shown to who holds a clearance: ask the partnership's data protection officer."
)
RELEASE_REASONS = ("NEEDED_FOR_CARE", "NEEDED_FOR_THE_ENQUIRY", "NEEDED_TO_PROTECT", "OTHER")
WITHHOLD_REASONS = ("NAMES_OTHERS", "NOT_NEEDED", "TOLD_BY_TELEPHONE", "MEANING_IS_LOST", "OTHER")
scrub_app = typer.Typer(
    help="Texts that go to a partner once a person has read what is left of them: list, read, let go, keep.",
    no_args_is_help=True,
)
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document instead of words.")]
Number = Annotated[int, typer.Argument(metavar="N", help="Number of the text, as ls shows it.")]
Clearance = Annotated[
    Path | None,
    typer.Option("--clearance-file", envvar="CROSSWALK_CLEARANCE", help="File that gives clearance, mode 0600."),
]
By = Annotated[str, typer.Option("--by", help="Function that read it, such as front_door_manager; never a name.")]
Seen = Annotated[str, typer.Option("--seen", help="The word at the end of `show`: it says which text was read.")]
Edited = Annotated[
    Path | None,
    typer.Option("--text", help="File with the text that shall go: what `show` gave, with words taken away."),
]


@scrub_app.command("ls")
def ls(clearance_file: Clearance = None, as_json: AsJson = False) -> None:
    """List the texts that wait, the most urgent first."""
    broker = opened(clearance_file, UNTOLD)
    found = waiting(broker)
    if as_json:
        typer.echo(json.dumps([_document(one) for one in found]))
        return
    for one in found:
        late = "  OVERDUE" if one.due_by < broker.now() else ""
        typer.echo(f"{one.number:>6}  by {_time(one.due_by)}  {_of(one)}{late}")
    typer.echo(_many(len(found)))


@scrub_app.command("show")
def show_it(number: Number, clearance_file: Clearance = None, as_json: AsJson = False) -> None:
    """Show what is left of a text, and what kinds of thing were taken out of it."""
    broker = opened(clearance_file, UNTOLD)
    try:
        shown = show(broker, number)
    except Rejected as fault:
        raise _not_so(fault) from None
    typer.echo(json.dumps(_shown(shown)) if as_json else "\n".join(_lines(shown)))


@scrub_app.command("release")
def release(
    number: Number,
    by: By,
    why: Annotated[str, typer.Option("--why", help=f"One of {', '.join(RELEASE_REASONS)}.")],
    seen: Seen,
    text: Edited = None,
    clearance_file: Clearance = None,
) -> None:
    """Let a text go. Whoever does so answers for it; the function and the reason stand in the ledger."""
    broker = opened(clearance_file, UNTOLD)
    check_words(by, "front_door_manager", why, RELEASE_REASONS, "--why")
    try:
        following = let_go(broker, number, by, why, seen, _read(text))
    except Rejected as fault:
        raise _not_so(fault) from None
    log.info("a text was let go by a person", exchange_id=following, owner=by, code=why)
    typer.echo(f"text {number}: on its way, as exchange {following}")


@scrub_app.command("withhold")
def withhold(
    number: Number,
    by: By,
    why: Annotated[str, typer.Option("--why", help=f"One of {', '.join(WITHHOLD_REASONS)}.")],
    clearance_file: Clearance = None,
) -> None:
    """Keep a text from going. Make sure that its recipient learns by telephone what it needs to know."""
    broker = opened(clearance_file, UNTOLD)
    check_words(by, "front_door_manager", why, WITHHOLD_REASONS, "--why")
    try:
        keep(broker, number, by, why)
    except Rejected as fault:
        raise _not_so(fault) from None
    log.info("a text was kept by a person", number=number, owner=by, code=why)
    typer.echo(f"text {number}: kept; its recipient does not get it, so ring if it must know")


@scrub_app.command("status")
def status(as_json: AsJson = False) -> None:
    """Say how many texts wait, and since when: for operators, of nobody in particular."""
    broker = open_existing(Settings.from_environment(os.environ, PACKAGE, desk=True))
    with broker.ledger.reading() as tx:
        still = unanswered(tx)
    oldest = min((one.asked_at for one in still), default=None)
    late = sum(1 for one in still if one.due_by < broker.now())
    if as_json:
        told = {"waiting": len(still), "overdue": late, "oldest": oldest.isoformat() if oldest else None}
        typer.echo(json.dumps(told))
    else:
        since = f", the oldest since {_time(oldest)}; {late} overdue" if oldest else ""
        typer.echo(f"{_many(len(still))}{since}")


def _read(file: Path | None) -> str | None:
    if file is None:
        return None
    try:
        raw = file.read_bytes()
        if len(raw) > MOST_BYTES:
            raise Misconfigured("--text: the file is far longer than a text can be; name the one that `show` gave")
        return raw.decode("utf-8")
    except OSError as fault:
        raise Misconfigured(f"--text: the file cannot be read ({fault.strerror}); name another") from None
    except UnicodeDecodeError:
        raise Misconfigured("--text: expected a text in UTF-8; save it so in your editor") from None


def _not_so(fault: Rejected) -> typer.Exit:
    say_no(fault.reason)
    return typer.Exit(NOT_SO)


def _time(at: datetime) -> str:
    return f"{local(at):%a %d %b %Y %H:%M}"


def _many(count: int) -> str:
    return {0: "No text waits.", 1: "1 text waits"}.get(count, f"{count} texts wait")


def _of(one: Waiting) -> str:
    text = one.text
    return f"{text.path} of {one.event_type} to {text.function} of {text.organisation}"


def _lines(shown: Shown) -> list[str]:
    one, removed = shown.waiting, shown.scrubbed.removed
    counts = Counter(str(r.what).lower() for r in removed)
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items()))
    organisation, function = one.owner
    return [
        f"Text {one.number}: {_of(one)}",
        f"Owner {function} of {organisation}, deputy {one.deputy}; to be read by {_time(one.due_by)}.",
        f"Taken out: {kinds or 'nothing'}. Read every word: no list knows every name.",
        "",
        shown.scrubbed.text,
        "",
        f"crosswalk scrub release {one.number} --by FUNCTION --why CODE --seen {shown.seen} [--text FILE]",
        f"crosswalk scrub withhold {one.number} --by FUNCTION --why CODE",
    ]


def _document(one: Waiting) -> dict[str, object]:
    organisation, function = one.owner
    return {
        "text": one.number,
        "event": one.text.event,
        "event_type": one.event_type,
        "field": one.text.path,
        "organisation": one.text.organisation,
        "function": one.text.function,
        "exchange": one.exchange,
        "owner": {"organisation": organisation, "function": function, "deputy": one.deputy},
        "asked_at": one.asked_at.isoformat(),
        "due_by": one.due_by.isoformat(),
    }


def _shown(shown: Shown) -> dict[str, object]:
    taken = [{"kind": str(r.what), "by": str(r.by)} for r in shown.scrubbed.removed]
    return {**_document(shown.waiting), "left": shown.scrubbed.text, "taken_out": taken, "seen": shown.seen}
