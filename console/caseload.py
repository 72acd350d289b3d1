"""Which answers are overdue, and who owes them.

Clocks stand in the children's cases, each encrypted under the child's key, so no query counts them. This room keeps
the small set of subjects with an open question: a question opens only with an event, so subjects of new events are
looked at; it closes by anything, so the open ones are looked at again every time.

Left out: everything else in a case; of each question only its owner's organisation and its deadline are kept.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from itertools import islice

from console.blind import HIDDEN_CLOCKS
from console.facts import Overdue
from ledger.store import Transaction
from sharing.errors import Rejected
from sharing.reconciliation.serial import from_bytes
from sharing.reconciliation.state import QuestionState, SubjectState

SLICE = 2_000
"""Subjects that one look examines for the first time."""

Owed = tuple[str, datetime, bool]
"""Slug of who owes the answer ("" for nobody in particular), its deadline, and whether a stage of escalation was
reached."""


class Caseload:
    """The open questions, kept between looks."""

    def __init__(self) -> None:
        self._open: dict[int, list[Owed]] = {}
        self._seen_upto = 0
        self.is_complete = False

    def look(self, tx: Transaction, touched: Iterable[int]) -> None:
        """Look at the subjects of new events, at those with open questions, and at some that were never looked at.

        Args:
            tx: A reading.
            touched: Subjects of events since the last look.
        """
        subjects = {*touched, *self._open, *self._next(tx)}
        for subject, stored in tx.states(sorted(subjects)).items():
            owed = list(_owed(stored.state))
            if owed:
                self._open[subject] = owed
            else:
                self._open.pop(subject, None)

    def overdue(self, now: datetime) -> dict[str, Overdue]:
        """Overdue answers by who owes them."""
        late: dict[str, list[float]] = {}
        for owed in self._open.values():
            for owner, due_by, escalated in owed:
                if escalated or due_by <= now:
                    late.setdefault(owner, []).append(max(0.0, (now - due_by).total_seconds()))
        return {owner: Overdue(len(ages), max(ages)) for owner, ages in sorted(late.items())}

    def _next(self, tx: Transaction) -> Collection[int]:
        """Subjects that were there before this console was."""
        if self.is_complete:
            return ()
        rows = tx.session.rows(
            "select id from subject where id > ? and state is not null order by id limit ?", (self._seen_upto, SLICE)
        )
        found = [row[0] for row in islice(rows, SLICE)]
        self._seen_upto = found[-1] if found else self._seen_upto
        self.is_complete = len(found) < SLICE
        return found


def _owed(raw: bytes) -> Iterable[Owed]:
    state = _state(raw)
    for question in state.questions:
        if question.is_open and question.rule not in HIDDEN_CLOCKS:
            warned = question.state is QuestionState.OPEN  # somebody may have been rung before its time was up
            late = question.state is QuestionState.OVERDUE or (question.stage > 0 and not warned)
            yield question.owner.organisation, question.due_by, late
    for wait in state.awaiting:
        if wait.called and not wait.settled:
            yield "", wait.since, True


def _state(raw: bytes) -> SubjectState:
    try:
        return from_bytes(raw) if raw else SubjectState()
    except Rejected:
        return SubjectState()
