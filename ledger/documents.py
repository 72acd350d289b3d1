"""Rows of a carrier as plain documents, and the leaves that follow from them: what is exported and what is proved.

Left out: reading whole ledgers (`export`) and finding one leaf (`proving`). Rule: a document holds all that its leaves
say and nothing else: ids, codes, commitments, and the body of a statement, which is made without personal values.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any, NamedTuple

from ledger.packing import MAX_ROWS, STATE_WORDS, row_number, unpack_exchanges
from ledger.store import Transaction

Document = dict[str, Any]
_EVENT = (
    "select e.n, 'decided', e.event_id, e.schema_id, e.register_head, e.agreements, e.exchanges, e.digest,"
    " k.commitment from event e join child_key k on k.subject = e.subject where e.n >= ? and e.n < ?"
)
_REDECISION = (
    "select r.n, 'redecided', e.event_id, e.schema_id, r.register_head, r.agreements, r.exchanges, e.digest,"
    " k.commitment from redecision r join event e on e.n = r.event_n join child_key k on k.subject = e.subject"
    " where r.n >= ? and r.n < ?"
)
_STATEMENT = "select n, 'sworn', kind, body from statement where n >= ? and n < ?"


class NumberedCarrier(NamedTuple):
    """One numbered carrier: its id, place in the order of release, first leaf, time (ms) and engine."""

    id: int
    ordinal: int
    first_leaf: int
    decided_at: int
    engine: str

    def part(self) -> Document:
        """What all of its leaves share."""
        return {"at": self.decided_at, "engine": self.engine}


class Digests:
    """Digests of decisions by number, read as they are needed."""

    def __init__(self) -> None:
        self._known: dict[int, str] = {}

    def __contains__(self, number: int) -> bool:
        """Whether a decision was needed so far."""
        return number in self._known

    def need(self, tx: Transaction, numbers: Iterable[int]) -> Mapping[int, str]:
        """At least these, in hex."""
        missing = set(numbers) - self._known.keys()
        rows = tx.select_among("select id, digest from outcome where", "id", missing)
        self._known |= {number: bytes(digest).hex() for number, digest in rows}
        return self._known


def carriers(tx: Transaction, after: int = 0, upto: int | None = None, page: int = 100) -> Iterator[NumberedCarrier]:
    """Numbered carriers with a higher ordinal than `after` (and at most `upto`), in order."""
    sql = (
        "select id, ordinal, first_seq, decided_at, engine from carrier where ordinal > ? and ordinal <= ?"
        " order by ordinal limit ?"
    )
    last = 2**62 if upto is None else upto
    while found := tx.session.rows(sql, (after, last, page)):
        for number, ordinal, first, at, engine in found:
            yield NumberedCarrier(number, ordinal, first, at, tx.word(engine))
        after = found[-1][1]


def documents(tx: Transaction, carrier: int, digests: Digests) -> list[Document]:
    """The rows of a carrier in order."""
    low = row_number(carrier, 0)
    span = (low, low + MAX_ROWS)
    found = [row for sql in (_EVENT, _REDECISION, _STATEMENT) for row in tx.session.rows(sql, span)]
    return [_document(tx, row, digests) for row in sorted(found, key=lambda row: int(row[0]))]


def _document(tx: Transaction, row: Any, digests: Digests) -> Document:
    step = row[1]
    if step == "sworn":
        return {"statement": {"body": bytes(row[3]).decode(), "kind": tx.word(row[2])}}
    _, _, event_id, schema, head, version, packed, content, subject = row
    exchanges = list(unpack_exchanges(bytes(packed)))
    known = digests.need(tx, {x[3] for x in exchanges})
    return {
        "event": {
            "agreements": tx.word(version),
            "content": bytes(content).hex(),
            "id": bytes(event_id).hex(),
            "register": head,
            "schema": schema,
            "subject": bytes(subject).hex(),
        },
        "exchanges": [
            {
                "function": tx.word(function),
                "id": exchange_id.hex(),
                "kind": tx.word(kind),
                "organisation": tx.organisation(lane),
                "outcome": known[outcome],
                "state": STATE_WORDS[code],
            }
            for exchange_id, lane, function, outcome, kind, code in exchanges
        ],
        "step": step,
    }


def leaves(carrier: NumberedCarrier, document: Document) -> list[bytes]:
    """The leaves of one row, as canonical JSON."""
    shared: Document = {"carrier": carrier.part()}
    if "statement" in document:
        said = document["statement"]
        return [_canonical(shared | {"statement": {"body": _sha256(said["body"]), "kind": said["kind"]}})]
    shared |= {"event": document["event"], "step": document["step"]}
    return [_canonical(shared | {"exchange": x}) for x in document["exchanges"] or [None]]


def _canonical(document: Document) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def _sha256(text: str) -> str:
    return sha256(text.encode()).hexdigest()
