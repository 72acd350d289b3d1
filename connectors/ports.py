"""The seams of a connector: what an author of a format, a source, a sink or a reaction writes, and nothing else.

A `Source` brings `Portion`s of native records; a `Format` (pure) reads and translates them; the runner fills ids and
spools; the inbox hands a `Delivery` to the `Sink` and then to each `Reaction`. Left out: how any of them is run,
stored or sent.

Rules: a record's repr never shows a value; a refusal names code and field, never what was written; what is dropped
leaves no trace of its content, not even a count per person.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from sharing.events import Event


@dataclass(frozen=True, slots=True, repr=False)
class NativeRecord:
    """One record of the agency's own system: where it stood. Its content is in the subclass that fits the format.

    Attributes:
        file: Base name of the file or page it came from.
        index: Number by which a person finds the record in it, from 1: the line of a table, else its place.
    """

    file: str
    index: int

    def __repr__(self) -> str:
        return f"{type(self).__name__}(record {self.index})"


@dataclass(frozen=True, slots=True, repr=False)
class Row(NativeRecord):
    """A row of a table: column name to text, as written."""

    values: Mapping[str, str]


@dataclass(frozen=True, slots=True, repr=False)
class Document(NativeRecord):
    """A JSON object, parsed and otherwise untouched."""

    body: Mapping[str, object]


@dataclass(frozen=True, slots=True, repr=False)
class Message(NativeRecord):
    """A message in the bytes in which it came, such as HL7 version 2."""

    raw: bytes


@dataclass(frozen=True, slots=True, repr=False)
class Translated:
    """One event about one child, without ids.

    The runner fills the envelope's ids, agency, organisation, system, native key and version. The translator sets
    `occurred_at` and, where the source says so, `recorded_at`, `author_function`, `urgency`, `markings`, `unreadable`
    and `in_reply_to` (hex of the exchange that this answers, as it stood in the delivered file).

    Attributes:
        local_child: The child's key in the agency's system; becomes a keyed token, and decides order.
        native_key: Key of the record in the agency's system.
        native_version: Version of the record, None where the source has none: the spool then counts changes.
        child_index: Which child of this record, from 0, in an order that stays the same.
    """

    event: Event
    local_child: str
    native_key: str
    native_version: str | None
    child_index: int = 0

    def __repr__(self) -> str:
        return f"Translated({self.event.event_type}, child {self.child_index})"


@dataclass(frozen=True, slots=True)
class Refused:
    """A record that cannot be used.

    Attributes:
        code: Upper-case code, such as `BAD_DATE`. `field`: name of the field in the agency's own format, `""` for the
        whole record.
        reason: Plain words that say what is expected; never what was written.
        index: As in `NativeRecord`, where `read` refuses; 0 lets the runner number it.
    """

    code: str
    field: str
    reason: str
    index: int = 0


@dataclass(frozen=True, slots=True)
class Dropped:
    """A record that must not leave: `NOT_MARKED_FOR_SHARING`, `NO_CHILD_OF_CONCERN`. Nothing of it is kept."""

    code: str
    reason: str


Translation = Translated | Refused | Dropped
R = TypeVar("R", bound=NativeRecord)


class Format(Protocol[R]):
    """A file format: pure, no files, no clock. It may hold what it was given: a code list, a lookup of flags.

    Attributes:
        name: Such as `cpoms-csv`; stands as `system` in the envelope unless the settings say otherwise.
        suffixes: Lower-case file name endings, with the dot.
    """

    name: str
    suffixes: tuple[str, ...]

    def read(self, raw: bytes, file: str) -> Iterator[R | Refused]:
        """Bytes of one file to its records, in order: the same bytes always give the same number of things.

        A record that cannot be read is a `Refused` in its place. A file that cannot be read at all (encoding, header,
        cut off in the middle) ends with one. Never raises for content.
        """
        ...

    def translate(self, record: R, now: datetime) -> Sequence[Translation]:
        """One record to what becomes of it: one entry a child, or one refusal, or one drop. Never raises for content.

        Args:
            record: As `read` gave it.
            now: Aware UTC time; may be used to judge (a date in the future), not to fill fields: same record, same
            event.
        """
        ...


AnyFormat = Format[Any]


@dataclass(frozen=True, slots=True, repr=False)
class Portion:
    """Some records of one file or page, that are spooled together with the cursor behind them, in one transaction.

    Attributes:
        cursor: Keyed token (16 bytes) of the file's or page's name, and behind it one of its content. `was`: where its
            cursor stood, 0 at first. `now`: where it stands after this.
        records: In order; the first is the `was + 1`-th of its file.
        format: Who translates them.
        last: True when nothing of this file is left.
        origin: Opaque handle for the source itself.
    """

    cursor: bytes
    was: int
    now: int
    records: Sequence[NativeRecord | Refused]
    format: AnyFormat
    last: bool
    origin: object = None


class Cursors(Protocol):
    """What the spool knows of a file or page."""

    def position(self, cursor: bytes) -> int:
        """Records already spooled, 0 for an unknown file."""
        ...

    def finished(self, cursor: bytes) -> bool:
        """Whether nothing of it is left."""
        ...


class Source(Protocol):
    """Where native records come from."""

    def poll(self, cursors: Cursors) -> Iterator[Portion]:
        """Everything that is complete and not yet spooled. May be abandoned half-way at any time.

        Raises:
            Retryable: the place is away. Misconfigured: a person must act (no right to read).
        """
        ...

    def committed(self, portion: Portion, refused: Sequence[tuple[int, Refused]]) -> None:
        """The portion is durable: file it away when it was the last. Doing it twice changes nothing.

        Args:
            portion: As polled.
            refused: Where a person finds each refused record of this portion, and why it was refused.
        """
        ...


@dataclass(frozen=True, slots=True, repr=False)
class Delivery:
    """One exchange on its way into the agency's system.

    Attributes:
        exchange_id: Hex. `sequence`: place in the order of this child's deliveries, 0 where none was given.
        view: What this agency is permitted to see; what is withheld is None.
        gap: True when an earlier one of this child did not come in time. `late`: True when a later one was delivered
        before.
    """

    exchange_id: str
    sequence: int
    view: Event
    gap: bool = False
    late: bool = False


class Sink(Protocol):
    """Where deliveries go. Both verbs are idempotent by exchange id: doing one twice changes nothing."""

    def deliver(self, delivery: Delivery) -> None:
        """Apply it durably before returning.

        Raises:
            Retryable: the place is away; it is tried again, later ones of this child wait.
            Rejected: this one can never be applied; it is refused with a receipt, the rest flows.
        """
        ...

    def withdraw(self, exchange_id: str, plain_words: str) -> None:
        """Take back what was delivered, and say so in plain words. Taking back what never came only leaves the word."""
        ...


class Memory(Protocol):
    """A small encrypted store of one reaction, inside the transaction in which the reaction runs."""

    def get(self, name: str) -> bytes | None:
        """The value, or None."""
        ...

    def put(self, name: str, value: bytes) -> None:
        """Keep a value until it is removed."""
        ...

    def remove(self, name: str) -> None:
        """Forget it; unknown names are no fault."""
        ...

    def items(self) -> Iterator[tuple[str, bytes]]:
        """Everything, by name."""
        ...


class Reaction(Protocol):
    """What a connector does by itself about a delivery: rolls that answer, flags that are kept.

    Runs inside the inbox's transaction: its answers are spooled and its memory kept together with the delivery, or
    not at all.
    """

    @property
    def name(self) -> str:
        """Room of its memory; never changed."""
        ...

    def on_delivered(self, view: Event, exchange_id: str, memory: Memory, now: datetime) -> Sequence[Translated]:
        """Answer events, mostly none. Their `native_key` comes from the exchange id: twice changes nothing."""
        ...

    def on_withdrawn(self, exchange_id: str, memory: Memory) -> None:
        """Forget what was learnt from that exchange."""
        ...
