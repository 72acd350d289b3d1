"""Two sets of agreements compared: which fields would newly be disclosed and which newly withheld, to whom, and when.

Left out: who must sign for it, what was really decided so far (`replaying`). Rules:
1. Every combination of facts is compared, through the code that decides, field by field and purpose by purpose.
2. More of a value is a disclosure, less is a withholding; where the two cannot be compared it is both.
3. Where an event may go for several purposes, what goes in the end is compared too (`purpose` is then `""`).
4. The worst comes first: what goes in spite of a seal, then by class of field, then by how often.
5. Where nothing goes either way but the event waits in one of the two sets only, it is told apart.
6. What changes no field in any situation is told as well: it moves the version and wants its signature.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from itertools import chain
from typing import Any

from sharing.policy.facts import Facts, Guard
from sharing.policy.lattice import WITHHOLD, is_at_most
from sharing.policy.levels import Answers, answers_of
from sharing.policy.model import Agreements
from sharing.policy.paths import EXISTS
from sharing.policy.situations import Rows, Situations
from sharing.policy.witnesses import briefly, gravity, holds, in_force, plainest, situation_of, together
from sharing.vocabulary import RecipientKind


class Way(Enum):
    """What becomes of a field: more of it goes, less, or nothing either way but the event waits in one set only."""

    DISCLOSED = "newly_disclosed"
    WITHHELD = "newly_withheld"
    WAITING = "waits_otherwise"


WAITS = "waits"


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one cell that goes otherwise than before.

    Attributes:
        purpose: Its name, or `""` for whatever goes in the end where several purposes apply.
        field_class: `""` for the event itself.
        before, after: How much goes in the situation that is shown: a transform, or `waits`.
        count, of: In how many of how many combinations of the facts that matter.
        sealed: Whether it is so while a seal is in force, too.
        witness: One such situation; `guards`: the facts that matter.
    """

    event_type: str
    kind: RecipientKind
    purpose: str
    path: str
    field_class: str
    before: str
    after: str
    count: int
    of: int
    sealed: bool
    witness: Facts
    guards: tuple[Guard, ...]

    @property
    def sentence(self) -> str:
        """In words, without the place: `clear instead of withhold, in 9 of 27 situations, for example when ...`."""
        when = briefly(self.witness, self.guards)
        return (
            f"{self.after} instead of {self.before}, in {self.count} of {self.of} situations, for example when {when}"
        )

    def document(self) -> dict[str, Any]:
        """As canonical JSON can hold it."""
        return {
            "event": self.event_type,
            "to": self.kind.value,
            "purpose": self.purpose,
            "field": self.path,
            "class": self.field_class,
            "before": self.before,
            "after": self.after,
            "situations": [self.count, self.of],
            "sealed": self.sealed,
            "witness": situation_of(self.witness, self.guards),
        }


