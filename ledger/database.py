"""The line to the database: one engine, one way of asking, the differences between SQLite and PostgreSQL.

Left out: what is stored (`tables`) and what it means. Rules: statements are plain SQL with `?`; rows are tuples;
whatever is wrong with the line, a lock or the disk becomes `Retryable`, and its message never carries a parameter.
"""

import sqlite3
import weakref
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from time import monotonic, sleep
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.engine import URL, Connection, Engine

from sharing.errors import Misconfigured, Retryable

Row = tuple[Any, ...]
BUSY_SECONDS = 10
LOOK_AGAIN_SECONDS = 0.002
_PRAGMAS = (
    "journal_mode=WAL", "synchronous=FULL", f"busy_timeout={BUSY_SECONDS * 1000}", "foreign_keys=ON",
    "cache_size=-65536", "temp_store=MEMORY", "wal_autocheckpoint=4000", "secure_delete=ON",
)  # fmt: skip
_AWAY = (exc.OperationalError, exc.InterfaceError, exc.InternalError, exc.TimeoutError, exc.DisconnectionError)
_COPY_TYPES = {sa.BigInteger: "int8", sa.LargeBinary: "bytea", sa.Text: "text"}


@lru_cache(maxsize=512)
def _dollars(sql: str) -> str:
    return sql.replace("?", "%s")


class Session:
    """One connection inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.is_postgres = connection.dialect.name == "postgresql"

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> Sequence[Row]:
        """All rows of a query."""
        return self._run(sql, tuple(parameters)).cursor.fetchall()  # type: ignore[no-any-return]

    def one(self, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
        """First row of a query, or None."""
        found: Row | None = self._run(sql, tuple(parameters)).cursor.fetchone()
        return found

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Execute once; number of rows touched."""
        count: int = self._run(sql, tuple(parameters)).rowcount
        return count

    def many(self, sql: str, parameters: Sequence[Row]) -> None:
        """Execute once per tuple."""
        if parameters:
            self._run(sql, list(parameters))

    def among(self, column: str, values: Sequence[Any]) -> tuple[str, list[Any]]:
        """Condition `column is one of values` and its parameters."""
        if self.is_postgres:
            return f"{column} = any(?)", [list(values)]
        return f"{column} in ({','.join('?' * len(values))})", list(values)

    def insert(self, table: sa.Table, rows: Sequence[Row]) -> None:
        """Insert tuples in the table's column order: COPY on PostgreSQL, one prepared statement on SQLite."""
        if not rows:
            return
        if self.is_postgres and len(rows) > 1:
            self._copy(table, rows)
        else:
            self.many(_insert_into(table), rows)

    def upsert_counters(self, rows: Sequence[Row]) -> None:
        """Set counters of delivery: (lane, subject, seq), the last number given."""
        if not rows:
            return
        tail = "on conflict (lane, subject) do update set seq = excluded.seq"
        if self.is_postgres:
            sql = f"insert into delivery_counter select * from unnest(?::int8[], ?::int8[], ?::int8[]) {tail}"  # noqa: S608
            self.run(sql, [list(column) for column in zip(*rows, strict=True)])
        else:
            self.many(f"insert into delivery_counter values (?, ?, ?) {tail}", rows)  # noqa: S608

    def lock(self, key: int) -> None:
        """Wait for an advisory lock until the end of the transaction; SQLite has one writer and needs none."""
        if self.is_postgres:
            self.run("select pg_advisory_xact_lock(?)", (key,))

    def _run(self, sql: str, parameters: Any) -> Any:
        return self.connection.exec_driver_sql(_dollars(sql) if self.is_postgres else sql, parameters)

    def _copy(self, table: sa.Table, rows: Sequence[Row]) -> None:
        driver: Any = self.connection.connection.driver_connection
        columns, types = _copy_shape(table)
        with (
            driver.cursor() as cursor,
            cursor.copy(f"copy {table.name} ({columns}) from stdin (format binary)") as copy,
        ):
            copy.set_types(types)
            write = copy.write_row
            for row in rows:
                write(row)


@lru_cache(maxsize=64)
def _insert_into(table: sa.Table) -> str:
    names = ", ".join(f'"{c.name}"' for c in table.columns)
    return f"insert into {table.name} ({names}) values ({', '.join('?' * len(table.columns))})"  # noqa: S608 - our own names


@lru_cache(maxsize=64)
def _copy_shape(table: sa.Table) -> tuple[str, list[str]]:
    types = [next(name for kind, name in _COPY_TYPES.items() if isinstance(c.type, kind)) for c in table.columns]
    return ", ".join(f'"{c.name}"' for c in table.columns), types


