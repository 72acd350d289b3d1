"""The words of a vocabulary, as the other files use them: events, purposes, guards, recipients, classes, fields.

Left out: the shape of permits (`read_permits`), of seals and invariants (`read_rules`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum

from sharing.events import EVENT_TYPES
from sharing.policy.conditions import Condition
from sharing.policy.document import Faults, Node, Word, nearest
from sharing.policy.facts import Guard, Polarity
from sharing.policy.lattice import WITHHOLD, Transform, TransformKind
from sharing.policy.lookalikes import look_alike
from sharing.policy.model import Purpose, Vocabulary
from sharing.policy.paths import Leaf, leaves
from sharing.policy.pseudo import PSEUDO_FIELDS
from sharing.policy.read_transforms import Maps
from sharing.policy.reading import condition_of, members_of, word_of, words_of
from sharing.vocabulary import FieldClass, RecipientKind

ALL = "all"
_WRONG_WAY = {Polarity.PERMIT: "a seal guard cannot open anything", Polarity.SEAL: "a permit guard cannot seal"}


@dataclass(frozen=True, slots=True)
class Words:
    """Reads words that must be known; what is not is noted, with the nearest that is."""

    vocabulary: Vocabulary
    faults: Faults

    @property
    def maps(self) -> Maps:
        """The maps and groups that transforms may name."""
        return Maps(self.vocabulary.categories, self.vocabulary.persons)

    def event(self, node: Node | None) -> str | None:
        """An event type of the catalogue."""
        word = word_of(node, self.faults)
        if word and word.text not in EVENT_TYPES:
            self.faults.unknown(word, "event", EVENT_TYPES)
            return None
        return word.text if word else None

    def events(self, node: Node | None) -> frozenset[str]:
        """A list of event types."""
        found = [self.event(word) for word in words_of(node, self.faults)]
        return frozenset(event for event in found if event)

    def purpose(self, node: Node | None) -> Purpose | None:
        """A purpose of the vocabulary."""
        word = word_of(node, self.faults)
        if word and word.text not in self.vocabulary.purposes:
            self.faults.unknown(word, "purpose", self.vocabulary.purposes)
        return self.vocabulary.purposes.get(word.text) if word else None

    def condition(self, node: Node | None, polarity: Polarity | None) -> Condition:
        """A condition over guards of one polarity, or of both where that is None."""
        guards = self.vocabulary.guards
        here = [name for name, entry in guards.items() if polarity in {None, entry.polarity}]
        reason = _WRONG_WAY[polarity] if polarity else ""
        return condition_of(node, here, {name: reason for name in guards if name not in here}, self.faults)

    def permit_guards(self, node: Node | None) -> tuple[Guard, ...]:
        """A list of guards that can open something."""
        for word in words_of(node, Faults()):
            entry = self.vocabulary.guards.get(word.text)
            if entry and entry.polarity is Polarity.SEAL:
                self.faults.add(word.place, f"'{word.text}': {_WRONG_WAY[Polarity.PERMIT]}")
        return members_of(node, "guard", Guard, self.faults)

    def kinds(self, node: Node | None, spared: Node | None = None) -> tuple[RecipientKind, ...] | None:
        """A list of kinds of recipient without those that are spared; None for everybody, or where nothing stands."""
        everybody = node is None or (isinstance(node, Word) and node.text == ALL)
        if everybody and spared is None:
            return None
        named = tuple(RecipientKind) if everybody else self.recipients(node)
        out = self.recipients(spared) if spared is not None else ()
        left = tuple(kind for kind in named if kind not in out)
        if spared is not None and named and not left:
            self.faults.add(spared.place, "nobody is left to whom this applies")
        return left

    def recipients(self, node: Node | None) -> tuple[RecipientKind, ...]:
        """A list of kinds of recipient and of groups of them; each kind once, in the order written."""
        found: dict[RecipientKind, None] = {}
        for word in words_of(node, self.faults):
            kinds = self.vocabulary.kinds_named(word.text)
            if not kinds:
                self.faults.unknown(word, "recipient", [*RecipientKind, *self.vocabulary.groups])
            found |= dict.fromkeys(kinds)
        return tuple(found)

    def classes(self, found: list[Word]) -> frozenset[FieldClass]:
        """Classes of field."""
        known = {c.value: c for c in FieldClass}
        for word in found:
            if word.text not in known:
                self.faults.unknown(word, "class", [*known, *PSEUDO_FIELDS])
        return frozenset(known[word.text] for word in found if word.text in known)

    def paths(self, node: Node | None) -> frozenset[str]:
        """Fields that exist in at least one event type."""
        known = set(PSEUDO_FIELDS).union(*(leaves(event) for event in EVENT_TYPES))
        found = words_of(node, self.faults)
        for word in found:
            if word.text not in known:
                self.faults.unknown(word, "field", known)
        return frozenset(word.text for word in found)

    def check_field(self, event: str, path: str, transform: Transform, word: Word) -> bool:
        """Whether the event has this field and the transform fits it; what is wrong is noted."""
        fault = self._field_fault(event, path, transform)
        if fault:
            self.faults.add(word.place, fault)
        return not fault

    def _field_fault(self, event: str, path: str, transform: Transform) -> str:
        known = leaves(event)
        if path in PSEUDO_FIELDS:
            gives = PSEUDO_FIELDS[path].gives
            return "" if transform in (gives, WITHHOLD) else f"'{path}' can only be {gives.words} or withhold"
        if path not in known:
            inner = any(name.startswith((f"{path}.", f"{path}[]")) for name in known)
            hint = "; name the fields inside it, one by one" if inner else _near(path, known)
            return f"unknown field '{path}' of {event}{hint}"
        reason = _persons_misfit(path, transform, known) or misfit(known[path], transform)
        return f"'{transform.words}' does not fit '{path}': {reason}" if reason else ""


def _near(path: str, known: Mapping[str, Leaf]) -> str:
    """What was perhaps meant by a path that no field has: a list by its items, a map, a branch of a union, a slip."""
    plain = path.replace("[]", "").replace("{}", "").partition("|")[0]
    if plain != path and plain in known:
        return f"; the field is ruled as a whole: '{plain}'"
    return f"{look_alike(path)}{nearest(path, [*known, *PSEUDO_FIELDS])}"


def _persons_misfit(path: str, transform: Transform, known: Mapping[str, Leaf]) -> str:
    """A group of persons fits the parts of a list whose members say their role in a text."""
    if transform.kind is not TransformKind.PERSONS:
        return ""
    record, inside, _ = path.rpartition("[].")
    roles = [known.get(f"{record}[].{by}") for _, by in transform.pairs]
    said = all(role is not None and role.kind is str and not role.many for role in roles)
    return "" if inside and said else "it is no part of a list of persons who say their role"


_DATES = {TransformKind.YEAR, TransformKind.AGE_BAND}
_TEXTS = {TransformKind.OUTWARD, TransformKind.TOKEN, TransformKind.EXISTENCE, TransformKind.SCRUB}


def misfit(leaf: Leaf, transform: Transform) -> str:
    """Why a transform cannot be used on a field, `""` if it can: what goes has the same type as what came."""
    if transform.kind in _DATES and (leaf.kind is not date or leaf.many):
        return "it is no date"
    if transform.kind in _TEXTS and (leaf.kind is not str or leaf.many):
        return "it is no text"
    if transform.kind is TransformKind.CATEGORY:
        return _category_misfit(leaf, transform)
    return ""


def _category_misfit(leaf: Leaf, transform: Transform) -> str:
    if not issubclass(leaf.kind, Enum):
        return "" if leaf.kind is str else "it is no word of a list"
    words = {member.value for member in leaf.kind}
    wrong = sorted({word for pair in transform.pairs for word in pair} - words)
    return f"it never is {', '.join(wrong)}" if wrong else ""
