"""Receipts: what a recipient says became of an exchange, kept, and told to the clocks that wait for it.

Left out: which clock a receipt stops (`sharing.reconciliation`). Rules: a receipt counts only from the exchange's
recipient; one for an exchange that nobody waits for is kept and moves nothing.
"""

from ledger.rows import Statement
from sharing import reconciliation
from sharing.events import ReceiptRecorded, ReceiptState
from sharing.ids import SubjectId
from sharing.policy.canonical import canonical
from sharing.reconciliation import EventFacts
from streams.agents.absorption import Absorption
from streams.agents.incoming import Incoming
from streams.agents.recalls import ACKNOWLEDGED
from streams.agents.subjects import reply_of


def absorb_receipt(work: Absorption, incoming: Incoming) -> None:
    """Keep a receipt and let it stop what it stops."""
    event = incoming.event
    exchange = reply_of(event)
    if not isinstance(event, ReceiptRecorded) or exchange is None or event.state is None:
        work.refused.append(("RECEIPT_OF_NOTHING", incoming.event_id.hex()))
        return
    asked = work.tx.awaited(exchange)
    if asked is not None and work.tx.organisation(asked.lane) != incoming.sender.slug:
        work.refused.append(("NOT_THE_RECIPIENT", incoming.event_id.hex()))
        return
    code = (event.code or "")[:40] if event.state is ReceiptState.REFUSED else ""
    new = work.tx.add_receipt(exchange, event.state, work.now, incoming.sender.slug, code)
    if new and event.state is ReceiptState.RECALLED and asked is not None:
        body = {"exchange": exchange.hex(), "organisation": incoming.sender.slug}
        work.statements.append(Statement(ACKNOWLEDGED, canonical(body)))
    subject = work.subjects.answered.get(exchange)
    if subject is None:
        return
    about = EventFacts(incoming.event_id.hex(), work.now, incoming.sender.slug, exchange.hex())
    state = work.state(SubjectId(subject))
    step = reconciliation.absorb(state, event, about, work.broker.directory, work.broker.calendars)
    work.refused.extend((refusal, incoming.event_id.hex()) for refusal in step.refused)
    work.say(SubjectId(subject), step)
