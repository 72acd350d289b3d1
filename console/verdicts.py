"""Five verdicts, each a word before it is a colour, measured in time against the safeguarding target, never in offsets.

A referral must be known to be received within 15 minutes, or its sender is told to telephone. So nothing may wait
longer than
that anywhere on the way:

    moving   nothing waits, or what waits has used less than a fifth of the target
    slow     what waits has used a fifth of the target
    stalled  the target is missed, though something still passes
    stopped  the target is missed and nothing passes; or the way is closed (lane suspended, nobody releases)
    silent   an organisation whose connector is not heard of, or that used to speak and says nothing: the dangerous one

Pure. Left out: where the figures come from (`reading`, `vitals`).
"""

from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum

from console.words import age

TARGET = timedelta(minutes=15)
SLOW = TARGET / 5
UNHEARD = timedelta(minutes=2)
"""A connector writes its health every few seconds; for so long it may not be heard of. Real time."""
QUIET = timedelta(days=7)
"""An organisation that has spoken before may say nothing for so long."""


class Verdict(StrEnum):
    """How a part of the way does, from best to worst."""

    MOVING = "moving"
    SLOW = "slow"
    STALLED = "stalled"
    STOPPED = "stopped"
    SILENT = "silent"


_BADNESS = {verdict: number for number, verdict in enumerate(Verdict)}


def judge(waiting_seconds: float | None, *, passes: bool = True, closed: bool = False, silent: bool = False) -> Verdict:
    """The verdict on one part of the way.

    Args:
        waiting_seconds: Age of the oldest that waits there, None when nothing does.
        passes: Whether anything passed lately.
        closed: The way is closed, whatever waits.
        silent: Nothing is heard of it.
    """
    if silent:
        return Verdict.SILENT
    if closed:
        return Verdict.STOPPED
    if waiting_seconds is None or waiting_seconds < SLOW.total_seconds():
        return Verdict.MOVING
    if waiting_seconds < TARGET.total_seconds():
        return Verdict.SLOW
    return Verdict.STALLED if passes else Verdict.STOPPED


def waited(seconds: float | None) -> str:
    """How long the oldest has waited, in words; below a fifth of the target nothing is told apart.

    Whether something waits for a second at a recipient's door can tell what was suppressed; that it waits for minutes
    must be seen.
    """
    if seconds is None or seconds < SLOW.total_seconds():
        return f"under {age(SLOW.total_seconds())}"
    return age(seconds)


def badness(verdict: Verdict) -> int:
    """0 for the best; higher is worse."""
    return _BADNESS[verdict]


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst of several; MOVING of none."""
    return max(verdicts, key=badness, default=Verdict.MOVING)
