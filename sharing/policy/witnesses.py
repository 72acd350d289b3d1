"""Situations for people: the plainest one of many, in words, and how grave it is if a field goes.

Left out: which situations are meant (`invariants`, `difference`, `holes`). Rules: a situation that is shown is one of
those that are meant, and asks for as little as possible: no permit guard is true and no seal is in force unless it
must be. A situation is facts, never a person.
"""

from collections.abc import Iterable, Mapping

from sharing.errors import Misconfigured
from sharing.policy.facts import Facts, Guard, Polarity
from sharing.policy.model import GuardEntry, Vocabulary
from sharing.policy.situations import Rows, Situations, all_of

MAX_TOGETHER = 18
"""Guards of one table: its rows are `3 ** guards`, one bit each."""

_GRAVEST_FIRST = (
    "D", "C", "C2", "E", "H", "H1", "H2", "G", "J2", "J", "K", "L", "F", "R", "M", "N", "I", "O", "P2", "P", "B1", "B2",
    "B3", "A",
)  # fmt: skip
_IN_BETWEEN = _GRAVEST_FIRST.index("L")


def gravity(field_class: str) -> int:
    """How grave it is if a field of this class goes where it should not: 0 is the gravest.

    The order is that of harm: being found, being known as the informant, being warned; then confidence. A class that is
    not in it stands in the middle, words written for the recipient and steps of the process at the end.
    """
    if field_class in _GRAVEST_FIRST:
        return _GRAVEST_FIRST.index(field_class)
    return len(_GRAVEST_FIRST) if field_class in {"addressed", "process", "technical", "Q"} else _IN_BETWEEN


def together(guards: Iterable[Guard]) -> Situations:
    """Every combination of these guards.

    Raises:
        Misconfigured: they are too many for one table.
    """
    wanted = frozenset(guards)
    if len(wanted) > MAX_TOGETHER:
        raise Misconfigured(
            f"{len(wanted)} guards bear on one field ({', '.join(sorted(wanted))});"
            f" at most {MAX_TOGETHER} can be compared"
        )
    return all_of(wanted)


def in_force(table: Situations, guards: Mapping[str, GuardEntry]) -> Rows:
    """The situations in which some seal guard is known to be true."""
    rows = 0
    for guard, true in table.true.items():
        if polarity_of(guard, guards) is Polarity.SEAL:
            rows |= true
    return rows


def plainest(table: Situations, rows: Rows, guards: Mapping[str, GuardEntry]) -> Facts:
    """One of these situations, in which as little as possible is the case.

    A guard is false if it may be, else unknown, else true; seals are settled first.

    Raises:
        ValueError: there is none.
    """
    first = sorted(table.true, key=lambda guard: (polarity_of(guard, guards) is not Polarity.SEAL, guard))
    for guard in first:
        true, false = table.true[guard], table.false[guard]
        choices = (rows & false, rows & ~true & ~false, rows & true)
        rows = next((found for found in choices if found), 0)
    return table.facts(rows)


def holds(table: Situations, rows: Rows, facts: Facts) -> bool:
    """Whether a situation of the table is among these rows."""
    for guard, true in table.true.items():
        false = table.false[guard]
        value = facts[guard]
        rows &= true if value is True else false if value is False else ~(true | false)
    return bool(rows)


def polarity_of(guard: Guard, guards: Mapping[str, GuardEntry]) -> Polarity:
    """The way a guard works; one that is not explained is taken for a seal."""
    entry = guards.get(guard.value)
    return entry.polarity if entry else Polarity.SEAL


SAID = {True: "yes", False: "no", None: "not known"}


def situation_of(facts: Facts, guards: Iterable[Guard]) -> dict[str, str]:
    """The facts that matter as plain words: guard to `yes`, `no` or `not known`."""
    return {guard.value: SAID[facts[guard]] for guard in sorted(guards)}


def in_words(facts: Facts, guards: Iterable[Guard], vocabulary: Vocabulary) -> list[str]:
    """The same with what each guard means, one line a guard; those that are the case come first."""
    order = {True: 0, None: 1, False: 2}
    lines = []
    for guard in sorted(guards, key=lambda guard: (order[facts[guard]], guard)):
        entry = vocabulary.guards.get(guard.value)
        lines.append(f"{guard.value}: {SAID[facts[guard]]}" + (f" ({entry.means.rstrip('.')})" if entry else ""))
    return lines


def briefly(facts: Facts, guards: Iterable[Guard]) -> str:
    """The same on one line: `open_plan and not known: adoption`; what is false is left out."""
    asked = sorted(guards)
    true = [guard.value for guard in asked if facts[guard] is True]
    unknown = [guard.value for guard in asked if facts[guard] is None]
    parts = [*true, *(f"{name} not known" for name in unknown)]
    return ", ".join(parts) if parts else "nothing of what matters is the case"
