"""Invented children with truth: families, twins, namesakes, adoptions, and the records that agencies make of them.

Everything is drawn from one seed. A record is `(truth, Child)`: records with the same truth are of one child. An
adopted child has two truths, because its two identities must never meet.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from sharing.events import Child, Sex
from sharing.identity.identifiers import UPN_LETTERS, nhs_number, upn_check_letter

# fmt: off
SURNAMES = [
    "Smith", "Jones", "Taylor", "Brown", "Williams", "Patel", "Khan", "Hussain", "Ali", "Ahmed", "Evans",
    "Walker", "Wright", "Robinson", "Thompson", "White", "Hughes", "Edwards", "Green", "Lewis", "Wood",
    "Harris", "Martin", "Jackson", "Clarke", "Lorimer", "Achterberg", "Ó Briain", "O'Brien", "MacDonald",
    "McDonald", "Smith-Jones", "Van der Berg", "De Souza", "Kowalska", "Kowalski", "Żuławska", "Nguyễn",
    "Öztürk", "Popescu", "Ivanova", "Adeyemi", "Okafor", "Osei",
]
FORENAMES = [
    "Olivia", "Amelia", "Isla", "Ava", "Lily", "Freya", "Mia", "Maya", "Mya", "Aaliyah", "Aliyah", "Sophie",
    "Sofia", "Zoë", "Chloe", "Alexandra", "Tamsin", "Bronwen", "Noah", "Oliver", "George", "Arthur",
    "Muhammad", "Mohammed", "Jayden", "Jaydon", "Ayaan", "Ayan", "Leo", "Theo", "Daniel", "Daniela",
    "Alexander", "Thomas", "Jack", "Charlie", "Lily-Mae", "Lily-Rose", "Mary Jane", "Mary Anne",
    "Muhammad Ali", "Muhammad Hassan", "Siân", "Łukasz", "Yusuf", "Yousef",
]
# fmt: on
KNOWN_AS = {
    "Alexandra": "Alex",
    "Alexander": "Alex",
    "Thomas": "Tom",
    "Daniel": "Dan",
    "Oliver": "Ollie",
    "Tamsin": "Tam",
}
FILLERS = ("0000000000", "3333333333", "9876543210", "9999999999", "1234567890", "not known")


@dataclass(frozen=True, slots=True)
class Person:
    truth: int
    child: Child
    house: int


def records(seed: int, families: int) -> list[tuple[int, Child]]:
    """Every record that every agency makes of every child, in a fixed shuffled order."""
    rng = Random(seed)
    people = _people(rng, families)
    made = [(p.truth, _as_an_agency_writes(rng, p, people)) for p in people for _ in range(rng.randint(1, 4))]
    rng.shuffle(made)
    return made


def _people(rng: Random, families: int) -> list[Person]:
    people: list[Person] = []
    for house in range(families):
        surname, postcode = _pick(rng, SURNAMES), _postcode(rng)
        born = date(2008, 1, 1) + timedelta(days=rng.randrange(6500))
        forenames = list(dict.fromkeys(_pick(rng, FORENAMES) for _ in range(12)))  # nobody gives one name to twins
        for forename in forenames[: rng.choice((1, 1, 2, 2, 3, 4))]:
            person = _person(rng, len(people), (surname, forename), born, postcode, house)
            people.append(person)
            people.extend(_others_like(rng, person, len(people)))
            if rng.random() > 0.06:  # else the next one is born on the same day
                born += timedelta(days=rng.randrange(300, 1500))
    return people


def _person(rng: Random, truth: int, name: tuple[str, str], born: date, postcode: str, house: int) -> Person:
    surname, forename = name
    child = Child(
        surname=surname,
        forename=forename,
        known_as=KNOWN_AS.get(forename),
        birth_date=born,
        sex=rng.choice((Sex.FEMALE, Sex.MALE)),
        nhs_number=_new_nhs_number(rng),
        upn=_new_upn(rng),
        postcode=postcode,
        uprn=str(100_000_000 + house),
    )
    return Person(truth, child, house)


def _others_like(rng: Random, person: Person, truth: int) -> list[Person]:
    """Now and then: the identity after an adoption, and a namesake born on the same day elsewhere in the area."""
    chance = rng.random()
    new_numbers = {"nhs_number": _new_nhs_number(rng), "postcode": _postcode(rng), "uprn": None}
    if chance < 0.02:
        kept_upn = person.child.upn if rng.random() < 0.3 else _new_upn(rng)
        changed = replace(person.child, surname=_pick(rng, SURNAMES), upn=kept_upn, **new_numbers)
        return [] if changed.surname == person.child.surname else [Person(truth, changed, -1)]
    if chance < 0.04:
        return [Person(truth, replace(person.child, upn=_new_upn(rng), **new_numbers), -1)]
    return []


def _as_an_agency_writes(rng: Random, person: Person, people: list[Person]) -> Child:
    child = person.child
    agency = rng.choice(("police", "health", "school", "social-care"))
    number = agency == "health" or (agency == "social-care" and rng.random() < 0.5)
    pupil = agency == "school" or (agency == "social-care" and rng.random() < 0.5)
    child = replace(
        child,
        nhs_number=child.nhs_number if number else None,
        upn=child.upn if pupil else None,
        uprn=child.uprn if rng.random() < 0.3 else None,
        known_as=child.known_as if agency in ("school", "social-care") else None,
    )
    for chance, spoil in _FAULTS[agency]:
        if rng.random() < chance:
            child = spoil(rng, child)
    if number and rng.random() < 0.01:  # the number of another child, most often of the same house
        other = rng.choice([p for p in people if p.house == person.house] or people)
        child = replace(child, nhs_number=other.child.nhs_number if other.truth != person.truth else None)
    return child


def _typo(rng: Random, text: str) -> str:
    place = rng.randrange(len(text))
    kind = rng.randrange(4)
    letter = rng.choice("abcdefghijklmnoprstuwy")
    if kind == 0:
        return text[:place] + text[place + 1 :] or text
    if kind == 1:
        return text[:place] + letter + text[place:]
    if kind == 2:
        return text[:place] + letter + text[place + 1 :]
    return text[:place] + text[place : place + 2][::-1] + text[place + 2 :]


def _typed_surname(rng, child):
    return replace(child, surname=_typo(rng, child.surname))


def _typed_forename(rng, child):
    return replace(child, forename=_typo(rng, child.forename))


def _styled(rng, child):
    style = rng.choice((str.upper, str.lower, lambda t: t.replace("-", " "), lambda t: t.replace("'", "\u2019")))
    return replace(child, surname=style(child.surname), forename=style(child.forename))


def _as_told(rng, child):
    """The officer writes the name in use as the forename."""
    return replace(child, forename=KNOWN_AS.get(child.forename, child.forename), known_as=None)


def _first_word(rng, child):
    return replace(child, forename=child.forename.split()[0])


def _swapped_date(rng, child):
    born = child.birth_date
    return replace(child, birth_date=date(born.year, born.day, born.month)) if born and born.day <= 12 else child


def _wrong_date(rng, child):
    born = child.birth_date
    return replace(child, birth_date=born.replace(day=min(28, (born.day * 7) % 28 + 1))) if born else child


def _new_years_day(rng, child):
    return replace(child, birth_date=child.birth_date.replace(day=1, month=1)) if child.birth_date else child


def _other_parents_name(rng, child):
    return replace(child, surname=_pick(rng, SURNAMES))


def _moved(rng, child):
    return replace(child, postcode=_postcode(rng), uprn=None)


def _no_postcode(rng, child):
    return replace(child, postcode=None, uprn=None)


def _no_date(rng, child):
    return replace(child, birth_date=None)


def _filler(rng, child):
    return replace(child, nhs_number=rng.choice(FILLERS))


def _crossed_names(rng, child):
    return replace(child, surname=child.forename, forename=child.surname)


def _nameless(rng, child):
    return replace(child, forename=rng.choice(("Baby", "Twin 1", "Twin 2", "Baby of Jane")), known_as=None)


def _other_sex(rng, child):
    return replace(child, sex=Sex.MALE if child.sex is Sex.FEMALE else Sex.FEMALE)


_COMMON = (
    (0.3, _styled),
    (0.05, _typed_surname),
    (0.05, _typed_forename),
    (0.03, _first_word),
    (0.02, _swapped_date),
    (0.02, _wrong_date),
    (0.01, _new_years_day),
    (0.03, _other_parents_name),
    (0.15, _moved),
    (0.05, _no_postcode),
    (0.02, _no_date),
    (0.02, _filler),
    (0.01, _crossed_names),
    (0.01, _nameless),
    (0.02, _other_sex),
)
_FAULTS = {
    "health": _COMMON,
    "school": _COMMON,
    "social-care": _COMMON,
    "police": (*_COMMON, (0.1, _typed_surname), (0.1, _typed_forename), (0.5, _as_told), (0.05, _wrong_date)),
}


def _pick(rng: Random, names: list[str]) -> str:
    """The first names of a list are the common ones."""
    return rng.choices(names, weights=[1 / (4 + place) for place in range(len(names))])[0]


def _postcode(rng: Random) -> str:
    return f"ZE{rng.randrange(1, 9)} {rng.randrange(1, 9)}{rng.choice('ABDE')}{rng.choice('ABDEFGH')}"


def _new_nhs_number(rng: Random) -> str:
    """A number of the range that is kept for tests (999)."""
    while True:
        body = f"999{rng.randrange(10**6):06}"
        found = [body + str(d) for d in range(10) if nhs_number(body + str(d))]
        if found:
            return found[0]


def _new_upn(rng: Random) -> str:
    rest = f"999{rng.randrange(10**8):08}"
    rest += rng.choice("0123456789") if rng.random() < 0.9 else rng.choice(UPN_LETTERS)
    return upn_check_letter(rest) + rest
