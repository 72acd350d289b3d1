"""Rules for those whom the law or the event itself names: police in an enquiry, who can change a decision.

Left out: the everyday rules (`rules`). Each is one sentence, as there; none permits anything.
"""

from sharing.routing.grounds import Case, Found, duty, the_function
from sharing.routing.rules import involved_settings, open_askers
from sharing.vocabulary import OrganisationKind


def police(case: Case) -> Found:
    """The force's public protection unit, by statute."""
    yield from the_function(case, OrganisationKind.FORCE, "force_duty", "police")


def police_if_crime(case: Case) -> Found:
    """The force's public protection unit, where whoever tells of it suspects a crime."""
    if getattr(case.event, "crime_suspected", None) is True:
        yield from police(case)


def consultation_line(case: Case) -> Found:
    """The front door, which advises; a question without a name wakes nobody at night."""
    yield duty(case, "front_door")


def opposite_side(case: Case) -> Found:
    """Who can change a decision: the front door's manager; where social care disagrees, who asked and the settings."""
    if case.sender == case.authority.slug:
        yield from open_askers(case)
        yield from involved_settings(case)
    else:
        yield duty(case, "front_door_manager")


def figures(case: Case) -> Found:
    """The partnership's analysts, where the authority has such a function."""
    if "statistics" in case.authority.functions:
        yield duty(case, "statistics")
