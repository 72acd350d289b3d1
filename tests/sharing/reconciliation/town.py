"""A town to test in: invented agencies, and a loop in memory that routes, opens clocks and delivers.

It simulates the counterparties, never the core: every decision in it is made by `sharing`.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import yaml

from sharing import routing
from sharing.calendar import Calendars, Term
from sharing.directory import Directory, from_document
from sharing.events import Envelope, Event
from sharing.reconciliation import EventFacts, Step, SubjectState, absorb, from_bytes, open_questions, tick, to_bytes
from sharing.reconciliation.state import Question, Said
from sharing.vocabulary import Recipient

CSC, POLICE, TRUST, COMMUNITY, GP, EDUCATION = (
    "easthaven-social-care",
    "easthaven-police",
    "easthaven-hospital",
    "easthaven-community",
    "mill-lane-surgery",
    "easthaven-education",
)
OAKFIELD, BRANNOCK, HARBOUR, NURSERY = (
    "oakfield-primary",
    "st-brannock-independent",
    "harbour-academy",
    "little-acorns",
)
FRIDAY = datetime(2026, 11, 20, 17, 5, tzinfo=UTC)
SATURDAY_NIGHT = datetime(2026, 11, 21, 22, 40, tzinfo=UTC)
MONDAY_AT_EIGHT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
TUESDAY_NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def the_directory() -> Directory:
    text = (Path(__file__).parents[3] / "crosswalk/partnership/directory.yaml").read_text(encoding="utf-8")
    return from_document(yaml.safe_load(text), "directory.yaml")


DIRECTORY = the_directory()
CALENDARS = Calendars(
    {"easthaven": (Term(date(2026, 9, 1), date(2026, 12, 18)), Term(date(2027, 1, 4), date(2027, 7, 21)))}
)


@dataclass(frozen=True)
class Delivered:
    """One exchange in somebody's tray."""

    to: Recipient
    event: Event
    exchange: str
    answers: str
    at: datetime

    @property
    def tray(self) -> str:
        return f"{self.to.organisation}/{self.to.function}"


@dataclass
class Town:
    """One subject's life, and every tray."""

    now: datetime = FRIDAY
    directory: Directory = DIRECTORY
    calendars: Calendars = CALENDARS
    state: SubjectState = field(default_factory=SubjectState)
    events: dict[str, tuple[Event, str]] = field(default_factory=dict)
    trays: list[Delivered] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    gaps: set[str] = field(default_factory=set)

    def send(self, event: Event, sender: str, *, reply_to: str = "", event_id: str = "") -> str:
        """An agency publishes; the loop does the rest. Gives the event's id."""
        event_id = event_id or f"e{len(self.events) + 1}"
        envelope = replace(event.envelope, event_id=event_id, organisation=sender, in_reply_to=reply_to or None)
        event = replace(event, envelope=envelope)
        self.events[event_id] = (event, sender)
        step = self._keep(absorb(self.state, event, self._about(event_id, sender), self.directory, self.calendars))
        self.route(event_id)
        for again in step.release_again:
            self.route(again)
        return event_id

    def pass_time(self, to: datetime) -> Step:
        """Time passes, and the clocks are looked at."""
        self.now = to
        return self._keep(tick(self.state, to, self.directory, self.calendars))

    def route(self, event_id: str) -> routing.Routing:
        event, sender = self.events[event_id]
        routed = routing.recipients(event, self.state, self.directory, self.now, self.calendars)
        self.gaps |= {gap.organisation for gap in routed.gaps}
        self._exchange(event, event_id, [(n.recipient, n.answers) for n in routed.needs], sender)
        return routed

    def tray(self, place: str, event_type: str = "") -> list[Delivered]:
        """What lies in `organisation/function`, of one type or all."""
        return [d for d in self.trays if d.tray == place and d.event.event_type.startswith(event_type)]

    def one(self, place: str, event_type: str) -> Delivered:
        """The only one of that type there."""
        (found,) = self.tray(place, event_type)
        return found

    def trays_with(self, event_type: str) -> set[str]:
        return {d.tray for d in self.trays if d.event.event_type == event_type}

    def question(self, rule: str) -> Question:
        (found,) = [q for q in self.state.questions if q.rule == rule]
        return found

    @property
    def refused(self) -> list[str]:
        return [code for step in self.steps for code in step.refused]

    def _about(self, event_id: str, sender: str, cause: str = "") -> EventFacts:
        return EventFacts(event_id, self.now, sender, cause=cause)

    def _keep(self, step: Step) -> Step:
        self.state = from_bytes(to_bytes(step.state))
        self.steps.append(step)
        for said in step.said:
            self._say(said)
        return step

    def _say(self, said: Said) -> None:
        event_id = f"{said.cause}#{said.ordinal}"
        self.events[event_id] = (said.event, "crosswalk")
        self._exchange(said.event, event_id, [(to, said.answers) for to in said.to], "crosswalk", said.cause)

    def _exchange(
        self, event: Event, event_id: str, to: list[tuple[Recipient, str]], sender: str, cause: str = ""
    ) -> None:
        exchanges = [(r, f"{event_id}>{r.organisation}/{r.function}") for r, _ in to]
        about = self._about(event_id, sender, cause)
        opened = open_questions(self.state, event, exchanges, about, self.directory, self.calendars)
        known = {d.exchange for d in self.trays}
        for (recipient, exchange), (_, answers) in zip(exchanges, to, strict=True):
            if exchange not in known:
                self.trays.append(Delivered(recipient, event, exchange, answers, self.now))
        self._keep(opened)


def by(function: str = "", **more: object) -> Envelope:
    """An envelope whose author is this function."""
    return Envelope(author_function=function or None, **more)  # type: ignore[arg-type]
