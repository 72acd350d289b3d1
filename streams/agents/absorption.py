"""One transaction's worth of events: each is linked, absorbed, routed, decided and becomes a row of the carrier.

Left out: decoding (`incoming`), storage, sending. Rules: events of one batch see each other's writes; what the broker
says walks the same corridor as what it was told; a row carries the register head under which it was decided, and one
that was decided before a register moved in this very batch carries the older head, so that claiming looks at it
again.
"""

import json
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from ledger.packing import row_number
from ledger.rows import CarrierRows, EventRow, Hold, Redecision, StoredEvent
from ledger.rows import Exchange as ExchangeRow
from ledger.store import Transaction
from sharing import reconciliation
from sharing.calendar import Duty
from sharing.codec import decode, encode
from sharing.events import Child, Event
from sharing.ids import EventId, SubjectId, event_id
from sharing.reconciliation import EventFacts, Said, Step, SubjectState
from sharing.reconciliation.identity_waits import hold as wait_for_identity
from sharing.reconciliation.rules import RULES
from sharing.reconciliation.saying import World
from sharing.release import Exchange, Situation, prepare
from sharing.routing import recipients
from sharing.vocabulary import Outcome, Recipient
from streams.agents.handover import Named
from streams.agents.incoming import Incoming
from streams.agents.subjects import Resolved, Subjects
from streams.agents.views import view_of
from streams.broker import ENGINE, Broker

ANSWERABLE = frozenset(rule.starts_on for rule in RULES.values()) | {"broker.setting.sought"}
"""Types of event whose exchanges may be answered: the ledger keeps their exchange ids findable."""


@dataclass
class Pending:
    """One event of this batch on its way to becoming a row."""

    event: Event
    event_id: EventId
    subject: SubjectId
    content: bytes
    moves: int
    exchanges: list[Exchange] = field(default_factory=list)


@dataclass
class Later:
    """Exchanges decided now for an event that was stored earlier."""

    stored: StoredEvent
    event: Event
    moves: int
    exchanges: list[Exchange]


