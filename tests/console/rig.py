"""A small partnership for the console's tests: a real ledger filled through its own interface, health files, a
directory.

Invented organisations only. `CANARIES` are values that must be on no page: they stand in contents, in file names of
troubles and in a case's telephone number.
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from console.reading import Ends, Reader
from ledger import (
    CarrierRows,
    EventRow,
    Exchange,
    Hold,
    Keys,
    LaneClaim,
    Ledger,
    Outbox,
    Redecision,
    sequence_once,
    suspend,
)
from ledger.rows import LaneItem
from schemas import read_schemas
from sharing.directory import Directory, from_document
from sharing.events import PlanKind, SealKind
from sharing.reconciliation.serial import to_bytes
from sharing.reconciliation.state import Plan, Question, QuestionState, Seal, SubjectState
from sharing.vocabulary import Outcome, Recipient, RecipientKind

NOW = datetime(2026, 11, 20, 17, 5, 30, tzinfo=UTC)
"""Domain time and real time of the tests."""
LONG = timedelta(days=2)
CANARIES = ("Quillfeather", "7 Marlpit Row", "EH9 9ZZ", "9990001234", "01632 960777", "quillfeather-list.csv")
SCHEMA_IDS = {s.event_type: s.schema_id for s in read_schemas()}

DIRECTORY: Mapping[str, Any] = {
    "organisations": {
        "easthaven-social-care": {"agency": "social-care", "kind": "local_authority", "name": "Easthaven social care"},
        "easthaven-police": {"agency": "police", "kind": "force", "name": "Easthaven Constabulary", "may_seal": True},
        "easthaven-hospital": {"agency": "health", "kind": "hospital_trust", "name": "Easthaven General Hospital"},
        "easthaven-education": {"agency": "education", "kind": "education_service", "name": "Easthaven education"},
        "oakfield-primary": {"agency": "schools", "kind": "school", "name": "Oakfield Primary"},
        "harbour-academy": {"agency": "schools", "kind": "school", "name": "Harbour Academy"},
        "little-acorns": {"agency": "schools", "kind": "nursery", "name": "Little Acorns", "enrolled": False},
    }
}
AGENCY_OF = {slug: entry["agency"] for slug, entry in DIRECTORY["organisations"].items()}


def a_directory() -> Directory:
    """The partnership."""
    return from_document(DIRECTORY, "directory.yaml")


def an_id(*names: object) -> bytes:
    """16 bytes that depend on the names alone."""
    return sha256(repr(names).encode()).digest()[:16]


class Town:
    """A ledger, its broker's hands and the agencies' folders."""

    def __init__(self, folder: Path, url: str = "", keys: Keys | None = None) -> None:
        self.keys = keys or Keys.generate("crosswalk/easthaven")
        self.url = url or f"sqlite:///{folder / 'ledger.db'}"
        self.ledger = Ledger.open(self.url, self.keys)
        self.agencies = folder / "agencies"
        self.directory = a_directory()
        self.outbox = Outbox("worker-1")
        self.offsets: dict[str, int] = {}
        self._opened: list[Ledger] = []
        self.subjects: dict[str, int] = {}

    def close(self) -> None:
        for opened in (self.ledger, *self._opened):
            opened.close()

    def reader(self, ends: Ends | None = None, *, agencies: bool = True) -> Reader:
        """A console's reader, with a line to the database of its own."""
        opened = Ledger.open_existing(self.url, self.keys)
        self._opened.append(opened)
        return Reader(opened, self.directory, self.agencies if agencies else None, ends)

    # ------------------------------------------------------------ what the broker does

    def subject(self, name: str) -> int:
        if name not in self.subjects:
            with self.ledger.transaction() as tx:
                self.subjects[name] = tx.new_subject()
        return self.subjects[name]

    def event(
        self,
        name: str,
        event_type: str,
        to: Sequence[str] = (),
        *,
        at: datetime = NOW,
        child: str = "child",
        state: Outcome = Outcome.DELIVER,
        express: bool = False,
        sender: str = "",
    ) -> bytes:
        """One event that came in and was decided; its id."""
        exchanges = tuple(self.exchange(name, organisation, state=state, express=express) for organisation in to)
        content = " ".join(CANARIES).encode()
        row = EventRow(
            an_id("e", name), self.subject(child), SCHEMA_IDS[event_type], 0, "agreements-1", content, exchanges
        )
        with self.ledger.transaction() as tx:
            tx.write(CarrierRows(at, "engine-1", [row]))
            if sender:
                self._advance(tx, f"in.{AGENCY_OF[sender]}.{sender}")
        return row.event_id

    def exchange(self, name: str, organisation: str, **more: Any) -> Exchange:
        outcome = b'{"fields":["child.name"]}'
        state = more.get("state", Outcome.DELIVER)
        hold = Hold("IDENTITY_NOT_SETTLED", NOW + LONG) if state is Outcome.HOLD else None
        exchange_id = an_id("x", name, organisation)
        return Exchange(exchange_id, organisation, "safeguarding_lead", "school", outcome, hold=hold, **more)

    def decide_later(self, event_id: bytes, organisation: str, name: str, *, in_place: bool, state: Outcome) -> None:
        """Decide an exchange of a stored event anew."""
        with self.ledger.transaction() as tx:
            stored = tx.find(event_id)
            assert stored is not None
            exchange = self.exchange(name, organisation, state=state)
            again = Redecision(stored.n, stored.n if in_place else None, 1, "agreements-1", (exchange,))
            tx.write(CarrierRows(NOW, "engine-1", (), [again]))

    def took(self, sender: str, count: int, kind: str = "in") -> None:
        """So many records were taken in."""
        with self.ledger.transaction() as tx:
            for _ in range(count):
                self._advance(tx, f"{kind}.{AGENCY_OF[sender]}.{sender}")

    def _advance(self, tx: Any, topic: str) -> None:
        self.offsets[topic] = self.offsets.get(topic, 0) + 1
        tx.advance(topic, 0, self.offsets[topic])

    def dead_letter(self, sender: str, code: str, *, kind: str = "in", offset: int = 0) -> None:
        with self.ledger.transaction() as tx:
            source = (f"{kind}.{AGENCY_OF[sender]}.{sender}", 0, offset)
            tx.dead_letter(source, code, "child.name", "cannot be read", NOW, " ".join(CANARIES).encode())

    def number(self, at: datetime = NOW) -> None:
        """Number what is committed and sign."""
        with self.ledger.transaction() as tx:
            lease = tx.take_lease("sequencer", "tests", at, LONG)
        assert lease is not None
        sequence_once(self.ledger, lease, at)

    def lease(self, at: datetime = NOW, lasts: timedelta = LONG) -> None:
        """A worker holds every lane."""
        with self.ledger.transaction() as tx:
            self.outbox.lease_lanes(tx, at, lasts)

    def release(self) -> None:
        """Everything that may leave leaves."""
        self.lease()
        with self.ledger.reading() as tx:
            express = self.outbox.express_rows(tx)
        with self.ledger.transaction() as tx:
            self.outbox.claim_express(tx, express, NOW)
            self.outbox.mark_express(tx, express, NOW)
        while found := self._ready():
            with self.ledger.transaction() as tx:
                claims = [LaneClaim(lane, items, items[-1].mark) for lane, items in found.items()]
                self.outbox.claim(tx, claims, NOW)
            with self.ledger.transaction() as tx:
                self.outbox.mark_sent(tx, list(found))

    def _ready(self) -> dict[int, list[LaneItem]]:
        with self.ledger.reading() as tx:
            return self.outbox.rows_for(tx)

    def suspend(self, organisation: str) -> None:
        with self.ledger.transaction() as tx:
            suspend(tx, tx.lane_of(organisation), "UNKNOWN_TOPIC")

    def case(self, child: str, *questions: Question, sealed: bool = False) -> None:
        """A child's case with these questions."""
        plan = Plan(PlanKind.CHILD_PROTECTION, "easthaven-social-care", None, "Team", "01632 960777", "00")
        seals = (Seal(SealKind.ADDRESS, NOW, "easthaven-police", "force_duty", "00"),) if sealed else ()
        state = SubjectState(plans=(plan,), questions=questions, seals=seals)
        subject = self.subject(child)
        with self.ledger.transaction() as tx:
            tx.save_state(subject, to_bytes(state), state.next_at, register_moved=sealed)

    # ------------------------------------------------------------ what an agency does

    def health(
        self,
        organisation: str,
        *,
        refused: Mapping[str, int] | None = None,
        oldest: float | None = None,
        troubles: Sequence[Mapping[str, str]] = (),
        age: float = 3.0,
        more: Mapping[str, object] | None = None,
    ) -> None:
        """A connector wrote its health so many seconds ago."""
        path = self.agencies / organisation / "state" / "health.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        spool = {"new": 0, "sent": 3, "dead": 0, "oldest_unsent_seconds": oldest, "bytes": 4096}
        said = {"organisation": organisation, "refused": refused or {}, "troubles": list(troubles), "spool": spool}
        path.write_text(json.dumps(said | dict(more or {})), encoding="utf-8")
        os.utime(path, (NOW.timestamp() - age, NOW.timestamp() - age))

    def healthy(self) -> None:
        """Every enrolled organisation's connector is well."""
        for organisation in self.directory.organisations.values():
            if organisation.enrolled:
                self.health(organisation.slug)


