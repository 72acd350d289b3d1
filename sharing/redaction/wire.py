"""What goes around a value: key, headers, partition, time and size, as the decision rules them.

Left out: the value itself (`redact`), Kafka, and the record's own timestamp, which the cluster stamps on release.
Rule: what is withheld looks the same whoever the event is about and whatever happened.
"""

from datetime import datetime
from typing import NamedTuple

from sharing.events import Event
from sharing.policy import Decision
from sharing.policy.pseudo import HEADERS, KEY, PARTITION, SIZE_CLASS, TIMESTAMP

SIZE_STEP = 1_024
"""A padded record is a whole number of these, in bytes: key, value and headers together."""
PADDING = "padding"
FIRST_PARTITION, BY_KEY = 0, -1


class Around(NamedTuple):
    """What may be told beside the value.

    Attributes:
        keyed: The key is the recipient's token of the child, and the record has a number in that child's stream.
        named: The headers tell the kind of event and where it comes from.
        spread: The partition follows from the key.
        at: When the event happened, where the header may tell it; None: when it was released.
        exact: The record is as long as it is.
    """

    keyed: bool = False
    named: bool = False
    spread: bool = False
    at: datetime | None = None
    exact: bool = False

    @property
    def partition(self) -> int:
        """The partition to ask for; -1 leaves it to the key."""
        return BY_KEY if self.spread else FIRST_PARTITION

    def key(self, token: bytes, exchange_id: bytes) -> bytes:
        """The record's key: the recipient's token of the child, or what tells nothing of the child."""
        return token if self.keyed else exchange_id


NOTHING = Around()
"""What a record tells beside its value where no agreement says anything."""


def around(decision: Decision, view: Event) -> Around:
    """What this decision lets a record tell beside its value.

    Args:
        decision: Its outcome is DELIVER.
        view: The recipient's own view; a time that it does not hold is told nowhere else either.
    """
    return Around(
        keyed=decision.releases(KEY),
        named=decision.releases(HEADERS),
        spread=decision.releases(PARTITION),
        at=view.envelope.occurred_at if decision.releases(TIMESTAMP) else None,
        exact=decision.releases(SIZE_CLASS),
    )


def padding(size: int) -> bytes:
    """Zeros that bring a record of this many bytes, with the padding's own name, to the next step."""
    return bytes(-(size + len(PADDING)) % SIZE_STEP)
