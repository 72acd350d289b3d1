"""The ledger's own rows: carriers and their events are written once and read for ever.

Left out: subjects, what waits, and release (`subjects`, `waiting`, `outbox`). Rules: rows are inserted
optimistically, and a repeated event spends the whole transaction; contents leave only decrypted for the caller, never
in a message.
"""

from collections.abc import Collection, Sequence
from hashlib import blake2b
from typing import Any

from sqlalchemy.exc import IntegrityError

from ledger import tables
from ledger.carriers import Builder, Built, check, count_of, exchanges_of
from ledger.children import unseal
from ledger.errors import DuplicateEvents, Forgotten
from ledger.packing import EXPRESS, STATES, from_ms, to_ms, unpack_exchanges
from ledger.part import Part
from ledger.rows import CarrierRows, StoredEvent, StoredExchange, StoredRedecision, StoredStatement

_EVENT = (
    "select e.n, e.event_id, e.subject, e.schema_id, e.register_head, e.agreements, e.exchanges, c.decided_at,"
    " c.ordinal from event e join carrier c on c.id = (e.n >> 12) where "
)
_REDECISION = (
    "select r.n, r.event_n, r.replaces, r.register_head, r.agreements, r.exchanges, c.decided_at, c.ordinal"
    " from redecision r join carrier c on c.id = (r.n >> 12) where "
)
_STATEMENT = (
    "select s.n, s.kind, s.body, c.decided_at, c.ordinal from statement s join carrier c on c.id = (s.n >> 12) where"
)


