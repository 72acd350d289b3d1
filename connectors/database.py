"""The one file of a connector: SQLite in WAL mode with synchronous=FULL, opened only when it is whole and ours.

Left out: what is stored (`spool`, `arrivals`). Rules: what says "committed" is on the disk; a damaged, missing or
foreign file stops the connector with the fix, it is never repaired silently and never begun afresh by itself; contents
are encrypted and bound to their row.
"""

import os
import sqlite3
import threading
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from connectors.folder.files import write_whole
from connectors.schema import APPLICATION_ID, SCHEMA, SCHEMA_VERSION
from connectors.secrets import Keys
from sharing.errors import Misconfigured, Rejected, Retryable

NONCE_BYTES = 12
BALLAST_BYTES = 4 * 1024 * 1024
CHECKPOINT_PAGES = 256
Values = Sequence[bytes | str | int | float | None]


class SpoolFull(Retryable):
    """No room is left: intake stops, sending goes on and makes room."""


class Database:
    """The connector's file. One connection, shared by its threads under a lock.

    Args:
        path: The file. `keys`: the connector's keys. `generation`: as in the settings.

    Raises:
        Misconfigured: the file is damaged, gone, newer than this program, or made with another key.
    """

    def __init__(self, path: Path, keys: Keys, generation: int = 1) -> None:
        self.path = path
        self.generation = generation
        self._lock = threading.RLock()
        self._cipher = AESGCM(keys.contents)
        self._ballast = path.with_name("ballast")
        self._refuse_if_gone()
        with self._faults_told():
            self._connection = _connect(path)
            weakref.finalize(self, self._connection.close)  # refused below, or forgotten: no file is left open
            self._refuse_if_damaged()
            self._prepare(keys.token("check"))
        self._note_birth()
        self.lay_ballast()

    def close(self) -> None:
        """Close the file; its WAL is folded in."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One transaction: on the disk when the block ends, undone when it raises. Nested ones join the outermost."""
        with self._lock:
            if self._connection.in_transaction:
                yield self._connection
                return
            with self._faults_told():
                self._connection.execute("BEGIN IMMEDIATE")
                try:
                    yield self._connection
                except BaseException:
                    with suppress(sqlite3.Error):
                        self._connection.rollback()
                    raise
                try:
                    self._connection.commit()
                except sqlite3.Error:
                    with suppress(sqlite3.Error):
                        self._connection.rollback()
                    raise

    def rows(self, sql: str, values: Values = ()) -> list[tuple[object, ...]]:
        """Every row of a question."""
        with self._lock, self._faults_told():
            return self._connection.execute(sql, values).fetchall()

    def number(self, sql: str, values: Values = ()) -> int:
        """The one whole number that answers a question, 0 where there is none."""
        found = self.rows(sql, values)
        value = found[0][0] if found else 0
        return value if isinstance(value, int) else 0

    def seal(self, plain: bytes, row: bytes) -> bytes:
        """Encrypt a content, bound to the name of its row."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, row)

    def unseal(self, sealed: bytes, row: bytes) -> bytes:
        """Decrypt a content.

        Raises:
            Rejected: `SPOOL_DAMAGED` when it is not what was stored in this row.
        """
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], row)
        except (InvalidTag, ValueError) as fault:
            raise Rejected("SPOOL_DAMAGED", "", "a stored content is not what was stored; look at the disk") from fault

    def used_bytes(self) -> int:
        """Bytes in use, free pages left out."""
        pages = self.number("PRAGMA page_count") - self.number("PRAGMA freelist_count")
        return pages * self.number("PRAGMA page_size")

    def fold(self) -> None:
        """Fold the WAL into the file, so that nothing filed away elsewhere depends on the WAL alone."""
        with suppress(Retryable):
            self.rows("PRAGMA wal_checkpoint(PASSIVE)")

    def lay_ballast(self) -> bool:
        """Keep some of the disk in hand, to be let go when it is full. False when there is no room for it."""
        if self._ballast.exists():
            return True
        try:
            with self._ballast.open("xb") as file:
                os.posix_fallocate(file.fileno(), 0, BALLAST_BYTES)
        except OSError:
            self.drop_ballast()
            return False
        return True

    def drop_ballast(self) -> None:
        """Give the ballast's room to whoever must still write."""
        with suppress(OSError):
            self._ballast.unlink(missing_ok=True)

    def _born(self) -> Path:
        return self.path.with_name("generation")

    def _note_birth(self) -> None:
        """Note that there is a file, whole or not at all: half a note would let a lost spool begin afresh."""
        noted = f"{self.generation}\n".encode("ascii")
        try:
            if not (self._born().is_file() and self._born().read_bytes() == noted):
                write_whole(self._born(), noted)
        except OSError as fault:
            self._connection.close()
            raise SpoolFull(f"{self._born()}: cannot be written ({fault.strerror}); make room") from None

    def _refuse_if_gone(self) -> None:
        """A file that was here and is not: beginning afresh forgets versions, and that is for a person to decide."""
        try:
            before = int(self._born().read_text(encoding="ascii"))
        except (OSError, ValueError):
            return
        if not self.path.exists() and before >= self.generation:
            raise Misconfigured(
                f"{self.path}: the spool of this connector is gone. Put it back; if it is lost for good, set "
                f"spool_generation: {before + 1} and records are sent again under new ids"
            )

    def _refuse_if_damaged(self) -> None:
        found = self._connection.execute("PRAGMA quick_check(1)").fetchone()
        if found != ("ok",):
            raise Misconfigured(self._damage())

    def _damage(self) -> str:
        return (
            f"{self.path}: the spool is damaged. Keep a copy of it, look at the disk, and put back an older copy; if "
            f"there is none, move it away and set spool_generation: {self.generation + 1}: records are then sent "
            "again under new ids"
        )

    def _prepare(self, check: bytes) -> None:
        """Make the tables in a new file; refuse a file that is not ours."""
        version = self._connection.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            self._connection.executescript("BEGIN IMMEDIATE;" + SCHEMA)
            self._connection.execute("INSERT INTO meta (name, value) VALUES ('check', ?)", (check,))
            self._connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            self._connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
            self._connection.commit()
            return
        if self._connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            raise Misconfigured(
                f"{self.path}: is a database, but no spool; set `state` to a folder of this connector's own"
            )
        if version > SCHEMA_VERSION:
            raise Misconfigured(
                f"{self.path}: was written by a newer version of this program; upgrade before you start"
            )
        if self._connection.execute("SELECT value FROM meta WHERE name = 'check'").fetchone() != (check,):
            raise Misconfigured(f"{self.path}: was made with another key; put back the key file that belongs to it")

    @contextmanager
    def _faults_told(self) -> Iterator[None]:
        """SQLite's faults by what the caller must do."""
        try:
            yield
        except sqlite3.Error as fault:
            name = str(getattr(fault, "sqlite_errorname", ""))
            if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
                raise Misconfigured(self._damage()) from None
            if name.startswith(("SQLITE_FULL", "SQLITE_IOERR")):
                raise SpoolFull(f"{self.path}: the disk is full or does not answer ({name}); make room") from None
            if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
                raise Retryable(f"{self.path}: another program holds the spool ({name})") from None
            if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH")):
                raise Misconfigured(f"{self.path}: cannot be written ({name}); give this user the right to") from None
            raise


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10.0)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
    except sqlite3.Error:
        connection.close()
        raise
    return connection
