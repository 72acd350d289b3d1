"""One agreement's file to permits, and seals.yaml and invariants.yaml to their rules.

Left out: the vocabulary (`read_vocabulary`) and what can only be seen across files (`loader`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum

from sharing.events import EVENT_TYPES
from sharing.policy.classes import Classes
from sharing.policy.conditions import Condition
from sharing.policy.document import Faults, Node, Place, Table, Word, nearest
from sharing.policy.facts import Guard, Polarity
from sharing.policy.lattice import CLEAR, WITHHOLD, Transform, TransformKind
from sharing.policy.model import Agreement, AlwaysRule, NeverRule, Permit, Purpose, Seal, SealException, Vocabulary
from sharing.policy.paths import EXISTS, Leaf, leaves
from sharing.policy.read_vocabulary import fields_of, transform_of
from sharing.policy.reading import (
    check_keys,
    condition_of,
    date_of,
    flag_of,
    members_of,
    name_of,
    table_of,
    tables_of,
    text_of,
    word_of,
    words_of,
)
from sharing.vocabulary import Agency, FieldClass, RecipientKind

ALL = "all"
_NEVER_STOPPED = {"referral.submitted": {RecipientKind.FRONT_DOOR, RecipientKind.EMERGENCY_DUTY}}


@dataclass(frozen=True, slots=True)
class RuleReader:
    """Reads the rules of one file with the words of a vocabulary."""

    vocabulary: Vocabulary
    classes: Classes
    faults: Faults

    def permits(self, document: Table) -> Iterator[tuple[Permit, Place]]:
        """The permits of one agreement, each with its place."""
        head = ("agreement", "title", "parties", "dpia", "review_by")
        check_keys(document, (*head, "permits"), (*head, "permits"), self.faults)
        agreement = Agreement(
            name_of(document.get("agreement"), self.faults),
            text_of(document.get("title"), self.faults),
            members_of(document.get("parties"), "agency", Agency, self.faults),
            text_of(document.get("dpia"), self.faults),
            date_of(document.get("review_by"), self.faults),
        )
        for table in tables_of(document.get("permits"), self.faults):
            permit = self._permit(table, agreement)
            if permit:
                yield permit, table.place

    def _permit(self, table: Table, agreement: Agreement) -> Permit | None:
        required = ("id", "event", "to", "purpose", "fields")
        check_keys(table, (*required, "when", "hold_until", "never_stopped", "include"), required, self.faults)
        event = self._event(table.get("event"))
        purpose = self._purpose(table.get("purpose"))
        name = name_of(table.get("id"), self.faults)
        when = self._condition(table.get("when"), Polarity.PERMIT)
        hold = self._hold(table.get("hold_until"))
        to = self._parties(table, agreement)
        fields = self._fields(table, event)
        if event is None or purpose is None:
            return None
        permit = Permit(
            permit_id=f"{agreement.name}/{name}",
            agreement=agreement,
            event_type=event,
            to=to,
            purpose=purpose,
            fields=fields,
            when=when,
            hold_until=hold,
            never_stopped=flag_of(table.get("never_stopped"), self.faults),
            place=str(table.place),
        )
        self._check_never_stopped(permit, table)
        return permit

    def _check_never_stopped(self, permit: Permit, table: Table) -> None:
        bound = _NEVER_STOPPED.get(permit.event_type, set())
        if permit.never_stopped and not set(permit.to) <= bound:
            self.faults.add(
                table.place, "'never_stopped' is for a referral on its way to social care, and for nothing else"
            )
        if permit.never_stopped and ("when" in table.entries or "hold_until" in table.entries):
            self.faults.add(table.place, "what is never stopped has no 'when' and no 'hold_until'")
        if not permit.never_stopped and bound & set(permit.to):
            self.faults.add(table.place, "a referral to social care must say 'never_stopped: true'")

    def _event(self, node: Node | None) -> str | None:
        word = word_of(node, self.faults)
        if word and word.text not in EVENT_TYPES:
            self.faults.unknown(word, "event", EVENT_TYPES)
            return None
        return word.text if word else None

    def _purpose(self, node: Node | None) -> Purpose | None:
        word = word_of(node, self.faults)
        if word and word.text not in self.vocabulary.purposes:
            self.faults.unknown(word, "purpose", self.vocabulary.purposes)
        return self.vocabulary.purposes.get(word.text) if word else None

    def _condition(self, node: Node | None, polarity: Polarity | None) -> Condition:
        guards = self.vocabulary.guards
        here = [name for name, entry in guards.items() if polarity in {None, entry.polarity}]
        opposite = "a seal guard cannot open anything" if polarity is Polarity.PERMIT else "a permit guard cannot seal"
        return condition_of(node, here, {name: opposite for name in guards if name not in here}, self.faults)

    def _hold(self, node: Node | None) -> tuple[Guard, ...]:
        return members_of(node, "guard", Guard, self.faults)

    def _parties(self, table: Table, agreement: Agreement) -> tuple[RecipientKind, ...]:
        to = members_of(table.get("to"), "recipient", RecipientKind, self.faults)
        for word in words_of(table.get("to"), Faults()):
            agency = (
                self.vocabulary.recipients.get(RecipientKind(word.text)) if word.text in list(RecipientKind) else None
            )
            if agency and agency not in agreement.parties:
                self.faults.add(word.place, f"'{word.text}' belongs to {agency}, which is not among the parties above")
        return to

    def _fields(self, table: Table, event: str | None) -> dict[str, Transform]:
        found: dict[str, Transform] = {}
        for word in words_of(table.get("include"), self.faults):
            if word.text not in self.vocabulary.field_sets:
                self.faults.unknown(word, "field set", self.vocabulary.field_sets)
            self._add(found, self.vocabulary.field_sets.get(word.text, {}), {}, word)
        own = table_of(table.get("fields"), self.faults)
        keys = {path: key for path, (key, _) in own.entries.items()}
        at = Word("", own.place)
        self._add(found, fields_of(own, self.vocabulary.categories, self.faults), keys, at)
        for path, transform in found.items() if event else ():
            self._check_field(event or "", path, transform, keys.get(path, Word(path, table.place)))
        return found

    def _add(
        self, found: dict[str, Transform], more: Mapping[str, Transform], keys: Mapping[str, Word], at: Word
    ) -> None:
        for path, transform in more.items():
            if path in found:
                self.faults.add(keys.get(path, at).place, f"field '{path}' is given twice in this permit")
            found[path] = transform

    def _check_field(self, event: str, path: str, transform: Transform, word: Word) -> None:
        known = leaves(event)
        if path == EXISTS:
            if transform != CLEAR:
                self.faults.add(word.place, f"'{EXISTS}' can only be clear")
        elif path not in known:
            inner = any(name.startswith((f"{path}.", f"{path}[]")) for name in known)
            hint = "; name the fields inside it, one by one" if inner else nearest(path, [*known, EXISTS])
            self.faults.add(word.place, f"unknown field '{path}' of {event}{hint}")
        else:
            reason = misfit(known[path], transform)
            if reason:
                self.faults.add(word.place, f"'{transform.words}' does not fit '{path}': {reason}")

    def seals(self, document: Table) -> Iterator[tuple[Seal, Place]]:
        """The seals, each with its place."""
        check_keys(document, ("seals",), ("seals",), self.faults)
        required = ("id", "means", "when", "closes", "do", "marker")
        for table in tables_of(document.get("seals"), self.faults):
            check_keys(table, (*required, "to", "absolute", "except"), required, self.faults)
            text_of(table.get("means"), self.faults)
            yield self._seal(table), table.place

    def _seal(self, table: Table) -> Seal:
        closes = words_of(table.get("closes"), self.faults)
        exists = any(word.text == EXISTS for word in closes)
        classes = self._class_words([word for word in closes if word.text != EXISTS])
        self._check_closure(classes, table)
        marker = word_of(table.get("marker"), self.faults)
        if marker and marker.text != "silent":
            self.faults.add(marker.place, "a seal is silent: the same bytes as a field that was never there")
        absolute = flag_of(table.get("absolute"), self.faults)
        if absolute and "except" in table.entries:
            self.faults.add(table.entries["except"][0].place, "an absolute seal has no exception")
        return Seal(
            seal_id=f"seals/{name_of(table.get('id'), self.faults)}",
            when=self._condition(table.get("when"), Polarity.SEAL),
            classes=classes,
            exists=exists,
            to=self._kinds(table.get("to")),
            do=transform_of(table.get("do"), self.vocabulary.categories, self.faults) or WITHHOLD,
            absolute=absolute,
            exceptions=tuple(self._exceptions(table)),
        )

    def _class_words(self, found: list[Word]) -> frozenset[FieldClass]:
        known = {c.value: c for c in FieldClass}
        for word in found:
            if word.text not in known:
                self.faults.unknown(word, "class", [*known, EXISTS])
        return frozenset(known[word.text] for word in found if word.text in known)

    def _check_closure(self, classes: frozenset[FieldClass], table: Table) -> None:
        for closed in sorted(classes):
            missing = self.vocabulary.inferring.get(closed, frozenset()) - classes
            if missing:
                names = ", ".join(sorted(missing))
                self.faults.add(table.place, f"class {closed} can be told from {names}: close that too")

    def _exceptions(self, table: Table) -> Iterator[SealException]:
        for entry in tables_of(table.get("except"), self.faults):
            check_keys(entry, ("to", "when"), ("to",), self.faults)
            to = members_of(entry.get("to"), "recipient", RecipientKind, self.faults)
            yield SealException(to, self._condition(entry.get("when"), Polarity.PERMIT))

    def _kinds(self, node: Node | None) -> tuple[RecipientKind, ...] | None:
        if node is None or (isinstance(node, Word) and node.text == ALL):
            return None
        return members_of(node, "recipient", RecipientKind, self.faults)

    def never(self, document: Table) -> Iterator[tuple[NeverRule, Place]]:
        """The `never` rules, each with its place."""
        required = ("id", "because", "to")
        optional = ("classes", "fields", "events", "except_events", "except_fields", "when", "more_than")
        for table in tables_of(document.get("never"), self.faults):
            check_keys(table, (*required, *optional), required, self.faults)
            more_than = table.get("more_than")
            rule = NeverRule(
                rule_id=name_of(table.get("id"), self.faults),
                because=text_of(table.get("because"), self.faults),
                classes=self._class_words(words_of(table.get("classes"), self.faults)),
                fields=self._paths(table.get("fields")),
                to=self._kinds(table.get("to")),
                events=self._events(table.get("events")) if table.get("events") else None,
                except_events=self._events(table.get("except_events")),
                except_fields=self._paths(table.get("except_fields")),
                when=self._condition(table.get("when"), None),
                more_than=transform_of(more_than, self.vocabulary.categories, self.faults) if more_than else None,
            )
            if not rule.classes and not rule.fields:
                self.faults.add(table.place, "'classes' or 'fields' must say what is never released")
            yield rule, table.place

    def always(self, document: Table) -> Iterator[tuple[AlwaysRule, Place]]:
        """The `always` rules, each with its place."""
        required = ("id", "because", "event", "to", "fields")
        for table in tables_of(document.get("always"), self.faults):
            check_keys(table, (*required, "when", "at_least"), required, self.faults)
            at_least = table.get("at_least")
            event = self._event(table.get("event"))
            words = words_of(table.get("fields"), self.faults)
            for word in words if event else ():
                self._check_field(event or "", word.text, CLEAR, word)
            if event:
                yield (
                    AlwaysRule(
                        rule_id=name_of(table.get("id"), self.faults),
                        because=text_of(table.get("because"), self.faults),
                        event=event,
                        to=members_of(table.get("to"), "recipient", RecipientKind, self.faults),
                        fields=tuple(word.text for word in words),
                        when=self._condition(table.get("when"), None),
                        at_least=transform_of(at_least, self.vocabulary.categories, self.faults) or CLEAR
                        if at_least
                        else CLEAR,
                    ),
                    table.place,
                )

    def _events(self, node: Node | None) -> frozenset[str]:
        found = [self._event(word) for word in words_of(node, self.faults)]
        return frozenset(event for event in found if event)

    def _paths(self, node: Node | None) -> frozenset[str]:
        """Paths that exist in at least one event type."""
        known = {EXISTS}.union(*(leaves(event) for event in EVENT_TYPES))
        found = words_of(node, self.faults)
        for word in found:
            if word.text not in known:
                self.faults.unknown(word, "field", known)
        return frozenset(word.text for word in found)


_DATES = {TransformKind.YEAR, TransformKind.AGE_BAND}
_TEXTS = {TransformKind.OUTWARD, TransformKind.TOKEN, TransformKind.EXISTENCE}


def misfit(leaf: Leaf, transform: Transform) -> str:
    """Why a transform cannot be used on a field, `""` if it can: what goes has the same type as what came."""
    if transform.kind in _DATES and (leaf.kind is not date or leaf.many):
        return "it is no date"
    if transform.kind in _TEXTS and (leaf.kind is not str or leaf.many):
        return "it is no text"
    if transform.kind is TransformKind.CATEGORY:
        if issubclass(leaf.kind, Enum):
            words = {member.value for member in leaf.kind}
            wrong = sorted({word for pair in transform.pairs for word in pair} - words)
            return f"it never is {', '.join(wrong)}" if wrong else ""
        return "" if leaf.kind is str else "it is no word of a list"
    return ""
