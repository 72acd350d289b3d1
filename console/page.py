"""What is shown, as values: no HTML, no colours, no coordinates.

`views` makes it, `flow_map` places it, the templates print it.
"""

from dataclasses import dataclass
from datetime import datetime

from console.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Badge:
    """A count that somebody should look at. `kind` is `refused`, `overdue` or `silent`."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Node:
    """One organisation, or one stage of the broker.

    Attributes:
        key: Unique on the page; the slug, or the stage's name.
        group: Word of the agency, "" for a stage.
        note: Why the verdict, or what is special, "" when nothing is.
        per_minute: For the width of the edge. `rate`: the same in words.
        total: The longer count in words. `waiting`: age of the oldest in words.
        stands_for: Organisations that this node stands for; more than one when some are folded together.
    """

    key: str
    name: str
    group: str
    verdict: Verdict
    per_minute: float
    rate: str
    total: str
    waiting: str
    note: str = ""
    badges: tuple[Badge, ...] = ()
    stands_for: int = 1


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the strip at the top. `tone`: as badly as a part of the way of that verdict."""

    name: str
    value: str
    note: str
    tone: Verdict = Verdict.MOVING


@dataclass(frozen=True, slots=True)
class Refusal:
    """Records refused, by who sent them, where and why."""

    organisation: str
    place: str
    code: str
    count: str


@dataclass(frozen=True, slots=True)
class WitnessRow:
    """One organisation that witnesses the ledger.

    Attributes:
        verdict: MOVING while it signs, SILENT while nothing is heard of it, STOPPED while it refuses.
        signed: Since when its newest signature is, in words. `since`: day of its first. `note`: why it refuses.
    """

    organisation: str
    verdict: Verdict
    signed: str
    since: str
    note: str


@dataclass(frozen=True, slots=True)
class Page:
    """The flow map's page.

    Attributes:
        headline: The state in one sentence. `verdict`: the worst of all.
        fault: Why some figures are missing or old, "" when none is.
        not_enrolled: Names of organisations that are reached by telephone.
    """

    at: datetime
    verdict: Verdict
    headline: str
    fault: str
    figures: tuple[Figure, ...]
    senders: tuple[Node, ...]
    stages: tuple[Node, ...]
    recipients: tuple[Node, ...]
    refusals: tuple[Refusal, ...]
    witnesses: tuple[WitnessRow, ...]
    not_enrolled: tuple[str, ...]
