"""What the rules of routing stand on: the case they look at, and the few ways in which somebody is found.

Left out: the rules (`rules`) and which event asks which (`table`).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from sharing.directory import Directory, Organisation
from sharing.events import CoverageKind, Event, RiskGrade, Urgency
from sharing.reconciliation.involved import involvements_for
from sharing.reconciliation.parties import first_function, only_one, recipient_for
from sharing.reconciliation.state import SubjectState
from sharing.routing.model import Gap, Ground, Need
from sharing.vocabulary import OrganisationKind, Recipient, RecipientKind


@dataclass(frozen=True, slots=True)
class Case:
    """What a rule looks at. `night`: the emergency duty team is on; `today`: the local date."""

    event: Event
    event_id: str
    sender: str
    state: SubjectState
    directory: Directory
    night: bool
    today: date

    @property
    def authority(self) -> Organisation:
        """The local authority.

        Raises:
            Misconfigured: the directory has not exactly one.
        """
        return self.directory.the(OrganisationKind.LOCAL_AUTHORITY)

    @property
    def immediate(self) -> bool:
        """Whether it cannot wait for the morning."""
        grave = getattr(self.event, "risk_grade", None) is RiskGrade.HIGH
        return grave or self.event.envelope.urgency is Urgency.IMMEDIATE


Found = Iterator[Need | Gap]
Rule = Callable[[Case], Found]


def duty(case: Case, function: str) -> Need:
    """A function of the authority, which by law must be reachable."""
    return Need(recipient_for(case.authority, function), Ground.STATUTORY, function)


def the_function(case: Case, kind: OrganisationKind, function: str, rule: str) -> Found:
    """A function of the one organisation of a kind; the gap where there is none."""
    found = only_one(case.directory, kind)
    if found is None:
        yield Gap(f"kind:{kind}", CoverageKind.NOT_ENROLLED)
    else:
        yield Need(recipient_for(found, first_function(found, (function,))), Ground.STATUTORY, rule)


def involved(case: Case, kinds: frozenset[RecipientKind], rule: str) -> Found:
    """Every open involvement of these kinds to which the event belongs, or the gap where it cannot be reached."""
    for involvement in involvements_for(case.state, case.today, case.event):
        if involvement.kind in kinds:
            recipient = Recipient(involvement.organisation, involvement.function, involvement.kind)
            yield from reached(case, recipient, Ground.INVOLVEMENT, rule)


def reached(case: Case, recipient: Recipient, ground: Ground, rule: str, answers: str = "") -> Found:
    """A recipient, or the gap where its organisation is not enrolled."""
    found = case.directory.get(recipient.organisation)
    if found is None or not found.enrolled:
        yield Gap(recipient.organisation, CoverageKind.NOT_ENROLLED)
    else:
        yield Need(recipient, ground, rule, answers)


def is_under_five(case: Case) -> bool:
    """Under five, or not yet born; an age that nobody knows is not guessed."""
    child = case.event.child
    if child.birth_date is None:
        return child.expected_birth_date is not None
    fifth = (child.birth_date.month, child.birth_date.day)
    years = case.today.year - child.birth_date.year - ((case.today.month, case.today.day) < fifth)
    return years < 5  # noqa: PLR2004 - the health visiting service serves children under five
