"""`crosswalk agreements history | signatories`: what was proposed, who signed it, what is in force; and who signs.

Left out: changing anything. Rule: exit status 0 says that signed agreements are in force now, 1 that none are and that
nothing but referrals is released.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from crosswalk import PACKAGE
from crosswalk.agreements.common import NOT_SO, AsJson, aligned, tell
from crosswalk.agreements.desk import SHORT, desk, shown
from crosswalk.agreements.propose import proposal_document
from sharing.approval.course import Course, Documents
from sharing.approval.proposal import Proposal
from sharing.approval.signatories import FILE, Signatory, read_signatories
from sharing.errors import CrosswalkError
from streams.broker import read_agreements, read_partnership_text
from streams.changing import standing_of
from streams.course import read_course
from streams.head import HeadWatch, Stand

PARTNERSHIP = PACKAGE / "crosswalk" / "partnership"


def history(as_json: AsJson = False) -> None:
    """Show every change in order, who signed it, and what is in force."""
    at = desk()
    folder = read_agreements(PACKAGE / "agreements")
    with at.ledger.reading() as tx:
        course, documents = read_course(tx)
        stand = HeadWatch().look(tx, at.now, folder)
    entries = [_entry(course, documents, proposal, stand, at.now) for proposal in course.proposals.values()]
    tell({"in_force": _in_force(stand), "changes": entries}, _lines(entries, stand), as_json=as_json)
    raise typer.Exit(0 if stand.is_good else NOT_SO)


def _in_force(stand: Stand) -> dict[str, Any]:
    if stand.fault is not None:
        return {"good": False, "code": stand.fault.value, "why": stand.words}
    return {"good": True, "proposal": stand.proposal, "version": stand.agreements.version}


def _entry(course: Course, documents: Documents, proposal: Proposal, stand: Stand, now: datetime) -> dict[str, Any]:
    times = [a.activation for a in course.activations if a.activation.proposal == proposal.id]
    try:
        standing = standing_of(course, documents, proposal)
        signed, missing, fault = list(standing.signed), list(standing.missing), ""
    except CrosswalkError as found:
        signed, missing, fault = [], [], str(found)
    at = times[-1].at if times else None
    return {
        **proposal_document(proposal),
        "signed": signed,
        "missing": missing,
        "fault": fault,
        "activated_at": at.isoformat() if at else None,
        "activated_by": times[-1].by if times else "",
        "state": _state(proposal, stand, at, now, missing),
    }


def _state(proposal: Proposal, stand: Stand, at: datetime | None, now: datetime, missing: list[str]) -> str:
    if proposal.id == stand.proposal:
        return "in force"
    if at is None:
        return "waits for signatures" if missing else "signed, not activated"
    return "was in force" if at <= now else "in force from its time on"


def _lines(entries: list[dict[str, Any]], stand: Stand) -> Iterator[str]:
    for entry in entries:
        kind = f", back to {entry['returns_to'][:SHORT]}" if entry["returns_to"] else ""
        yield f"{entry['proposal'][:SHORT]}  {entry['state']}{kind}"
        yield f"  version {entry['matrix'][:16]}, proposed by {entry['proposed_by']}"
        if entry["activated_at"]:
            since = shown(datetime.fromisoformat(entry["activated_at"]))
            yield f"  from {since}, activated by {entry['activated_by']}"
        yield f"  signed by {', '.join(entry['signed']) or 'nobody'}"
        if entry["missing"]:
            yield f"  yet to sign: {', '.join(entry['missing'])}"
        if entry["fault"]:
            yield f"  {entry['fault']}"
    if stand.is_good:
        yield f"in force: {stand.proposal[:SHORT]}"
    else:
        yield f"NOTHING IS IN FORCE ({stand.fault}): {stand.words}"
        yield "nothing but referrals is released until that is mended; what comes in meanwhile waits"


def signatories(
    folder: Annotated[
        Path, typer.Option("--partnership", envvar="CROSSWALK_PARTNERSHIP", help="Folder of the partnership.")
    ] = PARTNERSHIP,
    as_json: AsJson = False,
) -> None:
    """Show which office signs for whose data. Exit status 1 while one of them has no key yet."""
    table = read_signatories(read_partnership_text(folder, FILE))
    rows = [_row(row) for row in table.by_name.values()]
    told = [[r["name"], r["role"], "always" if r["always"] else "", r["key"], r["office"]] for r in rows]
    lines = [*aligned(told, ""), *(f"no key yet: {name}" for name in table.without_key())]
    tell({"signatories": rows, "without_key": list(table.without_key())}, lines, as_json=as_json)
    raise typer.Exit(NOT_SO if table.without_key() else 0)


def _row(row: Signatory) -> dict[str, Any]:
    return {
        "name": row.name,
        "office": row.office,
        "role": row.role.value,
        "controls": sorted(kind.value for kind in row.controls),
        "always": row.always,
        "key": row.key.hex()[:16] if row.key else "no key",
    }
