"""`crosswalk figures QUARTER`: counts for the partnership and its scrutineer, of at least five children each.

Left out: counting (`figures`, `sharing.cohorts`) and clearance (`crosswalk.clearance`). Rules: drawing opens records,
so only who is cleared draws; what is drawn holds codes and counts, and may be handed on. Exit status: 0 drawn, 1 not
(no clearance, the quarter is not over, it was drawn under other agreements), 2 a setting or argument is wrong.
"""

import json
import os
import re
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from crosswalk import PACKAGE
from crosswalk.answers import say_no
from crosswalk.clearance import cleared
from crosswalk.figures import Quarter, draw
from sharing.cohorts import LEAST, Cohort
from sharing.errors import Misconfigured, Rejected
from streams.broker import open_existing
from streams.settings import Settings

NOT_DRAWN = 1
ASK = "Figures are drawn by who holds a clearance: ask the partnership's data protection officer."


def figures(
    quarter: Annotated[str, typer.Argument(metavar="QUARTER", help="A quarter that is over, such as 2026-Q3.")],
    clearance_file: Annotated[
        Path | None,
        typer.Option("--clearance-file", envvar="CROSSWALK_CLEARANCE", help="File that gives clearance, mode 0600."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document instead of words.")] = False,
) -> None:
    """Draw the figures of a quarter: of how many children the same was said, where they are five or more."""
    wanted = _quarter(quarter)
    settings = Settings.from_environment(os.environ, PACKAGE, desk=True)
    name = cleared(clearance_file, settings.keys)
    if not name:
        _not_drawn(ASK)
    broker = open_existing(settings)
    try:
        with broker.ledger.transaction() as tx:
            found = draw(broker, tx, wanted, name)
    except Rejected as fault:
        _not_drawn(fault.reason)
    if as_json:
        typer.echo(json.dumps({"quarter": str(wanted), "least": LEAST, "figures": [_document(one) for one in found]}))
        return
    for one in found:
        said = "; ".join(f"{path} {value}" for path, value in one.codes) or "no code"
        typer.echo(f"{one.event_type}: {one.children} children, {one.events} events: {said}")
    typer.echo(f"{wanted}: {len(found)} figures; what fewer than {LEAST} children share is not told")


def _quarter(text: str) -> Quarter:
    found = re.fullmatch(r"(\d{4})-Q([1-4])", text)
    if found is None:
        raise Misconfigured("QUARTER: expected a year and a quarter, such as 2026-Q3")
    return Quarter(int(found[1]), int(found[2]))


def _document(one: Cohort) -> dict[str, object]:
    codes = dict(one.codes)
    return {"event_type": one.event_type, "codes": codes, "children": one.children, "events": one.events}


def _not_drawn(why: str) -> NoReturn:
    say_no(why)
    raise typer.Exit(NOT_DRAWN)
