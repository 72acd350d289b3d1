"""One exchange explained from the ledger: what was decided, under which agreement, for each field why, in which leaf.

Left out: who may be told (`clearance`), words (`why_cli`). Rules: it is read from what was recorded, not decided anew;
an explanation names fields, rules, facts and functions, never a value of the event.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ledger.packing import MAX_ROWS, POSITION_BITS
from ledger.rows import Released, StoredEvent, StoredExchange, StoredRedecision
from ledger.store import Transaction
from sharing.events import SealKind
from sharing.policy import Agreements, Guard
from sharing.reconciliation import SubjectState, from_bytes
from sharing.reconciliation.rules import REFERRAL_DECISION
from streams.broker import Broker

_SEAL_KINDS = {
    Guard.ADDRESS_SEALED: SealKind.ADDRESS,
    Guard.S_FLAG: SealKind.S_FLAG,
    Guard.PERPETRATOR_CHANNEL: SealKind.PERPETRATOR_CHANNEL,
    Guard.ADOPTION: SealKind.ADOPTION,
}


@dataclass(frozen=True, slots=True)
class Leaf:
    """Where one decision stands in the ledger; `number` and `checkpoint` are None until it is numbered and signed."""

    number: int | None
    checkpoint: int | None
    decided_at: str
    step: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """One exchange, explained.

    Attributes:
        decision: The newest one, as the ledger keeps it.
        facts: For each guard its value, its source and what is known of when.
        leaves: Of each decision about this exchange, oldest first.
        released: When it was claimed for sending, None when it was not.
    """

    exchange: str
    event: str
    event_type: str
    organisation: str
    function: str
    kind: str
    decision: Mapping[str, Any]
    facts: tuple[Mapping[str, Any], ...]
    versions: Mapping[str, Any]
    leaves: tuple[Leaf, ...]
    released: Released | None


def explain(broker: Broker, exchange: bytes) -> Explanation | None:
    """Explain one exchange, None when the ledger has none of that id."""
    with broker.ledger.reading() as tx:
        stored = _event_of(tx, exchange)
        if stored is None:
            return None
        decided = list(_decisions(tx, stored, exchange))
        row, found = decided[-1]
        decision = json.loads(tx.outcomes([found.outcome])[found.outcome])
        root = tx.joined_to([stored.subject]).get(stored.subject, stored.subject)
        kept = tx.states([root])[root].state
        state = from_bytes(kept) if kept else SubjectState()
        released = (r for r in tx.released_of(root) if r.exchange_id == exchange)
        return Explanation(
            exchange=exchange.hex(),
            event=stored.event_id.hex(),
            event_type=decision["event"],
            organisation=found.organisation,
            function=found.function,
            kind=found.kind,
            decision=decision,
            facts=tuple(
                _fact(broker.agreements, Guard(g), v, _standing(Guard(g), state, found.organisation))
                for g, v in decision["guards"].items()
            ),
            versions={
                "agreements": row.agreements,
                "register_head": row.register_head,
                "schema": stored.schema_id,
                "engine": _engine(tx, row.n),
            },
            leaves=tuple(_leaf(tx, r, x) for r, x in decided),
            released=next(released, None),
        )


def known(broker: Broker, exchange: bytes) -> bool:
    """Whether the ledger has an exchange of that id."""
    with broker.ledger.reading() as tx:
        return _event_of(tx, exchange) is not None


def _event_of(tx: Transaction, exchange: bytes) -> StoredEvent | None:
    awaited = tx.awaited(exchange)
    if awaited is not None:
        return tx.row(awaited.event_n)
    within = "position(? in exchanges) > 0" if tx.session.is_postgres else "instr(exchanges, ?) > 0"
    for table, column in (("event", "n"), ("redecision", "event_n")):
        for (n,) in tx.session.rows(f"select {column} from {table} where {within}", (exchange,)):  # noqa: S608 - ours
            stored = tx.row(n)
            if stored is not None and any(_decisions(tx, stored, exchange)):
                return stored
    return None


def _decisions(
    tx: Transaction, stored: StoredEvent, exchange: bytes
) -> Iterator[tuple[StoredEvent | StoredRedecision, StoredExchange]]:
    rows: list[StoredEvent | StoredRedecision] = [stored, *tx.redecisions([stored.n])]
    for row in rows:
        yield from ((row, x) for x in row.exchanges if x.exchange_id == exchange)


def _leaf(tx: Transaction, row: StoredEvent | StoredRedecision, exchange: StoredExchange) -> Leaf:
    """A leaf's number is its carrier's first and how many leaves stand before it there."""
    carrier = row.n >> POSITION_BITS
    start = carrier << POSITION_BITS
    first = tx.session.one("select first_seq from carrier where id = ?", (carrier,))
    step = "decided" if isinstance(row, StoredEvent) else "redecided"
    at = row.decided_at.isoformat()
    if first is None or first[0] is None:
        return Leaf(None, None, at, step)
    before = 0
    for table in ("event", "redecision"):
        sql = f"select exchanges from {table} where n >= ? and n < ? and n < ?"  # noqa: S608 - ours
        for (packed,) in tx.session.rows(sql, (start, row.n, start + MAX_ROWS)):
            before += max(1, len(tx.unpack(packed)))
    number = first[0] + before + row.exchanges.index(exchange)
    signed = tx.session.one("select min(size) from checkpoint where size > ?", (number,))
    return Leaf(number, signed[0] if signed else None, at, step)


def _engine(tx: Transaction, n: int) -> str:
    row = tx.session.one("select engine from carrier where id = ?", (n >> POSITION_BITS,))
    return tx.word(row[0]) if row else ""


def _fact(agreements: Agreements, guard: Guard, value: object, standing: list[dict[str, str]]) -> Mapping[str, Any]:
    entry = agreements.vocabulary.guards[guard.value]
    return {
        "guard": guard.value,
        "value": "unknown" if value is None else str(value).lower(),
        "means": entry.means,
        "source": entry.source,
        "owner": entry.owner,
        "entries": standing,
    }


def _standing(guard: Guard, state: SubjectState, organisation: str) -> list[dict[str, str]]:
    """What stands in the registers now that bears on a guard: since when, by whose word, by which event."""
    if guard in _SEAL_KINDS:
        seals = [s for s in state.seals if s.kind is _SEAL_KINDS[guard]]
        return [_entry(s.set_at.isoformat(), s.holder_organisation, s.source_event) for s in seals]
    if guard is Guard.OPEN_INVOLVEMENT:
        own = [i for i in state.involvements if i.organisation == organisation and i.until is None]
        return [_entry(i.since.isoformat(), i.organisation, i.source_event) for i in own]
    if guard is Guard.OPEN_PLAN:
        return [_entry(str(p.started or "not said"), p.organisation, p.source_event) for p in state.plans]
    if guard is Guard.OPEN_REFERRAL:
        asked = [q for q in state.questions if q.rule == REFERRAL_DECISION and q.is_open]
        return [_entry(q.started_at.isoformat(), q.asker.organisation if q.asker else "", q.event_id) for q in asked]
    return []


def _entry(since: str, by: str, event: str) -> dict[str, str]:
    return {"since": since, "by": by, "event": event}
