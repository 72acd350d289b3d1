"""From a batch of raw records to one committed carrier.

Left out: Kafka (the loop acknowledges) nor what follows from events (`absorption`). Rules: one transaction a batch,
holding the carrier, the dead letters and the progress of the partition; a repeated event changes nothing; the same id
with other content is a dead letter; insert first, look for repeats only when the database objects.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import structlog

from ledger.errors import DuplicateEvents
from sharing.errors import Rejected
from sharing.events import ReceiptRecorded, ReferralSubmitted
from sharing.ids import SubjectId
from sharing.reconciliation.saying import World
from sharing.reconciliation.set_aside import ring
from streams.agents.absorption import Absorption
from streams.agents.closing import settle_reviews, views, write
from streams.agents.handover import Handover
from streams.agents.incoming import DeadLetter, Incoming, kind_of, sender_of, set_aside, take_records
from streams.agents.recalls import recall_earlier
from streams.agents.receipts import absorb_receipt
from streams.agents.subjects import NOBODY, probe_of
from streams.agents.text_again import ask_again_of_batch
from streams.broker import Broker
from streams.carrier import Batch

log = structlog.get_logger()

First = Callable[[Absorption, Sequence[Incoming]], None]
"""Something that is done in a transaction before its events are taken in."""

CONFLICT = "SAME_ID_OTHER_CONTENT"
CRASHED = Rejected(
    "CRASHED", "", "the worker ended three times on this record; it was set aside so that the rest flows"
)


class Intake:
    """Absorbs batches; one per process, called from its one database thread."""

    def __init__(self, broker: Broker, handover: Handover) -> None:
        self.broker = broker
        self.handover = handover

    def absorb(self, batch: Batch) -> None:
        """Take one batch into the database.

        Raises:
            Retryable: the database is away; nothing was written.
        """
        taken = take_records(batch, self.broker.catalogue, self.broker.directory)
        incoming, letters = _first_of_each([t for t in taken if isinstance(t, Incoming)])
        letters += [t for t in taken if isinstance(t, DeadLetter)]
        try:
            self._write(batch, incoming, letters)
        except DuplicateEvents:
            self._write(batch, *self._without_repeats(incoming, letters))

    def absorb_crashed(self, batch: Batch) -> None:
        """Take in a record on which the worker died again and again.

        A referral goes to the front door all the same, as a child of its own whom nobody was looked up for: whatever in
        looking it up may have ended the worker is passed by. Anything else is a dead letter.
        """
        catalogue, directory = self.broker.catalogue, self.broker.directory
        referrals = tuple(r for r in batch.records if kind_of(r, batch, catalogue) is ReferralSubmitted)
        taken = take_records(replace(batch, records=referrals), catalogue, directory) if referrals else []
        incoming = [t for t in taken if isinstance(t, Incoming)]
        letters = [t for t in taken if isinstance(t, DeadLetter)]
        letters += [set_aside(r, batch, catalogue, CRASHED) for r in batch.records if r not in referrals]
        try:
            self._write(batch, incoming, letters, linked=False)
        except DuplicateEvents:
            self._write(batch, *self._without_repeats(incoming, letters), linked=False)
        for one in incoming:
            log.error("a referral was taken in without looking up its child", event_id=one.event_id.hex())

    def absorb_unopened(self, batch: Batch) -> None:
        """Set aside what ended the worker even so. It is not opened; its sender and the front door are rung."""
        self._write(batch, [], [set_aside(r, batch, self.broker.catalogue, CRASHED) for r in batch.records])

    def absorb_again(self, batch: Batch, first: First) -> None:
        """Take in one record that was set aside, now that nothing is wrong with it any more.

        Args:
            batch: With that record alone.
            first: Done first, in the same transaction.

        Raises:
            Rejected: it cannot be used now either; nothing was changed.
        """
        (taken,) = take_records(batch, self.broker.catalogue, self.broker.directory)
        if isinstance(taken, DeadLetter):
            raise Rejected(taken.code, taken.field, taken.reason)
        try:
            self._write(batch, [taken], [], first=first)
        except DuplicateEvents:
            _, clashing = self._without_repeats([taken], [])
            if clashing:
                raise Rejected(CONFLICT, clashing[0].field, clashing[0].reason) from None
            self._write(batch, [], [], first=first)  # its sender sent it again meanwhile

    def _write(
        self,
        batch: Batch,
        incoming: Sequence[Incoming],
        letters: Sequence[DeadLetter],
        *,
        linked: bool = True,
        first: First | None = None,
    ) -> None:
        events = [i.event for i in incoming]
        probes = [probe_of(event, self.broker.keys.blocking) if linked else NOBODY for event in events]
        with self.broker.ledger.transaction() as tx:
            work = Absorption(self.broker, tx)
            if first is not None:
                first(work, incoming)
            work.subjects.open(events, probes)
            work.read_states(work.subjects.known)
            for one in incoming:
                if isinstance(one.event, ReceiptRecorded):
                    absorb_receipt(work, one)
                else:
                    work.take(one)
            self._dead_letters(work, batch, letters)
            work.take_back(lambda subject: recall_earlier(work, subject))
            ask_again_of_batch(work)
            settle_reviews(work, write(work))
            tx.advance(batch.topic, batch.partition, batch.last_offset + 1)
        # After the commit: whoever waits for the database need not wait for this.
        self.handover.put(views(work, self.handover.wanted))
        _tell(work, letters, batch)

    def _dead_letters(self, work: Absorption, batch: Batch, letters: Iterable[DeadLetter]) -> None:
        """Keep what cannot be used, and have those rung who rely on it; a repeated record does neither."""
        sender = sender_of(batch, self.broker.directory)
        world = World(work.now, self.broker.directory, self.broker.calendars)
        for letter in letters:
            source = (batch.topic, batch.partition, letter.offset)
            new = work.tx.dead_letter(source, letter.code, letter.field, letter.reason, work.now, letter.raw)
            if not new or sender is None or letter.kind is None:
                continue
            step = ring(letter.kind, sender, "set-aside/{}-{}-{}".format(*source), world)
            if step.said:
                work.say(SubjectId(work.tx.new_subject()), step)

    def _without_repeats(
        self, incoming: Sequence[Incoming], letters: Sequence[DeadLetter]
    ) -> tuple[list[Incoming], list[DeadLetter]]:
        """What is new, and a dead letter for every known id that came with other content."""
        with self.broker.ledger.transaction() as tx:
            known = set(tx.seen([i.event_id for i in incoming]))
            clashing = [i for i in incoming if i.event_id in known and not tx.same_content(i.event_id, i.raw)]
        return [i for i in incoming if i.event_id not in known], [*letters, *map(_conflict, clashing)]


def _first_of_each(incoming: Iterable[Incoming]) -> tuple[list[Incoming], list[DeadLetter]]:
    """Each event id once, the first, as it would be over several batches; and what repeats it with other content."""
    first: dict[bytes, Incoming] = {}
    clashing = [one for one in incoming if first.setdefault(one.event_id, one).raw != one.raw]
    return list(first.values()), [_conflict(one) for one in clashing]


def _conflict(one: Incoming) -> DeadLetter:
    reason = "this event id is known with other content; a changed record needs a new version"
    return DeadLetter(CONFLICT, "envelope.event_id", reason, one.raw, one.offset, type(one.event))


def _tell(work: Absorption, letters: Sequence[DeadLetter], batch: Batch) -> None:
    for code, event in work.refused:
        log.warning("not accepted from this sender", code=code, event_id=event)
    seal = batch.topic.startswith("seals.")
    for letter in letters:
        tell = log.error if seal else log.warning
        tell(
            "a seal could not be read: ring its sender now" if seal else "dead letter", code=letter.code,
            field=letter.field, topic=batch.topic, partition=batch.partition, offset=letter.offset,
        )  # fmt: skip
