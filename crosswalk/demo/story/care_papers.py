"""What social care's system writes in the story: tables of the Standard Safeguarding Dataset, register and seals.

Left out: what becomes of it. Social care's exports never hold an address.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from crosswalk.demo.story.people import Child
from crosswalk.demo.story.steps import Published, Put
from crosswalk.demo.story.tokens import Tokens
from crosswalk.demo.story.writing import LONDON, Draft

WE = "easthaven-social-care"
DUTY = "01632 960110"
Row = tuple[Mapping[str, str], Published]


@dataclass(frozen=True, slots=True)
class Decision:
    """What social care decides on a referral; None where it says nothing."""

    outcome: str
    flag: str
    reason_code: str | None = None
    reason_text: str | None = None
    advice: str | None = None
    would_change: str | None = None


def involvement(
    tokens: Tokens, reference: str, child: Child, at: datetime, organisation: str, function: str, group: str
) -> Row:
    """An organisation's function is involved with a child from now on."""
    draft = _draft(tokens, reference, "csc.involvement.changed", child, at, group)
    since = at.astimezone(LONDON).date().isoformat()
    draft.fields |= {"organisation": organisation, "function": function, "action": "OPENED", "since": since}
    draft.fields |= {"envelope.author_function": "allocated_team", "envelope.urgency": "ROUTINE"}
    own = {
        "register_id": f"RG-{reference}",
        "register_person_id": child.person_id,
        "register_organisation": organisation,
        "register_function": function,
        "register_action": "OPENED",
        "register_since": since,
    }
    return {**own, **_person(child, at)}, draft.done()


def plan(tokens: Tokens, reference: str, child: Child, at: datetime, group: str, team: str = "Assessment East") -> Row:
    """A child protection plan starts."""
    draft = _draft(tokens, reference, "csc.plan.changed", child, at, group)
    start = at.astimezone(LONDON).date().isoformat()
    draft.fields |= {
        "kind": "CHILD_PROTECTION",
        "action": "STARTED",
        "start_date": start,
        "category": "NEG",
        "duty_phone": DUTY,
        "envelope.author_function": "allocated_team",
        "envelope.urgency": "ROUTINE",
    }
    own = {
        "cppl_cp_plan_id": f"CP-{reference}",
        "cppl_referral_id": draft.hidden("referral", "R"),
        "cppl_icpc_id": draft.hidden("conference", "I"),
        "cppl_person_id": child.person_id,
        "cppl_cp_plan_start_date": start,
        "cppl_cp_plan_end_date": "",
        "cppl_cp_plan_initial_category": "Neglect",
        "cppl_cp_plan_ola": "N",
        "cppl_cp_plan_latest_category": "",
        "cppl_cp_plan_team": draft.text("team", team),
    }
    return {**own, **_person(child, at), "crosswalk_duty_phone": DUTY}, draft.done()


def allocation(tokens: Tokens, reference: str, child: Child, at: datetime, group: str) -> Row:
    """A team takes the case."""
    draft = _draft(tokens, reference, "csc.allocation.changed", child, at, group)
    team = draft.text("new_team", "Assessment East")
    draft.fields |= {"duty_phone": DUTY, "reason": "FCONTA"}
    draft.fields |= {"envelope.author_function": "allocated_team", "envelope.urgency": "ROUTINE"}
    own = {
        "invo_involvements_id": f"IV-{reference}",
        "invo_professional_id": draft.hidden("worker", "W"),
        "invo_professional_role_id": "Allocated Case Worker",
        "invo_professional_team": team,
        "invo_involvement_start_date": at.astimezone(LONDON).date().isoformat(),
        "invo_involvement_end_date": "",
        "invo_worker_change_reason": "FCONTA",
        "invo_person_id": child.person_id,
        "invo_referral_id": "",
    }
    return {**own, **_person(child, at), "crosswalk_duty_phone": DUTY}, draft.done()


