"""What a trust's patient administration system writes in the story: HL7 version 2 ADT messages.

Left out: what becomes of them. Diagnosis, notes, orientation and maiden name stand in the messages because they stand
in real ones; none of them may ever leave the trust.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from crosswalk.demo.story.people import Child
from crosswalk.demo.story.steps import Fate, Published, Put
from crosswalk.demo.story.tokens import Tokens
from crosswalk.demo.story.writing import LONDON, Draft, iso

WE = "easthaven-hospital"
SURGERY = "Z99001"
CONCERN = "836881000000105^Child is cause for safeguarding concern^SCT"


@dataclass(frozen=True, slots=True)
class Visit:
    """A child comes to the emergency department. `worried`: a clinician recorded a concern."""

    reference: str
    child: Child
    at: datetime
    group: str
    worried: bool = False


def attendance(tokens: Tokens, visit: Visit) -> tuple[str, Published]:
    """The A04 of a visit."""
    draft = _draft(tokens, visit.reference, "health.unscheduled.attended", visit.child, visit.at, visit.group)
    draft.fields |= {
        "setting": "EMERGENCY_DEPARTMENT",
        "site": "ZZT01",
        "attended_at": iso(visit.at),
        "accompanied_by": "mother",
        "reason_class": "INJURY",
        "clinician_concern": visit.worried,
        "envelope.urgency": "IMMEDIATE",
        "envelope.author_function": "emergency_department",
    }
    lines = [
        *_person(draft, "A04"),
        f"NK1|1|{draft.hidden('kin', 'Kin')}^MORWENNA^^^MS^^L|12||||ACCOMPANYING",
        f"PV1|1|E|ED^^^ZZT01|21|||||||||||||||V{visit.reference}" + "|" * 25 + _stamp(visit.at),
        f"DG1|1||S52.5^{draft.hidden('diagnosis', 'Fracture of radius')}^ICD10",
        *([f"OBX|1|TX|{CONCERN}||{draft.hidden('note', 'Bruise not explained')}"] if visit.worried else ()),
        f"ZU8|{draft.hidden('orientation', 'U')}|||0",
    ]
    return _message(lines), draft.done()


def registration(
    tokens: Tokens, reference: str, child: Child, at: datetime, *, worried: bool = False
) -> tuple[str, Published]:
    """The A08 of a child who is flagged, or worried about: where it is registered. It does not say since when."""
    draft = _draft(tokens, reference, "health.registration.changed", child, at, "setup")
    draft.fields |= {
        "kind": "GP_PRACTICE",
        "gp_practice": SURGERY,
        "envelope.urgency": "SAME_DAY",
        "envelope.author_function": "emergency_department",
    }
    lines = [*_person(draft, "A08"), "PV1|1|O"]
    if worried:
        lines.append(f"OBX|1|TX|{CONCERN}||{draft.hidden('note', 'See the notes')}")
    text = _message([*lines, f"ZU8|{draft.hidden('orientation', 'U')}|||0"])
    said = draft.done()
    told = {path: value for path, value in said.fields.items() if path != "envelope.occurred_at"}
    return text, replace(said, occurred_at="", fields=told)


def broken(tokens: Tokens, at: datetime) -> Put:
    """Two messages of which nothing can be made: no header, and delimiters of somebody's own."""
    token = tokens.text("e.hl7/broken")
    text = f"PID|1||{token}\r\rMSH#~|\\&#PAS#ZZT01#{_stamp(at)}##ADT~A04#{token}#P#2.4\rPID#1##{token}\r"
    said = [
        Published(f"e.hl7.{n}", WE, "", "", Fate.REFUSED, canaries={"never:text": token}, code=code, group="e")
        for n, code in enumerate(("NO_HEADER", "BAD_DELIMITERS"), start=1)
    ]
    return Put(WE, "adt-broken.hl7", text.encode(), tuple(said))


def others(tokens: Tokens, number: int, at: datetime, files: int) -> tuple[Put, ...]:
    """Messages of children about whom nobody is worried: they must leave nothing anywhere.

    All of them hold the same canaries, so that finding one finds any.
    """
    name, place = tokens.name("others/surname"), tokens.text("others/address")
    stamp = _stamp(at)
    blocks: list[list[str]] = [[] for _ in range(files)]
    for n in range(number):
        nhs = tokens.nhs_number(f"others/{n}")
        blocks[n % files].append(
            f"MSH|^~\\&|PAS|ZZT01|ROUTE|ROUTE|{stamp}||ADT^A04^ADT_A01|O{n:07d}|P|2.4\rEVN||{stamp}\r"
            f"PID|1||{nhs}^^^NHS~HO{n:06d}^^^ZZT01||Other-{name}^N{n:05d}^^^^^L||20{10 + n % 14:02d}0{1 + n % 9}15|"
            f"{1 + n % 2}|||{n % 300} Far Street {place}^^Easthaven^^ZZ9 9ZZ^GBR^H||01632 {n:06d}\r"
            f"PV1|1|E|ED^^^ZZT01|21|||||||||||||||VO{n:07d}\rDG1|1||J06.9^Cold {place}^ICD10\r"
        )
    said = Published(
        "c.others", WE, "", "", Fate.DROPPED, canaries={"never:surname": name, "never:address": place}, group="c"
    )
    return tuple(
        Put(WE, f"adt-night-{at_file}.hl7", "".join(block).encode(), (said,) if at_file == 0 else ())
        for at_file, block in enumerate(blocks)
    )


def messages(name: str, found: Sequence[tuple[str, Published]]) -> Put:
    """One file of messages."""
    return Put(WE, name, "".join(text for text, _ in found).encode(), tuple(published for _, published in found))


def _draft(tokens: Tokens, reference: str, event_type: str, child: Child, at: datetime, group: str) -> Draft:
    draft = Draft(tokens, reference, WE, event_type, child, at, group)
    draft.named()
    draft.housed()
    draft.numbered("nhs_number", "hospital")
    draft.fields["child.gp_practice"] = SURGERY
    return draft


def _person(draft: Draft, trigger: str) -> Iterable[str]:
    child, stamp = draft.child, _stamp(draft.at)
    street, _, town = child.home.address_line.rpartition(", ")
    yield f"MSH|^~\\&|PAS|ZZT01|ROUTE|ROUTE|{stamp}||ADT^{trigger}^ADT_A01|M{draft.reference}|P|2.4|||||GBR|UNICODE|EN"
    yield f"EVN||{stamp}||||{stamp}"
    yield (
        f"PID|1||{child.nhs_number}^^^NHS~{child.hospital}^^^ZZT01||{child.surname}^{child.forename}^^^^^L|"
        f"{draft.hidden('maiden', 'Maiden')}|{child.birth_date:%Y%m%d}|{'12'[child.sex == 'F']}|||"
        f"{street}^^{town}^^{child.home.postcode}^GBR^H||{child.home.telephone}||EN"
    )
    yield f"PD1|||Mill Lane Surgery^^{SURGERY}|G0000001^Invented^Doctor^^^Dr^^^GMC"


def _message(lines: Iterable[str]) -> str:
    return "\r".join(lines) + "\r"


def _stamp(moment: datetime) -> str:
    return moment.astimezone(LONDON).strftime("%Y%m%d%H%M%S")
