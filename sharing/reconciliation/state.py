"""What the broker holds about one subject while something is open: the state that every step takes and gives back.

It is data, never a live handle: a step is `(state, event, ...) -> Step`. Kept encrypted under the child's key by the
ledger. Left out: names and identifiers (`identity` keeps those apart) and everything that an event said beyond these
registers. Rules: registers are kept by events and each entry names its source event; nothing here is a score.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from sharing.events import Event, PlanKind, SealKind
from sharing.reconciliation.standing import Grant, Late, Measure, Source, Wish
from sharing.vocabulary import Recipient, RecipientKind


@dataclass(frozen=True, slots=True)
class Involvement:
    """A function of an organisation is involved with the child, and therefore may need to know.

    Attributes:
        since: First day. `until`: the day from which it is over, None while it is open.
        source_event: Hex id of the event that opened it. `said`: the last event that confirmed it, or closed it.
        opened_at: When the broker learned of it.
    """

    organisation: str
    function: str
    kind: RecipientKind
    since: date
    until: date | None
    source_event: str
    said: Source | None = None
    opened_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Seal:
    """Something about the child is sealed since `set_at`, until its holder lifts it; `said`: the event that set it."""

    kind: SealKind
    set_at: datetime
    holder_organisation: str
    holder_function: str
    source_event: str
    said: Source | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan is open for the child.

    Attributes:
        team, duty_phone: Whom to call.
        source_event: Hex id of the event that started it. `said`: the last event that confirmed it.
    """

    kind: PlanKind
    organisation: str
    started: date | None
    team: str
    duty_phone: str
    source_event: str
    said: Source | None = None


class QuestionState(StrEnum):
    """Where a question stands. Only ANSWERED and CLOSED stop its clock."""

    OPEN = "open"
    ANSWER_INCOMPLETE = "answer_incomplete"
    OVERDUE = "overdue"
    ANSWERED = "answered"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Question:
    """Something was said that must be answered: a referral, a notice, a task. The core object of the broker.

    Attributes:
        rule: Name of the clock's rule (`reconciliation.rules`).
        event_id: Hex id of the event that asks. `event_type`: its type.
        asker: Who asked and is told what becomes of it; None when the broker itself asks.
        owner: Who must answer. `exchange_id`: hex id of the exchange that put the question to the owner.
        started_at: Start of the clock. `due_by`: when it ends. Both UTC.
        next_at: When the clock next needs a look (due, next stage, grace), None when it never does again.
        stage: Stage of escalation reached, 0 before the first.
        also_asked: Hex ids of the exchanges of the same event to other functions of the owner's organisation (the
            emergency duty team at night): their answer counts as the owner's.
        about: Hex id of the exchange whose answer this question watches (a task to complete it), or "".
        answer_event: Hex id of the last event taken as an answer, complete or not, or "".
    """

    rule: str
    event_id: str
    event_type: str
    asker: Recipient | None
    owner: Recipient
    exchange_id: str
    started_at: datetime
    due_by: datetime
    next_at: datetime | None
    state: QuestionState = QuestionState.OPEN
    stage: int = 0
    also_asked: tuple[str, ...] = ()
    about: str = ""
    answer_event: str = ""

    @property
    def is_open(self) -> bool:
        """Whether an answer is still owed."""
        return self.state not in (QuestionState.ANSWERED, QuestionState.CLOSED)

    @property
    def exchanges(self) -> tuple[str, ...]:
        """Every exchange whose answer counts."""
        return (self.exchange_id, *self.also_asked)


@dataclass(frozen=True, slots=True)
class Awaiting:
    """An event that waits for one of its recipients, or for a settled identity.

    The rolls say where the child is registered, or a person says whose record it is. It stays when the wait is over:
    the same event must always find the same recipients.

    Attributes:
        event_id: Hex id of the event that waits. `event_type`: its type.
        sought_exchange: Hex id of the exchange that put the question to the rolls, "" until it is routed.
        asker: Who sent the event, and is called when nobody answers.
        next_at: When somebody must be called if no answer came, None when never again.
        rule: Name of the clock's rule. `called`: whether somebody was called.
        setting: Slug of the setting that was found, `urn:...` of one that the directory does not know, "" until found.
        answer: What the rolls last answered, "" for nothing yet. `settled`: the wait is over.
        said: The event by which the setting is known, None until then.
    """

    event_id: str
    event_type: str
    sought_exchange: str
    since: datetime
    next_at: datetime | None
    asker: Recipient | None = None
    rule: str = "setting-found"
    called: bool = False
    setting: str = ""
    answer: str = ""
    settled: bool = False
    said: Source | None = None


