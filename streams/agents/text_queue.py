"""Texts that wait for a person: what was asked, and what became of it, as the ledger's statements say.

Left out: asking (`text_asking`), what a person does (`text_review`) and the texts themselves, which never stand here.
Rules: a text is one field of one event on its way to one function of one organisation, and it is asked about once; what
lapsed may be asked again. A statement names fields, functions and codes, never a value nor how long one is.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from ledger.rows import StoredStatement
from ledger.store import Transaction
from sharing.events.common import Quiet
from sharing.ids import ID_BYTES

PREFIX = "review."
ASKED, RELEASED, WITHHELD, LAPSED = "review.asked", "review.released", "review.withheld", "review.lapsed"
NOT_PERMITTED, RECALLED = "NO_LONGER_PERMITTED", "RECALLED"
"""Why a text lapsed."""
RECALL_ISSUED = "recall.issued"
_EVENT = b'"event":"'


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


def asked(tx: Transaction, events: Collection[str] | None = None) -> list[Waiting]:
    """What was ever asked, in order; of a text that was asked about again the newest.

    Args:
        tx: To read.
        events: Hex ids of the only events that matter, None for all. Each row is read, but only theirs are opened.
    """
    found: dict[Text, Waiting] = {}
    number = 0
    for statement in tx.statements(PREFIX):
        number += statement.kind == ASKED
        if events is not None and _event_of(statement.body) not in events:
            continue
        body = json.loads(statement.body)
        text = text_of(body)
        before = found.pop(text, None)
        if statement.kind == ASKED:
            found[text] = _waiting(number, statement, body, before.asked + 1 if before else 0)
        elif before:
            found[text] = replace(before, state=statement.kind, why=body["why"])
    return sorted(found.values(), key=lambda one: one.number)


def events_of_tasks(tx: Transaction, tasks: Collection[str]) -> set[str]:
    """Hex ids of the events whose texts somebody was told to read by one of these tasks. `tasks`: hex ids."""
    wanted = [task.encode() for task in tasks]
    return {_event_of(s.body) for s in tx.statements(ASKED) if any(task in s.body for task in wanted)}


def unanswered(tx: Transaction) -> list[Waiting]:
    """What no person has ever said a word about, and that may go for all that is known: for who may not know of seals.

    A text that a late seal took back is not counted anew, for that there was a seal would be seen by it. Of a child who
    was forgotten nothing waits.
    """
    answered = {text_of(json.loads(s.body)) for kind in (RELEASED, WITHHELD) for s in tx.statements(kind)}
    still = [one for one in asked(tx) if one.is_open and one.text not in answered]
    return [one for one in still if (row := tx.find(bytes.fromhex(one.text.event))) and not tx.forgotten([row.subject])]


def let_go(tx: Transaction, following: str) -> LetGo | None:
    """What goes in an exchange because a person let it go; None for any other exchange. `following`: its hex id."""
    return next((_let_go(body) for body in _bodies(tx, RELEASED, following) if body["following"] == following), None)


def followers(tx: Transaction, exchange: str) -> set[str]:
    """Hex ids of the exchanges in which a text of this one went afterwards. `exchange`: hex id."""
    return {body["following"] for body in _bodies(tx, RELEASED, exchange) if body["exchange"] == exchange}


def lapsed(tx: Transaction) -> set[str]:
    """Hex ids of the exchanges whose text was taken back, or did not go in the end."""
    return {json.loads(s.body)["following"] for s in tx.statements(LAPSED)} - {""}


def taken_back(tx: Transaction) -> set[str]:
    """Hex ids of all exchanges that were recalled."""
    return {json.loads(s.body)["exchange"] for s in tx.statements(RECALL_ISSUED)}


def is_taken_back(tx: Transaction, exchange: str) -> bool:
    """Whether an exchange was recalled. `exchange`: hex id."""
    return any(body["exchange"] == exchange for body in _bodies(tx, RECALL_ISSUED, exchange))


def gone_before(tx: Transaction, text: Text) -> dict[str, str]:
    """Path to record of every text of the same event that a person let go to the same recipient, and that stands."""
    kept: dict[str, tuple[str, str]] = {}
    for statement in tx.statements(PREFIX):
        if _event_of(statement.body) != text.event:
            continue
        body = json.loads(statement.body)
        other = text_of(body)
        if other._replace(path=text.path) != text:
            continue
        if statement.kind == RELEASED:
            kept[other.path] = body["following"], body["records"][other.path]
        elif statement.kind == LAPSED:
            kept.pop(other.path, None)
    return {path: record for path, (following, record) in kept.items() if not is_taken_back(tx, following)}


def text_of(body: Mapping[str, Any]) -> Text:
    """The text that a statement is about."""
    return Text(body["event"], body["path"], body["organisation"], body["function"])


def said_of(one: "Waiting | LetGo", **more: object) -> dict[str, object]:
    """What stands in every statement about a text, and more."""
    return {**one.text._asdict(), "exchange": one.exchange, **more}


def _bodies(tx: Transaction, kind: str, hexed: str) -> Iterator[dict[str, Any]]:
    """Statements of a kind in which an id stands; the others are not opened."""
    wanted = hexed.encode()
    return (json.loads(s.body) for s in tx.statements(kind) if wanted in s.body)


def _event_of(body: bytes) -> str:
    """The event that a statement about a text names, without opening all of it: canonical bytes have one form."""
    at = body.index(_EVENT) + len(_EVENT)
    return body[at : at + 2 * ID_BYTES].decode()


def _waiting(number: int, statement: StoredStatement, body: Mapping[str, Any], times: int) -> Waiting:
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
        state=ASKED,
        why="",
    )


def _let_go(body: Mapping[str, Any]) -> LetGo:
    return LetGo(body["exchange"], body["following"], text_of(body), dict(body["records"]))
