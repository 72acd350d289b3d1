"""A text that waits, opened: its event as it was told, what is decided about it now, and what is known of the family.

Left out: scrubbing it and what a person does (`text_review`). Rules: nothing is opened of a child who was forgotten;
the text belongs to the exchange by which its recipient has the rest of the event now.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ledger.rows import StoredEvent
from sharing.codec import decode
from sharing.events import Event
from sharing.ids import EventId, SubjectId
from sharing.redaction.scrub import Known, known_of
from sharing.release import Exchange
from sharing.vocabulary import Outcome, Recipient, RecipientKind
from streams.agents.absorption import Absorption
from streams.agents.recalls import replacement
from streams.agents.sealed import opened, rows_about
from streams.agents.text_asking import value_of
from streams.agents.text_queue import Waiting, is_taken_back
from streams.agents.views import BROKER_SAYS


@dataclass(frozen=True, slots=True)
class Opened:
    """A text that waits, with all that it takes to decide about it.

    Attributes:
        waiting: With the exchange by which its recipient has the rest now.
        stands: Whether its recipient has the rest: nobody took it back.
        now: What is decided about its event now.
    """

    work: Absorption
    waiting: Waiting
    stored: StoredEvent
    event: Event
    subject: SubjectId
    now: Exchange
    stands: bool

    @property
    def may_go(self) -> bool:
        """Whether the agreements still let the text go once a person has read it, to somebody who has the rest."""
        paths = {ruling.path for ruling in self.now.decision.to_review}
        return self.stands and self.now.decision.outcome is Outcome.DELIVER and self.waiting.text.path in paths

    @property
    def text(self) -> str:
        """As it was written."""
        return value_of(self.event, self.waiting.text.path) or ""


def looked_at(work: Absorption, one: Waiting, *, locked: bool = False) -> Opened | None:
    """A text and what the agreements say of it now; None for a child who was forgotten."""
    tx = work.tx
    stored = tx.find(bytes.fromhex(one.text.event))
    if stored is None or tx.forgotten([stored.subject]):
        return None
    if locked:
        work.subjects.read([stored.subject])
    else:
        work.subjects.relate([stored.subject])
    subject = work.subjects.root(stored.subject)
    event = decode(tx.content(stored.n), work.broker.catalogue)
    to = Recipient(one.text.organisation, one.text.function, RecipientKind(one.kind))
    (now,) = work.prepare_for(event, EventId(stored.event_id), subject, [to])
    exchange = _had_now(work, stored, one, to)
    one = replace(one, exchange=exchange) if exchange else one
    return Opened(work, one, stored, event, subject, now, stands=exchange is not None)


def _had_now(work: Absorption, stored: StoredEvent, one: Waiting, to: Recipient) -> str | None:
    """The exchange by which the recipient has the rest of the event: that of the asking, or what replaced it since."""
    states = {x.exchange_id.hex(): x.state for row in work.tx.redecisions([stored.n]) for x in row.exchanges}
    exchange = one.exchange
    while is_taken_back(work.tx, exchange):
        exchange = replacement(work, bytes.fromhex(exchange), to).hex()
        if states.get(exchange) is not Outcome.DELIVER:
            return None
    return exchange


def known(work: Absorption, subject: SubjectId) -> Known:
    """Everything by which a family could be known, from all that was ever said of it.

    The family: the child, everybody whom it may be, and the children of the same incidents.
    """
    own = {int(subject), *(int(other) for other in work.subjects.related(subject))}
    kin = {other for others in work.tx.relatives(own).values() for other in others}
    rows = {n for one in own | kin for n in rows_about(work.tx, one)}
    events: Iterable[Event] = opened(work.broker, work.tx, sorted(rows)).values()
    said = [event for event in events if not event.event_type.startswith(BROKER_SAYS)]
    return known_of(said, work.stand.agreements.classes)
