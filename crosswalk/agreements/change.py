"""`crosswalk agreements diff | replay`: what another set would change, in every case and in those that were.

Left out: who must sign for it, and bringing it into force. Rule: what would go otherwise for recorded decisions shows
how many children a seal protects, so it is told to who holds a clearance and to nobody else.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from agreements import HERE
from crosswalk.agreements.common import NOT_SO, AsJson, Folder, counted, read_set, tell
from crosswalk.clearance import cleared
from ledger.keys import load as load_keys
from ledger.recorded import recorded
from ledger.store import Ledger
from sharing.errors import Misconfigured
from sharing.policy.difference import Change, Difference, difference
from sharing.policy.replaying import Replay, Tally, replay

_LAST = re.compile(r"(\d{1,4})([dh])")


def diff(
    first: Annotated[Path, typer.Argument(metavar="OLD", help="Folder of the set as it is.")],
    second: Annotated[
        Path | None, typer.Argument(metavar="NEW", help="Folder of the changed set; without it OLD is the changed one.")
    ] = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Compare two sets in every combination of facts: what would newly be disclosed, what newly withheld, worst first.

    Exit status 0: they say the same; 1: they do not.
    """
    found = difference(read_set(first if second else folder), read_set(second or first))
    tell(found.report(), _difference(found), as_json=as_json)
    raise typer.Exit(0 if found.is_empty else NOT_SO)


def _difference(found: Difference) -> Iterator[str]:
    if found.is_empty:
        yield f"The two sets say the same (version {found.new})."
        return
    yield f"old {found.old}"
    yield f"new {found.new}"
    yield from _changes("NEWLY DISCLOSED", found.disclosed)
    yield from _changes("NEWLY WITHHELD", found.withheld)
    yield from _changes("WAITS OTHERWISE", found.waiting)
    if found.otherwise:
        yield ""
        yield "WRITTEN OTHERWISE"
        yield from (f"  {line}" for line in found.otherwise)
    yield ""
    yield (
        f"{counted(len(found.disclosed), 'field')} newly disclosed, {len(found.withheld)} newly withheld,"
        f" {len(found.waiting)} waiting otherwise."
    )
    if not found.changes_an_outcome:
        yield "Nothing changes for anybody today; the version moves, so it needs a signature all the same."


def _changes(title: str, changes: tuple[Change, ...]) -> Iterator[str]:
    if changes:
        yield ""
        yield f"{title} ({len(changes)})"
    for change in changes:
        sealed = "  IN SPITE OF A SEAL" if change.sealed and title == "NEWLY DISCLOSED" else ""
        purpose = f", for {change.purpose}" if change.purpose else ", whatever the purpose"
        own = f" (class {change.field_class})" if change.field_class else ""
        yield f"  {change.path}{own} of {change.event_type} to {change.kind.value}{purpose}{sealed}"
        yield f"    {change.sentence}"


def replay_command(
    database: Annotated[str, typer.Option("--database", envvar="CROSSWALK_DATABASE", help="The ledger's database.")],
    keys: Annotated[Path, typer.Option("--keys", envvar="CROSSWALK_KEYS", help="The broker's key file.")],
    new: Annotated[Path | None, typer.Argument(metavar="NEW", help="Folder of the changed set.")] = None,
    folder: Folder = HERE,
    last: Annotated[str, typer.Option("--last", metavar="TIME", help="How far back, such as 30d or 12h.")] = "30d",
    until: Annotated[
        datetime | None, typer.Option("--until", help="Count back from here (UTC) instead of from now.")
    ] = None,
    clearance_file: Annotated[
        Path | None,
        typer.Option("--clearance-file", envvar="CROSSWALK_CLEARANCE", help="File that gives clearance, mode 0600."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Decide what was decided once more, under a changed set: how many children, events and fields it would touch.

    Exit status 0: nothing would have gone otherwise; 1: something would.
    """
    if not cleared(clearance_file, keys):
        raise Misconfigured(
            "--clearance-file: what was decided about children is told to who holds a clearance;"
            " the partnership's data protection officer has one"
        )
    agreements = read_set(new or folder)
    since = (until.replace(tzinfo=UTC) if until else datetime.now(UTC)) - _span(last)
    ledger = Ledger.open_existing(database, load_keys(keys))
    try:
        with ledger.reading() as tx:
            found = replay(agreements, recorded(tx, since), lambda number: tx.outcomes([number])[number])
    finally:
        ledger.close()
    tell(found.document(), _replayed(found, last), as_json=as_json)
    raise typer.Exit(NOT_SO if found.disclosed or found.withheld else 0)


def _span(text: str) -> timedelta:
    match = _LAST.fullmatch(text)
    if not match:
        raise Misconfigured(f"--last: '{text}' is no length of time; write 30d for days or 12h for hours")
    return timedelta(**{"days" if match[2] == "d" else "hours": int(match[1])})


def _replayed(found: Replay, last: str) -> Iterator[str]:
    exchanges = counted(found.decisions, "exchange")
    yield f"{exchanges} of the last {last} decided again; they share {counted(found.different, 'decision')}."
    yield from _tallies("NEWLY DISCLOSED", dict(found.disclosed))
    yield from _tallies("NEWLY WITHHELD", dict(found.withheld))
    if not found.disclosed and not found.withheld:
        yield "Nothing would have gone otherwise."
    if found.unsure:
        yield (
            f"{counted(found.unsure, 'exchange')} could not be judged fully: a fact that the new set asks for was not"
            " recorded; it was taken as not known, which restricts."
        )
    else:
        yield "Every one of them could be judged fully."


def _tallies(title: str, by_kind: dict[str, Tally]) -> Iterator[str]:
    for kind, tally in sorted(by_kind.items()):
        who = "to anybody" if not kind else f"to {kind}"
        parts = (
            counted(len(tally.children), "child", "children"), counted(len(tally.events), "event"),
            f"{counted(tally.values, 'field')} in {counted(tally.exchanges, 'exchange')}",
            counted(len(tally.organisations), "organisation"),
        )  # fmt: skip
        yield f"{title} {who}: {', '.join(parts)}"
        for row in tally.document()["fields"] if kind else ():
            moved = f"{row['after']} instead of {row['before']}, {counted(row['times'], 'time')}"
            yield f"  {row['field']} of {row['event']} (class {row['class']}): {moved}"
