"""`crosswalk agreements approve | activate`: signatures are handed in, and a signed change is put in force at a time.

Left out: what is signed (`propose`). Rules: a signature that would not count is refused; what lacks a
signature cannot be activated; workers go by it at its time, without a restart.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from crosswalk.agreements.common import AsJson, tell
from crosswalk.agreements.desk import SHORT, By, Name, desk, moment, name_of, office, refusals, shown
from crosswalk.agreements.packs import read_approval
from streams.broker import ENGINE
from streams.changing import Standing, hand_in
from streams.changing import activate as put_in_force

Files = Annotated[list[Path], typer.Argument(metavar="FILE...", help="Files that `crosswalk agreements sign` wrote.")]


def approve(files: Files, as_json: AsJson = False) -> None:
    """Hand in signatures; prints who has signed and who has yet to. As JSON: how it stands after the last of them."""
    at = desk()
    done: list[tuple[str, Standing]] = []
    for file in files:
        approval = read_approval(file)
        with refusals():
            done.append((approval.signatory, hand_in(at.ledger, approval, at.now, ENGINE)))
        if not as_json:
            tell(None, _lines(*done[-1]), as_json=False)
    if as_json:
        tell(_document(done[-1][1]), (), as_json=True)


def activate(
    name: Name,
    by: By,
    at: Annotated[str, typer.Option("--at", metavar="TIME", help="In force from then on; now without it.")] = "now",
    as_json: AsJson = False,
) -> None:
    """Put a proposal that has all its signatures in force from a time on."""
    here = desk()
    with refusals():
        done = put_in_force(here.ledger, name_of(name), moment(at, "--at", here.now), office(by), here.now, ENGINE)
    told = f"proposal {done.proposal[:SHORT]} is in force from {shown(done.at)} on"
    document = {"proposal": done.proposal, "at": done.at.isoformat(), "returns_to": done.returns_to}
    tell(document, [told], as_json=as_json)


def _lines(signatory: str, standing: Standing) -> Iterator[str]:
    yield f"proposal {standing.proposal.id[:SHORT]}: signature of {signatory} is good and in the ledger"
    if standing.missing:
        yield f"  yet to sign: {', '.join(standing.missing)}"
    else:
        yield f"  all have signed; to put it in force: crosswalk agreements activate {standing.proposal.id[:SHORT]}"


def _document(standing: Standing) -> dict[str, Any]:
    return {"proposal": standing.proposal.id, "signed": list(standing.signed), "missing": list(standing.missing)}
