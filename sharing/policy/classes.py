"""The class of every field, read out of the schemas: `{event type: {path: class}}`.

A field without a class cannot be ruled, so it stops the start. Left out: reading schema files.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

from sharing.errors import Misconfigured
from sharing.vocabulary import FieldClass

Classes = Mapping[str, Mapping[str, FieldClass]]
_WORDS = {c.value: c for c in FieldClass}


class SchemaDocument(Protocol):
    """What is needed of a schema: its event type, its version and the parsed Avro record."""

    @property
    def event_type(self) -> str: ...  # noqa: D102
    @property
    def version(self) -> int: ...  # noqa: D102
    @property
    def document(self) -> dict[str, Any]: ...  # noqa: D102


def field_classes(schemas: Iterable[SchemaDocument]) -> dict[str, dict[str, FieldClass]]:
    """Class of each field by event type and path, of the newest version of each schema.

    Raises:
        Misconfigured: names every field that has no class, or one that the vocabulary does not know.
    """
    found: dict[str, dict[str, FieldClass]] = {}
    faults: list[str] = []
    for schema in sorted(schemas, key=lambda s: (s.event_type, s.version)):
        own = found[schema.event_type] = {}
        for path, name in _walk(schema.document, "", {}):
            if name in _WORDS:
                own[path] = _WORDS[name]
            else:
                faults.append(
                    f"schema of {schema.event_type}: {path}: class {name or '(none)'} is not in the vocabulary"
                )
    if faults:
        raise Misconfigured("\n".join(faults))
    return found


def _walk(record: Mapping[str, Any], prefix: str, named: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Paths and class words of a record; `named` keeps records that are written out once and then referred to."""
    named[f"{record.get('namespace', 'crosswalk')}.{record['name']}"] = record
    for field in record["fields"]:
        inner, many = _record_of(field["type"], named)
        if inner is None:
            yield prefix + field["name"], str(field.get("class", ""))
        else:
            yield from _walk(inner, prefix + field["name"] + ("[]." if many else "."), named)


def _record_of(kind: Any, named: Mapping[str, Any]) -> tuple[Any, bool]:
    """The record in a field's type (through unions and arrays), or None; and whether the field holds several."""
    for branch in kind if isinstance(kind, list) else [kind]:
        resolved = named.get(branch, branch) if isinstance(branch, str) else branch
        if isinstance(resolved, dict) and resolved.get("type") == "record":
            return resolved, False
        if isinstance(resolved, dict) and resolved.get("type") == "array":
            inner, _ = _record_of(resolved["items"], named)
            return inner, inner is not None
    return None, False
