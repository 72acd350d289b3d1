"""The figures of one quarter, drawn from the ledger: counts of children of whom the agreements tell the same.

Left out: the command (`figures_cli`). Rules: a quarter is drawn when it is over, and under one version of the
agreements only, since two divisions of the same children could be joined; figures that would differ from those drawn
before, since somebody was forgotten or joined, are not told: the difference is that child; an event counts by when the
broker took it in, so nothing is added to a quarter later; a child whose identity is not settled is not counted, nor one
who was forgotten; what would be told of an event is decided by the agreements as if its cohort were large enough, and
the guard `cohort_large_enough` is true of exactly those of whom the same would be told as of four other children at
least.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from hashlib import sha256
from typing import Any

from ledger.packing import to_ms
from ledger.rows import CarrierRows, Statement
from ledger.store import Transaction
from sharing.calendar import at_local
from sharing.codec import decode, to_record
from sharing.cohorts import Codes, Cohort, Sign, cohorts
from sharing.errors import Rejected
from sharing.events import Event
from sharing.facts import facts_about
from sharing.ids import SubjectId
from sharing.policy import Facts, Guard, decide
from sharing.policy.canonical import canonical
from sharing.redaction import redact
from sharing.vocabulary import Agency, Outcome, Recipient, RecipientKind
from streams.agents.absorption import Absorption
from streams.broker import ENGINE, Broker

DRAWN = "figures.drawn"
ANALYST = Recipient(Agency.BROKER, "partnership_analyst", RecipientKind.STATISTICS)
_FIRST_MONTHS = {1: 1, 2: 4, 3: 7, 4: 10}
_SOME = 500


@dataclass(frozen=True, slots=True)
class Quarter:
    """A quarter of a calendar year, such as 2026-Q4."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year}-Q{self.number}"

    @property
    def start(self) -> datetime:
        """Its first moment, UTC."""
        return at_local(date(self.year, _FIRST_MONTHS[self.number], 1), time())

    @property
    def end(self) -> datetime:
        """The first moment after it, UTC."""
        last = self.number == len(_FIRST_MONTHS)
        return (Quarter(self.year + 1, 1) if last else Quarter(self.year, self.number + 1)).start


def draw(broker: Broker, tx: Transaction, quarter: Quarter, by: str) -> list[Cohort]:
    """The figures of a quarter; that they were drawn is sworn to in the same transaction.

    Args:
        broker: Whose ledger it is.
        tx: A transaction on it.
        quarter: Which.
        by: Who is cleared and draws them, a function.

    Raises:
        Rejected: `NOT_OVER`, `DRAWN_OTHERWISE`, or `NOTHING_IN_FORCE`; nothing is told.
    """
    work = Absorption(broker, tx)
    if not work.stand.is_good:
        raise Rejected("NOTHING_IN_FORCE", "agreements", f"nothing is told: {work.stand.words}")
    if broker.now() < quarter.end:
        raise Rejected("NOT_OVER", "quarter", f"{quarter} is not over; what is still added to could be compared")
    version = work.stand.agreements.version
    before = _drawn_before(tx, quarter, version)
    found = [one for one in cohorts(_signs(work, quarter)) if one.is_large_enough]
    figures = sha256(canonical([_row(one) for one in found])).hexdigest()
    if before - {figures}:
        words = "was drawn before somebody was forgotten or joined; the first figures stand, the difference is a child"
        raise Rejected("DRAWN_OTHERWISE", "quarter", f"{quarter} {words}")
    body = {"agreements": version, "by": by, "figures": figures, "quarter": str(quarter)}
    tx.write(CarrierRows(work.now, ENGINE, statements=[Statement(DRAWN, canonical(body))]))
    return found


def _drawn_before(tx: Transaction, quarter: Quarter, version: str) -> set[str]:
    """Hashes of the figures of this quarter that were drawn before, all under this version."""
    every = [json.loads(statement.body) for statement in tx.statements(DRAWN)]
    drawn = [said for said in every if said["quarter"] == str(quarter)]
    if any(said["agreements"] != version for said in drawn):
        words = "was drawn under other agreements; a second division of the same children could be joined to it"
        raise Rejected("DRAWN_OTHERWISE", "quarter", f"{quarter} {words}")
    return {said["figures"] for said in drawn}


def _signs(work: Absorption, quarter: Quarter) -> Iterator[Sign]:
    tx, broker = work.tx, work.broker
    rows = tx.session.rows(
        "select e.n, e.subject, e.event_id from event e join carrier c on c.id = (e.n >> 12)"
        " where c.decided_at >= ? and c.decided_at < ? order by e.n",
        (to_ms(quarter.start), to_ms(quarter.end)),
    )
    found = [(n, subject, bytes(identity)) for n, subject, identity in rows]
    work.subjects.relate({subject for _, subject, _ in found})
    for start in range(0, len(found), _SOME):
        some = found[start : start + _SOME]
        gone = tx.forgotten({subject for _, subject, _ in some})
        some = [row for row in some if row[1] not in gone]
        raws = tx.contents([n for n, _, _ in some]) if some else {}
        for n, subject, identity in some:
            root = work.subjects.root(subject)
            if not work.subjects.related(root):
                event = decode(raws[n], broker.catalogue)
                codes = _codes(work, event, identity.hex(), root)
                if codes is not None:
                    yield Sign(event.event_type, codes, int(root))


def _codes(work: Absorption, event: Event, event_id: str, root: SubjectId) -> Codes | None:
    """What the agreements would tell of an event if enough children shared it; None: not even that it happened."""
    known = facts_about(event, event_id, ANALYST, work.situation(root))
    open_to_many = Facts.of({**known, Guard.COHORT_LARGE_ENOUGH: True})
    decision = decide(work.stand.agreements, event.event_type, ANALYST.kind, None, open_to_many)
    if decision.outcome is not Outcome.DELIVER:
        return None
    told = to_record(redact(event, decision))
    return tuple(sorted(_flat("", {k: v for k, v in told.items() if k != "envelope"})))


def _flat(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _flat(f"{path}.{name}" if path else str(name), inner)
    elif isinstance(value, list | tuple):
        if value:
            yield path, ", ".join(sorted(str(item) for item in value))
    elif value is not None:
        yield path, str(value).lower() if isinstance(value, bool) else str(value)


def _row(cohort: Cohort) -> list[object]:
    return [cohort.event_type, [list(code) for code in cohort.codes], cohort.children, cohort.events]
