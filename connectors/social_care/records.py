"""Tables of the Standard Safeguarding Dataset as they are exported, with three columns sets that the dataset lacks.

A table's own columns keep the dataset's names. Beside them an export carries what the broker needs and the dataset
does not hold: the person's columns joined from `ssd_person`, and the answer's own (`crosswalk_...`: which exchange is
answered, when, why, with what advice). Seals and the register of who is involved have tables of our own. The headings
decide which table a file is. Left out: what a row becomes (`translate`) and how an outcome is coded (`outcomes`).
"""

import json
from collections.abc import Mapping
from pathlib import Path

from connectors.native.table import Columns
from connectors.native.text import heading
from sharing.events import InvolvementAction, SealAction, SealKind

_DATA: Mapping[str, Mapping[str, list[str]]] = json.loads(
    Path(__file__).with_name("headings.json").read_text(encoding="utf-8")
)
_PERSON = _DATA["person"]
PERSON_COLUMNS = tuple(_PERSON)


def _table(name: str, *required: str, answer: bool = False) -> Columns:
    own = _DATA[name]
    extra = _DATA["answer"] if answer else {column: _DATA["answer"][column] for column in ("decided_at", "duty_phone")}
    spellings = {
        column: [*own.get(column, ()), *extra.get(column, ()), *_PERSON.get(column, ())]
        for column in {**own, **extra, **_PERSON}
    }
    return Columns(spellings, frozenset(required))


TABLES: Mapping[str, Columns] = {
    "seals": _table("seals", "record_id", "kind", "action"),
    "register": _table("register", "record_id", "organisation", "function"),
    "ssd_contacts": _table("ssd_contacts", "record_id", "source_code", "outcome_json", answer=True),
    "ssd_cin_episodes": _table("ssd_cin_episodes", "record_id", "outcome_json", "nfa", answer=True),
    "ssd_cp_plans": _table("ssd_cp_plans", "record_id", "start_date", "initial_category"),
    "ssd_cin_plans": _table("ssd_cin_plans", "record_id", "start_date", "end_date"),
    "ssd_involvements": _table("ssd_involvements", "record_id", "team", "change_reason"),
    "ssd_person": Columns(_PERSON, frozenset({"person_id", "surname", "birth_date"})),
}
"""Most particular first: the first whose required columns are all there is the file's table."""

SOURCE_CODES: Mapping[str, str] = {
    heading(code): code
    for code in "1A 1B 1C 1D 2A 2B 3A 3B 3C 3D 3E 3F 4 5A 5B 5C 5D 6 7 8 9 10".split()  # noqa: SIM905 - a list of codes
}
NEED_CODES: Mapping[str, str] = {f"n{n}": f"N{n}" for n in range(10)}
ABUSE: Mapping[str, str] = {
    "neg": "NEG",
    "neglect": "NEG",
    "phy": "PHY",
    "physicalabuse": "PHY",
    "sab": "SAB",
    "sexualabuse": "SAB",
    "emo": "EMO",
    "emotionalabuse": "EMO",
    "mul": "MUL",
    "multiple": "MUL",
}
ETHNICITIES: Mapping[str, str] = {
    heading(code): code
    for code in (
        "WBRI WIRI WIRT WROM WOTH MWBC MWBA MWAS MOTH AIND APKN ABAN AOTH BCRB BAFR BOTH CHNE OOTH REFU NOBT".split()  # noqa: SIM905
    )
}
REASON_CODES: Mapping[str, str] = {
    heading(code): code
    for code in (
        "THRESHOLD_NOT_MET",
        "INSUFFICIENT_INFORMATION",
        "ALREADY_OPEN",
        "DUPLICATE",
        "OTHER_AREA",
        "EARLY_HELP_SUITABLE",
        "CONSENT_NOT_GIVEN",
        "ADVICE_GIVEN",
        "OTHER",
    )
}
CHANGE_REASONS: Mapping[str, str | None] = {
    "manage": "MANAGE",
    "fconta": "FCONTA",
    "orgrst": "ORGRST",
    "tsproc": "TSPROC",
    "chchan": "CHCHAN",
    "pcchan": "PCCHAN",
    "others": "OTHERS",
    # A worker's absence, leaving or death is that worker's own affair and goes to nobody.
    "leftrl": "OTHERS",
    "absenc": "OTHERS",
    "swdied": "OTHERS",
}
SEAL_KINDS: Mapping[str, SealKind] = {heading(kind.value): kind for kind in SealKind} | {"sflag": SealKind.S_FLAG}
SEAL_ACTIONS: Mapping[str, SealAction] = {heading(action.value): action for action in SealAction}
INVOLVEMENT: Mapping[str, InvolvementAction] = {heading(action.value): action for action in InvolvementAction}
