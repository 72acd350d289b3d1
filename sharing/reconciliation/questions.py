"""Questions: opened when an exchange puts them to somebody, answered by their recipient, incomplete in between.

Left out: what happens when time passes (`escalation`) and receipts (`receipts`). Rules: an answer counts only in reply
to an exchange that asked, and only from the organisation that was asked; anything else stops nothing and is reported.
An incomplete answer is told to the asker at once, raises a task, and leaves the clock running with the same end.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sharing.calendar import Duty
from sharing.events import Child, ClockChanged, ClockState, CorrectionIssued, Event, TaskKind, TaskRaised, Urgency
from sharing.reconciliation.answers import answers, missing_items
from sharing.reconciliation.clock_rule import ClockRule, Side, Span
from sharing.reconciliation.clocks import due_after_wait
from sharing.reconciliation.machine import Signal, advance
from sharing.reconciliation.parties import first_function, recipient_for, speaker
from sharing.reconciliation.rules import ASKED_BY_TASK, IDENTITY_REVIEW, RULES, WAITS
from sharing.reconciliation.saying import World, distinct, envelope, then
from sharing.reconciliation.state import Awaiting, EventFacts, Question, Said, Step, SubjectState
from sharing.vocabulary import Recipient, RecipientKind

Exchanges = Sequence[tuple[Recipient, str]]
"""Recipients of one event, each with the hex id of its exchange."""

ANSWER_TYPES = frozenset(name for rule in RULES.values() if rule.name not in WAITS for name in rule.stops_on)


def open_for(state: SubjectState, event: Event, exchanges: Exchanges, about: EventFacts, world: World) -> Step:
    """Start the clocks that this event's exchanges start. A clock that runs already is left alone."""
    step = Step(state)
    for rule in RULES.values():
        if rule.starts_on == event.event_type and rule.name not in WAITS and _asks(rule, event):
            for owner, exchange in _owners(rule, exchanges, world):
                also = tuple(x for r, x in exchanges if r.organisation == owner.organisation and x != exchange)
                step = then(step, _open(step.state, rule, event, (owner, exchange, also), about, world))
    return step


def absorb(state: SubjectState, event: Event, about: EventFacts, world: World) -> Step:
    """Let an answer do what its clock's row says; anything that is no answer to this subject changes nothing."""
    if event.event_type not in ANSWER_TYPES:
        return Step(state)
    asked = [q for q in state.questions if about.in_reply_to in q.exchanges]
    if not asked:
        return Step(state, refused=("ANSWERS_UNKNOWN_EXCHANGE" if about.in_reply_to else "ANSWERS_NO_EXCHANGE",))
    if any(q.owner.organisation != about.sender for q in asked):
        return Step(state, refused=("NOT_THE_RECIPIENT",))
    step = Step(state)
    for question in asked:
        if answers(RULES[question.rule], event):
            step = then(step, _answer(step.state, question, event, about, world))
    return step


def settle(state: SubjectState, question: Question, signal: Signal) -> SubjectState:
    """The state after a signal that ends a question; a task that watched for its answer ends with it."""
    ended = _moved(question, signal)
    after = state.with_question(ended)
    for watching in [q for q in after.questions if q.about == question.exchange_id and q.is_open]:
        after = after.with_question(_moved(watching, Signal.SETTLED))
    return after


def clock_changed(question: Question, clock: ClockState, now: datetime, **more: object) -> ClockChanged:
    """Word of a clock."""
    said = ClockChanged(
        envelope=envelope(now, question.due_by),
        child=Child(),
        rule=question.rule,
        state=clock,
        started_at=question.started_at,
        clock_due_by=question.due_by,
        owner_organisation=question.owner.organisation,
        owner_function=question.owner.function,
    )
    return replace(said, **more)  # type: ignore[arg-type]


def owners_function(question: Question, functions: Sequence[str], world: World) -> Recipient | None:
    """The first of these functions that the owner's organisation has."""
    found = world.directory.get(question.owner.organisation)
    return None if found is None else recipient_for(found, first_function(found, functions))


def _asks(rule: ClockRule, event: Event) -> bool:
    task = ASKED_BY_TASK.get(rule.name)
    return task is None or (isinstance(event, TaskRaised) and event.task is task)


def _owners(rule: ClockRule, exchanges: Exchanges, world: World) -> Exchanges:
    """One owner an organisation; where several of its functions could answer, the one on duty."""
    night = world.calendars.on_duty(world.now) is Duty.EMERGENCY
    able = [pair for pair in exchanges if pair[0].kind in rule.owners]
    able.sort(key=lambda pair: (pair[0].kind is RecipientKind.EMERGENCY_DUTY) is not night)
    return list({pair[0].organisation: pair for pair in reversed(able)}.values())


