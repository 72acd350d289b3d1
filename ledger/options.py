"""Options that several commands of `crosswalk ledger` share, and how they open the ledger and say what is wrong.

Exit status: 0 all is well, 1 what was asked does not hold, 2 it could not be looked at.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated

import typer

from ledger.keys import load
from ledger.store import Ledger
from sharing.errors import CrosswalkError, Rejected

Database = Annotated[
    str, typer.Option("--database", envvar="CROSSWALK_DATABASE", help="sqlite:////file or postgresql://...")
]
KeyFile = Annotated[Path, typer.Option("--keys", envvar="CROSSWALK_KEYS", help="The broker's key file.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object instead of words.")]
FAULT, UNSEEN = 1, 2


@contextmanager
def opened(database: str, keys: Path) -> Iterator[Ledger]:
    """The ledger, to look at; whatever is wrong ends the command with status 2 and its words."""
    with told(), closing(Ledger.open_existing(database, load(keys))) as ledger:
        yield ledger


@contextmanager
def told() -> Iterator[None]:
    """Faults that a person can mend become words and status 2."""
    try:
        yield
    except (CrosswalkError, OSError) as fault:
        typer.echo(f"cannot do this: {fault}", err=True)
        raise typer.Exit(UNSEEN) from None


def number_of(exchange: str) -> bytes:
    """The 16 bytes of an exchange id as people write it.

    Raises:
        Rejected: it is no such id.
    """
    try:
        found = bytes.fromhex(exchange)
    except ValueError:
        found = b""
    if len(found) != 16:  # noqa: PLR2004 - bytes of an id
        raise Rejected("BAD_ID", "exchange", "an exchange id is 32 hexadecimal characters, as in a delivered file")
    return found
