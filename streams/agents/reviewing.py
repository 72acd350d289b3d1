"""A person settles whose record it is: what is open, what is shown, and what follows from the decision.

Left out: who may review (the rights of whoever runs the command) and what is asked (`sharing.identity.review`). Rules:
how fields compare is shown, never a value, nor a subject's number; one transaction under the locks of everybody whom it
concerns; a review is decided once; what waited is routed again, what left under less knowledge is taken back.

Two children whom a person kept apart may be asked about again when a further record could be either: a record is never
judged by what another record lacked.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from ledger.rows import Review, StoredEvent
from ledger.store import Transaction
from sharing.codec import decode
from sharing.errors import Rejected
from sharing.events import SealChanged
from sharing.identity import Decision, ReviewItem, decide, merge, review_item, to_bytes
from sharing.ids import SubjectId
from sharing.reconciliation import Step, SubjectState
from sharing.reconciliation.identity_waits import settled
from sharing.reconciliation.late import opened_again
from sharing.reconciliation.merging import merge_states
from sharing.reconciliation.rules import IDENTITY_REVIEW
from sharing.reconciliation.saying import World
from streams.agents.absorption import Absorption
from streams.agents.closing import finish
from streams.agents.levels import linkage_from
from streams.agents.recalls import WRONG_LINK, recall_earlier
from streams.agents.subjects import ALL
from streams.agents.text_again import ask_again
from streams.agents.views import BROKER_SAYS
from streams.broker import Broker

JOINED, APART = "joined", "apart"


@dataclass(frozen=True, slots=True)
class Asked:
    """One open question as a reviewer sees it.

    Attributes:
        number: By which it is decided. `event_type`: of the record in doubt. `sender`: slug of who sent it.
        item: Candidates by place, with words for each field; `due_by` is when a duty function is rung.
    """

    number: int
    event_type: str
    sender: str
    item: ReviewItem


@dataclass(frozen=True, slots=True)
class Settled:
    """What followed from a decision.

    Attributes:
        state: `joined` or `apart`. `routed`: exchanges that are on their way now. `recalled`: exchanges taken back.
    """

    state: str
    routed: int
    recalled: int


def open_reviews(broker: Broker) -> list[Asked]:
    """Everything that waits for a person, the most urgent first."""
    with broker.ledger.reading() as tx:
        asked = [_asked(broker, tx, review) for review in tx.reviews_open(ALL)]
    return sorted(asked, key=lambda a: (a.item.due_by, a.number))


def one_review(broker: Broker, number: int) -> Asked:
    """One open question.

    Raises:
        Rejected: `NO_SUCH_REVIEW` or `ALREADY_DECIDED`.
    """
    with broker.ledger.reading() as tx:
        return _asked(broker, tx, _open(tx, number))


def settle(broker: Broker, number: int, choice: int, by: str) -> Settled:
    """Carry out a person's decision.

    Args:
        broker: With its ledger.
        number: Of the review.
        choice: Place of a candidate, or `NONE_OF_THEM`.
        by: Function that decided; never a person's name.

    Raises:
        Rejected: `NO_SUCH_REVIEW`, `ALREADY_DECIDED` or `NO_SUCH_CANDIDATE`; nothing was changed.
        Retryable: the database is away; nothing was changed.
    """
    with broker.ledger.transaction() as tx:
        work = Absorption(broker, tx)
        review = _open(tx, number)
        work.subjects.read([review.subject, *review.candidates])
        decision = decide(_asked(broker, tx, review).item, choice)
        state = APART if decision.subject is None else JOINED
        if not tx.decide_review(number, state, by, work.now):
            raise _already(number)
        work.subjects.relate([])
        return _carry_out(work, review, decision, state)


def _carry_out(work: Absorption, review: Review, decision: Decision, state: str) -> Settled:
    provisional = work.subjects.root(review.subject)
    subject = provisional if decision.subject is None else work.subjects.root(decision.subject)
    events = work.tx.rows_of_subject(provisional)
    work.tx.move_head()
    if subject != provisional:
        _join(work, provisional, subject)
    else:
        work.keep(subject, Step(work.state(subject), register_moved=True, changed=True))
    recalled = _take_back(work, subject)
    _route_again(work, subject, events)
    rows = finish(work)
    if rows.events or rows.redecisions or rows.statements:
        work.tx.write(rows)
    return Settled(state, sum(len(r.exchanges) for r in rows.redecisions), recalled)


def _join(work: Absorption, provisional: SubjectId, subject: SubjectId) -> None:
    """Everything that was held about the one is held about the other, and its records lead there from now on."""
    merged = merge_states(work.state(subject), work.state(provisional))
    work.keep(provisional, Step(SubjectState(), register_moved=True, changed=True))
    work.states[subject] = replace(work.state(subject), late=merged.late)  # it was sworn to when it began to wait
    work.keep(subject, Step(merged, register_moved=True, changed=True))
    known = work.subjects.known
    if provisional in known and subject in known:
        known[subject] = merge(known[subject], known[provisional])
        work.tx.save_identity(subject, to_bytes(known[subject]))
    work.tx.join_subjects(provisional, subject)
    work.subjects.relate([provisional, subject])
    world = World(work.now, work.broker.directory, work.broker.calendars)
    work.keep(subject, opened_again(work.state(subject), "", world))
    ask_again(work, subject, {(i.organisation, i.function) for i in merged.involvements})


def _take_back(work: Absorption, subject: SubjectId) -> int:
    """Seals that the one had were not known of the other when earlier events left."""
    if not work.state(subject).seals:
        return 0
    recalls = list(recall_earlier(work, subject, WRONG_LINK))
    for said in recalls:
        work.say(subject, Step(work.state(subject), said=(said,)))
    return len(recalls)


def _route_again(work: Absorption, subject: SubjectId, events: list[StoredEvent]) -> None:
    for stored in events:
        work.say(subject, replace(settled(work.state(subject), stored.event_id.hex()), release_again=()))
        event = decode(work.tx.content(stored.n), work.broker.catalogue)
        if not event.event_type.startswith(BROKER_SAYS) and not isinstance(event, SealChanged):
            work.decide_again(subject, stored, event)
    work.say(subject, Step(work.state(subject)))


def _asked(broker: Broker, tx: Transaction, review: Review) -> Asked:
    stored = tx.row(review.event_n)
    if stored is None:
        raise Rejected("NO_SUCH_EVENT", "", f"review {review.id} is about an event that is not in the ledger")
    event = decode(tx.content(stored.n), broker.catalogue)
    linkage = linkage_from(review.waterfall, review.candidates)
    opened = stored.decided_at
    item = replace(review_item(stored.event_id.hex(), linkage, opened, opened), due_by=_due_by(broker, tx, stored))
    return Asked(review.id, event.event_type, event.envelope.organisation or "", item)


def _due_by(broker: Broker, tx: Transaction, stored: StoredEvent) -> datetime:
    """When a duty function is rung; where none waits (a referral never does), now."""
    work = Absorption(broker, tx)
    work.subjects.relate([stored.subject])
    waits = work.state(work.subjects.root(stored.subject)).awaiting
    found = [w.next_at for w in waits if (w.event_id, w.rule) == (stored.event_id.hex(), IDENTITY_REVIEW) and w.next_at]
    return min(found, default=stored.decided_at)


def _open(tx: Transaction, number: int) -> Review:
    review = tx.review(number)
    if review is None:
        raise Rejected("NO_SUCH_REVIEW", "id", f"there is no review {number}; see crosswalk review ls")
    if review.decided_at is not None:
        raise _already(number)
    return review


def _already(number: int) -> Rejected:
    return Rejected("ALREADY_DECIDED", "id", f"review {number} was decided before; a decision is not changed here")
