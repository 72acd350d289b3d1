"""A school's rows to events: referrals, shared concerns, acknowledgements, attendance thresholds.

Rules: a concern leaves only if the safeguarding lead marked it; a row without the mark leaves no trace of its
content; a mark that is not in the list is refused, so that a person sees it. A row marked as a referral always goes,
with whatever could be read. Pupils linked to an incident and attendance codes never leave. Pure: no clock, no file.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from connectors.native.children import local_key, opaque, stable_index
from connectors.native.moments import day_of
from connectors.native.outcome import RAGGED, event_or_refusal, referral
from connectors.native.reading import Reading
from connectors.native.table import TableRow
from connectors.native.text import heading, one_line
from connectors.ports import Dropped, Refused, Row, Translation
from connectors.schools.records import (
    ACTIONS,
    ATTENDANCE_CODES,
    HANDLING,
    ROLES,
    RULES,
    SHARING,
    UNEXPLAINED,
    URGENCIES,
    Sharing,
)
from sharing.events import (
    AlertAcknowledged,
    AttendanceThresholdReached,
    Child,
    ConcernShared,
    Envelope,
    Marking,
    ReferralSubmitted,
    Urgency,
)

SOURCE_SCHOOLS = "2A"
"""Referral source of the children in need census."""
_KEPT = Dropped("NOT_MARKED_FOR_SHARING", "the safeguarding lead has not marked this row for sharing")


def concern(row: TableRow, now: datetime) -> Translation:
    """One row of the concern log: a referral, a shared concern, nothing, or a refusal."""
    if row.ragged:
        return _ragged(row, now)
    marking = _marking(row.values)
    if marking is Sharing.REFER:
        return _referral(row, now)
    if marking is None:
        return Refused("UNKNOWN_MARKING", "share_with", "expected one of: refer, share, or nothing")
    return _KEPT if marking is Sharing.KEEP else _shared(row, now)


def acknowledgement(row: Row, now: datetime) -> Translation:
    """One answer of a school to a notice that it received."""
    if isinstance(row, TableRow) and row.ragged:
        return RAGGED
    reading = Reading(row.values)
    exchange = reading.exchange("exchange_id")
    child = _child(reading, now)
    event = AlertAcknowledged(
        envelope=Envelope(),
        child=child,
        read_at=reading.moment("read_at", "read_at"),
        action=reading.code("action", "action", ACTIONS),
        callback_wanted=reading.flag("callback_wanted", "callback_wanted"),
    )
    reading.require("read_at", "read_at", event.read_at)
    reading.require("action", "action", event.action)
    envelope = Envelope(
        occurred_at=event.read_at,
        in_reply_to=exchange,
        author_function="safeguarding_lead",
        urgency=Urgency.ROUTINE,
    )
    return event_or_refusal(reading, event, envelope, local_key(child, f"{exchange}"), f"ack:{exchange}")


def attendance(row: TableRow, now: datetime) -> Translation:
    """One pupil whose absence reached a threshold."""
    if row.ragged:
        return RAGGED
    reading = Reading(row.values)
    child = _child(reading, now)
    reached_at = reading.moment_or_day("reached_at", "envelope.occurred_at")
    event = AttendanceThresholdReached(
        envelope=Envelope(),
        child=child,
        rule=reading.code("rule", "rule", RULES),
        sessions=reading.number("sessions", "sessions", 1, 400),
        since=reading.date("since", "since"),
        reason_known=_reason_known(reading),
    )
    for column, value in (("rule", event.rule), ("sessions", event.sessions), ("since", event.since)):
        reading.require(column, column, value)
    reading.require("reached_at", "envelope.occurred_at", reached_at)
    reading.require_child("surname", child)
    envelope = Envelope(occurred_at=reached_at, author_function="office", urgency=Urgency.ROUTINE)
    local_child = local_key(child, f"{row.index}")
    key = reading.short("alert_id", "envelope.native_key") or opaque(f"{local_child}:{event.rule}:{event.since}")
    return event_or_refusal(reading, event, envelope, local_child, f"attendance:{key}")


def _ragged(row: TableRow, now: datetime) -> Translation:
    """A row whose columns slipped: the referral, if it can be read as one in any way; otherwise a person must look."""
    for values in (row.values, row.otherwise):
        if _marking(values) is Sharing.REFER:
            return _referral(replace(row, values=values), now)
    return RAGGED


def _marking(values: Mapping[str, str]) -> Sharing | None:
    """What the lead marked; None for a mark that is not in the list, be it one that has no letters."""
    written = one_line(values.get("share_with", ""))
    return SHARING.get(heading(written)) if heading(written) or not written else None


def _referral(row: TableRow, now: datetime) -> Translation:
    reading = Reading(row.values)
    child = _child(reading, now)
    event = ReferralSubmitted(
        envelope=Envelope(),
        child=child,
        source_code=SOURCE_SCHOOLS,
        category=reading.short("category", "category"),
        concern_seen=_concern_seen(reading),
        since=reading.short("since", "since"),
        effect_on_child=reading.narrative("effect", "effect_on_child"),
        ask=reading.narrative("ask", "ask"),
        child_words=reading.narrative("child_words", "child_words"),
        family_informed=reading.flag("family_informed", "family_informed"),
        level_claimed=reading.number("level", "level_claimed", 1, 4),
        referrer_name=reading.short("referrer_name", "referrer_name"),
        referrer_function=_role(reading),
        callback=reading.short("callback", "callback"),
        alleged_perpetrator=reading.short("alleged_perpetrator", "alleged_perpetrator"),
    )
    envelope = _envelope(reading, Urgency.SAME_DAY)
    local_child = local_key(child, _incident(row))
    return referral(row, reading, event, envelope, local_child, _incident(row), stable_index(local_child))


def _shared(row: TableRow, now: datetime) -> Translation:
    reading = Reading(row.values)
    child = _child(reading, now)
    event = ConcernShared(
        envelope=Envelope(),
        child=child,
        level=reading.number("level", "level", 1, 4),
        category=reading.short("category", "category"),
        facts=reading.narrative("incident", "facts"),
        opinion=reading.narrative("opinion", "opinion"),
        child_words=reading.narrative("child_words", "child_words"),
        who_saw_function=_role(reading),
    )
    envelope = _envelope(reading, Urgency.ROUTINE)
    reading.require("incident_id", "envelope.native_key", reading.raw("incident_id") or None)
    reading.require("occurred_at", "envelope.occurred_at", envelope.occurred_at)
    reading.require("incident", "facts", event.facts)
    reading.require_child("surname", child)
    local_child = local_key(child, _incident(row))
    return event_or_refusal(reading, event, envelope, local_child, _incident(row), stable_index(local_child))


def _child(reading: Reading, now: datetime) -> Child:
    return Child(
        surname=reading.short("surname", "child.surname"),
        forename=reading.short("forename", "child.forename"),
        known_as=reading.short("known_as", "child.known_as"),
        birth_date=reading.date("birth_date", "child.birth_date", by=day_of(now)),
        sex=reading.sex("sex"),
        upn=reading.upn("upn"),
        local_id=reading.short("local_id", "child.local_id"),
        address_line=reading.short("address_line", "child.address_line"),
        postcode=reading.postcode("postcode"),
        telephone=reading.short("telephone", "child.telephone"),
    )


def _envelope(reading: Reading, urgency: Urgency) -> Envelope:
    recorded_at = reading.moment_or_day("recorded_at", "envelope.recorded_at")
    return Envelope(
        occurred_at=reading.moment_or_day("occurred_at", "envelope.occurred_at") or recorded_at,
        recorded_at=recorded_at,
        author_function=_role(reading) or "safeguarding_lead",
        urgency=reading.code("urgency", "envelope.urgency", URGENCIES) or urgency,
        markings=_markings(reading),
    )


def _markings(reading: Reading) -> tuple[Marking, ...] | None:
    words = [heading(word) for word in re.split(r"[;,|]", reading.raw("handling")) if heading(word)]
    if not all(word in HANDLING for word in words):
        reading.fault("UNKNOWN_CODE", "handling", "envelope.markings", "not in the list of handling instructions")
    return tuple(sorted({HANDLING[word] for word in words if word in HANDLING})) or None


def _role(reading: Reading) -> str | None:
    """Function of the author. A title that is not in the list is not passed on: it can be a name."""
    return ROLES.get(heading(reading.raw("referrer_role")))


def _concern_seen(reading: Reading) -> str | None:
    """What the lead chose to write: what was seen, what was done, who is involved."""
    parts = [
        reading.narrative("incident", "concern_seen"),
        _headed("Action taken", reading.narrative("action", "concern_seen")),
        _headed("Agencies involved", reading.short("agency_involved", "concern_seen")),
    ]
    return "\n".join(part for part in parts if part) or None


def _headed(title: str, text: str | None) -> str | None:
    return f"{title}: {text}" if text else None


def _reason_known(reading: Reading) -> bool | None:
    """Whether the absence is explained; the codes themselves stay at the school."""
    codes = re.split(r"[\s,;]+", reading.raw("codes").upper().strip(" ,;"))
    codes = [code for code in codes if code]
    if not set(codes) <= ATTENDANCE_CODES:
        reading.fault("UNKNOWN_CODE", "codes", "reason_known", "expected attendance codes of the 2024 regulations")
        return None
    said = reading.flag("reason_known", "reason_known")
    return said if said is not None or not codes else not UNEXPLAINED & set(codes)


def _incident(row: TableRow) -> str:
    """Key of the incident; a referral without one is still a referral, known by where it stood."""
    return one_line(row.values.get("incident_id", ""))[:300] or f"{row.file}:{row.index}"
