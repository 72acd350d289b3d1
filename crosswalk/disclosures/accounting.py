"""The account of what was disclosed: when, to whom, which fields, by which rule and law, and what became of it.

Left out: who may read it (`clearance`) and how it is told (`words`, `balp`). Rules: it is read from what was recorded
when it left, never decided anew; it names fields, never a value; what a seal would close today is said of what went out
before the seal, since that is what must be run after.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from ledger.disclosures import released_between
from ledger.errors import Forgotten
from ledger.rows import Receipt, Released, StoredEvent
from ledger.store import Transaction
from sharing.codec import decode
from sharing.events import CorrectionIssued
from sharing.ids import EventId
from sharing.policy import EXISTS
from sharing.policy.basis import Basis, basis_of
from sharing.policy.decision import goes
from sharing.policy.outcomes import SEALED
from sharing.vocabulary import Recipient, RecipientKind
from streams.agents.absorption import Absorption
from streams.broker import Broker


@dataclass(frozen=True, slots=True)
class Field:
    """One field that went: its path, what was done with it, and its class."""

    path: str
    transform: str
    field_class: str


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One exchange that left.

    Attributes:
        subject: Number of the child in the ledger; it tells nothing outside of it.
        fields: What went. `$exists` and what the broker adds for handling are among them.
        permit, agreement, purpose, statute: As recorded. `basis`: more of it, None when the permit is no more.
        receipts: What the recipient said became of it.
        taken_back: When a recall of it was said, None when it stands.
        sealed_since: Paths of what went out and a seal would close today.
        granted: Paths that went because a grant was in force, and would not have gone without it.
    """

    exchange: str
    event: str
    event_type: str
    subject: int
    at: datetime
    organisation: str
    function: str
    kind: str
    seq: int
    fields: tuple[Field, ...]
    permit: str
    agreement: str
    purpose: str
    statute: str
    version: str
    basis: Basis | None
    receipts: tuple[Receipt, ...]
    taken_back: datetime | None
    sealed_since: tuple[str, ...]
    granted: tuple[str, ...] = ()


def of_child(broker: Broker, tx: Transaction, subject: int) -> list[Disclosure]:
    """Everything that was disclosed of one child, oldest first.

    Args:
        broker: Whose ledger it is.
        tx: A transaction on it.
        subject: Number of the child, as `ledger.shredding.subject_of` finds it.
    """
    root = tx.joined_to([subject]).get(subject, subject)
    return list(_account(broker, tx, tx.released_of(root)))


def between(
    broker: Broker, tx: Transaction, since: datetime, until: datetime, to: Collection[str] = ()
) -> list[Disclosure]:
    """Everything that was disclosed in a stretch of time, oldest first: who received what, whoever it was about.

    Args:
        broker: Whose ledger it is.
        tx: A transaction on it.
        since: Aware, included.
        until: Aware, not included.
        to: Recipient organisations; none for all.
    """
    found = released_between(tx, since, until)
    return list(_account(broker, tx, [one for one in found if not to or one.organisation in to]))


def _account(broker: Broker, tx: Transaction, released: Iterable[Released]) -> Iterator[Disclosure]:
    left = list(released)
    stored = {n: row for n in {one.event_n for one in left} if (row := tx.row(n)) is not None}
    bodies = {n: json.loads(body) for n, body in tx.outcomes({one.outcome for one in left}).items()}
    receipts: dict[bytes, list[Receipt]] = {}
    for receipt in tx.receipts([one.exchange_id for one in left]):
        receipts.setdefault(receipt.exchange_id, []).append(receipt)
    recalled = _recalled(broker, tx, {row.subject for row in stored.values()})
    for one in left:
        event, body = stored[one.event_n], bodies[one.outcome]
        yield Disclosure(
            exchange=one.exchange_id.hex(),
            event=event.event_id.hex(),
            event_type=body["event"],
            subject=event.subject,
            at=one.at,
            organisation=one.organisation,
            function=one.function,
            kind=one.kind,
            seq=one.seq,
            fields=_fields(broker, body),
            permit=body["permit"],
            agreement=body["agreement"],
            purpose=body["purpose"],
            statute=body["statute"],
            version=body["agreements"],
            basis=basis_of(broker.agreements, body["permit"]),
            receipts=tuple(receipts.get(one.exchange_id, ())),
            taken_back=recalled.get(one.exchange_id.hex()),
            sealed_since=tuple(_sealed_since(broker, tx, event, one, body)),
            granted=tuple(body.get("granted", ())),
        )


def _fields(broker: Broker, body: Mapping[str, list[list[str]]]) -> tuple[Field, ...]:
    classes = broker.agreements.classes.get(str(body["event"]), {})
    return tuple(
        Field(row[0], row[1], classes[row[0]].value if row[0] in classes else "") for row in body["fields"] if goes(row)
    )


def _recalled(broker: Broker, tx: Transaction, subjects: Iterable[int]) -> dict[str, datetime]:
    """Exchange ids that were taken back, with the time at which that was said."""
    number = broker.catalogue.newest[CorrectionIssued.event_type]
    found: dict[str, datetime] = {}
    for subject in subjects:
        for row in tx.rows_of_subject(subject):
            said = _opened(broker, tx, row) if row.schema_id == number else None
            if isinstance(said, CorrectionIssued) and said.recalled_exchange:
                found[said.recalled_exchange] = row.decided_at
    return found


def _opened(broker: Broker, tx: Transaction, row: StoredEvent) -> object:
    try:
        return decode(tx.content(row.n), broker.catalogue)
    except Forgotten:
        return None


def _sealed_since(
    broker: Broker, tx: Transaction, row: StoredEvent, one: Released, body: Mapping[str, list[list[str]]]
) -> Iterator[str]:
    """What went then and a seal closes now, for this recipient. Nothing of a child whose key was destroyed."""
    went = {row[0] for row in body["fields"] if goes(row)}
    if one.kind not in set(RecipientKind):
        return
    work = Absorption(broker, tx)
    work.subjects.relate([row.subject])
    recipient = Recipient(one.organisation, one.function, RecipientKind(one.kind))
    try:
        event = decode(tx.content(row.n), broker.catalogue)
        root = work.subjects.root(row.subject)
        (now,) = work.prepare_for(event, EventId(row.event_id), root, [recipient])
    except Forgotten:
        return
    closed = {ruling.path for ruling in now.decision.fields if ruling.reason == SEALED}
    yield from sorted(went if EXISTS in closed else went & closed)
