"""What a witness makes of the next checkpoint: does it continue the one that it saw last, or is this another history?

Left out: reading, keeping and sending (`connectors.witness`, `streams.agents.witnessing`). Rules: a witness vouches
only for a tree of which it knows that it begins with the one it vouched for before; what it cannot compare it does not
sign and does not accuse; two histories are an accusation, and it stands until a person has looked.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from sharing.transparency.notes import Checkpoint
from sharing.transparency.tree import is_consistent


class Standing(StrEnum):
    """How a checkpoint stands to the last one that was seen."""

    FIRST = "first"
    SAME = "same"
    GREW = "grew"
    EARLIER = "earlier"
    UNPROVED = "unproved"
    FORKED = "forked"


VOUCHED = frozenset({Standing.FIRST, Standing.SAME, Standing.GREW})
"""What a witness signs."""


def standing(seen: Checkpoint | None, found: Checkpoint, steps: Mapping[int, Sequence[bytes]]) -> Standing:
    """Compare a checkpoint, its signature checked, with the last one.

    Args:
        seen: The largest that was vouched for, None at first.
        found: Of the same ledger.
        steps: Consistency proofs that came with it, by the size from which each starts.

    Returns:
        FORKED: no ledger that only ever adds could have signed both. UNPROVED: larger, and no proof from the size seen
        came with it. EARLIER: smaller; a ledger that was put back to an older state ends there too.
    """
    if seen is None:
        return Standing.FIRST
    if found.size == seen.size:
        return Standing.SAME if found.root == seen.root else Standing.FORKED
    if found.size < seen.size:
        return Standing.EARLIER
    if seen.size == 0:
        return Standing.GREW
    if seen.size not in steps:
        return Standing.UNPROVED
    grew = is_consistent(seen.size, found.size, steps[seen.size], seen.root, found.root)
    return Standing.GREW if grew else Standing.FORKED


def witness_name(origin: str, organisation: str) -> str:
    """Name under which an organisation cosigns a ledger."""
    return f"{origin}/{organisation}"
