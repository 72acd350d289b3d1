"""A worker for the transport tests: the real loop and transport, and a small SQLite database in place of the ledger.

Run as `python transport_worker.py JSON`. Each batch is one transaction: an id is applied when it was never seen. Before
and after, the worker notes in a file of its own what is in its hand, so that a test can tell whether a kill hit work.
"""

import asyncio
import json
import os
import sqlite3
import sys
import time
from pathlib import Path

from sharing.errors import Retryable
from streams.attempts import Attempts
from streams.carrier import Batch
from streams.transport.app import TransportSettings, attach, build_app, run
from streams.transport.bare import run_bare
from streams.watchdogs import Limits

IDLE, IN_TRANSACTION, COMMITTED = b"0", b"1", b"2"

SCHEMA = """
pragma journal_mode=wal; pragma synchronous=normal;
create table if not exists seen(id text primary key) without rowid;
create table if not exists applied(
  n integer primary key autoincrement, id text, child text, part int, off int, pid int);
create table if not exists repeated(n integer primary key, id text);
create table if not exists crashed(n integer primary key, topic text, part int, off int);
"""


class Store:
    def __init__(self, options: dict) -> None:
        self.options = options
        self.hand = os.open(options["hand"], os.O_RDWR | os.O_CREAT)
        self.absorbed = 0
        self.db: sqlite3.Connection | None = None

    def open(self) -> sqlite3.Connection:
        if self.db is None:  # in the loop's writer thread, which is the only one that uses it
            self.db = sqlite3.connect(self.options["db"], timeout=30, isolation_level=None)
        return self.db

    def note(self, what: bytes) -> None:
        os.pwrite(self.hand, what, 0)

    def absorb(self, batch: Batch) -> None:
        self.note(IN_TRANSACTION)
        if self.options.get("gone") and Path(self.options["gone"]).exists():
            raise Retryable("the database is away")
        db = self.open()
        db.execute("begin immediate")
        self.apply(db, batch)
        self.linger()
        self.absorbed += 1
        if self.absorbed == self.options.get("exit_before"):
            os._exit(70)
        db.execute("commit")
        self.note(COMMITTED)
        self.linger()  # without the lock: SQLite lets a waiting writer starve otherwise
        if self.absorbed == self.options.get("exit_after"):
            os._exit(70)
        self.note(IDLE)

    def linger(self) -> None:
        """Half of the time that a batch takes; none any more once the crew is in a hurry."""
        if not Path(self.options["hurry"]).exists():
            time.sleep(self.options.get("slow", 0) / 2)

    def apply(self, db: sqlite3.Connection, batch: Batch) -> None:
        for record in batch.records:
            if record.value == b"poison":
                os.abort()
            if record.value == b"raises":
                raise ValueError("never shown")
            name, child = record.value.decode(), (record.key or b"").decode()
            if db.execute("insert or ignore into seen values(?)", (name,)).rowcount:
                row = (name, child, batch.partition, record.offset, os.getpid())
                db.execute("insert into applied(id, child, part, off, pid) values(?,?,?,?,?)", row)
            else:
                db.execute("insert into repeated(id) values(?)", (name,))

    def absorb_crashed(self, batch: Batch) -> None:
        (record,) = batch.records
        db = self.open()
        db.execute("insert into crashed(topic, part, off) values(?,?,?)", (batch.topic, batch.partition, record.offset))


def reached(options: dict) -> dict[tuple[str, int], int]:
    """How far the database got, whichever worker wrote it."""
    with sqlite3.connect(options["db"], timeout=30) as db:
        rows = db.execute("select part, max(off) + 1 from applied group by part").fetchall()
    db.close()
    (topic,) = options["topics"]
    return {(topic, part): following for part, following in rows}


def main(options: dict) -> None:
    store = Store(options)
    absorb = Attempts(Path(options["tries"]), store.absorb, store.absorb_crashed, store.absorb_crashed)
    settings = TransportSettings(
        options["bootstrap"],
        options["group"],
        Path(options["data"]),
        max_poll_records=options.get("max_poll_records", 500),
        commit_interval_s=options.get("commit_s", 1.0),
        session_timeout_s=options.get("session_s", 6.0),
        heartbeat_s=options.get("session_s", 6.0) / 3,
    )
    asked = (lambda: reached(options)) if options.get("restorable") else None
    limits = Limits(empty_assignment_s=options.get("empty_s", 12.0))
    if options["kind"] == "faust":
        app = build_app(settings)
        attach(app, options["topics"], absorb, limits=limits, reached=asked)
        run(app)
    asyncio.run(run_bare(settings, options["topics"], absorb, limits=limits, reached=asked))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
