"""How much a proof looks at: fields that may go to somebody, and the situations in which each was looked at.

Left out: the proof itself (`invariants`). Rule: only facts that can change what becomes of a field are counted, each
true, false and unknown; what has no permit goes to nobody whatever the facts, and is counted apart.
"""

from dataclasses import dataclass

from sharing.policy.invariants import guards_at
from sharing.policy.model import Agreements
from sharing.policy.pseudo import ruled_paths
from sharing.vocabulary import RecipientKind


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was looked at.

    Attributes:
        fields: Fields and pseudo-fields (the event itself among them) that some permit gives to some kind of recipient
            for some purpose. `situations`: combinations of facts, over all of them.
        closed: Fields of an event for a kind of recipient that no permit gives for any purpose.
    """

    rules: int
    fields: int
    situations: int
    closed: int


def coverage(agreements: Agreements) -> Coverage:
    """Count what a proof of this set looks at."""
    fields = [(cell, path) for cell in agreements.cells.values() for path in cell.permits]
    open_to = {(cell.event_type, cell.kind, path) for cell, path in fields}
    everything = sum(len(ruled_paths(event_type)) for event_type in agreements.classes) * len(RecipientKind)
    return Coverage(
        rules=len(agreements.never) + len(agreements.always),
        fields=len(fields),
        situations=sum(3 ** len(guards_at(cell, path)) for cell, path in fields),
        closed=everything - len(open_to),
    )
