"""What is known about one child and one recipient when a decision is made: named guards, each true, false or unknown.

Left out: where facts come from (registers, kept by events; the caller reads them now, at release, not at event time).
Rules:
1. A fact that nobody stated is unknown. Unknown never opens a permit and always closes a seal.
2. Facts are one number, two bits a guard, so that a decision can be looked up and the ledger can keep it.
3. The order of `Guard` is that of the bits: new guards go to the end, none is ever taken out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from sharing.events import (
    AppointmentMissed,
    DisclosureRecorded,
    EarlyHelpAssessmentChanged,
    EnquiryChanged,
    Event,
    InjuryConcernRaised,
    Marking,
    PlanChanged,
    PlanKind,
    PregnancyConcernRaised,
    ProtectionNoticeSubmitted,
    RegistrationChanged,
    RegistrationKind,
    RollChanged,
    StrategyConcluded,
    StrategyConvened,
    UnscheduledAttended,
)
from sharing.events.early_help import EarlyHelpAction
from sharing.events.school import RollAction


class Guard(StrEnum):
    """Every fact that a permit or a seal may ask for. What each means stands in agreements/vocabulary.yaml."""

    OPEN_INVOLVEMENT = "open_involvement"
    OPEN_REFERRAL = "open_referral"
    OPEN_PLAN = "open_plan"
    ADDRESS_SEALED = "address_sealed"
    S_FLAG = "s_flag"
    PERPETRATOR_CHANNEL = "perpetrator_channel"
    ADOPTION = "adoption"
    IDENTITY_SETTLED = "identity_settled"
    NO_PARENT_CONTACT = "no_parent_contact"
    RECIPIENT_IS_ASKER = "recipient_is_asker"
    RECIPIENT_IS_HOLDER_OF_SEAL = "recipient_is_holder_of_seal"
    NIGHT_DUTY = "night_duty"
    STANDS_IN = "stands_in"
    STATUTORY_PLAN = "statutory_plan"
    ORDINARY_REGISTRATION = "ordinary_registration"
    CLINICIAN_CONCERN = "clinician_concern"
    RESTRICTION_IN_FORCE = "restriction_in_force"
    S47_OPEN = "s47_open"
    POLICE_PROTECTION_IN_FORCE = "police_protection_in_force"
    CHILD_MISSING = "child_missing"
    CORE_GROUP_MEMBER = "core_group_member"
    NAMED_OFFICER_GRANT = "named_officer_grant"
    COMPETENT_MINOR_OBJECTS = "competent_minor_objects"
    SERIOUS_HARM_SET = "serious_harm_set"
    SENDER_NAMES_RECIPIENT = "sender_names_recipient"
    LIVE_INVESTIGATION = "live_investigation"
    HANDLING_CODE_C = "handling_code_c"
    SIBLING_ON_OWN_ROLL = "sibling_on_own_roll"
    MISSING_EDUCATION = "missing_education"
    CRIME_SUSPECTED = "crime_suspected"
    REQUESTER_IDENTIFIED = "requester_identified"
    PARENTAL_RESPONSIBILITY_ESTABLISHED = "parental_responsibility_established"
    COURT_ORDERS_ALLOW = "court_orders_allow"
    COMPETENT_CHILD_AGREES = "competent_child_agrees"
    HARM_TEST_PASSED = "harm_test_passed"
    COHORT_LARGE_ENOUGH = "cohort_large_enough"


class Polarity(StrEnum):
    """Which way a guard works: a permit guard opens when true, a seal guard closes unless false."""

    PERMIT = "permit"
    SEAL = "seal"


_FALSE, _TRUE = 1, 2
_SHIFT = {guard: 2 * place for place, guard in enumerate(Guard)}
_VALUES = {_FALSE: False, _TRUE: True}  # anything else is unknown
_BITS = {guard: {None: 0, False: _FALSE << shift, True: _TRUE << shift} for guard, shift in _SHIFT.items()}


@dataclass(frozen=True, slots=True)
class Facts(Mapping[Guard, bool | None]):
    """Guard to True, False or None (unknown); a mapping over every guard.

    Attributes:
        vector: The same as one number, two bits a guard in the order of `Guard`: 0 unknown, 1 false, 2 true.
    """

    vector: int = 0

    @classmethod
    def of(cls, stated: Mapping[Guard, bool | None]) -> "Facts":
        """Facts from what is known; a guard that is not stated is unknown."""
        return cls(sum(_BITS[guard][value] for guard, value in stated.items()))

    def __getitem__(self, guard: Guard) -> bool | None:
        return _VALUES.get(self.vector >> _SHIFT[guard] & 3)

    def __iter__(self) -> Iterator[Guard]:
        return iter(Guard)

    def __len__(self) -> int:
        return len(Guard)


def place_of(guard: Guard) -> int:
    """Where the two bits of a guard stand in a vector: by how much it is shifted to the right."""
    return _SHIFT[guard]


def mask_of(guards: frozenset[Guard]) -> int:
    """The bits of a vector that belong to these guards."""
    return sum(3 << _SHIFT[guard] for guard in guards)


@cache
def _marked(markings: tuple[Marking, ...] | None) -> dict[Guard, bool | None]:
    found: dict[Guard, bool | None] = {}
    if markings and Marking.S_FLAG in markings:
        found[Guard.S_FLAG] = True
    if markings and Marking.NO_PARENT_CONTACT in markings:
        found[Guard.NO_PARENT_CONTACT] = True
    if markings and Marking.GILLICK_OBJECTS in markings:
        found[Guard.COMPETENT_MINOR_OBJECTS] = True
    if markings and Marking.CRIME_UNDER_INVESTIGATION in markings:
        found[Guard.LIVE_INVESTIGATION] = True
    return found


_STATUTORY = (PlanKind.CHILD_PROTECTION, PlanKind.LOOKED_AFTER, PlanKind.UNBORN_CHILD_PROTECTION)


def said_by(event: Event) -> dict[Guard, bool | None]:
    """The facts that an event itself states; to be laid over what the registers say.

    A marking can only add a restriction here: an event without it says nothing about it.

    Returns:
        Only the guards that this event answers, as in `Facts.of({**registers, **said_by(event)})`.
    """
    disclosed = _disclosed(event) if isinstance(event, DisclosureRecorded) else {}
    return {**disclosed, **_plainly(event), **_opened(event), **_marked(event.envelope.markings)}


def _plainly(event: Event) -> dict[Guard, bool | None]:
    """What stands in one field of the event."""
    match event:
        case PlanChanged() if event.kind is not None:
            return {Guard.STATUTORY_PLAN: event.kind in _STATUTORY}
        case RegistrationChanged() if event.kind is not None:
            plain = event.kind is not RegistrationKind.SENSITIVITY and event.sensitive is None
            return {Guard.ORDINARY_REGISTRATION: plain}
        case UnscheduledAttended() | AppointmentMissed():
            return {Guard.CLINICIAN_CONCERN: event.clinician_concern is True}
        case ProtectionNoticeSubmitted():
            return {Guard.HANDLING_CODE_C: _HANDLING.get((event.handling_code or "").strip().upper())}
        case InjuryConcernRaised():
            return {Guard.CRIME_SUSPECTED: event.crime_suspected is True}
        case _:
            return {}


_HANDLING = {"P": False, "C": True}
"""Handling codes of police intelligence; any other word is not known."""


def _disclosed(event: DisclosureRecorded) -> dict[Guard, bool | None]:
    """A young patient's disclosure. Serious harm is set by a clinician's recorded judgement; under 13 by statute."""
    objects = event.young_person_objects if event.competent is not False else False
    judged = bool(event.judged_by_function and event.refer_reason)
    return {
        Guard.COMPETENT_MINOR_OBJECTS: objects,
        Guard.SERIOUS_HARM_SET: event.under_13 is True or judged,
        Guard.CRIME_SUSPECTED: event.crime_suspected is True,
    }


def _opened(event: Event) -> dict[Guard, bool | None]:
    """What an event opens for itself alone: the end of an enquiry is told to who took part in it."""
    match event:
        case StrategyConvened() | StrategyConcluded() | EnquiryChanged():
            return {Guard.S47_OPEN: True}
        case PregnancyConcernRaised():  # its child is the unborn, and the mother's refusal is no veto
            return {Guard.COMPETENT_MINOR_OBJECTS: False}
        case EarlyHelpAssessmentChanged() if _passed_on(event):
            return {Guard.SENDER_NAMES_RECIPIENT: True}
        case RollChanged() if _on_no_roll(event):
            return {Guard.MISSING_EDUCATION: True}
        case _:
            return {}


def _passed_on(event: EarlyHelpAssessmentChanged) -> bool:
    """Passed to social care, or declined while the concern goes on: that goes to social care and not to silence."""
    declined = event.action in (EarlyHelpAction.DECLINED_BY_FAMILY, EarlyHelpAction.UNSUITABLE)
    return event.passed_to_social_care is True or (declined and event.concern_goes_on is True)


def _on_no_roll(event: RollChanged) -> bool:
    off = event.action in (RollAction.HOME_EDUCATION, RollAction.MISSING_EDUCATION)
    return off or (event.action is RollAction.LEFT and event.destination_known is False)
