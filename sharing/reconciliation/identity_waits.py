"""An exchange that waits for a settled identity: never longer than half-way to its own deadline, then somebody is rung.

Left out: whose record it is (`identity`) and which exchanges depend on the open link (the caller knows). Rules: a
referral never waits here; a wait is entered once; when it is settled the event is routed again.
"""

from dataclasses import replace
from datetime import datetime

from sharing.events import Event
from sharing.reconciliation.clocks import ends_at
from sharing.reconciliation.parties import speaker
from sharing.reconciliation.rules import IDENTITY_REVIEW, ONE_WORKING_DAY, RULES, WAITS
from sharing.reconciliation.saying import World
from sharing.reconciliation.state import Awaiting, EventFacts, Step, SubjectState


def hold(state: SubjectState, event: Event, about: EventFacts, world: World) -> Step:
    """Enter the wait of an event whose link is under review."""
    if event.event_type == "referral.submitted" or _waiting(state, about.event_id):
        return Step(state)
    due = ends_at(RULES[IDENTITY_REVIEW].lasts, about.now, world.calendars, matter_due=_deadline(event, world))
    asker = speaker(world.directory, about.sender, event.envelope.author_function)
    waiting = Awaiting(about.event_id, event.event_type, "", about.now, due, asker, IDENTITY_REVIEW)
    return Step(replace(state, awaiting=(*state.awaiting, waiting)), changed=True)


def settled(state: SubjectState, event_id: str) -> Step:
    """End the wait: a person has decided whose record it is."""
    if not _waiting(state, event_id):
        return Step(state)
    rows = tuple(
        replace(a, settled=True, next_at=None) if (a.event_id, a.rule) == (event_id, IDENTITY_REVIEW) else a
        for a in state.awaiting
    )
    return Step(replace(state, awaiting=rows), release_again=(event_id,), changed=True)


def _waiting(state: SubjectState, event_id: str) -> bool:
    return any((a.event_id, a.rule, a.settled) == (event_id, IDENTITY_REVIEW, False) for a in state.awaiting)


def _deadline(event: Event, world: World) -> datetime:
    """The earliest end of the clocks that this event would start; a working day where it starts none."""
    starts = [r.lasts for r in RULES.values() if r.starts_on == event.event_type and r.name not in WAITS]
    return min(ends_at(lasts, world.now, world.calendars) for lasts in starts or [ONE_WORKING_DAY])
