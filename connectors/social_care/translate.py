"""Social care's rows to events: decisions on contacts and referrals, plans, allocation, involvement, seals.

Rules: an outcome that is not decided yet is no event; a contact never becomes a referral's decision; a seal is never
lost to a bad code: what is sealed cannot be read, then the address is; whether it is set cannot be read, then it is. An
end that lies ahead has not come. What only counts for statistics holds back no answer and no plan.
The worker's name, the reason for a worker's absence and addresses never leave by this road. Pure: no clock, no file.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime

from connectors.native.children import is_nobody, local_key
from connectors.native.moments import day_of, start_of
from connectors.native.outcome import RAGGED, event_or_refusal
from connectors.native.reading import Reading
from connectors.native.table import TableRow
from connectors.native.text import one_line
from connectors.ports import Dropped, Refused, Translated, Translation
from connectors.social_care import outcomes
from connectors.social_care.records import (
    ABUSE,
    CHANGE_REASONS,
    ETHNICITIES,
    INVOLVEMENT,
    NEED_CODES,
    PERSON_COLUMNS,
    REASON_CODES,
    SEAL_ACTIONS,
    SEAL_KINDS,
    SOURCE_CODES,
)
from sharing.events import (
    AllocationChanged,
    Child,
    ContactDecided,
    Envelope,
    Event,
    InvolvementAction,
    InvolvementChanged,
    PlanAction,
    PlanChanged,
    PlanKind,
    ReferralDecided,
    SealAction,
    SealChanged,
    SealKind,
    Urgency,
)

Persons = Callable[[str], Mapping[str, str] | None]
"""A person's columns by person id, for exports that were not joined."""

_UNDECIDED = Dropped("NOT_YET_DECIDED", "the outcome cell is empty: nothing has been decided")
_JOINED = Dropped("PERSON_TABLE", "rows of ssd_person are joined to the other tables and are no events")
_EMPTY = Envelope()
_OPTIONAL = frozenset({"source_code", "primary_need_code", "threshold_level_applied", "category", "reason"})
"""What may be unreadable without holding back what was decided."""


def row(record: TableRow, now: datetime, persons: Persons) -> Translation:
    """One row of one of the tables."""
    if record.ragged:
        return RAGGED
    if record.table == "ssd_person":
        return _JOINED
    reading = Reading(_as_of(_joined(record.values, persons), now))
    if record.table == "seals":
        return _seal(reading, child_of(reading, now))
    if not reading.raw("record_id"):
        return Refused("MISSING", "record_id", "must have a value")
    return _TABLES[record.table](reading, child_of(reading, now))


def child_of(reading: Reading, now: datetime) -> Child:
    """The child as the joined person columns have it; never an address."""
    child = Child(
        surname=reading.short("surname", "child.surname"),
        forename=reading.short("forename", "child.forename"),
        birth_date=reading.date("birth_date", "child.birth_date", by=day_of(now)),
        expected_birth_date=reading.date("expected_birth_date", "child.expected_birth_date"),
        sex=reading.sex("sex"),
        ethnicity=reading.code("ethnicity", "child.ethnicity", ETHNICITIES),
        nhs_number=reading.nhs_number("nhs_number"),
        upn=reading.upn("upn"),
        local_id=reading.short("person_id", "child.local_id"),
    )
    reading.require_child("person_id", child)
    return child


def _contact(reading: Reading, child: Child) -> Translation:
    try:
        outcome = outcomes.contact_outcome(reading.raw("outcome_json"))
    except outcomes.Unclear:
        return Refused("UNKNOWN_OUTCOME", "outcome_json", "expected the flags or words of contact outcomes (SSD038)")
    if outcome is None:
        return _UNDECIDED
    event = ContactDecided(
        envelope=_EMPTY,
        child=child,
        contact_ref=reading.short("record_id", "contact_ref"),
        source_code=reading.code("source_code", "source_code", SOURCE_CODES),
        outcome=outcome,
        reason_code=reading.code("reason_code", "reason_code", REASON_CODES),
        advice_text=reading.narrative("advice_text", "advice_text"),
        narrative=reading.narrative("narrative", "narrative"),
        duty_phone=reading.short("duty_phone", "duty_phone"),
    )
    return _finish(reading, event, _answer(reading, "front_door"), child, "contact")


