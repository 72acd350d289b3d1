"""Destroying a child's key on somebody's authority, and legal holds, which beat it.

Left out: who may run this, and when a schedule says that it is time. Rules: everybody who was joined to the child goes
with it; a doubt about whose record something is must be settled first, else another child's would be destroyed; all is
one transaction with a statement that names the key, the authority and the line of the schedule. Copies of the database
and of topics are dealt with where they lie: docs/forgetting.md.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ledger.packing import row_number
from ledger.proving import rows_with
from ledger.rows import CarrierRows, Statement
from ledger.store import Transaction
from sharing.errors import Rejected
from sharing.policy.canonical import canonical

SHREDDED, PLACED, LIFTED = "key.shredded", "legal-hold.placed", "legal-hold.lifted"
EVERYBODY = "all"
MOST_WORDS = 160


@dataclass(frozen=True, slots=True)
class Order:
    """By whose authority something is done, and when.

    Attributes:
        authority: A function and its decision, such as `data protection officer, decision 2026-114`; never a person.
        schedule: Line of the retention schedule, `""` for a hold.
        at: Domain time. `engine`: version of who writes.
    """

    authority: str
    schedule: str
    at: datetime
    engine: str


@dataclass(frozen=True, slots=True)
class LegalHold:
    """A hold that stands. `number`: by which it is lifted. `of`: id of a child's key, or `all`."""

    number: int
    of: str
    authority: str
    since: datetime


def subject_of(tx: Transaction, named: bytes) -> int:
    """The child that is meant by an event, an exchange, or a key as it stands in leaves; 16 bytes.

    Raises:
        Rejected: `NO_SUCH_CHILD`.
    """
    row = tx.session.one("select subject from child_key where commitment = ?", (named,))
    if row is not None:
        return int(row[0])
    event = tx.find(named)
    if event is not None:
        return event.subject
    for n in rows_with(tx, named):
        row = tx.session.one(
            "select subject from event where n in (select event_n from redecision where n = ?) or n = ?", (n, n)
        )
        if row is not None:
            return int(row[0])
    raise Rejected("NO_SUCH_CHILD", "subject", "name an event, an exchange, or a key as it stands in a leaf")


def family_of(tx: Transaction, subject: int) -> list[int]:
    """The child itself and everybody whom a person found to be the same child."""
    root = tx.joined_to([subject]).get(subject, subject)
    rows = tx.session.rows("select id from subject where joined_to = ? order by id", (root,))
    return [root, *(row[0] for row in rows)]


def everybody(tx: Transaction) -> list[int]:
    """Every child whose key stands."""
    return [
        row[0] for row in tx.session.rows("select subject from child_key where wrapped is not null order by subject")
    ]


def holds(tx: Transaction) -> list[LegalHold]:
    """Legal holds that stand, oldest first."""
    lifted = {json.loads(s.body)["hold"] for s in tx.statements(LIFTED)}
    found = ((s, json.loads(s.body)) for s in tx.statements(PLACED) if s.n not in lifted)
    return [LegalHold(s.n, body["of"], body["authority"], s.decided_at) for s, body in found]


def place_hold(tx: Transaction, subject: int | None, order: Order) -> int:
    """Nothing of this child (None: of any child) may be destroyed from now on; number of the hold."""
    _lock(tx)
    of = EVERYBODY if subject is None else key_ids(tx, family_of(tx, subject))[0]
    return _swear(tx, order, PLACED, [{"authority": said_words(order.authority), "of": of}])


def lift_hold(tx: Transaction, number: int, order: Order) -> None:
    """End a hold.

    Raises:
        Rejected: `NO_SUCH_HOLD`: none of that number stands.
    """
    _lock(tx)
    if number not in {hold.number for hold in holds(tx)}:
        raise Rejected("NO_SUCH_HOLD", "hold", f"no hold {number} stands; see crosswalk ledger holds")
    _swear(tx, order, LIFTED, [{"authority": said_words(order.authority), "hold": number}])


def shred(tx: Transaction, subject: int, order: Order) -> list[str]:
    """Destroy the key of a child; ids of the keys that are gone.

    Raises:
        Rejected: `LEGAL_HOLD`, `REVIEW_OPEN`, `ALREADY_SHREDDED`, or `NO_AUTHORITY`; nothing was changed.
    """
    if not order.schedule.strip():
        raise Rejected("NO_AUTHORITY", "schedule", "say which line of the retention schedule this follows")
    _lock(tx)
    family = _locked(tx, subject)
    tx.move_head()  # after the children's own locks, as everybody who works on a child does
    gone = tx.forgotten(family)
    family = [one for one in family if one not in gone]
    keys = key_ids(tx, family)
    _refuse(tx, family, keys)
    bodies = [_body(tx, one, key, order) for one, key in zip(family, keys, strict=True)]
    for one in family:
        tx.forget_child(one)
    _swear(tx, order, SHREDDED, bodies)
    return keys


def _refuse(tx: Transaction, family: Sequence[int], keys: Sequence[str]) -> None:
    standing = [hold for hold in holds(tx) if hold.of == EVERYBODY or hold.of in keys]
    if standing:
        words = f"legal hold {standing[0].number} stands since {standing[0].since.date()} ({standing[0].authority})"
        raise Rejected("LEGAL_HOLD", "subject", f"{words}; it must be lifted first")
    if not family:
        raise Rejected("ALREADY_SHREDDED", "subject", "the key of this child was destroyed before")
    for review in tx.reviews_open(1_000_000):
        if {review.subject, *review.candidates} & set(family):
            raise Rejected("REVIEW_OPEN", "subject", f"review {review.id} asks whose record this is; decide it first")


def _body(tx: Transaction, subject: int, key: str, order: Order) -> dict[str, object]:
    (events,) = tx.session.one("select count(*) from event where subject = ?", (subject,)) or (0,)
    return {
        "authority": said_words(order.authority),
        "events": events,
        "key": key,
        "schedule": said_words(order.schedule),
        "shredded_at": order.at.isoformat(),
    }


def key_ids(tx: Transaction, subjects: Sequence[int]) -> list[str]:
    """How the keys of these children are named in leaves."""
    rows = tx.select_among("select subject, commitment from child_key where", "subject", subjects)
    found = {subject: bytes(commitment).hex() for subject, commitment in rows}
    return [found[subject] for subject in subjects]


def _swear(tx: Transaction, order: Order, kind: str, bodies: Sequence[dict[str, object]]) -> int:
    statements = tuple(Statement(kind, canonical(body)) for body in bodies)
    return row_number(tx.write(CarrierRows(order.at, order.engine, statements=statements)), 0)


def _locked(tx: Transaction, subject: int) -> list[int]:
    """The child and whoever is joined to it, locked; whoever was joined while the lock was waited for is in it."""
    for _ in range(2):
        family = family_of(tx, subject)
        tx.lock([b"subject-%d" % one for one in family])
    return family


def _lock(tx: Transaction) -> None:
    """Holds and shredding never pass each other."""
    tx.lock([b"legal-hold"])


def said_words(text: str) -> str:
    """What somebody gave as authority or schedule.

    Raises:
        Rejected: `NO_AUTHORITY`: it is empty, or more than a line.
    """
    if not text.strip() or len(text) > MOST_WORDS or not text.isprintable():
        raise Rejected(
            "NO_AUTHORITY", "authority", f"say in at most {MOST_WORDS} characters by whose decision; no names"
        )
    return text.strip()
