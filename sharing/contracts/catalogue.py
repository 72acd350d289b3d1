"""The whole catalogue against what was ever released: versions, ids, and every pair of old and new.

Left out: files (`schemas` reads them). Rules: a released version never changes, except in its words for people; an id
is never used for two schemas; a new version is compatible with every released one, not only with the last.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from sharing.contracts.compatibility import compatibility

FOR_PEOPLE = frozenset({"doc", "example", "meanings"})


class SchemaDocument(Protocol):
    """What is asked of one version of one event type."""

    @property
    def schema_id(self) -> int: ...  # noqa: D102
    @property
    def event_type(self) -> str: ...  # noqa: D102
    @property
    def version(self) -> int: ...  # noqa: D102
    @property
    def document(self) -> dict[str, Any]: ...  # noqa: D102


def fingerprint(document: Any) -> str:
    """SHA-256, in hex, of all that decides bytes or permission; `doc`, `example` and `meanings` may be bettered freely.

    Avro's own canonical form leaves out logical types and defaults, and knows no classes: here they count.
    """
    canonical = json.dumps(_without_words(document), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def check_catalogue(current: Iterable[SchemaDocument], released: Iterable[SchemaDocument]) -> tuple[str, ...]:
    """Every reason why these schemas may not go out, in words that name the event type and the field; empty if none."""
    now, before = list(current), list(released)
    return tuple(sorted({*_ids(now, before), *(fault for schema in now for fault in _against(schema, before))}))


def _against(schema: SchemaDocument, released: list[SchemaDocument]) -> Iterator[str]:
    own = [old for old in released if old.event_type == schema.event_type]
    label = f"{schema.event_type} v{schema.version}"
    for old in own:
        if old.version == schema.version and fingerprint(old.document) != fingerprint(schema.document):
            yield f"{label}: a released version never changes; give the change a new version and a new id"
        for fault in compatibility(old.document, schema.document):
            yield f"{label} against released v{old.version}: {fault}"
    if all(old.version != schema.version for old in own):
        yield f"{label}: is not released; run `python -m schemas.released`"


def _ids(current: list[SchemaDocument], released: list[SchemaDocument]) -> Iterator[str]:
    owner: dict[int, tuple[str, int]] = {}
    for schema in (*released, *current):
        mine = (schema.event_type, schema.version)
        if owner.setdefault(schema.schema_id, mine) != mine:
            yield f"id {schema.schema_id} is used for {owner[schema.schema_id]} and {mine}; an id is never used twice"


def _without_words(node: Any) -> Any:
    if isinstance(node, dict):
        return {k: v if k == "default" else _without_words(v) for k, v in node.items() if k not in FOR_PEOPLE}
    return [_without_words(item) for item in node] if isinstance(node, list) else node