@dataclass(frozen=True, slots=True)
class Difference:
    """What the new set changes, worst first.

    Attributes:
        old, new: Versions.
        disclosed, withheld: Field by field. `waiting`: events that would wait, or no longer wait.
        otherwise: What was written otherwise, one line each, whether or not it changes a field.
    """

    old: str
    new: str
    disclosed: tuple[Change, ...]
    withheld: tuple[Change, ...]
    waiting: tuple[Change, ...]
    otherwise: tuple[str, ...]

    @property
    def changes_an_outcome(self) -> bool:
        """Whether any field or event fares otherwise in any situation."""
        return bool(self.disclosed or self.withheld or self.waiting)

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all changes."""
        return not (self.changes_an_outcome or self.otherwise)

    def report(self) -> dict[str, Any]:
        """The whole as plain tables and lists, for canonical JSON: the same two sets, the same bytes."""
        return {
            "old": self.old,
            "new": self.new,
            Way.DISCLOSED.value: [change.document() for change in self.disclosed],
            Way.WITHHELD.value: [change.document() for change in self.withheld],
            Way.WAITING.value: [change.document() for change in self.waiting],
            "changed_otherwise": list(self.otherwise),
        }


def difference(old: Agreements, new: Agreements) -> Difference:
    """Compare two sets.

    Raises:
        Misconfigured: more guards bear on one field of the two sets than can be compared.
    """
    pairs = sorted({key[:2] for key in chain(old.cells, new.cells)})
    found = [found for event_type, kind in pairs for found in changes_for(old, new, event_type, kind)]
    by_way = {way: tuple(sorted((c for w, c in found if w is way), key=_worst_first)) for way in Way}
    return Difference(
        old=old.version,
        new=new.version,
        disclosed=by_way[Way.DISCLOSED],
        withheld=by_way[Way.WITHHELD],
        waiting=by_way[Way.WAITING],
        otherwise=tuple(_otherwise(old, new)),
    )


def _worst_first(change: Change) -> tuple[object, ...]:
    rank = gravity(change.field_class) if change.path != EXISTS else -1
    often = -change.count / change.of
    return not change.sealed, rank, often, change.event_type, change.kind, change.path, change.purpose


Found = tuple[Way, Change]


def changes_for(old: Agreements, new: Agreements, event_type: str, kind: RecipientKind) -> Iterator[Found]:
    """The changes for one event type and one kind of recipient alone, in no particular order."""
    names = [agreements.purposes_of.get((event_type, kind), ()) for agreements in (old, new)]
    told = set()
    for purpose in sorted({*names[0], *names[1]}):
        key = (event_type, kind, purpose)
        for way, change in _compared(Answers(old, [old.cells.get(key)]), Answers(new, [new.cells.get(key)]), purpose):
            told.add((way, change.path))
            yield way, change
    if max(map(len, names)) > 1:
        before, after = (answers_of(agreements, event_type, kind) for agreements in (old, new))
        yield from (found for found in _compared(before, after, "") if (found[0], found[1].path) not in told)


def _compared(old: Answers, new: Answers, purpose: str) -> Iterator[Found]:
    if old.cells == new.cells:
        return
    alike: dict[tuple[object, ...], list[Found]] = {}
    for path in sorted(old.paths() | new.paths()):
        shape = (old.shape(path), new.shape(path))
        if shape not in alike:
            same = old.bearing(path) == new.bearing(path)
            alike[shape] = [] if same else list(_changes(old, new, path, purpose))
        for way, change in alike[shape]:
            yield way, replace(change, path=path)


def _changes(old: Answers, new: Answers, path: str, purpose: str) -> Iterator[Found]:
    table = together(old.guards(path) | new.guards(path))
    for way, cases in _moved(old, new, path, table).items():
        if cases:
            yield way, _change((old, new), path, purpose, table, cases)


Case = tuple[str, str, Rows]
"""How much goes before, how much after, and where it is so."""


def _moved(old: Answers, new: Answers, path: str, table: Situations) -> dict[Way, list[Case]]:
    before, after = old.levels(path, table), new.levels(path, table)
    found: dict[Way, list[Case]] = {way: [] for way in Way}
    for a, b in ((a, b) for a in before for b in after if a != b):
        rows = before[a] & after[b]
        if rows and not is_at_most(b, a):
            found[Way.DISCLOSED].append((a.words, b.words, rows))
        if rows and not is_at_most(a, b):
            found[Way.WITHHELD].append((a.words, b.words, rows))
    if path == EXISTS:
        silent = before.get(WITHHOLD, 0) & after.get(WITHHOLD, 0)
        waited, waits = old.waits(table), new.waits(table)
        cases = ((WAITS, WITHHOLD.words, silent & waited & ~waits), (WITHHOLD.words, WAITS, silent & waits & ~waited))
        found[Way.WAITING] = [case for case in cases if case[2]]
    return found


def _change(sides: tuple[Answers, Answers], path: str, purpose: str, table: Situations, cases: list[Case]) -> Change:
    entries = {**sides[0].agreements.vocabulary.guards, **sides[1].agreements.vocabulary.guards}
    rows = sum(found for _, _, found in cases)
    sealed = rows & in_force(table, entries)
    witness = plainest(table, sealed or rows, entries)
    before, after = next((a, b) for a, b, found in cases if holds(table, found, witness))
    cell = (sides[1].cells or sides[0].cells)[0]
    return Change(
        event_type=cell.event_type,
        kind=cell.kind,
        purpose=purpose,
        path=path,
        field_class=str(cell.classes.get(path, "")),
        before=before,
        after=after,
        count=rows.bit_count(),
        of=table.every.bit_count(),
        sealed=bool(sealed),
        witness=witness,
        guards=tuple(sorted(table.true)),
    )


def _otherwise(old: Agreements, new: Agreements) -> Iterator[str]:
    """What was written otherwise: permits, seals, rules and words, by name."""
    yield from _named("permit", {p.permit_id: replace(p, place="") for p in old.permits},
                      {p.permit_id: replace(p, place="") for p in new.permits})  # fmt: skip
    yield from _named("seal", {s.seal_id: s for s in old.seals}, {s.seal_id: s for s in new.seals})
    yield from _named("never", {r.rule_id: r for r in old.never}, {r.rule_id: r for r in new.never})
    yield from _named("always", {r.rule_id: r for r in old.always}, {r.rule_id: r for r in new.always})
    yield from _named("agreement", {a.name: a for a in old.agreements}, {a.name: a for a in new.agreements})
    yield from _named("purpose", old.vocabulary.purposes, new.vocabulary.purposes)
    yield from _named("guard", old.vocabulary.guards, new.vocabulary.guards)


def _named(what: str, old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[str]:
    for name in sorted({*old, *new}):
        if name not in new:
            yield f"{what} {name}: taken out"
        elif name not in old:
            yield f"{what} {name}: new"
        elif old[name] != new[name]:
            yield f"{what} {name}: written otherwise"
