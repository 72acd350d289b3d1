"""What routing gives back: who needs to know, on what ground, and who cannot be reached."""

from dataclasses import dataclass
from enum import StrEnum

from sharing.events import CoverageKind
from sharing.vocabulary import Recipient


class Ground(StrEnum):
    """Why somebody is a recipient."""

    INVOLVEMENT = "involvement"
    QUESTION = "question"
    STATUTORY = "statutory"


@dataclass(frozen=True, slots=True)
class Need:
    """One recipient and its ground.

    Attributes:
        rule: Name of the rule that named it.
        answers: Hex id of the recipient's own event that this answers, "" when it answers none.
    """

    recipient: Recipient
    ground: Ground
    rule: str
    answers: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Gap:
    """Somebody who needs to know and cannot be reached by topic."""

    organisation: str
    kind: CoverageKind


@dataclass(frozen=True, slots=True)
class Routing:
    """Who receives an event.

    Attributes:
        needs: Recipients with their grounds, each recipient once, sorted.
        wait: Name of the clock on which a further recipient waits, None when nobody does. The others go at once.
        gaps: Who cannot be reached.
        refused: Code, when the sender's word does not count for this event; "" otherwise.
    """

    needs: tuple[Need, ...] = ()
    wait: str | None = None
    gaps: tuple[Gap, ...] = ()
    refused: str = ""

    @property
    def recipients(self) -> tuple[Recipient, ...]:
        """The recipients alone."""
        return tuple(need.recipient for need in self.needs)
