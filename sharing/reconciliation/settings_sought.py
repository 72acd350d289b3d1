"""Where is this child registered? Asked of the authority's rolls, because the broker keeps none.

Left out: the clock's row (`rules`) and who else receives the notice (`routing`). Rules: a notice waits only for its
setting; everybody else has it at once. What the rolls say counts for the notice that asked, and for no other: no list
of pupils grows here. A setting that cannot be reached is told by telephone, by the education duty function, under the
same clock, and the gap is listed. While nobody knows the setting the wait runs on; when it ends, police and education
are called.
"""

from dataclasses import replace

from sharing.calendar import local
from sharing.events import (
    AlertAcknowledged,
    AlertAction,
    Child,
    CoverageGapFound,
    CoverageKind,
    DomesticAbuseIncidentNotified,
    Event,
    SettingFound,
    SettingResult,
    SettingSought,
    TaskKind,
    TaskRaised,
    Urgency,
)
from sharing.reconciliation.clocks import ends_at
from sharing.reconciliation.involved import gap_of, settings_of
from sharing.reconciliation.parties import only_one, organisation_of, recipient_for, rung, speaker
from sharing.reconciliation.rules import ENCOMPASS_ACKNOWLEDGED, RULES, SETTING_FOUND
from sharing.reconciliation.saying import World, envelope, source_of, then
from sharing.reconciliation.state import Awaiting, EventFacts, Said, Step, SubjectState
from sharing.vocabulary import OrganisationKind, Recipient


def absorb(state: SubjectState, event: Event, about: EventFacts, world: World) -> Step:
    """Seek a setting for a notice, take the rolls' answer, or start again when the child is not there."""
    match event:
        case DomesticAbuseIncidentNotified():
            return _notice(state, event, about, world)
        case SettingFound():
            return _found(state, event, about, world)
        case AlertAcknowledged(action=AlertAction.CHILD_NOT_HERE):
            return _not_here(state, about, world)
        case _:
            return Step(state)


def asked(state: SubjectState, exchange: str, about: EventFacts) -> Step:
    """Note the exchange by which the rolls were asked: only an answer to it counts."""
    sought = (a for a in state.awaiting if (a.event_id, a.rule) == (about.cause, SETTING_FOUND))
    waiting = next((a for a in sought if not a.settled), None)
    if waiting is None or waiting.sought_exchange:
        return Step(state)
    return Step(_put(state, replace(waiting, sought_exchange=exchange)), changed=True)


def tick(state: SubjectState, world: World) -> Step:
    """Call those whom the rule names for every wait that is over, once."""
    step = Step(state)
    for waiting in state.awaiting:
        if waiting.next_at is not None and waiting.next_at <= world.now and not waiting.settled:
            called = replace(waiting, called=True, next_at=None)
            step = then(step, Step(_put(step.state, called), _calls(waiting, "NO_MATCH", world), changed=True))
    return step


def _notice(state: SubjectState, event: Event, about: EventFacts, world: World) -> Step:
    if any((a.event_id, a.rule) == (about.event_id, SETTING_FOUND) for a in state.awaiting):
        return Step(state)
    asker = speaker(world.directory, about.sender, event.envelope.author_function)
    waiting = Awaiting(about.event_id, event.event_type, "", about.now, None, asker)
    step = Step(state)
    for setting in settings_of(world.fresh(state), local(about.now).date(), event):
        known = replace(waiting, setting=setting, settled=True)
        said = _telephone(known, event, None, about, world)
        step = then(step, Step(_put(step.state, known), said, changed=True))
    return step if step.changed else _seek(state, waiting, event, about, world)


def _seek(state: SubjectState, waiting: Awaiting, event: Event, about: EventFacts, world: World) -> Step:
    due = ends_at(RULES[SETTING_FOUND].lasts, about.now, world.calendars)
    sought = SettingSought(
        envelope=envelope(about.now, due, Urgency.IMMEDIATE, event.envelope.incident_id),
        child=event.child,
        why="STATUTORY_NOTICE",
    )
    education = only_one(world.directory, OrganisationKind.EDUCATION_SERVICE)
    to = (recipient_for(education, "rolls"),) if education else ()
    said = Said(sought, to, about.event_id, child_of=about.event_id)
    return Step(_put(state, replace(waiting, next_at=due)), (said,), changed=True)


