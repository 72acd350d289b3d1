"""`crosswalk ledger export`: the ledger as files that an outsider verifies with `ledger/offline_verifier.py`.

Left out: who may have one. Rule: contents of children leave only with `--open`, on an authority that the ledger swears
to.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from ledger.export import export
from ledger.options import FAULT, Database, KeyFile, number_of, opened
from ledger.rows import CarrierRows, Statement
from ledger.shred_cli import BY
from ledger.shredding import EVERYBODY, everybody, family_of, key_ids, said_words, subject_of
from ledger.store import Ledger
from sharing.errors import Rejected
from sharing.policy.canonical import canonical

MADE = "export.made"
Folder = Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")]
Open = Annotated[str, typer.Option("--open", help="Open one child (an event, an exchange or a key of it), or all.")]
Authority = Annotated[
    str, typer.Option("--authority", help="By whose decision children are opened; no names of persons.")
]


def export_command(
    folder: Folder, database: Database, keys: KeyFile, child: Open = "", authority: Authority = ""
) -> None:
    """Write the ledger to files. Without --open nothing in them is personal."""
    now = datetime.now(UTC)
    with opened(database, keys) as ledger:
        try:
            subjects = _swear(ledger, child, authority, now) if child else ()
            with ledger.reading() as tx:
                made = export(tx, folder, subjects)
        except Rejected as refused:
            typer.echo(f"not done: {refused}", err=True)
            raise typer.Exit(FAULT) from None
    typer.echo(f"{made.leaves} leaves, {made.opened} records opened: {folder}")
    typer.echo(f"verify it on any machine: python offline_verifier.py {folder} --key ...")


def _swear(ledger: Ledger, child: str, authority: str, now: datetime) -> list[int]:
    """Whom it is about; the ledger swears to the opening before anything is opened."""
    with ledger.transaction() as tx:
        subjects = everybody(tx) if child == EVERYBODY else family_of(tx, subject_of(tx, number_of(child)))
        named = [EVERYBODY] if child == EVERYBODY else key_ids(tx, subjects)
        body = {"authority": said_words(authority), "opened": named}
        tx.write(CarrierRows(now, BY, statements=(Statement(MADE, canonical(body)),)))
    return subjects
