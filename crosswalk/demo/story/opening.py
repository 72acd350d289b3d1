"""The story's beginning: what the agencies know on Friday morning, and the referrals of Friday afternoon (part a)."""

import csv
import io
from collections.abc import Iterator
from datetime import timedelta

from crosswalk.demo.story import care_papers, health_papers, school_papers
from crosswalk.demo.story.care_papers import Decision
from crosswalk.demo.story.people import SETTINGS, Child, crowd
from crosswalk.demo.story.school_papers import Concern
from crosswalk.demo.story.steps import (
    Delivered,
    Fate,
    MoveTo,
    Published,
    Put,
    Respond,
    Say,
    Step,
    WaitQuiet,
)
from crosswalk.demo.story.tokens import Tokens
from crosswalk.demo.story.writing import iso, london

ROLL_ONLY = 40
"""Pupils who stand on the rolls and nowhere else."""

BARE = Decision("NOT_ACCEPTED", "NFA_FLAG")
WHOLE = Decision(
    "NOT_ACCEPTED",
    "NFA_FLAG",
    "THRESHOLD_NOT_MET",
    "The home is cold but the family has accepted help.",
    "Please offer an early help assessment and call us if it is cold again.",
    "Any further sign of cold or hunger.",
)


def morning(tokens: Tokens, people: dict[str, Child]) -> Iterator[Step]:
    """Friday 09:00: rolls, registers, a plan, and what links the records of the Sallow children."""
    yield MoveTo(london(20, 9))
    yield Say("Friday 09:00. The education service has its rolls; social care opens its registers.")
    yield _rolls(tokens, people)
    yield care_papers.table("register-friday.csv", _register(tokens, people))
    yield school_papers.log("harbour-academy", "concerns-friday-morning.csv", [_known(tokens, people, "romy")])
    yield school_papers.log(
        "st-brannock-independent", "concerns-friday-morning.csv", [_known(tokens, people, "perran")]
    )
    yield WaitQuiet()
    wren = health_papers.registration(
        tokens, "setup.registration.wren", people["sallow-wren"], london(20, 8, 55), worried=True
    )
    yield health_papers.messages("adt-friday-morning.hl7", [wren])
    yield WaitQuiet()
    yield Say(
        "A child protection plan starts: school, practice and health visitor hear of it, the hospital gets a flag."
    )
    idris = people["vance-idris"]
    yield care_papers.table(
        "ssd_cp_plans-friday.csv", [care_papers.plan(tokens, "setup.plan.idris", idris, london(20, 9, 10), "setup")]
    )
    yield WaitQuiet()
    told = health_papers.registration(tokens, "setup.registration.idris", idris, london(20, 9, 20))
    yield health_papers.messages("adt-friday-updates.hl7", [told])
    yield WaitQuiet()


def referrals(tokens: Tokens, people: dict[str, Child]) -> Iterator[Step]:
    """Friday 17:05 and 17:10: two referrals, one row that nobody outside the school may see, a bare refusal."""
    tamsin, jory, nell = people["lorimer-tamsin"], people["lorimer-jory"], people["vance-nell"]
    yield MoveTo(london(20, 17, 5))
    yield Say(
        "Friday 17:05. Oakfield Primary refers a child. Another row of the same log is not marked for sharing.", "a"
    )
    kept = Concern(
        "a.kept", "oakfield-primary", nell, london(20, 15), "a", "", _words("Friendship", "Fell out at lunch."), 1
    )
    yield school_papers.log(
        "oakfield-primary", "concerns-friday.csv", [_refer(tokens, "a.referral.tamsin", "oakfield-primary", tamsin, 50),
                                                    school_papers.row(tokens, kept)]
    )  # fmt: skip
    yield MoveTo(london(20, 17, 10))
    yield Say("Friday 17:10. Harbour Academy refers her brother. Nobody will answer this one.", "a")
    yield school_papers.log(
        "harbour-academy", "concerns-friday.csv", [_refer(tokens, "a.referral.jory", "harbour-academy", jory, 55)]
    )
    yield MoveTo(london(20, 17, 20))
    yield Say("Friday 17:20. Social care says no, without reason or advice: decided, reason owed.", "a")
    yield _answer(tokens, tamsin, "a.decision.1", 17, 20, BARE, day=20)
    yield WaitQuiet()


