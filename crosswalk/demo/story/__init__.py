"""The story of the demo as data: invented families, what their agencies write down, and when.

Left out: playing it (`crosswalk.demo.play`) and judging it (`checker`, which knows nothing of this room). The same
seed is the same story, byte for byte.
"""

from collections.abc import Iterator
from itertools import pairwise

from crosswalk.demo.story import monday, opening, weekend
from crosswalk.demo.story.people import families
from crosswalk.demo.story.steps import MoveTo, Step, WaitQuiet
from crosswalk.demo.story.tokens import Tokens

__all__ = ["story"]


def story(seed: int) -> tuple[Step, ...]:
    """Every step, from Friday 20 November 2026 09:00 to Monday 17:11 (London)."""
    steps = [*_steps(Tokens(seed)), WaitQuiet()]
    # Moving time waits for quiet by itself.
    return tuple(
        step for step, behind in pairwise(steps) if not (isinstance(step, WaitQuiet) and isinstance(behind, MoveTo))
    )


def _steps(tokens: Tokens) -> Iterator[Step]:
    people = families(tokens)
    yield from opening.morning(tokens, people)
    yield from opening.referrals(tokens, people)
    yield from weekend.saturday(tokens, people)
    yield from weekend.night(tokens, people)
    yield from weekend.flight(tokens, people)
    yield from weekend.after_the_seal(tokens, people)
    yield from weekend.before_school(tokens, people)
    yield from opening.completed(tokens, people)
    yield from monday.broken(tokens)
    yield from monday.flood(tokens)
    yield from opening.unanswered()
