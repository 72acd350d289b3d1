"""Every event of the catalogue walks the whole corridor with a canary in each field, to everybody who can receive.

What left (topic, key, headers, value), dead letters, logs, the database's file and the console's page are searched for
canaries of each class, in every spelling that the checker knows: plain, UTF-16, hex, base64, escaped. A class that the
partnership's table marks with a dash for a recipient is nowhere in what that recipient got. Everybody is involved with
the child, a plan and a referral are open; once nothing is sealed, and once every address is.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from structlog.testing import capture_logs

from checker.tokens import Finder
from console.poller import Snapshot
from console.reading import Reader
from console.views import page
from console.web.app import Pages
from ledger import Ledger
from schemas import read_schemas
from sharing.codec import encode
from sharing.directory import Directory
from sharing.events import (
    EVENT_TYPES,
    Child,
    Event,
    InvolvementAction,
    InvolvementChanged,
    Marking,
    PlanAction,
    PlanChanged,
    PlanKind,
    ReferralSubmitted,
    RegistrationKind,
    SealAction,
    SealChanged,
    SealKind,
    Sex,
    Urgency,
)
from sharing.ids import EventId, SubjectId, exchange_id
from sharing.policy import field_classes, leaves
from sharing.policy.paths import without_null
from sharing.reconciliation.parties import kind_of
from sharing.reconciliation.state import Said, Step
from sharing.vocabulary import OrganisationKind, Recipient, RecipientKind
from streams.agents.absorption import Absorption
from streams.agents.closing import views, write
from tests.sharing.policy.test_matrix import ALLOWED, COLUMNS, MARKS
from tests.strategies import values_at
from tests.streams.corridor import (
    COMMUNITY,
    CSC,
    EDUCATION,
    FRIDAY,
    OAKFIELD,
    POLICE,
    TRUST,
    Corridor,
    View,
    world,
)

pytestmark = pytest.mark.slow

CLASSES = field_classes(read_schemas())
COLUMN = {kind: column for column, kinds in COLUMNS.items() for kind in kinds}
NEVER_HERE = {"-", "grant", "four", "harm", "many"}
"""Marks of the table that cannot be met here: nobody gives a grant, and nobody asks for a subject's data."""
MORE_FUNCTIONS = {
    CSC: ("core_group_member", "adoption_team", "identity_reviewer", "statistics", "subject_access"),
    POLICE: ("neighbourhood_team", "control_room"),
    TRUST: ("maternity", "camhs"),
    COMMUNITY: ("school_nurse", "sexual_health"),
}
NEW = {
    "westhaven": (OrganisationKind.OTHER_AUTHORITY, "other_authority_duty", CSC),
    "harbour-house": (OrganisationKind.VOLUNTARY, "voluntary_lead", CSC),
    "quay-college": (OrganisationKind.COLLEGE, "safeguarding_lead", OAKFIELD),
    "tide-nursery": (OrganisationKind.NURSERY, "safeguarding_lead", OAKFIELD),
}
SENDERS = {
    "csc": CSC, "police": POLICE, "health": TRUST, "school": OAKFIELD, "education": EDUCATION, "la": EDUCATION,
    "earlyhelp": CSC, "review": CSC, "disagreement": OAKFIELD, "referral": OAKFIELD, "consultation": OAKFIELD,
}  # fmt: skip
ANSWERS = {"csc.contact.recorded", "csc.contact.decided", "csc.referral.decided", "csc.assessment.completed",
           "csc.strategy.concluded", "csc.s47.changed", "csc.case.closed"}  # fmt: skip
PARTICULAR: Mapping[str, Mapping[str, Any]] = {
    "csc.plan.changed": {"kind": PlanKind.CHILD_PROTECTION},
    "health.registration.changed": {"kind": RegistrationKind.GP_PRACTICE, "sensitive": None},
}
"""Where the first code of a list would say something else than most of its kind do."""
BY_BROKER = ("broker.", "correction.")
REGISTERS = {"seal.changed", "csc.involvement.changed"}
"""They move registers and would close, or open, what the others are to show."""
ADVICE = "consultation.advised"
INCOMING = sorted(n for n in EVENT_TYPES if not n.startswith(BY_BROKER) and n not in {*REGISTERS, ADVICE})
SAID = sorted(name for name in EVENT_TYPES if name.startswith(BY_BROKER))


# ---------------------------------------------------------------- canaries


def _syllables(number: int) -> str:
    """A word of eight syllables that stands for a number and for nothing else."""
    digest = sha256(f"canary-{number}".encode()).digest()
    return "".join("bdfgklmnprstvz"[digest[i] % 14] + "aeiou"[digest[i + 8] % 5] for i in range(8))