class Events(Part):
    """Carriers and events, inside one transaction."""

    def lock(self, tokens: Collection[bytes]) -> None:
        """Wait for everybody who works on the same blocking tokens or subjects, in one fixed order.

        SQLite has one writer at a time and needs no more.
        """
        keys = {int.from_bytes(blake2b(token, digest_size=8).digest(), "big", signed=True) for token in tokens}
        for key in sorted(keys):
            self.session.lock(key)

    def seen(self, event_ids: Collection[bytes]) -> dict[bytes, int]:
        """Row numbers of those events that are in the ledger already."""
        return {bytes(e): n for e, n in self.select_among("select event_id, n from event where", "event_id", event_ids)}

    def same_content(self, event_id: bytes, content: bytes) -> bool:
        """Whether the stored event has this content; False for an event that is not stored.

        Of a child who was forgotten nothing can be compared: what comes again counts as what came before.
        """
        row = self.session.one("select subject, digest from event where event_id = ?", (event_id,))
        if row is None:
            return False
        try:
            return self.children.one(self.session, row[0]).commit(content) == bytes(row[1])
        except Forgotten:
            return True

    def write(self, rows: CarrierRows) -> int:
        """Add a carrier.

        Returns:
            Its id; event `i` has row number `row_number(id, i)`.

        Raises:
            DuplicateEvents: an event is in the ledger already. Leave the transaction, filter with `seen`, write again.
            ValueError: more rows than a carrier holds, a hold without its reason, or a statement that is not canonical.
        """
        check(rows)
        ids = [event.event_id for event in rows.events]
        if len(set(ids)) < len(ids):
            raise DuplicateEvents({e for e in ids if ids.count(e) > 1})
        self._intern(rows)
        stored = self._stored(rows)
        children = self.children.load(self.session, {event.subject for event in rows.events})
        carrier = self._next_carrier()
        self._insert(carrier, rows, Builder(carrier, rows, self.words, children, stored).built)
        return carrier

    def content(self, n: int) -> bytes:
        """The bytes of one event as they came in; KeyError when there is none."""
        return self.contents((n,))[n]

    def contents(self, ns: Collection[int]) -> dict[int, bytes]:
        """The bytes of these events as they came in.

        Raises:
            Forgotten: the key of a child was destroyed.
            BadCiphertextError: the database was changed, or the key file is another one.
            KeyError: there is no such event.
        """
        rows = list(self.select_among("select n, event_id, subject, ciphertext from event where", "n", ns))
        children = self.children.load(self.session, {row[2] for row in rows})
        found = {n: unseal(children[s].key, bytes(sealed), bytes(e)) for n, e, s, sealed in rows}
        if len(found) < len(set(ns)):
            raise KeyError(f"no such event rows: {sorted(set(ns) - set(found))}")
        return found

    def find(self, event_id: bytes) -> StoredEvent | None:
        """The event of that id, or None."""
        return next(iter(self._events("e.event_id = ?", (event_id,))), None)

    def row(self, n: int) -> StoredEvent | None:
        """The event with that row number, or None."""
        return next(iter(self._events("e.n = ?", (n,))), None)

    def find_exchange(self, exchange_id: bytes) -> tuple[StoredEvent, StoredExchange] | None:
        """The event that an exchange is about, and the exchange as first decided.

        Exchanges have no index of their own, which would cost more than everything else together: those that may be
        answered are found at once, others by a scan (about a second for a million events). For people, not for agents.
        """
        known = self.session.one("select event_n from awaited where exchange_id = ?", (exchange_id,))
        if known is None:
            within = "position(? in exchanges) > 0" if self.session.is_postgres else "instr(exchanges, ?) > 0"
            known = self.session.one(f"select n from event where {within}", (exchange_id,))  # noqa: S608
        event = self.row(known[0]) if known else None
        exchange = next((x for x in event.exchanges if x.exchange_id == exchange_id), None) if event else None
        return (event, exchange) if event and exchange else None

    def rows_of_subject(self, subject: int) -> list[StoredEvent]:
        """Every event about a subject, and about those that were joined to it, oldest first."""
        who = "e.subject in (select ? union select id from subject where joined_to = ?)"
        return self._events(f"{who} order by e.n", (subject, subject))

    def redecisions(self, event_ns: Collection[int]) -> list[StoredRedecision]:
        """Every later decision about these events, oldest first."""
        found: list[StoredRedecision] = []
        for n, event_n, replaces, head, version, packed, at, ordinal in self.select_among(
            _REDECISION, "r.event_n", event_ns, "order by r.n"
        ):
            text, exchanges = self.word(version), self.unpack(packed)
            found.append(StoredRedecision(n, event_n, replaces, head, text, exchanges, from_ms(at), ordinal))
        return found

    def statements(self, prefix: str, beyond: int = -1) -> list[StoredStatement]:
        """Statements whose kind begins with `prefix`, in the order of the tree; those not numbered yet come last.

        Args:
            prefix: Of the kind.
            beyond: Row number; only what stands in a higher row.
        """
        kinds = self.session.rows("select id from word where substr(text, 1, ?) = ?", (len(prefix), prefix))
        found = [
            StoredStatement(n, self.word(kind), bytes(body), from_ms(at), ordinal)
            for n, kind, body, at, ordinal in self.select_among(
                _STATEMENT, "s.kind", [row[0] for row in kinds], f"and s.n > {beyond:d}"
            )
        ]
        return sorted(found, key=lambda s: (s.ordinal is None, s.ordinal or 0, s.n))

    def statements_mark(self, prefix: str) -> tuple[int, int]:
        """How many statements have a kind that begins so, and the highest row number: moves when one is added."""
        row = self.session.one(
            "select count(*), coalesce(max(n), 0) from statement where kind in"
            " (select id from word where substr(text, 1, ?) = ?)",
            (len(prefix), prefix),
        )
        assert row is not None
        return int(row[0]), int(row[1])

    def statement_bodies(self, ns: Collection[int]) -> list[bytes]:
        """Bodies of the statements in these rows, in order; what is gone is left out."""
        rows = self.select_among("select n, body from statement where", "n", ns)
        return [bytes(body) for _, body in sorted((n, body) for n, body in rows)]

    def outcomes(self, numbers: Collection[int]) -> dict[int, bytes]:
        """Canonical JSON of decisions, by number."""
        return {n: bytes(body) for n, body in self.select_among("select id, body from outcome where", "id", numbers)}

    def unpack(self, packed: bytes) -> tuple[StoredExchange, ...]:
        """Packed exchanges with their words."""
        word, organisation = self.word, self.organisation
        return tuple(
            StoredExchange(
                x, lane, organisation(lane), word(function), word(kind), outcome, STATES[code], code == EXPRESS
            )
            for x, lane, function, outcome, kind, code in unpack_exchanges(bytes(packed))
        )

    def _events(self, where: str, parameters: Sequence[Any]) -> list[StoredEvent]:
        return [
            StoredEvent(
                n, bytes(e), subject, schema, head, self.word(version), self.unpack(packed), from_ms(at), ordinal
            )
            for n, e, subject, schema, head, version, packed, at, ordinal in self.session.rows(
                f"{_EVENT}{where}", parameters
            )
        ]

    def _intern(self, rows: CarrierRows) -> None:
        # One set of the few kinds of exchange first: there are thousands of exchanges in a carrier.
        kinds = {(x.organisation, x.function, x.kind, x.outcome) for x in exchanges_of(rows)}
        words = {rows.engine, *(r.agreements for r in rows.events), *(r.agreements for r in rows.redecisions)}
        words.update(s.kind for s in rows.statements)
        words.update(kind[1] for kind in kinds)
        words.update(kind[2] for kind in kinds)
        self.words.need_words(self.session, words)
        self.words.need_lanes(self.session, {kind[0] for kind in kinds})
        self.words.need_outcomes(self.session, {kind[3] for kind in kinds})

    def _stored(self, rows: CarrierRows) -> dict[int, tuple[bytes, int, int, bytes, bytes]]:
        select = (
            "select e.n, e.event_id, e.subject, e.schema_id, e.digest, k.commitment"
            " from event e join child_key k on k.subject = e.subject where"
        )
        return {
            n: (bytes(event_id), subject, schema, bytes(digest), bytes(commitment))
            for n, event_id, subject, schema, digest, commitment in self.select_among(
                select, "e.n", {r.event_n for r in rows.redecisions}
            )
        }

    def _next_carrier(self) -> int:
        sql = (
            "select nextval('carrier_id')"
            if self.session.is_postgres
            else "select coalesce(max(id), 0) + 1 from carrier"
        )
        row = self.session.one(sql)
        assert row is not None
        return int(row[0])

    def _insert(self, carrier: int, rows: CarrierRows, built: Built) -> None:
        insert = self.session.insert
        try:
            insert(tables.event, built.events)
        except Exception as fault:
            if _is_repeated_event(fault):
                raise DuplicateEvents from fault
            raise
        engine = self.words.words[rows.engine]
        hashes = b"".join(built.hashes)
        at = to_ms(rows.decided_at)
        insert(tables.carrier, [(carrier, count_of(rows), at, engine, hashes, len(built.hashes), None, None)])
        insert(tables.redecision, built.redecisions)
        insert(tables.statement, built.statements)
        insert(tables.express, built.express)
        insert(tables.held, built.held)
        insert(tables.awaited, built.awaited)


def _is_repeated_event(fault: Exception) -> bool:
    """Whether the unique index on event ids said no; COPY raises the driver's own error."""
    cause = fault.orig if isinstance(fault, IntegrityError) else fault
    where = getattr(getattr(cause, "diag", None), "constraint_name", None)
    return where == "event_event_id" or "event.event_id" in str(cause)
