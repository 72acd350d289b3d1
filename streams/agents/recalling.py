"""Recall by a person, and what became of every recall: who had it, who was told, who has given it back.

Left out: recalls that a late seal or a wrong link causes (`recalls`; they are sworn to and followed up all the same)
and whom to ring (`crosswalk.runbook`). Rules: recipients are found from the ledger, and only who had it is told; a
correction goes to the recipient alone; the recall stands in the ledger with a code for why and the function that asked;
a clock runs until the recipient's receipt says that it is taken back; nothing is recalled twice.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from ledger.rows import Released, StoredEvent, StoredStatement
from ledger.store import Transaction
from sharing.errors import Rejected
from sharing.events import ReceiptState
from sharing.ids import SubjectId
from sharing.reconciliation import Step
from sharing.reconciliation.rules import RECALL_ACKNOWLEDGED, RULES
from sharing.vocabulary import Recipient, RecipientKind
from streams.agents.absorption import Absorption
from streams.agents.closing import write
from streams.agents.recalls import ISSUED, recall_one
from streams.agents.text_queue import followers
from streams.broker import Broker

ACKNOWLEDGED_WITHIN = timedelta(hours=RULES[RECALL_ACKNOWLEDGED].lasts.amount)


@dataclass(frozen=True, slots=True)
class Recall:
    """One recall, and how far it has come.

    Attributes:
        exchange: Hex id of what is taken back. `why`: code. `by`: function that asked, `""` for the broker itself.
        acknowledged_at: When its recipient said that it is taken back, None while it has not.
        due_by: When that must have been said.
    """

    exchange: str
    event: str
    event_type: str
    organisation: str
    function: str
    why: str
    by: str
    issued_at: datetime
    acknowledged_at: datetime | None
    due_by: datetime

    def state(self, now: datetime) -> str:
        """`acknowledged`, `waits`, or `overdue`: then somebody is rung."""
        if self.acknowledged_at is not None:
            return "acknowledged"
        return "overdue" if now > self.due_by else "waits"


def recall(broker: Broker, exchange: bytes, by: str, why: str, *, everybody: bool = False) -> list[Recall]:
    """Take an exchange back from its recipient.

    Args:
        broker: With its ledger.
        exchange: Its id.
        by: Function that asks; never a person's name.
        why: Code of the reason.
        everybody: Take the same event back from all who had it.

    Returns:
        What was recalled by this call.

    Raises:
        Rejected: `NO_SUCH_EXCHANGE`, `NOBODY_HAS_IT` or `RECALLED_BEFORE`; nothing was changed.
    """
    with broker.ledger.transaction() as tx:
        stored = _event_of(tx, exchange)
        work = Absorption(broker, tx)
        work.subjects.read([stored.subject])
        subject = work.subjects.root(stored.subject)
        tx.move_head()  # a claim that is under way is finished or has not begun
        chosen = _to_recall(tx, subject, stored, exchange, everybody=everybody)
        for one in chosen:
            to = Recipient(one.organisation, one.function, RecipientKind(one.kind))
            said = recall_one(work, stored, one, to, why, by)
            work.say(subject, Step(work.state(subject), (said,), changed=True))
        write(work)
    ids = {one.exchange_id.hex() for one in chosen}
    return [found for found in recalls(broker) if found.exchange in ids]


def recalls(broker: Broker) -> list[Recall]:
    """Every recall, the newest first: by a person, a late seal or a wrong link."""
    with broker.ledger.reading() as tx:
        issued = tx.statements(ISSUED)
        ids = [bytes.fromhex(json.loads(s.body)["exchange"]) for s in issued]
        back = {r.exchange_id.hex(): r.at for r in tx.receipts(ids) if r.state == ReceiptState.RECALLED}
    return sorted((_recall_of(s, back) for s in issued), key=lambda r: (r.issued_at, r.exchange), reverse=True)


def released_with(broker: Broker, exchange: str) -> list[Released]:
    """Everybody who had the event of an exchange, oldest first."""
    with broker.ledger.reading() as tx:
        stored = _event_of(tx, bytes.fromhex(exchange))
        root = tx.joined_to([stored.subject]).get(stored.subject, stored.subject)
        return [one for one in tx.released_of(root) if one.event_n == stored.n]


def _recall_of(statement: StoredStatement, back: dict[str, datetime]) -> Recall:
    body = json.loads(statement.body)
    return Recall(
        exchange=body["exchange"],
        event=body["event"],
        event_type=body["type"],
        organisation=body["organisation"],
        function=body["function"],
        why=body["why"],
        by=body["by"],
        issued_at=statement.decided_at,
        acknowledged_at=back.get(body["exchange"]),
        due_by=statement.decided_at + ACKNOWLEDGED_WITHIN,
    )


def _to_recall(
    tx: Transaction, subject: SubjectId, stored: StoredEvent, exchange: bytes, *, everybody: bool
) -> list[Released]:
    followed = followers(tx, exchange.hex())  # texts of it that a person let go afterwards
    left = [r for r in tx.released_of(subject) if r.event_n == stored.n]
    had = [r for r in left if everybody or r.exchange_id == exchange or r.exchange_id.hex() in followed]
    if not had:
        raise Rejected("NOBODY_HAS_IT", "exchange", f"{exchange.hex()} has not left, so nobody can give it back")
    before = {json.loads(s.body)["exchange"] for s in tx.statements(ISSUED)}
    fresh = [one for one in had if one.exchange_id.hex() not in before]
    if not fresh:
        raise Rejected("RECALLED_BEFORE", "exchange", f"{exchange.hex()} is recalled already; see recall status")
    return fresh


def _event_of(tx: Transaction, exchange: bytes) -> StoredEvent:
    """The event of an exchange, as first decided or as decided later."""
    found = tx.find_exchange(exchange)
    if found is not None:
        return found[0]
    for stored in _decided_later(tx, exchange):
        return stored
    raise Rejected("NO_SUCH_EXCHANGE", "exchange", f"the ledger has no exchange {exchange.hex()}")


def _decided_later(tx: Transaction, exchange: bytes) -> Iterator[StoredEvent]:
    within = "position(? in exchanges) > 0" if tx.session.is_postgres else "instr(exchanges, ?) > 0"
    for (n,) in tx.session.rows(f"select event_n from redecision where {within}", (exchange,)):  # noqa: S608 - ours
        stored = tx.row(n)
        later = tx.redecisions([n])
        if stored is not None and any(x.exchange_id == exchange for row in later for x in row.exchanges):
            yield stored
