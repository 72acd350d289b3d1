"""Deciding again about an event that was stored earlier: a setting was found, an identity settled, a seal set.

Left out: why (`absorption`, `recalls`, `reviewing`) and deciding in a lane's own place (`release`). Rules: who has it
is left alone; who is new, who waited, and who was refused then and is not now, gets it; each is a leaf of its own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from ledger.rows import Redecision, StoredEvent
from ledger.store import Transaction
from sharing.approval import NO_HEAD
from sharing.ids import SubjectId
from sharing.release import Exchange
from sharing.vocabulary import Outcome
from streams.agents.rows import by_organisation, exchange_row


@dataclass
class Later:
    """Exchanges decided now for an event that was stored earlier.

    Attributes:
        subject: Whom it is about now: of a subject that was joined to another, that other.
        known: Exchange ids that the ledger has already, under earlier decisions.
    """

    stored: StoredEvent
    subject: SubjectId
    exchanges: Sequence[Exchange]
    known: frozenset[bytes] = frozenset()
    moves: int = 0


def changed_since(
    tx: Transaction, stored: StoredEvent, subject: SubjectId, prepared: Iterable[Exchange], before: Iterable[Later]
) -> Later | None:
    """What of a decision made now differs from what was decided earlier, None when nothing does.

    Args:
        tx: For earlier decisions.
        stored: The event.
        subject: Whom it is about now.
        prepared: Its exchanges as decided now.
        before: What this very transaction decided again.
    """
    last = _last_of(tx, stored)
    last |= {x.exchange_id: x.decision.outcome for y in before if y.stored.n == stored.n for x in y.exchanges}
    made = [e for e in prepared if _is_new(e, last.get(e.exchange_id))]
    return Later(stored, subject, made, frozenset(last)) if made else None


def without_those_on_their_way(tx: Transaction, stored: StoredEvent, made: Sequence[Exchange]) -> list[Exchange]:
    """Of exchanges of a stored event those that neither left nor are about to."""
    last = _last_of(tx, stored) if made else {}
    return [one for one in made if last.get(one.exchange_id) is not Outcome.DELIVER]


def _last_of(tx: Transaction, stored: StoredEvent) -> dict[bytes, Outcome]:
    last = {x.exchange_id: x.state for x in stored.exchanges}
    return last | {x.exchange_id: x.state for row in tx.redecisions([stored.n]) for x in row.exchanges}


def _is_new(exchange: Exchange, last: Outcome | None) -> bool:
    """Whether a decision says something that the last one did not: what waits for agreements says so again."""
    waits_otherwise = exchange.decision.reason == NO_HEAD and last is Outcome.HOLD
    return waits_otherwise or last not in (Outcome.DELIVER, exchange.decision.outcome)


def redecisions(later: Later, head: int, version: str, look_again: datetime) -> list[Redecision]:
    """Rows of it, one for each recipient organisation.

    Args:
        later: What was decided.
        head: Of the registers that the decision used.
        version: Of the agreements that it used.
        look_again: When somebody must look at what is held.
    """
    return [
        Redecision(
            later.stored.n,
            None,
            head,
            version,
            tuple(exchange_row(e, look_again, known=e.exchange_id in later.known) for e in lane),
        )
        for lane in by_organisation(later.exchanges)
    ]