def seal(tokens: Tokens, reference: str, child: Child, at: datetime) -> Row:
    """The child's address is sealed."""
    draft = _draft(tokens, reference, "seal.changed", child, at, "d")
    draft.fields |= {"kind": "ADDRESS", "action": "SET", "holder_function": "allocated_team"}
    draft.fields |= {"envelope.author_function": "allocated_team", "envelope.urgency": "IMMEDIATE"}
    own = {
        "seal_id": f"SL-{reference}",
        "seal_person_id": child.person_id,
        "seal_kind": "ADDRESS",
        "seal_action": "SET",
        "seal_holder_function": "allocated_team",
        "seal_decided_at": _clock(at),
    }
    return {**own, **_person(child, None)}, draft.done()


def decision(tokens: Tokens, reference: str, child: Child, at: datetime, exchange_id: str, decided: Decision) -> Row:
    """The outcome of a referral, in answer to the exchange in which it came."""
    draft = _draft(tokens, reference, "csc.referral.decided", child, at, "a")
    draft.fields |= {"outcome": decided.outcome, "primary_need_code": "N1", "duty_phone": "01632 960100"}
    draft.fields |= {"envelope.author_function": "front_door", "envelope.urgency": "SAME_DAY"}
    draft.plain("referral_ref", "R-2026-0441")
    if decided.reason_code:
        draft.plain("reason_code", decided.reason_code)
    spoken = {
        "reason_text": decided.reason_text,
        "advice_text": decided.advice,
        "what_would_change_it": decided.would_change,
    }
    said = {path: draft.text(path, words) if words else "" for path, words in spoken.items()}
    own = {
        "cine_referral_id": "R-2026-0441",
        "cine_person_id": child.person_id,
        "cine_referral_date": "2026-11-20",
        "cine_cin_primary_need_code": "N1",
        "cine_referral_source_code": "2A",
        "cine_referral_source_desc": "SCHOOLS",
        "cine_referral_outcome_json": f'{{"{decided.flag}": "Y"}}',
        "cine_referral_nfa": "Y" if decided.flag == "NFA_FLAG" else "N",
        "cine_referral_team": draft.text("team", "Front door"),
        "cine_referral_worker_id": draft.hidden("worker", "W"),
        "crosswalk_exchange_id": exchange_id,
        "crosswalk_reason_code": decided.reason_code or "",
        "crosswalk_reason_text": said["reason_text"],
        "crosswalk_advice_text": said["advice_text"],
        "crosswalk_what_would_change_it": said["what_would_change_it"],
        "crosswalk_narrative": draft.text("narrative", "Checked with the family's housing officer."),
        "crosswalk_duty_phone": "01632 960100",
    }
    return {**own, **_person(child, at)}, draft.done()


def table(name: str, rows: Sequence[Row]) -> Put:
    """One export of one table; the rows' own keys are its headings."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0][0]))
    writer.writeheader()
    writer.writerows(cells for cells, _ in rows)
    return Put(WE, name, out.getvalue().encode(), tuple(published for _, published in rows))


def _draft(tokens: Tokens, reference: str, event_type: str, child: Child, at: datetime, group: str) -> Draft:
    draft = Draft(tokens, reference, WE, event_type, child, at, group)
    draft.named()
    draft.numbered("person_id", "nhs_number", "upn")
    draft.fields["child.ethnicity"] = "WBRI"
    return draft


def _person(child: Child, decided_at: datetime | None) -> dict[str, str]:
    """The person's columns, joined; and when it was decided, where the table has no column of its own for that."""
    joined = {
        "pers_forename": child.forename,
        "pers_surname": child.surname,
        "pers_dob": child.birth_date.isoformat(),
        "pers_expected_dob": "",
        "pers_sex": child.sex,
        "pers_ethnicity": "WBRI",
        "pers_common_child_id": child.nhs_number,
        "pers_upn": child.upn,
    }
    return joined if decided_at is None else {**joined, "crosswalk_decided_at": _clock(decided_at)}


def _clock(moment: datetime) -> str:
    return moment.astimezone(LONDON).strftime("%Y-%m-%dT%H:%M:%S")
