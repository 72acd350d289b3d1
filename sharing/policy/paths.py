"""The fields of an event as paths: `child.postcode`, `agencies_told`, `envelope.unreadable[].as_written`.

Agreements name leaves, never a whole record: a field that is added to a record later is secret until it is named.
Left out: classes of fields (`classes`) and values.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from sharing.events import EVENT_TYPES

EXISTS = "$exists"
"""The event itself. Who may not know that it exists receives nothing, not even an empty view."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One field that holds a value.

    Attributes:
        kind: Python type of the value, or of one item where `many`.
        many: Whether the field holds a tuple of such values.
    """

    path: str
    kind: type
    many: bool


def without_null(hint: Any) -> Any:
    """`X` for `X | None`."""
    if get_origin(hint) in (Union, UnionType):
        return next(a for a in get_args(hint) if a is not type(None))
    return hint


def _leaves(record: Any, prefix: str) -> Iterator[Leaf]:
    hints = get_type_hints(record)
    for field in fields(record):
        hint, many, path = without_null(hints[field.name]), False, prefix + field.name
        if get_origin(hint) is tuple:
            hint, many = get_args(hint)[0], True
        if is_dataclass(hint):
            yield from _leaves(hint, f"{path}[]." if many else f"{path}.")
        else:
            yield Leaf(path, hint, many)


@cache
def leaves(event_type: str) -> dict[str, Leaf]:
    """Every field of an event type by path, in the order of the dataclass.

    Raises:
        KeyError: no such event type.
    """
    return {leaf.path: leaf for leaf in _leaves(EVENT_TYPES[event_type], "")}


def holds_one_text(event_type: str, path: str) -> bool:
    """Whether a field of an event type holds one text, neither a list nor a word of a closed list."""
    leaf = leaves(event_type).get(path)
    return leaf is not None and leaf.kind is str and not leaf.many
