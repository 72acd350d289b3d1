"""`crosswalk agreements propose | sign | rollback`: a change is proposed, and signed on the approver's own machine.

Left out: handing signatures in and activating (`approve`). Rules: what breaks an invariant cannot be
proposed; who must sign, and why, is computed from the difference and printed; a rollback is a change like any other,
and signed like one: what was agreed once and then taken away is not agreed now.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from agreements import HERE
from crosswalk.agreements.common import AsJson, Folder, counted, tell
from crosswalk.agreements.desk import SHORT, By, Desk, Name, desk, moment, name_of, office, refusals, shown
from crosswalk.agreements.packs import Pack, checked, read_pack, write_approval
from sharing.approval.proposal import Approval, Proposal
from sharing.approval.quorum import Quorum
from sharing.approval.signing import sign as signature_of
from sharing.errors import Rejected
from sharing.policy.canonical import canonical
from streams.approver_keys import read_key
from streams.broker import ENGINE, read_agreement_texts
from streams.changing import Prepared, prepare_proposal, texts_of, write_proposal
from streams.course import read_course

From = Annotated[str, typer.Option("--from", metavar="TIME", help="Not in force before; now without it.")]
Out = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Where the file goes.")]
MOST_SHOWN = 8


def propose(by: By, folder: Folder = HERE, effective: From = "now", out: Out = None, as_json: AsJson = False) -> None:
    """Propose the set of a folder; prints what it changes and who must sign, and writes the pack for them."""
    at = desk()
    with refusals():
        _put_forward(at, read_agreement_texts(folder), at.signatories(), (office(by), effective, ""), out, as_json)


def rollback(name: Name, by: By, effective: From = "now", out: Out = None, as_json: AsJson = False) -> None:
    """Propose to go back to a set that was in force before. It is signed and activated like any other change."""
    at = desk()
    with refusals():
        with at.ledger.reading() as tx:
            proposal, texts, signatories = texts_of(*read_course(tx), name_of(name))
        _put_forward(at, texts, signatories, (office(by), effective, proposal.id), out, as_json)


def _put_forward(
    at: Desk, texts: Mapping[str, str], signatories: str, how: tuple[str, str, str], out: Path | None, as_json: bool
) -> None:
    by, effective, returns_to = how
    with at.ledger.reading() as tx:
        made = prepare_proposal(tx, texts, signatories, by, moment(effective, "--from", at.now), returns_to)
        before = read_course(tx)[1].get(made.before)
    write_proposal(at.ledger, made, at.now, ENGINE)
    place = out or Path(f"proposal-{made.proposal.id[:SHORT]}.json")
    Pack(made.proposal, made.matrix, canonical(made.report), made.texts, before).write(place)
    told = [*_lines(made), "", f"{place}: for each of them, to run: crosswalk agreements sign {place} --key FILE"]
    tell(_document(made), told, as_json=as_json)


def sign(
    file: Annotated[Path, typer.Argument(metavar="PACK", help="The file that propose wrote.")],
    key: Annotated[Path, typer.Option("--key", metavar="FILE", help="Your office's key, as approver-key made it.")],
    out: Out = None,
) -> None:
    """Check a proposal on your own machine, without any database, and sign it."""
    pack, (name, seed) = read_pack(file), read_key(key)
    with refusals():
        asked = checked(pack)
        if not asked.any_one and name not in asked.reasons:
            raise Rejected("NOT_ASKED", "", f"not signed: {name} is not asked to sign this change")
    place = out or Path(f"{name}-{pack.proposal.id[:SHORT]}.approval")
    write_approval(Approval(pack.proposal.id, name, signature_of(pack.proposal, seed)), place)
    typer.echo("every part is as proposed; both sets were compared again on this machine")
    typer.echo(f"{place}: signed by {name}; to be handed in with: crosswalk agreements approve {place}")


def _lines(made: Prepared) -> Iterator[str]:
    proposal, report = made.proposal, made.report
    yield f"proposal {proposal.id[:SHORT]}: version {proposal.matrix[:16]}, not before {shown(proposal.effective_from)}"
    if report.get("founding"):
        yield "  there is no earlier set to compare it with: whoever signs, signs the whole matrix"
    else:
        disclosed, withheld = report["newly_disclosed"], report["newly_withheld"]
        yield f"  {counted(len(disclosed), 'field')} newly disclosed, {len(withheld)} newly withheld"
        for change in disclosed[:MOST_SHOWN]:
            seal = ", in spite of a seal" if change["sealed"] else ""
            yield f"    {change['field']} of {change['event']} to {change['to']}{seal}"
        if len(disclosed) > MOST_SHOWN:
            yield f"    and {len(disclosed) - MOST_SHOWN} more: crosswalk agreements diff"
    yield "must be signed by"
    yield from signing_lines(made.quorum)


def signing_lines(asked: Quorum) -> Iterator[str]:
    """Who must sign and why, for people."""
    if asked.any_one:
        yield "  any one office: it only takes away, or changes nothing for anybody"
    for name, reasons in asked.reasons.items():
        yield f"  {name}"
        yield from (f"      {reason}" for reason in reasons[:MOST_SHOWN])
        if len(reasons) > MOST_SHOWN:
            yield f"      and {len(reasons) - MOST_SHOWN} more"


def _document(made: Prepared) -> dict[str, Any]:
    return {**proposal_document(made.proposal), "must_sign": signing_document(made.quorum), "difference": made.report}


def proposal_document(proposal: Proposal) -> dict[str, Any]:
    """A proposal for machines."""
    plain = {name: getattr(proposal, name) for name in ("matrix", "report", "texts", "previous", "returns_to")}
    moment_of = proposal.effective_from.isoformat()
    return {"proposal": proposal.id, **plain, "effective_from": moment_of, "proposed_by": proposal.proposed_by}


def signing_document(asked: Quorum) -> dict[str, Any]:
    """Who must sign and why, for machines."""
    return {"any_one_office": asked.any_one, "offices": {name: list(why) for name, why in asked.reasons.items()}}
