"""Which children this trust was told of: existence only, as the national child protection information sharing does it.

A flag is learnt from a delivered `csc.plan.changed` and kept as keyed tokens of the NHS number and of names, birth
date and postcode together: whoever reads the register reads no child. Left out: what kind of plan (the view hardly
says) and who is told (the broker decides). Rules: learning is idempotent by exchange, so it may be done before the
delivery is final; what an exchange taught is forgotten when the exchange is withdrawn; a plan that ended flags
nobody.
"""

import sqlite3
import threading
import weakref
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from connectors.native.text import heading
from connectors.ports import Memory, Translated
from sharing.events import Child, Event, PlanAction, PlanChanged
from sharing.ids import blocking_token


@dataclass(frozen=True, slots=True, repr=False)
class Lesson:
    """What one exchange teaches: whether a plan is open. `plan` names a child's plan without saying whose."""

    exchange_id: str
    plan: str
    is_open: bool
    tokens: frozenset[bytes]


class FlagRegister(Protocol):
    """Where flags are kept."""

    def learn(self, lesson: Lesson) -> None:
        """Keep it durably; again is once."""
        ...

    def forget(self, exchange_id: str) -> None:
        """Undo what that exchange taught."""
        ...

    def holds(self, tokens: Iterable[bytes]) -> bool:
        """Whether any of these tokens was ever told of a plan whose latest lesson is that it is open."""
        ...


class FlagsInMemory:
    """A register that is gone with its process: dry runs and tests."""

    def __init__(self) -> None:
        self._lessons: list[Lesson] = []

    def learn(self, lesson: Lesson) -> None:
        """See `FlagRegister`."""
        if all(known.exchange_id != lesson.exchange_id for known in self._lessons):
            self._lessons.append(lesson)

    def forget(self, exchange_id: str) -> None:
        """See `FlagRegister`."""
        self._lessons = [known for known in self._lessons if known.exchange_id != exchange_id]

    def holds(self, tokens: Iterable[bytes]) -> bool:
        """See `FlagRegister`."""
        wanted = frozenset(tokens)
        latest = {lesson.plan: lesson.is_open for lesson in self._lessons}
        return any(latest[lesson.plan] and lesson.tokens & wanted for lesson in self._lessons)


class FlagsInFile:
    """A register in a SQLite file of its own, read by the translating process and written by the receiving one.

    Args:
        path: File; made when it is not there.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._database = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
        weakref.finalize(self, self._database.close)  # whoever forgets to close leaves no file open
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = FULL")
        self._database.execute("PRAGMA secure_delete = ON")
        self._database.executescript(
            """
            CREATE TABLE IF NOT EXISTS lesson (
                number INTEGER PRIMARY KEY,
                exchange_id TEXT NOT NULL UNIQUE,
                plan TEXT NOT NULL,
                is_open INTEGER NOT NULL
            );
            CREATE INDEX IF NOT EXISTS lesson_plan ON lesson (plan, number);
            CREATE TABLE IF NOT EXISTS token (token BLOB NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (token, number))
            WITHOUT ROWID;
            """
        )

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def learn(self, lesson: Lesson) -> None:
        """See `FlagRegister`."""
        with self._written() as database:
            added = database.execute(
                "INSERT OR IGNORE INTO lesson (exchange_id, plan, is_open) VALUES (?, ?, ?)",
                (lesson.exchange_id, lesson.plan, lesson.is_open),
            )
            if added.rowcount:
                rows = [(token, added.lastrowid) for token in sorted(lesson.tokens)]
                database.executemany("INSERT INTO token VALUES (?, ?)", rows)

    def forget(self, exchange_id: str) -> None:
        """See `FlagRegister`."""
        with self._written() as database:
            which = "SELECT number FROM lesson WHERE exchange_id = ?"
            database.execute(f"DELETE FROM token WHERE number IN ({which})", (exchange_id,))  # noqa: S608 - a constant
            database.execute("DELETE FROM lesson WHERE exchange_id = ?", (exchange_id,))

    def holds(self, tokens: Iterable[bytes]) -> bool:
        """See `FlagRegister`."""
        wanted = sorted(set(tokens))
        marks = ", ".join("?" * len(wanted))
        query = f"""
            SELECT 1 FROM token
            JOIN lesson AS told ON told.number = token.number
            JOIN lesson AS latest ON latest.number = (SELECT max(number) FROM lesson WHERE plan = told.plan)
            WHERE token.token IN ({marks}) AND latest.is_open
            LIMIT 1
        """  # noqa: S608 - question marks only
        with self._lock, closing(self._database.execute(query, wanted)) as found:
            return found.fetchone() is not None

    @contextmanager
    def _written(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield self._database
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")


def tokens_of(key: bytes, child: Child) -> frozenset[bytes]:
    """Keyed tokens by which a child is found again: the NHS number, and names with birth date and postcode."""
    found = set()
    if child.nhs_number:
        found.add(blocking_token(key, "flag/nhs-number", child.nhs_number))
    if child.surname and child.forename and child.birth_date and child.postcode:
        names = "/".join(heading(part) for part in (child.surname, child.forename, child.postcode))
        found.add(blocking_token(key, "flag/name-birth-postcode", f"{names}/{child.birth_date}"))
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Flagged:
    """The predicate for the translator: whether a flag is held for a child."""

    register: FlagRegister
    key: bytes

    def __call__(self, child: Child) -> bool:
        """True when a plan of this child is open as far as this trust was told."""
        tokens = tokens_of(self.key, child)
        return bool(tokens) and self.register.holds(tokens)


@dataclass(slots=True)
class LearnsFlags:
    """Reaction of a trust's connector to plans: it learns that they exist."""

    register: FlagRegister
    key: bytes
    name: str = "plan-flags"

    def on_delivered(self, view: Event, exchange_id: str, memory: Memory, now: datetime) -> Sequence[Translated]:
        """Learn from a plan's start, review or end; answer nothing."""
        del memory, now
        if isinstance(view, PlanChanged):
            plan = f"{view.envelope.subject or ''}/{view.kind or ''}"
            token = blocking_token(self.key, "flag/plan", plan).hex()
            is_open = view.action is not PlanAction.ENDED
            self.register.learn(Lesson(exchange_id, token, is_open, tokens_of(self.key, view.child)))
        return ()

    def on_withdrawn(self, exchange_id: str, memory: Memory) -> None:
        """Forget what that exchange taught."""
        del memory
        self.register.forget(exchange_id)
