"""The case moves: registers, questions with clocks, answers, escalation. Time is handed in.

One page each: `rules` (the clocks), `machine` (a question's life), `state` (what is held), `step` (what to call).
"""

from sharing.reconciliation.serial import from_bytes, to_bytes
from sharing.reconciliation.state import EventFacts, Said, Step, SubjectState
from sharing.reconciliation.step import absorb, hold_for_identity, identity_settled, open_questions, tick

__all__ = [
    "EventFacts",
    "Said",
    "Step",
    "SubjectState",
    "absorb",
    "from_bytes",
    "hold_for_identity",
    "identity_settled",
    "open_questions",
    "tick",
    "to_bytes",
]