class Absorption:
    """The work of one transaction. Feed it events with `take` or a step with `say`, then `finish`."""

    def __init__(self, broker: Broker, tx: Transaction) -> None:
        self.broker = broker
        self.tx = tx
        self.now: datetime = broker.now()
        self.subjects = Subjects(tx, broker.keys.blocking)
        self.head_before = tx.head()
        self.states: dict[int, SubjectState] = {}
        self.rows: dict[bytes, Pending] = {}
        self.later: list[Later] = []
        self.refused: list[tuple[str, str]] = []
        self.doubts: list[tuple[Pending, Resolved]] = []
        self._touched: dict[int, bool] = {}
        self._moves: dict[int, int] = {}
        self._said: deque[tuple[SubjectId, Said]] = deque()
        self._recalls: dict[SubjectId, None] = {}

    # ------------------------------------------------------------ in

    def take(self, incoming: Incoming) -> None:
        """Absorb one event that came in."""
        resolved = self.subjects.resolve(incoming.event)
        pending = Pending(incoming.event, incoming.event_id, resolved.subject, incoming.raw, 0)
        self.rows[incoming.event_id] = pending
        about = EventFacts(incoming.event_id.hex(), self.now, incoming.sender.slug)
        self._doubt(resolved, pending, about)
        state = self.state(resolved.subject)
        step = reconciliation.absorb(state, pending.event, about, self.broker.directory, self.broker.calendars)
        self._keep(resolved.subject, step)
        self.refused.extend((code, incoming.event_id.hex()) for code in step.refused)
        self._route(pending, incoming.sender.slug, about)
        self._drain()

    def say(self, subject: SubjectId, step: Step) -> None:
        """Keep a step that no event caused (a clock) and let the broker say what it says."""
        self._keep(subject, step)
        self._drain()

    def state(self, subject: SubjectId) -> SubjectState:
        """The subject's state, as this batch has left it."""
        if subject not in self.states:
            stored = self.tx.states([subject]).get(subject)
            raw = stored.state if stored else b""
            self.states[subject] = reconciliation.from_bytes(raw) if raw else SubjectState()
        return self.states[subject]

    # ------------------------------------------------------------ one event's way

    def _doubt(self, resolved: Resolved, pending: Pending, about: EventFacts) -> None:
        if resolved.linkage is None:
            return
        state = self.state(resolved.subject)
        world = World(self.now, self.broker.directory, self.broker.calendars)
        self._keep(resolved.subject, wait_for_identity(state, pending.event, about, world))
        self.doubts.append((pending, resolved))

    def _route(self, pending: Pending, sender: str, about: EventFacts) -> None:
        state = self.state(pending.subject)
        routing = recipients(
            pending.event, state, self.broker.directory, self.now, self.broker.calendars,
            event_id=about.event_id, sender=sender,
        )  # fmt: skip
        if routing.refused:
            self.refused.append((routing.refused, about.event_id))
        self._decide(pending, routing.recipients, about)

    def _decide(self, pending: Pending, to: Iterable[Recipient], about: EventFacts) -> None:
        known = {exchange.exchange_id for exchange in pending.exchanges}
        made = [
            e for e in self._prepare(pending.event, pending.event_id, pending.subject, to) if e.exchange_id not in known
        ]
        pending.exchanges.extend(made)
        pending.moves = self._moves.get(pending.subject, 0)
        self._open_questions(pending.subject, pending.event, made, about)

    def _prepare(
        self, event: Event, identity: EventId, subject: SubjectId, to: Iterable[Recipient]
    ) -> tuple[Exchange, ...]:
        return prepare(event, identity, to, self.situation(subject), self.broker.agreements, self.broker.keys.ids)

    def situation(self, subject: SubjectId) -> Situation:
        """What is known of a subject now, with the seals of everybody whom it may be."""
        candidates = self.subjects.under_review.get(subject, ())
        seals = tuple(seal for candidate in candidates for seal in self.state(candidate).seals)
        night = self.broker.calendars.on_duty(self.now) is Duty.EMERGENCY
        return Situation(self.state(subject), seals, not candidates, night, self.now)

    def _open_questions(self, subject: SubjectId, event: Event, made: Sequence[Exchange], about: EventFacts) -> None:
        going = [(e.recipient, e.hex) for e in made if e.decision.outcome is not Outcome.SUPPRESS]
        if not going:
            return
        world = (self.broker.directory, self.broker.calendars)
        self._keep(subject, reconciliation.open_questions(self.state(subject), event, going, about, *world))

    def _keep(self, subject: SubjectId, step: Step) -> None:
        before = self.state(subject)
        self.states[subject] = step.state
        if step.state != before or step.register_moved:
            self._touched[subject] = self._touched.get(subject, False) or step.register_moved
        if step.register_moved:
            self._moves[subject] = self._moves.get(subject, 0) + 1
        self._said.extend((subject, said) for said in step.said)
        for waited in step.release_again:
            self._release_again(subject, waited)
        if step.recall:
            self._recalls[subject] = None

    # ------------------------------------------------------------ what the broker says

    def _drain(self) -> None:
        while self._said:
            self._speak(*self._said.popleft())

    def _speak(self, subject: SubjectId, said: Said) -> None:
        identity = event_id(self.broker.keys.ids, "crosswalk", said.event.event_type, said.cause, str(said.ordinal))
        if identity in self.rows or self.tx.seen([identity]):
            return
        envelope = replace(said.event.envelope, event_id=identity.hex(), in_reply_to=said.answers or None)
        event = replace(said.event, envelope=envelope)
        if said.child_of and not any(True for _ in event.child.present()):
            event = replace(event, child=self._child_of(said.child_of))
        pending = Pending(event, identity, subject, encode(event, self.broker.catalogue), 0)
        self.rows[identity] = pending
        about = EventFacts(identity.hex(), self.now, "crosswalk", said.answers, said.cause)
        self._decide(pending, said.to, about)

    def _child_of(self, hexed: str) -> Child:
        event = self.event(EventId(bytes.fromhex(hexed)))
        return event.child if event else Child()

    def event(self, identity: EventId) -> Event | None:
        """An event of this batch or of the ledger, None when nobody has it."""
        if identity in self.rows:
            return self.rows[identity].event
        stored = self.tx.find(identity)
        return decode(self.tx.contents([stored.n])[stored.n], self.broker.catalogue) if stored else None

    # ------------------------------------------------------------ decided again

    def _release_again(self, subject: SubjectId, hexed: str) -> None:
        """An event that waited can be routed now: whoever was missing gets it."""
        identity = EventId(bytes.fromhex(hexed))
        pending = self.rows.get(identity)
        if pending is not None:
            self._route(pending, pending.event.envelope.organisation or "", EventFacts(hexed, self.now, ""))
            return
        stored = self.tx.find(identity)
        event = self.event(identity)
        if stored is None or event is None:
            return
        sender = event.envelope.organisation or ""
        routing = recipients(
            event, self.state(subject), self.broker.directory, self.now, self.broker.calendars,
            event_id=hexed, sender=sender,
        )  # fmt: skip
        decided = {x.exchange_id for x in stored.exchanges}
        decided |= {x.exchange_id for row in self.tx.redecisions([stored.n]) for x in row.exchanges}
        held = {h.exchange_id for h in self.tx.held_of([stored.subject])}
        prepared = self._prepare(event, identity, subject, routing.recipients)
        made = [e for e in prepared if e.exchange_id not in decided or e.exchange_id in held]
        self.tx.release_held([e.exchange_id for e in made])
        if made:
            self.add_later(Later(stored, event, 0, made))
            self._open_questions(subject, event, made, EventFacts(hexed, self.now, sender))

    # ------------------------------------------------------------ out

    def add_later(self, later: Later) -> None:
        """Add exchanges decided now for an event that was stored earlier."""
        later.moves = self._moves.get(later.stored.subject, 0)
        self.later.append(later)

    def follow(self, subject: SubjectId, exchange: str, following: str) -> None:
        """Let answers to an exchange that replaces another one count for the same questions."""
        state = self.state(subject)
        for question in state.questions:
            if exchange in question.exchanges and following not in question.exchanges:
                state = state.with_question(replace(question, also_asked=(*question.also_asked, following)))
        self._keep(subject, Step(state))

    def take_back(self, recall: Callable[[SubjectId], Iterable[Said]]) -> None:
        """Say every recall that a seal of this batch asks for, once all its events are in."""
        for subject in self._recalls:
            self.tx.move_head()
            self._said.extend((subject, said) for said in recall(subject))
        self._drain()

    def finish(self) -> CarrierRows:
        """Save every state and give the rows of the carrier."""
        for subject, moved in self._touched.items():
            state = self.states[SubjectId(subject)]
            self.tx.save_state(subject, reconciliation.to_bytes(state), state.next_at, register_moved=moved)
        head = self.tx.head()
        return CarrierRows(
            self.now,
            ENGINE,
            [self._row(pending, head) for pending in self.rows.values()],
            [self._redecision(later, lane, head) for later in self.later for lane in _by_organisation(later.exchanges)],
        )

    def _row(self, pending: Pending, head: int) -> EventRow:
        return EventRow(
            pending.event_id,
            pending.subject,
            self.broker.catalogue.newest[pending.event.event_type],
            self._head_of(pending.subject, pending.moves, head),
            self.broker.agreements.version,
            pending.content,
            tuple(exchange_row(e, self._look_again(pending.subject)) for e in pending.exchanges),
        )

    def _redecision(self, later: Later, exchanges: Sequence[Exchange], head: int) -> Redecision:
        subject = SubjectId(later.stored.subject)
        known = {x.exchange_id for x in later.stored.exchanges}
        return Redecision(
            later.stored.n,
            None,
            self._head_of(subject, later.moves, head),
            self.broker.agreements.version,
            tuple(exchange_row(e, self._look_again(subject), known=e.exchange_id in known) for e in exchanges),
        )

    def _look_again(self, subject: SubjectId) -> datetime:
        return self.state(subject).next_at or self.now

    def views(self) -> list[Named]:
        """The views of everything that may leave, while the events are at hand."""
        made = []
        for pending in self.rows.values():
            state = self.state(pending.subject)
            for exchange in pending.exchanges:
                if exchange.decision.outcome is Outcome.DELIVER:
                    view = view_of(self.broker, pending.event, exchange, pending.subject, state)
                    made.append(Named(exchange.exchange_id, exchange.decision.digest, view))
        return made

    def settle_reviews(self, carrier: int | None) -> None:
        """Ask a person about every doubt that this batch raised."""
        positions = {identity: position for position, identity in enumerate(self.rows)}
        for pending, resolved in self.doubts:
            if carrier is not None and resolved.linkage is not None:
                n = row_number(carrier, positions[pending.event_id])
                shown = json.dumps([[f, str(level), weight] for f, level, weight in resolved.linkage.waterfall])
                self.tx.add_review(n, pending.subject, resolved.candidates, shown.encode())

    def _head_of(self, subject: SubjectId, moves: int, head: int) -> int:
        return head if moves == self._moves.get(subject, 0) else self.head_before


def exchange_row(exchange: Exchange, look_again: datetime, *, known: bool = False) -> ExchangeRow:
    """One decided exchange as a row of the ledger.

    Args:
        exchange: As it was decided.
        look_again: When somebody must look at it, should it be held.
        known: Whether the ledger has this exchange already, under an earlier decision.
    """
    decision = exchange.decision
    held = decision.outcome is Outcome.HOLD
    return ExchangeRow(
        exchange.exchange_id,
        exchange.recipient.organisation,
        exchange.recipient.function,
        exchange.recipient.kind,
        decision.body(),
        decision.outcome,
        express=exchange.express,
        awaited=not known and decision.event_type in ANSWERABLE,
        hold=Hold(decision.reason, look_again) if held else None,
    )


def _by_organisation(exchanges: Iterable[Exchange]) -> Iterable[list[Exchange]]:
    found: dict[str, list[Exchange]] = {}
    for exchange in exchanges:
        found.setdefault(exchange.recipient.organisation, []).append(exchange)
    return found.values()
