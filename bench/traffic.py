"""Invented traffic of one partnership: children, what is registered about them, and events as connectors publish them.

Left out: reading native formats (the connectors' own tests do) and sending. Rules: everything follows from the seed; a
child is told apart from every other by number, name and date; what most recipients may not have carries a canary that
stands nowhere else, so that a scan of raw bytes finds it; each event has a number that its entitled readers can see.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from random import Random
from typing import NamedTuple

from schemas import read_schemas
from sharing import codec
from sharing.events import (
    Child,
    ConcernShared,
    Envelope,
    Event,
    InvolvementAction,
    InvolvementChanged,
    PlanAction,
    PlanChanged,
    PlanKind,
    ReferralSubmitted,
    SealAction,
    SealChanged,
    SealKind,
    Sex,
)
from sharing.identity.identifiers import check_nhs_number, upn_check_letter
from sharing.ids import event_id, sender_child_token

CATALOGUE = codec.Catalogue.of(read_schemas())
KEY = b"an agency's own key, for the bench and the tests"[:32]
MOMENT = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
"""A Tuesday in term, by day: duty teams and clocks stay out of the figures."""
FIRST_REVIEW = date(2027, 1, 1)
SCHOOLS = ("oakfield-primary", "st-brannock-independent", "harbour-academy")
SOCIAL_CARE = "easthaven-social-care"
HEALTH = ("easthaven-hospital", "mill-lane-surgery", "easthaven-community")
SEALED_EVERY = 7
"""Every seventh child's address is sealed before the traffic starts."""
_SYLLABLES = ("ba", "ke", "li", "mo", "nu", "ra", "se", "ti", "vo", "wi", "dan", "fer", "gol", "hest", "jun", "mar")


class Sent(NamedTuple):
    """One record for an `in.*` or `seals.*` topic, and what must come of it.

    Attributes:
        number: Of the event; readers find it in `facts`, `end_date` or `concern_seen`.
        to: Topics at which exactly one exchange of this event must arrive.
    """

    topic: str
    key: bytes
    value: bytes
    event_id: str
    kind: str
    child: int
    number: int
    to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """One invented child. `canary`: stands in the address, the telephone and the sender's own reference."""

    index: int
    forename: str
    surname: str
    born: date
    nhs_number: str
    upn: str
    postcode: str
    school: str
    sealed: bool
    canary: str


