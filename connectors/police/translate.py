"""A police notice to events: one event for each child of an incident, all with one reference.

Rules: what the law asks a notice to hold is a value or a reason why not (the nine items); what is wrong with one
child refuses that child's event and no other's; a wrong date of birth or postcode refuses nobody. The place of the
incident, suspect, intelligence and officer travel to the broker in fields that agreements keep from those who must
not see them. Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from connectors.native.children import local_key, stable_index
from connectors.native.moments import day_of
from connectors.native.objects import not_known, require_item, text_list, texts
from connectors.native.outcome import event_or_refusal
from connectors.native.reading import Reading
from connectors.native.text import MAX_SHORT, heading, one_line
from connectors.police.records import (
    AGENCIES,
    DOMESTIC_ABUSE,
    GRADES,
    LOCATIONS,
    MARKINGS,
    MISSING,
    MISSING_ACTIONS,
    MISSING_GRADES,
    ROLES,
    TOOLS,
)
from connectors.ports import Document, Refused, Translated, Translation
from sharing.events import (
    Child,
    DomesticAbuseIncidentNotified,
    Envelope,
    Event,
    Marking,
    MissingChanged,
    MissingGrade,
    NotKnown,
    RiskTool,
    Urgency,
)

T = TypeVar("T")
MAX_CHILDREN = 40
OPTIONAL = frozenset(
    {
        "incident_started_at",
        "incident_address",
        "injured",
        "suspect",
        "intelligence",
        "officer",
        "suggested_actions",
        "callback",
        "grade",
        "last_seen_area",
        "return_interview_needed",
        "envelope.recorded_at",
    }
)
"""What may be unreadable without holding back the notice. Markings are not among them: they restrict."""
_EMPTY = Envelope()


def notice(record: Document, now: datetime) -> Sequence[Translation]:
    """Every child of one notice."""
    body = record.body
    kind = body.get("notice")
    if not isinstance(kind, str) or kind not in {DOMESTIC_ABUSE, MISSING}:
        return (Refused("NOT_A_NOTICE", "notice", f"expected {DOMESTIC_ABUSE} or {MISSING}"),)
    if not one_line(texts(body).get("reference", "")):
        return (Refused("MISSING", "reference", "must have a value"),)
    children = body.get("children")
    if not isinstance(children, list) or not 1 <= len(children) <= MAX_CHILDREN:
        return (Refused("NO_CHILDREN", "children", f"expected a list of 1 to {MAX_CHILDREN} children"),)
    found = tuple(_one(body, child, at, now) for at, child in enumerate(children))
    # What is wrong with the incident is wrong for every child of it: it is said once.
    return found[:1] if len(set(found)) == 1 and isinstance(found[0], Refused) else found


def _one(body: Mapping[str, object], child: object, at: int, now: datetime) -> Translation:
    prefix = f"children[{at}]."
    if isinstance(child, Refused):
        return replace(child, field=prefix[:-1])
    if not isinstance(child, Mapping):
        return Refused("NOT_AN_OBJECT", prefix[:-1], "expected a JSON object")
    reading = Reading({**texts(body), **texts(child, prefix)})
    identity = _child(reading, prefix, now)
    reading.require_child(f"{prefix}surname", identity)
    if body["notice"] == DOMESTIC_ABUSE:
        event, envelope = _domestic_abuse(reading, body, child, prefix, identity)
    else:
        event, envelope = _missing(reading, body, identity)
    reference = reading.raw("reference")
    own = reading.raw(f"{prefix}child_ref")
    local_child = f"ref:{own}" if own else local_key(identity, f"{reference}/{at}")
    outcome = event_or_refusal(
        reading, event, envelope, local_child, reference, stable_index(local_child) if own else at, OPTIONAL
    )
    return _versioned(outcome, reading.raw("record_version")[:MAX_SHORT])


def _versioned(outcome: Translation, version: str) -> Translation:
    if not isinstance(outcome, Translated) or not version:
        return outcome
    return Translated(outcome.event, outcome.local_child, outcome.native_key, version, outcome.child_index)


def _domestic_abuse(
    reading: Reading, body: Mapping[str, object], child: Mapping[str, object], prefix: str, identity: Child
) -> tuple[Event, Envelope]:
    def item(source: Mapping[str, object], key: str, path: str, value: T | None) -> tuple[T | None, NotKnown | None]:
        reason = not_known(source, key) if value is None else None
        require_item(reading, (prefix if source is child else "") + key, path, value, reason)
        return value, reason

    location = item(
        body, "location_class", "location_class", reading.code("location_class", "location_class", LOCATIONS)
    )
    circumstances = item(body, "circumstances", "circumstances", reading.narrative("circumstances", "circumstances"))
    actions = item(body, "actions_taken", "actions_taken", reading.narrative("actions_taken", "actions_taken"))
    told = item(body, "agencies_told", "agencies_told", _agencies(reading, body))
    grade = item(body, "risk_grade", "risk_grade", reading.code("risk_grade", "risk_grade", GRADES))
    role = item(child, "role", "child_role", reading.code(f"{prefix}role", "child_role", ROLES))
    spoken = item(child, "spoken_to", "spoken_to", reading.flag(f"{prefix}spoken_to", "spoken_to"))
    words = item(child, "words", "child_words", reading.narrative(f"{prefix}words", "child_words"))
    others = item(child, "others_present", "others_present", reading.short(f"{prefix}others_present", "others_present"))
    started_at = reading.moment("incident_started_at", "incident_started_at")
    attended_at = reading.moment("attended_at", "attended_at")
    reading.require("attended_at", "attended_at", attended_at)
    event = DomesticAbuseIncidentNotified(
        envelope=_EMPTY,
        child=identity,
        police_reference=reading.short("reference", "police_reference"),
        incident_started_at=started_at,
        attended_at=attended_at,
        location_class=location[0],
        location_class_not_known=location[1],
        incident_address=reading.short("incident_address", "incident_address"),
        child_role=role[0],
        child_role_not_known=role[1],
        spoken_to=spoken[0],
        spoken_to_not_known=spoken[1],
        child_words=words[0],
        child_words_not_known=words[1],
        others_present=others[0],
        others_present_not_known=others[1],
        circumstances=circumstances[0],
        circumstances_not_known=circumstances[1],
        actions_taken=actions[0],
        actions_taken_not_known=actions[1],
        agencies_told=told[0],
        agencies_told_not_known=told[1],
        risk_tool=_tool(reading),
        risk_grade=grade[0],
        risk_grade_not_known=grade[1],
        injured=reading.flag(f"{prefix}injured", "injured"),
        suspect=reading.short("suspect", "suspect"),
        intelligence=reading.narrative("intelligence", "intelligence"),
        officer=reading.short("officer", "officer"),
        suggested_actions=text_list(reading, body, "suggested_actions", "suggested_actions", "suggested_actions"),
        callback=reading.short("callback", "callback"),
    )
    return event, _envelope(reading, body, started_at or attended_at, Urgency.IMMEDIATE)


def _missing(reading: Reading, body: Mapping[str, object], identity: Child) -> tuple[Event, Envelope]:
    event = MissingChanged(
        envelope=_EMPTY,
        child=identity,
        action=reading.code("action", "action", MISSING_ACTIONS),
        grade=reading.code("grade", "grade", MISSING_GRADES),
        since=reading.moment("since", "since"),
        last_seen_area=reading.short("last_seen_area", "last_seen_area"),
        return_interview_needed=reading.flag("return_interview_needed", "return_interview_needed"),
        callback=reading.short("callback", "callback"),
    )
    reading.require("action", "action", event.action)
    occurred_at = reading.moment("occurred_at", "envelope.occurred_at") or event.since
    reading.require("occurred_at", "envelope.occurred_at", occurred_at)
    grave = event.grade in {MissingGrade.HIGH, MissingGrade.MEDIUM, None}
    return event, _envelope(reading, body, occurred_at, Urgency.IMMEDIATE if grave else Urgency.SAME_DAY)


def _envelope(reading: Reading, body: Mapping[str, object], occurred_at: datetime | None, urgency: Urgency) -> Envelope:
    return Envelope(
        occurred_at=occurred_at,
        recorded_at=reading.moment("recorded_at", "envelope.recorded_at"),
        author_function="force_duty",
        urgency=urgency,
        markings=_markings(reading, body),
    )


def _markings(reading: Reading, body: Mapping[str, object]) -> tuple[Marking, ...] | None:
    words = text_list(reading, body, "markings", "markings", "envelope.markings") or ()
    found = [MARKINGS.get(heading(word)) for word in words]
    if None in found:
        reading.fault("UNKNOWN_CODE", "markings", "envelope.markings", "not in the list of markings")
    return tuple(sorted({marking for marking in found if marking is not None})) or None


def _tool(reading: Reading) -> RiskTool | None:
    """The tool used; one that is not in the list is another one."""
    written = reading.raw("risk_tool")
    return TOOLS.get(heading(written), RiskTool.OTHER) if written else None


def _agencies(reading: Reading, body: Mapping[str, object]) -> tuple[str, ...] | None:
    told = text_list(reading, body, "agencies_told", "agencies_told", "agencies_told")
    if told is not None and not set(told) <= AGENCIES:
        reading.fault("UNKNOWN_CODE", "agencies_told", "agencies_told", "not in the list of agencies")
        return None
    return told


def _child(reading: Reading, prefix: str, now: datetime) -> Child:
    return Child(
        surname=reading.short(f"{prefix}surname", "child.surname"),
        forename=reading.short(f"{prefix}forename", "child.forename"),
        known_as=reading.short(f"{prefix}known_as", "child.known_as"),
        birth_date=reading.date(f"{prefix}birth_date", "child.birth_date", by=day_of(now)),
        sex=reading.sex(f"{prefix}sex"),
        address_line=reading.short(f"{prefix}address_line", "child.address_line"),
        postcode=reading.postcode(f"{prefix}postcode"),
        telephone=reading.short(f"{prefix}telephone", "child.telephone"),
        setting_name=reading.short(f"{prefix}setting_as_told", "child.setting_name"),
        setting_urn=reading.short(f"{prefix}setting_urn", "child.setting_urn"),
    )
