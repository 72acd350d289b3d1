"""The made part of the glossary: classes of field with their meaning and their fields, and events with theirs.

Classes come from `sharing.vocabulary`, their meanings from `agreements/vocabulary.yaml`, fields and events from the
schemas.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import yaml

from agreements import read_texts
from schemas import read_schemas
from sharing.policy import field_classes
from sharing.reconciliation.document import table
from sharing.vocabulary import FieldClass

_SHARED = ("envelope.", "child.")


def words() -> str:
    """Both tables."""
    return f"### Classes of field\n\n{_classes()}\n### Events\n\n{_events()}"


def _classes() -> str:
    texts = yaml.safe_load(read_texts()["vocabulary.yaml"])
    meanings: Mapping[str, Mapping[str, str]] = texts["classes"]
    fields = _fields_by_class()
    rows = [(f"**{one.value}**", meanings[one.value]["means"], ", ".join(fields[one])) for one in FieldClass]
    return table(("class", "what it is", "fields"), rows)


def _fields_by_class() -> Mapping[FieldClass, list[str]]:
    """Field names by class; those of an event's own body with the event they stand in, each once."""
    found: dict[FieldClass, dict[str, None]] = defaultdict(dict)
    for paths in field_classes(read_schemas()).values():
        for path, kind in paths.items():
            found[kind][f"`{path}`"] = None
    return defaultdict(list, {kind: _ordered(names) for kind, names in found.items()})


def _ordered(names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: (not name.startswith(tuple(f"`{part}" for part in _SHARED)), name))


def _events() -> str:
    rows = [(f"`{schema.event_type}`", str(schema.document["doc"])) for schema in read_schemas()]
    return table(("event", "what it says"), sorted(rows))
