"""By what a register knows something, and what stands about a child for a time.

Left out: involvements, seals, plans and questions (`state`), and what makes measures begin and end (`measures`).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Source:
    """The event by which a register knows something, and its times, UTC.

    Attributes:
        event: Hex id.
        occurred_at, recorded_at: As its sender has them, None where it does not say. `taken_at`: when the broker took
            it in.
    """

    event: str
    occurred_at: datetime | None = None
    recorded_at: datetime | None = None
    taken_at: datetime | None = None

    @property
    def as_of(self) -> datetime | None:
        """The moment of which it speaks; a sender that says the future is taken to speak of now. None: not known."""
        times = [at for at in (self.occurred_at or self.recorded_at, self.taken_at) if at is not None]
        return min(times, default=None)

    def or_later(self, other: "Source | None") -> "Source":
        """Whichever speaks of the later moment; the one that was there first where both speak of the same."""
        if other is None or other.as_of is None:
            return self
        return other if self.as_of is None or self.as_of <= other.as_of else self


class MeasureKind(StrEnum):
    """What may be in force about a child for a time."""

    MISSING = "missing"
    RESTRICTION = "restriction"
    POLICE_PROTECTION = "police_protection"
    ENQUIRY = "enquiry"
    INVESTIGATION = "investigation"
    ON_NO_ROLL = "on_no_roll"


@dataclass(frozen=True, slots=True)
class Measure:
    """Something that is in force about the child, or was: what ended stays, so that late word does not open it again.

    Attributes:
        organisation: Slug of whose word it is.
        reference: By which that organisation tells its measures apart, `""` where it has but one.
        until: When it ends by itself, None: when somebody ends it.
        source_event: Hex id of the event that last said so.
    """

    kind: MeasureKind
    organisation: str
    reference: str
    is_open: bool
    since: datetime | None
    until: datetime | None
    source_event: str
    said: Source | None = None

    @property
    def key(self) -> tuple[MeasureKind, str, str]:
        """What makes two words speak of one measure."""
        return self.kind, self.organisation, self.reference

    def in_force(self, now: datetime) -> bool:
        """Whether it has not ended, by word or by itself."""
        return self.is_open and (self.until is None or now < self.until)
