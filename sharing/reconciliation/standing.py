"""By what a register knows something, and what stands about a child for a time.

Left out: involvements, seals, plans and questions (`state`), and what makes measures, grants and wishes begin and end
(`measures`, `grants`, `wishes`).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sharing.vocabulary import Recipient


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


class Fate(StrEnum):
    """What becomes of an event that came too late."""

    WAITS = "waits"
    LET_GO = "let_go"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Late:
    """An event that waits for somebody whose episode was closed when it came.

    Attributes:
        event_id: Hex id. `recipient`: for whom it waits. `since`: when it was held.
        by: Function that settled it, `""` for the broker itself. `why`: code of its reason.
    """

    event_id: str
    event_type: str
    recipient: Recipient
    since: datetime
    fate: Fate = Fate.WAITS
    by: str = ""
    why: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes two of them one."""
        return self.event_id, self.recipient.organisation, self.recipient.function


class Whose(StrEnum):
    """Whose wish something is."""

    FAMILY = "family"
    ADULT = "adult"
    MOTHER = "mother"


class Wished(StrEnum):
    """What somebody said to the sharing, or whether they were asked or told at all."""

    AGREES = "agrees"
    REFUSES = "refuses"
    AGREES_NO_LONGER = "agrees_no_longer"
    NOT_ASKED = "not_asked"
    KNOWS = "knows_of_it"
    DOES_NOT_KNOW = "does_not_know_of_it"


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody said to the sharing. Recorded and shown; no decision reads it.

    Attributes:
        organisation, function: Who heard it, as slug and function; `""` where the function is not said.
        source: The event that says so, and its times.
    """

    whose: Whose
    said: Wished
    organisation: str
    function: str
    source: Source

    @property
    def key(self) -> tuple[Whose, bool, str]:
        """What makes two words speak of one wish; that somebody was told is not the same as what they said."""
        return self.whose, self.said in (Wished.KNOWS, Wished.DOES_NOT_KNOW), self.organisation


@dataclass(frozen=True, slots=True)
class Grant:
    """A named officer may see what a seal closes, for a time, because others said so.

    Attributes:
        grant_id: Hex, by which it stands in the ledger.
        fields: Paths, or classes as `class:C`. `purpose`: under which alone it counts.
        approvers: Functions that signed, never persons.
        review_by: When somebody must have looked at it, None where two signed before. `stage`: how often somebody was
            rung because nobody did.
        revoked_at: When it was ended before its time, None if it was not.
    """

    grant_id: str
    recipient: Recipient
    fields: tuple[str, ...]
    purpose: str
    starts_at: datetime
    ends_at: datetime
    approvers: tuple[str, ...]
    given_at: datetime
    review_by: datetime | None = None
    stage: int = 0
    revoked_at: datetime | None = None
    is_over: bool = False

    def in_force(self, now: datetime) -> bool:
        """Whether it counts at this moment."""
        return self.revoked_at is None and self.starts_at <= now < self.ends_at

    @property
    def next_at(self) -> datetime | None:
        """When somebody or something must look at it: its start, its end, its review."""
        times = [] if self.is_over or self.revoked_at is not None else [self.ends_at]
        return min([*times, *([self.review_by] if self.review_by else [])], default=None)
