"""`crosswalk agreements approver-key | found`: keys of offices, and a first set signed by invented ones.

Left out: the ceremony of a real installation: `propose`, `sign` by each office on its own machine, `approve`,
`activate`. Rule: invented offices are refused in production.
"""

import os
from base64 import b64encode
from pathlib import Path
from typing import Annotated

import typer

from agreements import HERE
from crosswalk import PACKAGE
from crosswalk.agreements.common import Folder
from crosswalk.agreements.desk import desk
from sharing.approval.proposal import texts_body
from sharing.approval.signatories import FILE
from sharing.errors import Misconfigured
from streams.approver_keys import make_key
from streams.broker import ENGINE, read_agreement_texts
from streams.course import compiled
from streams.founding import found, invent_offices
from streams.head import HeadWatch
from streams.settings import Settings


def approver_key(
    name: Annotated[str, typer.Argument(help="Name of your office in the table of signatories, such as police.")],
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Where the key goes.")] = None,
) -> None:
    """Make your office's key on your own machine; it prints the line for the table of signatories."""
    place = out or Path(f"{name}.approver-key")
    public = make_key(place, name)
    typer.echo(f"{place}: your private key; nobody else may have it, and no copy is kept anywhere else")
    typer.echo(f"for the row '{name}' of {FILE}:\n    key: {b64encode(public).decode()}")


def found_command(
    offices: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the invented offices' keys are made.")],
    folder: Folder = HERE,
) -> None:
    """Put a first set in force, signed by invented offices: for a demonstration or development, never for real."""
    settings = Settings.from_environment(os.environ, PACKAGE)
    if settings.production:
        raise Misconfigured(
            "CROSSWALK_ENVIRONMENT is production: invented offices cannot sign for real ones; each office runs"
            " `crosswalk agreements approver-key`, then: propose, sign, approve, activate"
        )
    at, texts = desk(), read_agreement_texts(folder)
    done = found(at.ledger, texts, invent_offices(at.signatories(), offices), at.now, ENGINE)
    with at.ledger.reading() as tx:
        stand = HeadWatch().look(tx, at.now, compiled(texts_body(texts, "")))
    if not stand.is_good:
        raise Misconfigured(f"{stand.words}; see crosswalk agreements history")
    what = "is in force, signed by invented offices" if done else "was in force before; nothing was done"
    typer.echo(f"version {stand.agreements.version[:16]} {what}")
