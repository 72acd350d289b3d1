"""The story's weekend: police attend (b), a child with a plan comes to hospital (c), a family flees (d)."""

from collections.abc import Iterator
from datetime import timedelta

from crosswalk.demo.story import care_papers, health_papers, police_papers, school_papers
from crosswalk.demo.story.health_papers import Visit
from crosswalk.demo.story.people import Child, refuge
from crosswalk.demo.story.police_papers import Incident
from crosswalk.demo.story.school_papers import Concern
from crosswalk.demo.story.steps import (
    Delivered,
    Mark,
    MoveTo,
    Offline,
    Online,
    Put,
    Respond,
    Say,
    Step,
    WaitQuiet,
)
from crosswalk.demo.story.tokens import Tokens
from crosswalk.demo.story.writing import iso, london

OTHERS, OTHER_FILES = 10_000, 4
STARTED = london(21, 22, 40)


def saturday(tokens: Tokens, people: dict[str, Child]) -> Iterator[Step]:
    """22:40 and 23:10: two incidents, four children, three settings and no roll."""
    home = [people[f"sallow-{name}"] for name in ("romy", "perran", "wren")]
    first = Incident("b.notice", "ZZ-20261121-0815", STARTED, london(21, 22, 52), london(21, 22, 58))
    yield MoveTo(london(21, 22, 58))
    yield Say("Saturday 22:40. Police attend domestic abuse; three children, three settings, one not enrolled.", "b")
    yield police_papers.notice(tokens, first, [(home[0], True), (home[1], False), (home[2], False)])
    yield MoveTo(london(21, 23, 30))
    yield Say("Saturday 23:10. A second incident: this child is on no roll.", "b")
    second = Incident("b.noroll", "ZZ-20261121-0816", london(21, 23, 10), london(21, 23, 20), london(21, 23, 28))
    yield police_papers.notice(tokens, second, [(people["vance-merryn"], True)])
    yield WaitQuiet()


def night(tokens: Tokens, people: dict[str, Child]) -> Iterator[Step]:
    """Sunday 01:10: the hospital; 03:31: four hours without a match."""
    yield MoveTo(london(22, 1, 12))
    yield Say(f"Sunday 01:10. {OTHERS:,} attendances of other children, and one of a child with a plan.", "c")
    yield from health_papers.others(tokens, OTHERS, london(22, 1), OTHER_FILES)
    visit = Visit("c.attendance.idris", people["vance-idris"], london(22, 1, 10), "c")
    yield health_papers.messages("adt-night-idris.hl7", [health_papers.attendance(tokens, visit)])
    yield MoveTo(london(22, 3, 31))
    yield Say("Sunday 03:31. Four hours on no roll: police and the education service are called.", "b")
    yield WaitQuiet()


def flight(tokens: Tokens, people: dict[str, Child]) -> Iterator[Step]:
    """Sunday: the case opens, a referral names the refuge, the address is sealed while events wait."""
    romy, perran, wren = (people[f"sallow-{name}"] for name in ("romy", "perran", "wren"))
    fled = romy.at(refuge(tokens))
    yield MoveTo(london(22, 10))
    yield Say("Sunday 10:00. Social care opens the case of the three children.", "d")
    yield care_papers.table("register-sunday.csv", _register(tokens, romy, perran, wren))
    yield WaitQuiet()
    taken = care_papers.allocation(tokens, "d.allocation.romy", romy, london(22, 10, 30), "d")
    yield care_papers.table("ssd_involvements-sunday.csv", [taken])
    yield MoveTo(london(22, 12, 30))
    yield Say("Sunday 12:30. The mother has fled to a refuge; the school's lead refers with the new address.", "d")
    yield school_papers.log("harbour-academy", "concerns-sunday.csv", [_refers(tokens, fled)])
    yield MoveTo(london(22, 15))
    yield Say("Sunday 15:00. Earlier events still wait, one sink is offline, and the address is sealed.", "d")
    yield Offline("easthaven-community")
    visits = [
        Visit("d.attendance.wren", wren, london(22, 14, 30), "d", worried=True),
        Visit("d.attendance.perran", perran, london(22, 14, 35), "d", worried=True),
    ]
    yield health_papers.messages("adt-sunday.hl7", [health_papers.attendance(tokens, visit) for visit in visits])
    seals = [
        care_papers.seal(
            tokens, f"d.seal.{child.key.partition('-')[2]}", child, london(22, 14, 55) + timedelta(seconds=n)
        )
        for n, child in enumerate((romy, perran, wren))
    ]
    yield care_papers.table("seals-sunday.csv", seals)
    yield WaitQuiet()
    yield Mark("sealed")
    yield Online("easthaven-community")
    yield WaitQuiet()


