"""The invented families, and the crowd around them. Nobody here lives; no address is a place.

Left out: what happens to them (`chapters`). Rules: surname, address, postcode, telephone and numbers are canaries; what
a family shares (surname, home) is one canary for all of it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from crosswalk.demo.story.tokens import Tokens


@dataclass(frozen=True, slots=True)
class Home:
    """Where somebody lives. `canary` stands in the address line, `line_canary` in the telephone."""

    address_line: str
    postcode: str
    telephone: str
    canary: str
    line_canary: str


@dataclass(frozen=True, slots=True)
class Child:
    """One child.

    Attributes:
        key: The story's own name for the child. `person_id`: social care's, `hospital`: the trust's.
        setting: URN of where the child is on the roll, `""` for nowhere; `setting_name`: as people say it.
    """

    key: str
    surname: str
    forename: str
    birth_date: date
    sex: str
    home: Home
    name_canary: str
    person_id: str
    hospital: str
    nhs_number: str
    upn: str
    setting: str = ""
    setting_name: str = ""

    def at(self, home: Home) -> "Child":
        """The same child at another place."""
        return replace(self, home=home)


OAKFIELD, BRANNOCK, HARBOUR, ACORNS = "999001", "999002", "999003", "999004"
SETTINGS: Mapping[str, tuple[str, str]] = {
    OAKFIELD: ("Oakfield Primary", "01632 960003"),
    BRANNOCK: ("St Brannock School", "01632 960013"),
    HARBOUR: ("Harbour Academy", "01632 960023"),
    ACORNS: ("Little Acorns Nursery", "01632 960031"),
}
_FAMILIES = {
    "lorimer": (
        "3 Rope Walk",
        (("tamsin", date(2016, 2, 11), "F", OAKFIELD), ("jory", date(2013, 9, 2), "M", HARBOUR)),
    ),
    "sallow": (
        "14 Mill Lane",
        (
            ("romy", date(2013, 3, 5), "F", HARBOUR),
            ("perran", date(2018, 7, 19), "M", BRANNOCK),
            ("wren", date(2023, 1, 30), "F", ACORNS),
        ),
    ),
    "vance": (
        "27 Quay Street",
        (
            ("idris", date(2017, 9, 3), "M", OAKFIELD),
            ("nell", date(2015, 6, 21), "F", OAKFIELD),
            ("merryn", date(2012, 4, 17), "F", ""),
        ),
    ),
}


def home(tokens: Tokens, place: str, street: str) -> Home:
    """A home whose every part is a canary."""
    canary, line = tokens.text(f"{place}/address"), tokens.text(f"{place}/telephone")
    postcode = tokens.postcode(f"{place}/postcode")
    return Home(f"{street} {canary}, Easthaven", postcode, f"01632 960555 {line}", canary, line)


def families(tokens: Tokens) -> dict[str, Child]:
    """Every child of the three families, by key such as `lorimer-tamsin`."""
    found = {}
    for family, (street, children) in _FAMILIES.items():
        own = home(tokens, family, street)
        name = tokens.name(f"{family}/surname")
        for forename, born, sex, urn in children:
            key = f"{family}-{forename}"
            child = _child(tokens, key, f"{family.capitalize()}-{name}", forename.capitalize(), born, sex, own, name)
            found[key] = replace(child, setting=urn, setting_name=SETTINGS[urn][0] if urn else "")
    return found


def refuge(tokens: Tokens) -> Home:
    """Where the mother of the Sallow children flees to."""
    return home(tokens, "refuge", "1 Safe House Row")


def crowd(tokens: Tokens, kind: str, number: int) -> Iterator[Child]:
    """Children of whom only routine things are told, each with surname, birth date and numbers of its own."""
    for at in range(number):
        key = f"{kind}-{at:04d}"
        name = tokens.name(f"{key}/surname")
        born = date(2010 + tokens.number(f"{key}/year", 9), 1 + tokens.number(f"{key}/month", 12), 2 + at % 26)
        place = home(tokens, key, f"{1 + at % 97} Tide Street")
        forename = tokens.name(f"{key}/forename")[:6].capitalize()
        yield _child(tokens, key, name, forename, born, "FM"[at % 2], place, name)


def _child(
    tokens: Tokens, key: str, surname: str, forename: str, born: date, sex: str, own: Home, canary: str
) -> Child:
    number = tokens.number(f"{key}/person", 10**6)
    return Child(
        key=key,
        surname=surname,
        forename=forename,
        birth_date=born,
        sex=sex,
        home=own,
        name_canary=canary,
        person_id=f"P-{number:06d}",
        hospital=f"H-{tokens.text(f'{key}/hospital')}",
        nhs_number=tokens.nhs_number(f"{key}/nhs"),
        upn=tokens.upn(f"{key}/upn"),
    )
