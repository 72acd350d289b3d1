"""What hangs on a name or a place and goes with it: an initial, `van`, a possessive; the number of the house, `Road`.

Left out: what is a name or a place (`recognised`, `guesses`). Rule: a bounded number of words is looked at.
"""

from collections.abc import Collection

from sharing.redaction.capitals import DWELLINGS, GENERIC, PARTICLES, STREETS
from sharing.redaction.letters import Letters
from sharing.redaction.spoken import HOUSE_WORDS

LONGEST_GAP = 4
"""Characters that may stand between two pieces of one thing."""
MOST_LETTERS = 4
"""Initials of one person."""
HOUSE_DIGITS = 4
_MOST_ABSORBED = 5
_WORDS = ("a", "i")
"""Letters that are words as well, before a name in capitals, unless a stop stands behind them."""


def before_name(letters: Letters, at: int) -> int:
    """Where a name begins, with the initials and small words before it."""
    words, start = letters.words, letters.words[at].start
    for place in range(at - 1, max(at - 1 - MOST_LETTERS, -1), -1):
        word, gap = words[place], letters.gap(place + 1)
        alone = len(word.text) == 1 and not letters.plain[max(word.start - 1, 0) : word.start].isalnum()
        is_word = word.text in _WORDS and words[at].caps and "." not in gap
        initial = word.capital and alone and gap.strip(" -'") in ("", ".") and not is_word
        if len(gap) > LONGEST_GAP or not (initial or (word.text in PARTICLES and not gap.strip(" -'"))):
            break
        start = word.start
    return start


def behind_name(letters: Letters, last: int, initials: Collection[str] = ()) -> int:
    """Where a name ends, with the `'s` of a possessive or, of somebody's initials, the one of `Khan, A.`."""
    words, end = letters.words, letters.words[last].end
    if last + 1 == len(words):
        return end
    after, gap = words[last + 1], letters.gap(last + 1)
    if gap == "'" and after.text == "s":
        return after.end
    alone = letters.plain[after.end : after.end + 1] in ("", ".", ",", ";", ")", "\n") or after.text not in _WORDS
    single = len(after.text) == 1 and after.caps and alone and gap in (" ", ", ", ",")
    return after.end if single and any(own.startswith(after.text) for own in initials) else end


def before_place(letters: Letters, at: int) -> int:
    """Where a place begins, with the number of the house and the flat before its name."""
    words, start, numbered = letters.words, letters.words[at].start, False
    for place in range(at - 1, max(at - 1 - _MOST_ABSORBED, -1), -1):
        word, gap = words[place], letters.gap(place + 1)
        number = is_house_number(letters, place) or word.text in HOUSE_WORDS
        if len(gap) > LONGEST_GAP or gap.strip(" ,\n-/."):
            break
        if not (number or word.text in ("st", "saint") or (numbered and word.text in DWELLINGS)):
            break
        numbered, start = numbered or number, word.start
    return start


def is_house_number(letters: Letters, at: int) -> bool:
    """Whether a word is the number of a house, or the `a` of `12a`."""
    word = letters.words[at]
    if word.text.isdecimal():
        return len(word.text) <= HOUSE_DIGITS
    before = letters.words[at - 1] if at else None
    return len(word.text) == 1 and before is not None and before.text.isdecimal() and before.end == word.start


def behind_place(letters: Letters, at: int) -> int:
    """Where a place ends, with `Road` or `Primary School` behind its name."""
    words, end = letters.words, letters.words[at].end
    for place in range(at + 1, min(at + 1 + _MOST_ABSORBED, len(words))):
        word, gap = words[place], letters.gap(place)
        kind = word.text in STREETS or (word.capital and word.text in GENERIC)
        if gap not in (" ", "\n", "  ", "-", "'") or not (kind or (gap == "'" and word.text == "s")):
            break
        end = word.end
    return end
