"""Every schema as it was released, one file a version, standing alone: what agencies' bytes were written with.

Left out: whether a change is allowed (`sharing.contracts`). Rules: a file here never changes and never goes; its name
is `<event_type>.v<version>.avsc`; `python -m schemas.released` adds the versions that are not here yet.
"""

import json
from collections.abc import Iterable
from pathlib import Path

from schemas import EventSchema, read_schemas

HERE = Path(__file__).parent
_IDS = HERE.parent / "ids.json"


def file_name(schema: EventSchema) -> str:
    """Where a version lies."""
    return f"{schema.event_type}.v{schema.version}.avsc"


def read_released(folder: Path = HERE) -> tuple[EventSchema, ...]:
    """Every released version, by event type and version.

    Raises:
        KeyError: a released version has lost its id in `ids.json`.
    """
    ids = json.loads(_IDS.read_text(encoding="utf-8"))
    documents = [json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.avsc")]
    found = [EventSchema(ids[d["event_type"]][str(d["version"])], d["event_type"], d["version"], d) for d in documents]
    return tuple(sorted(found, key=lambda schema: (schema.event_type, schema.version)))


def release(schemas: Iterable[EventSchema], folder: Path = HERE) -> tuple[str, ...]:
    """Write the versions that are not released yet, and touch no other. Returns the names of the new files."""
    new = [schema for schema in schemas if not (folder / file_name(schema)).exists()]
    for schema in new:
        text = json.dumps(schema.document, indent=1, ensure_ascii=False)
        (folder / file_name(schema)).write_text(text + "\n", encoding="utf-8")
    return tuple(file_name(schema) for schema in new)


def release_current() -> tuple[str, ...]:
    """Release every current schema that is not released yet."""
    return release(read_schemas())
