"""One transaction's worth of events: each is linked, absorbed, routed and decided.

Left out: decoding (`incoming`), rows of the carrier and views (`closing`), storage, sending. Rules: events of one batch
see each other's writes; what the broker says walks the same corridor as what it was told; a row carries the register
head under which it was decided, and one that was decided before a register moved in this very batch carries the older
head, so that claiming looks at it again.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from ledger.rows import Statement, StoredEvent
from ledger.store import Transaction
from sharing import reconciliation
from sharing.approval import NO_HEAD, waits_for_head
from sharing.calendar import Duty
from sharing.codec import decode, encode
from sharing.events import Child, Event
from sharing.facts import Situation, max_ages_of, others_named
from sharing.identity import Linkage
from sharing.ids import EventId, SubjectId, event_id, family_token
from sharing.policy import Guard
from sharing.reconciliation import EventFacts, Said, Step, SubjectState, late
from sharing.reconciliation.around import act_for_setting
from sharing.reconciliation.identity_waits import hold as wait_for_identity
from sharing.reconciliation.saying import World
from sharing.release import Exchange, prepare
from sharing.routing import Routing, recipients
from sharing.vocabulary import Outcome, Recipient
from streams.agents.again import Later, changed_since, without_those_on_their_way
from streams.agents.grounds import came_later, fewer_grounds, fresh_of, meant_for, missed_by
from streams.agents.incoming import Incoming
from streams.agents.kin import kin_of
from streams.agents.late_words import fates_of, sworn
from streams.agents.pending import Pending
from streams.agents.subjects import Resolved, Subjects
from streams.agents.texts import Texts
from streams.agents.views import BROKER_SAYS
from streams.broker import Broker
from streams.head import Stand


class Absorption:
    """The work of one transaction. Feed it events with `take` or a step with `say`, then `closing.finish` it."""

    def __init__(self, broker: Broker, tx: Transaction, stand: Stand | None = None) -> None:
        self.broker = broker
        self.tx = tx
        self.now: datetime = broker.now()
        self.stand = stand or broker.stand(tx)
        self.ages = max_ages_of(self.stand.agreements)
        self.subjects = Subjects(tx, broker.keys.blocking)
        self.head_before = tx.head()
        self.states: dict[int, SubjectState] = {}
        self.rows: dict[bytes, Pending] = {}
        self.later: list[Later] = []
        self.refused: list[tuple[str, str]] = []
        self.doubts: list[tuple[Pending, Linkage]] = []
        self.incidents: set[tuple[bytes, int]] = set()
        self.statements: list[Statement] = []
        self.touched: dict[int, bool] = {}
        self._moves: dict[int, int] = {}
        self._said: deque[tuple[SubjectId, Said]] = deque()
        self._recalls: dict[SubjectId, None] = {}
        self._texts = Texts(broker, self.stand.agreements, tx, lambda s: self.state(SubjectId(s)), self._events_about)

    def take(self, incoming: Incoming) -> None:
        """Absorb one event that came in."""
        resolved = self.subjects.resolve(incoming.event)
        pending = Pending(incoming.event, incoming.event_id, resolved.subject, incoming.raw, 0)
        self.rows[incoming.event_id] = pending
        about = EventFacts(incoming.event_id.hex(), self.now, incoming.sender.slug)
        incident = incoming.event.envelope.incident_id
        if incident:
            token = family_token(self.broker.keys.blocking, incoming.sender.slug, incident)
            self.incidents.add((token, resolved.subject))
        self._doubt(resolved, pending, about)
        world = (self.broker.directory, self.broker.calendars, self.ages.get(Guard.OPEN_INVOLVEMENT))
        step = reconciliation.absorb(self.state(resolved.subject), pending.event, about, *world)
        self.keep(resolved.subject, step)
        self.refused.extend((code, incoming.event_id.hex()) for code in step.refused)
        self._route(pending, about)
        self._drain()

    def say(self, subject: SubjectId, step: Step) -> None:
        """Keep a step that no event caused (a clock) and let the broker say what it says."""
        self.keep(subject, step)
        self._drain()

    def state(self, subject: SubjectId) -> SubjectState:
        """The subject's state, as this batch has left it."""
        if subject not in self.states:
            self.read_states([subject])
        return self.states[subject]

    def read_states(self, subjects: Iterable[int]) -> None:
        """Read the states of subjects that will be looked at, in one go."""
        wanted = set(subjects) - self.states.keys()
        stored = self.tx.states(wanted) if wanted else {}
        for subject in wanted:
            raw = stored[subject].state if subject in stored else b""
            self.states[subject] = reconciliation.from_bytes(raw) if raw else SubjectState()

    def _doubt(self, resolved: Resolved, pending: Pending, about: EventFacts) -> None:
        if not resolved.candidates or resolved.answers:
            return
        state = self.state(resolved.subject)
        self.keep(resolved.subject, wait_for_identity(state, pending.event, about, self._world()))
        if resolved.linkage is not None:
            self.doubts.append((pending, resolved.linkage))

    def _world(self) -> World:
        return World(self.now, self.broker.directory, self.broker.calendars)

    def _route(self, pending: Pending, about: EventFacts) -> None:
        routing = self._routed(pending.event, self.state(pending.subject), about)
        if routing.refused:
            self.refused.append((routing.refused, about.event_id))
        self._decide(pending, routing.recipients, about)
        subject, event = pending.subject, pending.event
        self.hold_late(subject, event, about, self.missed_late(subject, event, about))

    def _routed(self, event: Event, known: SubjectState, about: EventFacts) -> Routing:
        state, broker = fresh_of(known, self.ages, self.now), self.broker
        world = (broker.directory, self.now, broker.calendars)
        return recipients(event, state, *world, event_id=about.event_id, sender=about.sender)

    def missed_late(self, subject: SubjectId, event: Event, about: EventFacts) -> list[Exchange]:
        """For whom it would go, and how, were the episode to which it belongs not closed by now."""
        state = self.state(subject)
        if (was := late.as_it_was(state, event)) is None:
            return []
        to = missed_by(self._routed(event, state, about), self._routed(event, was, about))
        situation = replace(self.situation(subject, event), state=was, seals_elsewhere=())
        return meant_for(event, about.event_id, to, situation, self.stand.agreements, self.broker.keys.ids)

    def hold_late(self, subject: SubjectId, event: Event, about: EventFacts, meant: Sequence[Exchange]) -> None:
        """Let an event wait for those who would have got it before their episode was closed."""
        if meant:
            to, before = [one.recipient for one in meant], fates_of(self.tx, about.event_id)
            self.keep(subject, late.hold(self.state(subject), event, about, to, self._world(), before))

    def _decide(self, pending: Pending, to: Iterable[Recipient], about: EventFacts) -> None:
        known = {exchange.exchange_id for exchange in pending.exchanges}
        decided = self.standing(self.prepare_for(pending.event, pending.event_id, pending.subject, to))
        made = [exchange for exchange in decided if exchange.exchange_id not in known]
        if not pending.exchanges:
            pending.moves = self._moves_of(pending.subject)  # the row is as old as its oldest decision
        pending.exchanges.extend(made)
        self.open_questions(pending.subject, pending.event, made, about)
        self.go_around(pending.subject, pending.event, made, about)

    def prepare_for(
        self, event: Event, identity: EventId, subject: SubjectId, to: Iterable[Recipient]
    ) -> tuple[Exchange, ...]:
        """Decide one event for these recipients, as things stand now."""
        made = prepare(event, identity, to, self.situation(subject, event), self.stand.agreements, self.broker.keys.ids)
        return self._texts.looked_through(event, made, subject, self.subjects.related(subject))

    def holds_sealed(self, text: str, event: Event, exchange: Exchange, subject: SubjectId) -> bool:
        """Whether a text that a person let go holds something that is sealed to its recipient now."""
        return self._texts.holds_sealed(text, event, exchange, subject, self.subjects.related(subject))

    def _events_about(self, subject: int) -> Iterable[Event]:
        return (pending.event for pending in self.rows.values() if pending.subject == subject)

    def standing(self, exchanges: Sequence[Exchange]) -> Sequence[Exchange]:
        """Exchanges as they are recorded: while no signed agreements are in force, what is refused waits for them."""
        if self.stand.is_good:
            return exchanges
        return [replace(e, decision=waits_for_head(e.decision)) for e in exchanges]

    def situation(self, subject: SubjectId, event: Event | None = None) -> Situation:
        """What is known of a subject now, with the seals of everybody whom it may be.

        Args:
            subject: Whom an event is about.
            event: Where it names other children, what is known of those is added.
        """
        seals = tuple(seal for other in self.subjects.related(subject) for seal in self.state(other).seals)
        night = self.broker.calendars.on_duty(self.now) is Duty.EMERGENCY
        settled = subject not in self.subjects.under_review
        named = event is not None and others_named(event)
        kin = kin_of(self.tx, self.subjects, self.state, subject) if named else ()
        return Situation(self.state(subject), seals, settled, night, self.now, self.ages, kin)

    def open_questions(self, subject: SubjectId, event: Event, made: Sequence[Exchange], about: EventFacts) -> None:
        """Start the clocks of exchanges that are on their way."""
        stays = (e for e in made if e.decision.outcome is not Outcome.SUPPRESS and e.decision.reason != NO_HEAD)
        going = [(e.recipient, e.hex) for e in stays]
        if not going:
            return
        world = (self.broker.directory, self.broker.calendars)
        self.keep(subject, reconciliation.open_questions(self.state(subject), event, going, about, *world))

    def go_around(self, subject: SubjectId, event: Event, made: Sequence[Exchange], about: EventFacts) -> None:
        """Where a seal keeps the event itself from somebody, let somebody independent act in their stead."""
        if event.event_type.startswith(BROKER_SAYS) or not any(exchange.kept_out for exchange in made):
            return
        now = self.situation(subject)
        seals = (*now.state.seals, *now.seals_elsewhere)
        said = act_for_setting(about.event_id, about.sender, seals, self._world())
        self.keep(subject, Step(self.state(subject), said))

    def keep(self, subject: SubjectId, step: Step) -> None:
        """Keep a step: its state, what it says, what it lets go, what it takes back."""
        before = self.state(subject)
        self.states[subject] = step.state
        self.statements.extend(sworn(before.late, step.state.late))
        moved = step.register_moved or fewer_grounds(before, step.state)
        if step.state != before or moved:
            self.touched[subject] = self.touched.get(subject, False) or moved
        if moved:
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
        if said.apart:
            subject = SubjectId(self.tx.new_subject())
        envelope = replace(said.event.envelope, event_id=identity.hex(), in_reply_to=said.answers or None)
        event = replace(said.event, envelope=envelope)
        if said.child_of and not any(True for _ in event.child.present()):
            about_whom = self.event(EventId(bytes.fromhex(said.child_of)))
            event = replace(event, child=about_whom.child if about_whom else Child())
        pending = Pending(event, identity, subject, encode(event, self.broker.catalogue), 0)
        self.rows[identity] = pending
        about = EventFacts(identity.hex(), self.now, "crosswalk", said.answers, said.cause)
        self._decide(pending, said.to, about)

    def event(self, identity: EventId) -> Event | None:
        """An event of this batch or of the ledger, None when nobody has it."""
        if identity in self.rows:
            return self.rows[identity].event
        stored = self.tx.find(identity)
        return decode(self.tx.contents([stored.n])[stored.n], self.broker.catalogue) if stored else None

    def _release_again(self, subject: SubjectId, hexed: str) -> None:
        """An event that waited can be routed now: whoever was missing gets it."""
        identity = EventId(bytes.fromhex(hexed))
        pending = self.rows.get(identity)
        if pending is not None:
            self._route(pending, EventFacts(hexed, self.now, pending.event.envelope.organisation or ""))
            return
        stored = self.tx.find(identity)
        event = self.event(identity)
        if stored is not None and event is not None:
            self.decide_again(subject, stored, event)

    def decide_again(self, subject: SubjectId, stored: StoredEvent, event: Event) -> None:
        """Route a stored event again, as things stand now."""
        about = EventFacts(stored.event_id.hex(), self.now, event.envelope.organisation or "")
        state = self.state(subject)
        needs = self._routed(event, state, about).needs
        to = [n.recipient for n in needs if not came_later(state, n, stored.decided_at, about.event_id)]
        prepared = self.prepare_for(event, EventId(stored.event_id), subject, to)
        later = changed_since(self.tx, stored, subject, self.standing(prepared), self.later)
        if later is not None:
            self.tx.release_held([e.exchange_id for e in later.exchanges])
            self.add_later(later)
            self.open_questions(subject, event, later.exchanges, about)
        self.go_around(subject, event, prepared, about)
        missed = without_those_on_their_way(self.tx, stored, self.missed_late(subject, event, about))
        self.hold_late(subject, event, about, missed)

    # ------------------------------------------------------------ out

    def add_later(self, later: Later) -> None:
        """Add exchanges decided now for an event that was stored earlier."""
        later.moves = self._moves_of(later.subject)
        self.later.append(later)

    def take_back(self, recall: Callable[[SubjectId], Iterable[Said]]) -> None:
        """Say every recall that a seal of this batch asks for, once all its events are in."""
        for subject in self._recalls:
            self.tx.move_head()
            self._said.extend((subject, said) for said in recall(subject))
        self._drain()

    def _moves_of(self, subject: SubjectId) -> int:
        """How often, in this batch, something moved by which this subject is judged."""
        return sum(self._moves.get(s, 0) for s in {subject, *self.subjects.related(subject)})

    def head_of(self, subject: SubjectId, moves: int, head: int) -> int:
        """The head under which something was decided when so much had moved: this batch's, or the one before it."""
        return head if moves == self._moves_of(subject) else self.head_before
