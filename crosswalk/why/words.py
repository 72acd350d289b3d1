"""An explanation in words, for a data protection officer, or as one document.

Left out: reading the ledger (`explanation`) and who may be told (`cli`). Rules: what is safe to show to the recipient
stands apart and last, and is the same whatever is sealed; everything above it is for who holds a clearance.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from crosswalk.why.explanation import Explanation
from sharing.policy import EXISTS
from sharing.policy.outcomes import REVIEW

Rows = Sequence[Sequence[str]]
"""Path, transform, reason and rule of each field that was asked about."""


def document(found: Explanation, rows: Rows) -> dict[str, Any]:
    """The explanation as plain lists and tables; `why` holds the fields that were asked about."""
    told = asdict(found)
    sent = found.released
    told["released"] = {"at": sent.at.isoformat(), "delivery_seq": sent.seq} if sent else None
    told["decision"] = {k: v for k, v in found.decision.items() if k not in ("fields", "guards")}
    told["fields"] = [dict(zip(("field", "transform", "reason", "rule"), row, strict=True)) for row in rows]
    told["why"] = {row[0]: found.why[row[0]] for row in rows}
    return told


def lines(found: Explanation, rows: Rows, *, one: bool) -> Iterator[str]:
    """The explanation in words.

    Args:
        found: As it was read.
        rows: The fields that were asked about.
        one: Whether one field was asked about; else the rules of the event as a whole are told.
    """
    yield from _head(found)
    yield "facts"
    yield from (line for fact in found.facts for line in _fact(fact))
    yield "fields"
    for path, transform, reason, rule in rows:
        yield f"  {path:40} {_word(transform, reason):10} {reason}{f' ({rule})' if rule else ''}"
        if path in found.texts:
            yield f"  {'':40} {'':10} {found.texts[path]}"
    yield from _why(found, rows[0][0] if one else EXISTS)
    yield from _basis(found)
    yield from _wishes(found)
    yield from _record(found)
    yield "safe to show to the recipient, the same whatever is sealed"
    yield from (f"  {line}" for line in found.safe_words)


def _word(transform: str, reason: str) -> str:
    """What became of a field, in a word."""
    if transform == "withhold" or reason == REVIEW:
        return "withheld"
    return "released" if transform == "clear" else f"as {transform}"


def _head(found: Explanation) -> Iterator[str]:
    decision = found.decision
    yield f"{found.exchange}: {found.event_type} to {found.function} of {found.organisation}, as {found.kind}"
    yield f"  {decision['outcome']}: {decision['reason']} by {decision['rule'] or 'no agreement'}"
    if decision["permit"]:
        yield f"  agreement {decision['agreement']}, permit {decision['permit']}, purpose {decision['purpose']}"
        yield f"  {decision['statute']}"
    if decision.get("granted"):
        yield f"  by a grant alone: {', '.join(path for path in decision['granted'] if not path.startswith('$'))}"
    if found.released:
        place = f"as number {found.released.seq} of its stream" if found.released.seq else "apart from its stream"
        yield f"  left at {found.released.at.isoformat()} {place}"
    else:
        yield "  it has not left"


def _fact(fact: Mapping[str, Any]) -> Iterator[str]:
    now = "" if fact["now"] == fact["value"] else f"; now {fact['now']}"
    yield f"  {fact['guard']:28} {fact['value']:8} {fact['source']}{now}"
    for entry in fact["entries"]:
        recorded = "" if entry["recorded_at"] == "not said" else f", recorded {entry['recorded_at']}"
        yield f"  {'':28} by {entry['by'] or 'the broker'}, event {entry['event']} of {entry['at']}{recorded}"
        yield f"  {'':28} since {entry['since']}"


def _why(found: Explanation, path: str) -> Iterator[str]:
    reasons = found.why[path]
    yield f"why {'the event' if path == EXISTS else path}"
    yield from (f"  {rule}" for rule in reasons["rules"])
    for change in reasons["otherwise"]:
        yield f"  {_WOULD.get(change['gives'], 'would be released as ' + change['gives'])} if {change['if']}"
    if not reasons["otherwise"]:
        yield "  no single fact would have changed it"


_WOULD = {"withhold": "would be withheld", "waits": "would wait", "clear": "would be released"}


def _basis(found: Explanation) -> Iterator[str]:
    basis = found.basis
    yield "basis"
    if basis is None:
        yield "  none: no permit of the agreements in force speaks of it"
        return
    yield f"  purpose {basis.purpose}: {basis.means}"
    yield f"  statute: {basis.statute}"
    yield f"  lawful basis: {basis.lawful_basis}"
    if basis.confidence:
        yield f"  confidence: {basis.confidence}"
    yield f"  agreement {basis.agreement}: {basis.title}; DPIA {basis.dpia}, to be reviewed by {basis.review_by}"


def _wishes(found: Explanation) -> Iterator[str]:
    """What was said to the sharing: told with every explanation, so that nobody takes it for its reason."""
    yield "wishes, as recorded: none is a basis, and none is a veto where a child is at risk"
    for wish in found.wishes:
        heard = f"heard by {wish['heard_by']} ({wish['function']}), event {wish['event']} of {wish['at']}"
        yield f"  {wish['whose']}: {wish['said'].replace('_', ' ')}; {heard}"
    if not found.wishes:
        yield "  none is recorded"


def _record(found: Explanation) -> Iterator[str]:
    yield "record"
    versions = found.versions
    yield f"  event {found.event}, schema {versions['schema']}, engine {versions['engine']}"
    yield f"  agreements {versions['agreements'][:16]}, registers at {versions['register_head']}"
    for leaf in found.leaves:
        place = (
            "waits to be numbered" if leaf.number is None else f"leaf {leaf.number} under checkpoint {leaf.checkpoint}"
        )
        yield f"  {leaf.step} at {leaf.decided_at}: {place}"
