"""A text that lapsed because its recipient's work had ended is asked about anew when that work goes on.

Left out: why a text lapses (`text_review`, `text_views`) and asking (`text_asking`). Rules: only for who was involved
anew, or whose involvement was confirmed, is asked; a grant asks for itself, and a seal that is lifted asks for nobody,
since whoever wrote the text would hear of it; the text may go now, to somebody who still has the rest of its event.
"""

from collections.abc import Collection

from sharing.calendar import local
from sharing.ids import SubjectId
from sharing.reconciliation.involved import open_involvements
from sharing.reconciliation.rules import TEXT_REVIEW
from streams.agents.absorption import Absorption
from streams.agents.text_asking import Unasked, ask, asked_before
from streams.agents.text_opening import looked_at
from streams.agents.text_queue import LAPSED, asked, events_of_tasks

Involved = tuple[str, str]
"""Organisation and function."""


def ask_again_of_batch(work: Absorption) -> None:
    """Ask anew for everybody who was involved, or confirmed, by an event of this batch."""
    events = {identity.hex() for identity in work.rows}
    for subject in [s for s in work.touched if _was_asked(work, SubjectId(s))]:
        opened = open_involvements(work.state(SubjectId(subject)), local(work.now).date())
        said = {(i.organisation, i.function) for i in opened if i.said is not None and i.said.event in events}
        ask_again(work, SubjectId(subject), said)


def ask_again(work: Absorption, subject: SubjectId, involved: Collection[Involved]) -> None:
    """Ask anew about the texts of a subject that lapsed and may go again.

    Args:
        work: The transaction's work; the subject is locked.
        subject: Whom they are about.
        involved: Who works with the child now, or still.
    """
    tasks = _was_asked(work, subject) if involved else ()
    for one in asked(work.tx, events_of_tasks(work.tx, tasks)) if tasks else ():
        if one.state != LAPSED or (one.text.organisation, one.text.function) not in involved:
            continue
        found = looked_at(work, one)
        if found is not None and found.may_go:
            exchange = bytes.fromhex(found.waiting.exchange)
            again = Unasked(found.stored.n, exchange, found.now.recipient, (one.text.path,))
            ask(work, found.stored, again, asked_before(work.tx, [found.stored]))


def _was_asked(work: Absorption, subject: SubjectId) -> set[str]:
    """Tasks by which somebody was told to read a text of a subject, and that are over. Hex ids of events."""
    return {q.event_id for q in work.state(subject).questions if q.rule == TEXT_REVIEW and not q.is_open}
