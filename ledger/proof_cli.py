"""`crosswalk ledger prove`, `check-proof`, `statements` and `key`: a proof of one disclosure, to be checked anywhere.

Left out: making and checking (`proving`, `sharing.transparency`). Rule: checking needs the public key and nothing else
of ours, no database and no network.
"""

import json
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import typer

from ledger.keys import load
from ledger.options import FAULT, AsJson, Database, KeyFile, number_of, opened, told
from ledger.proving import leaves_of, prove, statement_leaf
from sharing.errors import Rejected
from sharing.transparency.notes import WITNESS, cosigned, from_verifier_key, verifier_key
from sharing.transparency.proofs import from_text

ExchangeId = Annotated[
    str,
    typer.Argument(metavar="EXCHANGE|NUMBER", help="An exchange as in a delivered file, or the number of a statement."),
]
HEX_OF_AN_ID = 32
Prefix = Annotated[str, typer.Argument(metavar="KIND", help="How the kind begins, such as key. or agreements.")]
Decision = Annotated[
    int, typer.Option("--decision", help="Which of its decisions, 1 for the first; the newest if left out.")
]
File = Annotated[Path, typer.Argument(metavar="FILE", help="What `crosswalk ledger prove` wrote.")]
Witnesses = Annotated[
    list[str] | None,
    typer.Option("--witness", help="Public key of a witness that must have signed too; several times."),
]
Key = Annotated[str, typer.Option("--key", help="The ledger's public key: one word, or a file with it.")]


def prove_command(exchange: ExchangeId, database: Database, keys: KeyFile, decision: Decision = 0) -> None:
    """Write a proof that one decision stands in the ledger: a text that is checked without the ledger."""
    with opened(database, keys) as ledger, ledger.reading() as tx:
        sworn = statement_leaf(tx, int(exchange)) if len(exchange) < HEX_OF_AN_ID and exchange.isdecimal() else None
        found = [sworn] if sworn else leaves_of(tx, number_of(exchange))
        if not found or not 0 <= decision <= len(found):
            typer.echo(f"the ledger has {len(found)} numbered decisions about this exchange", err=True)
            raise typer.Exit(FAULT)
        typer.echo(prove(tx, found[decision - 1]).text(), nl=False)


def statements_command(database: Database, keys: KeyFile, prefix: Prefix = "") -> None:
    """List what the ledger swears to beside events: number, time, kind and hash of the body."""
    with opened(database, keys) as ledger, ledger.reading() as tx:
        for said in tx.statements(prefix):
            typer.echo(f"{said.n:>12}  {said.decided_at.isoformat()}  {said.kind:24} {sha256(said.body).hexdigest()}")


def check_proof_command(file: File, key: Key, witness: Witnesses = None, as_json: AsJson = False) -> None:  # noqa: FBT002
    """Check a proof against the ledger's public key and the witnesses' that you name, and show what it proves."""
    with told():
        _, public = from_verifier_key(_word(key))
        named = [from_verifier_key(_word(one), WITNESS) for one in witness or ()]
        text = file.read_bytes().decode("utf-8", "replace")
    try:
        proof = from_text(text)
        signed = proof.check(public)
        for name, own in named:
            cosigned(proof.note, name, own)
    except Rejected as fault:
        typer.echo(f"NOT PROVED: {fault.reason}")
        raise typer.Exit(FAULT) from None
    said = {"index": proof.index, "size": signed.size, "root": signed.root.hex(), "leaf": json.loads(proof.leaf)}
    said["witnesses"] = [name for name, _ in named]
    if as_json:
        typer.echo(json.dumps(said))
        return
    typer.echo(f"proved: leaf {proof.index} of {signed.size} of {signed.origin}, root {signed.root.hex()}")
    for name, _ in named:
        typer.echo(f"witnessed by {name}")
    typer.echo(json.dumps(said["leaf"], indent=2))


def key_command(keys: KeyFile) -> None:
    """Print the ledger's public key: hand it to whoever shall check proofs, exports and checkpoints."""
    with told():
        mine = load(keys)
        typer.echo(verifier_key(mine.origin, mine.public))


def _word(key: str) -> str:
    return key if "+" in key else Path(key).read_text(encoding="utf-8")
