"""Releasing: claim what may leave under what is true now, send it, mark it sent.

Left out: the outbox's book-keeping (`ledger.outbox`) and the wire (`sender`). Rules: claiming is disclosing, so
registers and agreements are read in the claim's own transaction; what moved is decided again, with a new leaf, before
it can leave; nothing leaves before every seal that the cluster has is absorbed, nor while no signed agreements are in
force; referrals leave by their own door and wait for none of this.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256

import structlog

from ledger.outbox import Outbox
from ledger.rows import LaneItem
from ledger.store import Transaction
from sharing.codec import decode
from sharing.events import Event
from sharing.ids import EventId, ExchangeId, SubjectId
from sharing.reconciliation import SubjectState
from sharing.release import Exchange
from sharing.vocabulary import Outcome, Recipient, RecipientKind
from streams.agents.absorption import Absorption
from streams.agents.barrier import Barrier, is_behind
from streams.agents.handover import Handover, View
from streams.agents.kin import others_of, rests_on_kin
from streams.agents.last_door import LastDoor
from streams.agents.late_claims import hold_refused, is_too_late
from streams.agents.passes import Pass, apart, claims_of, finished, judged_by
from streams.agents.redeciding import decided_again, lapsed_in
from streams.agents.sender import Outgoing, Sender
from streams.agents.standing_still import StandingStill
from streams.agents.stopping import Stopped, caught, set_aside
from streams.agents.text_asking import ask_for
from streams.agents.text_views import Reviews, after_review, words_of
from streams.agents.views import as_recorded, view_of
from streams.broker import Broker
from streams.head import Stand

log = structlog.get_logger()

LEASE = timedelta(seconds=5)
RENEW = timedelta(seconds=1.5)
AT_ONCE = 500
MOST_MOVED = 2_000
"""Decided again in one pass, beyond one for each lane; a carrier holds twice as many."""


class Release:
    """One process's releasing; everything in one thread."""

    def __init__(self, broker: Broker, handover: Handover, sender: Sender, barrier: Barrier, owner: str) -> None:
        self.broker = broker
        self.handover = handover
        self.sender = sender
        self.barrier = barrier
        self.outbox = Outbox(owner)
        self.still = StandingStill(broker, self.outbox, sender)
        self.door = LastDoor(broker)
        self.reviews = Reviews()
        self._leased_at = datetime.min.replace(tzinfo=UTC)
        self._digests: dict[int, tuple[bytes, bool]] = {}
        self._opened: Mapping[int, bytes] = {}
        self._events: dict[int, Event] = {}

    def once(self, real_now: datetime) -> int:
        """One pass over the lanes; returns how many exchanges left.

        Raises:
            Retryable: the database or the cluster is away.
            FenceLost: another process took a lane; nothing was changed.
        """
        self._lease(real_now)
        self.still.try_again(real_now)
        left = self._express()
        with self.broker.ledger.reading() as tx:
            found = self.outbox.rows_for(tx, AT_ONCE) if self.broker.stand(tx).is_good else {}
        return left + self._ordinary(found) if found and self._seals_are_in() else left

    def close(self) -> None:
        """Let others have the lanes at once."""
        with self.broker.ledger.transaction() as tx:
            self.outbox.give_back(tx)

    def _seals_are_in(self) -> bool:
        """Whether every seal that the cluster has by now was absorbed: it is asked first, and looked for after."""
        ends = self.barrier.ends()
        with self.broker.ledger.reading() as tx:
            return not is_behind(ends, tx.progress())

    # ------------------------------------------------------------ lanes

    def _lease(self, real_now: datetime) -> None:
        if real_now - self._leased_at > RENEW:
            with self.broker.ledger.transaction() as tx:
                mine = self.outbox.lease_lanes(tx, real_now, LEASE)
                self.handover.wanted = frozenset(tx.organisation(lane) for lane in mine)
                self.handover.as_of(tx.shreds())
            self._leased_at = real_now

    # ------------------------------------------------------------ referrals

    def _express(self) -> int:
        """Referrals: committed is enough."""
        with self.broker.ledger.reading() as tx:
            items = self.outbox.express_rows(tx)
            gone = tx.forgotten({item.subject for item in items})
        self._pass_over([item for item in items if item.subject in gone])
        items = [item for item in items if item.subject not in gone]
        if not items:
            return 0
        now = self.broker.now()
        with self.broker.ledger.transaction() as tx:
            work = self._work(tx, items)
            views = [self._as_recorded(work, item) for item in items]
            seqs = self.outbox.claim_express(tx, items, now)
        failed = self.sender.send(self._outgoing(zip(items, views, strict=True), seqs, now))
        going = [item for item in items if item.lane not in failed]
        with self.broker.ledger.transaction() as tx:
            self.outbox.mark_express(tx, going, now)
            self.still.suspend(tx, failed)
        return len(going)

    def _pass_over(self, items: Sequence[LaneItem]) -> None:
        """Referrals of a child who was forgotten before they could leave: nobody can open them."""
        if items:
            with self.broker.ledger.transaction() as tx:
                self.outbox.mark_express(tx, items, self.broker.now())
            log.error("referrals of a forgotten child did not leave", count=len(items))

    def _as_recorded(self, work: Absorption, item: LaneItem) -> View:
        """The view of a referral under the decision that was stored with it, whatever has moved since."""
        body = work.tx.outcomes([item.outcome])[item.outcome]
        kept = self.handover.take(item.exchange_id, sha256(body).digest())
        if kept is not None:
            return kept
        exchange = Exchange(ExchangeId(item.exchange_id), _recipient(item), as_recorded(body))
        state = work.state(work.subjects.root(item.subject))
        return self._seen(work, item, self._event(work.tx, item), exchange, state)

    # ------------------------------------------------------------ everything else

    def _ordinary(self, found: Mapping[int, Sequence[LaneItem]]) -> int:
        now = self.broker.now()
        with self.broker.ledger.transaction() as tx:
            tx.hold_head()
            stand = self.broker.stand(tx)
            if not stand.is_good:
                return 0
            looked = self._look(tx, found, stand)
            if looked.moved:
                again = decided_again(tx, self.reviews, looked.moved, stand, now)
                self.outbox.redecide(tx, again)
                tx.release_held(lapsed_in(again))
            seqs = self.outbox.claim(tx, claims_of(found, looked), now, apart(looked))
        if looked.asking:
            ask_for(self.broker, looked.asking)
        if looked.late:
            hold_refused(self.broker, looked.late)
        going = [pair for pairs in looked.going.values() for pair in pairs]
        failed = self.sender.send(self._outgoing(going, seqs, now))
        done = [lane for lane in finished(found, looked) if lane not in failed]
        if done or failed:
            with self.broker.ledger.transaction() as tx:
                self.outbox.mark_sent(tx, done)
                self.still.suspend(tx, failed)
        if looked.caught:
            set_aside(self.broker, self.outbox, looked.caught)  # whoever holds the seal is told; a log tells everybody
        return sum(1 for item, _ in going if item.lane not in failed)

    def _look(self, tx: Transaction, found: Mapping[int, Sequence[LaneItem]], stand: Stand) -> Pass:
        """Split each lane at its first item that moved: before it may go, it is decided again, behind it waits.

        Whatever else moved behind it is decided again in the same pass: each new leaf waits for its checkpoint, and a
        seal or a new agreement may move a whole backlog.
        """
        work = self._work(tx, [item for lane in found.values() for item in lane], stand)
        judged = {s: judged_by(work, {s}) for s in {item.subject for lane in found.values() for item in lane}}
        moved_at = tx.changed({other for others in judged.values() for other in others})
        self.door.watch(work, judged, moved_at)
        gone = tx.forgotten({item.subject for lane in found.values() for item in lane})
        looked = Pass()
        for lane, ordered in found.items():
            for item in ordered:
                if item.state is not Outcome.DELIVER or item.subject in gone:
                    continue
                newest = max(moved_at.get(subject, 0) for subject in judged[item.subject])
                newest = max(newest, self._kin_moved_at(work, item))
                stale = newest > item.register_head or item.agreements != stand.agreements.version
                waits = lane in looked.stopped
                if waits and (not stale or len(looked.moved) >= MOST_MOVED):
                    looked.ask(item, () if stale else self.reviews.to_ask(tx, item, partial(self._event, tx, item)))
                    continue
                exchange, view = self._view(work, item, stale=stale)
                if exchange is not None and is_too_late(work, item, self._event(tx, item), exchange):
                    looked.late.append(item)
                    looked.stopped.setdefault(lane, item)
                elif exchange is not None:
                    looked.moved.append((item, exchange))
                    looked.stopped.setdefault(lane, item)
                elif paths := self.reviews.to_ask(tx, item, partial(self._event, tx, item)):
                    looked.ask(item, paths)
                    looked.stopped.setdefault(lane, item)
                elif stopped := self._stopped(work, item, view):
                    looked.caught.append(stopped)
                    looked.stopped.setdefault(lane, item)
                else:
                    looked.going.setdefault(lane, []).append((item, view))
        return looked

    def _kin_moved_at(self, work: Absorption, item: LaneItem) -> int:
        """Head at which a register of another child moved on whose place the decision rests; 0 where it does not."""
        if not self._decided(work.tx, item.outcome)[1]:
            return 0
        others = others_of(work.tx, work.subjects, work.subjects.root(item.subject))
        return max(work.tx.changed(others).values(), default=0)

    def _stopped(self, work: Absorption, item: LaneItem, view: View) -> Stopped | None:
        """What the last door says; without a seal in the family it is not asked."""
        if not self.door.owners(item.subject):
            return None
        return caught(self.door, work, item, self._event(work.tx, item), view)

    def _work(self, tx: Transaction, items: Sequence[LaneItem], stand: Stand | None = None) -> Absorption:
        """What is needed to decide about these items: read without locks, since registers cannot move meanwhile."""
        work = Absorption(self.broker, tx, stand)
        work.subjects.relate({item.subject for item in items})
        gone = tx.forgotten({item.subject for item in items})
        missing = [item for item in items if item.exchange_id not in self.handover and item.subject not in gone]
        work.read_states(judged_by(work, {item.subject for item in missing}))
        self._opened = tx.contents({item.event_n for item in missing}) if missing else {}
        self._events = {}
        return work

    def _event(self, tx: Transaction, item: LaneItem) -> Event:
        """The whole event; opened and decoded once a pass, whatever the number of its recipients."""
        if item.event_n not in self._events:
            raw = self._opened.get(item.event_n) or tx.content(item.event_n)
            self._events[item.event_n] = decode(raw, self.broker.catalogue)
        return self._events[item.event_n]

    def _view(self, work: Absorption, item: LaneItem, *, stale: bool) -> tuple[Exchange | None, View]:
        """The view of an item; or, when its decision no longer holds, the exchange decided anew, and no view.

        A subject that was joined to another is judged as that other; its stream at the recipient stays its own.
        """
        digest, _ = self._decided(work.tx, item.outcome)
        kept = None if stale else self.handover.take(item.exchange_id, digest)
        if kept is not None:
            return None, kept
        subject, recipient, event = work.subjects.root(item.subject), _recipient(item), self._event(work.tx, item)
        (made,) = work.prepare_for(event, EventId(item.event_id), subject, [recipient])
        follows = self.reviews.follows(work.tx, item)
        decision = after_review(work.tx, made.decision, follows) if follows else made.decision
        exchange = Exchange(ExchangeId(item.exchange_id), recipient, decision)
        if stale or decision.digest != digest:
            return exchange, View(b"", b"", event.event_type)
        return None, self._seen(work, item, event, exchange, work.state(subject))

    def _seen(self, work: Absorption, item: LaneItem, event: Event, exchange: Exchange, state: SubjectState) -> View:
        """The view, under the agreements that the transaction of this pass sees."""
        follows = self.reviews.follows(work.tx, item)
        words = words_of(self.broker, work.tx, follows) if follows else None
        return view_of(self.broker, work.stand.agreements, event, exchange, SubjectId(item.subject), state, words)

    def _decided(self, tx: Transaction, outcome: int) -> tuple[bytes, bool]:
        """Digest of a recorded decision, and whether it holds only while another child is on the recipient's roll."""
        if outcome not in self._digests:
            found = tx.outcomes([outcome]).items()
            self._digests |= {n: (sha256(body).digest(), rests_on_kin(body)) for n, body in found}
        return self._digests[outcome]

    # ------------------------------------------------------------ out

    def _outgoing(
        self, pairs: Iterable[tuple[LaneItem, View]], seqs: Mapping[bytes, int], now: datetime
    ) -> Iterable[Outgoing]:
        for item, view in pairs:
            topic, seq = self.still.topic_of(item.organisation), seqs[item.exchange_id]
            yield Outgoing(
                item.lane, topic, view.key, view.value, view.event_type, item.exchange_id, seq, now, view.around
            )


def _recipient(item: LaneItem) -> Recipient:
    return Recipient(item.organisation, item.function, RecipientKind(item.kind))
