"""What the commands that change agreements share: the ledger that they work on, and how a refusal is told.

Left out: the commands. Rules: a change that cannot be made ends with status 1 and says what to do; what cannot be read
or is set wrongly ends with 2; offices and functions are named, never people.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from crosswalk import PACKAGE
from crosswalk.agreements.common import NOT_SO
from crosswalk.agreements.packs import read_pack
from crosswalk.answers import say_no
from ledger.keys import load_or_create
from ledger.store import Ledger
from sharing.approval.course import NoHead
from sharing.approval.signatories import FILE
from sharing.calendar import local
from sharing.errors import Misconfigured, Rejected
from streams.broker import read_partnership_text
from streams.clock import clock_from
from streams.settings import Settings

SHORT = 12
By = Annotated[str, typer.Option("--by", metavar="OFFICE", help="Office or function that does it; never a name.")]
Name = Annotated[str, typer.Argument(metavar="PROPOSAL", help="Its pack, or how its name begins in history.")]


@dataclass(frozen=True, slots=True)
class Desk:
    """Where agreements are changed.

    Attributes:
        ledger: Open. `partnership`: its folder. `now`: the broker's time.
    """

    ledger: Ledger
    partnership: Path
    now: datetime

    def signatories(self) -> str:
        """Text of the table of signatories in the partnership's folder."""
        return read_partnership_text(self.partnership, FILE)


def desk() -> Desk:
    """Open the ledger that the settings name.

    Raises:
        Misconfigured: a setting or file is wrong.
        Retryable: the database is away.
    """
    settings = Settings.from_environment(os.environ, PACKAGE, desk=True)
    clock = clock_from(settings.clock, production=settings.production)
    return Desk(Ledger.open(settings.database, load_or_create(settings.keys)), settings.partnership, clock())


@contextmanager
def refusals() -> Iterator[None]:
    """A change that cannot be made so: said in words, with status 1."""
    try:
        yield
    except Rejected as fault:
        _refuse(fault.reason)
    except NoHead as fault:
        _refuse(str(fault))


def _refuse(words: str) -> None:
    say_no(words)
    raise typer.Exit(NOT_SO)


def name_of(name: str) -> str:
    """Name of a proposal: as it was written, or that of the pack that was named.

    Raises:
        Misconfigured: there is such a file, and it is no pack.
    """
    return read_pack(Path(name)).proposal.id if Path(name).is_file() else name


def office(by: str) -> str:
    """An office or function, as it is written in the ledger.

    Raises:
        Misconfigured: it is none.
    """
    if not re.fullmatch(r"[a-z][a-z0-9-]{1,60}", by):
        raise Misconfigured("--by: expected an office or function in small letters and hyphens, as local-authority")
    return by


def moment(text: str, option: str, now: datetime) -> datetime:
    """A time that somebody wrote: `now`, or `2026-12-01T09:00`; without an offset it is local time.

    Raises:
        Misconfigured: it is no time.
    """
    if text in ("", "now"):
        return now
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Misconfigured(f"{option}: expected a time like 2026-12-01T09:00, or now") from None
    return (found.replace(tzinfo=local(now).tzinfo) if found.tzinfo is None else found).astimezone(UTC)


def shown(at: datetime) -> str:
    """A time for people: local, to the minute."""
    return f"{local(at):%a %d %b %Y %H:%M}"
