"""Who notices a mistake: the invariants, the difference from the approved set, or nobody.

Proof is only as good as the rules that are proved; the share of mistakes that they catch says how good they are. Left
out: making mistakes (`mutants`). Rules:
1. A mutant widens if somebody receives more in some situation; it narrows if that never happens and somebody receives
   less; else it changes no outcome today. That is found by comparing, not by the kind of mistake.
2. The invariants kill a mutant if one of them breaks. The difference shows every mutant that changes an outcome.
3. A rule can only break for a recipient for whom something changed, so it is asked about those alone.
4. What changes no outcome still moves the version of the set, so it cannot come into force without a signature.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from sharing.policy.cells import cells_of, purposes_of
from sharing.policy.difference import Way, changes_for
from sharing.policy.invariants import violations
from sharing.policy.matrix import version_of
from sharing.policy.model import Agreements, Cell, CellKey, Permit, Seal
from sharing.policy.mutants import Mutant
from sharing.vocabulary import RecipientKind

Pair = tuple[str, RecipientKind]
"""An event type and a kind of recipient."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of one mutant.

    Attributes:
        widens: Whether somebody receives more in some situation. `narrows`: whether somebody receives less, or later.
        killed_by: Id of an invariant that breaks, `""` if none does.
        moves_the_version: Whether the hash of the set moves; asked of those that change no outcome only.
    """

    mutant: Mutant
    widens: bool
    narrows: bool
    killed_by: str
    moves_the_version: bool

    @property
    def changes_an_outcome(self) -> bool:
        """Whether the difference from the approved set shows it."""
        return self.widens or self.narrows


@dataclass(frozen=True, slots=True)
class Score:
    """All trials together."""

    trials: tuple[Trial, ...]

    @property
    def widening(self) -> tuple[Trial, ...]:
        """Mutants by which somebody receives more."""
        return tuple(trial for trial in self.trials if trial.widens)

    @property
    def killed(self) -> tuple[Trial, ...]:
        """Widening mutants that an invariant stops before anybody looks."""
        return tuple(trial for trial in self.widening if trial.killed_by)

    @property
    def survivors(self) -> tuple[Trial, ...]:
        """Widening mutants that only the difference shows."""
        return tuple(trial for trial in self.widening if not trial.killed_by)

    @property
    def silent(self) -> tuple[Trial, ...]:
        """Mutants that change no outcome today."""
        return tuple(trial for trial in self.trials if not trial.changes_an_outcome)

    @property
    def percent_killed(self) -> int:
        """Share of the widening mutants that invariants alone kill, in whole per cent, rounded down."""
        return 100 * len(self.killed) // len(self.widening) if self.widening else 100


def tried(agreements: Agreements, chosen: Iterable[Mutant]) -> Score:
    """Try each of these mutants on the set."""
    return Score(tuple(_trial(agreements, mutant) for mutant in chosen))


def with_mistake(agreements: Agreements, mutant: Mutant) -> Agreements:
    """The set with the mutant in it, compiled; its version is not computed."""
    if isinstance(mutant.old, Permit):
        return _with_permit(agreements, mutant.old, mutant.new)
    seals = tuple(s if s is not mutant.old else mutant.new for s in agreements.seals)
    kept = tuple(seal for seal in seals if isinstance(seal, Seal))
    return _compiled(agreements, agreements.permits, kept, cells_of(agreements.permits, kept, agreements.classes))


def _with_permit(agreements: Agreements, old: Permit, new: object) -> Agreements:
    permits = tuple(new if p is old and isinstance(new, Permit) else p for p in agreements.permits)
    of_event = [permit for permit in permits if permit.event_type == old.event_type]
    others = {key: cell for key, cell in agreements.cells.items() if key[0] != old.event_type}
    return _compiled(
        agreements, permits, agreements.seals, {**others, **cells_of(of_event, agreements.seals, agreements.classes)}
    )


def _compiled(
    agreements: Agreements, permits: tuple[Permit, ...], seals: tuple[Seal, ...], cells: Mapping[CellKey, Cell]
) -> Agreements:
    purposes = purposes_of(cells, agreements.vocabulary.purposes)
    return replace(
        agreements, version="mutant", permits=permits, seals=seals, cells=cells, purposes_of=purposes, remembered={}
    )


def _trial(agreements: Agreements, mutant: Mutant) -> Trial:
    changed = with_mistake(agreements, mutant)
    widens = narrows = False
    killed_by = ""
    for pair in _moved(agreements, changed):
        ways = {way for way, _ in changes_for(agreements, changed, *pair)}
        widens = widens or Way.DISCLOSED in ways
        narrows = narrows or bool(ways - {Way.DISCLOSED})
        if ways and not killed_by:
            killed_by = next((violation.rule_id for violation in violations(_only(changed, pair))), "")
        if widens and killed_by:
            break
    moves = widens or narrows or version_of(changed) != agreements.version
    return Trial(mutant, widens, narrows, killed_by, moves)


def _moved(old: Agreements, new: Agreements) -> Iterator[Pair]:
    """Who receives what otherwise, perhaps: the pairs whose cells are not the same."""
    keys = (key for key in {**old.cells, **new.cells} if old.cells.get(key) != new.cells.get(key))
    return iter(sorted({key[:2] for key in keys}))


def _only(agreements: Agreements, pair: Pair) -> Agreements:
    """The part of a set that is about one event type and one kind of recipient, and the rules that speak of it."""
    cells = {key: cell for key, cell in agreements.cells.items() if key[:2] == pair}
    always = (replace(r, to=(pair[1],)) for r in agreements.always if r.event == pair[0] and pair[1] in r.to)
    names = agreements.purposes_of.get(pair)
    return replace(
        agreements,
        permits=(),
        seals=(),
        always=tuple(always),
        cells=cells,
        purposes_of={pair: names} if names else {},
        remembered={},
    )
