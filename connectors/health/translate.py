"""A trust's ADT messages to events, for children of concern only.

Rules: whoever is not flagged here, and about whom no clinician recorded a concern, is dropped before anything is made
of the message. Clinical content, sexual orientation (ZU8-1), mother's maiden name, former names and next of kin never
leave; of a diagnosis only its class does. A national S-flag (ZU8-4 = 2) leaves address, telephone and practice
unread, not merely blank; so does a code that nobody knows; local hiding leaves address and telephone unread. Pure.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from connectors.health.records import (
    EMERGENCY_ADMISSION,
    EMERGENCY_CLASS,
    LEFT_BEFORE_SEEN,
    LOCALLY_HIDDEN,
    NO_RESULT,
    NOT_SHIELDED,
    RELATIONS,
    S_FLAG,
    SAFEGUARDING_CODES,
    SAYS_NO,
    Adt,
    component_of,
    parse,
    reason_class,
)
from connectors.native.children import local_key, opaque
from connectors.native.moments import day_of, hl7_date, hl7_moment
from connectors.native.outcome import event_or_refusal
from connectors.native.reading import Reading
from connectors.native.text import MAX_SHORT
from connectors.ports import Dropped, Message, Refused, Translated, Translation
from sharing.events import (
    AttendanceSetting,
    Child,
    Envelope,
    Event,
    Marking,
    RegistrationChanged,
    RegistrationKind,
    UnscheduledAttended,
    Urgency,
)
from sharing.identity import identifiers

Flagged = Callable[[Child], bool]
"""Whether this trust was told that a plan exists for the child."""

ADULT_YEARS = 18
_EMPTY = Envelope()
_NOBODY = Dropped("NO_CHILD_OF_CONCERN", "no flag is held for this person and no clinician recorded a concern")
_PLANNED = Dropped("NOT_UNSCHEDULED", "neither an emergency attendance nor a change of registration")


@dataclass(frozen=True, slots=True, repr=False)
class _Seen:
    """A message with the child in it."""

    adt: Adt
    reading: Reading
    child: Child
    concern: bool
    sensitive: bool
    version: str | None


def message(record: Message, now: datetime, flagged: Flagged, callback: str | None) -> Sequence[Translation]:
    """What one message becomes."""
    adt = parse(record.raw)
    if isinstance(adt, Refused):
        return (adt,)
    reading = Reading(_values(adt))
    restrictions = adt.restrictions() - NOT_SHIELDED
    sensitive = S_FLAG in restrictions
    child = _child(reading, now, restrictions)
    concern = _concern(adt) and not _is_adult(child.birth_date, day_of(now))
    if not (concern or flagged(child)):
        return (_NOBODY,)
    reading.require_child("PID-5", child)
    version = reading.raw("MSH-10")[:MAX_SHORT] or None
    seen = _Seen(adt, reading, child, concern, sensitive, version)
    return _registration(seen) if adt.trigger == "A08" else _attendance(seen, callback)


def _attendance(seen: _Seen, callback: str | None) -> Sequence[Translation]:
    reading = seen.reading
    emergency = reading.raw("PV1-2").upper() == EMERGENCY_CLASS or reading.raw("PV1-4") == EMERGENCY_ADMISSION
    if not emergency:
        return (_PLANNED,)
    attended_at = _moment(reading, "PV1-44", "attended_at") or _moment(reading, "EVN-2", "envelope.occurred_at")
    reading.require("PV1-44", "attended_at", attended_at)
    event = UnscheduledAttended(
        envelope=_EMPTY,
        child=seen.child,
        setting=_setting(seen),
        site=reading.short("PV1-3.4", "site") or reading.short("MSH-4", "site"),
        attended_at=attended_at,
        accompanied_by=_accompanied(seen.adt),
        left_before_seen=_left(reading),
        reason_class=reason_class(reading.raw("DG1-3")),
        clinician_concern=seen.concern,
        callback=callback,
    )
    local = local_key(seen.child, reading.raw("MSH-10"))
    visit = reading.raw("PV1-19")[:MAX_SHORT] or opaque(f"{local}/{attended_at}")
    envelope = _envelope(seen, attended_at, "emergency_department", Urgency.IMMEDIATE)
    return (_versioned(event_or_refusal(reading, event, envelope, local, f"visit:{visit}"), seen.version),)


def _registration(seen: _Seen) -> Sequence[Translation]:
    kinds = _changes(seen)
    if not kinds:
        return (_PLANNED,)
    reading = seen.reading
    local = local_key(seen.child, reading.raw("MSH-10"))
    # An update repeats everything and does not say what differs. Without a time and version of its own, the spool sees
    # whether it is news.
    envelope = _envelope(seen, None, "emergency_department", Urgency.SAME_DAY)
    return tuple(
        event_or_refusal(reading, _registered(seen, kind), envelope, local, f"registration:{kind}:{opaque(local)}")
        for kind in kinds
    )


def _registered(seen: _Seen, kind: RegistrationKind) -> RegistrationChanged:
    return RegistrationChanged(
        envelope=_EMPTY,
        child=seen.child,
        kind=kind,
        gp_practice=seen.child.gp_practice,
        sensitive=True if seen.sensitive else None,
    )


def _changes(seen: _Seen) -> Sequence[RegistrationKind]:
    """What an update says of the registration. It names no difference, so each thing that stands there is told."""
    kinds = []
    if seen.sensitive:
        kinds.append(RegistrationKind.SENSITIVITY)
    if seen.child.gp_practice:
        kinds.append(RegistrationKind.GP_PRACTICE)
    if seen.reading.raw("PID-30").upper() == "Y":
        kinds.append(RegistrationKind.DEATH)
    return kinds


def _child(reading: Reading, now: datetime, restrictions: frozenset[str]) -> Child:
    """The person of the message. What a shield hides is not read at all, so that no mark of a fault can show it."""
    shielded = bool(restrictions)
    practice_too = not restrictions <= {LOCALLY_HIDDEN}
    born = hl7_date(reading.raw("PID-7"))
    if reading.raw("PID-7") and (born is None or born > day_of(now)):
        reading.fault("BAD_DATE", "PID-7", "child.birth_date", "expected yyyymmdd, not in the future")
        born = None
    return Child(
        surname=reading.short("PID-5.1", "child.surname"),
        forename=reading.short("PID-5.2", "child.forename"),
        birth_date=born,
        sex=reading.sex("PID-8"),
        nhs_number=reading.nhs_number("PID-3/NHS"),
        local_id=reading.short("PID-3", "child.local_id"),
        address_line=None if shielded else reading.short("PID-11", "child.address_line"),
        postcode=None if shielded else reading.postcode("PID-11.5"),
        telephone=None if shielded else reading.short("PID-13", "child.telephone"),
        gp_practice=None if practice_too else reading.short("PD1-3", "child.gp_practice"),
    )


def _values(adt: Adt) -> dict[str, str]:
    """The fields that are read, by their HL7 names."""
    plain = {
        f"{segment}-{field}": adt.text(segment, field)
        for segment, field in (
            ("MSH", 4), ("MSH", 10), ("EVN", 2), ("PID", 7), ("PID", 8), ("PID", 13), ("PID", 30),
            ("PV1", 2), ("PV1", 4), ("PV1", 19), ("PV1", 36), ("PV1", 44), ("DG1", 3),
        )
    }  # fmt: skip
    numbers = [(component_of(cx, 1), component_of(cx, 4), component_of(cx, 5)) for cx in adt.repeats("PID", 3)]
    nhs = [n for n, by, kind in numbers if by == "NHS" or kind in {"NHS", "NH"}]
    name = _best(adt.repeats("PID", 5), 7, ("L", "", "D"))
    home = _best(adt.repeats("PID", 11), 7, ("H", ""))
    return {
        **plain,
        "PV1-3.4": adt.text("PV1", 3, 4),
        "PD1-3": adt.text("PD1", 3, 3),
        "PID-3/NHS": next(filter(identifiers.nhs_number, nhs), next(iter(nhs), "")),
        "PID-3": next((n for n, by, kind in numbers if by != "NHS" and kind not in {"NHS", "NH"}), ""),
        "PID-5.1": component_of(name, 1),
        "PID-5.2": component_of(name, 2),
        "PID-11": ", ".join(part for part in (component_of(home, n) for n in range(1, 5)) if part),
        "PID-11.5": component_of(home, 5),
    }


def _best(repeats: Sequence[str], component: int, kinds: Sequence[str]) -> str:
    """The repetition of the first kind that is there; never a former or adopted name, nor a temporary address."""
    for kind in kinds:
        for repeat in repeats:
            if component_of(repeat, component).upper() == kind:
                return repeat
    return ""


def _concern(adt: Adt) -> bool:
    """Whether a clinician coded a safeguarding concern as an observation or a diagnosis."""
    told = [at for at in range(adt.count("OBX")) if _is_said(adt, at)]
    codes = {adt.text("OBX", field, at=at) for at in told for field in (3, 5)}
    codes |= {adt.text("DG1", 3, at=at) for at in range(adt.count("DG1"))}
    return not SAFEGUARDING_CODES.isdisjoint(codes)


def _is_said(adt: Adt, at: int) -> bool:
    """Whether an observation says yes: not one that was answered with no, withdrawn or never made."""
    answer, status = adt.text("OBX", 5, at=at), adt.text("OBX", 11, at=at)
    return answer.upper() not in SAYS_NO and status.upper() not in NO_RESULT


def _is_adult(born: date | None, today: date) -> bool:
    if born is None:
        return False
    return (today.year - born.year) - ((today.month, today.day) < (born.month, born.day)) >= ADULT_YEARS


def _setting(seen: _Seen) -> AttendanceSetting:
    inpatient = seen.reading.raw("PV1-2").upper() == "I"
    return AttendanceSetting.ADMITTED if inpatient else AttendanceSetting.EMERGENCY_DEPARTMENT


def _left(reading: Reading) -> bool | None:
    """Whether the child left before being seen; None while the visit goes on."""
    disposal = reading.raw("PV1-36")
    return disposal in LEFT_BEFORE_SEEN if disposal else None


def _accompanied(adt: Adt) -> str | None:
    """Relation of the contact who is marked as having come with the child. A next of kin is not by that a companion."""
    for at in range(adt.count("NK1")):
        if adt.text("NK1", 7, at=at).casefold().startswith("accompan"):
            return RELATIONS.get(adt.text("NK1", 3, at=at), "other")
    return None


def _moment(reading: Reading, column: str, path: str) -> datetime | None:
    text = reading.raw(column)
    found = hl7_moment(text)
    if text and found is None:
        reading.fault("BAD_TIME", column, path, "expected yyyymmddhhmm")
    return found


def _envelope(seen: _Seen, occurred_at: datetime | None, function: str, urgency: Urgency) -> Envelope:
    return Envelope(
        occurred_at=occurred_at,
        author_function=function,
        urgency=urgency,
        markings=(Marking.S_FLAG,) if seen.sensitive else None,
    )


def _versioned(outcome: Translation, version: str | None) -> Translation:
    """A message's own id is its version: it again is the same event, the next one of the visit is a new event."""
    if not isinstance(outcome, Translated):
        return outcome
    event: Event = outcome.event
    return Translated(event, outcome.local_child, outcome.native_key, version)
