"""What schools' systems write in the story: the concern log's export, and acknowledgements.

Left out: what becomes of it. The columns are those of a concern log (the CPOMS kind).
"""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from crosswalk.demo.story.people import Child
from crosswalk.demo.story.steps import Fate, Published, Put
from crosswalk.demo.story.tokens import Tokens
from crosswalk.demo.story.writing import Draft, iso, wall

LOG = [
    "Incident ID",
    "Incident Date/Time",
    "Date Added",
    "Pupil Forename",
    "Pupil Surname",
    "Pupil DOB",
    "Sex",
    "UPN",
    "Address",
    "Postcode",
    "Home Telephone",
    "Category",
    "Incident",
    "Pupil Voice",
    "Professional Opinion",
    "Effect on Child",
    "Support Requested",
    "Since",
    "Share With",
    "Parents Informed",
    "Level",
    "Urgency",
    "Handling",
    "Reported By",
    "Role",
    "Callback Number",
    "Alleged Perpetrator",
    "Linked Pupils",
]
ACKNOWLEDGED = ["Exchange ID", "Read At", "Action", "Callback Wanted", "Pupil Forename", "Pupil Surname", "DOB", "UPN"]
_URGENCIES: Mapping[str, str] = {"Immediate": "IMMEDIATE", "Same day": "SAME_DAY", "Routine": "ROUTINE"}

Row = tuple[Mapping[str, str], Published]


@dataclass(frozen=True, slots=True)
class Concern:
    """One row of a concern log, as its author means it.

    Attributes:
        share: `Refer`, `Share` or `` (nobody outside the school). `words`: by column of the log.
        handling: `` or `No parent contact`.
    """

    reference: str
    school: str
    child: Child
    at: datetime
    group: str
    share: str
    words: Mapping[str, str]
    level: int = 2
    urgency: str = "Routine"
    informed: str = ""
    handling: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)


def row(tokens: Tokens, concern: Concern) -> Row:
    """The row, and what its author knows of it."""
    draft = Draft(
        tokens,
        concern.reference,
        concern.school,
        "referral.submitted" if concern.share == "Refer" else "school.concern.shared",
        concern.child,
        concern.at,
        concern.group,
    )
    draft.named()
    draft.housed()
    draft.numbered("upn")
    shared = bool(concern.share)
    texts = _referred(draft, concern) if concern.share == "Refer" else _shared(draft, concern, shared=shared)
    cells = {**_identity(concern), **texts, **_handling(draft, concern), **concern.extra}
    return cells, draft.done(Fate.EVENT if shared else Fate.DROPPED)


def log(school: str, name: str, rows: Iterable[Row]) -> Put:
    """An export of the log."""
    found = list(rows)
    return Put(school, name, _csv(LOG, [cells for cells, _ in found]), tuple(p for _, p in found))


def acknowledgement(
    tokens: Tokens, reference: str, organisation: str, child: Child, read_at: datetime, exchange_id: str
) -> Put:
    """What a setting answers to a notice, by the exchange id that stood in it."""
    draft = Draft(tokens, reference, organisation, "school.alert.acknowledged", child, read_at, "b")
    draft.named()
    draft.numbered("upn")
    draft.fields |= {"read_at": iso(read_at), "action": "CHILD_SUPPORTED", "callback_wanted": False}
    draft.fields |= {"envelope.author_function": "safeguarding_lead", "envelope.urgency": "ROUTINE"}
    del draft.fields["child.sex"]
    cells = {
        "Exchange ID": exchange_id,
        "Read At": wall(read_at),
        "Action": "Child supported",
        "Callback Wanted": "No",
        "Pupil Forename": child.forename,
        "Pupil Surname": child.surname,
        "DOB": child.birth_date.strftime("%d/%m/%Y"),
        "UPN": child.upn,
    }
    return Put(organisation, f"acknowledgement-{child.key}.csv", _csv(ACKNOWLEDGED, [cells]), (draft.done(),))


def _identity(concern: Concern) -> dict[str, str]:
    child = concern.child
    return {
        "Incident ID": f"INC-{concern.reference}",
        "Incident Date/Time": wall(concern.at),
        "Date Added": wall(concern.at + timedelta(minutes=5)),
        "Pupil Forename": child.forename,
        "Pupil Surname": child.surname,
        "Pupil DOB": child.birth_date.strftime("%d/%m/%Y"),
        "Sex": child.sex,
        "UPN": child.upn,
        "Address": child.home.address_line,
        "Postcode": child.home.postcode,
        "Home Telephone": child.home.telephone,
    }


def _referred(draft: Draft, concern: Concern) -> dict[str, str]:
    said = concern.words
    draft.fields |= {
        "source_code": "2A",
        "level_claimed": concern.level,
        "referrer_function": "safeguarding_lead",
        "callback": "01632 960001",
    }
    if concern.informed:
        draft.fields["family_informed"] = concern.informed == "Yes"
    return {
        "Category": draft.plain("category", said["Category"]),
        "Incident": draft.text("concern_seen", said["Incident"]),
        "Pupil Voice": draft.text("child_words", said["Pupil Voice"]),
        "Effect on Child": draft.text("effect_on_child", said["Effect on Child"]),
        "Support Requested": draft.text("ask", said["Support Requested"]),
        "Since": draft.plain("since", said["Since"]),
        "Reported By": draft.text("referrer_name", "R. Pemberton"),
        "Callback Number": "01632 960001",
        "Alleged Perpetrator": draft.text("alleged_perpetrator", "Mother's former partner"),
        "Linked Pupils": draft.hidden("linked", "INC"),
    }


def _shared(draft: Draft, concern: Concern, *, shared: bool) -> dict[str, str]:
    said = concern.words
    if not shared:
        # The child is known from elsewhere; only what this row says must be nowhere.
        draft.canaries.clear()
        return {
            "Category": said["Category"],
            "Incident": draft.hidden("incident", said["Incident"]),
            "Pupil Voice": draft.hidden("words", said["Pupil Voice"]),
        }
    draft.fields |= {"level": concern.level, "who_saw_function": "class_teacher"}
    return {
        "Category": draft.plain("category", said["Category"]),
        "Incident": draft.text("facts", said["Incident"]),
        "Pupil Voice": draft.text("child_words", said["Pupil Voice"]),
        "Professional Opinion": draft.text("opinion", said["Professional Opinion"]),
        "Reported By": draft.hidden("staff", "K. Osei"),
    }


def _handling(draft: Draft, concern: Concern) -> dict[str, str]:
    lead = concern.share == "Refer"
    draft.fields |= {
        "envelope.urgency": _URGENCIES[concern.urgency],
        "envelope.author_function": "safeguarding_lead" if lead else "class_teacher",
        "envelope.recorded_at": iso(concern.at + timedelta(minutes=5)),
    }
    if concern.handling:
        draft.fields["envelope.markings"] = ["NO_PARENT_CONTACT"]
    return {
        "Share With": concern.share,
        "Parents Informed": concern.informed,
        "Level": str(concern.level),
        "Urgency": concern.urgency,
        "Handling": concern.handling,
        "Role": "DSL" if lead else "Class Teacher",
    }


def _csv(columns: Iterable[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(columns), restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()
