"""Compatibility of two versions of a schema, in both directions, with the place and the reason of each fault.

Avro's own rules pass changes that alter what the same bytes mean: a logical type added, another scale, a union in
another order, text read as bytes. Those are forbidden here, too, and so is taking away any name (of a field, a
record, a symbol, an alias) or changing the default that stands for absence. Adding a field with a default is what
remains, and it is enough.

Left out: reading schema files (`schemas`) and which versions are compared (`catalogue`).
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import avro.schema
import fastavro
from avro.compatibility import ReaderWriterCompatibilityChecker, SchemaCompatibilityType
from avro.errors import AvroException
from fastavro.schema import SchemaParseException, UnknownType

from sharing.contracts.shape import ABSENT, Shape, shapes

_new_checker: Callable[[], Any] = ReaderWriterCompatibilityChecker
"""The package has no types. A checker keeps what it saw, so each pair gets its own."""


class Direction(StrEnum):
    """Who cannot read whom, or whose rule is broken."""

    BACKWARD = "the new schema cannot read what the old one wrote"
    FORWARD = "the old schema cannot read what the new one writes"
    MEANING = "the same bytes would mean something else, or a name would be lost"
    INVALID = "not a valid schema"


@dataclass(frozen=True, slots=True, order=True)
class Incompatibility:
    """One fault: where it is, and why it matters. `path` is `""` for the whole schema."""

    direction: Direction
    path: str
    reason: str

    def __str__(self) -> str:
        return f"{self.path or 'the schema'}: {self.reason} ({self.direction})"


def compatibility(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Incompatibility, ...]:
    """Every fault of putting `new` in the place of `old`; empty when both can read each other and mean the same."""
    invalid = [*_invalid(old, "old"), *_invalid(new, "new")]
    if invalid:
        return tuple(invalid)
    before, after = avro.schema.parse(json.dumps(old)), avro.schema.parse(json.dumps(new))
    found = {
        *_unreadable(after, before, Direction.BACKWARD),
        *_unreadable(before, after, Direction.FORWARD),
        *_changed_meaning(shapes(old), shapes(new)),
    }
    return tuple(sorted(found))


def _invalid(document: Mapping[str, Any], which: str) -> Iterator[Incompatibility]:
    """Both parsers must take it: fastavro alone checks defaults against types."""
    try:
        fastavro.parse_schema(dict(document))
        avro.schema.parse(json.dumps(document))
    except (SchemaParseException, UnknownType, AvroException, KeyError, TypeError, ValueError) as fault:
        yield Incompatibility(Direction.INVALID, "", f"{which} schema: {type(fault).__name__}: {fault}")


def _unreadable(reader: Any, writer: Any, direction: Direction) -> Iterator[Incompatibility]:
    return _blame(reader, writer, "", direction, set())


def _blame(
    reader: Any, writer: Any, path: str, direction: Direction, seen: set[tuple[int, int]]
) -> Iterator[Incompatibility]:
    """The deepest places that make a pair unreadable: Avro's answer names positions, people need fields."""
    answer = _new_checker().get_compatibility(reader, writer)
    if answer.compatibility is SchemaCompatibilityType.compatible or (id(reader), id(writer)) in seen:
        return
    seen.add((id(reader), id(writer)))
    deeper = [fault for r, w, step in _parts(reader, writer) for fault in _blame(r, w, path + step, direction, seen)]
    own = _lacking(reader, writer) if _is_record_pair(reader, writer) else ()
    yield from deeper
    for name in own:
        yield Incompatibility(direction, f"{path}.{name}".lstrip("."), "has no default and may not be there")
    if not deeper and not own:
        yield Incompatibility(direction, path.lstrip("."), "; ".join(sorted(answer.messages)))


def _parts(reader: Any, writer: Any) -> Iterator[tuple[Any, Any, str]]:
    """Pairs of inner schemas that Avro resolves against each other, with the step to them."""
    if _is_record_pair(reader, writer):
        for field in reader.fields:
            other = _writers_field(field, writer)
            if other is not None:
                yield field.type, other.type, f".{field.name}"
    elif reader.type == writer.type == "array":
        yield reader.items, writer.items, "[]"
    elif reader.type == writer.type == "map":
        yield reader.values, writer.values, "{}"
    elif reader.type == writer.type == "union":
        mine = {_branch(s): s for s in reader.schemas}
        for theirs in writer.schemas:
            if theirs.type in ("record", "enum", "fixed", "array", "map") and _branch(theirs) in mine:
                yield mine[_branch(theirs)], theirs, ""


def _is_record_pair(reader: Any, writer: Any) -> bool:
    return bool(reader.type == writer.type == "record" and reader.name == writer.name)


def _writers_field(field: Any, writer: Any) -> Any:
    names = (field.name, *(field.props.get("aliases") or ()))
    return next((writer.fields_dict[n] for n in names if n in writer.fields_dict), None)


def _lacking(reader: Any, writer: Any) -> list[str]:
    return [f.name for f in reader.fields if not f.has_default and _writers_field(f, writer) is None]


def _branch(schema: Any) -> tuple[str, str]:
    return schema.type, getattr(schema, "name", "")


def _changed_meaning(old: Mapping[str, Shape], new: Mapping[str, Shape]) -> Iterator[Incompatibility]:
    lost: list[str] = []
    for path, before in old.items():
        if any(path == p or path.startswith((f"{p}.", f"{p}[", f"{p}{{", f"{p}|")) for p in lost):
            continue
        after = new.get(path)
        faults = _meaning(before, after) if after else ["is no longer there: a name is never taken away"]
        if after is None or after.kind != before.kind:
            lost.append(path)
        for reason in faults:
            yield Incompatibility(Direction.MEANING, path, reason)


def _meaning(old: Shape, new: Shape) -> Iterator[str]:
    if old.kind != new.kind:
        yield f"was {old.kind}, is {new.kind}"
    if old.logical != new.logical:
        yield f"logical type was {_logical(old)}, is {_logical(new)}"
    if old.branches != new.branches:
        yield f"union was [{', '.join(old.branches)}], is [{', '.join(new.branches)}]"
    if old.name != new.name:
        yield f"was named {old.name}, is named {new.name}"
    for what, before, after in (
        ("symbols", old.symbols, new.symbols),
        ("aliases", old.aliases, new.aliases),
        ("aliases", old.field_aliases, new.field_aliases),
    ):
        if set(before) - set(after):
            yield f"{what} taken away: {', '.join(sorted(set(before) - set(after)))}"
    if (old.default is not ABSENT and old.default != new.default) or old.symbol_default not in (
        None,
        new.symbol_default,
    ):
        yield "the default that stands for absence was changed or taken away"


def _logical(shape: Shape) -> str:
    if shape.logical is None:
        return "none"
    name, precision, scale = shape.logical
    return name if precision is None else f"{name}({precision}, {scale})"
