"""The police notice: its nine items and its lists of words; `notice.schema.json` says the same to other programs.

No public schema of such notices exists; this one is a proposal (docs/formats/police-notice.md). Left out: what a
notice becomes (`translate`).
"""

from collections.abc import Mapping

from connectors.native.text import heading
from sharing.events import (
    ChildRole,
    LocationClass,
    Marking,
    MissingAction,
    MissingGrade,
    NotKnown,
    RiskGrade,
    RiskTool,
)

DOMESTIC_ABUSE = "domestic-abuse"
MISSING = "missing"
LISTS = ("notices", "incidents")
"""Keys under which a file may hold a list of notices."""

INCIDENT_ITEMS = ("location_class", "circumstances", "actions_taken", "agencies_told", "risk_grade")
CHILD_ITEMS = ("role", "spoken_to", "words", "others_present")
"""Five items of the incident and four of each child: each has a value, or says why it is not known."""

LOCATIONS: Mapping[str, LocationClass] = {heading(x.value): x for x in LocationClass}
ROLES: Mapping[str, ChildRole] = {heading(x.value): x for x in ChildRole}
TOOLS: Mapping[str, RiskTool] = {heading(x.value): x for x in RiskTool}
GRADES: Mapping[str, RiskGrade] = {heading(x.value): x for x in RiskGrade}
NOT_KNOWN: Mapping[str, NotKnown] = {heading(x.value): x for x in NotKnown}
MISSING_ACTIONS: Mapping[str, MissingAction] = {heading(x.value): x for x in MissingAction}
MISSING_GRADES: Mapping[str, MissingGrade] = {heading(x.value): x for x in MissingGrade}
MARKINGS: Mapping[str, Marking] = {heading(x.value): x for x in Marking}
AGENCIES = frozenset({"social_care", "health", "education", "ambulance", "fire", "housing", "probation", "none"})
