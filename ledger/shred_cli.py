"""`crosswalk ledger shred`, `hold`, `lift` and `holds`: destroy a child's key, and keep it from being destroyed.

Left out: who may run them; whoever has the key file may. Rule: whatever is written here stands in the ledger for ever
and is read by others: functions and numbers of decisions, never a person.
"""

from datetime import UTC, datetime
from typing import Annotated, NoReturn

import typer

from ledger.options import FAULT, Database, KeyFile, number_of, opened
from ledger.shredding import EVERYBODY, Order, holds, lift_hold, place_hold, shred, subject_of
from sharing.errors import Rejected

BY = "crosswalk ledger"
Child = Annotated[
    str, typer.Argument(metavar="SUBJECT", help="An event, an exchange or a key: 32 hexadecimal characters.")
]
ChildOrAll = Annotated[str, typer.Argument(metavar="SUBJECT|all", help="As for shred, or all.")]
Authority = Annotated[str, typer.Option("--authority", help="Function and decision; no names of persons.")]
Schedule = Annotated[str, typer.Option("--schedule", help="Line of the retention schedule.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask; it cannot be undone.")]


def shred_command(
    subject: Child,
    database: Database,
    keys: KeyFile,
    authority: Authority,
    schedule: Schedule,
    yes: Yes = False,  # noqa: FBT002
) -> None:
    """Destroy the key of one child: what was stored about it can never be read again. The ledger still verifies."""
    if not yes:
        typer.confirm(
            "Everything that the broker holds about this child will be unreadable for ever. Go on?", abort=True
        )
    with opened(database, keys) as ledger:
        try:
            with ledger.transaction() as tx:
                gone = shred(tx, subject_of(tx, number_of(subject)), Order(authority, schedule, _now(), BY))
        except Rejected as refused:
            _refuse(refused)
        ledger.fold()
    for key in gone:
        typer.echo(f"destroyed: key {key}")
    typer.echo("Copies of the database still hold it: see docs/forgetting.md, and keep this list apart from them.")


def hold_command(subject: ChildOrAll, database: Database, keys: KeyFile, authority: Authority) -> None:
    """Place a legal hold: nothing of this child, or of any, can be destroyed while it stands."""
    with opened(database, keys) as ledger:
        try:
            with ledger.transaction() as tx:
                child = None if subject == EVERYBODY else subject_of(tx, number_of(subject))
                number = place_hold(tx, child, Order(authority, "", _now(), BY))
        except Rejected as refused:
            _refuse(refused)
    typer.echo(f"hold {number} stands")


def lift_command(
    hold: Annotated[int, typer.Argument()], database: Database, keys: KeyFile, authority: Authority
) -> None:
    """Lift a legal hold by its number."""
    with opened(database, keys) as ledger:
        try:
            with ledger.transaction() as tx:
                lift_hold(tx, hold, Order(authority, "", _now(), BY))
        except Rejected as refused:
            _refuse(refused)
    typer.echo(f"hold {hold} is lifted")


def holds_command(database: Database, keys: KeyFile) -> None:
    """Legal holds that stand."""
    with opened(database, keys) as ledger, ledger.reading() as tx:
        standing = holds(tx)
    for hold in standing:
        typer.echo(f"hold {hold.number} of {hold.of} since {hold.since.isoformat()}: {hold.authority}")
    typer.echo(f"{len(standing)} holds stand")


def _refuse(refused: Rejected) -> NoReturn:
    typer.echo(f"not done: {refused.reason}", err=True)
    raise typer.Exit(FAULT)


def _now() -> datetime:
    return datetime.now(UTC)
