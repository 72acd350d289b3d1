"""The life of a question, as a table.

Everything that can change a question's state stands in `TRANSITIONS`; documents and tests read the same table. A signal
for which a state has no row is harmless: it came twice, or too late, and changes nothing.

Rules: only a complete answer, or the end of the matter, stops a clock. An incomplete answer does not: it is known, it
is told, and the clock runs on with the same end.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from sharing.reconciliation.state import QuestionState


class Signal(StrEnum):
    """What can happen to a question."""

    ANSWERED = "a complete answer from its recipient"
    ANSWERED_IN_PART = "an answer from its recipient that lacks what is owed"
    TIME_RUNS_OUT = "half of its time has passed"
    TIME_PASSED = "its time, or the time of its next stage, has passed"
    REFUSED = "its recipient's system refused the exchange"
    SETTLED = "another answer settled the matter"


_OPEN, _IN_PART, _OVERDUE = QuestionState.OPEN, QuestionState.ANSWER_INCOMPLETE, QuestionState.OVERDUE
_ANSWERED, _CLOSED = QuestionState.ANSWERED, QuestionState.CLOSED

TRANSITIONS: Mapping[QuestionState, Mapping[Signal, QuestionState]] = MappingProxyType(
    {
        _OPEN: {
            Signal.ANSWERED: _ANSWERED,
            Signal.ANSWERED_IN_PART: _IN_PART,
            Signal.TIME_RUNS_OUT: _OPEN,
            Signal.TIME_PASSED: _OVERDUE,
            Signal.REFUSED: _OVERDUE,
            Signal.SETTLED: _CLOSED,
        },
        _IN_PART: {
            Signal.ANSWERED: _ANSWERED,
            Signal.ANSWERED_IN_PART: _IN_PART,
            Signal.TIME_PASSED: _OVERDUE,
            Signal.SETTLED: _CLOSED,
        },
        _OVERDUE: {
            Signal.ANSWERED: _ANSWERED,
            Signal.ANSWERED_IN_PART: _OVERDUE,
            Signal.TIME_PASSED: _OVERDUE,
            Signal.SETTLED: _CLOSED,
        },
        _ANSWERED: {},
        _CLOSED: {},
    }
)


@dataclass(frozen=True, slots=True)
class Transition:
    """Where a signal leads. `changed` is False when the table has no row for it: it is harmless."""

    state: QuestionState
    changed: bool


def advance(state: QuestionState, signal: Signal) -> Transition:
    """One look into the table."""
    after = TRANSITIONS[state].get(signal)
    return Transition(state, changed=False) if after is None else Transition(after, changed=True)
