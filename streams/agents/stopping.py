"""What the last door stopped is set aside: held in its place, sworn to, and told to whoever holds the seal.

Left out: finding it (`last_door`) and what a person does about it (`quarantine`). Rules: what is set aside is not sent,
and the others of its lane go on; the decision stays as the agreements gave it and only its state says that it is held,
so that the ledger shows both; nobody hears of it who does not know of the seal already; no value is kept or told.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from ledger.outbox import Outbox
from ledger.rows import Exchange as ExchangeRow
from ledger.rows import Hold, LaneItem, Redecision, Statement
from ledger.store import Transaction
from sharing.events import Child, Event, TaskKind, TaskRaised, Urgency
from sharing.policy.canonical import canonical
from sharing.reconciliation import Said, Step
from sharing.reconciliation.around import holders
from sharing.reconciliation.parties import recipient_for
from sharing.reconciliation.saying import distinct, envelope
from sharing.redaction.tripwire import Hit
from sharing.vocabulary import FieldClass, OrganisationKind, Outcome, Recipient, RecipientKind
from streams.agents.absorption import Absorption
from streams.agents.closing import finish
from streams.agents.handover import View
from streams.agents.last_door import LastDoor
from streams.agents.sender import Outgoing, headers_of
from streams.broker import Broker

QUARANTINED = "quarantined"
SET_ASIDE, LET_GO = "hold.quarantined", "hold.let-go"
WHY = "STOPPED_AT_THE_LAST_DOOR"
LOOK_WITHIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Stopped:
    """One exchange that may not leave as it is.

    Attributes:
        owners: Subjects whose seals it meets.
    """

    item: LaneItem
    event_type: str
    hits: tuple[Hit, ...]
    owners: tuple[int, ...]


def caught(door: LastDoor, work: Absorption, item: LaneItem, event: Event, view: View) -> Stopped | None:
    """What the last door says of a record that would leave now; None when it may go."""
    if isinstance(event, TaskRaised) and event.task is TaskKind.LOOK_AT_STOPPED_RECORD:
        return None  # it holds nothing of the child, and must not be stopped for what it tells of
    record = Outgoing(item.lane, "", view.key, view.value, view.event_type, item.exchange_id, 0, work.now, view.around)
    parts = {"value": view.value, "key": view.key, "headers": _as_bytes(headers_of(record))}
    to = Recipient(item.organisation, item.function, RecipientKind(item.kind))
    hits = door.found(work, item.subject, (item.event_id.hex(), event), to, parts)
    if not hits or accepted(work.tx, item.exchange_id) >= set(hits):
        return None
    return Stopped(item, event.event_type, hits, door.owners(item.subject))


def _as_bytes(headers: Sequence[tuple[str, str | bytes | None]]) -> bytes:
    """Headers one below the other, as they would be read."""
    values = ((name, value.encode() if isinstance(value, str) else value or b"") for name, value in headers)
    return b"\n".join(name.encode() + b" " + value for name, value in values)


def set_aside(broker: Broker, outbox: Outbox, stopped: Sequence[Stopped]) -> None:
    """Put exchanges aside, in the places where they stood; whoever holds the seal is told to look.

    Raises:
        FenceLost: somebody else holds one of the lanes; nothing was changed.
        Retryable: the database is away; nothing was changed.
    """
    with broker.ledger.transaction() as tx:
        work = Absorption(broker, tx)
        work.subjects.read({s for one in stopped for s in (one.item.subject, *one.owners)})
        bodies = tx.outcomes({one.item.outcome for one in stopped})
        rows = [_held(one.item, bodies[one.item.outcome], work) for one in stopped]
        for one in stopped:
            work.statements.append(_statement(SET_ASIDE, one))
            subject = work.subjects.root(one.item.subject)
            work.say(subject, Step(work.state(subject), said=_told(work, one)))
        tx.release_held([one.item.exchange_id for one in stopped])
        carrier = finish(work)
        outbox.redecide(tx, replace(carrier, redecisions=[*carrier.redecisions, *rows]))


def accepted(tx: Transaction, exchange: bytes) -> frozenset[Hit]:
    """What somebody with clearance let go of an exchange; asked only when something was found."""
    bodies = (json.loads(s.body) for s in tx.statements(LET_GO))
    return frozenset(_hit(row) for body in bodies if body["exchange"] == exchange.hex() for row in body["found"])


def _held(item: LaneItem, body: bytes, work: Absorption) -> Redecision:
    hold = Hold(QUARANTINED, work.now + LOOK_WITHIN)
    row = ExchangeRow(item.exchange_id, item.organisation, item.function, item.kind, body, Outcome.HOLD, hold=hold)
    return Redecision(item.event_n, item.n, item.register_head, item.agreements, (row,))


def _statement(kind: str, one: Stopped) -> Statement:
    item = one.item
    body = {
        "event": item.event_id.hex(),
        "exchange": item.exchange_id.hex(),
        "found": [_row(hit) for hit in one.hits],
        "function": item.function,
        "organisation": item.organisation,
        "type": one.event_type,
    }
    return Statement(kind, canonical(body))


def _row(hit: Hit) -> list[str]:
    return [hit.part, hit.field_class.value, hit.path]


def _hit(row: Sequence[str]) -> Hit:
    part, name, path = row
    return Hit(part, FieldClass(name), path)


def _told(work: Absorption, one: Stopped) -> tuple[Said, ...]:
    """A task for whoever holds a seal that was met; the child is not named in it, they know whose seal it is."""
    task = TaskRaised(
        envelope=envelope(work.now, work.now + LOOK_WITHIN, Urgency.IMMEDIATE),
        child=Child(),
        task=TaskKind.LOOK_AT_STOPPED_RECORD,
        about_event=one.item.exchange_id.hex(),
        why=WHY,
    )
    to = distinct(who_looks(work, one.owners))
    cause = f"{QUARANTINED}/{one.item.exchange_id.hex()}/{one.item.n}"
    return (Said(task, to, cause),)


def who_looks(work: Absorption, owners: Iterable[int]) -> tuple[Recipient, ...]:
    """The functions that hold the seals of these subjects; the front door manager when none can be reached."""
    seals = [seal for owner in owners for seal in work.state(work.subjects.root(owner)).seals]
    authority = work.broker.directory.the(OrganisationKind.LOCAL_AUTHORITY)
    return holders(seals, work.broker.directory) or (recipient_for(authority, "front_door_manager"),)
