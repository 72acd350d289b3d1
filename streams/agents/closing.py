"""The end of one transaction's work: states are saved, events and decisions become rows, views are handed over.

Left out: the work itself (`absorption`) and writing the carrier (the ledger). Rules: a row is as old as its oldest
decision; what the ledger must swear to beside events stands in the same carrier as what it is about; views are built
after the commit, since whoever waits for the database need not wait for them.
"""

from collections.abc import Container
from datetime import datetime

from ledger.packing import row_number
from ledger.rows import CarrierRows, EventRow, Redecision
from sharing import reconciliation
from sharing.ids import SubjectId
from sharing.vocabulary import Outcome
from streams.agents.absorption import Absorption
from streams.agents.again import Later, redecisions
from streams.agents.handover import Named
from streams.agents.levels import ask
from streams.agents.pending import Pending
from streams.agents.rows import exchange_row
from streams.agents.views import view_of
from streams.broker import ENGINE


def finish(work: Absorption) -> CarrierRows:
    """Save every state and give the rows of the carrier."""
    changed = ((subject, work.states[subject], moved) for subject, moved in work.touched.items())
    work.tx.save_states([(s, reconciliation.to_bytes(state), state.next_at, moved) for s, state, moved in changed])
    if work.incidents:
        work.tx.add_incidents(work.incidents)
    head = work.tx.head()
    return CarrierRows(
        work.now,
        ENGINE,
        [_row(work, pending, head) for pending in work.rows.values()],
        [row for later in work.later for row in _rows_of(work, later, head)],
        work.statements,
    )


def write(work: Absorption) -> int | None:
    """Finish, and write the carrier if it holds anything; its id, None when there was nothing to write."""
    rows = finish(work)
    return work.tx.write(rows) if rows.events or rows.redecisions or rows.statements else None


def settle_reviews(work: Absorption, carrier: int | None) -> None:
    """Ask a person about every doubt that this work raised."""
    places = {identity: place for place, identity in enumerate(work.rows)}
    for pending, linkage in work.doubts:
        assert carrier is not None, "a doubt is about an event of this carrier"
        ask(work.tx, row_number(carrier, places[pending.event_id]), pending.subject, linkage)


def views(work: Absorption, wanted: Container[str] | None = None) -> list[Named]:
    """The views of everything that may leave, while the events are at hand; needs no database.

    Args:
        work: Finished and committed.
        wanted: Organisations whose lanes this process holds: another one builds the views of its own lanes. None
            for all.
    """
    made = []
    for pending in work.rows.values():
        state = work.state(pending.subject)
        if state.lapses:
            continue  # it may have ended by the time something leaves: the view is built then
        for exchange in pending.exchanges:
            mine = wanted is None or exchange.recipient.organisation in wanted
            if mine and exchange.decision.outcome is Outcome.DELIVER:
                view = view_of(work.broker, work.stand.agreements, pending.event, exchange, pending.subject, state)
                made.append(Named(exchange.exchange_id, exchange.decision.digest, view))
    return made


def _row(work: Absorption, pending: Pending, head: int) -> EventRow:
    look_again = _look_again(work, pending.subject)
    return EventRow(
        pending.event_id,
        pending.subject,
        work.broker.catalogue.newest[pending.event.event_type],
        work.head_of(pending.subject, pending.moves, head),
        work.stand.agreements.version,
        pending.content,
        tuple(exchange_row(e, look_again) for e in pending.exchanges),
    )


def _rows_of(work: Absorption, later: Later, head: int) -> list[Redecision]:
    decided_under = work.head_of(later.subject, later.moves, head)
    return redecisions(later, decided_under, work.stand.agreements.version, _look_again(work, later.subject))


def _look_again(work: Absorption, subject: SubjectId) -> datetime:
    """When somebody must look at what is held about a subject."""
    return work.state(subject).next_at or work.now
