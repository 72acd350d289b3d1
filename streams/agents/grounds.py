"""Grounds to know that end without a register moving, that grew old, or that came later.

An open referral lets the front door see a sealed address, and who asks or is asked is involved while the question is
open. When it closes, what was decided on that ground must be looked at again, as if a register had moved. An
involvement that nobody confirmed for too long names no recipient: the matter goes where it would go without it.
"""

from collections.abc import Iterable
from datetime import datetime

from sharing.events import Event
from sharing.facts import Situation
from sharing.facts.situation import MaxAges
from sharing.ids import EventId
from sharing.policy import Agreements, Guard
from sharing.reconciliation.involved import fresh, has_open_referral, is_let_go
from sharing.reconciliation.state import SubjectState
from sharing.release import Exchange, prepare
from sharing.routing import Ground, Need, Routing
from sharing.vocabulary import Outcome, Recipient


def fewer_grounds(before: SubjectState, after: SubjectState) -> bool:
    """Whether somebody had a ground to know before that is gone after."""
    if has_open_referral(before) and not has_open_referral(after):
        return True
    return bool(_sides(before) - _sides(after))


def _sides(state: SubjectState) -> set[str]:
    asked = [q for q in state.questions if q.is_open]
    return {q.owner.organisation for q in asked} | {q.asker.organisation for q in asked if q.asker is not None}


def fresh_of(state: SubjectState, ages: MaxAges, now: datetime) -> SubjectState:
    """The subject's state for who looks for recipients: without those whom nobody confirmed for too long."""
    return fresh(state, now, ages.get(Guard.OPEN_INVOLVEMENT), ages.get(Guard.OPEN_PLAN))


def came_later(state: SubjectState, need: Need, decided_at: datetime, event_id: str) -> bool:
    """Whether somebody became involved only after an event was decided: what was before is not told anew.

    What was held for them, because it came after their earlier episode was closed, is.
    """
    if need.ground is not Ground.INVOLVEMENT or is_let_go(state, event_id, need.recipient):
        return False
    mine = (need.recipient.organisation, need.recipient.function, None)
    opened = [i.opened_at for i in state.involvements if (i.organisation, i.function, i.until) == mine]
    return bool(opened) and all(at is not None and at > decided_at for at in opened)


def missed_by(routing: Routing, as_it_was: Routing) -> tuple[Recipient, ...]:
    """Who would have got an event by an involvement that is closed now, and does not get it."""
    now = set(routing.recipients)
    return tuple(n.recipient for n in as_it_was.needs if n.ground is Ground.INVOLVEMENT and n.recipient not in now)


def meant_for(
    event: Event, hexed: str, to: Iterable[Recipient], situation: Situation, agreements: Agreements, key: bytes
) -> list[Exchange]:
    """The exchanges by which these would have an event in a situation; none for whom the agreements refuse it."""
    made = prepare(event, EventId(bytes.fromhex(hexed)), to, situation, agreements, key)
    return [one for one in made if one.decision.outcome is not Outcome.SUPPRESS]