def after_the_seal(tokens: Tokens, people: dict[str, Child]) -> Iterator[Step]:
    """Sunday 18:10 and Monday 02:00: who must know the place knows it, nobody else."""
    place = refuge(tokens)
    romy, wren = people["sallow-romy"].at(place), people["sallow-wren"].at(place)
    yield MoveTo(london(22, 18, 12))
    yield Say("Sunday 18:10. The youngest comes to hospital from the refuge.", "d")
    visit = Visit("d.attendance.wren.2", wren, london(22, 18, 10), "d", worried=True)
    yield health_papers.messages("adt-sunday-evening.hl7", [health_papers.attendance(tokens, visit)])
    yield MoveTo(london(23, 2))
    yield Say("Monday 02:00. A sealed child is missing: the emergency duty team sees where, the school does not.", "d")
    yield police_papers.missing(tokens, "d.missing.romy", romy, london(23, 1, 55))
    yield MoveTo(london(23, 3, 20))
    yield police_papers.missing(tokens, "d.found.romy", romy, london(23, 3, 15), found=True)
    yield WaitQuiet()


def before_school(tokens: Tokens, people: dict[str, Child]) -> Iterator[Step]:
    """Monday 07:40: two settings acknowledge; 08:31: nobody has said that the nursery was told."""
    yield MoveTo(london(23, 7, 40))
    yield Say("Monday 07:40. Two settings acknowledge; the nursery must be told by telephone.", "b")
    for name, setting in (("romy", "harbour-academy"), ("perran", "st-brannock-independent")):
        yield _acknowledges(tokens, people[f"sallow-{name}"], setting)
    yield MoveTo(london(23, 8, 31))
    yield Say(
        "Monday 08:31. Before school, and no word that the nursery was telephoned: education duty is called.", "b"
    )
    yield WaitQuiet()


def _acknowledges(tokens: Tokens, child: Child, setting: str) -> Respond:
    forename = child.key.partition("-")[2]
    at = london(23, 7, 40) + timedelta(seconds=len(forename))

    def make(delivered: Delivered) -> Put:
        exchange = str(delivered["exchange_id"])
        return school_papers.acknowledgement(tokens, f"b.acknowledged.{forename}", setting, child, at, exchange)

    return Respond(setting, "police.da_incident.notified", child.key, iso(STARTED), child.surname, child.forename, make)


def _refers(tokens: Tokens, child: Child) -> school_papers.Row:
    words = {
        "Category": "Domestic abuse",
        "Incident": "Mother telephoned: she and the children have left home and are in a refuge.",
        "Pupil Voice": "I do not want him to find us.",
        "Effect on Child": "Frightened, has not slept.",
        "Support Requested": "Please call the mother today.",
        "Since": "Saturday night",
    }
    meant = Concern(
        "d.referral.romy",
        "harbour-academy",
        child,
        london(22, 12, 20),
        "d",
        "Refer",
        words,
        4,
        "Immediate",
        "Yes",
        "No parent contact",
    )
    return school_papers.row(tokens, meant)


def _register(tokens: Tokens, romy: Child, perran: Child, wren: Child) -> list[care_papers.Row]:
    parties = (
        (romy, "easthaven-social-care", "allocated_team"),
        (romy, "harbour-academy", "safeguarding_lead"),
        (romy, "mill-lane-surgery", "practice_lead"),
        (romy, "easthaven-community", "health_visitor"),
        (perran, "easthaven-social-care", "allocated_team"),
        (perran, "st-brannock-independent", "safeguarding_lead"),
        (perran, "mill-lane-surgery", "practice_lead"),
        (wren, "easthaven-social-care", "allocated_team"),
    )
    rows = []
    for minute, (child, organisation, function) in enumerate(parties):
        at = london(22, 9, 30) + timedelta(minutes=minute)
        reference = f"d.register.{child.key.partition('-')[2]}.{function}"
        rows.append(care_papers.involvement(tokens, reference, child, at, organisation, function, "d"))
    return rows
