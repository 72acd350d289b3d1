"""`crosswalk why EXCHANGE [FIELD]`: why somebody received something, or did not, to who is cleared to be told.

Left out: reading it (`explanation`), its words (`words`) and clearance itself (`clearance`). Rules: without clearance
the answer depends on nothing but whether the ledger has the exchange: the same bytes with and without a seal. Exit
status: 0 explained, 1 not (no such exchange, or no clearance), 2 a setting or argument is wrong.
"""

import json
import os
from pathlib import Path
from typing import Annotated

import structlog
import typer

from crosswalk import PACKAGE
from crosswalk.clearance import cleared, grant, revoke
from crosswalk.why.explanation import Explanation, explain, known
from crosswalk.why.words import document, lines
from sharing.errors import Misconfigured
from sharing.ids import ID_BYTES
from streams.broker import open_existing
from streams.settings import Settings

log = structlog.get_logger()
UNTOLD = 1
ASK = (
    "Who received which field and why is told to who holds a clearance: ask the partnership's data protection officer."
)


def why(
    exchange: Annotated[
        str | None, typer.Argument(help="Exchange id: 32 hexadecimal digits, as in ce_id or a delivered file.")
    ] = None,
    field: Annotated[str | None, typer.Argument(help="Only this field, such as child.postcode.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document instead of words.")] = False,
    clearance_file: Annotated[
        Path | None,
        typer.Option("--clearance-file", envvar="CROSSWALK_CLEARANCE", help="File that gives clearance, mode 0600."),
    ] = None,
    grant_to: Annotated[
        str, typer.Option("--grant", metavar="NAME", help="Make a clearance file for this function.")
    ] = "",
    revoke_from: Annotated[str, typer.Option("--revoke", metavar="NAME", help="End the clearance of this one.")] = "",
) -> None:
    """Explain one exchange: what was released, what was withheld, by which agreement, for what reason."""
    settings = Settings.from_environment(os.environ, PACKAGE, desk=True)
    if grant_to or revoke_from:
        _administer(settings.keys, grant_to, revoke_from, clearance_file)
        return
    identity = _identity(exchange)
    name = cleared(clearance_file, settings.keys)
    broker = open_existing(settings)
    if not name:
        _untold(identity, as_json=as_json, there=known(broker, identity))
    found = explain(broker, identity)
    if found is None:
        _untold(identity, as_json=as_json, there=False)
        return
    log.info("exchange explained", exchange_id=identity.hex(), owner=name)
    rows = _rows(found, field)
    typer.echo(json.dumps(document(found, rows)) if as_json else "\n".join(lines(found, rows, one=field is not None)))


def _administer(keys: Path, to: str, end: str, file: Path | None) -> None:
    if to:
        place = file or Path(f"{to}.clearance")
        grant(to, keys, place)
        typer.echo(f"{place}: clearance of {to}; hand it over in person, it is not kept anywhere else")
    if end:
        typer.echo(f"{end}: {'its clearance has ended' if revoke(end, keys) else 'had no clearance'}")


def _identity(exchange: str | None) -> bytes:
    try:
        found = bytes.fromhex(exchange or "")
    except ValueError:
        found = b""
    if len(found) != ID_BYTES:
        raise Misconfigured("EXCHANGE: expected 32 hexadecimal digits, as in the header ce_id or in a delivered file")
    return found


def _untold(identity: bytes, *, as_json: bool, there: bool) -> None:
    """The answer to who has no clearance; it must not depend on anything that was decided.

    Raises:
        Exit: always.
    """
    words = "The ledger has this exchange." if there else "The ledger has no such exchange."
    document = {"exchange": identity.hex(), "known": there, "ask": ASK}
    typer.echo(json.dumps(document) if as_json else f"{identity.hex()}: {words}\n{ASK}")
    raise typer.Exit(UNTOLD)


def _rows(found: Explanation, field: str | None) -> list[list[str]]:
    rows: list[list[str]] = found.decision["fields"]
    chosen = [row for row in rows if field in (None, row[0])]
    if not chosen:
        raise Misconfigured(f"FIELD: {found.event_type} has no field {field!r}; leave it out to see them all")
    return chosen
