"""How the broker speaks: the envelope of its own events, and steps put one behind the other.

Rules: it says what it knows of the process and nothing of the child; a child stands in an event only where somebody
must find that child, copied in from the event named in `child_of`. Plain words are added on the way out (`words`).
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sharing.calendar import Calendars
from sharing.directory import Directory
from sharing.events import Envelope, Event, Urgency
from sharing.reconciliation.involved import fresh
from sharing.reconciliation.standing import Source
from sharing.reconciliation.state import EventFacts, Said, Step, SubjectState
from sharing.vocabulary import Agency, Recipient


@dataclass(frozen=True, slots=True)
class World:
    """What a step needs beside state and event: domain time, who can be reached, what counts as a day.

    Attributes:
        involvement_lasts: How long an involvement counts that nobody confirms, None: until it is closed.
    """

    now: datetime
    directory: Directory
    calendars: Calendars
    involvement_lasts: timedelta | None = None

    def fresh(self, state: SubjectState) -> SubjectState:
        """The state without involvements that nobody confirmed for too long."""
        return fresh(state, self.now, self.involvement_lasts)


def envelope(
    now: datetime, due_by: datetime | None, urgency: Urgency = Urgency.SAME_DAY, incident: str | None = None
) -> Envelope:
    """The broker's own envelope."""
    return Envelope(
        occurred_at=now,
        recorded_at=now,
        agency=Agency.BROKER,
        organisation=Agency.BROKER,
        urgency=urgency,
        due_by=due_by,
        incident_id=incident,
    )


def source_of(event: Event, about: EventFacts) -> Source:
    """An event as the source of what a register knows by it."""
    return Source(about.event_id, event.envelope.occurred_at, event.envelope.recorded_at, about.now)


def distinct(recipients: Iterable[Recipient | None], but: Iterable[Recipient] = ()) -> tuple[Recipient, ...]:
    """Each recipient once, in order, without those `but`."""
    return tuple(dict.fromkeys(r for r in recipients if r is not None and r not in set(but)))


def then(first: Step, second: Step) -> Step:
    """Two steps as one; `second` was taken from the state of `first`."""
    return Step(
        second.state,
        (*first.said, *second.said),
        register_moved=first.register_moved or second.register_moved,
        release_again=(*first.release_again, *second.release_again),
        recall=first.recall or second.recall,
        changed=first.changed or second.changed,
        refused=(*first.refused, *second.refused),
    )


def numbered(step: Step) -> Step:
    """The step with what is said to nobody left out, and the rest numbered within its cause."""
    seen: Counter[str] = Counter()
    spoken: list[Said] = []
    for said in step.said:
        if said.to:
            spoken.append(replace(said, ordinal=seen[said.cause]))
            seen[said.cause] += 1
    return replace(step, said=tuple(spoken))
