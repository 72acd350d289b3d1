"""What is around a value and can tell a secret as well as the value can: pseudo-fields, ruled like data.

Each has a class, so that rules about a class reach it, and the few things that a permit may say of it; `withhold` may
always be said, and is what holds where nobody says anything. Left out: what the wire does about each
(`sharing.redaction.wire`). What a permit gives, and what withholding does:

- `$exists` clear: the event goes. Withheld: nothing goes, not even an empty view.
- `$key` token: the record's key is the recipient's own token of the child. Withheld: the key is that of the exchange
  alone; nobody can join the record to a child by it.
- `$headers` clear: the CloudEvents set, its ids derived. Withheld: only what a receiver needs to know it again.
- `$partition` token: follows from the key. Withheld: the first partition, whosever event it is.
- `$timestamp` clear: `ce_time` is when the event happened. Withheld: when it was released, as the cluster stamps it.
- `$size_class` clear: as long as it is. Withheld: padded, so that onlookers learn no more than the size in kilobytes.
- `$marker` clear: where a seal with a marker closes a text, its fixed words stand there. Withheld: silence.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sharing.policy.lattice import CLEAR, Transform, TransformKind
from sharing.policy.paths import EXISTS, leaves
from sharing.vocabulary import FieldClass

KEY, HEADERS, PARTITION = "$key", "$headers", "$partition"
TIMESTAMP, SIZE_CLASS, MARKER = "$timestamp", "$size_class", "$marker"
TOKEN = Transform(TransformKind.TOKEN)


@dataclass(frozen=True, slots=True)
class PseudoField:
    """One pseudo-field.

    Attributes:
        gives: The one transform beside `withhold` that can be said of it.
    """

    own: FieldClass
    gives: Transform


PSEUDO_FIELDS: Mapping[str, PseudoField] = {
    EXISTS: PseudoField(FieldClass.PROCESS, CLEAR),
    KEY: PseudoField(FieldClass.TECHNICAL, TOKEN),
    HEADERS: PseudoField(FieldClass.TECHNICAL, CLEAR),
    PARTITION: PseudoField(FieldClass.TECHNICAL, TOKEN),
    TIMESTAMP: PseudoField(FieldClass.PROCESS, CLEAR),
    SIZE_CLASS: PseudoField(FieldClass.TECHNICAL, CLEAR),
    MARKER: PseudoField(FieldClass.TECHNICAL, CLEAR),
}


def ruled_paths(event_type: str) -> tuple[str, ...]:
    """Everything that is ruled about an event type: pseudo-fields first, then its fields."""
    return (*PSEUDO_FIELDS, *leaves(event_type))


def ruled_classes(classes: Mapping[str, FieldClass]) -> dict[str, FieldClass]:
    """The classes of an event type's fields, and those of the pseudo-fields; `$exists` is ruled by name alone."""
    return {**classes, **{path: one.own for path, one in PSEUDO_FIELDS.items() if path != EXISTS}}