def a_question(name: str, owner: str, due_by: datetime, **more: Any) -> Question:
    """An open question that somebody owes an answer to."""
    question = Question(
        rule="referral-decision",
        event_id=an_id("e", name).hex(),
        event_type="referral.submitted",
        asker=Recipient("oakfield-primary", "safeguarding_lead", RecipientKind.SCHOOL),
        owner=Recipient(owner, "front_door", RecipientKind.FRONT_DOOR),
        exchange_id=an_id("x", name, owner).hex(),
        started_at=due_by - timedelta(days=1),
        due_by=due_by,
        next_at=due_by,
    )
    return replace(question, **more)


def busy(town: Town) -> None:
    """An evening on which something of everything happens."""
    town.healthy()
    orgs = [o.slug for o in town.directory.organisations.values() if o.enrolled]
    for number in range(36):
        sender = orgs[number % len(orgs)] if number % 3 else "easthaven-police"
        at = NOW - timedelta(seconds=20 + 8 * number)
        to = [orgs[(number + k) % len(orgs)] for k in range(1 + number % 3)]
        town.event(f"evening {number}", "police.da_incident.notified", to, at=at, child=f"c{number % 7}", sender=sender)
    town.event(
        "referral", "referral.submitted", ["easthaven-social-care"], child="c1", express=True, sender="oakfield-primary"
    )
    town.number(NOW - timedelta(seconds=12))
    town.release()
    town.case(
        "c1",
        a_question("referral", "easthaven-social-care", NOW - timedelta(hours=3), state=QuestionState.OVERDUE, stage=1),
    )
    town.case("c2", a_question("evening 2", "harbour-academy", NOW - timedelta(minutes=40)))
    town.case("c3", a_question("evening 3", "oakfield-primary", NOW + timedelta(hours=9)))
    town.event("late", "csc.plan.changed", ["easthaven-hospital"], at=NOW - timedelta(minutes=5), child="c4")
    town.number(NOW - timedelta(seconds=9))
    town.event("fresh", "csc.plan.changed", ["easthaven-police"], child="c5")
    town.suspend("easthaven-education")
    town.dead_letter("easthaven-hospital", "UNDECODABLE", offset=4)
    town.dead_letter("oakfield-primary", "OVERSIZE", offset=7)
    town.health("easthaven-hospital", refused={"BAD_SEGMENT": 3, "BAD_DATE": 1})
    town.health("oakfield-primary", refused={"BAD_DATE": 1})
    town.health("easthaven-education", age=600)
    town.health("easthaven-police", oldest=260)
