"""Quarantine: what was stopped at the last door, and what somebody with clearance does about it: let it go, or drop it.

Left out: stopping it (`stopping`) and who has clearance (`crosswalk.clearance`). Rules: who lets a record go answers
for exactly what was found, so anything found beside it stops the record again; it is decided again, as things stand
now; both words stand in the ledger, with the function that said them and a code for why.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from ledger.rows import Statement, StoredExchange, StoredStatement
from ledger.store import Transaction
from sharing.codec import decode
from sharing.errors import Rejected
from sharing.ids import EventId, ExchangeId, SubjectId
from sharing.policy.canonical import canonical
from sharing.reconciliation import Step, SubjectState
from sharing.reconciliation.machine import Signal
from sharing.reconciliation.questions import settle
from sharing.reconciliation.rules import STOPPED_RECORD
from sharing.release import Exchange
from sharing.vocabulary import Outcome, Recipient, RecipientKind
from streams.agents.absorption import Absorption
from streams.agents.again import Later
from streams.agents.closing import write
from streams.agents.stopping import LET_GO, SET_ASIDE
from streams.agents.text_queue import let_go as let_go_text
from streams.agents.text_views import after_review, has_lapsed, lapse, why_lapsed
from streams.broker import Broker

DROPPED = "hold.dropped"


@dataclass(frozen=True, slots=True)
class Kept:
    """One exchange in quarantine, as somebody with clearance sees it.

    Attributes:
        found: Part of the record, class, and the field from which the broker knows the value.
    """

    exchange: str
    event_type: str
    organisation: str
    function: str
    since: str
    found: tuple[tuple[str, str, str], ...]


def kept(broker: Broker) -> list[Kept]:
    """Everything in quarantine, the longest first. For somebody with clearance: that it is there tells of a seal."""
    with broker.ledger.reading() as tx:
        return [_kept(statement) for statement in _open(tx)]


def let_go(broker: Broker, exchange: str, by: str, why: str) -> bool:
    """Let a record go: somebody with clearance answers for what was found in it.

    It is decided again, as things stand now.

    Args:
        broker: With its ledger.
        exchange: Hex id.
        by: Function that decides; never a person's name.
        why: Code of the reason.

    Returns:
        Whether it is on its way; False when the agreements would not give it any more.

    Raises:
        Rejected: `NOT_IN_QUARANTINE`.
    """
    return _settle(broker, exchange, LET_GO, {"by": by, "why": why})


def drop(broker: Broker, exchange: str, by: str, why: str) -> None:
    """Keep a record from ever leaving. Arguments and errors as in `let_go`."""
    _settle(broker, exchange, DROPPED, {"by": by, "why": why})


def _settle(broker: Broker, exchange: str, kind: str, who: dict[str, str]) -> bool:
    with broker.ledger.transaction() as tx:
        body = json.loads(_one(tx, exchange).body)
        stored = tx.find(bytes.fromhex(body["event"]))
        assert stored is not None, "what was set aside is in the ledger"
        if tx.forgotten([stored.subject]):
            raise Rejected("FORGOTTEN", "exchange", "the key of this child was destroyed: there is nothing to let go")
        work = Absorption(broker, tx)
        work.subjects.read([stored.subject])
        subject = work.subjects.root(stored.subject)
        tx.release_held([bytes.fromhex(exchange)])
        work.statements.append(Statement(kind, canonical({**body, **who})))
        going = kind == LET_GO and _on_its_way(work, stored.n, subject, body)
        work.say(subject, Step(_task_done(work, subject, exchange), changed=True))
        write(work)
        return going


def _on_its_way(work: Absorption, event_n: int, subject: SubjectId, body: dict[str, str]) -> bool:
    stored = work.tx.row(event_n)
    assert stored is not None
    event = decode(work.tx.content(event_n), work.broker.catalogue)
    kind = next(x.kind for x in _exchanges(work.tx, event_n) if x.exchange_id.hex() == body["exchange"])
    to = Recipient(body["organisation"], body["function"], RecipientKind(kind))
    (made,) = work.prepare_for(event, EventId(stored.event_id), subject, [to])
    follows = let_go_text(work.tx, body["exchange"])
    decision = after_review(work.tx, made.decision, follows) if follows else made.decision
    again = Exchange(ExchangeId(bytes.fromhex(body["exchange"])), to, decision)
    if follows is not None and has_lapsed(follows, again):
        work.statements.append(lapse(follows, why_lapsed(work.tx, follows)))
        return False
    work.add_later(Later(stored, subject, [again], frozenset({again.exchange_id})))
    return made.decision.outcome is Outcome.DELIVER


def _exchanges(tx: Transaction, event_n: int) -> Iterable[StoredExchange]:
    stored = tx.row(event_n)
    yield from stored.exchanges if stored else ()
    yield from (x for row in tx.redecisions([event_n]) for x in row.exchanges)


def _task_done(work: Absorption, subject: SubjectId, exchange: str) -> SubjectState:
    """The state once the task to look at it is done."""
    state = work.state(subject)
    for question in state.questions:
        if question.rule == STOPPED_RECORD and question.about == exchange and question.is_open:
            state = settle(state, question, Signal.SETTLED)
    return state


def _open(tx: Transaction) -> list[StoredStatement]:
    """The newest word of everything that was set aside and neither let go nor dropped since."""
    found: dict[str, StoredStatement] = {}
    for statement in tx.statements("hold."):
        if statement.kind in (SET_ASIDE, LET_GO, DROPPED):
            exchange = json.loads(statement.body)["exchange"]
            found.pop(exchange, None)
            if statement.kind == SET_ASIDE:
                found[exchange] = statement
    return list(found.values())


def _one(tx: Transaction, exchange: str) -> StoredStatement:
    for statement in _open(tx):
        if json.loads(statement.body)["exchange"] == exchange:
            return statement
    raise Rejected("NOT_IN_QUARANTINE", "exchange", f"{exchange} is not in quarantine; see crosswalk quarantine ls")


def _kept(statement: StoredStatement) -> Kept:
    body = json.loads(statement.body)
    return Kept(
        body["exchange"],
        body["type"],
        body["organisation"],
        body["function"],
        statement.decided_at.isoformat(),
        tuple((part, name, path) for part, name, path in body["found"]),
    )
