"""`crosswalk grant give | approve | revoke | review | ls | key`: a named officer may see what a seal closes.

Left out: what is signed and what follows (`sharing.granting`, `streams.agents.granting`). Rules: whoever asks writes a
request to a file; each approver signs that file with a key of his function; with the last signature it counts. Asking
tells of no seal, for it looks at no child; the list does, and is for who holds a clearance. Exit status: 0 done, 1 it
cannot be done so, 2 a setting, a file or an argument is wrong.
"""

import json
import os
from base64 import b64encode
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from crosswalk import PACKAGE
from crosswalk.answers import say_no
from crosswalk.clearance import cleared
from sharing.calendar import Duty, local
from sharing.directory import Directory, Organisation
from sharing.errors import Misconfigured, Rejected
from sharing.granting import (
    FILE,
    Approver,
    Reason,
    Request,
    approval,
    approvals_from,
    check,
    missing,
    read_approvers,
    sign,
)
from streams.agents import granting
from streams.approver_keys import make_key, read_key
from streams.broker import Broker, open_existing
from streams.settings import Settings

NOT_SO = 1
ASK = "Which grants there are is told to who holds a clearance: ask the partnership's data protection officer."
grant_app = typer.Typer(help="A named officer may see what a seal closes, for 72 hours at most.", no_args_is_help=True)
KeyFile = Annotated[Path, typer.Option("--key", help="The approver's key file, mode 0600.")]
GrantId = Annotated[str, typer.Argument(metavar="GRANT", help="32 hexadecimal digits, as `ls` shows it.")]


@grant_app.command("key")
def key(
    name: Annotated[str, typer.Argument(help="Name of the approver in grant_approvers.yaml.")],
    file: Annotated[Path, typer.Argument(help="Where the private key is written, mode 0600; it never leaves you.")],
) -> None:
    """Make an approver's key; prints the public half for the table of approvers."""
    public = make_key(file, name)
    typer.echo(f"{FILE}, {name}: key: {b64encode(public).decode()}")


@grant_app.command("give")
def give(
    about: Annotated[str, typer.Option(help="Exchange or event id of the child's record; nobody is named.")],
    to: Annotated[str, typer.Option(help="ORGANISATION/FUNCTION that receives, as the directory has it.")],
    field: Annotated[list[str], typer.Option(help="A field such as child.address_line, or class:C; repeat it.")],
    purpose: Annotated[str, typer.Option(help="Purpose of the vocabulary, such as enquiry.")],
    reason: Annotated[Reason, typer.Option(help="Why.")],
    asked_by: Annotated[str, typer.Option(help="Function that asks; never a name.")],
    hours: Annotated[int, typer.Option(help="For how long, at most 72.")] = 12,
    imminent_danger: Annotated[
        bool, typer.Option("--imminent-danger", help="One approval is enough; it is reviewed within 24 hours.")
    ] = False,
    file: Annotated[Path | None, typer.Option(help="Where the request is written.")] = None,
) -> None:
    """Ask for a grant: writes a request that approvers sign, and says whom to ring now."""
    settings, broker = _opened()
    organisation, _, function = to.partition("/")
    now = broker.now()
    request = Request(
        _identity(about), organisation, function, tuple(field), purpose, reason, now, now + timedelta(hours=hours),
        imminent_danger, asked_by,
    )  # fmt: skip
    try:
        check(request, broker.agreements, broker.directory, now)
    except Rejected as fault:
        raise _not_so(fault) from None
    place = file or Path(f"grant-{request.grant_id[:8]}.json")
    if place.exists():
        raise Misconfigured(f"{place}: stands already; name another file with --file")
    _write(place, request, [])
    typer.echo(f"{place}: grant {request.grant_id}, not yet approved; missing: {missing(request, ())}")
    for line in _whom_to_ring(broker, request, _table(settings, broker.directory)):
        typer.echo(line)
    typer.echo(f"each of them: crosswalk grant approve {place} --key KEYFILE")


@grant_app.command("approve")
def approve(file: Annotated[Path, typer.Argument(help="The request, as `give` wrote it.")], key: KeyFile) -> None:
    """Sign a request; with the last signature that is needed the grant is in force."""
    settings, broker = _opened()
    request, approvals = _read(file)
    name, seed = read_key(key)
    table = _table(settings, broker.directory)
    signature = sign("given", request, seed)
    if not granting.signed_by("given", request, [(name, signature)], table):
        raise Misconfigured(f"{key}: {FILE} has no row '{name}' with the public half of this key")
    approvals = [one for one in approvals if one[0] != name] + [(name, signature)]
    lacking = missing(request, granting.signed_by("given", request, approvals, table))
    if lacking:
        _write(file, request, approvals)
        typer.echo(f"{name} has signed; missing: {lacking}")
        return
    try:
        grant = granting.give(broker, request, approvals, table)
    except Rejected as fault:
        raise _not_so(fault) from None
    _write(file, request, approvals)
    typer.echo(f"grant {grant.grant_id} is in force until {local(grant.ends_at):%a %d %b %Y %H:%M}")
    typer.echo("the data protection officers of both sides have been told")
    if grant.review_by:
        typer.echo(f"one approved: somebody else reviews it by {local(grant.review_by):%a %d %b %Y %H:%M}")


