"""Verifying the ledger: every leaf is made again from the rows, every root from the leaves, every signature is checked.

Left out: repair. What is covered: events, decisions, statements, their words, organisations and commitments, contents
(unless a child's key was destroyed), carriers, ordinals, checkpoints, destroyed keys, cosignatures. What is not: marks
of lanes, counters, what is held or awaited; losing those repeats or delays a release and changes no fact. Cutting off
the newest end together with its checkpoints can only be seen against a checkpoint that was published before, or by a
witness: hand one in.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from ledger.children import BadCiphertextError, unseal
from ledger.corroboration import disagreement
from ledger.database import Row
from ledger.errors import Forgotten
from ledger.leaf import carrier_part, event_part, exchange_frame, leaf, statement_part
from ledger.packing import MAX_ROWS, POSITION_BITS, STATE_WORDS, row_number, unpack_exchanges
from ledger.store import Ledger, Transaction
from sharing.transparency.notes import Checkpoint, is_signed
from sharing.transparency.tree import HASH_BYTES, Frontier, leaf_hash

_PAGE = 200
_STATEMENT_COLUMNS = 3
_EVENT = (
    "select e.n, 'decided', e.event_id, e.subject, e.schema_id, e.register_head, e.agreements, e.exchanges, e.digest,"
    " k.commitment, e.ciphertext, e.n from event e left join child_key k on k.subject = e.subject"
    " where e.n >= ? and e.n < ?"
)
_REDECISION = (
    "select r.n, 'redecided', e.event_id, e.subject, e.schema_id, r.register_head, r.agreements, r.exchanges, e.digest,"
    " k.commitment, null, r.lane from redecision r left join event e on e.n = r.event_n"
    " left join child_key k on k.subject = e.subject where r.n >= ? and r.n < ?"
)
_STATEMENT = "select n, kind, body from statement where n >= ? and n < ?"


class _Fault(Exception):  # noqa: N818 - what was found; never leaves this module
    pass


class _Carrier(NamedTuple):
    id: int
    n: int
    decided_at: int
    engine: int
    hashes: bytes
    leaves: int
    ordinal: int | None
    first_seq: int | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification found.

    Attributes:
        leaves: Numbered leaves that were made again. `carriers`: how many carriers hold them.
        waiting: Carriers that are committed and not numbered yet.
        root: Root over the numbered leaves.
        fault: The first fault, in plain words and without any personal value; None when all is well.
    """

    leaves: int
    carriers: int
    waiting: int
    checkpoints: int
    root: bytes
    fault: str | None


def verify(ledger: Ledger, against: Checkpoint | None = None) -> Verdict:
    """Make the whole ledger again from its rows and compare.

    Args:
        ledger: Read in one unmoving picture; work goes on meanwhile.
        against: A checkpoint that was published earlier, its signature checked: this ledger must begin with it.

    Raises:
        Retryable: the database is away.
    """
    with ledger.reading() as tx:
        walk = _Walk(tx, against)
        try:
            walk.run()
        except _Fault as fault:
            return walk.verdict(str(fault))
        return walk.verdict(None)


