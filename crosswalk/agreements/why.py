"""`crosswalk agreements why EVENT FIELD RECIPIENT`: what the set says about one field, rule by rule.

Nothing here is about a child: facts are supposed. Of what happened `crosswalk why EXCHANGE` tells, and who asks it here
is led there.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from agreements import HERE
from crosswalk.agreements.common import NOT_SO, AsJson, Folder, aligned, read_set, tell
from crosswalk.agreements.read import one_of
from crosswalk.why.cli import why as what_happened
from sharing.errors import Misconfigured
from sharing.policy import Agreements, Facts
from sharing.policy.facts import Guard
from sharing.policy.pseudo import ruled_paths
from sharing.policy.reasons import Reason, reason_of
from sharing.vocabulary import RecipientKind

EXCHANGE = re.compile("[0-9a-f]{32}")
VALUES = {"yes": True, "no": False, "unknown": None}
GOES_NOT = {
    "withhold": "does not go",
    "waits": "waits",
    "review": "waits for a person who looks through what the scrubber left",
}


def why(
    event: Annotated[
        str, typer.Argument(metavar="EVENT", help="Event type, such as police.missing.changed; or an exchange id.")
    ],
    field: Annotated[
        str, typer.Argument(metavar="FIELD", help="Field, such as child.postcode; $exists for the event.")
    ] = "",
    recipient: Annotated[str, typer.Argument(metavar="RECIPIENT", help="Kind of recipient, such as school.")] = "",
    when: Annotated[
        str,
        typer.Option("--when", metavar="FACTS", help="What is supposed, as guard=yes,guard=no; the rest is unknown."),
    ] = "",
    folder: Folder = HERE,
    clearance_file: Annotated[
        Path | None,
        typer.Option("--clearance-file", envvar="CROSSWALK_CLEARANCE", help="For an exchange: gives clearance."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say whether a field goes to somebody under supposed facts, by which rules, and which one fact would change it.

    Exit status 0: something of it goes; 1: it does not. With an exchange id for an event type: as `crosswalk why`.
    """
    if EXCHANGE.fullmatch(event):
        what_happened(event, field or None, as_json=as_json, clearance_file=clearance_file, grant_to="", revoke_from="")
        return
    found = read_set(folder)
    event = one_of(event, found.classes, "EVENT", "event type")
    field = one_of(field, ruled_paths(event), "FIELD", f"field of {event}")
    kind = RecipientKind(one_of(recipient, [k.value for k in RecipientKind], "RECIPIENT", "kind of recipient"))
    reason = reason_of(found, event, kind, field, facts_in(when))
    tell(_document(reason), _lines(found, reason), as_json=as_json)
    raise typer.Exit(NOT_SO if reason.fate in GOES_NOT else 0)


def facts_in(text: str) -> Facts:
    """Facts as they are written on the command line.

    Raises:
        Misconfigured: an unknown guard or value.
    """
    stated: dict[Guard, bool | None] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, value = part.partition("=")
        guard = Guard(one_of(name.strip(), [g.value for g in Guard], "--when", "guard"))
        if value.strip() not in VALUES:
            raise Misconfigured(f"--when: write {guard.value}=yes, {guard.value}=no or {guard.value}=unknown")
        stated[guard] = VALUES[value.strip()]
    return Facts.of(stated)


def _document(reason: Reason) -> dict[str, Any]:
    decision = reason.decision
    return {
        "event": decision.event_type,
        "field": reason.path,
        "to": decision.kind.value,
        "fate": reason.fate,
        "outcome": decision.outcome.value,
        "reason": decision.ruling(reason.path).reason,
        "rule": decision.ruling(reason.path).rule,
        "agreement": decision.agreement,
        "purpose": decision.purpose,
        "statute": decision.statute,
        "lawful_basis": reason.purpose.lawful_basis if reason.purpose else "",
        "facts": {guard.value: value for guard, value in reason.facts},
        "steps": [{"rule": step.rule, "said": step.said} for step in reason.steps],
        "otherwise": [{"guard": o.guard.value, "value": o.value, "fate": o.fate} for o in reason.otherwise],
    }


def _lines(found: Agreements, reason: Reason) -> Iterator[str]:
    decision = reason.decision
    ruling = decision.ruling(reason.path)
    goes = GOES_NOT.get(reason.fate, f"goes: {reason.fate}")
    by = f" by {ruling.rule}" if ruling.rule else ""
    yield f"{reason.path} of {decision.event_type} to {decision.kind.value} {goes} ({ruling.reason}{by})"
    if reason.purpose:
        yield f"  for {reason.purpose.name}: {reason.purpose.means}"
        yield f"  {reason.purpose.statute}; {reason.purpose.lawful_basis}"
    yield "rules"
    yield from (
        aligned([(step.rule or "no agreement", step.said) for step in reason.steps])
        if reason.steps
        else ("  no permit gives this event to this recipient",)
    )
    if reason.facts:
        yield "facts that matter"
        means = {guard: found.vocabulary.guards[guard.value].means for guard, _ in reason.facts}
        yield from aligned([(guard.value, value, means[guard]) for guard, value in reason.facts])
    yield "one fact that would change it" if reason.otherwise else "no single fact would change it"
    for other in reason.otherwise:
        yield f"  it would be {_becomes(other.fate)} if {other.guard.value} were {other.value}"


def _becomes(fate: str) -> str:
    known = {"withhold": "withheld", "waits": "waiting", "review": "waiting for a person", "clear": "released"}
    return known.get(fate, f"released as {fate}")