def _nhs_number(number: int) -> str:
    """Ten digits with a check digit that holds, from the range that is kept for tests."""
    for serial in count(number * 20):
        digits = f"999{serial:06}"
        check = 11 - sum(int(d) * weight for d, weight in zip(digits, range(10, 1, -1), strict=True)) % 11
        if check != 10:
            return digits + str(check % 11)
    raise AssertionError("there is always another number")


class Planter:
    """Fills events and remembers which canary stands in which field of which event."""

    def __init__(self) -> None:
        self.known: dict[str, tuple[str, str]] = {}
        self._numbers = count(1)

    def child(self, number: int) -> Child:
        """Whom all events of one type are about, as all senders know it."""
        return Child(
            surname=_syllables(100_000 + number), forename=_syllables(200_000 + number),
            birth_date=date(2016, 4, 3), sex=Sex.FEMALE, nhs_number=_nhs_number(number),
        )  # fmt: skip

    def filled(self, event_type: str, base: Child) -> dict[str, Any]:
        """Every field of the body and the child's own, each with a canary of its own."""
        cls = EVENT_TYPES[event_type]
        hints = get_type_hints(cls)
        body = {f.name: self._value(hints[f.name], event_type, f.name) for f in fields(cls) if f.name != "envelope"}
        child = body.pop("child")
        if isinstance(child, Child):
            known = {f.name: v for f in fields(base) if (v := getattr(base, f.name)) is not None}
            child = replace(child, **known, gp_practice="Z99001", setting_urn="999001")
            self.known |= {base.nhs_number: (event_type, "child.nhs_number")}
            self.known |= {v: (event_type, f"child.{n}") for n, v in known.items() if n.endswith("name")}
        return {"child": child, **body}

    def word(self, event_type: str, path: str) -> str:
        """A canary for one field."""
        made = _syllables(next(self._numbers))
        self.known[made] = (event_type, path)
        return made

    def _value(self, hint: Any, event_type: str, path: str) -> Any:
        inner = without_null(hint)
        if get_origin(inner) is tuple:
            item = get_args(inner)[0]
            return (self._value(item, event_type, f"{path}[]" if is_dataclass(item) else path),)
        if is_dataclass(inner):
            hints = get_type_hints(inner)
            return inner(**{f.name: self._value(hints[f.name], event_type, f"{path}.{f.name}") for f in fields(inner)})
        if issubclass(inner, Enum):
            return next(iter(inner))
        if inner is str:
            return self.word(event_type, path)
        return {int: 3, bool: True, date: date(2026, 11, 2), datetime: datetime(2026, 11, 2, 9, tzinfo=UTC)}[inner]


# ---------------------------------------------------------------- the town


def everybody() -> Directory:
    """The partnership with a function for every kind of recipient."""
    found = dict(world()[1].organisations)
    for slug, functions in MORE_FUNCTIONS.items():
        some = next(iter(found[slug].functions.values()))
        found[slug] = replace(found[slug], functions={**found[slug].functions, **dict.fromkeys(functions, some)})
    for slug, (kind, function, like) in NEW.items():
        some = next(iter(found[like].functions.values()))
        found[slug] = replace(found[like], slug=slug, kind=kind, functions={function: some}, urn=None, ods=None)
    return Directory(found)


def recipients_of(directory: Directory) -> Iterator[Recipient]:
    for one in directory.organisations.values():
        if one.enrolled and one.kind is not OrganisationKind.BROKER:
            yield from (Recipient(one.slug, name, kind_of(one.kind, name)) for name in one.functions)


