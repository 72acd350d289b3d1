"""Subjects: the real children behind the records, their blocking tokens, identity, case and clocks.

Left out: who is whom (`sharing.identity`) and what a case means (`sharing.reconciliation`). Rules: identity and case
are encrypted under the child's key; the head counts every move of a register, and a claim and a move never pass each
other.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from ledger.children import seal, unseal
from ledger.packing import from_ms, to_ms
from ledger.part import Part
from ledger.rows import StoredState


class Subjects(Part):
    """Subjects, inside one transaction."""

    _head: int | None = None

    def new_subject(self) -> int:
        """A new subject with a key of its own."""
        row = self.session.one("insert into subject (changed_at_head) values (0) returning id")
        assert row is not None
        subject = int(row[0])
        self.children.create(self.session, (subject,))
        return subject

    def candidates(self, tokens: Collection[bytes]) -> dict[bytes, tuple[int, ...]]:
        """Subjects that carry each of these blocking tokens; tokens that nobody carries are left out."""
        found: dict[bytes, list[int]] = {}
        for token, subject in self.select_among(
            "select token, subject from blocking where", "token", tokens, "order by subject"
        ):
            found.setdefault(bytes(token), []).append(subject)
        return {token: tuple(subjects) for token, subjects in found.items()}

    def add_blocking(self, subject: int, tokens: Collection[bytes]) -> None:
        """A subject can be found by these tokens too."""
        rows = [(token, subject) for token in sorted(set(tokens))]
        self.session.many("insert into blocking (token, subject) values (?, ?) on conflict do nothing", rows)

    def join_subjects(self, subject: int, to: int) -> None:
        """A person decided that `subject` is `to`: its tokens lead there from now on; its events keep their key."""
        self.session.run(
            "insert into blocking (token, subject) select token, ? from blocking where subject = ?"
            " on conflict do nothing",
            (to, subject),
        )
        self.session.run("delete from blocking where subject = ?", (subject,))
        self.session.run(
            "insert into incident (token, subject) select token, ? from incident where subject = ?"
            " on conflict do nothing",
            (to, subject),
        )
        self.session.run("update subject set joined_to = ? where id = ? or joined_to = ?", (to, subject, subject))

    def joined_to(self, subjects: Collection[int]) -> dict[int, int]:
        """Of these subjects, those that were joined to another, and to whom."""
        sql = "select id, joined_to from subject where joined_to is not null and"
        return {row[0]: row[1] for row in self.select_among(sql, "id", subjects)}

    def identities(self, subjects: Collection[int]) -> dict[int, bytes]:
        """What identity kept about these subjects; those of whom nothing is kept are left out."""
        rows = self.select_among("select id, identity from subject where identity is not null and", "id", subjects)
        return self._opened(b"identity %d", [(s, bytes(sealed)) for s, sealed in rows])

    def save_identity(self, subject: int, identity: bytes) -> None:
        """Keep what identity needs, encrypted."""
        sealed = seal(self.children.one(self.session, subject).key, identity, b"identity %d" % subject)
        self.session.run("update subject set identity = ? where id = ?", (sealed, subject))

    def states(self, subjects: Collection[int]) -> dict[int, StoredState]:
        """The cases of these subjects; a subject without a case yet has `b""`."""
        rows = list(self.select_among("select id, state, changed_at_head from subject where", "id", subjects))
        opened = self._opened(b"state %d", [(s, bytes(sealed)) for s, sealed, _ in rows if sealed is not None])
        return {s: StoredState(opened.get(s, b""), head) for s, _, head in rows}

    def save_state(self, subject: int, state: bytes, next_due_at: datetime | None, *, register_moved: bool) -> None:
        """Keep one case, encrypted. See `save_states`."""
        self.save_states([(subject, state, next_due_at, register_moved)])

    def save_states(self, rows: Sequence[tuple[int, bytes, datetime | None, bool]]) -> None:
        """Keep cases: (subject, state, when its next clock needs a look, whether one of its registers moved).

        If one moved, the head moves (once a transaction): call `move_head` first if rows written before need it.
        """
        moved = self.move_head() if any(row[3] for row in rows) else None
        children = self.children.load(self.session, {row[0] for row in rows})
        values = [
            (
                seal(children[subject].key, state, b"state %d" % subject),
                None if due is None else to_ms(due),
                moved if register_moved else None,
                subject,
            )
            for subject, state, due, register_moved in rows
        ]
        self.session.many(
            "update subject set state = ?, next_due_at = ?, changed_at_head = coalesce(?, changed_at_head)"
            " where id = ?",
            values,
        )

    def due(self, now: datetime, limit: int) -> list[tuple[int, datetime]]:
        """Subjects with a clock that needs a look by now, and since when, the longest waiting first."""
        sql = "select id, next_due_at from subject where next_due_at <= ? order by next_due_at, id limit ?"
        return [(s, from_ms(at)) for s, at in self.session.rows(sql, (to_ms(now), limit))]

    def head(self) -> int:
        """Head of the registers: it has moved when any register of any subject moved."""
        if self._head is not None:
            return self._head
        row = self.session.one("select value from head where id = 1")
        assert row is not None
        return int(row[0])

    def move_head(self) -> int:
        """Move the head, once a transaction, and wait for every claim that is under way.

        What was released (`released_of`) is complete only when it is read after this.
        """
        if self._head is None:
            row = self.session.one("update head set value = value + 1 where id = 1 returning value")
            assert row is not None
            self._head = int(row[0])
        return self._head

    def hold_head(self) -> int:
        """The head, kept from moving until this transaction ends: what a claim reads stays true until it is written."""
        share = " for share" if self.session.is_postgres else ""
        row = self.session.one(f"select value from head where id = 1{share}")  # noqa: S608
        assert row is not None
        return int(row[0])

    def changed(self, subjects: Collection[int]) -> dict[int, int]:
        """Head at which a register of each of these subjects last moved."""
        sql = "select id, changed_at_head from subject where"
        return {row[0]: row[1] for row in self.select_among(sql, "id", subjects)}

    def _opened(self, place: bytes, rows: Sequence[tuple[int, Any]]) -> dict[int, bytes]:
        children = self.children.load(self.session, {s for s, _ in rows})
        return {s: unseal(children[s].key, sealed, place % s) for s, sealed in rows}
