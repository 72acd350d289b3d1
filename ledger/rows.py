"""What goes into the ledger and what comes out of it: rows as values, never a live handle.

The types of the hot path are NamedTuples: they are as frozen as a dataclass and cost a sixth to make, four times an
event. Left out: how they are stored (`packing`, `tables`) and what a leaf says (`leaf`). Rules: ids are 16 raw bytes;
`n` is the row's number, carrier id and position in one (`packing.row_number`); an outcome is the canonical JSON of
one decision.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sharing.vocabulary import Outcome


class Mark(NamedTuple):
    """A place in the order of release: the carrier's ordinal, then the row's position and the exchange within it."""

    ordinal: int
    place: int


class Hold(NamedTuple):
    """Why an exchange waits and until when: `reason` is a code, never a value."""

    reason: str
    due_by: datetime


class Exchange(NamedTuple):
    """One considered recipient of one event, decided.

    Attributes:
        exchange_id: 16 bytes, derived (`sharing.ids.exchange_id`).
        kind: As what the recipient receives (`sharing.vocabulary.RecipientKind`).
        outcome: Canonical JSON of the decision; the same bytes object for the same decision keeps this cheap.
        state: DELIVER, SUPPRESS or HOLD. A HOLD needs `hold`.
        express: True for a referral that waits for nothing but durable storage (only with DELIVER).
        awaited: True when the recipient may answer this exchange.
    """

    exchange_id: bytes
    organisation: str
    function: str
    kind: str
    outcome: bytes
    state: Outcome = Outcome.DELIVER
    express: bool = False
    awaited: bool = False
    hold: Hold | None = None


class EventRow(NamedTuple):
    """One event about one subject and everybody who was considered for it.

    Attributes:
        subject: Number of the subject, from `new_subject`.
        register_head: Head of the registers that the decisions used (`head`).
        agreements: Version (hash) of the agreements that the decisions used.
        content: The framed Avro bytes as they came in; stored encrypted under the child's key.
    """

    event_id: bytes
    subject: int
    schema_id: int
    register_head: int
    agreements: str
    content: bytes
    exchanges: tuple[Exchange, ...] = ()


class Redecision(NamedTuple):
    """A later decision about exchanges of an event that is stored already.

    Attributes:
        event_n: Row number of the event.
        replaces: Row number whose place in its lane this decision takes (`LaneItem.n`), because a register moved before
            it was claimed; None when it takes a place of its own (what was held may go now).
        exchanges: One or more of the event's exchanges, all of one organisation.
    """

    event_n: int
    replaces: int | None
    register_head: int
    agreements: str
    exchanges: tuple[Exchange, ...]


class Statement(NamedTuple):
    """Something beside events that the ledger must swear to: an approval, a grant, a recall, a destroyed key.

    Attributes:
        kind: Dotted words of small letters, such as `agreements.approved`.
        body: A JSON object in canonical form (`sharing.policy.canonical`), without any personal value.
    """

    kind: str
    body: bytes


@dataclass(frozen=True, slots=True)
class CarrierRows:
    """All rows that one transaction adds to the ledger, at most 4,096 together.

    Attributes:
        decided_at: Domain time of the decisions.
        engine: Version of the engine that decided.
        statements: Stand behind the events and redecisions.
    """

    decided_at: datetime
    engine: str
    events: Sequence[EventRow] = ()
    redecisions: Sequence[Redecision] = ()
    statements: Sequence[Statement] = ()


class StoredExchange(NamedTuple):
    """One considered recipient, as stored. `lane` is the recipient organisation's number, `outcome` the decision's."""

    exchange_id: bytes
    lane: int
    organisation: str
    function: str
    kind: str
    outcome: int
    state: Outcome
    express: bool


class StoredEvent(NamedTuple):
    """One event, as stored. `ordinal` is None until its carrier is numbered."""

    n: int
    event_id: bytes
    subject: int
    schema_id: int
    register_head: int
    agreements: str
    exchanges: tuple[StoredExchange, ...]
    decided_at: datetime
    ordinal: int | None


class StoredRedecision(NamedTuple):
    """A later decision, as stored."""

    n: int
    event_n: int
    replaces: int | None
    register_head: int
    agreements: str
    exchanges: tuple[StoredExchange, ...]
    decided_at: datetime
    ordinal: int | None


class StoredStatement(NamedTuple):
    """What the ledger swears to beside events, as stored. `ordinal` is None until its carrier is numbered."""

    n: int
    kind: str
    body: bytes
    decided_at: datetime
    ordinal: int | None


class Released(NamedTuple):
    """An exchange that was claimed for sending, and is therefore disclosed.

    Attributes:
        outcome: Number of the decision under which it went (`outcomes`).
        seq: Its `delivery_seq` in the stream of that lane and subject.
        at: When it was claimed.
    """

    event_n: int
    exchange_id: bytes
    lane: int
    organisation: str
    function: str
    kind: str
    outcome: int
    seq: int
    at: datetime


@dataclass(frozen=True, slots=True)
class StoredState:
    """A subject's case as it was last saved, and the head at which one of its registers last moved."""

    state: bytes
    changed_at_head: int


@dataclass(frozen=True, slots=True)
class Awaited:
    """An exchange that may be answered: the event it is about, its subject and the lane it went to."""

    exchange_id: bytes
    event_n: int
    subject: int
    lane: int


@dataclass(frozen=True, slots=True)
class Held:
    """An exchange that waits for somebody to settle something, until `due_by` at the latest."""

    n: int
    lane: int
    organisation: str
    function: str
    exchange_id: bytes
    subject: int
    reason: str
    due_by: datetime


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a recipient said became of an exchange. `code` is a refusal's code, `""` without one."""

    exchange_id: bytes
    state: str
    at: datetime
    organisation: str
    code: str


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A record that could not be used: where it stands and why. What it held is encrypted and read apart."""

    id: int
    topic: str
    partition: int
    offset: int
    code: str
    field: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Review:
    """A linkage that a person must decide. `decided` is None while it is open."""

    id: int
    event_n: int
    subject: int
    candidates: tuple[int, ...]
    waterfall: bytes
    state: str
    decided_by: str
    decided_at: datetime | None


class LaneItem(NamedTuple):
    """One exchange at the head of its lane, or claimed and perhaps sent before.

    Attributes:
        mark: Its place in the order of release (`Mark(0, 0)` for an express one).
        n: Row that stands at this place: hand it to `Redecision.replaces` to decide anew in this place.
        event_n: The event that is released; `contents` opens it.
        register_head: Head of the registers at the newest decision. `agreements`: their version then.
        outcome: Number of the newest decision (`outcomes` gives the bytes).
        state: Of the newest decision: only DELIVER may be claimed; SUPPRESS and HOLD are passed over by `upto`.
        seq: Its `delivery_seq` if it was claimed before and must be sent again under the same number, else None.
    """

    lane: int
    mark: Mark
    n: int
    event_n: int
    event_id: bytes
    exchange_id: bytes
    subject: int
    schema_id: int
    register_head: int
    agreements: str
    organisation: str
    function: str
    kind: str
    outcome: int
    state: Outcome
    seq: int | None


@dataclass(frozen=True, slots=True)
class LaneState:
    """One lane as operators see it. `suspended` is the reason, `""` when it flows."""

    id: int
    organisation: str
    upto: Mark
    in_flight: int
    suspended: str
    owner: str