@dataclass(frozen=True, slots=True)
class SubjectState:
    """Everything the broker holds about one subject beyond its identity."""

    involvements: tuple[Involvement, ...] = ()
    seals: tuple[Seal, ...] = ()
    plans: tuple[Plan, ...] = ()
    questions: tuple[Question, ...] = ()
    awaiting: tuple[Awaiting, ...] = ()
    measures: tuple[Measure, ...] = ()
    grants: tuple[Grant, ...] = ()
    wishes: tuple[Wish, ...] = ()
    late: tuple[Late, ...] = ()

    @property
    def next_at(self) -> datetime | None:
        """When the earliest clock of this subject needs a look, None when none does."""
        times = [q.next_at for q in self.questions if q.next_at] + [a.next_at for a in self.awaiting if a.next_at]
        times += [m.until for m in self.measures if m.is_open and m.until]
        return min([*times, *(g.next_at for g in self.grants if g.next_at)], default=None)

    @property
    def lapses(self) -> bool:
        """Whether something is in force that ends by itself: what rests on it must be asked anew when it leaves."""
        measured = any(m.is_open and m.until is not None for m in self.measures)
        return measured or any(not g.is_over and g.revoked_at is None for g in self.grants)

    def with_question(self, question: Question) -> "SubjectState":
        """The state with this question added, or put in the place of the one of the same exchange and rule."""
        same = [(q.exchange_id, q.rule) == (question.exchange_id, question.rule) for q in self.questions]
        if not any(same):
            return replace(self, questions=(*self.questions, question))
        placed = (question if here else q for q, here in zip(self.questions, same, strict=True))
        return replace(self, questions=tuple(placed))


@dataclass(frozen=True, slots=True)
class EventFacts:
    """What the loop knows about an event beside its content.

    Attributes:
        event_id: Hex id. `now`: domain time, aware UTC.
        sender: Slug of the organisation whose topic it came from; the envelope's own word is not trusted for this.
        in_reply_to: Hex id of the exchange that it answers, "" for none.
        cause: For an event that the broker said: `Said.cause`; "" otherwise.
    """

    event_id: str
    now: datetime
    sender: str
    in_reply_to: str = ""
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """An event that the broker itself says, and to whom.

    Attributes:
        event: Envelope holds only what the broker says; ids are derived by the caller from `cause` and `ordinal`.
        to: Recipients, decided here because the reason is here. Agreements still decide every field.
        cause: Hex id of the event, or clock rule, exchange and stage, from which its id is derived.
        answers: Reference by which the recipient knows the matter (set as its `in_reply_to`): hex id of its own event,
            or of the exchange that it received; "" for none.
        ordinal: Number among those of the same cause, from 0: cause and ordinal are unique for ever.
        apart: Whether it stands under a subject of its own, so that nothing joins it to a child.
        child_of: Hex id of the event whose child this is about, "" when it is about none. A step on a clock holds no
            child: the caller copies it in; agreements still decide every field.
    """

    event: Event
    to: tuple[Recipient, ...]
    cause: str
    answers: str = ""
    ordinal: int = 0
    child_of: str = ""
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """What a step gives back: the new state, what the broker says, and whether a register moved.

    Attributes:
        register_moved: True when a seal, involvement or plan changed: earlier decisions must be looked at again.
        release_again: Hex ids of events that waited and can be routed now (a setting was found).
        recall: True when what was released earlier may have to be taken back (a seal was set).
        changed: False when the event or the hour changed nothing: repeated, late or not meant for this subject.
        refused: Codes of what was not accepted from this sender, for the operator; never a value.
    """

    state: SubjectState
    said: tuple[Said, ...] = ()
    register_moved: bool = False
    release_again: tuple[str, ...] = ()
    recall: bool = False
    changed: bool = False
    refused: tuple[str, ...] = ()