def _referral(reading: Reading, child: Child) -> Translation:
    try:
        outcome = outcomes.referral_outcome(reading.raw("outcome_json"), reading.raw("nfa"))
    except outcomes.Unclear:
        return Refused("UNKNOWN_OUTCOME", "outcome_json", "expected the flags or words of referral outcomes (SSD051)")
    if outcome is None:
        return _UNDECIDED
    event = ReferralDecided(
        envelope=_EMPTY,
        child=child,
        referral_ref=reading.short("record_id", "referral_ref"),
        outcome=outcome,
        reason_code=reading.code("reason_code", "reason_code", REASON_CODES),
        reason_text=reading.narrative("reason_text", "reason_text"),
        advice_text=reading.narrative("advice_text", "advice_text"),
        response_to_referrer_view=reading.narrative("response_to_referrer_view", "response_to_referrer_view"),
        suggested_services=_list(reading, "suggested_services"),
        missing_items=_list(reading, "missing_items"),
        threshold_level_applied=reading.number("threshold_level_applied", "threshold_level_applied", 1, 4),
        what_would_change_it=reading.narrative("what_would_change_it", "what_would_change_it"),
        primary_need_code=reading.code("primary_need", "primary_need_code", NEED_CODES),
        narrative=reading.narrative("narrative", "narrative"),
        team=reading.short("team", "team"),
        duty_phone=reading.short("duty_phone", "duty_phone"),
    )
    return _finish(reading, event, _answer(reading, "front_door"), child, "referral")


def _protection_plan(reading: Reading, child: Child) -> Translation:
    unborn = child.birth_date is None and child.expected_birth_date is not None
    return _plan(reading, child, PlanKind.UNBORN_CHILD_PROTECTION if unborn else PlanKind.CHILD_PROTECTION)


def _need_plan(reading: Reading, child: Child) -> Translation:
    return _plan(reading, child, PlanKind.CHILD_IN_NEED)


def _plan(reading: Reading, child: Child, kind: PlanKind) -> Translation:
    start, end = reading.day("start_date", "start_date"), reading.day("end_date", "end_date")
    reading.require("start_date", "start_date", start)
    if start and end and end < start:
        reading.fault("ENDS_BEFORE_START", "end_date", "end_date", "expected a day that is not before the start")
    latest = "category" if reading.raw("category") else "initial_category"
    event = PlanChanged(
        envelope=_EMPTY,
        child=child,
        kind=kind,
        action=PlanAction.ENDED if end else PlanAction.STARTED,
        start_date=start,
        end_date=end,
        category=reading.code(latest, "category", ABUSE),
        team=reading.short("team", "team"),
        duty_phone=reading.short("duty_phone", "duty_phone"),
    )
    envelope = Envelope(
        occurred_at=_when(reading, end or start), author_function="allocated_team", urgency=Urgency.ROUTINE
    )
    return _finish(reading, event, envelope, child, f"plan:{kind}")


def _allocation(reading: Reading, child: Child) -> Translation:
    start, end = reading.day("start_date", "start_date"), reading.day("end_date", "end_date")
    reading.require("start_date", "start_date", start)
    team = reading.short("team", "new_team")
    reading.require("team", "new_team", team)
    event = AllocationChanged(
        envelope=_EMPTY,
        child=child,
        old_team=team if end else reading.short("old_team", "old_team"),
        new_team=None if end else team,
        duty_phone=reading.short("duty_phone", "duty_phone"),
        reason=reading.code("change_reason", "reason", CHANGE_REASONS),
    )
    envelope = Envelope(
        occurred_at=_when(reading, end or start), author_function="allocated_team", urgency=Urgency.ROUTINE
    )
    return _finish(reading, event, envelope, child, "allocation")


def _involvement(reading: Reading, child: Child) -> Translation:
    since = reading.day("since", "since")
    event = InvolvementChanged(
        envelope=_EMPTY,
        child=child,
        organisation=reading.short("organisation", "organisation"),
        function=reading.short("function", "function"),
        action=reading.code("action", "action", INVOLVEMENT) or _opened(reading),
        since=since,
    )
    for column, value in (("organisation", event.organisation), ("function", event.function), ("since", since)):
        reading.require(column, column, value)
    envelope = Envelope(occurred_at=_when(reading, since), author_function="allocated_team", urgency=Urgency.ROUTINE)
    return _finish(reading, event, envelope, child, "register")


