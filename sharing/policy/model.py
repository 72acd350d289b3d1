"""What the agreements say, once read: permits, seals, invariants, and the cells of the matrix that they make.

Left out: reading YAML (`loader`) and deciding (`decide`). Rule: a cell (event type, recipient kind, purpose) holds at
most one permit for each field, so that no permit ever has to win over another; seals only lower what a permit gives.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from sharing.policy.conditions import ALWAYS, Condition
from sharing.policy.facts import Guard, Polarity
from sharing.policy.lattice import CLEAR, Transform
from sharing.vocabulary import Agency, FieldClass, RecipientKind

SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Purpose:
    """Why something may go, and by what law.

    Attributes:
        statute: The duty or power. `lawful_basis`: of UK data protection law. `confidence`: why a duty of confidence is
            not broken, `""` where none is owed.
    """

    name: str
    means: str
    statute: str
    lawful_basis: str
    confidence: str = ""


@dataclass(frozen=True, slots=True)
class GuardEntry:
    """What a guard means to a reader, who answers for it and in which register it is kept.

    Attributes:
        max_age: How old what was last heard of it may be; older is unknown. None: it is known anew at each decision.
    """

    guard: Guard
    means: str
    polarity: Polarity
    owner: str
    source: str
    max_age: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Marker:
    """Fixed words that may stand in place of a sealed text.

    Attributes:
        says: The words. `classes`: of which sealed class they may be said. `to`: to whom they may be said.
    """

    name: str
    says: str
    classes: frozenset[FieldClass]
    to: tuple[RecipientKind, ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words that agreements may use.

    Attributes:
        groups: Named kinds of recipient that are often named together.
        told_by: Class to the classes from which it can be told: a seal on the one must name the others.
        field_sets: Named groups of fields that permits include.
        categories: Named closed maps. `persons`: named groups of persons, pairs of a role and the field that says it.
        meanings: What each class of field and each kind of recipient is, in words, by its name.
    """

    guards: Mapping[str, GuardEntry]
    recipients: Mapping[RecipientKind, Agency]
    groups: Mapping[str, tuple[RecipientKind, ...]]
    purposes: Mapping[str, Purpose]
    told_by: Mapping[FieldClass, frozenset[FieldClass]]
    categories: Mapping[str, tuple[tuple[str, str], ...]]
    field_sets: Mapping[str, Mapping[str, Transform]]
    markers: Mapping[str, Marker] = field(default_factory=dict)
    persons: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    meanings: Mapping[str, str] = field(default_factory=dict)

    def kinds_named(self, name: str) -> tuple[RecipientKind, ...]:
        """The kinds of recipient that a name stands for: itself, or those of a group; none for an unknown word."""
        return self.groups.get(name) or tuple(kind for kind in RecipientKind if kind == name)


@dataclass(frozen=True, slots=True)
class Agreement:
    """One information sharing agreement: one file."""

    name: str
    title: str
    parties: tuple[Agency, ...]
    dpia: str
    review_by: str


@dataclass(frozen=True, slots=True)
class Permit:
    """Leave to give some fields of one event type to some kinds of recipient for one purpose.

    Attributes:
        permit_id: `agreement/name`, as it stands in `envelope.agreement` of what is released.
        when: Must be true; unknown is not enough.
        hold_until: Guards that must be true, else the exchange waits and is decided again.
        never_stopped: No guard, seal or hold touches it (a referral on its way to social care).
        fields: Path to transform; `$exists` is the event itself.
        place: `file:line:column`.
    """

    permit_id: str
    agreement: Agreement
    event_type: str
    to: tuple[RecipientKind, ...]
    purpose: Purpose
    fields: Mapping[str, Transform]
    when: Condition = ALWAYS
    hold_until: tuple[Guard, ...] = ()
    never_stopped: bool = False
    place: str = ""


@dataclass(frozen=True, slots=True)
class SealException:
    """Kinds of recipient whom a seal does not bind while a condition is true."""

    to: tuple[RecipientKind, ...]
    when: Condition


@dataclass(frozen=True, slots=True)
class Seal:
    """What closes, for whom, and down to what.

    Attributes:
        when: Closes unless this is false: unknown closes.
        classes: Classes of field that it closes. `exists`: whether it closes the event itself. `around`: the other
        pseudo-fields that it closes.
        to: Kinds of recipient that it binds, None for all.
        absolute: No exception, no grant, no break-glass.
        marker: `silent`, the same bytes as a field that was never there; or a marker of the vocabulary, whose words
        stand in place of a text where `$marker` is permitted. `shown`: those words, None for silence.
    """

    seal_id: str
    when: Condition
    classes: frozenset[FieldClass]
    exists: bool
    to: tuple[RecipientKind, ...] | None
    do: Transform
    absolute: bool
    exceptions: tuple[SealException, ...] = ()
    marker: str = SILENT
    shown: Transform | None = None
    around: frozenset[str] = frozenset()

    def closes(self, path: str, own: FieldClass | None) -> bool:
        """Whether it closes a field of a class, or a pseudo-field."""
        return own in self.classes or path in self.around


@dataclass(frozen=True, slots=True)
class NeverRule:
    """Something that must not happen in any situation in which `when` is not false.

    Attributes:
        events: Event types it speaks of, None for all. `to`: recipient kinds, None for all.
        classes: Classes, and `fields`: paths, that must not be released (above `more_than`).
    """

    rule_id: str
    because: str
    classes: frozenset[FieldClass]
    fields: frozenset[str]
    to: tuple[RecipientKind, ...] | None
    events: frozenset[str] | None
    except_events: frozenset[str]
    except_fields: frozenset[str]
    when: Condition
    more_than: Transform | None = None


@dataclass(frozen=True, slots=True)
class AlwaysRule:
    """Something that must be released in every situation in which `when` is true: holding it back is a fault too."""

    rule_id: str
    because: str
    event: str
    to: tuple[RecipientKind, ...]
    fields: tuple[str, ...]
    when: Condition
    at_least: Transform = CLEAR


CellKey = tuple[str, RecipientKind, str]
"""Event type, recipient kind, name of the purpose."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Everything that bears on one event type for one kind of recipient and one purpose.

    Attributes:
        permits: Path to its one permit.
        seals: Seals that bind this kind of recipient and touch a field permitted here.
        classes: Path to class, of every field of the event type and of the pseudo-fields but `$exists`.
        distinct: The permits, each once.
    """

    event_type: str
    kind: RecipientKind
    purpose: Purpose | None
    permits: Mapping[str, Permit]
    seals: tuple[Seal, ...]
    classes: Mapping[str, FieldClass]
    guards: frozenset[Guard]
    distinct: tuple[Permit, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "distinct", tuple({id(p): p for p in self.permits.values()}.values()))


@dataclass(frozen=True, slots=True, eq=False)
class Agreements:
    """A complete, checked set of agreements.

    Attributes:
        version: SHA-256 (hex) over the canonical form of the matrix: the same permissions, the same version.
        cells: The matrix. What has no cell goes to nobody.
        purposes_of: Purposes by event type and kind, in the order of the vocabulary.
    """

    version: str
    vocabulary: Vocabulary
    agreements: tuple[Agreement, ...]
    permits: tuple[Permit, ...]
    seals: tuple[Seal, ...]
    never: tuple[NeverRule, ...]
    always: tuple[AlwaysRule, ...]
    classes: Mapping[str, Mapping[str, FieldClass]]
    cells: Mapping[CellKey, Cell]
    purposes_of: Mapping[tuple[str, RecipientKind], tuple[str, ...]]
    remembered: dict[object, object] = field(default_factory=dict, repr=False)
