"""The broker says something of its own about a known child, to everybody whom the partnership's directory names."""

from dataclasses import replace

from sharing.events import Event
from sharing.ids import EventId, SubjectId
from sharing.reconciliation import Said, Step
from sharing.reconciliation.parties import recipient_for
from sharing.vocabulary import Recipient
from streams.agents.absorption import Absorption
from streams.agents.closing import views, write
from tests.streams.corridor import Corridor


def everybody(corridor: Corridor) -> tuple[Recipient, ...]:
    """Every function of every enrolled organisation."""
    known = corridor.broker.directory.organisations.values()
    reached = [o for o in known if o.enrolled and o.kind != "broker"]
    return tuple(recipient_for(o, name) for o in reached for name in o.functions)


def broker_says(corridor: Corridor, event: Event, about: Event, to: tuple[Recipient, ...] = ()) -> Event:
    """Let the broker say an event about the child of `about`; gives it as it was said, with its id."""
    bare = replace(event, envelope=replace(event.envelope, event_id=None, organisation=None, agency=None))
    with corridor.ledger.transaction() as tx:
        work = Absorption(corridor.broker, tx)
        subject = SubjectId(tx.find(EventId(bytes.fromhex(about.envelope.event_id))).subject)
        work.subjects.read([subject])
        said = Said(bare, to or everybody(corridor), f"said-{event.event_type}-{corridor._count}")
        work.say(subject, Step(work.state(subject), said=(said,)))
        (first, *_) = work.rows.values()
        write(work)
    corridor.handover.put(views(work, corridor.handover.wanted))
    return first.event