def _seal(reading: Reading, child: Child) -> Translation:
    action = reading.code("action", "action", SEAL_ACTIONS)
    kind = reading.code("kind", "kind", SEAL_KINDS)
    reading.require("action", "action", action)
    reading.require("kind", "kind", kind)
    decided_at = reading.moment("decided_at", "envelope.occurred_at")
    if action is SealAction.LIFTED:
        reading.require("decided_at", "envelope.occurred_at", decided_at)
        if (fault := reading.refusing()) is not None:
            return Refused(fault.code, fault.field, fault.reason)
    event = SealChanged(
        envelope=_EMPTY,
        child=child,
        kind=kind or SealKind.ADDRESS,
        action=action or SealAction.SET,
        holder_function=reading.short("holder_function", "holder_function") or "allocated_team",
    )
    if is_nobody(child):
        return Refused("NO_CHILD", "person_id", "nothing says which child it is")
    envelope = Envelope(
        occurred_at=decided_at,
        author_function="allocated_team",
        urgency=Urgency.IMMEDIATE,
        unreadable=reading.unreadable(),
    )
    unnamed = f"{local_key(child, '')}/{kind or SealKind.ADDRESS}"
    key = f"seal:{reading.raw('record_id') or unnamed}"
    return Translated(replace(event, envelope=envelope), local_key(child, key), key, None)


def _opened(reading: Reading) -> InvolvementAction | None:
    return None if reading.raw("action") else InvolvementAction.OPENED


def _answer(reading: Reading, function: str) -> Envelope:
    """Envelope of a decision. Without an exchange it answers nobody by name; with a wrong one it is refused."""
    exchange = reading.exchange("exchange_id") if reading.raw("exchange_id") else None
    began_at = reading.moment_or_day("date", "envelope.occurred_at")
    at = reading.moment_or_day("decided_at", "envelope.occurred_at") or began_at
    return Envelope(occurred_at=at, in_reply_to=exchange, author_function=function, urgency=Urgency.SAME_DAY)


def _when(reading: Reading, day: date | None) -> datetime | None:
    """When it was decided: as the export says, else the beginning of the day of which the table speaks."""
    decided_at = reading.moment_or_day("decided_at", "envelope.occurred_at")
    return decided_at or (start_of(day) if day else None)


def _list(reading: Reading, column: str) -> tuple[str, ...] | None:
    """Items between semicolons."""
    text = reading.narrative(column, column) or ""
    return tuple(one_line(item) for item in re.split(r"[;\n]", text) if item.strip()) or None


def _finish(reading: Reading, event: Event, envelope: Envelope, child: Child, kind: str) -> Translation:
    reading.require("decided_at", "envelope.occurred_at", envelope.occurred_at)
    key = f"{kind}:{reading.raw('record_id')}"
    return event_or_refusal(reading, event, envelope, local_key(child, key), key, optional=_OPTIONAL)


def _as_of(values: Mapping[str, str], now: datetime) -> Mapping[str, str]:
    """The row as it holds now: a plan or an allocation that is to end later has not ended."""
    end = Reading(values).day("end_date", "end_date")
    ahead = end is not None and end > day_of(now)
    return {**values, "end_date": ""} if ahead else values


def _joined(values: Mapping[str, str], persons: Persons) -> Mapping[str, str]:
    """The row with the person's columns: its own where it has them, else those of the person table."""
    own = {column: text for column, text in values.items() if text.strip()}
    if any(column in own for column in PERSON_COLUMNS if column != "person_id"):
        return values
    person = persons(one_line(values.get("person_id", ""))) or {}
    return {**values, **person, **own}


_TABLES: Mapping[str, Callable[[Reading, Child], Translation]] = {
    "ssd_contacts": _contact,
    "ssd_cin_episodes": _referral,
    "ssd_cp_plans": _protection_plan,
    "ssd_cin_plans": _need_plan,
    "ssd_involvements": _allocation,
    "register": _involvement,
}
