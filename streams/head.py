"""The head: which signed agreements are in force, looked at again by every process while it runs.

Every decision asks here, inside its own transaction. That costs one short query; the statements themselves are read
again once a second, and texts are compiled only when another set comes into force. Left out: who must sign
(`sharing.approval`) and what stands still (`agents.release`).

Rules: a set counts only if it is signed by everybody whom this process itself finds concerned, gives here the very
matrix that was signed, and none of its agreements is past its review. If not, nothing but referrals is released;
what comes in is decided by the last good set (at first the folder's), and no refusal of it stands.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import structlog

from ledger.rows import StoredStatement
from ledger.store import Transaction
from sharing.approval.course import Fault, Head, NoHead, head_at, signatories_of
from sharing.approval.quorum import quorum
from sharing.calendar import local
from sharing.errors import CrosswalkError, Misconfigured, Rejected
from sharing.policy import Agreements
from sharing.policy.difference import difference
from streams.course import PREFIX, compiled, course_from, read_documents, read_statements

log = structlog.get_logger()

LOOK_AGAIN_SECONDS = 1.0
SHORT = 12


@dataclass(frozen=True, slots=True)
class Stand:
    """What a decision goes by, now.

    Attributes:
        agreements: By which is decided: the head's, else the last good ones.
        fault: Why nothing is in force, None while a good head stands. `words`: the same for people.
        proposal: The head's, `""` without one.
        until: When another head's time comes.
    """

    agreements: Agreements
    fault: Fault | None = None
    words: str = ""
    proposal: str = ""
    until: datetime | None = None

    @property
    def is_good(self) -> bool:
        """Whether what this allows may be released."""
        return self.fault is None


class HeadWatch:
    """What one process knows of the head; shared by its threads.

    Args:
        seconds: Real time that only goes forward, for how long ago the statements were read.
    """

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._read_at = -LOOK_AGAIN_SECONDS
        self._mark: tuple[int, int] = (-1, -1)
        self._print = b""
        self._rows: tuple[int, ...] = ()
        self._stand: Stand | None = None

    @property
    def last(self) -> Stand | None:
        """What was found at the last look, None before the first."""
        return self._stand

    def look(self, tx: Transaction, now: datetime, folder: Agreements) -> Stand:
        """What is in force, as this transaction sees it.

        Args:
            tx: Of the decision.
            now: Domain time.
            folder: The set of this installation's folder, to decide by while there was never a good one.
        """
        with self._lock:
            mark = tx.statements_mark(PREFIX)
            stand = self._stand
            late = stand is None or (stand.until is not None and now >= stand.until)
            if late or mark != self._mark or self._seconds() - self._read_at >= LOOK_AGAIN_SECONDS:
                stand = self._read(tx, now, folder)
                self._mark, self._read_at = mark, self._seconds()
            assert stand is not None
            return stand

    def _read(self, tx: Transaction, now: datetime, folder: Agreements) -> Stand:
        statements = read_statements(tx)
        seen = _fingerprint(statements, tx.statement_bodies(self._rows))
        before = self._stand
        known = before is not None and seen == self._print and not (before.until is not None and now >= before.until)
        if before is None or not known or not before.is_good or _past_review(before.agreements, now):
            good = before.agreements if before else None
            self._stand, self._rows = _judged(tx, statements, now, good, folder)
            self._print = _fingerprint(statements, tx.statement_bodies(self._rows))
            _tell(before, self._stand)
        assert self._stand is not None
        return self._stand


def _fingerprint(statements: Sequence[StoredStatement], bodies: Sequence[bytes]) -> bytes:
    found = sha256()
    for one in statements:
        found.update(b"%d %s %d " % (one.n, one.kind.encode(), len(one.body)) + one.body)
    for body in bodies:
        found.update(b"%d " % len(body) + body)
    return found.digest()


def _judged(
    tx: Transaction, statements: Sequence[StoredStatement], now: datetime, good: Agreements | None, folder: Agreements
) -> tuple[Stand, tuple[int, ...]]:
    """What these statements come to, and the rows of the texts on which it rests."""
    try:
        return _good(tx, statements, now)
    except NoHead as none:
        return Stand(good or _last_good(tx, statements, now) or folder, none.fault, str(none)), ()


def _last_good(tx: Transaction, statements: Sequence[StoredStatement], now: datetime) -> Agreements | None:
    """The newest set that was in force before whatever is wrong, for a process that starts while it is."""
    course, documents = course_from(statements), {name: row.body for name, row in read_documents(tx).items()}
    while course.activations:
        course.activations.pop()
        try:
            head = head_at(course, documents, now)
            return compiled(documents[head.proposal.texts])
        except CrosswalkError:
            continue
    return None


def _good(tx: Transaction, statements: Sequence[StoredStatement], now: datetime) -> tuple[Stand, tuple[int, ...]]:
    rows = read_documents(tx)
    documents = {name: row.body for name, row in rows.items()}
    head = head_at(course_from(statements), documents, now)
    agreements = _of_texts(documents[head.proposal.texts], head)
    if agreements.version != head.proposal.matrix:
        words = "its texts give another matrix here than the one that was signed; is every process of the same version?"
        raise NoHead(Fault.OTHER_HERE, f"proposal {head.proposal.id[:SHORT]}: {words}")
    _check_signatures(head, documents, agreements)
    past = _past_review(agreements, now)
    if past:
        raise NoHead(Fault.PAST_REVIEW, f"past their review date: {', '.join(past)}; review them and propose them anew")
    stand = Stand(agreements, proposal=head.proposal.id, until=head.until)
    return stand, (rows[head.proposal.texts].n, rows[head.proposal.report].n)


def _of_texts(body: bytes, head: Head) -> Agreements:
    try:
        return compiled(body)
    except (Misconfigured, Rejected) as fault:
        first = str(fault).splitlines()[0]
        words = f"its texts cannot be read here: {first}"
        raise NoHead(Fault.OTHER_HERE, f"proposal {head.proposal.id[:SHORT]}: {words}") from None


def _check_signatures(head: Head, documents: dict[str, bytes], agreements: Agreements) -> None:
    """Find out anew whom the change concerns: a report that was made too small does not make it small.

    Where the set before cannot be compiled as it was signed (the schemas moved on since), the signed report counts.
    """
    if head.before is None:
        return
    try:
        before = compiled(documents[head.before.texts])
    except CrosswalkError:
        return
    if before.version != head.before.matrix:
        return
    table = signatories_of(head.before, documents)
    missing = quorum(difference(before, agreements).report(), table, head.table).missing(head.signed)
    if missing:
        words = f"it discloses more than its report says; not signed by: {', '.join(missing)}"
        raise NoHead(Fault.UNSIGNED, f"proposal {head.proposal.id[:SHORT]}: {words}")


def _past_review(agreements: Agreements, now: datetime) -> list[str]:
    today = local(now).date().isoformat()
    return [one.name for one in agreements.agreements if one.review_by and one.review_by < today]


def _tell(before: Stand | None, after: Stand) -> None:
    if before is None and after.is_good:
        return
    if before is not None and (before.fault, before.proposal) == (after.fault, after.proposal):
        return
    if after.is_good:
        log.info("agreements in force", version=after.agreements.version[:SHORT])
    else:
        log.error(
            "no signed agreements are in force: only referrals are released", code=after.fault, reason=after.words
        )
