"""Measures: what begins, may end by itself, and is somebody's word in between.

A missing episode, a restriction on an adult, an enquiry, police protection, an investigation, a child on no roll.

Left out: what may be released because of them (the agreements). Rules: each kind and reference of an organisation is
one entry; the word that speaks of the latest moment stands, in whatever order words come; only who said it ends it;
police protection ends after 72 hours whatever is written; an investigation that was marked is live until its outcome is
said; a restriction without an end lasts until it is ended.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from sharing.events import (
    EducationStatusChanged,
    EnquiryChanged,
    Event,
    InvestigationOutcomeRecorded,
    Marking,
    MissingAction,
    MissingChanged,
    PoliceProtectionUsed,
    RestrictionChanged,
    StrategyConcluded,
    StrategyConvened,
)
from sharing.events.child_protection import EnquiryAction, StrategyOutcome
from sharing.events.education import EducationStatus
from sharing.events.police_measures import RestrictionAction
from sharing.reconciliation.saying import World, source_of
from sharing.reconciliation.standing import Measure, MeasureKind, Source
from sharing.reconciliation.state import EventFacts, Step, SubjectState
from sharing.vocabulary import Agency

POLICE_PROTECTION_LASTS = timedelta(hours=72)
_NO_ENQUIRY = (StrategyOutcome.NO_ENQUIRY, StrategyOutcome.EARLY_HELP, StrategyOutcome.ASSESSMENT_GOES_ON)
_ON_NO_ROLL = (
    EducationStatus.MISSING_EDUCATION,
    EducationStatus.HOME_EDUCATED,
    EducationStatus.NOT_IN_SCHOOL,
    EducationStatus.UNREGISTERED_SETTING,
)
_SEALS = frozenset({MeasureKind.INVESTIGATION})
"""Kinds that only restrict: one that comes late takes back what left before."""


def absorb(state: SubjectState, event: Event, about: EventFacts, world: World) -> Step:
    """Let an event begin, vary or end a measure."""
    after, recall = state, False
    for said in _said(event, about, world):
        placed = _placed(after, said)
        recall = recall or (placed is not after and said.is_open and said.kind in _SEALS)
        after = placed
    return Step(after, register_moved=after != state, recall=recall, changed=after != state)


def tick(state: SubjectState, world: World) -> Step:
    """End what has ended by itself. Facts know it at once; this lets what waits be decided again."""
    ended = tuple(replace(m, is_open=False) if m.is_open and not m.in_force(world.now) else m for m in state.measures)
    if ended == state.measures:
        return Step(state)
    return Step(replace(state, measures=ended), register_moved=True, changed=True)


def _placed(state: SubjectState, new: Measure) -> SubjectState:
    """The state with this word in its place, unless a word of a later moment stands there."""
    known = next((m for m in state.measures if m.key == new.key), None)
    if known is None:
        return replace(state, measures=(*state.measures, new))
    if known.source_event == new.source_event or _is_later(known, new):
        return state
    return replace(state, measures=tuple(new if m is known else m for m in state.measures))


def _is_later(known: Measure, new: Measure) -> bool:
    """Of two words of one moment the one that came later counts."""
    if known.said is None or new.said is None or known.said.as_of is None or new.said.as_of is None:
        return False
    return known.said.as_of > new.said.as_of


@dataclass(frozen=True, slots=True)
class _Word:
    """What one event says of one measure."""

    kind: MeasureKind
    is_open: bool
    since: datetime | None = None
    until: datetime | None = None
    reference: str = ""


def _said(event: Event, about: EventFacts, world: World) -> Iterator[Measure]:
    source = source_of(event, about)
    for word in (*_of_enquiries(event), *_of_police(event, source.as_of or about.now), *_of_school(event)):
        yield _measure(word, about, source)
    sender = world.directory.get(about.sender)
    marked = Marking.CRIME_UNDER_INVESTIGATION in (event.envelope.markings or ())
    by_police = sender is not None and sender.agency is Agency.POLICE
    if marked and by_police and not isinstance(event, InvestigationOutcomeRecorded):
        yield _measure(_Word(MeasureKind.INVESTIGATION, is_open=True, reference=_reference(event)), about, source)


def _measure(word: _Word, about: EventFacts, source: Source) -> Measure:
    since = word.since or source.as_of
    return Measure(
        word.kind, about.sender, word.reference, word.is_open, since, word.until, about.event_id, source
    )  # fmt: skip


def _of_enquiries(event: Event) -> Iterator[_Word]:
    match event:
        case EnquiryChanged() if event.action is not None:
            yield _Word(MeasureKind.ENQUIRY, event.action is EnquiryAction.STARTED, _start_of(event.started_on))
        case StrategyConvened():
            yield _Word(MeasureKind.ENQUIRY, is_open=True)
        case StrategyConcluded() if event.outcome is not None:
            yield _Word(MeasureKind.ENQUIRY, is_open=event.outcome not in _NO_ENQUIRY)
        case _:
            pass


def _of_police(event: Event, said_at: datetime) -> Iterator[_Word]:
    match event:
        case MissingChanged() if event.action is not None:
            yield _Word(MeasureKind.MISSING, event.action is MissingAction.MISSING, event.since)
        case RestrictionChanged():
            is_open = event.action is not RestrictionAction.ENDED
            ref = event.order_reference or _reference(event)
            yield _Word(MeasureKind.RESTRICTION, is_open, event.starts_at, _end_of(event.until), ref)
        case PoliceProtectionUsed():
            began = event.started_at or said_at
            latest = began + POLICE_PROTECTION_LASTS
            until = min(event.ends_by or latest, latest)
            yield _Word(MeasureKind.POLICE_PROTECTION, event.ended_at is None, began, until)
        case InvestigationOutcomeRecorded():
            yield _Word(MeasureKind.INVESTIGATION, is_open=False, reference=_reference(event))
        case _:
            pass


def _of_school(event: Event) -> Iterator[_Word]:
    if isinstance(event, EducationStatusChanged) and event.status is not None:
        yield _Word(MeasureKind.ON_NO_ROLL, event.status in _ON_NO_ROLL, _start_of(event.since))


def _reference(event: Event) -> str:
    return getattr(event, "police_reference", None) or ""


def _start_of(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), UTC) if day else None


def _end_of(day: date | None) -> datetime | None:
    """The last day counts whole."""
    return datetime.combine(day + timedelta(days=1), time(), UTC) if day else None
