"""What may be done with a value, as a permit, a seal or a rule writes it: a word, or a map or group by its name.

Left out: whether it fits a field (`read_words`) and what it does (`sharing.redaction`).
"""

from collections.abc import Mapping
from typing import NamedTuple

from sharing.policy.document import Faults, Node, Table
from sharing.policy.lattice import Transform, TransformKind
from sharing.policy.reading import check_keys, table_of, word_of

Pairs = tuple[tuple[str, str], ...]


class Maps(NamedTuple):
    """The closed maps and the groups of persons that a vocabulary names."""

    categories: Mapping[str, Pairs]
    persons: Mapping[str, Pairs]


_NAMED = {TransformKind.CATEGORY: "a category names its map", TransformKind.PERSONS: "persons are named as a group"}


def fields_of(node: Node | None, maps: Maps, faults: Faults) -> dict[str, Transform]:
    """Path to transform: `path: clear`, or `path: {category: name}`. Paths are checked where an event type is known."""
    found: dict[str, Transform] = {}
    if node is None:
        return found
    for path, (_, value) in table_of(node, faults, node.place).entries.items():
        transform = transform_of(value, maps, faults)
        if transform:
            found[path] = transform
    return found


def transform_of(node: Node | None, maps: Maps, faults: Faults) -> Transform | None:
    """One transform, or None with a fault noted."""
    if isinstance(node, Table):
        return _named(node, maps, faults)
    word = word_of(node, faults)
    plain = {kind.value: kind for kind in TransformKind if kind not in _NAMED}
    if word is None or word.text in plain:
        return Transform(plain[word.text]) if word else None
    named = {kind.value: why for kind, why in _NAMED.items()}
    if word.text in named:
        faults.add(word.place, f"{named[word.text]}: {{{word.text}: name}}")
    else:
        faults.unknown(word, "transform", [*plain, *named])
    return None


def _named(table: Table, maps: Maps, faults: Faults) -> Transform | None:
    kinds = {kind.value: kind for kind in _NAMED}
    check_keys(table, tuple(kinds), (), faults)
    if len(table.entries) != 1:
        faults.add(table.place, "one map or one group stands here: {category: name} or {persons: name}")
        return None
    ((key, node),) = table.entries.values()
    name = word_of(node, faults)
    if key.text not in kinds or name is None:
        return None
    known = maps.categories if kinds[key.text] is TransformKind.CATEGORY else maps.persons
    if name.text not in known:
        faults.unknown(name, "category" if known is maps.categories else "group of persons", known)
    return Transform(kinds[key.text], name.text, known.get(name.text, ()))
