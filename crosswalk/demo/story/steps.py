"""The steps of which a story is made. Plain data: whoever plays them decides how.

Each thing that is put into the system comes with what its author knows of it (`Published`): the ground truth that a
player writes down, outside the system and flushed to disk, before the thing is let go. Left out: playing, and judging.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

Delivered = Mapping[str, object]
"""What stands in one file of an agency's `delivered` folder."""


class Fate(StrEnum):
    """What must become of a record once it is put."""

    EVENT = "event"
    """It is an event and goes to those who need to know."""
    REFUSED = "refused"
    """It is refused at the connector, with a code."""
    DEAD_LETTER = "dead_letter"
    """It enters Kafka and is refused by the broker, with a code."""
    DROPPED = "dropped"
    """It must leave no trace anywhere: not marked for sharing, or no child of concern."""
    HELD_HERE = "held_here"
    """The agency's own connector keeps it to answer questions (a roll); no other place may hold it."""


@dataclass(frozen=True, slots=True)
class Published:
    """Ground truth of one record about one child.

    Attributes:
        reference: The story's own name for it, such as `a.referral.1`; names no person.
        organisation: Slug of who puts it.
        event_type: Its type in the catalogue, `""` for what can be no event.
        child: The story's own key of the child, such as `lorimer-1`; never a name.
        fate: What must become of it.
        occurred_at: ISO 8601 UTC, as every view of it shows; unique by type and child; `""`: not told.
        fields: Values by path as a view would show them (`child.surname`, `facts`, ...), only those that are there.
        canaries: Unique tokens by path; each stands somewhere in that field's value.
        code: Refusal code that is expected, `""` where there is none.
        group: Part of the story (`a` to `f`, `flood`, `setup`).
    """

    reference: str
    organisation: str
    event_type: str
    child: str
    fate: Fate
    occurred_at: str = ""
    fields: Mapping[str, object] = field(default_factory=dict)
    canaries: Mapping[str, str] = field(default_factory=dict)
    code: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class MoveTo:
    """Simulated time goes to `moment` (UTC), after everything that is under way has come to rest."""

    moment: datetime


@dataclass(frozen=True, slots=True)
class Put:
    """A file appears in an agency's `drop` folder, whole, under `file_name`."""

    organisation: str
    file_name: str
    content: bytes
    published: tuple[Published, ...]


@dataclass(frozen=True, slots=True)
class Respond:
    """Somebody at an agency answers what was delivered there, by its exchange id, as a person would.

    Attributes:
        organisation: Whose `delivered` folder is looked into until a delivery `fits`.
        to_event_type: Type of the delivery that is answered.
        child: The story's own key of the child, for narration.
        occurred_at: `envelope.occurred_at` of what is answered, ISO 8601 UTC.
        surname: The child's, as delivered; with `forename` it tells apart the children of one incident.
        make: What is put in answer.
    """

    organisation: str
    to_event_type: str
    child: str
    occurred_at: str
    surname: str
    forename: str
    make: Callable[[Delivered], Put]

    def fits(self, delivered: Delivered) -> bool:
        """Whether this delivery is the one that is answered."""
        envelope, child = delivered.get("envelope"), delivered.get("child")
        return (
            delivered.get("event_type") == self.to_event_type
            and isinstance(envelope, Mapping)
            and same_moment(str(envelope.get("occurred_at", "")), self.occurred_at)
            and isinstance(child, Mapping)
            and (child.get("surname"), child.get("forename")) == (self.surname, self.forename)
        )


@dataclass(frozen=True, slots=True)
class Offline:
    """An agency's connector stops (cleanly): it neither sends nor receives until `Online`."""

    organisation: str


@dataclass(frozen=True, slots=True)
class Online:
    """An agency's connector runs again."""

    organisation: str


@dataclass(frozen=True, slots=True)
class Produce:
    """Bytes are written straight into an agency's topic, past its connector: a fault of some other program.

    Attributes:
        lane: `in`, `seals` or `receipts`.
        too_large: Kafka itself must refuse it for its size; that it did is what the player notes.
    """

    organisation: str
    lane: str
    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...]
    published: tuple[Published, ...]
    too_large: bool = False


@dataclass(frozen=True, slots=True)
class Flood:
    """Many routine files at once; the next steps are played while it is under way."""

    puts: tuple[Put, ...]


@dataclass(frozen=True, slots=True)
class Kill:
    """SIGKILL to `worker-1`, `worker-2` or `sequencer`, at a moment when it has work in flight; it is started again."""

    process: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment of the story that its judge must know, such as `sealed`: written down with the real time.

    It comes after `WaitQuiet`, so that everything put before has had its effect.
    """

    name: str


@dataclass(frozen=True, slots=True)
class Say:
    """One line for the people who watch; part of the story in `chapter` (`a` to `f`, `""`)."""

    text: str
    chapter: str = ""


@dataclass(frozen=True, slots=True)
class WaitQuiet:
    """Go on when nothing is under way any more."""


Step = MoveTo | Put | Respond | Offline | Online | Produce | Flood | Kill | Mark | Say | WaitQuiet


def same_moment(one: str, other: str) -> bool:
    """Whether two ISO 8601 times are the same moment; what is no time is the same as nothing."""
    try:
        return datetime.fromisoformat(one) == datetime.fromisoformat(other)
    except ValueError:
        return False
