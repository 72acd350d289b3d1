"""From raw records to events that may be judged, or to dead letters with a code.

Left out: identity, state, agreements. Rules: the topic says who spoke, since only that organisation may write to it;
an event that claims another sender is a dead letter; an agency says only its own kinds of event; a referral is never
refused for anything but bytes that are no referral at all.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import blake2b

from sharing.codec import Catalogue, decode, encode, schema_id_of
from sharing.directory import Directory, Organisation
from sharing.errors import Rejected
from sharing.events import EVENT_TYPES, Event, ReceiptRecorded, ReferralSubmitted, SealChanged
from sharing.ids import ID_BYTES, EventId
from sharing.reconciliation.parties import may_say
from sharing.topics import MAX_RECORD_BYTES
from streams.carrier import Batch, Record

BROKER_FAMILIES = ("broker.", "correction.")
"""What the broker alone says."""

MAX_EVENT_BYTES = MAX_RECORD_BYTES - 16 * 1024
"""Connectors send no more; what is larger would not fit the recipients' topics once the broker has dressed it."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One event that may be judged.

    Attributes:
        sender: Whose topic it came by. `raw`: the framed bytes as they came; of a referral that claimed another sender,
            or had no usable id, as it is kept.
        said_at_ms: The cluster's own stamp, milliseconds since 1970 UTC.
    """

    event: Event
    event_id: EventId
    sender: Organisation
    raw: bytes
    offset: int
    said_at_ms: int


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One record that cannot be used: codes and a place, and its bytes for the encrypted contents.

    Attributes:
        kind: What it was, as far as its outside tells; None when that tells nothing.
    """

    code: str
    field: str
    reason: str
    raw: bytes
    offset: int
    kind: type[Event] | None = None


Taken = Incoming | DeadLetter


def take_records(batch: Batch, catalogue: Catalogue, directory: Directory) -> list[Taken]:
    """Decode and check every record of a batch. Never raises for what a record holds."""
    kind, sender = batch.topic.partition(".")[0], sender_of(batch, directory)
    return [_take(record, kind, sender, catalogue, directory, batch) for record in batch.records]


def sender_of(batch: Batch, directory: Directory) -> Organisation | None:
    """The organisation whose topic this is: nobody else may write to it."""
    return directory.get(batch.topic.split(".", 2)[2])


def _take(
    record: Record, kind: str, sender: Organisation | None, catalogue: Catalogue, directory: Directory, batch: Batch
) -> Taken:
    raw = record.value or b""
    if sender is None:
        reason = "the topic's organisation is not in the directory"
        return set_aside(record, batch, catalogue, Rejected("UNKNOWN_SENDER", "", reason))
    try:
        said = _decoded(raw, catalogue)
        event, event_id = _checked(said, kind, sender, directory, lambda: _place_id(batch, record))
        if event != said:
            raw = encode(event, catalogue)
    except Rejected as fault:
        return set_aside(record, batch, catalogue, fault)
    return Incoming(event, event_id, sender, raw, record.offset, record.timestamp_ms)


def set_aside(record: Record, batch: Batch, catalogue: Catalogue, fault: Rejected) -> DeadLetter:
    """A record that cannot be used. It is not opened: its topic, schema id or header says what it was."""
    kind = kind_of(record, batch, catalogue)
    return DeadLetter(fault.code, fault.field, fault.reason, record.value or b"", record.offset, kind)


def kind_of(record: Record, batch: Batch, catalogue: Catalogue) -> type[Event] | None:
    """What a record is by its outside; nothing but its bytes and headers may have killed the worker."""
    try:
        named, _ = catalogue.parsed[schema_id_of(record.value or b"")]
    except (Rejected, KeyError):
        named = dict(record.headers).get("ce_type", b"").decode("ascii", "replace")
    return EVENT_TYPES.get(named) or (SealChanged if batch.topic.startswith("seals.") else None)


def _decoded(raw: bytes, catalogue: Catalogue) -> Event:
    if len(raw) > MAX_EVENT_BYTES:
        raise Rejected("OVERSIZE", "", f"expected at most {MAX_EVENT_BYTES} bytes")
    return decode(raw, catalogue)


def _checked(
    event: Event, kind: str, sender: Organisation, directory: Directory, place: Callable[[], EventId]
) -> tuple[Event, EventId]:
    if isinstance(event, ReferralSubmitted) and kind == "in":
        event_id = _id_of(event) or place()
        return _as_sent_by(event, sender, event_id), event_id
    _check_kind(event, kind, sender, directory)
    if event.envelope.organisation != sender.slug:
        raise Rejected("FORGED_SENDER", "envelope.organisation", "names another organisation than the topic does")
    if event.envelope.agency not in (None, sender.agency):
        raise Rejected("FORGED_SENDER", "envelope.agency", "names another agency than the topic does")
    known = _id_of(event)
    if known is None:
        raise Rejected("BAD_EVENT_ID", "envelope.event_id", "must be 32 hexadecimal digits")
    return event, known


def _check_kind(event: Event, kind: str, sender: Organisation, directory: Directory) -> None:
    own: type[Event] | None = {"seals": SealChanged, "receipts": ReceiptRecorded}.get(kind)
    if own is not None:
        allowed = isinstance(event, own)
    else:
        by_broker = event.event_type.startswith(BROKER_FAMILIES) or isinstance(event, SealChanged)
        allowed = not by_broker and may_say(directory, sender.slug, event.event_type)
    if not allowed:
        raise Rejected("NOT_YOURS_TO_SAY", "", f"{event.event_type} may not come by a topic {kind}.{sender.agency}.*")


def _as_sent_by(event: ReferralSubmitted, sender: Organisation, event_id: EventId) -> ReferralSubmitted:
    envelope = replace(event.envelope, organisation=sender.slug, agency=str(sender.agency), event_id=event_id.hex())
    return replace(event, envelope=envelope)


def _id_of(event: Event) -> EventId | None:
    try:
        found = bytes.fromhex(event.envelope.event_id or "")
    except ValueError:
        return None
    return EventId(found) if len(found) == ID_BYTES else None


def _place_id(batch: Batch, record: Record) -> EventId:
    """Where a referral lacks a usable id, its place in the topic is one: the same at every replay."""
    place = f"{batch.topic}-{batch.partition}-{record.offset}".encode()
    return EventId(blake2b(place, digest_size=ID_BYTES, person=b"cw-place").digest())
