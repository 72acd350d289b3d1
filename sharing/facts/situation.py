"""What is handed in when facts are asked for, and what an answer rests on.

Left out: looking (`evidence`) and judging (`findings`). Rule: everything is of now, the moment of release.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from sharing.calendar import local
from sharing.events import Event
from sharing.identity import Comparable
from sharing.policy.facts import Guard
from sharing.policy.model import Agreements
from sharing.reconciliation.standing import Source
from sharing.reconciliation.state import Seal, SubjectState
from sharing.vocabulary import Recipient

MaxAges = Mapping[Guard, timedelta]
"""How old what a guard rests on may be. A guard that is not listed does not age."""


class Kin(NamedTuple):
    """Another child of the same incidents.

    Attributes:
        child: As identity knows it. `state`: what is held about it now. `settled`: whether it is settled who it is.
    """

    child: Comparable
    state: SubjectState
    settled: bool


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known of the subject when a decision is made.

    Attributes:
        state: Of the subject, now.
        seals_elsewhere: Seals of every subject that this child may be, while that is under review.
        settled: Whether identity is settled.
        night: Whether the emergency duty team is on.
        now: Domain time, aware UTC.
        max_ages: As the vocabulary of the agreements has them.
        kin: Other children of the same incidents, where an event names others.
    """

    state: SubjectState
    seals_elsewhere: tuple[Seal, ...]
    settled: bool
    night: bool
    now: datetime
    max_ages: MaxAges = field(default_factory=dict)
    kin: tuple[Kin, ...] = ()


def max_ages_of(agreements: Agreements) -> MaxAges:
    """The ages that the vocabulary of these agreements sets."""
    found = agreements.remembered.get("max ages")
    if not isinstance(found, dict):
        entries = agreements.vocabulary.guards.values()
        found = {entry.guard: entry.max_age for entry in entries if entry.max_age is not None}
        agreements.remembered["max ages"] = found
    return found


class Asked(NamedTuple):
    """About which event and which recipient facts are asked, in which situation."""

    event: Event
    event_id: str
    recipient: Recipient
    situation: Situation

    @property
    def state(self) -> SubjectState:
        """The subject's state."""
        return self.situation.state

    @property
    def today(self) -> date:
        """The day, as it is in England: registers hold days, and half past midnight in June is not the day before."""
        return local(self.situation.now).date()


class Entry(NamedTuple):
    """One thing that is written somewhere, on which a fact rests.

    Attributes:
        event: Hex id of the event that last said so, `""` where none did (the calendar says that it is night).
        at: The moment of which that event speaks, None where it is not known.
        by: Slug of the organisation that answers for it, `""` for the broker itself.
        since: Since when it holds, None where that is not known.
        recorded_at: When its sender recorded it, None where it does not say.
    """

    event: str
    at: datetime | None
    by: str = ""
    since: datetime | None = None
    recorded_at: datetime | None = None


def entry_of(said: Source | None, opened_by: str, by: str, since: date | datetime | None) -> Entry:
    """An entry of a register.

    Args:
        said: The event that last confirmed it; None in what was written before such events were kept.
        opened_by: Hex id of the event that opened it.
        by: Slug of the organisation whose word it is.
        since: Since when it holds.
    """
    began = datetime.combine(since, time(), UTC) if since is not None and not isinstance(since, datetime) else since
    if said is None:
        return Entry(opened_by, began, by, began)
    return Entry(said.event, said.as_of, by, began, said.recorded_at)