class Walk:
    """What left, and what each record was."""

    def __init__(self, corridor: Corridor, logged: list[Any]) -> None:
        self.corridor = corridor
        self.logged = logged
        self.cut: list[tuple[str, bytes]] = []
        self.referrals: dict[str, bytes] = {}
        self.planter = Planter()
        self.recipients = list(recipients_of(corridor.broker.directory))
        self.events: dict[EventId, str] = {}

    def prepare(self, *, sealed: bool) -> Mapping[str, tuple[Child, str]]:
        """A child for each type, with whom everybody is involved; gives the exchange by which social care has it."""
        children = {name: self.planter.child(n) for n, name in enumerate((*INCOMING, *SAID), start=1)}
        referrals = {}
        for name, child in children.items():
            referrals[name] = self.corridor.event(ReferralSubmitted, OAKFIELD, child, ask="x", by="safeguarding_lead")
            plan = self.corridor.event(
                PlanChanged, CSC, child, kind=PlanKind.CHILD_PROTECTION, action=PlanAction.STARTED
            )
            involved = [
                self.corridor.event(InvolvementChanged, CSC, child, organisation=to.organisation, function=to.function,
                                    action=InvolvementAction.OPENED, since=date(2026, 9, 1))
                for to in self.recipients
            ]  # fmt: skip
            self.corridor.send(OAKFIELD, referrals[name])
            self.corridor.send(CSC, plan, *involved)
            if sealed:
                seal = self.corridor.event(SealChanged, POLICE, child, kind=SealKind.ADDRESS, action=SealAction.SET)
                self.corridor.send(POLICE, seal)
        self.corridor.flow()
        self.referrals = {name: bytes.fromhex(event.envelope.event_id) for name, event in referrals.items()}
        sent = {name: self._exchange(event, CSC, "front_door").hex() for name, event in referrals.items()}
        return {name: (child, sent[name]) for name, child in children.items()}

    def _exchange(self, event: Event, organisation: str, function: str) -> bytes:
        identity = EventId(bytes.fromhex(event.envelope.event_id))
        return exchange_id(self.corridor.broker.keys.ids, identity, organisation, function)

    def say(self, name: str, child: Child, asked: str) -> None:
        """The sender of this type says it."""
        sender = CSC if name == ADVICE else SENDERS[name.partition(".")[0]]
        filled = self.planter.filled(name, child)
        filled |= PARTICULAR.get(name, {})
        event = self.corridor.event(
            EVENT_TYPES[name], sender, filled.pop("child"), **filled, urgency=Urgency.IMMEDIATE,
            markings=(Marking.NO_PARENT_CONTACT,), system=self.planter.word(name, "envelope.system"),
            native_key=self.planter.word(name, "envelope.native_key"),
            native_version=self.planter.word(name, "envelope.native_version"),
            **({"in_reply_to": asked} if name in {*ANSWERS, ADVICE} else {}),
        )  # fmt: skip
        self.corridor.send(sender, event)
        self.cut.append((sender, encode(event, self.corridor.broker.catalogue)[:-3]))
        self.events[EventId(bytes.fromhex(event.envelope.event_id))] = name

    def answer_the_consultation(self) -> None:
        """Social care advises on what was asked without a name: found by the question alone."""
        asked = next(identity for identity, name in self.events.items() if name == "consultation.requested")
        key = self.corridor.broker.keys.ids
        self.say(ADVICE, Child(), exchange_id(key, asked, CSC, "front_door").hex())

    def say_cut_short(self) -> None:
        """What cannot be read to its end, from everybody who said something."""
        for sender, raw in self.cut:
            self.corridor.send(sender, raw)

    def let_the_broker_say(self, name: str, child: Child) -> None:
        """The broker says it, to everybody whom it knows."""
        filled = self.planter.filled(name, child)
        said = EVENT_TYPES[name](envelope=replace(self.corridor.event(ReferralSubmitted, CSC, child).envelope,
                                                  event_id=None, organisation=None, agency=None), **filled)  # fmt: skip
        with self.corridor.ledger.transaction() as tx:
            work = Absorption(self.corridor.broker, tx)
            subject = SubjectId(tx.find(self.referrals[name]).subject)
            work.subjects.read([subject])
            before = len(work.rows)
            work.say(subject, Step(work.state(subject), said=(Said(said, tuple(self.recipients), f"walk-{name}"),)))
            self.events |= dict.fromkeys(list(work.rows)[before:], name)
            write(work)
        self.corridor.handover.put(views(work, self.corridor.handover.wanted))

    def left(self) -> Iterator[tuple[str, Recipient, View]]:
        """Event type, recipient and view of each record that left with one of the planted events."""
        key = self.corridor.broker.keys.ids
        of = {
            exchange_id(key, event, to.organisation, to.function): (name, to)
            for event, name in self.events.items()
            for to in self.recipients
        }
        for view in self.corridor.views():
            found = of.get(view.record.exchange_id)
            if found is not None:
                yield *found, view


@pytest.fixture(scope="module")
def walk(tmp_path_factory):
    """Nothing is sealed: the most that can ever leave."""
    yield from walking(tmp_path_factory.mktemp("walk"), sealed=False)


def walking(folder: Path, *, sealed: bool) -> Iterator[Walk]:
    """Everything is said, days pass, and all of it comes once more cut short."""
    corridor = Corridor(folder, directory=everybody())
    with capture_logs() as logged:
        made = Walk(corridor, logged)
        asked = made.prepare(sealed=sealed)
        for name in INCOMING:
            made.say(name, *asked[name])
        made.answer_the_consultation()
        for name in SAID:
            made.let_the_broker_say(name, asked[name][0])
        corridor.flow()
        corridor.pass_time(FRIDAY + timedelta(days=5))
        made.say_cut_short()
        corridor.flow()
    yield made
    corridor.close()


def blob(parts: tuple[object, ...]) -> bytes:
    """All bytes of a record with a gap between its parts."""
    return b"\xff\xff".join(part if isinstance(part, bytes) else repr(part).encode() for part in parts)


