"""What the police's system writes in the story: notices as JSON. Left out: what becomes of them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from crosswalk.demo.story.people import Child
from crosswalk.demo.story.steps import Published, Put
from crosswalk.demo.story.tokens import Tokens
from crosswalk.demo.story.writing import Draft, iso

WE = "easthaven-police"
CALLBACK = "01632 960200"


@dataclass(frozen=True, slots=True)
class Incident:
    """Domestic abuse that police attended."""

    reference: str
    number: str
    at: datetime
    attended_at: datetime
    recorded_at: datetime


def notice(tokens: Tokens, incident: Incident, children: Sequence[tuple[Child, bool]]) -> Put:
    """One notice about several children, each with whether an officer spoke to it.

    What was not asked is not known, with its reason.
    """
    shared = _shared_texts(tokens, incident, children[0][0])
    found = [_child(tokens, incident, child, shared, spoken=spoken) for child, spoken in children]
    body = {
        "notice": "domestic-abuse",
        "reference": incident.number,
        "record_version": "1",
        "incident_started_at": iso(incident.at),
        "attended_at": iso(incident.attended_at),
        "recorded_at": iso(incident.recorded_at),
        "location_class": "HOME",
        "agencies_told": ["social_care"],
        "risk_tool": "DASH",
        "risk_grade": "MEDIUM",
        "callback": CALLBACK,
        **shared.cells,
        "children": [cells for cells, _ in found],
    }
    return Put(WE, f"notice-{incident.number}.json", _json(body), tuple(p for _, p in found))


def missing(
    tokens: Tokens, reference: str, child: Child, at: datetime, *, found: bool = False, number: str = "ZZ-20261123-0101"
) -> Put:
    """A child is missing, or found."""
    draft = Draft(tokens, reference, WE, "police.missing.changed", child, at, "d")
    draft.named()
    draft.housed()
    draft.fields |= {
        "action": "FOUND" if found else "MISSING",
        "grade": "HIGH",
        "return_interview_needed": True,
        "callback": CALLBACK,
        "since": iso(at),
        "child.setting_name": child.setting_name,
        "envelope.urgency": "IMMEDIATE",
        "envelope.author_function": "force_duty",
    }
    body = {
        "notice": "missing",
        "reference": number,
        "record_version": "2" if found else "1",
        "action": draft.fields["action"],
        "grade": "HIGH",
        "since": iso(at),
        "occurred_at": iso(at),
        "return_interview_needed": True,
        "callback": CALLBACK,
        "last_seen_area": draft.text("last_seen_area", "Bus station, bay"),
        "children": [_identity(child)],
    }
    return Put(WE, f"missing-{reference}.json", _json(body), (draft.done(),))


@dataclass(frozen=True, slots=True)
class _Shared:
    """What the children of one incident share: cells of the notice, their canaries, their values."""

    cells: Mapping[str, object]
    fields: Mapping[str, object]
    canaries: Mapping[str, str]


def _shared_texts(tokens: Tokens, incident: Incident, somebody: Child) -> _Shared:
    draft = Draft(tokens, incident.reference, WE, "", somebody, incident.at, "b")
    place = draft.plain("incident_address", somebody.home.address_line)
    draft.canaries["incident_address"] = somebody.home.canary
    cells = {
        "incident_address": place,
        "circumstances": draft.text("circumstances", "Argument between adults; police attended; children safe."),
        "actions_taken": draft.text("actions_taken", "One adult left the home."),
        "suspect": draft.text("suspect", "Former partner of the mother"),
        "intelligence": draft.text("intelligence", "Second-hand report"),
        "officer": draft.text("officer", "PC 0000"),
        "suggested_actions": [draft.text("suggested_actions", "Greet the child, watch, do not question.")],
    }
    draft.fields["suggested_actions"] = cells["suggested_actions"]
    return _Shared(cells, draft.fields, draft.canaries)


def _child(
    tokens: Tokens, incident: Incident, child: Child, shared: _Shared, *, spoken: bool
) -> tuple[dict[str, object], Published]:
    reference = f"{incident.reference}.{child.key.partition('-')[2]}"
    draft = Draft(tokens, reference, WE, "police.da_incident.notified", child, incident.at, "b")
    draft.named()
    draft.housed()
    draft.fields |= {
        **shared.fields,
        "police_reference": incident.number,
        "incident_started_at": iso(incident.at),
        "attended_at": iso(incident.attended_at),
        "location_class": "HOME",
        "agencies_told": ["social_care"],
        "risk_tool": "DASH",
        "risk_grade": "MEDIUM",
        "callback": CALLBACK,
        "child_role": "HEARD",
        "injured": False,
        "spoken_to": spoken,
        "envelope.urgency": "IMMEDIATE",
        "envelope.author_function": "force_duty",
        "envelope.recorded_at": iso(incident.recorded_at),
    }
    draft.canaries |= shared.canaries
    cells = {
        **_identity(child),
        "role": "HEARD",
        "spoken_to": spoken,
        "others_present": draft.text("others_present", "Mother, other children"),
        "injured": False,
        "words": draft.text("child_words", "I hid until it was quiet.") if spoken else {"not_known": "NOT_ASKED"},
    }
    if not spoken:
        draft.fields["child_words_not_known"] = "NOT_ASKED"
    if child.setting_name:
        draft.fields["child.setting_name"] = child.setting_name
    return cells, draft.done()


def _identity(child: Child) -> dict[str, object]:
    own: dict[str, object] = {
        "child_ref": f"N-{child.key}",
        "surname": child.surname,
        "forename": child.forename,
        "birth_date": child.birth_date.isoformat(),
        "sex": child.sex,
        "address_line": child.home.address_line,
        "postcode": child.home.postcode,
        "telephone": child.home.telephone,
    }
    return {**own, "setting_as_told": child.setting_name} if child.setting_name else own


def _json(body: object) -> bytes:
    return json.dumps(body, ensure_ascii=False, indent=2).encode()