def completed(tokens: Tokens, people: dict[str, Child]) -> Iterator[Step]:
    """Monday 09:30: the answer with its reason and its advice."""
    yield MoveTo(london(23, 9, 30))
    yield Say("Monday 09:30. Social care completes its answer; the safeguarding lead reads reason and advice.", "a")
    yield _answer(tokens, people["lorimer-tamsin"], "a.decision.2", 9, 30, WHOLE, day=23)
    yield WaitQuiet()


def unanswered() -> Iterator[Step]:
    """Monday 17:11: one working day has passed without a word."""
    yield MoveTo(london(23, 17, 11))
    yield Say("Monday 17:11. One working day without an answer: the other referral goes up to the manager.", "a")
    yield WaitQuiet()


def _answer(tokens: Tokens, child: Child, reference: str, hour: int, minute: int, said: Decision, day: int) -> Respond:
    at = london(day, hour, minute)

    def make(delivered: Delivered) -> Put:
        row = care_papers.decision(tokens, reference, child, at, str(delivered["exchange_id"]), said)
        return care_papers.table(f"ssd_cin_episodes-{reference}.csv", [row])

    asked = iso(london(20, 16, 50))
    return Respond(care_papers.WE, "referral.submitted", child.key, asked, child.surname, child.forename, make)


def _refer(tokens: Tokens, reference: str, school: str, child: Child, minute: int) -> school_papers.Row:
    words = {
        "Category": "Neglect",
        "Incident": "Came in the same wet clothes three days running.",
        "Pupil Voice": "There is no heating.",
        "Effect on Child": "Tired, withdrawn, hungry at ten.",
        "Support Requested": "An assessment of the home and support for the mother.",
        "Since": "Beginning of November",
    }
    at = london(20, 16, minute)
    meant = Concern(reference, school, child, at, "a", "Refer", words, 4, "Same day", "Yes")
    return school_papers.row(tokens, meant)


def _known(tokens: Tokens, people: dict[str, Child], forename: str) -> school_papers.Row:
    child = people[f"sallow-{forename}"]
    school = {"romy": "harbour-academy", "perran": "st-brannock-independent"}[forename]
    at = london(20, 8, 45)
    words = _words("Wellbeing", "Quiet this week.")
    return school_papers.row(tokens, Concern(f"setup.concern.{forename}", school, child, at, "setup", "Share", words))


def _words(category: str, incident: str) -> dict[str, str]:
    return {
        "Category": category,
        "Incident": incident,
        "Pupil Voice": "I am fine.",
        "Professional Opinion": "Worth watching.",
    }


def _register(tokens: Tokens, people: dict[str, Child]) -> list[care_papers.Row]:
    parties = (
        ("vance-idris", "easthaven-social-care", "allocated_team"),
        ("vance-idris", "oakfield-primary", "safeguarding_lead"),
        ("vance-idris", "easthaven-community", "health_visitor"),
        ("vance-idris", "mill-lane-surgery", "practice_lead"),
        ("sallow-wren", "easthaven-community", "health_visitor"),
    )
    rows = []
    for minute, (key, organisation, function) in enumerate(parties):
        at = london(20, 8, 30) + timedelta(minutes=minute)
        reference = f"setup.register.{key.partition('-')[2]}.{function}"
        rows.append(care_papers.involvement(tokens, reference, people[key], at, organisation, function, "setup"))
    return rows


def _rolls(tokens: Tokens, people: dict[str, Child]) -> Put:
    heads = ["UPN", "Surname", "Forename", "Known As", "Date of Birth", "URN", "Setting Name", "Phone", "Enrolled From"]
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(heads)
    pupils = [child for child in people.values() if child.setting]
    only_here = [*crowd(tokens, "roll", ROLL_ONLY)]
    for at, child in enumerate([*pupils, *only_here]):
        urn = child.setting or sorted(SETTINGS)[at % len(SETTINGS)]
        name, phone = SETTINGS[urn]
        born = child.birth_date.strftime("%d/%m/%Y")
        writer.writerow([child.upn, child.surname, child.forename, "", born, urn, name, phone, "01/09/2024"])
    canaries = {f"never:{child.key}": child.name_canary for child in only_here}
    said = Published("setup.roll", "easthaven-education", "", "", Fate.HELD_HERE, canaries=canaries, group="setup")
    return Put("easthaven-education", "roll-autumn.csv", out.getvalue().encode(), (said,))
