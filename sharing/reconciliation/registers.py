"""The registers that events keep: involvements, seals, plans, registrations.

Left out: who may receive because of them (`routing`) and whose word counts (`parties.may_say`, asked before).
Rules: each entry names its source event and the event that last confirmed it; the same event twice is one entry; a seal
is lifted only by its holder; where a flag could be read either way the stricter stands. An involvement that is closed
resumes only by word of a later time.
"""

from dataclasses import replace
from datetime import date, timedelta

from sharing.calendar import local
from sharing.events import (
    AllocationChanged,
    Event,
    InvolvementAction,
    InvolvementChanged,
    Marking,
    PlanAction,
    PlanChanged,
    RegistrationChanged,
    RegistrationKind,
    SealAction,
    SealChanged,
    SealKind,
)
from sharing.reconciliation.parties import kind_of
from sharing.reconciliation.saying import World, source_of, then
from sharing.reconciliation.standing import Source
from sharing.reconciliation.state import EventFacts, Involvement, Plan, Seal, Step, SubjectState
from sharing.vocabulary import Agency, RecipientKind

CONFIRMED_EVERY = timedelta(days=30)
"""A registration that was confirmed this lately is not written down again."""


def absorb(state: SubjectState, event: Event, about: EventFacts, world: World) -> Step:
    """Move the registers as the event says."""
    step = _registered_still(state, event, about, world)
    step = then(step, _marked(step.state, event, about, world))
    match event:
        case InvolvementChanged():
            return then(step, _involvement(step.state, event, about, world))
        case PlanChanged():
            return then(step, _moved(step.state, _plan(step.state, event, about)))
        case AllocationChanged():
            return then(step, _moved(step.state, _allocation(step.state, event, about)))
        case SealChanged():
            return then(step, _seal(step.state, event.kind, event.action, event.holder_function, about, event))
        case RegistrationChanged():
            return then(step, _registration(step.state, event, about, world))
        case _:
            return step


def _registered_still(state: SubjectState, event: Event, about: EventFacts, world: World) -> Step:
    """A health record that names the practice confirms the registration; now and then is enough."""
    practice = event.child.gp_practice
    sender = world.directory.get(about.sender)
    if not practice or sender is None or sender.agency is not Agency.HEALTH:
        return Step(state)
    found = world.directory.by_ods(practice)
    slug = found.slug if found else f"ods:{practice}"
    said = source_of(event, about)
    kept = tuple(
        replace(i, said=said)
        if (i.organisation, i.kind, i.until) == (slug, RecipientKind.GP, None) and _is_older(i.said, said)
        else i
        for i in state.involvements
    )
    same = kept == state.involvements
    return Step(state) if same else Step(replace(state, involvements=kept), changed=True)


def _is_older(one: Source | None, said: Source) -> bool:
    if one is None or one.as_of is None or said.as_of is None:
        return said.as_of is not None
    return said.as_of - one.as_of > CONFIRMED_EVERY


def _moved(before: SubjectState, after: SubjectState) -> Step:
    return Step(after, register_moved=after != before, changed=after != before)


def _today(about: EventFacts) -> date:
    return local(about.now).date()


def _involvement(state: SubjectState, event: InvolvementChanged, about: EventFacts, world: World) -> Step:
    found = world.directory.get(event.organisation or "")
    if found is None or not event.function or event.action is None:
        return Step(state, refused=("INVOLVEMENT_OF_NOBODY_KNOWN",))
    new = Involvement(
        found.slug,
        event.function,
        kind_of(found.kind, event.function),
        event.since or _today(about),
        None,
        about.event_id,
        source_of(event, about),
        about.now,
    )
    if event.action is InvolvementAction.OPENED:
        if _was_closed_since(state, new):
            return Step(state, refused=("LATE_FOR_A_CLOSED_EPISODE",))
        return _moved(state, _with_involvement(state, new))
    return _moved(state, _closed(state, new.organisation, new.function, source_of(event, about)))


def _was_closed_since(state: SubjectState, new: Involvement) -> bool:
    """Whether what opens now speaks of a time before the closure that is known: it resumes nothing."""
    return any(
        (i.organisation, i.function) == (new.organisation, new.function)
        and i.until is not None
        and _is_before(new.said, i.said)
        for i in state.involvements
    )


def _is_before(one: Source | None, other: Source | None) -> bool:
    if one is None or other is None or one.as_of is None or other.as_of is None:
        return False
    return one.as_of < other.as_of


def _with_involvement(state: SubjectState, new: Involvement) -> SubjectState:
    """The state with this involvement open; one of the same function that is open already is confirmed."""
    same = [(i.organisation, i.function, i.until) == (new.organisation, new.function, None) for i in state.involvements]
    if not any(same):
        return replace(state, involvements=(*state.involvements, new))
    confirmed = (
        replace(i, said=i.said.or_later(new.said) if i.said else new.said) if here else i
        for i, here in zip(state.involvements, same, strict=True)
    )
    return replace(state, involvements=tuple(confirmed))


