"""Looking through a text for what nobody recorded but what looks like a place, a number or a way to reach somebody.

Left out: what is known of the family (`recognised`) and names (`persons`). What it cannot see: a place without a
street, a number told in another language. Rules: rather a word too many than one too few; dates, times, counts stay.
"""

import re
from collections.abc import Iterator

from sharing.redaction.capitals import CAPITALS, NO_STREET, STREETS, SURE_STREETS
from sharing.redaction.finds import PATTERN, Find, Removal
from sharing.redaction.hanging import before_place, is_house_number
from sharing.redaction.letters import BARRIER, Letters
from sharing.redaction.ordinary import EVERYDAY, is_ordinary
from sharing.redaction.patterns import MAIL, NHS, ORDINAL, POSTCODE, TELEPHONE, WEB
from sharing.redaction.persons import persons
from sharing.redaction.spoken import told_digit_by_digit

_NUMBERS = (
    re.compile(r"(?<!\d)\d{7,}(?!\d)"),
    re.compile(r"(?<![\w+])(?:\+|00)\d{1,3}(?:[ \-./()]{1,3}\d{2,5}){2,5}(?!\w)"),  # a telephone abroad
    re.compile(  # what is called a number
        r"(?<![a-z])(?:ring|call|tel|telephone|phone|mobile|mob|number|no|text|nhs)(?:ing|ed)?"
        r"(?: (?:her|him|them|on|is|at|no|number|num|nr))?[ :.\-]{1,4}(\d(?:[ \-]?\d){5,13})(?!\d)"
    ),
)
_FORMS = tuple(map(re.compile, (
    r"(?<![a-z\d])[a-z][ ]?\d{11}[a-z\d](?![a-z\d])",  # UPN
    r"(?<![a-z\d])[a-z]{2}[ \-]?\d\d[ \-]?\d\d[ \-]?\d\d[ \-]?[a-d](?![a-z\d])",  # National Insurance
    r"(?<![a-z\d])[a-z]{2}\d\d[a-z]{3}(?![a-z\d])",  # vehicle since 2001
)))  # fmt: skip
_PLATES = re.compile(
    r"(?<![A-Za-z\d])(?:[A-Z]{2}\d\d [A-Z]{3}|[A-Z]\d{1,3} ?[A-Z]{3}|[A-Z]{3} ?\d{1,3}[A-Z])(?![A-Za-z\d])"
)
_MISTYPED = re.compile(  # a postcode with the letter for the nought, or the nought for the letter
    r"(?<![A-Za-z\d])(?:[A-Z]{1,2}[\dO][A-Z\d]?\s?[\dO](?!00)[ABD-HJLNOP-UW-Z0]{2}"
    r"|[A-Za-z]{1,2}\d[A-Za-z\d]?\s?\d(?:[A-Za-z]0|0[A-Za-z]))(?![A-Za-z\d])"
)
_EXTENSION = re.compile(r"[ ,]{0,2}(?:ext(?:ension|n)?|x)[ .:]{0,2}\d{1,6}")
_CODE, _DIGITS_OF_CODE = re.compile(r"(?<!\w)\w{9,40}(?!\w)"), 5
_HANDLE = re.compile(r"(?<![\w.])@\w[\w.\-]{0,38}\w")
_ACCOUNT = re.compile(
    r"(?<![a-z])(?:snapchat|snap|insta|instagram|tiktok|facebook|fb|twitter|discord|xbox|psn|user ?name|handle|account)"
    r"(?: (?:name|user|account|is|as|id|tag|called)){0,3}[ :=\"(]{1,3}(?P<name>\w[\w.\-]{0,38}\w)"
)
_FLAT = re.compile(r"(?<![a-z])(?:flat|apartment|apt|unit) ?(?:no\.? ?)?\d{1,4} ?[a-z]?(?![a-z\d])")
_BEFORE_STREET = 3


def guessed(letters: Letters) -> Iterator[Find]:
    """Everything in a text that looks as if it told who, where or how to reach somebody, in no order."""
    yield from _contacts(letters)
    yield from _digits(letters)
    yield from told_digit_by_digit(letters.plain)
    yield from _places(letters)
    yield from persons(letters)


