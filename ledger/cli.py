"""`crosswalk ledger`: verify the ledger, see where it stands; the other commands of this name are hung in here.

Exit status: 0 all is well, 1 the ledger does not verify, 2 it could not be looked at.
"""

import json
from pathlib import Path
from typing import Annotated

import typer

from ledger.export_cli import export_command
from ledger.lanes import lane_states
from ledger.options import FAULT, AsJson, Database, KeyFile, opened
from ledger.proof_cli import check_proof_command, key_command, prove_command, statements_command
from ledger.sequencer import newest
from ledger.shred_cli import hold_command, holds_command, lift_command, shred_command
from ledger.verify import Verdict, verify
from ledger.witness_cli import witnesses_command
from sharing.transparency.notes import from_note

ledger_app = typer.Typer(help="The audit record: verify it, see where it stands.", no_args_is_help=True)

Against = Annotated[
    Path | None, typer.Option("--against", help="A checkpoint that was published earlier (signed note).")
]
ledger_app.command("prove")(prove_command)
ledger_app.command("check-proof")(check_proof_command)
ledger_app.command("statements")(statements_command)
ledger_app.command("key")(key_command)
ledger_app.command("witnesses")(witnesses_command)
ledger_app.command("export")(export_command)
ledger_app.command("shred")(shred_command)
ledger_app.command("hold")(hold_command)
ledger_app.command("lift")(lift_command)
ledger_app.command("holds")(holds_command)


@ledger_app.command("verify")
def verify_command(database: Database, keys: KeyFile, against: Against = None, as_json: AsJson = False) -> None:  # noqa: FBT002
    """Make every leaf, root and signature again from the rows, and name the first fault."""
    with opened(database, keys) as ledger:
        published = from_note(against.read_text(encoding="utf-8"), ledger.keys.public) if against else None
        verdict = verify(ledger, published)
    typer.echo(json.dumps(_document(verdict)) if as_json else _words(verdict))
    raise typer.Exit(FAULT if verdict.fault else 0)


@ledger_app.command("status")
def status_command(database: Database, keys: KeyFile, as_json: AsJson = False) -> None:  # noqa: FBT002
    """Newest checkpoint, and where each lane stands."""
    with opened(database, keys) as ledger, ledger.reading() as tx:
        checkpoint, lanes = newest(tx), lane_states(tx)
        row = tx.session.one("select count(*) from carrier where ordinal is null")
    state = {
        "size": checkpoint.checkpoint.size if checkpoint else 0,
        "signed_at": checkpoint.at.isoformat() if checkpoint else None,
        "carriers": checkpoint.upto_ordinal if checkpoint else 0,
        "waiting": row[0] if row else 0,
        "lanes": {x.organisation: {"upto": x.upto.ordinal, "suspended": x.suspended} for x in lanes},
    }
    if as_json:
        typer.echo(json.dumps(state))
        return
    typer.echo(
        f"{state['size']} leaves in {state['carriers']} carriers, signed at {state['signed_at'] or 'no time yet'}"
    )
    typer.echo(f"{state['waiting']} carriers wait to be numbered")
    for lane in lanes:
        typer.echo(f"  {lane.organisation:32} at carrier {lane.upto.ordinal:>8}  {lane.suspended}")


def _document(verdict: Verdict) -> dict[str, object]:
    return {
        "verified": verdict.fault is None,
        "leaves": verdict.leaves,
        "carriers": verdict.carriers,
        "waiting": verdict.waiting,
        "checkpoints": verdict.checkpoints,
        "root": verdict.root.hex(),
        "fault": verdict.fault,
    }


def _words(verdict: Verdict) -> str:
    counted = f"{verdict.leaves} leaves in {verdict.carriers} carriers under {verdict.checkpoints} checkpoints"
    if verdict.fault:
        return f"NOT VERIFIED after {counted}\n  {verdict.fault}"
    return f"verified: {counted}, root {verdict.root.hex()}\n  {verdict.waiting} carriers wait to be numbered"
