"""Texts that wait for a person: what was asked, and what became of it, as the ledger's statements say.

Left out: asking (`text_asking`), what a person does (`text_review`) and the texts themselves, which never stand here.
Rules: a text is one field of one event on its way to one function of one organisation, and it is asked about once; what
lapsed may be asked again. A statement names fields, functions and codes, never a value nor how long one is.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from ledger.rows import StoredStatement
from ledger.store import Transaction
from sharing.events.common import Quiet

PREFIX = "review."
ASKED, RELEASED, WITHHELD, LAPSED = "review.asked", "review.released", "review.withheld", "review.lapsed"
NOT_PERMITTED, RECALLED = "NO_LONGER_PERMITTED", "RECALLED"
"""Why a text lapsed."""
RECALL_ISSUED = "recall.issued"


class Text(NamedTuple):
    """One text on its way to somebody. `event`: hex id. `path`: of the field."""

    event: str
    path: str
    organisation: str
    function: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """One text that was asked about, as the ledger knows it.

    Attributes:
        number: By which it is named, from 1, in the order of asking.
        exchange: Hex id of the exchange in which the rest of the event went. `kind`: as what its recipient receives.
        owner: Organisation and function that must read it. `deputy`: function that is rung before the time is up.
        task: Hex id of the event that told the owner.
        asked: How often it was asked about before.
        state: Kind of the newest statement about it: `review.asked` while it waits.
        why: Its code, `""` while it waits.
    """

    number: int
    text: Text
    exchange: str
    event_type: str
    kind: str
    owner: tuple[str, str]
    deputy: str
    task: str
    asked_at: datetime
    due_by: datetime
    asked: int
    state: str
    why: str

    @property
    def is_open(self) -> bool:
        """Whether nobody has said anything about it yet."""
        return self.state == ASKED


@dataclass(frozen=True, slots=True)
class LetGo:
    """What a person let go, by the exchange in which it goes.

    Attributes:
        exchange: Hex id of the exchange in which the rest went. `following`: of the one in which the text goes.
        text: The text by which it was made. `records`: path to the hex id of the event that holds the text.
    """

    exchange: str
    following: str
    text: Text
    records: Mapping[str, str]


@dataclass(frozen=True, slots=True, repr=False)
class Words(Quiet):
    """What a person let go, opened. `exchange`: hex id of the one in which the rest went. `texts`: by path."""

    exchange: str
    texts: Mapping[str, str]

    def __call__(self, path: str, _text: str) -> str | None:
        """The text that goes in the place of one that was scrubbed."""
        return self.texts.get(path)


def asked(tx: Transaction) -> list[Waiting]:
    """Everything that was ever asked, in order; of a text that was asked about again the newest."""
    said = [(statement, body, text_of(body)) for statement, body in _read(tx.statements(PREFIX))]
    last = {text: (statement.kind, body.get("why", "")) for statement, body, text in said}
    found: dict[Text, Waiting] = {}
    number = 0
    for statement, body, text in said:
        if statement.kind == ASKED:
            number += 1
            before = found.pop(text, None)
            times = before.asked + 1 if before else 0
            found[text] = _waiting(number, statement, body, times, last[text])
    return list(found.values())


def unanswered(tx: Transaction) -> list[Waiting]:
    """What no person has ever said a word about, and that may go for all that is known: for who may not know of seals.

    A text that a late seal took back is not counted anew, for that there was a seal would be seen by it.
    """
    answered = {text_of(json.loads(s.body)) for kind in (RELEASED, WITHHELD) for s in tx.statements(kind)}
    return [one for one in asked(tx) if one.is_open and one.text not in answered]


def let_go(tx: Transaction, following: str) -> LetGo | None:
    """What goes in an exchange because a person let it go; None for any other exchange. `following`: its hex id."""
    bodies = (json.loads(s.body) for s in tx.statements(RELEASED))
    return next((_let_go(body) for body in bodies if body["following"] == following), None)


def followers(tx: Transaction, exchange: str) -> set[str]:
    """Hex ids of the exchanges in which a text of this one went afterwards. `exchange`: hex id."""
    bodies = (json.loads(s.body) for s in tx.statements(RELEASED))
    return {body["following"] for body in bodies if body["exchange"] == exchange}


def lapsed(tx: Transaction) -> set[str]:
    """Hex ids of the exchanges whose text was taken back, or did not go in the end."""
    return {json.loads(s.body)["following"] for s in tx.statements(LAPSED)} - {""}


def taken_back(tx: Transaction) -> set[str]:
    """Hex ids of all exchanges that were recalled."""
    return {json.loads(s.body)["exchange"] for s in tx.statements(RECALL_ISSUED)}


def gone_before(tx: Transaction, text: Text) -> dict[str, str]:
    """Path to record of every text of the same event that a person let go to the same recipient, and that stands."""
    kept: dict[str, tuple[str, str]] = {}
    for statement, body in _read(tx.statements(PREFIX)):
        other = text_of(body)
        if other._replace(path=text.path) != text:
            continue
        if statement.kind == RELEASED:
            kept[other.path] = body["following"], body["records"][other.path]
        elif statement.kind == LAPSED:
            kept.pop(other.path, None)
    back = taken_back(tx) if kept else set()
    return {path: record for path, (following, record) in kept.items() if following not in back}


def text_of(body: Mapping[str, Any]) -> Text:
    """The text that a statement is about."""
    return Text(body["event"], body["path"], body["organisation"], body["function"])


def said_of(one: "Waiting | LetGo", **more: object) -> dict[str, object]:
    """What stands in every statement about a text, and more."""
    return {**one.text._asdict(), "exchange": one.exchange, **more}


def _read(statements: Iterable[StoredStatement]) -> list[tuple[StoredStatement, dict[str, Any]]]:
    return [(statement, json.loads(statement.body)) for statement in statements]


def _waiting(
    number: int, statement: StoredStatement, body: Mapping[str, Any], times: int, last: tuple[str, str]
) -> Waiting:
    organisation, function = body["owner"]
    return Waiting(
        number=number,
        text=text_of(body),
        exchange=body["exchange"],
        event_type=body["type"],
        kind=body["kind"],
        owner=(organisation, function),
        deputy=body["deputy"],
        task=body["task"],
        asked_at=statement.decided_at,
        due_by=datetime.fromisoformat(body["due_by"]),
        asked=times,
        state=last[0],
        why=last[1],
    )


def _let_go(body: Mapping[str, Any]) -> LetGo:
    return LetGo(body["exchange"], body["following"], text_of(body), dict(body["records"]))