def _found(state: SubjectState, event: SettingFound, about: EventFacts, world: World) -> Step:
    waiting = next((a for a in state.awaiting if about.in_reply_to and a.sought_exchange == about.in_reply_to), None)
    if waiting is None:
        return Step(state, refused=("ANSWERS_UNKNOWN_EXCHANGE" if about.in_reply_to else "ANSWERS_NO_EXCHANGE",))
    setting = _slug(event, world) if event.result is SettingResult.FOUND else ""
    if waiting.settled:
        return Step(state, refused=() if setting in ("", waiting.setting) else ("SETTING_ALREADY_FOUND",))
    if setting:
        found = {"setting": setting, "answer": SettingResult.FOUND, "said": source_of(event, about)}
        settled = replace(waiting, settled=True, next_at=None, **found)  # type: ignore[arg-type]
        said = _telephone(settled, event, event.setting_phone, about, world)
        return Step(_put(state, settled), said, release_again=(waiting.event_id,), changed=True)
    refused = ("FOUND_WITHOUT_SETTING",) if event.result is SettingResult.FOUND else ()
    answer = SettingResult.SEVERAL if event.result is SettingResult.SEVERAL else SettingResult.NOT_FOUND
    if waiting.answer == answer:
        return Step(state, refused=refused)
    gap = () if answer is SettingResult.SEVERAL else (_gap(waiting, None, CoverageKind.ON_NO_ROLL, about, world),)
    return Step(_put(state, replace(waiting, answer=answer)), gap, changed=True, refused=refused)


def _slug(event: SettingFound, world: World) -> str:
    """The setting by its number first, for names vary; one that the directory does not know keeps its number."""
    known = world.directory.by_urn(event.setting_urn) if event.setting_urn else None
    named = known or world.directory.get(event.setting_organisation or "")
    return named.slug if named else f"urn:{event.setting_urn}" if event.setting_urn else ""


def _not_here(state: SubjectState, about: EventFacts, world: World) -> Step:
    """A setting says that the child is not on its roll: its own clock stops, and somebody must look again."""
    told = next((q for q in state.questions if about.in_reply_to in q.exchanges and q.is_open), None)
    if told is None or told.rule != ENCOMPASS_ACKNOWLEDGED or told.owner.organisation != about.sender:
        return Step(state)
    waiting = Awaiting(told.event_id, told.event_type, "", told.started_at, None, told.asker)
    return Step(state, _calls(waiting, "CHILD_NOT_HERE", world, about.event_id))


def _calls(waiting: Awaiting, why: str, world: World, cause: str = "") -> tuple[Said, ...]:
    """The tasks of the wait's rule, to whom its stages name; each knows the matter by what it has itself."""
    said = []
    for stage in RULES[waiting.rule].stages:
        place = organisation_of(stage.side, world.directory, None, waiting.asker)
        if place is None:
            continue
        function = next((name for name in stage.functions if name in place.functions), stage.functions[-1])
        task = TaskRaised(
            envelope=envelope(world.now, None, Urgency.IMMEDIATE), child=Child(), task=stage.task, why=why
        )
        own = waiting.event_id if waiting.asker and waiting.asker.organisation == place.slug else ""
        to = rung(place, function, world.calendars, world.now)
        said.append(Said(task, to, cause or f"{waiting.rule}/{waiting.event_id}/1", own, child_of=waiting.event_id))
    return tuple(said)


def _telephone(waiting: Awaiting, event: Event, phone: str | None, about: EventFacts, world: World) -> tuple[Said, ...]:
    """When a setting cannot be reached: a task to telephone it, and the gap. Nothing when it can."""
    kind = gap_of(world.directory, waiting.setting)
    if kind is None:
        return ()
    setting = world.directory.get(waiting.setting)
    due = ends_at(RULES[ENCOMPASS_ACKNOWLEDGED].lasts, waiting.since, world.calendars, setting.terms if setting else "")
    number = next((n for n in (setting.telephone(f) for f in setting.functions) if n), None) if setting else None
    task = TaskRaised(
        envelope=envelope(about.now, due, Urgency.IMMEDIATE, event.envelope.incident_id),
        child=Child(),
        task=TaskKind.TELEPHONE_SETTING,
        organisation_missing=setting.name if setting else waiting.setting,
        telephone=number or phone,
        why=kind,
    )
    rings = Said(task, _education(waiting, world), about.event_id, child_of=waiting.event_id)
    return (rings, _gap(waiting, setting.slug if setting else waiting.setting, kind, about, world))


def _gap(waiting: Awaiting, missing: str | None, kind: CoverageKind, about: EventFacts, world: World) -> Said:
    """The gap names an organisation and no child."""
    gap = CoverageGapFound(
        envelope=envelope(about.now, None), child=Child(), organisation_missing=missing, kind=kind, since=waiting.since
    )
    return Said(gap, _education(waiting, world), about.event_id)


def _education(waiting: Awaiting, world: World) -> tuple[Recipient, ...]:
    """The education duty function; where there is none, whoever sent the notice must telephone."""
    found = only_one(world.directory, OrganisationKind.EDUCATION_SERVICE)
    if found is not None:
        return (recipient_for(found, "education_duty"),)
    return (waiting.asker,) if waiting.asker else ()


def _put(state: SubjectState, waiting: Awaiting) -> SubjectState:
    kept = tuple(a for a in state.awaiting if (a.event_id, a.rule) != (waiting.event_id, waiting.rule) or a.settled)
    return replace(state, awaiting=(*kept, waiting))
