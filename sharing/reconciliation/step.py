"""The case moves: one step a time, pure.

`absorb` takes an event into the state; `open_questions` starts the clocks of its exchanges once these are known; `tick`
looks at the clocks when time has passed. Each gives back a `Step`: the new state, what the broker says and to whom.

Rules: the same event taken twice changes nothing the second time; what comes late or from the wrong sender changes
nothing and is reported as a code. A referral is never refused here.

>>> from datetime import UTC, datetime
>>> from sharing.calendar import Calendars
>>> from sharing.directory import Directory
>>> tick(SubjectState(), datetime(2026, 11, 20, 17, 5, tzinfo=UTC), Directory({}), Calendars()).changed
False
"""

from dataclasses import replace
from datetime import datetime, timedelta

from sharing.calendar import Calendars
from sharing.directory import Directory
from sharing.events import Event
from sharing.reconciliation import (
    escalation,
    grants,
    identity_waits,
    late,
    measures,
    questions,
    receipts,
    registers,
    settings_sought,
    wishes,
)
from sharing.reconciliation.parties import may_say
from sharing.reconciliation.questions import Exchanges
from sharing.reconciliation.saying import World, numbered, then
from sharing.reconciliation.state import EventFacts, Step, SubjectState

_CONCERNS = (
    registers.absorb,
    measures.absorb,
    wishes.absorb,
    late.absorb,
    settings_sought.absorb,
    questions.absorb,
    receipts.absorb,
)


def absorb(
    state: SubjectState,
    event: Event,
    about: EventFacts,
    directory: Directory,
    calendars: Calendars,
    involvement_lasts: timedelta | None = None,
) -> Step:
    """Take one event about this subject into its state.

    Args:
        state: What is held about the subject.
        event: As its sender published it.
        about: Event id, domain time, sender; `in_reply_to` may be left out when the envelope has it.
        directory: Who can be reached.
        calendars: What counts as a day.
        involvement_lasts: How long an involvement counts that nobody confirms, None: until it is closed.
    """
    if not may_say(directory, about.sender, event.event_type):
        return Step(state, refused=("SENDER_MAY_NOT_SAY_THIS",))
    about = _replying(about, event)
    world = World(about.now, directory, calendars, involvement_lasts)
    step = Step(state)
    for concern in _CONCERNS:
        step = then(step, concern(step.state, event, about, world))
    return numbered(step)


def open_questions(
    state: SubjectState,
    event: Event,
    exchanges: Exchanges,
    about: EventFacts,
    directory: Directory,
    calendars: Calendars,
) -> Step:
    """Start the clocks of an event's exchanges, once routing has said who receives it.

    Args:
        state: What is held about the subject, the event already absorbed.
        event: One that came in, or one that the broker said.
        exchanges: Each recipient with the hex id of its exchange.
        about: As for `absorb`; for an event that the broker said, `cause` is its `Said.cause`.
        directory: Who can be reached.
        calendars: What counts as a day.
    """
    about = _replying(about, event)
    step = questions.open_for(state, event, exchanges, about, World(about.now, directory, calendars))
    if event.event_type == "broker.setting.sought":
        for _, exchange in exchanges:
            step = then(step, settings_sought.asked(step.state, exchange, about))
    return numbered(step)


def tick(state: SubjectState, now: datetime, directory: Directory, calendars: Calendars) -> Step:
    """Look at every clock of the subject. Call it when `state.next_at` has passed; earlier is harmless."""
    world = World(now, directory, calendars)
    step = grants.tick(state, world)
    step = then(step, measures.tick(step.state, world))
    step = then(step, escalation.tick(step.state, world))
    return numbered(then(step, settings_sought.tick(step.state, world)))


def hold_for_identity(
    state: SubjectState, event: Event, about: EventFacts, directory: Directory, calendars: Calendars
) -> Step:
    """Let an event wait while its link to the subject is under review; half-way to its deadline somebody is rung.

    Args:
        state: What is held about the subject.
        event: As its sender published it; a referral never waits.
        about: Event id, domain time, sender.
        directory: Who can be reached.
        calendars: What counts as a day.
    """
    return identity_waits.hold(state, event, about, World(about.now, directory, calendars))


def identity_settled(state: SubjectState, event_id: str) -> Step:
    """End that wait; `release_again` names the event. Harmless when nothing waits."""
    return identity_waits.settled(state, event_id)


def _replying(about: EventFacts, event: Event) -> EventFacts:
    return about if about.in_reply_to else replace(about, in_reply_to=event.envelope.in_reply_to or "")