# ---------------------------------------------------------------- what must hold


UNROUTED = {*REGISTERS, "education.setting.found", "broker.release.decided", "broker.text.reviewed"}
"""They move registers, answer the broker, are kept for a view, or go to the auditor, who is nobody's recipient."""
UNASKED = {RecipientKind.REQUESTER, RecipientKind.STATISTICS}
"""Nobody asks for a subject's data here, and no cohort is counted."""


def test_almost_every_event_reaches_somebody_and_everybody_gets_something(walk):
    reached = {(name, to.kind) for name, to, _ in walk.left()}
    assert len(reached) > 300
    assert set(EVENT_TYPES) - {name for name, _ in reached} == UNROUTED
    assert set(RecipientKind) - {kind for _, kind in reached} == UNASKED


def test_no_class_reaches_a_recipient_for_whom_the_table_has_a_dash(walk):
    """Texts by their canaries in all bytes of the record; whatever is no text by its place in the view."""
    finder, told, faults = Finder(walk.planter.known), Counter(), set()
    for name, to, view in walk.left():
        carried = {walk.planter.known[canary][1] for canary in finder.find(blob(view.wire))}
        carried |= {path for path in leaves(name) if values_at(view.event, path)}
        for path in carried:
            own = CLASSES[name][path].value
            told[own] += 1
            if MARKS.get((own, COLUMN[to.kind]), "") in NEVER_HERE and (own, path) not in ALLOWED:
                faults.add((name, path, own, to.kind.value))
    assert not faults
    assert told["A"] > 1_000
    assert set(told) >= {"B1", "B2", "C", "D", "F", "G", "H2", "I", "J", "K", "M", "N", "O", "P", "Q", "R"}


def test_a_record_holds_canaries_of_its_own_child_and_event_alone(walk):
    finder = Finder(walk.planter.known)
    for name, _, view in walk.left():
        assert {walk.planter.known[canary][0] for canary in finder.find(blob(view.wire))} <= {name}


def test_no_canary_stands_in_a_dead_letter_a_log_or_an_error(walk):
    """Every event came once more, cut short: each became a dead letter, of a code and a place."""
    finder = Finder(walk.planter.known)
    letters = walk.corridor.dead_letters()
    assert len(letters) >= len(INCOMING) - 1, "a referral that cannot be read is told to people instead"
    assert len(walk.logged) > len(INCOMING)
    assert not finder.find(repr((letters, walk.logged)).encode())


def test_nothing_of_it_lies_in_clear_on_disk(walk):
    finder = Finder(walk.planter.known)
    files = [path for path in walk.corridor.folder.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) > 1_000_000
    assert not [path.name for path in files if finder.find(path.read_bytes())]


def test_the_consoles_page_shows_none_of_it(walk):
    ledger = Ledger.open_existing(f"sqlite:///{walk.corridor.folder / 'ledger.db'}", walk.corridor.keys)
    try:
        reader = Reader(ledger, walk.corridor.broker.directory)
        shown = page(reader.read(walk.corridor.now, walk.corridor.now), walk.corridor.broker.directory)
    finally:
        ledger.close()
    text = Pages().whole(Snapshot(1, shown), again=False)
    assert "Oakfield Primary" in text
    assert not Finder(walk.planter.known).find(text.encode())


@pytest.fixture(scope="module")
def hidden(tmp_path_factory):
    """The same walk, with every child's address sealed by police before anything else is said."""
    yield from walking(tmp_path_factory.mktemp("hidden"), sealed=True)


PLACES = {"C", "C2", "D"}
PROTECTING = {RecipientKind.FRONT_DOOR, RecipientKind.ALLOCATED_TEAM, RecipientKind.EMERGENCY_DUTY}
ABOUT_NOBODY = {"school.contact.changed", "consultation.requested", ADVICE}
THERE = {"police.missing.changed", "police.protection.used"}
"""Events by which police have the child in protection or look for it: then they may be told where it is."""


def test_where_a_sealed_child_is_goes_to_those_who_protect_it_and_to_nobody_else(hidden):
    finder, told, faults = Finder(hidden.planter.known), Counter(), set()
    for name, to, view in hidden.left():
        carried = {hidden.planter.known[canary][1] for canary in finder.find(blob(view.wire))}
        places = {path for path in carried if CLASSES[name][path].value in PLACES and name not in ABOUT_NOBODY}
        told[to.kind] += len(places)
        going = COLUMN[to.kind] in ("police", "emerg") and name in THERE
        if places and to.kind not in PROTECTING and not going:
            faults.add((name, to.kind.value, *sorted(places)))
    assert not faults
    assert all(told[kind] for kind in PROTECTING - {RecipientKind.EMERGENCY_DUTY})
