"""Disclosures and the record of processing in words and as documents.

Left out: reading them (`accounting`, `processing`). Rules: fields are named and values never shown; times are local, as
a person reads them, and ISO 8601 in documents.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from crosswalk.disclosures.accounting import Disclosure
from crosswalk.disclosures.processing import Activity, Line
from sharing.calendar import local
from sharing.policy.pseudo import PSEUDO_FIELDS


def told(disclosures: Sequence[Disclosure]) -> Iterator[str]:
    """An account as lines, and what it comes to."""
    for one in disclosures:
        yield from _lines(one)
    organisations = {one.organisation for one in disclosures}
    after = sum(1 for one in disclosures if one.sealed_since)
    yield f"{len(disclosures)} disclosures to {len(organisations)} organisations"
    if after:
        yield f"{after} of them hold what a seal has closed since: see who has not confirmed its recall, and ring there"


def _lines(one: Disclosure) -> Iterator[str]:
    yield f"{_time(one.at)}  {one.event_type} to {one.organisation}, {one.function}  (exchange {one.exchange})"
    yield f"    for {one.purpose} under {one.permit}: {one.statute}"
    yield f"    fields: {', '.join(_fields(one))}"
    if one.granted:
        yield f"    by a grant alone: {', '.join(path for path in one.granted if path not in PSEUDO_FIELDS)}"
    if one.sealed_since:
        yield f"    sealed since it went: {', '.join(one.sealed_since)}"
    if one.taken_back:
        yield f"    taken back {_time(one.taken_back)}"
    yield f"    {'; '.join(_receipts(one)) or 'no receipt yet'}"


def _fields(one: Disclosure) -> Iterator[str]:
    for field in one.fields:
        if field.path not in PSEUDO_FIELDS:
            yield field.path if field.transform == "clear" else f"{field.path} ({field.transform})"


def _receipts(one: Disclosure) -> Iterator[str]:
    for receipt in one.receipts:
        yield f"{receipt.state.lower()} {_time(receipt.at)}{f' ({receipt.code})' if receipt.code else ''}"


def _time(at: datetime) -> str:
    return f"{local(at):%d %b %Y %H:%M}"


def documents(disclosures: Iterable[Disclosure]) -> list[dict[str, Any]]:
    """An account as JSON documents."""
    return [
        {
            "exchange": one.exchange,
            "event": one.event,
            "event_type": one.event_type,
            "subject": one.subject,
            "at": one.at.isoformat(),
            "to": {"organisation": one.organisation, "function": one.function, "kind": one.kind},
            "delivery_seq": one.seq,
            "fields": [{"path": f.path, "transform": f.transform, "class": f.field_class} for f in one.fields],
            "purpose": one.purpose,
            "statute": one.statute,
            "lawful_basis": one.basis.lawful_basis if one.basis else "",
            "agreement": one.agreement,
            "dpia": one.basis.dpia if one.basis else "",
            "permit": one.permit,
            "agreements": one.version,
            "receipts": [{"state": r.state, "at": r.at.isoformat(), "code": r.code} for r in one.receipts],
            "taken_back": one.taken_back.isoformat() if one.taken_back else None,
            "sealed_since": list(one.sealed_since),
            "granted": list(one.granted),
        }
        for one in disclosures
    ]


def processing(activities: Sequence[Activity], schedule: Sequence[Line], meanings: Mapping[str, str]) -> Iterator[str]:
    """The record of processing as Markdown.

    Args:
        activities: What is processed.
        schedule: How long it is kept.
        meanings: Class of field to its meaning.
    """
    yield "## What is processed, why, and by what law"
    for one in activities:
        yield from _activity(one, meanings)
    yield ""
    yield "## How long what the broker holds is kept"
    yield ""
    yield "| line | covers | kept | why |"
    yield "|---|---|---|---|"
    for line in schedule:
        yield f"| {line.line} | {line.covers} | {line.keeps} | {line.because} |"


def _activity(one: Activity, meanings: Mapping[str, str]) -> Iterator[str]:
    yield ""
    yield f"### {one.purpose}, sent by {', '.join(_plain(name) for name in one.controllers)} ({one.agreement})"
    yield ""
    yield one.means
    yield ""
    yield f"- Statute: {one.statute}"
    yield f"- Lawful basis: {one.lawful_basis}"
    if one.confidence:
        yield f"- Confidence: {one.confidence}"
    yield f"- Agreement: {one.title} ({one.agreement}), DPIA {one.dpia}, to be reviewed by {one.review_by}"
    yield f"- Events: {', '.join(one.events)}"
    data = (f"{name} ({meanings.get(name, name).rstrip('.')})" for name in one.classes)
    yield f"- Data, by class: {'; '.join(data)}"
    yield f"- Recipients: {', '.join(_plain(name) for name in one.recipients)}"
    yield f"- What is done with a value on the way: {', '.join(one.transforms)}"


def _plain(word: str) -> str:
    return word.replace("_", " ")
