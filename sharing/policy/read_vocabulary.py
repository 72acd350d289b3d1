"""vocabulary.yaml to a `Vocabulary`: the words that agreements may use, each with its meaning.

The closed lists (classes, guards, recipients, transforms) must be exactly those that the code knows: a guard that is
declared and computed by nobody, or computed and explained by nobody, is a fault.
"""

import re
from collections.abc import Collection, Mapping

from sharing.policy.document import Faults, Table, Word
from sharing.policy.facts import Guard, Polarity
from sharing.policy.lattice import TransformKind
from sharing.policy.model import GuardEntry, Marker, Purpose, Vocabulary
from sharing.policy.read_transforms import Maps, fields_of
from sharing.policy.reading import (
    age_of,
    check_keys,
    folded,
    members_of,
    name_of,
    stated,
    table_of,
    text_of,
    word_of,
    words_of,
)
from sharing.vocabulary import Agency, FieldClass, RecipientKind

_SECTIONS = (
    "classes",
    "guards",
    "recipients",
    "recipient_groups",
    "purposes",
    "transforms",
    "categories",
    "field_sets",
)
_MORE = _MARKERS, _PERSONS = "markers", "persons"


def read_vocabulary(document: Table, faults: Faults) -> Vocabulary:
    """Read the vocabulary; faults are noted, and what could not be read is left out."""
    check_keys(document, (*_SECTIONS, *_MORE), _SECTIONS, faults)
    part = {name: table_of(document.get(name), faults, document.place) for name in (*_SECTIONS, *_MORE)}
    _explain_all(part["transforms"], "transform", [kind.value for kind in TransformKind], faults)
    categories = {name: _category(name, part["categories"], faults) for name in part["categories"].entries}
    persons = {name: _group_of_persons(name, part[_PERSONS], faults) for name in part[_PERSONS].entries}
    maps = Maps(categories, persons)
    return Vocabulary(
        guards=_guards(part["guards"], faults),
        recipients=_recipients(part["recipients"], faults),
        groups=_groups(part["recipient_groups"], faults),
        purposes=_purposes(part["purposes"], faults),
        told_by=_classes(part["classes"], faults),
        categories=categories,
        field_sets={name: fields_of(part["field_sets"].get(name), maps, faults) for name in part["field_sets"].entries},
        markers=_markers(part[_MARKERS], faults),
        persons=persons,
        meanings={**_meanings(part["classes"]), **_meanings(part["recipients"])},
    )


def _meanings(table: Table) -> dict[str, str]:
    """What is said of each word; what could not be read is noted where the word itself is read."""
    entries = {name: value for name, (_, value) in table.entries.items() if isinstance(value, Table)}
    return {name: text_of(entry.get("means"), Faults()) for name, entry in entries.items()}


def _explain_all(table: Table, what: str, known: Collection[str], faults: Faults) -> None:
    for key, value in table.entries.values():
        if key.text not in known:
            faults.unknown(key, what, known)
        if not isinstance(value, Table):
            text_of(value, faults)
    for name in known:
        if name not in table.entries:
            faults.add(table.place, f"{what} '{name}' is not explained here")


def _entry(table: Table, name: str, allowed: Collection[str], required: Collection[str], faults: Faults) -> Table:
    entry = table_of(table.get(name), faults, table.place)
    check_keys(entry, allowed, required, faults)
    return entry


def _classes(table: Table, faults: Faults) -> Mapping[FieldClass, frozenset[FieldClass]]:
    known = {c.value: c for c in FieldClass}
    _explain_all(table, "class", known, faults)
    found = {}
    for name in (n for n in table.entries if n in known):
        entry = _entry(table, name, ("means", "told_by"), ("means",), faults)
        text_of(entry.get("means"), faults)
        found[known[name]] = frozenset(members_of(entry.get("told_by"), "class", FieldClass, faults))
    return found


def _guards(table: Table, faults: Faults) -> Mapping[str, GuardEntry]:
    known = {g.value: g for g in Guard}
    polarities = {p.value: p for p in Polarity}
    _explain_all(table, "guard", known, faults)
    keys = ("means", "polarity", "owner", "source", "max_age")
    found = {}
    for name in (n for n in table.entries if n in known):
        entry = _entry(table, name, keys, keys, faults)
        polarity = word_of(entry.get("polarity"), faults)
        if polarity and polarity.text not in polarities:
            faults.unknown(polarity, "polarity", polarities)
        way = polarities.get(polarity.text if polarity else "", Polarity.SEAL)
        means, owner, source = (text_of(entry.get(key), faults) for key in ("means", "owner", "source"))
        found[name] = GuardEntry(known[name], means, way, owner, source, age_of(entry.get("max_age"), faults))
    return found


