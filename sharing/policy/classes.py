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
    named[record["name"]] = named[f"{record.get('namespace', 'crosswalk')}.{record['name']}"] = record
    for field in record["fields"]:
        inner = list(_records_of(field["type"], "", named))
        if not inner:
            yield prefix + field["name"], str(field.get("class", ""))
        for mark, found in inner:
            yield from _walk(found, f"{prefix}{field['name']}{mark}.", named)


def _records_of(kind: Any, mark: str, named: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Every record inside a field's type, with the mark of the way to it: `[]` of a list, `{}` of a map.

    Of several records in one union each has its own name in the mark, so that none of them is overlooked.
    """
    branches = [named.get(b, b) if isinstance(b, str) else b for b in (kind if isinstance(kind, list) else [kind])]
    several = sum(isinstance(b, dict) and b.get("type") == "record" for b in branches) > 1
    for branch in branches:
        sort = branch.get("type") if isinstance(branch, dict) else branch
        if sort == "record":
            yield f"{mark}|{branch['name']}" if several else mark, branch
        elif sort == "array":
            yield from _records_of(branch["items"], f"{mark}[]", named)
        elif sort == "map":
            yield from _records_of(branch["values"], f"{mark}{{}}", named)
