"""Grounds to know that end without a register moving: a question that is closed.

An open referral lets the front door see a sealed address, and who asks or is asked is involved while the question is
open. When it closes, what was decided on that ground must be looked at again, as if a register had moved.
"""

from sharing.reconciliation.involved import has_open_referral
from sharing.reconciliation.state import SubjectState


def fewer_grounds(before: SubjectState, after: SubjectState) -> bool:
    """Whether somebody had a ground to know before that is gone after."""
    if has_open_referral(before) and not has_open_referral(after):
        return True
    return bool(_sides(before) - _sides(after))


def _sides(state: SubjectState) -> set[str]:
    asked = [q for q in state.questions if q.is_open]
    return {q.owner.organisation for q in asked} | {q.asker.organisation for q in asked if q.asker is not None}