def _recipients(table: Table, faults: Faults) -> Mapping[RecipientKind, Agency]:
    known = {k.value: k for k in RecipientKind}
    _explain_all(table, "recipient", known, faults)
    found = {}
    for name in (n for n in table.entries if n in known):
        entry = _entry(table, name, ("means", "agency"), ("means", "agency"), faults)
        text_of(entry.get("means"), faults)
        agencies = members_of(entry.get("agency"), "agency", Agency, faults)
        if agencies:
            found[known[name]] = agencies[0]
    return found


def _groups(table: Table, faults: Faults) -> Mapping[str, tuple[RecipientKind, ...]]:
    """Names for kinds that are often named together. A group is no kind, so that a name means one thing only."""
    kinds = {k.value for k in RecipientKind}
    for key, _ in table.entries.values():
        if name_of(key, faults) in kinds:
            faults.add(key.place, f"'{key.text}' is a recipient; a group needs another name")
    return {name: members_of(table.get(name), "recipient", RecipientKind, faults) for name in table.entries}


MAY_BE_MARKED = frozenset({FieldClass.INFORMANT})
"""Classes of which it may be said that something is held back. Of any other, saying so tells what a seal hides."""


def _markers(table: Table, faults: Faults) -> Mapping[str, Marker]:
    keys = ("says", "classes", "to")
    found = {}
    for name, (key, _) in table.entries.items():
        entry = _entry(table, name, keys, keys, faults)
        classes = members_of(entry.get("classes"), "class", FieldClass, faults)
        for own in sorted(set(classes) - MAY_BE_MARKED):
            faults.add(
                entry.place, f"class {own} is never marked: that something is sealed would be told by the marker"
            )
        to = members_of(entry.get("to"), "recipient", RecipientKind, faults)
        found[name] = Marker(name_of(key, faults), text_of(entry.get("says"), faults), frozenset(classes), to)
    return found


_BASIS = "GDPR|DPA|Data Protection Act"
_CONSENT = re.compile(r"6\(1\)\(a\)|9\(2\)\(a\)|\bconsent\b", re.IGNORECASE)


def _purposes(table: Table, faults: Faults) -> Mapping[str, Purpose]:
    required = ("means", "statute", "lawful_basis")
    found = {}
    for name, (key, _) in table.entries.items():
        entry = _entry(table, name, (*required, "confidence"), required, faults)
        means = text_of(entry.get("means"), faults)
        statute = stated(
            entry.get("statute"), "statute: it names an Act or regulations with year and section", "[0-9]", faults
        )
        given = entry.get("lawful_basis")
        if isinstance(given, Word) and _CONSENT.search(given.text):
            faults.add(
                given.place, "consent is no basis here: a refusal would end what a duty asks for; it is kept as a wish"
            )
        basis = stated(entry.get("lawful_basis"), "lawful basis: it names UK GDPR or DPA 2018", _BASIS, faults)
        found[name] = Purpose(name_of(key, faults), means, statute, basis, text_of(entry.get("confidence"), faults))
    return found


def _category(name: str, table: Table, faults: Faults) -> tuple[tuple[str, str], ...]:
    """A closed map; every word it gives maps to itself, so that reducing twice is reducing once."""
    pairs = {}
    for key, value in table_of(table.get(name), faults, table.place).entries.values():
        given = word_of(value, faults)
        if given:
            pairs[key.text] = given.text
    for source, target in pairs.items():
        if pairs.get(target) != target:
            entry = table_of(table.get(name), faults, table.place).entries[source][0]
            faults.add(entry.place, f"'{target}' must be listed in '{name}' and map to itself")
    return tuple(sorted(pairs.items()))


def _group_of_persons(name: str, table: Table, faults: Faults) -> tuple[tuple[str, str], ...]:
    """Which persons of a list stay: the roles, each with the field that says it."""
    entry = _entry(table, name, ("by", "keep"), ("by", "keep"), faults)
    by = word_of(entry.get("by"), faults)
    keep = words_of(entry.get("keep"), faults)
    return tuple(sorted((folded(word.text), by.text) for word in keep)) if by else ()
