"""Looking through a text for names that nobody recorded: by a title, by a capital, by being a given name.

Left out: what is known of the family (`recognised`). What it cannot see: a person who is told by a role or a trait, a
name on no list that is written small. Rules: rather a word too many than one too few; ordinary words, months, languages
and agencies stay; a name that was found once is found wherever it has a capital.
"""

from collections.abc import Iterator

from sharing.redaction.capitals import (
    ACRONYMS,
    BESIDE_A_NAME,
    CAPITALS,
    CLOSE_KIN,
    COURTESY,
    DEEDS,
    KIN,
    NAMELIKE,
    PARTICLES,
    RANKS,
)
from sharing.redaction.finds import PATTERN, Find, Removal
from sharing.redaction.hanging import LONGEST_GAP, before_name, behind_name
from sharing.redaction.letters import Letters, Word
from sharing.redaction.nicknames import is_given_name
from sharing.redaction.ordinary import WORDS, is_ordinary

_MOST_NAMES = 4
_SHORTEST_CAPS, _SHORTEST_SMALL = 4, 4
_ABBREVIATED = COURTESY | RANKS
_TITLES = _ABBREVIATED | KIN


def persons(letters: Letters) -> Iterator[Find]:
    """What looks like a name in a text, in no order."""
    words, titled = letters.words, list(_titled(letters))
    seen = [at for at in range(len(words)) if _could_be_name(letters, at)]
    told = {words[at].text for at in (*seen, *(at for first, last in titled for at in range(first, last + 1)))}
    told = {text for text in told if len(text) > 1 and text not in WORDS and text not in CAPITALS}
    again = [at for at, word in enumerate(words) if word.capital and word.text in told]
    for first, last in titled:
        yield Find(words[first].start, behind_name(letters, last), Removal.NAME, PATTERN)
    for at in sorted({*seen, *again}):
        first, last = _run(letters, at)
        yield Find(before_name(letters, first), behind_name(letters, last), Removal.POSSIBLE_NAME, PATTERN)


def _could_be_name(letters: Letters, at: int) -> bool:
    """Whether a word looks like a name by its capital, or is a given name that is no English word."""
    word = letters.words[at]
    if word.text.isdecimal() or len(word.text) == 1 or word.text in CAPITALS:
        return False
    ordinary = is_ordinary(word.text)
    if not ordinary and is_given_name(word.text) and (word.capital or len(word.text) >= _SHORTEST_SMALL):
        return word.text not in ACRONYMS
    if not word.capital or (ordinary and word.text not in NAMELIKE):
        return False
    if word.caps:
        return not (ordinary or len(word.text) < _SHORTEST_CAPS or word.text in ACRONYMS)
    return not letters.begins(at) or _acts(letters, at)


def _acts(letters: Letters, at: int) -> bool:
    """Whether a word at the start of a sentence does what persons do, or has something."""
    if at + 1 == len(letters.words):
        return False
    gap, after = letters.gap(at + 1), letters.words[at + 1].text
    return (gap == " " and after in DEEDS) or (gap == "'" and after == "s")


def _run(letters: Letters, at: int) -> tuple[int, int]:
    """A name with the words that belong to it: what begins the sentence before it, `Black` behind it."""
    words, first, last = letters.words, at, at
    if at and letters.gap(at) in _WITHIN and words[at - 1].capital and _is_unlisted(words[at - 1], NAMELIKE):
        first = at - 1
    while last + 1 < len(words) and last - at < _MOST_NAMES and letters.gap(last + 1) in _WITHIN:
        after = words[last + 1]
        if not after.capital or after.caps != words[last].caps or not _is_unlisted(after, BESIDE_A_NAME):
            break
        last += 1
    return first, last


_WITHIN = (" ", "-", "'", "\n", "  ")


def _is_unlisted(word: Word, besides: frozenset[str]) -> bool:
    """Whether a word is on no list of words that are no names, or is a name besides."""
    listed = is_ordinary(word.text) or word.text in CAPITALS or word.text in ACRONYMS
    return word.text in besides or not listed


def _titled(letters: Letters) -> Iterator[tuple[int, int]]:
    """First and last word of each name behind a title, a rank or a word for kin."""
    words = letters.words
    for at, title in enumerate(words):
        last = at
        while title.text in _TITLES and last + 1 < len(words) and last - at < _MOST_NAMES:
            if not _goes_on(letters, at, last + 1) or not _may_follow(title, words[last + 1], first=last == at):
                break
            last += 1
        if any(len(word.text) > 1 for word in words[at + 1 : last + 1]):
            yield at + 1, last


def _goes_on(letters: Letters, title: int, at: int) -> bool:
    """Whether nothing stands before a word that ends a name; a full stop ends none behind `Mr.` or an initial."""
    gap, before = letters.gap(at), letters.words[at - 1].text
    abbreviated = before in _ABBREVIATED if at - 1 == title else len(before) == 1
    return len(gap) <= LONGEST_GAP and not gap.strip(" -'\n" + "." * abbreviated)


def _may_follow(title: Word, word: Word, *, first: bool) -> bool:
    """Whether a word belongs to the name behind a title, as its first word or a later one."""
    if word.text.isdecimal():
        return title.text in RANKS and first
    if word.text in PARTICLES or (len(word.text) == 1 and (word.caps or word.text == "o")):
        return True
    verb = title.text == "miss" and not title.capital
    unknown = not is_ordinary(word.text) and word.text not in CAPITALS
    if not word.capital:
        return first and unknown and not verb and title.text in _ABBREVIATED | CLOSE_KIN
    shouted = word.caps and title.caps
    if title.text in COURTESY and first and not shouted and not verb:
        return word.text not in RANKS
    return unknown or (word.text in NAMELIKE and not shouted)
