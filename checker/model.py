"""What the judge speaks of: records that were published, files that were delivered, and faults.

Left out: reading and judging. Rule: a fault names a reference and a place, never a value.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Category(StrEnum):
    """Kinds of fault; each but NOTE ends the run with status 1."""

    LOST = "lost"
    SEEN_TWICE = "seen_twice"
    LEAK = "leaks"
    ORDER = "order"
    LEDGER = "ledger"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that is wrong.

    Attributes:
        reference: Story's name of the event, or `` where none is known.
        place: File, topic or organisation, relative to the world's folder.
    """

    category: Category
    reference: str
    place: str
    what: str


@dataclass(frozen=True, slots=True)
class Published:
    """Ground truth of one record, as written down outside the system before it was let go.

    Attributes:
        number: Its line, counted from 0: the order in which things were let go.
        fields: Value by path. `canaries`: token by path.
    """

    number: int
    reference: str
    organisation: str
    event_type: str
    child: str
    fate: str
    occurred_at: str
    fields: Mapping[str, object]
    canaries: Mapping[str, str]
    code: str
    at_ms: int

    @property
    def names(self) -> tuple[str, str]:
        """Surname and forename, as every view has them."""
        return str(self.fields.get("child.surname", "")), str(self.fields.get("child.forename", ""))


@dataclass(frozen=True, slots=True)
class Delivery:
    """One file in an agency's folder, its fields by path.

    Attributes:
        place: Path relative to the world's folder.
    """

    organisation: str
    place: str
    exchange_id: str
    event_type: str
    sequence: int
    late: bool
    fields: Mapping[str, object]

    @property
    def names(self) -> tuple[str, str]:
        """Surname and forename of the child, empty where none is named."""
        return str(self.fields.get("child.surname", "")), str(self.fields.get("child.forename", ""))

    @property
    def subject(self) -> str:
        """The recipient's own token of the child."""
        return str(self.fields.get("envelope.subject", ""))


@dataclass(slots=True)
class Counts:
    """Figures of a run."""

    published: int = 0
    delivered: int = 0
    withheld_fields: int = 0
    refused: int = 0
    dead_letters: int = 0
    escalations: int = 0
    recalled: int = 0
    kills: int = 0
    scanned_bytes: int = 0
    ledger_verified: bool = False
    faults: list[Fault] = field(default_factory=list)

    def of(self, category: Category) -> int:
        """How many faults of a kind."""
        return sum(fault.category is category for fault in self.faults)
