"""What waits and what came back: held exchanges, open questions, receipts, dead letters, reviews, offsets.

Left out: why something is held, what an answer does, who decides a review. Rules: what a dead letter held is
encrypted under the operations key and only a reference leaves; saying anything twice changes nothing.
"""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cached_property

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger.children import seal, unseal
from ledger.database import Row
from ledger.packing import from_ms, to_ms
from ledger.part import Part
from ledger.rows import Awaited, DeadLetter, Held, Receipt, Review

_HELD = "select n, lane, function, exchange_id, subject, reason, due_by from held where"
_LETTER = 'select id, topic, partition, "offset", code, field, reason, at from dead_letter where'
REDRIVEN = 2
"""What stands in `published` of a dead letter that came in again: neither waiting to be told (0) nor told (1)."""
_REVIEW = "select id, event_n, subject, candidates, waterfall, state, decided_by, decided_at from review where"


class Waiting(Part):
    """What waits, inside one transaction."""

    def awaited(self, exchange_id: bytes) -> Awaited | None:
        """The exchange that may be answered under this id, or None."""
        row = self.session.one("select event_n, subject, lane from awaited where exchange_id = ?", (exchange_id,))
        return Awaited(exchange_id, *row) if row else None

    def await_answer(self, exchange_id: bytes, event_n: int, subject: int, lane: int) -> None:
        """Something may be said about this exchange from now on: a receipt of a recall finds its subject."""
        self.session.run(
            "insert into awaited (exchange_id, event_n, subject, lane) values (?, ?, ?, ?) on conflict do nothing",
            (exchange_id, event_n, subject, lane),
        )

    def add_receipt(self, exchange_id: bytes, state: str, at: datetime, organisation: str, code: str = "") -> bool:
        """Keep what a recipient said became of an exchange; False when it was said before."""
        return bool(
            self.session.run(
                "insert into receipt (exchange_id, state, at, lane, code) values (?, ?, ?, ?, ?)"
                " on conflict do nothing",
                (exchange_id, state, to_ms(at), self.lane_of(organisation), code),
            )
        )

    def receipts(self, exchange_ids: Collection[bytes]) -> list[Receipt]:
        """Receipts of these exchanges, oldest first."""
        rows = self.select_among(
            "select exchange_id, state, at, lane, code from receipt where", "exchange_id", exchange_ids
        )
        found = [
            Receipt(bytes(x), state, from_ms(at), self.organisation(lane), code) for x, state, at, lane, code in rows
        ]
        return sorted(found, key=lambda receipt: receipt.at)

    def held_of(self, subjects: Collection[int]) -> list[Held]:
        """Exchanges that wait, of these subjects."""
        return [self._held(row) for row in self.select_among(_HELD, "subject", subjects, "order by n")]

    def held_due(self, now: datetime, limit: int) -> list[Held]:
        """Exchanges that have waited to the end of their clock, the longest first."""
        sql = f"{_HELD} due_by <= ? order by due_by, n limit ?"
        return [self._held(row) for row in self.session.rows(sql, (to_ms(now), limit))]

    def held_because(self, reason: str, limit: int) -> list[Held]:
        """Exchanges that wait for this reason, the longest first."""
        return [self._held(row) for row in self.session.rows(f"{_HELD} reason = ? order by n limit ?", (reason, limit))]

    def release_held(self, exchange_ids: Collection[bytes]) -> int:
        """They wait no longer; a redecision of the same transaction says what becomes of them. Number that waited."""
        ids = [(x,) for x in exchange_ids]
        return sum(self.session.run("delete from held where exchange_id = ?", x) for x in ids)

    def extend_held(self, exchange_id: bytes, due_by: datetime) -> None:
        """Somebody was called: look again at `due_by`."""
        self.session.run("update held set due_by = ? where exchange_id = ?", (to_ms(due_by), exchange_id))

    def dead_letter(
        self, source: tuple[str, int, int], code: str, field: str, reason: str, at: datetime, content: bytes
    ) -> bool:
        """Keep a record that could not be used; False when it was kept before.

        Args:
            source: (topic, partition, offset).
            code: From the closed list of who refused it.
            field: Path of the field at fault, `""` for the whole record.
            reason: Plain words, never a value.
            at: Domain time.
            content: Whatever is needed to try again; encrypted under the operations key.
        """
        sealed = seal(self._operations, content, _letter_place(*source))
        return bool(
            self.session.run(
                'insert into dead_letter (topic, partition, "offset", code, field, reason, at, ciphertext, published)'
                " values (?, ?, ?, ?, ?, ?, ?, ?, 0) on conflict do nothing",
                (*source, code, field, reason, to_ms(at), sealed),
            )
        )

    def dead_letters(self, after: int = 0, limit: int = 500) -> list[DeadLetter]:
        """Dead letters with a higher id than `after`, in order; none that was redriven."""
        return self._letters(f"{_LETTER} id > ? and published <> ? order by id limit ?", (after, REDRIVEN, limit))

    def dead_letter_at(self, topic: str, partition: int, offset: int) -> DeadLetter | None:
        """The dead letter of a place, redriven or not; None when there is none."""
        found = self._letters(f'{_LETTER} topic = ? and partition = ? and "offset" = ?', (topic, partition, offset))
        return next(iter(found), None)

    def dead_letters_unpublished(self, limit: int = 500) -> list[DeadLetter]:
        """Dead letters whose reference has not left yet."""
        return self._letters(f"{_LETTER} published = 0 order by id limit ?", (limit,))

    def dead_letters_published(self, ids: Collection[int]) -> None:
        """Their references have left."""
        self.session.many("update dead_letter set published = 1 where id = ? and published = 0", [(i,) for i in ids])

    def dead_letter_content(self, letter: DeadLetter) -> bytes:
        """What the record held, for redrive. KeyError when it is gone."""
        sql = "select ciphertext from dead_letter where id = ? and published <> ?"
        row = self.session.one(sql, (letter.id, REDRIVEN))
        if row is None:
            raise KeyError(f"dead letter {letter.id} is gone")
        return unseal(self._operations, bytes(row[0]), _letter_place(letter.topic, letter.partition, letter.offset))

    def redriven(self, letter_id: int) -> bool:
        """Its record is taken in by this transaction; False when it was before.

        Its place stays known, so that the same record, come once more, is no new dead letter; what it held goes: from
        now on it stands under its child's key alone.
        """
        sql = "update dead_letter set published = ?, ciphertext = ? where id = ? and published <> ?"
        return bool(self.session.run(sql, (REDRIVEN, b"", letter_id, REDRIVEN)))

    def add_review(self, event_n: int, subject: int, candidates: Sequence[int], waterfall: bytes) -> None:
        """A person must decide whether this subject is one of the candidates; asked once an event."""
        sealed = seal(self.children.one(self.session, subject).key, waterfall, b"review %d" % event_n)
        self.session.run(
            "insert into review (event_n, subject, candidates, waterfall, state, decided_by)"
            " values (?, ?, ?, ?, 'open', '') on conflict do nothing",
            (event_n, subject, json.dumps(list(candidates)), sealed),
        )

    def reviews_open(self, limit: int = 500) -> list[Review]:
        """Linkages that wait for a person, oldest first."""
        return [self._review(r) for r in self.session.rows(f"{_REVIEW} state = 'open' order by id limit ?", (limit,))]

    def review(self, review_id: int) -> Review | None:
        """One linkage that waited or waits for a person."""
        row = self.session.one(f"{_REVIEW} id = ?", (review_id,))
        return self._review(row) if row else None

    def decide_review(self, review_id: int, state: str, decided_by: str, at: datetime) -> bool:
        """A person decided; False when somebody had decided before."""
        return bool(
            self.session.run(
                "update review set state = ?, decided_by = ?, decided_at = ? where id = ? and state = 'open'",
                (state, decided_by, to_ms(at), review_id),
            )
        )

    def advance(self, topic: str, partition: int, next_offset: int) -> None:
        """Everything of this partition below `next_offset` is absorbed by this transaction. Never moves back."""
        self.session.run(
            "insert into progress (topic, partition, next_offset) values (?, ?, ?) on conflict (topic, partition)"
            " do update set next_offset = excluded.next_offset where progress.next_offset < excluded.next_offset",
            (topic, partition, next_offset),
        )

    def progress(self) -> dict[tuple[str, int], int]:
        """Next offset of every input partition."""
        rows = self.session.rows("select topic, partition, next_offset from progress")
        return {(topic, partition): offset for topic, partition, offset in rows}

    @cached_property
    def _operations(self) -> AESGCM:
        return AESGCM(self.keys.operations)

    def _held(self, row: Row) -> Held:
        n, lane, function, exchange_id, subject, reason, due_by = row
        names = self.organisation(lane), self.word(function)
        return Held(n, lane, *names, bytes(exchange_id), subject, reason, from_ms(due_by))

    def _letters(self, sql: str, parameters: Sequence[str | int]) -> list[DeadLetter]:
        rows = self.session.rows(sql, parameters)
        return [DeadLetter(i, t, p, o, code, field, why, from_ms(at)) for i, t, p, o, code, field, why, at in rows]

    def _review(self, row: Row) -> Review:
        review_id, event_n, subject, candidates, sealed, state, by, at = row
        key = self.children.one(self.session, subject).key
        opened = unseal(key, bytes(sealed), b"review %d" % event_n)
        when = None if at is None else from_ms(at)
        return Review(review_id, event_n, subject, tuple(json.loads(candidates)), opened, state, by, when)


def _letter_place(topic: str, partition: int, offset: int) -> bytes:
    return f"dead-letter {topic} {partition} {offset}".encode()
