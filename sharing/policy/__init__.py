"""What signed agreements permit, to whom and under which facts; and what is sealed.

The whole API:

- `load(texts, classes) -> Agreements`: strict; raises `Misconfigured` with every fault at once.
  `field_classes(schemas)` gives the classes.
- `Facts.of({Guard.OPEN_INVOLVEMENT: True, ...})`: what is known now; what is not stated is unknown. `said_by(event)`
  gives the facts that an event itself states.
- `decide(agreements, event_type, kind, purpose or None, facts) -> Decision`: DELIVER, HOLD or SUPPRESS, and for each
  field what goes and by which rule. `decision.body()` is the ledger's record of it, `decision.digest` its hash.
- `violations(agreements)`: the invariants, checked over every combination of facts.

Left out: who the recipients are, values, views, files, time.
"""

from sharing.policy.checks import NEVER_TOKENED
from sharing.policy.classes import field_classes
from sharing.policy.decide import decide
from sharing.policy.decision import Decision, FieldRuling
from sharing.policy.facts import Facts, Guard, Polarity, said_by
from sharing.policy.freshness import fresh
from sharing.policy.invariants import Violation, violations
from sharing.policy.lattice import CLEAR, SCRUB, WITHHOLD, Transform, TransformKind, is_at_most, lowest
from sharing.policy.loader import load
from sharing.policy.model import Agreement, Agreements, AlwaysRule, Cell, NeverRule, Permit, Purpose, Seal
from sharing.policy.paths import EXISTS, Leaf, leaves

__all__ = [
    "CLEAR",
    "EXISTS",
    "NEVER_TOKENED",
    "SCRUB",
    "WITHHOLD",
    "Agreement",
    "Agreements",
    "AlwaysRule",
    "Cell",
    "Decision",
    "Facts",
    "FieldRuling",
    "Guard",
    "Leaf",
    "NeverRule",
    "Permit",
    "Polarity",
    "Purpose",
    "Seal",
    "Transform",
    "TransformKind",
    "Violation",
    "decide",
    "field_classes",
    "fresh",
    "is_at_most",
    "leaves",
    "load",
    "lowest",
    "said_by",
    "violations",
]
