"""An event that comes after the episode to which it belongs was closed: held, not delivered.

Who was involved then would have got it, and is not involved now. It waits for that one: until a new episode of the same
function opens, or until a person lets it go or drops it. Its sender, who knows what it says, is asked about it under a
clock that warns before it ends (the front door's manager instead of a setting that must not hear of the child); who it
waits for is told to nobody.

Left out: whether the agreements would have given it (the caller asks them, with the state `as_it_was`), and the word of
a person (`streams.agents.late`). Rules: an episode's own events alone, so what was before it, or between two, is no
business of it; whoever holds the case knows all the same; held once, settled once. What was settled stays no longer
than its new episode, since the ledger remembers it. Whether something is held depends on no seal, since its sender
hears of it; whether it then goes does.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, time

from sharing.calendar import local
from sharing.events import Child, Event, SealKind, TaskKind, TaskRaised
from sharing.reconciliation.involved import open_involvements
from sharing.reconciliation.machine import Signal
from sharing.reconciliation.parties import SETTING_KINDS, first_function, only_one, recipient_for, speaker
from sharing.reconciliation.questions import settle
from sharing.reconciliation.rules import LATE_EVENT
from sharing.reconciliation.saying import World, envelope, then
from sharing.reconciliation.standing import Fate, Late, MeasureKind
from sharing.reconciliation.state import EventFacts, Involvement, Said, Step, SubjectState
from sharing.vocabulary import OrganisationKind, Recipient, RecipientKind

Key = tuple[str, str, str]
"""`Late.key`: hex id of the event, and organisation and function for which it waits."""

WHY, NEW_EPISODE = "LATE_FOR_A_CLOSED_EPISODE", "NEW_EPISODE"


def as_it_was(state: SubjectState, event: Event) -> SubjectState | None:
    """The state with the closed episodes open to which an event belongs, and no seal; None where it belongs to none."""
    said = event.envelope.occurred_at or event.envelope.recorded_at
    if said is None or not any(_held_then(i, said) for i in state.involvements):
        return None
    opened = (replace(i, until=None) if _held_then(i, said) else i for i in state.involvements)
    measures = (m for m in state.measures if m.kind is not MeasureKind.INVESTIGATION)
    return replace(state, involvements=tuple(opened), measures=tuple(measures), seals=())


def _held_then(involvement: Involvement, said: datetime) -> bool:
    """Whether a moment lies within an episode that is closed. One that began before anybody wrote it down counts."""
    if involvement.until is None or involvement.kind is RecipientKind.ALLOCATED_TEAM:
        return False
    ended = involvement.said.as_of if involvement.said else None
    end = ended or datetime.combine(involvement.until, time(), UTC)
    return involvement.since <= local(said).date() and said < end


def hold(
    state: SubjectState,
    event: Event,
    about: EventFacts,
    meant: Iterable[Recipient],
    world: World,
    before: Mapping[Key, Fate],
) -> Step:
    """Let an event wait for whom it was meant; its sender is asked about it.

    What was let go and did not leave before their new episode ended as well waits once more.

    Args:
        state: What is held about the subject.
        event: That came late.
        about: Event id, domain time, sender.
        meant: For whom.
        world: Who can be reached, and what counts as a day.
        before: What became of it earlier, by key, as the ledger remembers it.
    """
    known = {late.key: late for late in state.late}
    fates = {**before, **{key: late.fate for key, late in known.items()}}
    new = [Late(about.event_id, event.event_type, to, world.now) for to in meant]
    new = [late for late in new if fates.get(late.key, Fate.LET_GO) is Fate.LET_GO]
    if not new:
        return Step(state)
    once_more = "".join(f"/{world.now.isoformat()}" for late in new if late.key in fates)
    asked = _asked(state, event, about, world)
    task = TaskRaised(
        envelope=envelope(world.now, None),
        child=Child(),
        task=TaskKind.LOOK_AT_LATE_EVENT,
        about_event=about.event_id,
        why=WHY,
    )
    cause = f"{LATE_EVENT}/{about.event_id}{once_more}"
    said = Said(task, (asked,) if asked else (), cause, child_of=about.event_id)
    placed = {**known, **{late.key: late for late in new}}
    return Step(replace(state, late=tuple(placed.values())), (said,), changed=True)


def _asked(state: SubjectState, event: Event, about: EventFacts, world: World) -> Recipient | None:
    """The sender; the front door's manager where it cannot be told, or must not hear of the child."""
    sender = world.directory.get(about.sender)
    shut = any(seal.kind is SealKind.PERPETRATOR_CHANNEL for seal in state.seals)
    said_by = speaker(world.directory, about.sender, event.envelope.author_function)
    if said_by is not None and not (shut and sender is not None and sender.kind in SETTING_KINDS):
        return said_by
    authority = only_one(world.directory, OrganisationKind.LOCAL_AUTHORITY)
    return recipient_for(authority, first_function(authority, MANAGERS)) if authority else None


MANAGERS = ("front_door_manager", "front_door")


def absorb(state: SubjectState, _event: Event, about: EventFacts, world: World) -> Step:
    """Let go what waits for somebody whose new episode has opened since, by this very event or before it."""
    return opened_again(state, about.event_id, world)


def opened_again(state: SubjectState, event_id: str, world: World) -> Step:
    """Let go what waits for somebody whose new episode has opened since; forget what was settled and is done with.

    Args:
        state: With every involvement that is known by now.
        event_id: Hex id of the event that is absorbed, "" where none is.
        world: Who can be reached, and what counts as a day.
    """
    if not state.late:
        return Step(state)
    opened = open_involvements(state, local(world.now).date())
    step = Step(_without_done(state, opened))
    for late in state.late:
        if late.fate is Fate.WAITS and any(_is_since(i, late, event_id) for i in opened):
            step = then(step, settled(step.state, replace(late, fate=Fate.LET_GO, why=NEW_EPISODE)))
    return step


def _is_since(opened: Involvement, late: Late, event_id: str) -> bool:
    """Whether an episode of whom something waits for came after it; of one moment, in the order in which they came."""
    after = opened.opened_at is not None and opened.opened_at > late.since
    return _of(opened) == _for(late) and (after or opened.source_event == event_id)


def _without_done(state: SubjectState, opened: Iterable[Involvement]) -> SubjectState:
    """What was let go matters while the episode lasts into which it went; what was dropped only to the ledger."""
    now = {_of(involvement) for involvement in opened}
    kept = tuple(
        late for late in state.late if late.fate is Fate.WAITS or (late.fate is Fate.LET_GO and _for(late) in now)
    )
    return state if len(kept) == len(state.late) else replace(state, late=kept)


def _of(involvement: Involvement) -> tuple[str, str]:
    return involvement.organisation, involvement.function


def _for(late: Late) -> tuple[str, str]:
    return late.recipient.organisation, late.recipient.function


def settled(state: SubjectState, late: Late) -> Step:
    """The state with a fate in its place; the sender's clock ends with the last of an event's that waited."""
    placed = replace(state, late=tuple(late if known.key == late.key else known for known in state.late))
    if not any(one.event_id == late.event_id and one.fate is Fate.WAITS for one in placed.late):
        for question in placed.questions:
            if question.rule == LATE_EVENT and question.about == late.event_id and question.is_open:
                placed = settle(placed, question, Signal.SETTLED)
    again = (late.event_id,) if late.fate is Fate.LET_GO else ()
    return Step(placed, release_again=again, register_moved=bool(again), changed=True)
