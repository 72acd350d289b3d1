"""What a clock is made of: how long it runs, who owes the answer, what stops it, who is rung in which stage.

Left out: the clocks themselves (`rules`).
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sharing.events import ReceiptState, TaskKind
from sharing.vocabulary import RecipientKind as Kind


class Span(StrEnum):
    """In what a duration counts."""

    WORKING_DAYS = "working days"
    HOURS = "hours"
    MINUTES = "minutes"
    SCHOOL_DAY_AT = "o'clock on the setting's next school day"
    WITH_THE_MATTER = "with the matter it belongs to"
    HALF_WAY = "half-way to the deadline of what waits"
    AS_TOLD = "by the hour that the task names"


@dataclass(frozen=True, slots=True)
class Duration:
    """How long: an amount of a span; the hour for `SCHOOL_DAY_AT`, unused for the last two."""

    amount: int
    span: Span


class Side(StrEnum):
    """Whose function a stage rings."""

    OWNER = "owner"
    ASKER = "asker"
    EDUCATION = "education service"
    AUTHORITY = "local authority"


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of escalation.

    Attributes:
        after: How long after the stage before (the first: after the end of the clock and its grace).
        functions: Function to ring, and its deputies in order.
        task: A task raised with it, None for word of the escalation alone.
    """

    after: Duration
    side: Side
    functions: tuple[str, ...]
    task: TaskKind | None = None


@dataclass(frozen=True, slots=True)
class ClockRule:
    """One clock.

    Attributes:
        starts_on: Event type that starts it, once its exchange with an owner is routed.
        owners: As what the one who owes the answer receives.
        stops_on: Event types that answer. `receipts`: states of a receipt that answer.
        stages: Who is rung, in order. Without stages, `told` hears of the breach, with the number to call.
        grace: Time between the end of the clock and its first stage.
        warns: Whether its first stage rings half-way to its end; a stage `WITH_THE_MATTER` rings when it ends.
        announced: Whether the asker is told when it starts and stops.
        whole: Whether an answer must hold what `owed` names.
    """

    name: str
    starts_on: str
    owners: frozenset[Kind]
    lasts: Duration
    stops_on: tuple[str, ...] = ()
    receipts: frozenset[ReceiptState] = frozenset()
    stages: tuple[Stage, ...] = ()
    told: Side = Side.OWNER
    grace: timedelta = timedelta(0)
    warns: bool = False
    announced: bool = False
    whole: bool = False
