"""A decision: what becomes of one event for one kind of recipient, field by field, and the ledger's record of it.

Left out: how it is made (`decide`). It holds no personal value: it names fields, rules and facts, so the ledger may
keep it. A denial is a decision and is kept with the same care.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import NamedTuple

from sharing.policy.canonical import canonical
from sharing.policy.facts import Guard
from sharing.policy.lattice import Transform, TransformKind
from sharing.policy.outcomes import REVIEW
from sharing.vocabulary import Outcome, RecipientKind

REVIEWED = "reviewed"
"""Why a scrubbed text goes: a person released it."""


class FieldRuling(NamedTuple):
    """What becomes of one field.

    Attributes:
        reason: `permitted`, `no-agreement`, `condition-not-met`, `sealed`, `waits`, `review` or `reviewed`.
        rule: Id of the permit or seal that ruled, several seals joined by `+`; `""` where no agreement speaks of the
        field.
    """

    path: str
    transform: Transform
    reason: str
    rule: str

    @property
    def is_released(self) -> bool:
        """Whether anything of the value goes."""
        return self.transform.kind is not TransformKind.WITHHOLD and self.reason != REVIEW

    @property
    def awaits_review(self) -> bool:
        """Whether it goes once a person has released what the scrubber left; until then it is absent."""
        return self.reason == REVIEW


@dataclass(frozen=True, slots=True, eq=False)
class Decision:
    """One event to one kind of recipient.

    Attributes:
        version: Of the agreements.
        purpose, permit, agreement, statute: `""` where no permit exists.
        reason, rule: Of the outcome as a whole.
        fields: Every pseudo-field, `$exists` first, and every field of the event type. Nothing is released unless the
        outcome is DELIVER.
        guards: The facts that were asked for, None for unknown.
        shape: Same shape, same view: what is released and how, as a short text to remember redactors by.
        digest: SHA-256 of `body()`, 32 bytes.
    """

    version: str
    event_type: str
    kind: RecipientKind
    outcome: Outcome
    reason: str
    rule: str
    purpose: str
    permit: str
    agreement: str
    statute: str
    fields: tuple[FieldRuling, ...]
    guards: tuple[tuple[Guard, bool | None], ...]
    shape: str
    digest: bytes
    _body: bytes

    @property
    def withheld(self) -> tuple[FieldRuling, ...]:
        """The fields that do not go, with the rule that holds each back."""
        return tuple(ruling for ruling in self.fields if not ruling.is_released)

    @property
    def to_review(self) -> tuple[FieldRuling, ...]:
        """The texts that wait for a person."""
        return tuple(ruling for ruling in self.fields if ruling.awaits_review)

    def ruling(self, path: str) -> FieldRuling:
        """What becomes of one field.

        Raises:
            KeyError: the event type has no such field.
        """
        for ruling in self.fields:
            if ruling.path == path:
                return ruling
        raise KeyError(path)

    def releases(self, path: str) -> bool:
        """Whether anything of a field or pseudo-field goes.

        Raises:
            KeyError: the event type has no such field.
        """
        return self.ruling(path).is_released

    def body(self) -> bytes:
        """The decision as canonical JSON for the ledger: rules, fields and facts, no personal value."""
        return self._body

    def after_review(self, paths: Collection[str]) -> "Decision":
        """The same decision after a person released these scrubbed texts: they go, `reviewed`; the rest stays.

        Raises:
            ValueError: one of the paths does not wait for review; nobody can release it.
        """
        unasked = set(paths) - {ruling.path for ruling in self.to_review}
        if unasked:
            raise ValueError(f"{', '.join(sorted(unasked))}: does not wait for review")
        fields = tuple(r._replace(reason=REVIEWED) if r.path in paths else r for r in self.fields)
        body = canonical({**json.loads(self._body), "fields": rows_of(fields)})
        shape = shape_of(self.event_type, fields)
        return replace(self, fields=fields, shape=shape, digest=sha256(body).digest(), _body=body)


def rows_of(fields: Iterable[FieldRuling]) -> list[list[str]]:
    """Rulings as they stand in the ledger: path, transform, reason, rule."""
    return [[f.path, f.transform.words, f.reason, f.rule] for f in fields]


def goes(row: Sequence[str]) -> bool:
    """Whether anything of a field goes, by its row in a recorded decision: path, transform, reason, rule."""
    return row[1] != TransformKind.WITHHOLD.value and row[2] != REVIEW


def shape_of(event_type: str, fields: Iterable[FieldRuling]) -> str:
    """What a view looks like, as a short text: what is released and how, and nothing else."""
    released = [[f.path, f.transform.words, f.transform.pairs] for f in fields if f.is_released]
    return sha256(canonical([event_type, released])).hexdigest()
