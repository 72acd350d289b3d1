"""The shape of a schema, path by path: what decides how bytes are read.

A path names fields with dots, `[]` for the items of an array, `{}` for the values of a map, `|string` for a branch of
a union. Left out: words for people (`doc`, `example`) and rules about change (`compatibility`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

NAMED = frozenset({"record", "error", "enum", "fixed"})
ABSENT = object()
"""Stands for a field without a default: null is a default, too."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One place of a schema.

    Attributes:
        kind: Avro type at this place, such as `record`, `string`, `union`.
        logical: Logical type with precision and scale, None where there is none.
        name: Full name of a named type, `""` otherwise.
        default: Default of the field that stands here, `ABSENT` if it has none or none is asked for.
    """

    kind: str
    logical: tuple[str, Any, Any] | None = None
    name: str = ""
    aliases: frozenset[str] = frozenset()
    symbols: tuple[str, ...] = ()
    size: int | None = None
    branches: tuple[str, ...] = ()
    default: Any = ABSENT
    symbol_default: str | None = None
    field_aliases: frozenset[str] = frozenset()


def shapes(document: Mapping[str, Any]) -> dict[str, Shape]:
    """Every place of a valid schema, by path; a type that contains itself is followed once."""
    return dict(_walk(document, "", "", {}, {}, ()))


def _walk(
    schema: Any,
    path: str,
    namespace: str,
    named: dict[str, Mapping[str, Any]],
    field: Mapping[str, Any],
    above: tuple[str, ...],
) -> Iterator[tuple[str, Shape]]:
    if isinstance(schema, list):
        yield path, _shape({"type": "union"}, "", field, tuple(_label(b, namespace, named) for b in schema))
        for branch in schema:
            yield from _walk(branch, f"{path}|{_label(branch, namespace, named)}", namespace, named, {}, above)
        return
    node = _node(schema, namespace, named)
    if isinstance(node["type"], (dict, list)):
        yield from _walk(node["type"], path, namespace, named, field, above)
        return
    name = _full_name(node, namespace) if node["type"] in NAMED else ""
    yield path, _shape(node, name, field, ())
    if name in above:
        return
    if name:
        named[name] = {**node, "name": name}
    inner, seen = name.rpartition(".")[0] or namespace, (*above, name) if name else above
    for child in node.get("fields", ()):
        yield from _walk(child["type"], f"{path}.{child['name']}".lstrip("."), inner, named, child, seen)
    for key, mark in (("items", "[]"), ("values", "{}")):
        if key in node:
            yield from _walk(node[key], path + mark, namespace, named, {}, seen)


def _shape(node: Mapping[str, Any], name: str, field: Mapping[str, Any], branches: tuple[str, ...]) -> Shape:
    logical = node.get("logicalType")
    return Shape(
        kind=node["type"],
        logical=(logical, node.get("precision"), node.get("scale", 0)) if logical else None,
        name=name,
        aliases=frozenset(node.get("aliases", ())),
        symbols=tuple(node.get("symbols", ())),
        size=node.get("size"),
        branches=branches,
        default=field.get("default", ABSENT),
        symbol_default=node.get("default") if node["type"] == "enum" else None,
        field_aliases=frozenset(field.get("aliases", ())),
    )


def _node(schema: Any, namespace: str, named: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    """A schema as an object: a name is looked up, a bare primitive becomes `{"type": ...}`."""
    if isinstance(schema, str):
        return named.get(_qualified(schema, namespace)) or named.get(schema) or {"type": schema}
    found: Mapping[str, Any] = schema
    return found


def _label(schema: Any, namespace: str, named: Mapping[str, Mapping[str, Any]]) -> str:
    """What tells one branch of a union from the others: a named type's short name, else the type."""
    node = _node(schema, namespace, named)
    return str(node["name"]).rpartition(".")[2] if node["type"] in NAMED else str(node["type"])


def _full_name(node: Mapping[str, Any], namespace: str) -> str:
    return _qualified(node["name"], node.get("namespace", namespace))


def _qualified(name: str, namespace: str) -> str:
    return name if "." in name or not namespace else f"{namespace}.{name}"