def _open(
    state: SubjectState,
    rule: ClockRule,
    event: Event,
    owed: tuple[Recipient, str, tuple[str, ...]],
    about: EventFacts,
    world: World,
) -> Step:
    owner, exchange, also = owed
    if isinstance(event, CorrectionIssued) and event.recalled_exchange:
        also = (*also, event.recalled_exchange)  # its receipt names what was given back
    if any(q.rule == rule.name and exchange in q.exchanges for q in state.questions):
        return Step(state)
    matter = event.about_event or "" if isinstance(event, TaskRaised) else ""
    asker = speaker(world.directory, about.sender, event.envelope.author_function)
    waited = _waited(state, about, owner)
    since = waited.since if waited else about.now
    home = world.directory.get((waited.setting if waited else "") or owner.organisation)
    matter_due = next((q.due_by for q in state.questions if matter and matter in q.exchanges), None)
    if rule.lasts.span is Span.AS_TOLD:
        matter, matter_due = "", event.envelope.due_by  # it watches for no answer
    due = due_after_wait(rule.lasts, since, world.now, world.calendars, home.terms if home else "", matter_due)
    question = Question(
        rule=rule.name,
        event_id=about.event_id,
        event_type=event.event_type,
        asker=asker or (waited.asker if waited else None),
        owner=owner,
        exchange_id=exchange,
        started_at=since,
        due_by=due,
        next_at=since + (due - since) / 2 if rule.warns else due + rule.grace,
        also_asked=also,
        about=matter,
    )
    started = clock_changed(question, ClockState.STARTED, world.now)
    said = _to_asker(question, started, f"{rule.name}/{exchange}/started") if rule.announced else ()
    return Step(state.with_question(question), said, changed=True)


def _waited(state: SubjectState, about: EventFacts, owner: Recipient) -> Awaiting | None:
    """The wait of this event for the owner, or for the setting for which the owner stands in; else for its identity."""
    waits = [a for a in state.awaiting if a.event_id == about.event_id]
    for_setting = [a for a in waits if a.setting]
    own = [a for a in for_setting if a.setting == owner.organisation]
    return next(iter(own or for_setting or [a for a in waits if a.rule == IDENTITY_REVIEW]), None)


def _answer(state: SubjectState, question: Question, event: Event, about: EventFacts, world: World) -> Step:
    rule = RULES[question.rule]
    missing = missing_items(event) if rule.whole else ()
    signal = Signal.ANSWERED_IN_PART if missing else Signal.ANSWERED
    if about.event_id == question.answer_event or not advance(question.state, signal).changed:
        return Step(state)
    question = replace(question, answer_event=about.event_id)
    if missing:
        said = _in_part(question, missing, about, world)
        return Step(state.with_question(_moved(question, signal)), said, changed=True)
    said = _stopped(question, about, world) if rule.announced else ()
    return Step(settle(state, question, signal), said, changed=True)


def _moved(question: Question, signal: Signal) -> Question:
    after = replace(question, state=advance(question.state, signal).state)
    return after if after.is_open else replace(after, next_at=None)


def _in_part(question: Question, missing: tuple[str, ...], about: EventFacts, world: World) -> tuple[Said, ...]:
    told = clock_changed(question, ClockState.ANSWER_INCOMPLETE, about.now, missing_items=missing)
    task = TaskRaised(
        envelope=envelope(about.now, question.due_by, Urgency.IMMEDIATE),
        child=Child(),
        task=TaskKind.COMPLETE_ANSWER,
        about_event=question.exchange_id,
        missing_items=missing,
        why="ANSWER_INCOMPLETE",
    )
    manager = owners_function(question, ("front_door_manager", "front_door"), world)
    asked = Said(task, distinct([manager]), about.event_id, question.exchange_id, child_of=question.event_id)
    return (*_to_asker(question, told, about.event_id), asked)


def _stopped(question: Question, about: EventFacts, world: World) -> tuple[Said, ...]:
    """The asker hears that the clock stopped, and so does everybody who was rung about it."""
    told = clock_changed(question, ClockState.STOPPED, about.now)
    reached = [s for s in RULES[question.rule].stages[: question.stage] if s.side is Side.OWNER]
    rung = distinct(owners_function(question, stage.functions, world) for stage in reached)
    owners = Said(told, rung, about.event_id, question.exchange_id, child_of=question.event_id)
    return (*_to_asker(question, told, about.event_id), owners)


def _to_asker(question: Question, told: ClockChanged, cause: str) -> tuple[Said, ...]:
    to = distinct([question.asker])
    return (Said(told, to, cause, question.event_id, child_of=question.event_id),)
