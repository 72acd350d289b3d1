"""Numbers that are written as words: the number of a house, a telephone told digit by digit.

Left out: counts in sentences (`three times`), which stay. Rule: only a run of digits as long as a telephone's is one.
"""

import re
from collections.abc import Iterator

from sharing.redaction.finds import PATTERN, Find, Removal

_UNITS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
HOUSE_WORDS = {
    **{word: str(number) for number, word in enumerate((*_UNITS, *_TEENS), 1)},
    **{word: f"{number}0" for number, word in enumerate(_TENS, 2)},
}
"""What a word says as the number of a house."""
_DIGITS = "|".join(("zero", "oh", "o", "nought", "naught", "nil", "double", "triple", "treble", *_UNITS))
_RUN = re.compile(
    rf"(?<![a-z\d])(?:(?:{_DIGITS}|\d{{1,6}})[\s,.\-()]{{1,4}}){{5,40}}(?:{_DIGITS}|\d{{1,6}})(?![a-z\d])"
)
_SAID = re.compile(_DIGITS)
_SHORTEST = 3


def told_digit_by_digit(plain: str) -> Iterator[Find]:
    """Numbers of at least six digits that are told in words, at least in part.

    Args:
        plain: A folded text.
    """
    for match in _RUN.finditer(plain):
        if len(_SAID.findall(match.group())) >= _SHORTEST:
            yield Find(*match.span(), Removal.NUMBER, PATTERN)
