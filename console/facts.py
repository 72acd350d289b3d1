"""What the console knows at one moment: counts, ages and codes. Nothing here could name a person or tell of a seal.

Left out: finding it out (`reading`, `vitals`, `cluster`) and showing it (`views`). Ages are seconds; None where
nothing waits.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Taken:
    """What the broker took in from one organisation.

    Attributes:
        per_minute: Over the last five minutes. `total`: since its topic began.
        quiet_seconds: Since it last said anything, as far as this console saw; None when it has never spoken.
    """

    per_minute: float = 0.0
    total: int = 0
    quiet_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Connector:
    """What one organisation's connector says of itself.

    Attributes:
        unheard_seconds: Since it last wrote, real time; None when what it wrote cannot be read.
        oldest_unsent_seconds: Oldest event that has not left its spool.
        refused: Records that it refused, by code.
        troubles: Codes of what is wrong there now.
    """

    unheard_seconds: float | None
    oldest_unsent_seconds: float | None = None
    refused: Mapping[str, int] = field(default_factory=dict)
    troubles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lane:
    """The way to one recipient.

    Attributes:
        per_minute: Exchanges considered for it, over the last five minutes. `day`: in the last 24 hours.
        waiting_seconds: Oldest that may leave and has not; while the lane is closed, the oldest referral.
        suspended: Its destination is missing or forbidden; a person must act.
        unleased_seconds: Since nobody releases to it, real time; 0 while somebody does, None when unknown.
    """

    per_minute: float = 0.0
    day: int = 0
    waiting_seconds: float | None = None
    suspended: bool = False
    unleased_seconds: float | None = 0.0

    @property
    def is_closed(self) -> bool:
        """Whether nothing can leave by it now."""
        return self.suspended or self.unleased_seconds != 0.0


@dataclass(frozen=True, slots=True)
class Overdue:
    """Answers that one organisation owes and has not given in time."""

    count: int
    oldest_seconds: float


@dataclass(frozen=True, slots=True)
class Witness:
    """One organisation whose connector follows the checkpoints.

    Attributes:
        since: When it was first heard. `signed_seconds`: since its newest signature; None before the first.
        refusal: Code of why it refuses to sign, "" while it does not.
    """

    organisation: str
    since: datetime
    signed_seconds: float | None
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything at one moment.

    Attributes:
        at: Domain time. `fault`: why some figures are older than `at` or missing, plain words, "" when all is fresh.
        taken, connectors, lanes, overdue: By slug of the organisation; `overdue` under "" for what nobody in
        particular owes. connectors_seen: Whether the connectors' health can be seen from here. dead_letters: By
        (organisation, code). decided_per_minute: Events decided. `decided_day`: in the last 24 hours.
        intake_waiting_seconds: Oldest record in the cluster that was not taken in. `cluster_seen`: whether that can
        be told. unnumbered: Carriers that wait for a number. `unnumbered_seconds`: age of the oldest.
        checkpoint_seconds: Since the newest checkpoint was signed, real time; None before the first. still_counting:
        The overdue answers are not all counted yet, after a start. witnesses: Who signs for the
        ledger, and who refuses to.
    """

    at: datetime
    fault: str = ""
    taken: Mapping[str, Taken] = field(default_factory=dict)
    connectors: Mapping[str, Connector] = field(default_factory=dict)
    connectors_seen: bool = False
    lanes: Mapping[str, Lane] = field(default_factory=dict)
    overdue: Mapping[str, Overdue] = field(default_factory=dict)
    dead_letters: Mapping[tuple[str, str], int] = field(default_factory=dict)
    decided_per_minute: float = 0.0
    decided_day: int = 0
    intake_waiting_seconds: float | None = None
    cluster_seen: bool = False
    unnumbered: int = 0
    unnumbered_seconds: float | None = None
    checkpoint_seconds: float | None = None
    still_counting: bool = False
    witnesses: tuple[Witness, ...] = ()
