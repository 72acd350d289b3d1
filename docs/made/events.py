"""The page of all events: what each says, who may say it, its fields with their classes, and every list of codes.

Left out: who receives what (`agreements/`) and who needs to know (`routes.md`). Fields that every event shares stand
once, at the top.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from docs.made.pages import MADE
from schemas import EventSchema, read_schemas
from sharing.policy import field_classes
from sharing.reconciliation.document import table
from sharing.reconciliation.parties import who_may_say
from sharing.vocabulary import FieldClass

BY_BROKER = ("broker.", "correction.")
SHARED = ("envelope.", "child.")
RECEIPT = "broker.receipt.recorded"


def events() -> str:
    """Both tables and the lists of codes."""
    schemas = read_schemas()
    classes = field_classes(schemas)
    shared = {path: kind for path, kind in classes["referral.submitted"].items() if path.startswith(SHARED)}
    rows = [_row(schema, classes[schema.event_type]) for schema in sorted(schemas, key=lambda one: one.event_type)]
    return "\n".join(
        (
            f"# Events\n\n{MADE}",
            "Each event has, beside its own fields, an envelope and a child. A class stands before its fields; what it",
            "is stands in the [glossary](glossary.md). A field goes to nobody until an agreement names it.\n",
            table(("of every event", "fields"), [(f"**{kind}**", names) for kind, names in _by_class(shared)]),
            "## What each says\n",
            table(("event", "what it says", "who may say it", "fields by class"), rows),
            "## Codes\n",
            "A code goes with its meaning, in the event's plain words or from here.\n",
            table(("list", "code", "meaning"), list(_codes(schemas))),
        )
    )


def _row(schema: EventSchema, classes: Mapping[str, FieldClass]) -> tuple[str, ...]:
    own = {path: kind for path, kind in classes.items() if not path.startswith(SHARED)}
    fields = "; ".join(f"**{kind}** {names}" for kind, names in _by_class(own))
    return f"`{schema.event_type}`", str(schema.document["doc"]), _sayers(schema.event_type), fields


def _by_class(classes: Mapping[str, FieldClass]) -> Iterator[tuple[str, str]]:
    found: dict[FieldClass, list[str]] = defaultdict(list)
    for path, kind in classes.items():
        found[kind].append(f"`{path}`")
    for kind in FieldClass:
        if found[kind]:
            yield kind.value, ", ".join(found[kind])


def _sayers(event_type: str) -> str:
    """Whose word counts, as the broker asks it."""
    if event_type == RECEIPT:
        return "who received"
    if event_type.startswith(BY_BROKER):
        return "the broker"
    kinds = who_may_say(event_type)
    return "everybody" if kinds is None else ", ".join(sorted(kind.value.replace("_", " ") for kind in kinds))


def _codes(schemas: Iterable[EventSchema]) -> Iterator[tuple[str, str, str]]:
    """Every list that carries meanings, once, by name."""
    lists: dict[str, Mapping[str, str]] = {}
    for schema in schemas:
        for one in _enums(schema.document):
            lists.setdefault(one["name"], one.get("meanings", {}))
    for name, meanings in sorted(lists.items()):
        for code, meaning in meanings.items():
            yield name, f"`{code}`", meaning


def _enums(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if node.get("type") == "enum":
            yield node
        for value in node.values():
            yield from _enums(value)
    elif isinstance(node, list):
        for value in node:
            yield from _enums(value)
