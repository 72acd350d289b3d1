"""`crosswalk ledger witnesses`: who has witnessed what, and who refuses.

Left out: the console's page. Rule: exit status 1 while anybody refuses: it is for a person to look at.
"""

import json
from datetime import datetime
from typing import Annotated

import typer

from ledger.options import FAULT, AsJson, Database, KeyFile, opened
from ledger.sequencer import newest
from ledger.witnesses import WitnessState, forgive, states

Forgive = Annotated[
    str, typer.Option("--looked-at", help="Organisation whose refusal somebody has looked at: it counts again.")
]


def witnesses_command(database: Database, keys: KeyFile, looked_at: Forgive = "", as_json: AsJson = False) -> None:  # noqa: FBT002
    """Who has witnessed the ledger, up to which size and when; and who refuses to."""
    with opened(database, keys) as ledger:
        if looked_at:
            with ledger.transaction() as tx:
                if not forgive(tx, looked_at):
                    typer.echo(f"{looked_at} does not refuse", err=True)
                    raise typer.Exit(FAULT)
        with ledger.reading() as tx:
            found, last = states(tx), newest(tx)
    size = last.checkpoint.size if last else 0
    if as_json:
        typer.echo(json.dumps({"size": size, "witnesses": [_document(one) for one in found]}))
    else:
        _show(found, size)
    raise typer.Exit(FAULT if any(one.refusal for one in found) else 0)


def _show(found: list[WitnessState], size: int) -> None:
    typer.echo(f"the newest checkpoint is over {size} leaves; {len(found)} organisations witness")
    for one in found:
        state = f"REFUSES: {one.refusal}" if one.refusal else f"{one.size} leaves, {_time(one.at)}"
        typer.echo(f"  {one.organisation:32} {state}")


def _document(one: WitnessState) -> dict[str, object]:
    return {
        "organisation": one.organisation,
        "key": one.verifier_key,
        "since": one.since.isoformat(),
        "size": one.size,
        "at": one.at.isoformat() if one.at else None,
        "refusal": one.refusal or None,
    }


def _time(at: datetime | None) -> str:
    return f"at {at.isoformat()}" if at else "nothing signed yet"