class _Walk:
    def __init__(self, tx: Transaction, against: Checkpoint | None) -> None:
        self.tx = tx
        self.against = against
        self.frontier = Frontier()
        self.carriers = self.waiting = self.checkpoints = self.rows = 0
        self.upto = 0
        self._public = tx.keys.public
        self._words: dict[int, str] = {}
        self._lanes: dict[int, str] = {}
        self._outcomes: dict[int, bytes] = {}

    def verdict(self, fault: str | None) -> Verdict:
        root = self.frontier.root()
        return Verdict(self.frontier.size, self.carriers, self.waiting, self.checkpoints, root, fault)

    def run(self) -> None:
        """Raise the first fault."""
        self._words = dict(self._pairs("select id, text from word"))
        self._lanes = dict(self._pairs("select id, organisation from lane"))
        for number, digest, body in self.tx.session.rows("select id, digest, body from outcome order by id"):
            if sha256(body).digest() != digest:
                raise _Fault(f"outcome {number}: its text does not match its digest")
            self._outcomes[number] = digest
        for carrier in self._pages("ordinal"):
            self._numbered(carrier)
        self._end_of_tree()
        for carrier in self._pages("id"):
            self._hashes(carrier)
            self.waiting += 1
        self._strays()
        if found := disagreement(self.tx):
            raise _Fault(found)

    def _pairs(self, sql: str) -> Iterator[tuple[int, str]]:
        yield from ((row[0], row[1]) for row in self.tx.session.rows(sql))

    def _pages(self, by: str) -> Iterator[_Carrier]:
        """Numbered carriers by ordinal, or the others by id, a page at a time."""
        which = "is not null" if by == "ordinal" else "is null"
        sql = (
            "select id, n, decided_at, engine, hashes, leaves, ordinal, first_seq from carrier"  # noqa: S608 - two names
            f" where ordinal {which} and {by} > ? order by {by} limit {_PAGE}"
        )
        last = -1
        while page := [_Carrier(*row) for row in self.tx.session.rows(sql, (last,))]:
            yield from page
            last = getattr(page[-1], by)

    def _numbered(self, carrier: _Carrier) -> None:
        expected = self.carriers + 1
        if carrier.ordinal != expected:
            raise _Fault(f"carrier {carrier.id}: it has ordinal {carrier.ordinal} where {expected} should stand")
        if carrier.first_seq != self.frontier.size:
            raise _Fault(
                f"carrier {carrier.id}: its first leaf is numbered {carrier.first_seq}, not {self.frontier.size}"
            )
        for found in self._hashes(carrier):
            self.frontier.extend((found,))
            self._compare()
        self.carriers = expected
        self._checkpoint(carrier)

    def _compare(self) -> None:
        """Hold the published checkpoint against the tree when it has reached that size."""
        if self.against and self.against.size == self.frontier.size and self.against.root != self.frontier.root():
            raise _Fault(f"published checkpoint of size {self.against.size}: its root is not this ledger's")

    def _checkpoint(self, carrier: _Carrier) -> None:
        row = self.tx.session.one(
            "select size, root, signature, frontier from checkpoint where upto_ordinal = ?", (carrier.ordinal,)
        )
        if row is None:
            return
        size, root, signature, packed = row
        name = f"checkpoint of size {size}"
        if size != self.frontier.size or root != self.frontier.root():
            raise _Fault(f"{name}: its root is not that of the {self.frontier.size} leaves up to carrier {carrier.id}")
        if packed != self.frontier.packed():
            raise _Fault(f"{name}: the edge of the tree that it keeps is not that of its leaves")
        if not is_signed(Checkpoint(self.tx.keys.origin, size, root), signature, self._public):
            raise _Fault(f"{name}: its signature is not this ledger's")
        self.checkpoints += 1
        self.upto = self.carriers

    def _end_of_tree(self) -> None:
        (count,) = self.tx.session.one("select count(*) from checkpoint") or (0,)
        if count != self.checkpoints:
            raise _Fault(f"{count - self.checkpoints} checkpoints stand for carriers that are not there")
        if self.upto != self.carriers:
            raise _Fault(f"carriers from ordinal {self.upto + 1} on are numbered but under no checkpoint")
        if self.against and self.against.size > self.frontier.size:
            raise _Fault(
                f"published checkpoint of size {self.against.size}: this ledger has {self.frontier.size} leaves"
            )

    def _hashes(self, carrier: _Carrier) -> list[bytes]:
        """Make the leaves of a carrier again."""
        low = row_number(carrier.id, 0)
        span = (low, low + MAX_ROWS)
        found = (self.tx.session.rows(sql, span) for sql in (_EVENT, _REDECISION, _STATEMENT))
        rows: list[Row] = sorted((row for some in found for row in some), key=lambda r: int(r[0]))
        if [row[0] - low for row in rows] != list(range(carrier.n)):
            raise _Fault(f"carrier {carrier.id}: {len(rows)} rows stand where {carrier.n} were written")
        stored = [carrier.hashes[i : i + HASH_BYTES] for i in range(0, len(carrier.hashes), HASH_BYTES)]
        part = carrier_part(carrier.decided_at, self._word(carrier.engine, f"carrier {carrier.id}"))
        made: list[bytes] = []
        for row in rows:
            leaves = self._statement(part, row) if len(row) == _STATEMENT_COLUMNS else self._leaves(part, row)
            if leaves != stored[len(made) : len(made) + len(leaves)]:
                raise _Fault(f"{_name(row)}: its leaf is not the one that was recorded")
            made += leaves
        if len(made) != carrier.leaves or b"".join(made) != carrier.hashes:
            raise _Fault(f"carrier {carrier.id}: {carrier.leaves} leaves were recorded and {len(made)} are there")
        self.rows += len(rows)
        return made

    def _statement(self, carrier: bytes, row: Row) -> list[bytes]:
        n, kind, body = row
        return [leaf_hash(carrier + statement_part(self._word(kind, f"statement {n}"), bytes(body)))]

    def _leaves(self, carrier: bytes, row: Row) -> list[bytes]:
        _, step, event_id, subject, schema, head, agreements, packed, digest, commitment, sealed, lane = row
        name = _name(row)
        if event_id is None or commitment is None:
            raise _Fault(f"{name}: its event or its child's commitment is not there")
        part = event_part(event_id, schema, head, self._word(agreements, name), digest, commitment)
        try:
            exchanges = list(unpack_exchanges(packed))
        except ValueError as fault:
            raise _Fault(f"{name}: {fault}") from None
        if sealed is not None:
            self._content(name, subject, event_id, sealed, digest, commitment)
        elif any(x[1] != lane for x in exchanges):
            raise _Fault(f"{name}: it stands in another lane than its exchanges")
        if not exchanges:
            return [leaf_hash(leaf(carrier, part, None))]
        return [leaf_hash(leaf(carrier, part, self._exchange(x, step, name))) for x in exchanges]

    def _exchange(self, x: tuple[bytes, int, int, int, int, int], step: str, name: str) -> tuple[bytes, bytes, bytes]:
        exchange_id, lane, function, outcome, kind, code = x
        if lane not in self._lanes or outcome not in self._outcomes or code >= len(STATE_WORDS):
            raise _Fault(f"{name}: its recipient, outcome or state is not there")
        before, after = exchange_frame(
            self._lanes[lane], self._word(function, name), self._word(kind, name), self._outcomes[outcome],
            STATE_WORDS[code], step,
        )  # fmt: skip
        return before, exchange_id.hex().encode(), after

    def _content(
        self, name: str, subject: int, event_id: bytes, sealed: bytes, digest: bytes, commitment: bytes
    ) -> None:
        try:
            child = self.tx.children.one(self.tx.session, subject)
            content = unseal(child.key, sealed, event_id)
        except Forgotten:
            return
        except (BadCiphertextError, KeyError):
            raise _Fault(
                f"{name}: its content or its child's key was changed, or the key file is another one"
            ) from None
        if child.commitment != commitment or child.commit(content) != digest:
            raise _Fault(f"{name}: its content is not the one that was committed to")

    def _word(self, number: int, name: str) -> str:
        if number not in self._words:
            raise _Fault(f"{name}: word {number} is not there")
        return self._words[number]

    def _strays(self) -> None:
        """Rows that belong to no carrier."""
        for table in ("event", "redecision", "statement"):
            row = self.tx.session.one(
                f"select min(n) from {table} where not exists"  # noqa: S608 - two names
                f" (select 1 from carrier c where c.id = {table}.n >> {POSITION_BITS})"
            )
            if row and row[0] is not None:
                raise _Fault(f"{table} {row[0]}: it belongs to no carrier")


def _name(row: Row) -> str:
    if len(row) == _STATEMENT_COLUMNS:
        return f"row {row[0]} of carrier {row[0] >> POSITION_BITS} (a statement)"
    event_id = row[2].hex() if row[2] else "unknown"
    return f"row {row[0]} of carrier {row[0] >> POSITION_BITS} (event {event_id})"
