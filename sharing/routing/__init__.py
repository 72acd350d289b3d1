"""Who needs to know, as a table: event type -> the rules that name its recipients.

Left out: what of it each may see (`policy`), and what the broker itself says (its recipients are named where the reason
is, in `reconciliation`). Rules: by function, never by person; everybody named has a ground: an open involvement, a
question that is answered, or a duty in law. The sender is never its own recipient. An organisation that cannot be
reached is a gap, never silence. A referral goes to the front door, always and only; when the front door is closed the
emergency duty team has it too. Whose word does not count for an event sends it to nobody.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from sharing.calendar import Calendars, Duty, local
from sharing.directory import Directory
from sharing.events import Event, SealKind
from sharing.reconciliation.around import stand_ins
from sharing.reconciliation.parties import may_say
from sharing.reconciliation.saying import World
from sharing.reconciliation.state import SubjectState
from sharing.routing.grounds import Case
from sharing.routing.model import Gap, Ground, Need, Routing
from sharing.routing.table import REFERRAL, ROUTES
from sharing.vocabulary import SETTINGS, Recipient, RecipientKind

__all__ = ["ROUTES", "Gap", "Ground", "Need", "Routing", "recipients", "routes_as_markdown"]


def recipients(
    event: Event,
    state: SubjectState,
    directory: Directory,
    now: datetime,
    calendars: Calendars,
    *,
    event_id: str = "",
    sender: str = "",
) -> Routing:
    """Who needs to know of an event.

    Args:
        event: As its sender published it.
        state: What is held about the subject, the event already absorbed.
        directory: Who can be reached.
        now: Domain time, aware UTC.
        calendars: What counts as a day.
        event_id: Hex id; `""` takes the envelope's.
        sender: Slug of the organisation whose topic it came from; `""` takes the envelope's.

    Raises:
        Misconfigured: the directory has not exactly one local authority.
    """
    origin = sender or event.envelope.organisation or ""
    if not may_say(directory, origin, event.event_type):
        return Routing(refused="SENDER_MAY_NOT_SAY_THIS")
    night = calendars.on_duty(now) is Duty.EMERGENCY
    identity = event_id or event.envelope.event_id or ""
    case = Case(event, identity, origin, state, directory, night, local(now).date())
    needs: dict[Recipient, Need] = {}
    gaps: set[Gap] = set()
    for rule in ROUTES.get(event.event_type, ()):
        for found in rule(case):
            if isinstance(found, Gap):
                gaps.add(found)
            elif not _is_sender(found, case):
                needs.setdefault(found.recipient, found)
    for around in _around(needs, case, calendars, now):
        needs.setdefault(around.recipient, around)
    return Routing(tuple(needs[r] for r in sorted(needs)), _wait(case), tuple(sorted(gaps)))


def _is_sender(need: Need, case: Case) -> bool:
    """A sender is not told its own words, save a referral, which nothing stops.

    Its emergency duty team is told: at night it is another team, in another place.
    """
    if need.recipient.organisation != case.sender:
        return False
    if case.event.event_type == REFERRAL:
        return False
    elsewhere = need.recipient.kind is RecipientKind.EMERGENCY_DUTY
    return not (elsewhere and case.event.envelope.author_function != need.recipient.function)


def _around(needs: Iterable[Recipient], case: Case, calendars: Calendars, now: datetime) -> Iterator[Need]:
    """Who acts for a setting that must not know of a child: a permit of their own says what they may see of it."""
    sealed = any(seal.kind is SealKind.PERPETRATOR_CHANNEL for seal in case.state.seals)
    if sealed and any(recipient.kind in SETTINGS for recipient in needs):
        for recipient in stand_ins(World(now, case.directory, calendars)):
            yield Need(recipient, Ground.STATUTORY, "around_setting")


def _wait(case: Case) -> str | None:
    """Which clock still holds back a recipient of this event."""
    return next((a.rule for a in case.state.awaiting if a.event_id == case.event_id and not a.settled), None)


def routes_as_markdown() -> str:
    """The table of routes with each rule's own sentence, for the documents."""
    lines = ["| event | who needs to know |", "| --- | --- |"]
    for event_type, rules in ROUTES.items():
        said = " ".join((rule.__doc__ or "").strip() for rule in rules)
        lines.append(f"| {event_type} | {said or 'nobody: it moves a register or answers the broker'} |")
    return "\n".join(lines) + "\n"
