"""A text of which nobody can tell any more who is meant and where they are: what a person then reads and releases.

First what is known of the family goes (`dictionary`, `recognised`), then what looks like a name, a place, a number or a
way to reach somebody (`guesses`); in its place stands a marker that says what kind of thing it was.

What it does not see: somebody who is told by a role or a trait (`the neighbour with the red door`), a name that nobody
recorded and that is written small, a short one in a text all in capitals, a nickname of one child's own, dialect, a
riddle, a number spelled in another language, a name in another script than the one it was recorded in, digits in place
of letters. That is why a person reads every text before it goes.

Left out: who reads it and what becomes of it (`streams`), and texts that go without being read (`addressed`). Rules:
1. Total: every text has a result, and the cost grows as its length does.
2. Outside what was taken out the text stays as it was; scrubbing twice is scrubbing once.
3. A marker has one length whatever it stands for; two that meet become one.
4. A person may take more away and add nothing (`is_cut_of`).
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sharing.events import Quiet
from sharing.redaction.capitals import PARTICLES
from sharing.redaction.dictionary import dictionary_of
from sharing.redaction.family import Known, known_of
from sharing.redaction.finds import FAMILY, MARKS, Find, Removal
from sharing.redaction.guesses import guessed
from sharing.redaction.letters import MARKER, Letters
from sharing.redaction.recognised import recognised

__all__ = ["Known", "Removal", "Removed", "Scrubbed", "is_cut_of", "known_of", "scrub"]

_MOST_ROUNDS = 8
_BETWEEN = {
    "[name]": re.compile(rf"[\s'\-]{{0,3}}(?:(?:{'|'.join(sorted(PARTICLES))})[\s'\-]{{1,3}}){{0,2}}", re.IGNORECASE),
    "[place]": re.compile(r"[\s,\-/]{0,3}"),
    "[number]": re.compile(r"[\s\-/.()]{0,3}"),
    "[date]": re.compile(r"[\s\-/.]{0,3}"),
    "[contact]": re.compile(r"[\s/]{0,2}"),
}
"""What may stand between two things of one kind that become one marker."""
_TOKEN = re.compile(rf"{MARKER.pattern}|(?:[\w\u0300-\u036f]|['\u2019](?=\w))+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Removed:
    """One stretch that was taken out; no personal value in it.

    Attributes:
        start, end: In the text as it came, in characters.
        by: `family`: it is known of the family. `pattern`: it looks like it.
    """

    start: int
    end: int
    what: Removal
    by: str


@dataclass(frozen=True, slots=True, repr=False)
class Scrubbed(Quiet):
    """What is left of a text.

    Attributes:
        text: With a marker in place of each thing that was taken out.
        removed: What was taken out, in order, none touching another.
    """

    text: str
    removed: tuple[Removed, ...]


def scrub(text: str, known: Known) -> Scrubbed:
    """Take out of a text whatever tells who is meant, where they are or how to reach them.

    Args:
        text: As it was written; any text at all.
        known: Of the child's family.
    """
    dictionary = dictionary_of(known)
    removed: tuple[Removed, ...] = ()
    for _ in range(_MOST_ROUNDS):
        left = _left(text, removed)
        letters = Letters(left.text)
        found = [*recognised(letters, dictionary), *guessed(letters)]
        more = _merged(text, (*removed, *_in_text(found, letters, removed)))
        if more == removed:
            return left
        removed = more
    return _left(text, (Removed(0, len(text), Removal.NAME, FAMILY),))


def _left(text: str, removed: tuple[Removed, ...]) -> Scrubbed:
    pieces: list[str] = []
    at = 0
    for gone in removed:
        pieces += (text[at : gone.start], MARKS[gone.what])
        at = gone.end
    return Scrubbed("".join((*pieces, text[at:])), removed)


def _in_text(found: Iterable[Find], letters: Letters, removed: tuple[Removed, ...]) -> Iterator[Removed]:
    """Finds in what is left of a text, as stretches of the text as it came; a marker that one touches goes with it."""
    marked, shift = [], 0
    for gone in removed:
        marked.append(gone.start - shift)
        shift += gone.end - gone.start - len(MARKS[gone.what])
    for find in found:
        start, end = letters.span(find.start, find.end)
        before, within = bisect_right(marked, start) - 1, bisect_left(marked, end) - 1
        yield Removed(
            start if before < 0 else _origin(start, marked[before], removed[before], within_is=removed[before].start),
            end if within < 0 else _origin(end, marked[within], removed[within], within_is=removed[within].end),
            find.what,
            find.by,
        )


def _origin(place: int, marked: int, gone: Removed, *, within_is: int) -> int:
    """Where a place behind the beginning of a marker, or within it, stood in the text as it came."""
    end = marked + len(MARKS[gone.what])
    return within_is if place < end else gone.end + place - end


def _merged(text: str, found: Iterable[Removed]) -> tuple[Removed, ...]:
    """In order, apart from each other; what overlaps is one, and so are neighbours of one kind."""
    merged: list[Removed] = []
    for gone in sorted(found, key=lambda r: (r.start, -r.end)):
        last = merged[-1] if merged else None
        if last and (gone.start < last.end or _are_one(text, last, gone)):
            merged[-1] = _joined(last, gone)
        else:
            merged.append(gone)
    return tuple(merged)


def _are_one(text: str, one: Removed, other: Removed) -> bool:
    mark = MARKS[one.what]
    return mark == MARKS[other.what] and bool(_BETWEEN[mark].fullmatch(text, one.end, other.start))


def _joined(one: Removed, other: Removed) -> Removed:
    """Both as one, of the kind of the longer; what is known of the family outweighs what only looks like it."""
    longer = max(one, other, key=lambda r: (r.end - r.start, r.by == FAMILY))
    by = FAMILY if FAMILY in (one.by, other.by) else longer.by
    return Removed(one.start, max(one.end, other.end), longer.what, by)


def is_cut_of(shorter: str, scrubbed: str) -> bool:
    """Whether somebody only took words away from a scrubbed text, or put a marker in their place, and added none.

    White space is free. A word is whole: no part of one is a cut.

    Args:
        shorter: As a person would release it.
        scrubbed: As `scrub` left it.
    """
    rest = iter(_TOKEN.findall(scrubbed))
    return all(_taken(token, rest) for token in _TOKEN.findall(shorter))


def _taken(token: str, rest: Iterator[str]) -> bool:
    """Whether a token is still to come; a marker may stand for whatever comes next."""
    return next(rest, None) is not None if MARKER.fullmatch(token) else token in rest
