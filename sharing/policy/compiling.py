"""`compiled()`: rules that were read to a complete set, with its matrix and version.

Left out: texts (`loader`). Whoever changes a rule and asks what would follow (a mutant, a proposal) compiles it here.
Deterministic: the same rules, in whatever order, give the same matrix.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sharing.policy.cells import cells_of, purposes_of
from sharing.policy.classes import Classes
from sharing.policy.matrix import version_of
from sharing.policy.model import Agreements, AlwaysRule, CellKey, NeverRule, Permit, Seal, Vocabulary


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything that a set of agreements says."""

    vocabulary: Vocabulary
    permits: tuple[Permit, ...]
    seals: tuple[Seal, ...]
    never: tuple[NeverRule, ...]
    always: tuple[AlwaysRule, ...]


def compiled(rules: Rules, classes: Classes) -> Agreements:
    """The set that these rules make. They are taken as they are: whoever did not read them with `load` checks them."""
    cells = cells_of(rules.permits, rules.seals, classes)
    made = Agreements(
        version="",
        vocabulary=rules.vocabulary,
        agreements=tuple({p.agreement.name: p.agreement for p in rules.permits}.values()),
        permits=rules.permits,
        seals=rules.seals,
        never=rules.never,
        always=rules.always,
        classes=classes,
        cells=cells,
        purposes_of=purposes_of(cells, rules.vocabulary.purposes),
    )
    return replace(made, version=version_of(made))


def rules_of(agreements: Agreements) -> Rules:
    """The rules of a set, to be changed and compiled again."""
    return Rules(agreements.vocabulary, agreements.permits, agreements.seals, agreements.never, agreements.always)


def sizes_of(rules: Rules, classes: Classes) -> Mapping[CellKey, int]:
    """How many guards bear on each cell."""
    return {key: len(cell.guards) for key, cell in cells_of(rules.permits, rules.seals, classes).items()}
