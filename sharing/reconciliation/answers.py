"""Is this event an answer, and does it hold what is owed? Reads the tables of `owed`, judges no content."""

from collections.abc import Iterable

from sharing.events import ContactDecided, ContactOutcome, Event, ReferralDecided
from sharing.reconciliation.clock_rule import ClockRule
from sharing.reconciliation.owed import CONTACT_OWED, REASON_OWED, REFERRAL_OWED


def answers(rule: ClockRule, event: Event) -> bool:
    """Whether an event of this kind stops the clock of `rule` at all, complete or not."""
    if isinstance(event, ContactDecided) and event.outcome is ContactOutcome.BECAME_REFERRAL:
        return False  # a contact that became a referral is a question still open
    return event.event_type in rule.stops_on


def missing_items(event: Event) -> tuple[str, ...]:
    """Names of the fields that the answer owes and does not hold, in the order of the tables; empty when complete."""
    if isinstance(event, ReferralDecided):
        if event.outcome is None:
            return ("outcome",)
        owed = (*REFERRAL_OWED[event.outcome], *REASON_OWED.get(event.reason_code or "", ()))
    elif isinstance(event, ContactDecided):
        if event.outcome is None:
            return ("outcome",)
        owed = CONTACT_OWED.get(event.outcome, ())
    else:
        return ()
    return tuple(_absent(event, owed))


def _absent(event: Event, names: Iterable[str]) -> Iterable[str]:
    for name in names:
        value = getattr(event, name)
        if not (value.strip() if isinstance(value, str) else any(item.strip() for item in value or ())):
            yield name
