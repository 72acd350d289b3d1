"""One event of a batch on its way to becoming a row of the ledger. Left out: what happens to it (`absorption`)."""

from dataclasses import dataclass, field

from sharing.events import Event
from sharing.ids import EventId, SubjectId
from sharing.release import Exchange


@dataclass
class Pending:
    """One event of this batch.

    Attributes:
        content: As it is kept. `moves`: how often a register of its subject had moved when it was first decided.
    """

    event: Event
    event_id: EventId
    subject: SubjectId
    content: bytes
    moves: int
    exchanges: list[Exchange] = field(default_factory=list)
