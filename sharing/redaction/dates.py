"""Dates in a text, in every usual spelling: which of them is somebody's birth date.

Left out: ages and the dates of anything else, which stay. Rules: a date is a birth date when the family has it, with
its year or without, or when the text says so (`born`, `DOB`); of two orders of day and month either counts.
"""

import re
from collections.abc import Collection, Iterator
from datetime import date

from sharing.redaction.finds import FAMILY, PATTERN, Find, Removal
from sharing.redaction.letters import Letters

_MONTHS = ("jan(?:uary)?", "feb(?:ruary)?", "mar(?:ch)?", "apr(?:il)?", "may", "june?", "july?", "aug(?:ust)?",
           "sept?(?:ember)?", "oct(?:ober)?", "nov(?:ember)?", "dec(?:ember)?")  # fmt: skip
_FIRST = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_ORDINALS = (
    *_FIRST,
    *("tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth"),
    *("seventeenth", "eighteenth", "nineteenth", "twentieth"),
    *(f"twenty {unit}" for unit in _FIRST),
    *("thirtieth", "thirty first"),
)
_DAYS = {word: day for day, word in enumerate(_ORDINALS, 1)}
_DAY = (
    r"(?P<day>\d{1,2}(?:st|nd|rd|th)?|" + "|".join(sorted(_ORDINALS, key=len, reverse=True)).replace(" ", "[ -]") + ")"
)
_MONTH = f"(?P<month>{'|'.join(_MONTHS)})"
_YEAR = r"(?P<year>\d{4}|'?\d{2})"
_SPELLINGS = tuple(
    re.compile(rf"(?<![a-z\d]){spelling}(?![a-z\d])")
    for spelling in (
        rf"{_DAY}\s{{0,2}}(?:day\s)?(?:of\s{{1,2}})?[\s/.\-]{{0,2}}{_MONTH}(?:[\s,./\-]{{0,3}}{_YEAR})?",
        rf"{_MONTH}[\s./\-]{{0,2}}(?:the\s)?{_DAY}(?:[\s,./\-]{{1,3}}{_YEAR})?",
        rf"(?P<day>\d{{1,2}})\s?[/.\- ]\s?(?P<month>\d{{1,2}})(?:\s?[/.\- ]\s?{_YEAR})?",
        r"(?P<year>\d{4})\s?[/.\- ]?\s?(?P<month>\d{1,2})\s?[/.\- ]?\s?(?P<day>\d{1,2})",
        r"(?P<day>\d\d)(?P<month>\d\d)(?P<year>\d{4}|\d\d)",
    )
)
_LOOSE = tuple(re.compile(rf"{spelling}(?![a-z\d])") for spelling in (rf"(?:{_MONTH}[\s,./\-]{{0,3}})?{_YEAR}", _MONTH))
_SAYS_SO = re.compile(
    r"(?<![a-z])(?:born|d\.?o\.?b\.?|date of birth|birth[ -]?date|birthday|b-?day)[^\w\n]{0,4}"
    r"(?:(?:is|was|on|in|the|around|about|of|as|given)\s{1,2}){0,4}"
)
_MONTHS_READ = tuple(re.compile(month) for month in _MONTHS)
_SHORT_YEAR, _MONTHS_A_YEAR = 2, 12


def birth_dates(letters: Letters, known: Collection[date]) -> Iterator[Find]:
    """Birth dates in a text.

    Args:
        letters: The text.
        known: Birth dates of the family.
    """
    text = letters.plain
    if known:
        for spelling in _SPELLINGS:
            for match in spelling.finditer(text):
                if any(_is(match, day) for day in known):
                    yield Find(*match.span(), Removal.DATE, FAMILY)
    for said in _SAYS_SO.finditer(text):
        found = [m.end() for s in (*_SPELLINGS, *_LOOSE) if (m := s.match(text, said.end()))]
        if found:
            yield Find(said.end(), max(found), Removal.DATE, PATTERN)


def _is(match: re.Match[str], known: date) -> bool:
    """Whether a date in a text can be this one."""
    day, month, year = _day(match["day"]), _month(match["month"]), match["year"]
    if year is None:
        return bool(month and not match["month"].isdecimal() and (day, month) == (known.day, known.month))
    written = year.strip("'")
    if int(written) != (known.year % 100 if len(written) == _SHORT_YEAR else known.year):
        return False
    either = match["month"].isdecimal()
    return (day, month) == (known.day, known.month) or (either and (month, day) == (known.day, known.month))


def _day(written: str) -> int:
    digits = written.rstrip("sthrnd")
    return int(digits) if digits.isdecimal() else _DAYS.get(written.replace("-", " "), 0)


def _month(written: str) -> int:
    if written.isdecimal():
        return int(written)
    return next(number for number, month in enumerate(_MONTHS_READ, 1) if month.fullmatch(written))
