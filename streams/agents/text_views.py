"""Views and texts: what of a decision waits for a person, and how a view is built in which a text goes that one let go.

Left out: asking (`text_asking`) and the person's part (`text_review`). Rules: an exchange in which a text goes is
decided anew like every other; the text goes only while the agreements would still let it wait for a person; once they
do not, the exchange is set aside, for the rest of its event has gone already, and the ledger says that it lapsed.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from ledger.rows import Exchange as ExchangeRow
from ledger.rows import Hold, LaneItem, Statement
from ledger.store import Transaction
from sharing.codec import decode
from sharing.events import Event, TextReviewed
from sharing.policy import Decision
from sharing.policy.canonical import canonical
from sharing.policy.decision import REVIEWED
from sharing.policy.outcomes import REVIEW
from sharing.release import Exchange
from sharing.vocabulary import Outcome
from streams.agents.text_asking import still_to_ask, value_of
from streams.agents.text_queue import LAPSED, NOT_PERMITTED, PREFIX, LetGo, Text, Words, let_go, said_of, taken_back
from streams.broker import Broker

SET_ASIDE = "text-lapsed"


@dataclass
class Reviews:
    """One process's memory of which decisions have a text in them; in one thread."""

    _rows: dict[int, tuple[tuple[str, ...], bool]] = field(default_factory=dict)
    _mark: tuple[int, int] = (-1, -1)
    _asked: dict[Text, bool] = field(default_factory=dict)

    def to_ask(self, tx: Transaction, item: LaneItem, event: Callable[[], Event]) -> tuple[str, ...]:
        """Paths of the texts of an exchange about which nobody was asked yet; empty nearly always."""
        paths, _ = self._look(tx, item.outcome)
        if not paths:
            return ()
        mark = tx.statements_mark(PREFIX)
        if mark != self._mark:
            self._asked, self._mark = still_to_ask(tx), mark
        where = (item.organisation, item.function)
        fresh = [p for p in paths if self._asked.get(Text(item.event_id.hex(), p, *where), True)]
        whole = event() if fresh else None
        return tuple(p for p in fresh if whole is not None and value_of(whole, p) is not None)

    def follows(self, tx: Transaction, item: LaneItem) -> LetGo | None:
        """What a person let go in an exchange, None for every exchange that does not follow another in this way."""
        return let_go(tx, item.exchange_id.hex()) if self._look(tx, item.outcome)[1] else None

    def _look(self, tx: Transaction, outcome: int) -> tuple[tuple[str, ...], bool]:
        if outcome not in self._rows:
            body = tx.outcomes([outcome])[outcome]
            rows = json.loads(body)["fields"] if b'"review' in body else ()
            waits = tuple(row[0] for row in rows if row[2] == REVIEW)
            self._rows[outcome] = waits, any(row[2] == REVIEWED for row in rows)
        return self._rows[outcome]


def after_review(tx: Transaction, decision: Decision, follows: LetGo) -> Decision:
    """A decision made now, with the texts that a person let go; as it is where the text may not go any more.

    What followed an exchange that was taken back does not go: what replaces that one is asked about anew.
    """
    waits = {ruling.path for ruling in decision.to_review}
    if follows.exchange in taken_back(tx):
        return decision
    if decision.outcome is not Outcome.DELIVER or follows.text.path not in waits:
        return decision
    return decision.after_review(waits & set(follows.records))


def words_of(broker: Broker, tx: Transaction, follows: LetGo) -> Words:
    """The texts themselves, from where they are kept under the child's key.

    Raises:
        Forgotten: the key of the child was destroyed.
    """
    texts = {path: _text(broker, tx, record) for path, record in follows.records.items()}
    return Words(follows.exchange, {path: text for path, text in texts.items() if text})


def _text(broker: Broker, tx: Transaction, record: str) -> str | None:
    stored = tx.find(bytes.fromhex(record))
    assert stored is not None, "what was let go is in the ledger"
    event = decode(tx.content(stored.n), broker.catalogue)
    return event.text if isinstance(event, TextReviewed) else None


def has_lapsed(follows: LetGo, exchange: Exchange) -> bool:
    """Whether a decision made now does not let the text go for which the exchange was made."""
    return (follows.text.path, REVIEWED) not in {(r.path, r.reason) for r in exchange.decision.fields}


def lapsed_row(row: ExchangeRow, hold: Hold) -> ExchangeRow:
    """The exchange set aside: what the agreements say stands in its decision, and nothing goes a second time."""
    return row._replace(state=Outcome.HOLD, hold=hold) if row.state is Outcome.DELIVER else row


def lapse(follows: LetGo, why: str = NOT_PERMITTED) -> Statement:
    """What the ledger says of a text that does not go, or is taken back."""
    return Statement(LAPSED, canonical(said_of(follows, following=follows.following, why=why)))
