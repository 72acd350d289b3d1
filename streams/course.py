"""The course of the agreements as the ledger has it, and sets of agreements compiled from its texts.

Left out: what counts (`sharing.approval`), what a worker makes of it (`head`), writing (`changing`). Rules: statements
are read in the order of the tree; a text is compiled once a process, whoever asks.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache, lru_cache

from ledger.rows import StoredStatement
from ledger.store import Transaction
from schemas import read_schemas
from sharing.approval.course import KINDS, Course, course_of
from sharing.approval.proposal import REPORT, TEXTS, digest_of, texts_from
from sharing.policy import Agreements, Violation, field_classes, load, violations
from sharing.policy.canonical import canonical
from sharing.vocabulary import FieldClass

PREFIX = "agreements."
SETS_KEPT = 6


def read_statements(tx: Transaction) -> list[StoredStatement]:
    """Every proposal, approval and activation, in the order of the tree; what is not numbered yet comes last."""
    found = [statement for kind in KINDS for statement in tx.statements(kind) if statement.kind == kind]
    return sorted(found, key=lambda s: (s.ordinal is None, s.ordinal or 0, s.n))


def course_from(statements: Iterable[StoredStatement]) -> Course:
    """The course of these statements."""
    return course_of((s.kind, s.body) for s in statements)


def read_documents(tx: Transaction) -> dict[str, StoredStatement]:
    """Texts and reports by the hash that they have now: what was tampered with is found under no signed name."""
    return {digest_of(s.body): s for kind in (TEXTS, REPORT) for s in tx.statements(kind)}


def read_course(tx: Transaction) -> tuple[Course, dict[str, bytes]]:
    """Everything that was proposed, approved and activated, with texts and reports."""
    return course_from(read_statements(tx)), {name: s.body for name, s in read_documents(tx).items()}


def compiled(body: bytes) -> Agreements:
    """The set of agreements of a body of texts (`sharing.approval.proposal.texts_body`).

    Raises:
        Misconfigured: the texts are no set of agreements for the schemas of this code.
        Rejected: the body is none of texts.
    """
    return set_of(texts_from(body)[0])


def broken(body: bytes) -> tuple[Violation, ...]:
    """The invariants that a set of texts breaks."""
    return broken_in(texts_from(body)[0])


def set_of(texts: Mapping[str, str], today: date | None = None) -> Agreements:
    """The set of agreements of some texts, by file name; compiled once a process.

    Args:
        texts: As `sharing.policy.load` takes them.
        today: When it is to be in force: an agreement past its review is refused. None: not asked.

    Raises:
        Misconfigured: the texts are no set of agreements for the schemas of this code.
    """
    return _compiled(canonical(dict(texts)), today)


def broken_in(texts: Mapping[str, str]) -> tuple[Violation, ...]:
    """The invariants that some texts break; proved once a process.

    Raises:
        Misconfigured: the texts are no set of agreements for the schemas of this code.
    """
    return _proved(canonical(dict(texts)))


@lru_cache(maxsize=SETS_KEPT)
def _compiled(texts: bytes, today: date | None) -> Agreements:
    return load(json.loads(texts), _classes(), today)


@lru_cache(maxsize=SETS_KEPT)
def _proved(texts: bytes) -> tuple[Violation, ...]:
    return violations(_compiled(texts, None))


@cache
def _classes() -> dict[str, dict[str, FieldClass]]:
    return field_classes(read_schemas())
