"""Who is refused at the door because their episode was closed meanwhile: the event waits for them, as if it came late.

It came in time and did not leave in time: the lane stood still, or nothing was in force. So before the refusal is
written down the event is held, in a transaction of its own: were the two the other way round, a process that ends in
between would lose it.

Left out: what holding is (`sharing.reconciliation.late`). Rule: only the exchange in which the event itself was to go.
"""

from collections.abc import Iterable

from ledger.rows import LaneItem
from sharing.codec import decode
from sharing.events import Event
from sharing.reconciliation import EventFacts, Step
from sharing.reconciliation.standing import Fate
from sharing.release import Exchange
from sharing.vocabulary import Outcome
from streams.agents.absorption import Absorption
from streams.agents.closing import write
from streams.agents.late_words import fates_of
from streams.agents.views import BROKER_SAYS
from streams.broker import Broker


def is_too_late(work: Absorption, item: LaneItem, event: Event, made: Exchange) -> bool:
    """Whether an item is refused now that its recipient's episode is closed, and does not wait for them yet.

    Args:
        work: Of the pass.
        item: At the door.
        event: The whole event.
        made: As it is decided now.
    """
    if made.decision.outcome is not Outcome.SUPPRESS or event.event_type.startswith(BROKER_SAYS):
        return False
    key = (item.event_id.hex(), item.organisation, item.function)
    now = {late.key: late.fate for late in work.state(work.subjects.root(item.subject)).late}
    if now.get(key, Fate.LET_GO) is not Fate.LET_GO or not _missed(work, item, event):
        return False
    return key in now or fates_of(work.tx, key[0]).get(key, Fate.LET_GO) is Fate.LET_GO


def hold_refused(broker: Broker, items: Iterable[LaneItem]) -> None:
    """Let the events of these items wait for their recipients.

    Raises:
        Retryable: the database is away; nothing was changed.
    """
    with broker.ledger.transaction() as tx:
        work = Absorption(broker, tx)
        chosen = list(items)
        work.subjects.read({item.subject for item in chosen})
        gone = tx.forgotten({item.subject for item in chosen})
        for item in chosen:
            if item.subject not in gone:
                event = decode(tx.content(item.event_n), broker.catalogue)
                subject = work.subjects.root(item.subject)
                work.hold_late(subject, event, _about(work, item, event), _missed(work, item, event))
                work.say(subject, Step(work.state(subject)))
        write(work)


def _missed(work: Absorption, item: LaneItem, event: Event) -> list[Exchange]:
    found = work.missed_late(work.subjects.root(item.subject), event, _about(work, item, event))
    return [one for one in found if one.exchange_id == item.exchange_id]


def _about(work: Absorption, item: LaneItem, event: Event) -> EventFacts:
    return EventFacts(item.event_id.hex(), work.now, event.envelope.organisation or "")