@grant_app.command("revoke")
def revoke(grant: GrantId, key: KeyFile) -> None:
    """End a grant now. What it let go is taken back where a seal closes it."""
    settings, broker = _opened()
    name, seed = read_key(key)
    try:
        signature = sign("revoked", granting.request_of(broker, grant), seed)
        granting.revoke(broker, grant, name, signature, _table(settings, broker.directory))
    except Rejected as fault:
        raise _not_so(fault) from None
    typer.echo(f"grant {grant} has ended; what it let go is taken back")


@grant_app.command("review")
def review(
    grant: GrantId,
    finding: Annotated[str, typer.Argument(metavar="upheld|not-upheld", help="What the review found.")],
    key: KeyFile,
) -> None:
    """Say that somebody who did not approve it has looked at a grant; one that is not upheld ends."""
    if finding not in (granting.UPHELD, granting.NOT_UPHELD):
        raise Misconfigured(f"FINDING: expected {granting.UPHELD} or {granting.NOT_UPHELD}")
    settings, broker = _opened()
    name, seed = read_key(key)
    try:
        signature = sign(f"reviewed {finding}", granting.request_of(broker, grant), seed)
        granting.review(broker, grant, finding, name, signature, _table(settings, broker.directory))
    except Rejected as fault:
        raise _not_so(fault) from None
    typer.echo(f"grant {grant}: {finding} by {name}")


@grant_app.command("ls")
def ls(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document instead of words.")] = False,
    clearance_file: Annotated[
        Path | None,
        typer.Option("--clearance-file", envvar="CROSSWALK_CLEARANCE", help="File that gives clearance, mode 0600."),
    ] = None,
) -> None:
    """List every grant that was given, to who is cleared for seals."""
    settings, broker = _opened()
    if not cleared(clearance_file, settings.keys):
        typer.echo(json.dumps({"ask": ASK}) if as_json else ASK)
        raise typer.Exit(NOT_SO)
    found = granting.listed(broker)
    if as_json:
        typer.echo(json.dumps([_document(one) for one in found]))
        return
    for one in found:
        asked = one.request
        typer.echo(
            f"{one.grant_id}  {one.state:9} until {asked.ends_at.isoformat()}  to {asked.function} of"
            f" {asked.organisation}: {', '.join(asked.fields)} for {asked.purpose}, {asked.reason};"
            f" approved by {', '.join(one.approvers)}; {one.review}"
        )
    typer.echo(f"{len(found)} grants" if found else "No grant was ever given.")


# ---------------------------------------------------------------- what these stand on


def _opened() -> tuple[Settings, Broker]:
    settings = Settings.from_environment(os.environ, PACKAGE, desk=True)
    return settings, open_existing(settings)


def _table(settings: Settings, directory: Directory) -> dict[str, Approver]:
    path = settings.partnership / FILE
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:
        raise Misconfigured(f"{path}: cannot be read; it says who may approve grants") from None
    return read_approvers(text, directory)


def _whom_to_ring(broker: Broker, request: Request, table: dict[str, Approver]) -> list[str]:
    """Those who can approve, whoever stands outside first; at night only who answers at night."""
    night = broker.calendars.on_duty(broker.now()) is Duty.EMERGENCY
    able = [one for one in table.values() if one.key is not None and (one.night or not night)]
    able.sort(key=lambda one: (one.organisation == request.organisation, one.name))
    lines = [_line(broker.directory.organisations[one.organisation], one) for one in able]
    return lines or [
        f"nobody can approve now: no approver in {FILE} has a key{' and answers at night' if night else ''}"
    ]


def _line(organisation: Organisation, approver: Approver) -> str:
    deputy = organisation.functions[approver.function].deputy
    stands_in = f"; deputy {deputy}, {organisation.telephone(deputy)}" if deputy else ""
    number = organisation.telephone(approver.function)
    return f"  ring {approver.name}: {approver.function} of {organisation.name}, {number}{stands_in}"


def _identity(text: str) -> str:
    try:
        found = bytes.fromhex(text)
    except ValueError:
        found = b""
    if len(found) != 16:  # noqa: PLR2004 - an id
        raise Misconfigured("--about: expected 32 hexadecimal digits, as in ce_id or in a delivered file")
    return found.hex()


def _read(file: Path) -> tuple[Request, list[tuple[str, bytes]]]:
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        return Request.from_document(document["request"]), approvals_from(document["approvals"])
    except (OSError, ValueError, KeyError, TypeError, Rejected):
        raise Misconfigured(
            f"{file}: is no request for a grant, or was changed; `crosswalk grant give` makes one"
        ) from None


def _write(file: Path, request: Request, approvals: list[tuple[str, bytes]]) -> None:
    document = {"request": request.document(), "approvals": [approval(*one) for one in approvals]}
    try:
        file.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    except OSError as fault:
        raise Misconfigured(f"{file}: cannot be written ({fault.strerror})") from None


def _not_so(fault: Rejected) -> typer.Exit:
    say_no(fault.reason)
    return typer.Exit(NOT_SO)


def _document(one: granting.Listed) -> dict[str, Any]:
    return {
        "grant": one.grant_id,
        "state": one.state,
        "review": one.review,
        "given_at": one.given_at.isoformat(),
        "approvers": list(one.approvers),
        **one.request.document(),
    }
