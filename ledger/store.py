"""Opening the ledger and its transactions.

Left out: what is in them (`events`, `disclosed`, `subjects`, `forgetting`, `waiting`, `leases`, `outbox`). Rules: one
Ledger serves one thread; a transaction that raises has changed nothing, here or in the database.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Self

from ledger.children import Children
from ledger.database import Database, Session
from ledger.disclosed import Disclosed
from ledger.families import Families
from ledger.forgetting import Forgetting
from ledger.keys import Keys
from ledger.leases import Leases
from ledger.subjects import Subjects
from ledger.upgrade import expect_current, upgrade
from ledger.waiting import Waiting
from ledger.words import Words


class Transaction(Disclosed, Subjects, Families, Forgetting, Waiting, Leases):
    """Everything that can be read and written together."""


class Ledger:
    """The one database.

    Use `Ledger.open`. One Ledger serves one thread: its caches and its session are not shared.
    """

    def __init__(self, database: Database, keys: Keys) -> None:
        self._database = database
        self.keys = keys
        self._children = Children(keys.master)
        self._words = Words()

    @classmethod
    def open(cls, url: str, keys: Keys) -> Self:
        """Open the database, bringing it to this version first.

        Args:
            url: `sqlite:////path/ledger.db` or `postgresql://user@host/name`.
            keys: The broker's own keys.

        Raises:
            Misconfigured: an unknown kind of database, or one that is newer than this code.
            Retryable: the database is away or busy.
        """
        return cls(_opened(url, upgrade), keys)

    @classmethod
    def open_existing(cls, url: str, keys: Keys) -> Self:
        """Open a database to look at it: it is neither made nor upgraded.

        Raises:
            Misconfigured: there is no ledger, or it is of another version than this code.
            Retryable: the database is away or busy.
        """
        return cls(_opened(url, expect_current), keys)

    def fold(self) -> None:
        """Leave nothing of what was overwritten in SQLite's side file; for PostgreSQL see docs/forgetting.md."""
        self._database.fold()

    def close(self) -> None:
        """Close every connection."""
        self._database.close()

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Everything in the block happens, or nothing does.

        Raises:
            Retryable: the database is away, busy, or undid the transaction for another one; try the block again.
        """
        try:
            with self._database.transaction() as session:
                yield self._open(session)
        except BaseException:
            self._children.forget()
            self._words.forget()
            raise

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """One unmoving picture of the database; writes are refused."""
        with self._database.reading() as session:
            yield self._open(session)

    def _open(self, session: Session) -> Transaction:
        tx = Transaction(session, self._children, self._words, self.keys)
        tx.notice_forgotten()
        return tx


def _opened(url: str, checked: Callable[[Database], None]) -> Database:
    database = Database(url)
    try:
        checked(database)
    except BaseException:
        database.close()
        raise
    return database