def _contacts(letters: Letters) -> Iterator[Find]:
    for pattern in (MAIL, WEB):
        end = 0
        for match in pattern.finditer(letters.plain):
            if match.start() >= end:  # each stretch is walked once
                start, end = _chunk(letters.plain, *match.span())
                yield Find(start, end, Removal.CONTACT, PATTERN)
    yield from (Find(*match.span(), Removal.CONTACT, PATTERN) for match in _HANDLE.finditer(letters.plain))
    for match in _ACCOUNT.finditer(letters.plain):
        if not is_ordinary(match["name"]) and match["name"] not in CAPITALS:
            yield Find(*match.span("name"), Removal.CONTACT, PATTERN)


def _digits(letters: Letters) -> Iterator[Find]:
    plain = letters.plain
    for pattern in (TELEPHONE, *_NUMBERS):
        for match in pattern.finditer(letters.digits):
            start, end = match.span(match.lastindex or 0)
            end -= len(plain[start:end]) - len(plain[start:end].rstrip(" .-()\n"))
            start -= plain[start - 1 : start] == "(" and ")" in plain[start:end]
            extension = _EXTENSION.match(plain, end)
            yield Find(start, extension.end() if extension else end, Removal.NUMBER, PATTERN)
    for pattern in (NHS, *_FORMS):
        yield from (Find(*match.span(), Removal.NUMBER, PATTERN) for match in pattern.finditer(plain))
    for match in _CODE.finditer(plain):
        if sum(c.isdecimal() for c in match.group()) >= _DIGITS_OF_CODE:
            yield Find(*match.span(), Removal.NUMBER, PATTERN)
    yield from (Find(*match.span(), Removal.NUMBER, PATTERN) for match in _PLATES.finditer(letters.cased))


def _chunk(text: str, start: int, end: int) -> tuple[int, int]:
    """A stretch out to the next blank, without the full stop behind it."""
    while end < len(text) and not text[end].isspace() and text[end] not in _ENDS:
        end += 1
    while start and not text[start - 1].isspace() and text[start - 1] not in _BEGINS:
        start -= 1
    return start, start + len(text[start:end].rstrip(".,;:!?)\"'"))


_ENDS = frozenset(("<", ">", BARRIER))
_BEGINS = _ENDS | {"(", '"'}


def _places(letters: Letters) -> Iterator[Find]:
    for match in POSTCODE.finditer(letters.plain):
        if not ORDINAL.fullmatch(match[1]):
            yield Find(*match.span(), Removal.PLACE, PATTERN)
    for match in _MISTYPED.finditer(letters.cased):
        if any(c.isdecimal() for c in match.group()) and not ORDINAL.search(match.group()):
            yield Find(*match.span(), Removal.PLACE, PATTERN)
    yield from (Find(*match.span(), Removal.PLACE, PATTERN) for match in _FLAT.finditer(letters.plain))
    for at, word in enumerate(letters.words):
        if word.text in STREETS:
            start = _street_from(letters, at)
            if start is not None:
                yield Find(start, word.end, Removal.PLACE, PATTERN)


def _street_from(letters: Letters, at: int) -> int | None:
    """Where a street begins that ends with this word; None where it is no street."""
    words, first, named = letters.words, at, 0
    sure = words[at].text in SURE_STREETS
    while first and at - first <= _BEFORE_STREET and letters.gap(first) in _IN_A_STREET:
        if is_house_number(letters, first - 1) and not _is_year(words[first - 1].text):
            return before_place(letters, first) if named and (words[at].capital or sure) else None
        word = words[first - 1]
        names = word.capital or (sure and word.text not in EVERYDAY)
        if not names or word.text in NO_STREET or word.text.isdecimal() or letters.gap(first) == ", ":
            break
        first, named = first - 1, named + (len(word.text) > 1)
    written = named and words[at].capital and words[at - 1].capital and words[first].capital
    return words[first].start if sure and written else None


_IN_A_STREET = (" ", "\n", ", ", "-", "'")


def _is_year(digits: str) -> bool:
    return len(digits) == len("2026") and digits.startswith(("19", "20"))
