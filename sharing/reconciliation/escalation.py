"""What happens when a clock runs out: the stages of its row, one after the other, and both sides hear of each.

Rules: a stage fires once, at the state it finds; its words have an id derived from rule, exchange and stage, so firing
twice says nothing twice. Stages that passed while nobody looked are all fired, in order. Silence never ends a question.
"""

from dataclasses import replace
from datetime import datetime

from sharing.calendar import Duty
from sharing.events import Child, ClockState, EscalationChanged, TaskKind, TaskRaised, Urgency
from sharing.reconciliation.clock_rule import ClockRule, Side, Stage
from sharing.reconciliation.clocks import ends_at
from sharing.reconciliation.machine import Signal, advance
from sharing.reconciliation.parties import first_function, organisation_of, rung
from sharing.reconciliation.questions import clock_changed
from sharing.reconciliation.rules import RULES
from sharing.reconciliation.saying import World, distinct, envelope, then
from sharing.reconciliation.state import Question, Said, Step, SubjectState
from sharing.vocabulary import OrganisationKind, Recipient


def tick(state: SubjectState, world: World) -> Step:
    """Fire every stage of every question whose time has passed."""
    step = Step(state)
    for question in state.questions:
        due = question
        while due.is_open and due.next_at is not None and due.next_at <= world.now:
            fired = fire(step.state, due, due.next_at, world)
            step = then(step, fired)
            due = next(q for q in fired.state.questions if (q.exchange_id, q.rule) == (due.exchange_id, due.rule))
    return step


def fire(
    state: SubjectState, question: Question, passed_at: datetime, world: World, signal: Signal = Signal.TIME_PASSED
) -> Step:
    """Move a question one stage up.

    Args:
        state: The subject's state.
        question: One of its questions.
        passed_at: The moment that passed; the next stage counts from it.
        world: Domain time, directory, calendars.
        signal: Why: time passed, or the recipient's system refused.
    """
    rule = RULES[question.rule]
    if signal is Signal.TIME_PASSED and rule.warns and passed_at < question.due_by:
        signal = Signal.TIME_RUNS_OUT
    moved = advance(question.state, signal)
    if not moved.changed:
        return Step(state)
    stages = rule.stages[question.stage :]
    why = _why(question, signal)
    after = replace(
        question, state=moved.state, stage=question.stage + 1, next_at=_next(stages, passed_at, question, world)
    )
    said = _stage(rule, stages[0], after, why, world) if stages else _breached(rule, after, world)
    return Step(state.with_question(after), said, changed=True)


def telephone_of(owner: Recipient, world: World) -> str | None:
    """The number to call about a question: its owner's, or a local authority's emergency duty team's out of hours."""
    found = world.directory.get(owner.organisation)
    if found is None:
        return None
    night = world.calendars.on_duty(world.now) is Duty.EMERGENCY
    if night and found.kind is OrganisationKind.LOCAL_AUTHORITY:
        return found.telephone("emergency_duty") or found.telephone(owner.function) or None
    return found.telephone(owner.function) or None


def _next(stages: tuple[Stage, ...], passed_at: datetime, question: Question, world: World) -> datetime | None:
    if len(stages) < 2:  # noqa: PLR2004 - this one, and one more
        return None
    return ends_at(stages[1].after, passed_at, world.calendars, matter_due=question.due_by)


def _why(question: Question, signal: Signal) -> str:
    if signal is Signal.REFUSED:
        return "REFUSED_BY_SYSTEM"
    if signal is Signal.TIME_RUNS_OUT:
        return "DUE_SOON"
    return "ANSWER_INCOMPLETE" if question.answer_event else "NO_ANSWER"


def _cause(question: Question) -> str:
    return f"{question.rule}/{question.exchange_id}/{question.stage}"


def _stage(rule: ClockRule, stage: Stage, question: Question, why: str, world: World) -> tuple[Said, ...]:
    """Word of the stage to both sides, and its task."""
    place = organisation_of(stage.side, world.directory, question.owner, question.asker)
    function = first_function(place, stage.functions) if place else None
    risen = EscalationChanged(
        envelope=envelope(world.now, question.due_by, Urgency.IMMEDIATE),
        child=Child(),
        rule=rule.name,
        stage=question.stage,
        from_function=question.owner.function,
        to_function=function,
        why=why,
        telephone=(place.telephone(function) or None) if place and function else None,
    )
    called = rung(place, function, world.calendars, world.now) if place and function else ()
    heard = [
        Said(risen, to, _cause(question), answers, child_of=question.event_id)
        for to, answers in _sides(question, called)
    ]
    return (*heard, *_task(stage, question, called[:1], world))


def _sides(question: Question, called: tuple[Recipient, ...]) -> list[tuple[tuple[Recipient, ...], str]]:
    """Everybody who hears, with the reference by which each knows the matter."""
    asker = question.asker
    everybody = distinct([asker, question.owner, *called])
    askers = tuple(r for r in everybody if asker and r.organisation == asker.organisation)
    owners = tuple(r for r in everybody if r not in askers and r.organisation == question.owner.organisation)
    others = tuple(r for r in everybody if r not in askers and r not in owners)
    return [(askers, question.event_id), (owners, question.exchange_id), (others, "")]


def _task(stage: Stage, question: Question, to: tuple[Recipient, ...], world: World) -> tuple[Said, ...]:
    if stage.task is None or not to:
        return ()
    silent = question.owner.organisation
    task = TaskRaised(
        envelope=envelope(world.now, question.due_by, Urgency.IMMEDIATE),
        child=Child(),
        task=stage.task,
        organisation_missing=silent if stage.task is TaskKind.TELEPHONE_SETTING else None,
        telephone=telephone_of(question.owner, world),
        why="NO_ANSWER",
    )
    known = question.event_id if question.asker and to[0].organisation == question.asker.organisation else ""
    return (Said(task, to, _cause(question), known, child_of=question.event_id),)


def _breached(rule: ClockRule, question: Question, world: World) -> tuple[Said, ...]:
    """A clock without stages: one side is told, with the number to call; the owner when the asker cannot be told."""
    late = clock_changed(question, ClockState.BREACHED, world.now, telephone=telephone_of(question.owner, world))
    if rule.told is Side.ASKER and question.asker is not None:
        return (Said(late, (question.asker,), _cause(question), question.event_id, child_of=question.event_id),)
    return (Said(late, (question.owner,), _cause(question), question.exchange_id, child_of=question.event_id),)
