"""Conditions: `and`, `or`, `not` and brackets over named guards, and nothing else.

No arithmetic, no comparison, no text, no loops: what needs more becomes a guard, computed by tested code. Logic is
three-valued (Kleene): `not` of unknown is unknown, so that `not` never turns ignorance into a permit.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce

from sharing.policy.facts import Guard
from sharing.policy.situations import Rows, Situations

MAX_GUARDS = 16
MAX_DEPTH = 8


@dataclass(frozen=True, slots=True)
class Named:
    """One guard."""

    guard: Guard


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite."""

    inner: "Condition"


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part must hold; with no part: always."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One part must hold."""

    parts: tuple["Condition", ...]


Condition = Named | Not | AllOf | AnyOf
ALWAYS = AllOf(())
Truth = tuple[Rows, Rows]
"""Rows in which a condition is true, and rows in which it is false; in the rest it is unknown."""


def truth(condition: Condition, situations: Situations) -> Truth:
    """Where a condition is true and where it is false."""
    match condition:
        case Named(guard):
            return situations.true.get(guard, 0), situations.false.get(guard, 0)
        case Not(inner):
            true, false = truth(inner, situations)
            return false, true
        case AllOf(parts):
            return reduce(_both, (truth(part, situations) for part in parts), (situations.every, 0))
        case AnyOf(parts):
            return reduce(_either, (truth(part, situations) for part in parts), (0, situations.every))


def _both(a: Truth, b: Truth) -> Truth:
    return a[0] & b[0], a[1] | b[1]


def _either(a: Truth, b: Truth) -> Truth:
    return a[0] | b[0], a[1] & b[1]


def guards_of(condition: Condition) -> frozenset[Guard]:
    """The guards that a condition names."""
    match condition:
        case Named(guard):
            return frozenset({guard})
        case Not(inner):
            return guards_of(inner)
        case AllOf(parts) | AnyOf(parts):
            return frozenset().union(*(guards_of(part) for part in parts))


def words(condition: Condition) -> str:
    """The condition in one fixed spelling, as it can be read back; `always` where nothing is asked."""
    match condition:
        case Named(guard):
            return guard.value
        case Not(inner):
            return f"not {_bracketed(inner)}"
        case AllOf(parts):
            return " and ".join(_bracketed(part) for part in parts) if parts else "always"
        case AnyOf(parts):
            return " or ".join(_bracketed(part) for part in parts)


def _bracketed(condition: Condition) -> str:
    return f"({words(condition)})" if isinstance(condition, AllOf | AnyOf) else words(condition)


class NotACondition(ValueError):  # noqa: N818 - says what the text is not
    """The text cannot be read as a condition.

    `offset`: where, 0-based; `word`: the word at fault, `""` at the end; `more`: what else is wrong in the same text.
    """

    def __init__(self, offset: int, word: str, reason: str, more: "tuple[NotACondition, ...]" = ()) -> None:
        super().__init__(reason)
        self.offset, self.word, self.reason, self.more = offset, word, reason, more


_TOKEN = re.compile(r"[()]|[^\s()]+")


def parse(text: str, known: Iterable[str]) -> Condition:
    """Read a condition.

    Args:
        text: Such as `open_plan and not (night_duty or stands_in)`.
        known: Names of the guards that may be used here.

    Raises:
        NotACondition: the first fault, with the others: every guard that is not known, and where the rest breaks off.
    """
    reader = _Reader([(m.start(), m.group()) for m in _TOKEN.finditer(text)], frozenset(known), len(text))
    try:
        condition = reader.any_of()
        reader.expect_end()
    except NotACondition as fault:
        reader.wrong.append(fault)
    if reader.wrong:
        first, *more = reader.wrong
        raise NotACondition(first.offset, first.word, first.reason, tuple(more))
    if (named := len(guards_of(condition))) > MAX_GUARDS:
        raise NotACondition(0, "", f"{named} guards are named here; a condition names at most {MAX_GUARDS} guards")
    return condition


class _Reader:
    """Recursive descent: or, and, not, brackets."""

    def __init__(self, tokens: list[tuple[int, str]], known: frozenset[str], end: int) -> None:
        self.tokens, self.known, self.end, self.at, self.depth = tokens, known, end, 0, 0
        self.wrong: list[NotACondition] = []

    def peek(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def take(self) -> tuple[int, str]:
        found = self.tokens[self.at] if self.at < len(self.tokens) else (self.end, "")
        self.at += 1
        return found

    def any_of(self) -> Condition:
        parts = [self.all_of()]
        while self.peek() == "or":
            self.take()
            parts.append(self.all_of())
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def all_of(self) -> Condition:
        parts = [self.single()]
        while self.peek() == "and":
            self.take()
            parts.append(self.single())
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def single(self) -> Condition:
        offset, word = self.take()
        if word in {"not", "("}:
            self.depth += 1
            if self.depth > MAX_DEPTH:
                raise NotACondition(offset, "", f"'not' and brackets are nested at most {MAX_DEPTH} deep")
            inner = Not(self.single()) if word == "not" else self.bracketed()
            self.depth -= 1
            return inner
        if word in {"", ")", "and", "or"}:
            raise NotACondition(offset, "", "a guard is missing here")
        if word not in self.known:
            self.wrong.append(NotACondition(offset, word, f"unknown guard '{word}'"))
            return ALWAYS
        return Named(Guard(word))

    def bracketed(self) -> Condition:
        inner = self.any_of()
        offset, word = self.take()
        if word != ")":
            raise NotACondition(offset, word, "a bracket is not closed")
        return inner

    def expect_end(self) -> None:
        if self.peek():
            offset, word = self.take()
            raise NotACondition(offset, "", f"'{word}' stands where 'and' or 'or' was expected")
