"""Disclosures as FHIR R4 `AuditEvent` of IHE BALP, profile `PrivacyDisclosure.Source`.

Pure. Left out: sending them to an audit repository. Rules: one event a disclosure; the child stands as its number in
this ledger, never by name or NHS number, and organisations by their slug; what went is named by field and class.
Source: IHE Basic Audit Log Patterns 1.1.3, which binds type, subtype, agents and entities as they stand here.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from crosswalk.disclosures.accounting import Disclosure

PROFILE = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.PrivacyDisclosure.Source"
DICOM = "http://dicom.nema.org/resources/ontology/DCM"
LIFECYCLE = "http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle"
ENTITY = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
ROLE = "http://terminology.hl7.org/CodeSystem/object-role"
REASON = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
_URI = "5"
_HEALTH_CARE, _PUBLIC = "TREAT", "PUBHLTH"


def audit_events(disclosures: Iterable[Disclosure], ledger: str, recorded: datetime) -> Iterator[dict[str, Any]]:
    """One `AuditEvent` for each disclosure.

    Args:
        disclosures: As accounted.
        ledger: Name of the ledger, such as `crosswalk/easthaven`: the source that observed.
        recorded: When this export is made, aware.
    """
    for one in disclosures:
        yield {
            "resourceType": "AuditEvent",
            "id": one.exchange,
            "meta": {"profile": [PROFILE]},
            "type": _coding(DICOM, "110106", "Export"),
            "subtype": [_coding(LIFECYCLE, "disclose", "Disclose Record Lifecycle Event")],
            "action": "R",
            "period": {"start": one.at.isoformat()},
            "recorded": recorded.isoformat(),
            "outcome": "0",
            "purposeOfEvent": [_purpose(one)],
            "agent": [*_agents(one, ledger)],
            "source": {"observer": _ledger(ledger), "site": ledger},
            "entity": [*_entities(one)],
        }


def _coding(system: str, code: str, display: str) -> dict[str, str]:
    return {"system": system, "code": code, "display": display}


def _ledger(name: str) -> dict[str, Any]:
    return {"identifier": {"system": "urn:crosswalk:ledger", "value": name}, "display": "Crosswalk broker"}


def _purpose(one: Disclosure) -> dict[str, Any]:
    clinical = one.purpose == "health-care"
    code = _coding(REASON, _HEALTH_CARE, "treatment") if clinical else _coding(REASON, _PUBLIC, "public health")
    return {"coding": [code], "text": f"{one.purpose}: {one.statute}"}


def _agents(one: Disclosure, ledger: str) -> Iterator[dict[str, Any]]:
    yield {
        "type": {"coding": [_coding(DICOM, "110153", "Source Role ID")]},
        "who": _ledger(ledger),
        "requestor": False,
        "network": {"address": f"urn:crosswalk:ledger:{ledger}", "type": _URI},
    }
    yield {
        "type": {"coding": [_coding(DICOM, "110152", "Destination Role ID")]},
        "who": {"identifier": {"system": "urn:crosswalk:organisation", "value": one.organisation}},
        "role": [{"text": one.function}],
        "requestor": False,
        "network": {"address": f"urn:crosswalk:recipient:{one.organisation}", "type": _URI},
    }


def _entities(one: Disclosure) -> Iterator[dict[str, Any]]:
    yield {
        "what": {"type": "Patient", "identifier": {"system": "urn:crosswalk:subject", "value": str(one.subject)}},
        "type": _coding(ENTITY, "1", "Person"),
        "role": _coding(ROLE, "1", "Patient"),
    }
    yield {
        "what": {"identifier": {"system": "urn:crosswalk:exchange", "value": one.exchange}},
        "type": _coding(ENTITY, "2", "System Object"),
        "role": _coding(ROLE, "3", "Report"),
        "description": f"{one.event_type}, under {one.permit} of agreements {one.version[:16]}",
        "detail": [
            {"type": field.path, "valueString": f"{field.transform}, class {field.field_class or '-'}"}
            for field in one.fields
        ],
    }
