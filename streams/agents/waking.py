"""What waited for signed agreements is decided when they are in force: each exchange once, whatever it comes to.

Left out: why nothing was in force (`streams.head`), and what may be released meanwhile (`release`). Rules: an exchange
keeps its id and its recipient; clocks start for what goes now; a refusal stands from here on; one process at a time
does it, under the lease of the clocks.
"""

from collections.abc import Iterable, Sequence

from ledger.leases import Lease
from ledger.rows import Held
from sharing.approval import NO_HEAD
from sharing.codec import decode
from sharing.ids import EventId, ExchangeId
from sharing.reconciliation import EventFacts, Step
from sharing.release import Exchange
from sharing.vocabulary import Recipient, RecipientKind
from streams.agents.absorption import Absorption
from streams.agents.again import Later
from streams.agents.closing import views, write
from streams.agents.handover import Handover
from streams.broker import Broker

AT_ONCE = 200


def wake(broker: Broker, handover: Handover, lease: Lease) -> int:
    """Decide some of what waits for agreements; how many exchanges were decided, 0 while none are in force.

    Raises:
        Retryable: the database is away; nothing was changed.
        FenceLost: another process does it now.
    """
    with broker.ledger.reading() as tx:
        waiting = tx.held_because(NO_HEAD, AT_ONCE) if broker.stand(tx).is_good else []
    if not waiting:
        return 0
    with broker.ledger.transaction() as tx:
        tx.keep(lease)
        work = Absorption(broker, tx)
        work.subjects.read({held.subject for held in waiting})
        if not work.stand.is_good:
            return 0
        for n, some in _by_event(held for held in waiting if tx.release_held([held.exchange_id])):
            _decide(work, n, some)
        write(work)
    handover.put(views(work, handover.wanted))
    return len(waiting)


def _by_event(waiting: Iterable[Held]) -> Iterable[tuple[int, list[Held]]]:
    found: dict[int, list[Held]] = {}
    for held in waiting:
        found.setdefault(held.n, []).append(held)
    return found.items()


def _decide(work: Absorption, n: int, waiting: Sequence[Held]) -> None:
    stored = work.tx.row(n)
    if stored is None:
        return
    event, identity = decode(work.tx.content(n), work.broker.catalogue), EventId(stored.event_id)
    subject = work.subjects.root(stored.subject)
    kinds = {x.exchange_id: x.kind for x in stored.exchanges}
    kinds |= {x.exchange_id: x.kind for row in work.tx.redecisions([n]) for x in row.exchanges}
    to = [Recipient(h.organisation, h.function, RecipientKind(kinds[h.exchange_id])) for h in waiting]
    decided = work.prepare_for(event, identity, subject, to)
    made = [
        Exchange(ExchangeId(h.exchange_id), one.recipient, one.decision)
        for h, one in zip(waiting, decided, strict=True)
    ]
    work.add_later(Later(stored, subject, made, frozenset(kinds)))
    about = EventFacts(identity.hex(), work.now, event.envelope.organisation or "")
    work.open_questions(subject, event, made, about)
    work.say(subject, Step(work.state(subject)))
