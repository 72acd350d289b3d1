"""The story's Monday: what is broken and must be refused (e), and a flood in which processes are killed (f)."""

import struct
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from crosswalk.demo.story import care_papers, health_papers, police_papers, school_papers
from crosswalk.demo.story.people import Child, crowd
from crosswalk.demo.story.police_papers import Incident
from crosswalk.demo.story.school_papers import Concern
from crosswalk.demo.story.steps import Fate, Flood, Kill, MoveTo, Produce, Published, Put, Say, Step, WaitQuiet
from crosswalk.demo.story.tokens import Tokens
from crosswalk.demo.story.writing import london

SCHOOLS = ("oakfield-primary", "st-brannock-independent", "harbour-academy")
CHILDREN_A_SCHOOL, ROUNDS, ROWS_A_FILE = 100, 5, 50
PLANS, PLANS_A_FILE = 400, 50
UNKNOWN_SCHEMA = 2_000_000_000
OVERSIZE = 1_200_000
_PLACE = bytes(16)


def broken(tokens: Tokens) -> Iterator[Step]:
    """10:00: five things that nothing can be made of; the rest flows."""
    at = london(23, 10)
    yield MoveTo(at)
    yield Say("Monday 10:00. Broken HL7, a wrong date, an unknown schema, two oversize messages: each refused.", "e")
    yield health_papers.broken(tokens, at)
    yield _wrong_date(tokens)
    yield _long_notice(tokens)
    yield _produced(tokens, "e.schema", UNKNOWN_SCHEMA, 200, Fate.DEAD_LETTER, "UNKNOWN_SCHEMA")
    yield _produced(tokens, "e.oversize", 1, OVERSIZE, Fate.REFUSED, "MESSAGE_TOO_LARGE")
    yield WaitQuiet()


def flood(tokens: Tokens) -> Iterator[Step]:
    """10:30: some 1,900 routine events; two workers and the sequencer are killed while they flow."""
    yield MoveTo(london(23, 10, 30))
    puts = (*_concerns(tokens), *_plans(tokens))
    said = sum(len(put.published) for put in puts)
    yield Say(f"Monday 10:30. {said:,} routine events; two workers and the sequencer are killed on the way.", "f")
    yield Flood(puts)
    yield Kill("worker-1")
    yield Kill("sequencer")
    yield Kill("worker-2")
    yield WaitQuiet()


def _wrong_date(tokens: Tokens) -> Put:
    child = next(crowd(tokens, "wrongdate", 1))
    words = {
        "Category": "Bullying",
        "Incident": "Pushed.",
        "Pupil Voice": "Daily.",
        "Professional Opinion": "Bullying.",
    }
    impossible = {"Incident Date/Time": "31/02/2026 11:00"}
    meant = Concern("e.date", "oakfield-primary", child, london(23, 9), "e", "Share", words, extra=impossible)
    cells, said = school_papers.row(tokens, meant)
    own = {path: token for path, token in said.canaries.items() if not path.startswith("child.")}
    refused = replace(said, fate=Fate.REFUSED, code="BAD_TIME", event_type="", occurred_at="", fields={}, canaries=own)
    good = Concern("e.beside", "oakfield-primary", child, london(23, 9, 5), "e", "Share", words)
    return school_papers.log(
        "oakfield-primary", "concerns-wrong-date.csv", [(cells, refused), school_papers.row(tokens, good)]
    )


def _long_notice(tokens: Tokens) -> Put:
    child = next(crowd(tokens, "toolong", 1))
    incident = Incident("e.long", "ZZ-20261123-0900", london(23, 9), london(23, 9, 10), london(23, 9, 20))
    put = police_papers.notice(tokens, incident, [(child, True)])
    long = put.content.replace(b"Argument between adults", b"Argument " * 150_000 + b"between adults")
    refused = tuple(
        replace(said, fate=Fate.REFUSED, code="TOO_LONG", event_type="", occurred_at="", fields={})
        for said in put.published
    )
    return replace(put, content=long, published=refused)


def _produced(tokens: Tokens, reference: str, schema: int, size: int, fate: Fate, code: str) -> Produce:
    token = tokens.text(f"{reference}/value")
    value = b"\0" + struct.pack(">I", schema) + token.encode() + b"\0" * size
    event_id = tokens.text(f"{reference}/id") + tokens.text(f"{reference}/id/2")
    headers = (("ce_specversion", b"1.0"), ("ce_id", event_id.encode()), ("ce_type", b"school.concern.shared"))
    said = Published(reference, SCHOOLS[0], "", "", fate, canaries={"never:value": token}, code=code, group="e")
    return Produce(SCHOOLS[0], "in", _PLACE, value, headers, (said,), too_large=fate is Fate.REFUSED)


def _concerns(tokens: Tokens) -> Iterator[Put]:
    """Files of the three schools in turn; each child has one row in every round."""
    by_school = {school: [*crowd(tokens, f"flood-{school[:3]}", CHILDREN_A_SCHOOL)] for school in SCHOOLS}
    parts = CHILDREN_A_SCHOOL // ROWS_A_FILE
    for round_ in range(ROUNDS):
        for part in range(parts):
            for school, children in by_school.items():
                chosen = children[part * ROWS_A_FILE : (part + 1) * ROWS_A_FILE]
                rows = [_routine(tokens, school, child.key, round_, child) for child in chosen]
                yield school_papers.log(school, f"concerns-flood-{round_}-{part}.csv", rows)


def _routine(tokens: Tokens, school: str, key: str, round_: int, child: Child) -> school_papers.Row:
    words = {
        "Category": "Attendance",
        "Incident": f"Late again ({round_ + 1}).",
        "Pupil Voice": "The bus is too dear.",
        "Professional Opinion": "Money is short.",
    }
    at = london(23, 8) + timedelta(minutes=round_)
    return school_papers.row(tokens, Concern(f"flood.{key}.{round_}", school, child, at, "flood", "Share", words))


def _plans(tokens: Tokens) -> Iterator[Put]:
    children = [*crowd(tokens, "flood-plan", PLANS)]
    for start in range(0, PLANS, PLANS_A_FILE):
        chosen = children[start : start + PLANS_A_FILE]
        rows = [care_papers.plan(tokens, f"flood.{c.key}", c, london(23, 9, 45), "flood") for c in chosen]
        yield care_papers.table(f"ssd_cp_plans-flood-{start}.csv", rows)
