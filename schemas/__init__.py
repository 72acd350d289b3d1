"""The truth about shape: one Avro schema a file, and the one reader that knows where the files lie.

Every field carries `doc`, `class` (who may see it, see docs/glossary.md) and `example`. Ids are fixed in `ids.json`:
an id is never used twice and a released schema never changes. Left out: encoding (`sharing.codec`) and compatibility
(`sharing.contracts`).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SHARED_PARTS = ("Envelope", "Child", "Nobody")


@dataclass(frozen=True, slots=True)
class EventSchema:
    """One version of one event type.

    Attributes:
        schema_id: Fixed id, as in the Confluent wire format.
        event_type: Name in the catalogue, such as `referral.submitted`.
        version: From 1.
        document: The Avro record, with its shared parts written out at first use.
    """

    schema_id: int
    event_type: str
    version: int
    document: dict[str, Any]


def _load(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


@cache
def shared_parts() -> tuple[dict[str, Any], ...]:
    """The records that every event refers to, in the order in which they must be defined."""
    return tuple(_load(HERE / "avro" / "common" / f"{name}.avsc") for name in SHARED_PARTS)


def _written_out(document: dict[str, Any]) -> dict[str, Any]:
    """Put the shared records in place of their names, so that one document stands alone."""
    parts = {f"crosswalk.{part['name']}": part for part in shared_parts()}
    fields = [
        {**f, "type": parts.get(f["type"], f["type"])} if isinstance(f["type"], str) else f for f in document["fields"]
    ]
    return {**document, "fields": fields}


def _event_files() -> Iterator[dict[str, Any]]:
    for path in sorted((HERE / "avro").glob("*/*.avsc")):
        if path.parent.name != "common":
            yield _load(path)


@cache
def read_schemas() -> tuple[EventSchema, ...]:
    """Every event schema of the catalogue, by id.

    Raises:
        KeyError: a schema file has no id in `ids.json`.
    """
    ids = _load(HERE / "ids.json")
    found = [
        EventSchema(ids[d["event_type"]][str(d["version"])], d["event_type"], d["version"], _written_out(d))
        for d in _event_files()
    ]
    return tuple(sorted(found, key=lambda schema: schema.schema_id))


@cache
def schema_for(event_type: str) -> EventSchema:
    """Newest schema of an event type.

    Raises:
        KeyError: no such event type.
    """
    own = [s for s in read_schemas() if s.event_type == event_type]
    if not own:
        raise KeyError(event_type)
    return max(own, key=lambda schema: schema.version)
