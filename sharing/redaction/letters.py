"""A text as it is looked through: without case, accents, invisible signs and look-alikes; where each letter came from.

A name can hide behind its spelling: a soft hyphen inside it, a Cyrillic letter, an accent, two blanks. So every letter
is folded by itself, what cannot be seen is dropped, every apostrophe, hyphen and blank becomes the plain one; a place
in the folded text leads back to the place in the text itself.

Left out: what to look for (`dictionary`, `guesses`). Rules: total, whatever the text; markers that the scrubber put in
are no text: nothing is found in them and nothing is found across them.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from html import unescape
from typing import NamedTuple

from sharing.policy.lookalikes import shape_of
from sharing.redaction.readings import fold

MARKER = re.compile(r"\[(?:name|place|number|date|contact)\]")
"""What stands in place of something that was taken out."""
BARRIER = "\ue000"
"""Stands for each character of a marker; what a text has of it is dropped."""
_APOSTROPHES = frozenset("'`\u00b4\u2018\u2019\u201a\u201b\u02b9\u02bb\u02bc\u02bd\u02c8\u2032\u2035\u055a\uff07\uff40")
_HYPHENS = frozenset("\u2212\u2043\u00af\u02d7")
_UNSEEN = frozenset("\u115f\u1160\u3164\uffa0")
_DROPPED = frozenset(("Mn", "Me", "Mc", "Cf", "Cc", "Co"))
_BLANKS = frozenset("\t\x0b\x0c\x1f ")
_LINES = frozenset("\n\r\x85\u2028\u2029")
_WORD = re.compile(r"[^\W\d_]+(?:(?<=n)'t(?![^\W\d_]))?|\d+")
"""`don't` is one word: nobody's name stands in it."""
_TAIL, _HEAD = re.compile(r"\w{1,64}$"), re.compile(r"\w{1,64}")
_LONGEST = 64
_STOPS = (".", "!", "?", "\u2022")
_ABBREVIATED = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "mx",
        "dr",
        "prof",
        "rev",
        "sgt",
        "insp",
        "st",
        "no",
        "nr",
        "eg",
        "ie",
        "approx",
        "incl",
        "aka",
        "nee",
    ]
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][\dA-Fa-f]{1,6}|[A-Za-z]{2,31}\d{0,2});")
_RUN_OF_DIGITS = re.compile(r"(?<![a-z\d])(?=o*\d)[\do]++(?![a-z\d])")
_PLAIN = re.compile(r"[\t\n\x20-\x7e]*")


class Word(NamedTuple):
    """A run of letters or of digits.

    Attributes:
        start, end: In the folded text. `text`: folded. `capital`: begins with a capital letter. `caps`: has no small
            one. `marker`: stands in a marker.
    """

    start: int
    end: int
    text: str
    capital: bool
    caps: bool
    marker: bool = False


class Letters:
    """A text made ready to be looked through.

    Attributes:
        plain: Folded, markers as barriers. `cased`: the same with capitals as they were, of the same length. `full`:
            folded, markers as they are written.
    """

    def __init__(self, text: str) -> None:
        self._size = len(text)
        self._origin: Sequence[int] = range(len(text))
        self.cased = text.replace("\t", " ").replace("`", "'")
        if "&" in text or not _PLAIN.fullmatch(text):
            pieces = [_piece(letter) for letter in text]
            for match in _ENTITY.finditer(text):  # as web pages write a letter
                pieces[match.start() : match.end()] = ["".join(map(_piece, unescape(match.group())))] + [""] * (
                    len(match.group()) - 1
                )
            self.cased = "".join(pieces)
            self._origin = [place for place, piece in enumerate(pieces) for _ in piece]
        self.full = _lower(self.cased)
        if "[" in self.cased:
            self.cased = MARKER.sub(_barrier, self.cased)
        self.plain = _lower(self.cased)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a stretch of the folded text stands in the text, with the signs that hang on its last letter."""
        after = self._origin[end] if end < len(self._origin) else self._size
        return self._origin[start], max(self._origin[end - 1] + 1, after)

    @cached_property
    def digits(self) -> str:
        """`plain`, with an `o` among digits read as the nought that it stands for."""
        return _RUN_OF_DIGITS.sub(lambda match: match.group().replace("o", "0"), self.plain)

    @cached_property
    def words(self) -> list[Word]:
        """Its words, in order; none of a marker."""
        return list(self._read(self.plain))

    @cached_property
    def all_words(self) -> list[Word]:
        """Its words, with those of markers."""
        return list(self._read(self.full)) if BARRIER in self.plain else self.words

    def _read(self, text: str) -> Iterator[Word]:
        for match in _WORD.finditer(text):
            start, end = match.span()
            written = self.cased[start:end]
            marker = written[0] == BARRIER
            yield Word(start, end, match.group().replace("'", ""), written[0].isupper(), written.isupper(), marker)

    def gap(self, at: int) -> str:
        """What stands between a word and the one before it; before the first, between it and the beginning."""
        return self.plain[self.words[at - 1].end if at else 0 : self.words[at].start]

    def begins(self, at: int) -> bool:
        """Whether a sentence begins with this word: at the start, behind a full stop, on a new paragraph."""
        gap, before = self.gap(at), self.words[at - 1].text if at else ""
        if not at and BARRIER not in gap:
            return True
        initial = len(before) == 1 and not before.isdecimal()
        stopped = any(sign in gap for sign in _STOPS) and before not in _ABBREVIATED and not initial
        return stopped or "\n\n" in gap

    def unbroken(self, start: int, end: int) -> tuple[int, int]:
        """A stretch with the letters, digits and underlines that hang on it."""
        before, after = _TAIL.search(self.plain[max(start - _LONGEST, 0) : start]), _HEAD.match(self.plain, end)
        return start - len(before.group() if before else ""), after.end() if after else end


def _barrier(match: re.Match[str]) -> str:
    return BARRIER * len(match.group())


def _lower(cased: str) -> str:
    """Small letters, each of them one."""
    small = cased.lower()
    return small if len(small) == len(cased) else "".join(c.lower() if len(c.lower()) == 1 else c for c in cased)


@lru_cache(maxsize=8_192)
def _piece(letter: str) -> str:
    """What one character is read as; capitals stay capitals."""
    if letter in _APOSTROPHES:
        return "'"
    if letter in _LINES or letter in _BLANKS:
        return "\n" if letter in _LINES else " "
    kind = unicodedata.category(letter)
    if kind == "Pd" or letter in _HYPHENS:
        return "-"
    if kind == "Zs":
        return " "
    if kind in _DROPPED or letter in _UNSEEN:
        return ""
    folded = fold(letter)
    if not folded.isascii():
        folded = (shape_of(letter) or "".join(shape_of(c) or c for c in folded)).lower()
    return folded.upper() if letter.isupper() and len(folded.upper()) == len(folded) else folded