def _closed(state: SubjectState, organisation: str, function: str, said: Source) -> SubjectState:
    """The state with the open episode ended on the day that its end speaks of; an older end was of an older episode."""
    until = local(said.as_of).date() if said.as_of else None
    ended = tuple(
        replace(i, until=max(until, i.since) if until else i.since, said=said)
        if (i.organisation, i.function, i.until) == (organisation, function, None) and not _is_before(said, i.said)
        else i
        for i in state.involvements
    )
    return replace(state, involvements=ended)


def _plan(state: SubjectState, event: PlanChanged, about: EventFacts) -> SubjectState:
    if event.kind is None:
        return state
    others = tuple(p for p in state.plans if (p.kind, p.organisation) != (event.kind, about.sender))
    if event.action is PlanAction.ENDED:
        return replace(state, plans=others)
    before = next((p for p in state.plans if p not in others), None)
    said = source_of(event, about)
    plan = Plan(
        event.kind,
        about.sender,
        event.start_date or (before.started if before else None),
        event.team or (before.team if before else ""),
        event.duty_phone or (before.duty_phone if before else ""),
        before.source_event if before and event.action is not PlanAction.STARTED else about.event_id,
        before.said.or_later(said) if before and before.said else said,
    )
    return replace(state, plans=(*others, plan))


def _allocation(state: SubjectState, event: AllocationChanged, about: EventFacts) -> SubjectState:
    """Another team holds the plans of the sender: that it holds them still is said with it."""
    said = source_of(event, about)
    moved = tuple(
        replace(
            p,
            team=event.new_team or p.team,
            duty_phone=event.duty_phone or p.duty_phone,
            said=p.said.or_later(said) if p.said else said,
        )
        if p.organisation == about.sender
        else p
        for p in state.plans
    )
    return replace(state, plans=moved)


def _seal(
    state: SubjectState,
    kind: SealKind | None,
    action: SealAction | None,
    holder: str | None,
    about: EventFacts,
    event: Event,
) -> Step:
    """Set or lift. A seal of unknown kind seals the address; anything but a plain lifting by its holder restricts."""
    sealed = kind or SealKind.ADDRESS
    mine = [s for s in state.seals if s.kind is sealed and s.holder_organisation == about.sender]
    if action is SealAction.LIFTED:
        if kind is None or not mine:
            return Step(state, refused=("NOT_THE_HOLDER",) if kind else ())  # the same whether somebody else sealed it
        return _moved(state, replace(state, seals=tuple(s for s in state.seals if s not in mine)))
    if mine:
        return Step(state)
    new = Seal(sealed, about.now, about.sender, holder or "", about.event_id, source_of(event, about))
    return Step(replace(state, seals=(*state.seals, new)), register_moved=True, recall=True, changed=True)


def _marked(state: SubjectState, event: Event, about: EventFacts, world: World) -> Step:
    """A health record marked sensitive seals, whatever else its event says."""
    sender = world.directory.get(about.sender)
    if sender is None or sender.agency is not Agency.HEALTH or Marking.S_FLAG not in (event.envelope.markings or ()):
        return Step(state)
    return _seal(state, SealKind.S_FLAG, SealAction.SET, event.envelope.author_function, about, event)


def _registration(state: SubjectState, event: RegistrationChanged, about: EventFacts, world: World) -> Step:
    match event.kind:
        case RegistrationKind.SENSITIVITY:
            action = SealAction.LIFTED if event.sensitive is False else SealAction.SET
            return _seal(state, SealKind.S_FLAG, action, event.envelope.author_function, about, event)
        case RegistrationKind.GP_PRACTICE:
            return _registered(state, event.gp_practice, RecipientKind.GP, event, about, world)
        case RegistrationKind.HEALTH_VISITOR:
            named = event.health_visitor_organisation
            return _registered(state, named, RecipientKind.HEALTH_VISITOR, event, about, world)
        case _:
            return Step(state)


_REGISTERED = {RecipientKind.GP: "practice_lead", RecipientKind.HEALTH_VISITOR: "health_visitor"}


def _registered(
    state: SubjectState, named: str | None, kind: RecipientKind, event: Event, about: EventFacts, world: World
) -> Step:
    """One registration of a kind at a time: the new one closes those before it."""
    if not named:
        return Step(state)
    found = world.directory.by_ods(named) or world.directory.get(named)
    slug = found.slug if found else f"ods:{named}"
    after, said = state, source_of(event, about)
    if any(i.kind is kind and i.until is None and _is_before(said, i.said) for i in state.involvements):
        return Step(state, refused=("LATE_FOR_A_CLOSED_EPISODE",))
    for old in state.involvements:
        if old.kind is kind and old.until is None and old.organisation != slug:
            after = _closed(after, old.organisation, old.function, said)
    new = Involvement(slug, _REGISTERED[kind], kind, _today(about), None, about.event_id, said, about.now)
    return _moved(state, _with_involvement(after, new))
