"""Views and texts: what of a decision waits for a person, and how a view is built in which a text goes that one let go.

Left out: asking (`text_asking`) and the person's part (`text_review`). Rules: an exchange in which a text goes is
decided anew like every other; the text goes only while the agreements would still let it wait for a person; once they
do not, the exchange is set aside, for the rest of its event has gone already, and the ledger says that it lapsed.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256

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
from streams.agents.text_asking import value_of
from streams.agents.text_queue import (
    LAPSED,
    NOT_PERMITTED,
    PREFIX,
    RECALLED,
    LetGo,
    Text,
    Words,
    is_taken_back,
    let_go,
    said_of,
    text_of,
)
from streams.broker import Broker

SET_ASIDE = "text-lapsed"
SHORT_BYTES = 16


@dataclass
class Reviews:
    """One process's memory of which decisions have a text in them; in one thread."""

    _rows: dict[int, tuple[tuple[str, ...], bool]] = field(default_factory=dict)
    _mark: tuple[int, int] = (0, -1)
    _asked: set[bytes] = field(default_factory=set)

    def to_ask(self, tx: Transaction, item: LaneItem, event: Callable[[], Event]) -> tuple[str, ...]:
        """Paths of the texts of an exchange about which nobody was asked yet; empty nearly always."""
        paths, _ = self._look(tx, item.outcome)
        whole = event() if paths else None
        found = [path for path in paths if whole is not None and value_of(whole, path) is not None]
        if not found:
            return ()  # most events of such a kind hold no text: they pay for no look at what was asked
        self._catch_up(tx)
        where = (item.organisation, item.function)
        return tuple(p for p in found if _short(Text(item.event_id.hex(), p, *where)) not in self._asked)

    def _catch_up(self, tx: Transaction) -> None:
        """Learn what was said of texts since the last look; all of it where rows were written side by side."""
        (count, last), mark = self._mark, tx.statements_mark(PREFIX)
        if mark == self._mark:
            return
        new = tx.statements(PREFIX, last)
        if count + len(new) != mark[0]:
            new, self._asked = tx.statements(PREFIX), set()
        for one in new:
            short = _short(text_of(json.loads(one.body)))
            (self._asked.discard if one.kind == LAPSED else self._asked.add)(short)
        self._mark = mark

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


def _short(text: Text) -> bytes:
    """A text's name in few bytes: every text that was ever asked about is remembered."""
    return sha256("\0".join(text).encode()).digest()[:SHORT_BYTES]


def after_review(tx: Transaction, decision: Decision, follows: LetGo) -> Decision:
    """A decision made now, with the texts that a person let go; as it is where the text may not go any more.

    What followed an exchange that was taken back does not go: what replaces that one is asked about anew.
    """
    waits = {ruling.path for ruling in decision.to_review}
    if is_taken_back(tx, follows.exchange):
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


def why_lapsed(tx: Transaction, follows: LetGo) -> str:
    """Why a text does not go that was on its way."""
    return RECALLED if is_taken_back(tx, follows.exchange) else NOT_PERMITTED


def lapse(follows: LetGo, why: str) -> Statement:
    """What the ledger says of a text that does not go, or is taken back."""
    return Statement(LAPSED, canonical(said_of(follows, following=follows.following, why=why)))
