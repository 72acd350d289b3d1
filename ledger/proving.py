"""Proofs out of the database: that a leaf stands in the tree, and that one checkpoint grew out of another.

Left out: checking them (`sharing.transparency`), which needs no database. Rules: proofs are made of the hashes that
carriers keep, read once in order, so their cost grows with the ledger and is a second or two for a million leaves; a
step between two checkpoints is made of the edge that the older one keeps and of what came after it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ledger.documents import Digests, NumberedCarrier, documents, leaves
from ledger.errors import Unproved
from ledger.packing import MAX_ROWS, POSITION_BITS
from ledger.store import Transaction
from sharing.transparency.notes import (
    WITNESS,
    Checkpoint,
    Cosignature,
    cosignature_line,
    from_verifier_key,
    note,
)
from sharing.transparency.proofs import Proof
from sharing.transparency.tree import HASH_BYTES, Frontier, consistency_from, inclusion_proof, leaf_hash


@dataclass(frozen=True, slots=True)
class Placed:
    """One leaf: its place in the tree, from 0, and its canonical JSON."""

    index: int
    leaf: bytes


def leaves_of(tx: Transaction, exchange_id: bytes) -> list[Placed]:
    """Every numbered leaf about an exchange, oldest first: as it was first decided, and each time it was decided anew.

    Exchanges have no index of their own: this looks through the ledger (about a second for a million events).
    """
    numbers = rows_with(tx, exchange_id)
    found: list[Placed] = []
    for carrier in sorted({n >> POSITION_BITS for n in numbers}):
        found += _in_carrier(tx, carrier, exchange_id)
    return sorted(found, key=lambda placed: placed.index)


def prove(tx: Transaction, placed: Placed) -> Proof:
    """Prove a leaf under the checkpoint that most witnesses signed, of those that cover it; else under the newest.

    Raises:
        Unproved: no checkpoint covers it yet, or the database was changed: `crosswalk ledger verify` names the place.
    """
    size = _best_size(tx, placed.index)
    row = tx.session.one("select root, signature, upto_ordinal from checkpoint where size = ?", (size,))
    if row is None:
        raise Unproved("the leaf is not under a signed checkpoint yet; try again in a second")
    hashes = _hashes(tx, 0, row[2])
    if hashes[placed.index] != leaf_hash(placed.leaf):
        raise Unproved("the rows do not give the leaf that was recorded; run: crosswalk ledger verify")
    point = Checkpoint(tx.keys.origin, size, bytes(row[0]))
    text = note(point, bytes(row[1]), tx.keys.public) + _witnessed_lines(tx, size)
    proof = Proof(placed.leaf, placed.index, inclusion_proof(hashes, placed.index), text)
    proof.check(tx.keys.public)
    return proof


def _best_size(tx: Transaction, index: int) -> int:
    """Size of the checkpoint to prove a leaf under; 0 where none covers it."""
    row = tx.session.one(
        "select size from cosignature where size > ? group by size order by count(*) desc, size desc limit 1", (index,)
    ) or tx.session.one("select max(size) from checkpoint where size > ?", (index,))
    return int(row[0]) if row and row[0] else 0


def _witnessed_lines(tx: Transaction, size: int) -> str:
    """What witnesses signed under the checkpoint of this size, as lines of its note."""
    rows = tx.session.rows(
        "select w.verifier_key, c.at, c.signature from cosignature c join witness w on w.organisation = c.organisation"
        " where c.size = ? order by c.organisation, c.day",
        (size,),
    )
    lines = {}
    for word, at, signature in rows:
        name, public = from_verifier_key(word, WITNESS)
        lines[name] = cosignature_line(name, Cosignature(at, bytes(signature)), public)
    return "".join(lines.values())


def step(tx: Transaction, old_size: int, new_size: int) -> list[bytes] | None:
    """Consistency proof between two signed checkpoints; None where one of them is not in this ledger."""
    sql = "select frontier, upto_ordinal from checkpoint where size = ?"
    old, new = tx.session.one(sql, (old_size,)), tx.session.one(sql, (new_size,))
    if old is None or new is None or not 0 < old_size <= new_size:
        return None
    return consistency_from(Frontier(old_size, bytes(old[0])), _hashes(tx, old[1], new[1]))


def rows_with(tx: Transaction, exchange_id: bytes) -> list[int]:
    """Numbers of the events and later decisions that hold this exchange, by a look through all of them."""
    within = "position(? in exchanges) > 0" if tx.session.is_postgres else "instr(exchanges, ?) > 0"
    sql = f"select n from event where {within} union all select n from redecision where {within}"  # noqa: S608 - ours
    return [row[0] for row in tx.session.rows(sql, (exchange_id, exchange_id))]


def statement_leaf(tx: Transaction, n: int) -> Placed | None:
    """The leaf of the statement with that row number; None where there is none, or it is not numbered yet."""
    at = n & (MAX_ROWS - 1)
    placed = _placed(tx, n >> POSITION_BITS)
    return next((leaf for position, document, leaf in placed if position == at and "statement" in document), None)


def _in_carrier(tx: Transaction, number: int, exchange_id: bytes) -> list[Placed]:
    wanted = exchange_id.hex()
    return [leaf for _, document, leaf in _placed(tx, number) if document.get("exchange", {}).get("id") == wanted]


def _placed(tx: Transaction, number: int) -> Iterator[tuple[int, dict[str, Any], Placed]]:
    """Every leaf of a numbered carrier: position of its row, its own document, and where it stands."""
    row = tx.session.one("select ordinal, first_seq, decided_at, engine from carrier where id = ?", (number,))
    if row is None or row[0] is None:
        return
    carrier = NumberedCarrier(number, row[0], row[1], row[2], tx.word(row[3]))
    index = carrier.first_leaf
    for position, document in enumerate(documents(tx, number, Digests())):
        parts = document.get("exchanges") or [None]
        for part, leaf in zip(parts, leaves(carrier, document), strict=True):
            yield position, {**document, "exchange": part or {}}, Placed(index, leaf)
            index += 1


def _hashes(tx: Transaction, after: int, upto: int) -> list[bytes]:
    """Leaf hashes of the carriers with ordinals from behind `after` to `upto`, in order."""
    sql = "select hashes from carrier where ordinal > ? and ordinal <= ? order by ordinal"
    packed = b"".join(bytes(row[0]) for row in tx.session.rows(sql, (after, upto)))
    return [packed[i : i + HASH_BYTES] for i in range(0, len(packed), HASH_BYTES)]