class Database:
    """An engine, and transactions over it.

    Args:
        url: `sqlite:///file` or `postgresql+psycopg://...`.

    Raises:
        Misconfigured: the URL names no database that is known here.
    """

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        weakref.finalize(self, self.engine.dispose)  # a command ends, and nobody closes: no file is left open

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A transaction that may write; committed when the block ends, rolled back when it raises."""
        with _said_by_the_line(), self.engine.connect() as connection, connection.begin():
            yield Session(connection)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One unmoving picture of the database; never waits for a writer, never writes."""
        options: dict[str, Any] = {"reading": True}
        if self.engine.dialect.name == "postgresql":
            options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with _said_by_the_line(), self.engine.connect().execution_options(**options) as connection, connection.begin():
            yield Session(connection)

    def fold(self) -> None:
        """Fold SQLite's side file into the database and empty it."""
        if self.engine.dialect.name == "sqlite":
            with _said_by_the_line(), self.engine.connect() as connection:
                raw: Any = connection.connection.driver_connection
                raw.execute("pragma wal_checkpoint(truncate)")

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def _engine(url: str) -> Engine:
    try:
        parsed = sa.make_url(url)
    except exc.ArgumentError:
        raise Misconfigured("database url: not a URL; use sqlite:///file or postgresql+psycopg://...") from None
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed)
    if parsed.get_backend_name() == "postgresql":
        options = f"-c lock_timeout={BUSY_SECONDS}s -c idle_in_transaction_session_timeout=60s"
        parsed = parsed.set(drivername="postgresql+psycopg")
        arguments = {"connect_timeout": BUSY_SECONDS, "options": options, "keepalives_idle": 10}
        return sa.create_engine(parsed, connect_args=arguments, hide_parameters=True, pool_size=2, pool_pre_ping=True)
    raise Misconfigured("database url: only sqlite and postgresql are known")


def _sqlite(url: URL) -> Engine:
    if not url.database or url.database == ":memory:":
        raise Misconfigured("database url: sqlite needs a file, as in sqlite:////var/lib/crosswalk/ledger.db")
    arguments = {"timeout": BUSY_SECONDS, "check_same_thread": False, "cached_statements": 512}
    engine = sa.create_engine(url, connect_args=arguments, hide_parameters=True, poolclass=sa.QueuePool, pool_size=2)

    @sa.event.listens_for(engine, "connect")
    def settings(raw: sqlite3.Connection, _record: object) -> None:
        raw.isolation_level = None  # we say BEGIN ourselves, below
        for pragma in _PRAGMAS:
            raw.execute(f"pragma {pragma}")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get("reading")
        connection.exec_driver_sql(f"pragma query_only={'on' if reading else 'off'}")
        if reading:
            connection.exec_driver_sql("BEGIN")
        else:
            _begin_writing(connection)

    return engine


def _begin_writing(connection: Connection) -> None:
    """Wait for the one writer's place, looking often.

    SQLite itself soon looks only ten times a second, and beside busy writers a short transaction never finds a gap.
    """
    raw: Any = connection.connection.driver_connection
    until = monotonic() + BUSY_SECONDS
    raw.execute("pragma busy_timeout=0")
    try:
        while monotonic() < until and not _begins(raw):
            sleep(LOOK_AGAIN_SECONDS)
        if not raw.in_transaction:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        raw.execute(f"pragma busy_timeout={BUSY_SECONDS * 1000}")


def _begins(raw: sqlite3.Connection) -> bool:
    """Whether the wait is over: begun, or refused for another reason than a busy writer, which is said elsewhere."""
    try:
        raw.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as fault:
        return fault.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY
    return True


@contextmanager
def _said_by_the_line() -> Generator[None]:
    """Faults of the line become Retryable; a statement's own faults stay what they are."""
    try:
        yield
    except exc.DBAPIError as fault:
        if isinstance(fault, exc.IntegrityError) or not (isinstance(fault, _AWAY) or fault.connection_invalidated):
            raise
        raise Retryable(f"database: {_first_line(fault.orig)}") from fault
    except _AWAY as fault:
        raise Retryable(f"database: {_first_line(fault)}") from fault
    except Exception as fault:
        # COPY goes past SQLAlchemy, straight to the driver.
        if _is_from_driver(fault):
            raise Retryable(f"database: {_first_line(fault)}") from fault
        raise


def _is_from_driver(fault: Exception) -> bool:
    return any(t.__module__.startswith("psycopg") and t.__name__ == "OperationalError" for t in type(fault).__mro__)


def _first_line(fault: BaseException | None) -> str:
    return f"{type(fault).__name__}: {str(fault).splitlines()[0] if str(fault) else ''}"
