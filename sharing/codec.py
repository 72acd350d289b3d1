"""Wire bytes to events and back: Avro in the Confluent wire format (byte 0, four bytes of schema id, body).

Left out: reading schema files (they are handed in) and compatibility (`contracts`). Rules: what cannot be decoded is
`Rejected` with a code and never a value, nor is the library's own error, which quotes it, kept as its cause; bytes
left over are a fault; a dataclass goes out under the newest schema of its type.
"""

import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from enum import Enum
from types import UnionType
from typing import Any, Protocol, Self, Union, get_args, get_origin, get_type_hints

import fastavro

from sharing.errors import Rejected
from sharing.events import EVENT_TYPES, Event

MAGIC = 0
HEAD = 5
Build = Callable[[Any], Any]


class SchemaDocument(Protocol):
    """What a catalogue needs to know of a schema."""

    @property
    def schema_id(self) -> int: ...  # noqa: D102
    @property
    def event_type(self) -> str: ...  # noqa: D102
    @property
    def version(self) -> int: ...  # noqa: D102
    @property
    def document(self) -> dict[str, Any]: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Parsed schemas, by id and by event type.

    Attributes:
        parsed: Schema id to `(event_type, parsed schema)`.
        newest: Event type to the id of its newest schema.
    """

    parsed: Mapping[int, tuple[str, Any]]
    newest: Mapping[str, int]

    @classmethod
    def of(cls, documents: Iterable[SchemaDocument]) -> Self:
        """Parse every schema once."""
        ordered = sorted(documents, key=lambda d: d.version)
        parsed = {d.schema_id: (d.event_type, fastavro.parse_schema(d.document)) for d in ordered}
        return cls(parsed, {d.event_type: d.schema_id for d in ordered})


def schema_id_of(raw: bytes) -> int:
    """Schema id of a framed value.

    Raises:
        Rejected: `NOT_FRAMED` when the five leading bytes are not there.
    """
    if len(raw) < HEAD or raw[0] != MAGIC:
        raise Rejected("NOT_FRAMED", "", "value does not start with byte 0 and a four-byte schema id")
    return int.from_bytes(raw[1:HEAD], "big")


def decode(raw: bytes, catalogue: Catalogue) -> Event:
    """Framed Avro bytes to an event.

    Raises:
        Rejected: `NOT_FRAMED`, `UNKNOWN_SCHEMA`, `UNDECODABLE` or `TRAILING_BYTES`.
    """
    number = schema_id_of(raw)
    if number not in catalogue.parsed:
        raise Rejected("UNKNOWN_SCHEMA", "", f"schema id {number} is not in this catalogue")
    event_type, schema = catalogue.parsed[number]
    stream = io.BytesIO(raw)
    stream.seek(HEAD)
    try:
        record = fastavro.schemaless_reader(stream, schema, None)
        event: Event = _builder(EVENT_TYPES[event_type])(record)
    except (ValueError, IndexError, EOFError, KeyError, TypeError, OverflowError, MemoryError, RecursionError):
        raise Rejected("UNDECODABLE", "", f"{event_type}: body is not Avro of schema {number}") from None
    if stream.tell() != len(raw):
        raise Rejected("TRAILING_BYTES", "", f"{event_type}: bytes are left over behind the record")
    return event


def encode(event: Event, catalogue: Catalogue) -> bytes:
    """An event to framed Avro bytes, under the newest schema of its type.

    Raises:
        Rejected: `UNENCODABLE` when a value does not fit its schema (a date before year 1, an integer too large).
    """
    number = catalogue.newest[event.event_type]
    stream = io.BytesIO()
    stream.write(bytes([MAGIC]) + number.to_bytes(4, "big"))
    try:
        fastavro.schemaless_writer(stream, catalogue.parsed[number][1], to_record(event))
    except (ValueError, TypeError, OverflowError):
        raise Rejected("UNENCODABLE", "", f"{event.event_type}: a value does not fit its schema") from None
    return stream.getvalue()


def to_record(value: Any) -> Any:
    """A dataclass tree to plain records, lists and symbols, as Avro and JSON writers want them.

    Raises:
        ValueError: a time has no zone.
    """
    kind = type(value)
    plain = _PLAINERS.get(kind)
    if plain is None:
        plain = _PLAINERS[kind] = _make_plainer(kind)
    return plain(value)


_PLAINERS: dict[type, Build] = {}
_PLAIN_ALREADY = frozenset({type(None), str, int, bool})


def _make_plainer(kind: type) -> Build:
    """The function that makes a value of this type plain; made once a type, since it runs for every field sent."""
    if is_dataclass(kind):
        return _record_plainer(tuple(f.name for f in fields(kind)))
    if issubclass(kind, tuple):
        return lambda value: [to_record(item) for item in value]
    if issubclass(kind, datetime):
        return _zoned
    if issubclass(kind, Enum):
        return lambda value: value.value
    return lambda value: value


def _record_plainer(names: tuple[str, ...]) -> Build:
    def plain(value: Any) -> dict[str, Any]:
        found = ((name, getattr(value, name)) for name in names)
        return {name: v if type(v) in _PLAIN_ALREADY else to_record(v) for name, v in found}

    return plain


def _zoned(value: datetime) -> datetime:
    if value.tzinfo is None:
        # Avro's writer would take it for the local time of whichever machine it runs on.
        raise ValueError("a time without its zone")
    return value


_BUILDERS: dict[Any, Build] = {}


def _builder(hint: Any) -> Build:
    """The function that makes a value of this type hint out of a plain one; made once a type."""
    made = _BUILDERS.get(hint)
    if made is None:
        made = _BUILDERS[hint] = _make_builder(hint)
    return made


def _make_builder(hint: Any) -> Build:
    if get_origin(hint) in (Union, UnionType):
        inner = _builder(next(a for a in get_args(hint) if a is not type(None)))
        return lambda value: None if value is None else inner(value)
    if get_origin(hint) is tuple:
        item = _builder(get_args(hint)[0])
        return lambda value: tuple(item(v) for v in value)
    if is_dataclass(hint):
        return _dataclass_builder(hint)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return {member.value: member for member in hint}.__getitem__
    return lambda value: value


def _dataclass_builder(hint: Any) -> Build:
    hints = get_type_hints(hint)
    parts = [(f.name, _builder(hints[f.name])) for f in fields(hint)]

    def build(record: Mapping[str, Any]) -> Any:
        return hint(**{name: make(record[name]) for name, make in parts if record.get(name) is not None})

    return build
