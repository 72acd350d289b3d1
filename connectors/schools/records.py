"""What schools' systems export: three tables, their columns under each vendor's headings, and the words of their lists.

No vendor publishes an export format, so the headings are data (`headings.json`): another vendor, or another spelling,
is a line there and no code. Left out: what a row becomes (`translate`).
"""

import json
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path

from connectors.native.table import Columns
from connectors.native.text import heading
from sharing.events import AlertAction, Marking, Urgency

_DATA: Mapping[str, Mapping[str, list[str]]] = json.loads(
    Path(__file__).with_name("headings.json").read_text(encoding="utf-8")
)


class Sharing(StrEnum):
    """What the safeguarding lead decided about a concern."""

    REFER = "refer"
    SHARE = "share"
    KEEP = "keep"


def _words(table: Mapping[str, Iterable[str]]) -> dict[str, str]:
    return {heading(word): ours for ours, words in table.items() for word in (ours, *words)}


CONCERNS = Columns(
    _DATA["concerns"],
    frozenset({"incident_id", "incident", "share_with"}),
    elastic="incident",
    # Two texts under two headings were both written to be read; two different marks are no mark.
    gathered=frozenset({"incident", "share_with"}),
)
ATTENDANCE = Columns(_DATA["attendance"], frozenset({"rule", "sessions"}))
ACKNOWLEDGEMENTS = Columns(_DATA["acknowledgements"], frozenset({"exchange_id", "action"}))

SHARING: Mapping[str, Sharing] = {word: Sharing(ours) for word, ours in _words(_DATA["markings"]).items() if word} | {
    "": Sharing.KEEP
}
ROLES: Mapping[str, str] = _words(_DATA["roles"])

URGENCIES: Mapping[str, Urgency] = {
    "immediate": Urgency.IMMEDIATE,
    "urgent": Urgency.IMMEDIATE,
    "high": Urgency.IMMEDIATE,
    "sameday": Urgency.SAME_DAY,
    "medium": Urgency.SAME_DAY,
    "routine": Urgency.ROUTINE,
    "low": Urgency.ROUTINE,
}
HANDLING: Mapping[str, Marking] = {
    "noparentcontact": Marking.NO_PARENT_CONTACT,
    "donotcontactparents": Marking.NO_PARENT_CONTACT,
    "gillickobjects": Marking.GILLICK_OBJECTS,
    "childobjects": Marking.GILLICK_OBJECTS,
    "informant": Marking.INFORMANT,
}
ACTIONS: Mapping[str, AlertAction] = {heading(a.value): a for a in AlertAction} | {
    "supported": AlertAction.CHILD_SUPPORTED,
    "nothere": AlertAction.CHILD_NOT_HERE,
}

RULES: Mapping[str, str] = {
    heading(rule): rule
    for rule in ("UNAUTHORISED_10_SESSIONS", "SICKNESS_15_DAYS", "IRREGULAR", "SEVERE_ABSENCE", "UNEXPLAINED_ON_PLAN")
}
"""Thresholds of the School Attendance (Pupil Registration) (England) Regulations 2024, and of plans."""

ATTENDANCE_CODES = frozenset(
    {"/", "\\", "#", "J1", "C1", "C2", *"LKVPWBDMSXCTRIEQGNOUZ", *(f"Y{n}" for n in range(1, 8))}
)
"""Codes of the 2024 regulations. They are checked and never sent: two of them tell of crime or exclusion."""
UNEXPLAINED = frozenset({"N", "O"})