class Traffic:
    """Children and the events about them.

    Args:
        children: How many. `seed`: names another town. `schools`: slugs of the settings.
    """

    def __init__(self, children: int, seed: int = 1, schools: tuple[str, ...] = SCHOOLS) -> None:
        self.seed = seed
        self.schools = schools
        self.people = [self._person(index) for index in range(children)]
        self._referred: set[int] = set()
        self._number = 0

    # ------------------------------------------------------------ people

    def canary(self, *what: object) -> str:
        """Sixteen hexadecimal digits that stand nowhere else."""
        return blake2b(repr((self.seed, *what)).encode(), digest_size=8).hexdigest()

    def _person(self, index: int) -> Person:
        dice = Random(f"{self.seed}-{index}")
        forename, surname = _name(index * 7919 + self.seed, 3), _name(index * 104_729 + self.seed * 31, 4)
        born = date(2009, 1, 1) + timedelta(days=dice.randrange(5000))
        school = self.schools[index % len(self.schools)]
        sealed = index % SEALED_EVERY == 0
        postcode = (
            f"ZE{1 + index % 9} {index // 9 % 10}{'ABDEFGHJLN'[index // 90 % 10]}{'PQRSTUWXYZ'[index // 900 % 10]}"
        )
        return Person(
            index, forename.title(), surname.title(), born, nhs_number(self.seed * 1_000_000 + index),
            upn(self.seed * 1_000_000 + index), postcode, school, sealed, self.canary("child", index),
        )  # fmt: skip

    def child_of(self, person: Person) -> Child:
        """The child as a sender's record has it."""
        return Child(
            surname=person.surname, forename=person.forename, birth_date=person.born, sex=Sex.FEMALE,
            nhs_number=person.nhs_number, upn=person.upn, local_id=f"L{person.canary}",
            address_line=f"{person.index} Canary Row {person.canary}", postcode=person.postcode,
            telephone=f"tel {person.canary}", gp_practice="Z99001", ethnicity=f"eth {person.canary}",
        )  # fmt: skip

    # ------------------------------------------------------------ what is registered first

    def registrations(self) -> Iterator[Sent]:
        """Who is involved with each child, its plan, and its seal: no traffic depends on the order of topics then."""
        since = date(2026, 9, 1)
        for person in self.people:
            for organisation, function in (
                (person.school, "safeguarding_lead"),
                ("mill-lane-surgery", "practice_lead"),
                ("easthaven-community", "health_visitor"),
            ):
                yield self._from_social_care(
                    person, "involved",
                    lambda e, c, o=organisation, f=function: InvolvementChanged(
                        envelope=e, child=c, organisation=o, function=f, action=InvolvementAction.OPENED, since=since
                    ),
                )  # fmt: skip
            yield self._from_social_care(person, "plan", lambda e, c: _plan(e, c, PlanAction.STARTED, None, ""))
        for person in self.people:
            if person.sealed:
                yield self._from_social_care(
                    person, "seal",
                    lambda e, c: SealChanged(
                        envelope=e, child=c, kind=SealKind.ADDRESS, action=SealAction.SET,
                        holder_function="allocated_team",
                    ),
                    prefix="seals",
                )  # fmt: skip

    # ------------------------------------------------------------ traffic

    def events(self, count: int) -> Iterator[Sent]:
        """The next events: concerns and plan reviews in equal parts, now and then a referral; children in turn."""
        for _ in range(count):
            number = self._number
            self._number += 1
            person = self.people[(number * 31 + number // len(self.people)) % len(self.people)]
            if number % 20 == 7 and person.index not in self._referred:
                self._referred.add(person.index)
                yield self.referral(person, number)
            elif number % 2:
                yield self.review(person, number)
            else:
                yield self.concern(person, number)

    def concern(self, person: Person, number: int, same_id_as: Sent | None = None) -> Sent:
        """A setting shares a concern; the team that holds the case receives it."""
        made = self._made(person.school, "schools", person, "concern", same_id_as.number if same_id_as else number)
        event = ConcernShared(
            envelope=made[1], child=self.child_of(person), level=2, category="attendance",
            facts=f"event {number}", opinion="An invented opinion of some length, as settings write them.",
            who_saw_function="class teacher",
        )  # fmt: skip
        return self._sent(made, event, person, "concern", number, (f"out.social-care.{SOCIAL_CARE}",))

    def referral(self, person: Person, number: int) -> Sent:
        """A setting refers; the front door receives it."""
        made = self._made(person.school, "schools", person, "referral", number)
        event = ReferralSubmitted(
            envelope=made[1], child=self.child_of(person), source_code="1A", category="neglect",
            concern_seen=f"event {number}", ask="assessment", referrer_function="safeguarding_lead",
        )  # fmt: skip
        return self._sent(made, event, person, "referral", number, (f"out.social-care.{SOCIAL_CARE}",))

    def review(self, person: Person, number: int, same_id_as: Sent | None = None) -> Sent:
        """A plan was reviewed; the setting, the practice, the health visitor and the hospital receive their parts."""
        made = self._made(SOCIAL_CARE, "social-care", person, "plan", same_id_as.number if same_id_as else number)
        end = FIRST_REVIEW + timedelta(days=number)
        event = _plan(made[1], self.child_of(person), PlanAction.REVIEWED, end, self.canary("category", number))
        to = (f"out.schools.{person.school}", *(f"out.health.{slug}" for slug in HEALTH))
        return self._sent(made, event, person, "review", number, to)

    # ------------------------------------------------------------ how

    def _from_social_care(self, person, kind, make, prefix="in") -> Sent:
        number = -1 - self._count()
        made = self._made(SOCIAL_CARE, "social-care", person, kind, number, prefix)
        return self._sent(made, make(made[1], self.child_of(person)), person, kind, number, ())

    def _count(self) -> int:
        self._registered = getattr(self, "_registered", -1) + 1
        return self._registered

    def _made(self, slug: str, agency: str, person: Person, kind: str, number: int, prefix: str = "in"):
        identity = event_id(KEY, slug, "bench", f"{self.seed}/{kind}/{number}", "1")
        envelope = Envelope(
            event_id=identity.hex(), incident_id=identity.hex(), subject=f"sub{person.canary}", occurred_at=MOMENT,
            recorded_at=MOMENT, agency=agency, organisation=slug, system="bench",
            native_key=f"K{self.canary('key', kind, number)}", native_version="1", author_function="office",
        )  # fmt: skip
        key = sender_child_token(KEY, slug, f"{self.seed}/{person.index}")
        return f"{prefix}.{agency}.{slug}", envelope, key

    def _sent(self, made, event: Event, person: Person, kind: str, number: int, to: tuple[str, ...]) -> Sent:
        topic, envelope, key = made
        value = codec.encode(event, CATALOGUE)
        return Sent(topic, key, value, envelope.event_id or "", kind, person.index, number, to)


def number_in(event: Event) -> int | None:
    """The number that a view of one of our events shows, None for what the broker says itself."""
    match event:
        case ConcernShared(facts=str(text)) | ReferralSubmitted(concern_seen=str(text)) if text.startswith("event "):
            return int(text.removeprefix("event "))
        case PlanChanged(end_date=date() as end):
            return (end - FIRST_REVIEW).days
        case _:
            return None


def nhs_number(serial: int) -> str:
    """A number of the right form, of the range that is never issued (9...)."""
    stem = 900_000_000 + serial * 3 % 99_999_999
    for step in range(1, 4):
        total = sum(int(d) * w for d, w in zip(f"{stem:09d}", range(10, 1, -1), strict=True))
        found = f"{stem:09d}{(11 - total % 11) % 11}"
        if len(found) == 10 and check_nhs_number(found).value:
            return found
        stem += step
    raise ValueError("no number of the right form near this one")


def upn(serial: int) -> str:
    """A permanent pupil number of the right form."""
    rest = f"9{serial:011d}"
    return upn_check_letter(rest) + rest


def _name(serial: int, syllables: int) -> str:
    made = []
    for _ in range(syllables):
        serial, index = divmod(serial, len(_SYLLABLES))
        made.append(_SYLLABLES[index])
    return "".join(made)


def _plan(envelope: Envelope, child: Child, action: PlanAction, end: date | None, category: str) -> PlanChanged:
    return PlanChanged(
        envelope=envelope, child=child, kind=PlanKind.CHILD_PROTECTION, action=action, start_date=date(2026, 9, 1),
        end_date=end, category=category or None, team="Team East", duty_phone="01632 960110",
    )  # fmt: skip
