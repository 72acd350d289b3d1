"""Looking through a text for what nobody recorded but what looks like a name, a place, a number or an address.

Left out: what is known of the family (`recognised`). What it cannot see: a person who is told by a role or a trait, a
name on no list that is written small, a place without a street. Rules: rather a word too
many than one too few; ordinary words, months, languages and agencies stay; a name that was found once is found wherever
it has a capital.
"""

import re
from collections.abc import Iterator

from sharing.redaction.capitals import (
    ACRONYMS,
    BESIDE_A_NAME,
    CAPITALS,
    COURTESY,
    KIN,
    NAMELIKE,
    PARTICLES,
    RANKS,
    STREETS,
    SURE_STREETS,
)
from sharing.redaction.finds import PATTERN, Find, Removal
from sharing.redaction.hanging import before_name, before_place, behind_name, is_house_number
from sharing.redaction.letters import Letters, Word
from sharing.redaction.nicknames import is_given_name
from sharing.redaction.ordinary import EVERYDAY, WORDS, is_ordinary, listed
from sharing.redaction.patterns import MAIL, NHS, ORDINAL, POSTCODE, TELEPHONE, WEB
from sharing.redaction.spoken import told_digit_by_digit

_MOST_NAMES = 4
_SHORTEST_CAPS, _SHORTEST_SMALL = 4, 4
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
_EXTENSION = re.compile(r"[ ,]{0,2}(?:ext(?:ension|n)?|x)[ .:]{0,2}\d{1,6}")
_CODE, _DIGITS_OF_CODE = re.compile(r"(?<!\w)\w{9,40}(?!\w)"), 5
_HANDLE = re.compile(r"(?<![\w.])@\w[\w.\-]{0,38}\w")
_ACCOUNT = re.compile(
    r"(?<![a-z])(?:snapchat|snap|insta|instagram|tiktok|facebook|fb|twitter|discord|xbox|psn|user ?name|handle|account)"
    r"(?: (?:name|user|account|is|as|id|tag|called)){0,3}[ :=\"(]{1,3}(?P<name>\w[\w.\-]{0,38}\w)"
)
_FLAT = re.compile(r"(?<![a-z])(?:flat|apartment|apt|unit) ?(?:no\.? ?)?\d{1,4} ?[a-z]?(?![a-z\d])")
_BEFORE_STREET = 3
_CENTURIES = ("19", "20")


def guessed(letters: Letters) -> Iterator[Find]:
    """Everything in a text that looks as if it told who, where or how to reach somebody, in no order."""
    yield from _contacts(letters)
    yield from _digits(letters)
    yield from told_digit_by_digit(letters.plain)
    yield from _places(letters)
    yield from _persons(letters)


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
        for match in pattern.finditer(plain):
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
    while end < len(text) and not text[end].isspace() and text[end] not in "<>\ue000":
        end += 1
    while start and not text[start - 1].isspace() and text[start - 1] not in '<>("\ue000':
        start -= 1
    return start, start + len(text[start:end].rstrip(".,;:!?)\"'"))


def _places(letters: Letters) -> Iterator[Find]:
    for match in POSTCODE.finditer(letters.plain):
        if not ORDINAL.fullmatch(match[1]):
            yield Find(*match.span(), Removal.PLACE, PATTERN)
    yield from (Find(*match.span(), Removal.PLACE, PATTERN) for match in _FLAT.finditer(letters.plain))
    for at, word in enumerate(letters.words):
        if word.text in STREETS:
            start = _street_from(letters, at)
            if start is not None:
                yield Find(start, word.end, Removal.PLACE, PATTERN)


def _street_from(letters: Letters, at: int) -> int | None:
    """Where a street begins that ends with this word; None where it is no street."""
    words, start, named = letters.words, letters.words[at].start, 0
    sure = words[at].text in SURE_STREETS
    for place in range(at - 1, max(at - 2 - _BEFORE_STREET, -1), -1):
        word = words[place]
        gap = letters.plain[word.end : start]
        if gap not in (" ", "\n", ", ", "-", "'") or (gap == ", " and not is_house_number(letters, place)):
            break
        if word.text.startswith(_CENTURIES) and len(word.text) == len("2026"):
            break
        if is_house_number(letters, place):
            return before_place(letters, place + 1) if named and (words[at].capital or sure) else None
        if not (word.capital or sure) or (word.text in EVERYDAY and not word.capital) or word.text in _NO_STREET:
            break
        named, start = named + (len(word.text) > 1), word.start
    capital = words[at].capital and named and words[at - 1].capital
    return start if sure and capital and not _small(words, start) else None


_NO_STREET = listed("the a an in at on of off to from this that his her their my our your by and or main side")


def _small(words: list[Word], start: int) -> bool:
    return any(word.start == start and not word.capital for word in words)


def _persons(letters: Letters) -> Iterator[Find]:
    words = letters.words
    titled = list(_titled(letters))
    sure = [at for at in range(len(words)) if _could_be_name(letters, at)]
    told = {words[at].text for at in sure} | {words[at].text for first, last in titled for at in range(first, last + 1)}
    told = {text for text in told if len(text) > 1 and text not in WORDS and text not in CAPITALS}
    again = [at for at, word in enumerate(words) if word.capital and word.text in told]
    for first, last in titled:
        yield Find(words[first].start, behind_name(letters, last), Removal.NAME, PATTERN)
    for at in sorted({*sure, *again}):
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
    gap, after = letters.plain[letters.words[at].end : letters.words[at + 1].start], letters.words[at + 1].text
    return (gap == " " and after in _ACTS) or (gap == "'" and after == "s")


_ACTS = listed("""
said says told tells asked asks hit hits has had have is was went goes came comes lives lived stated states reported
reports disclosed disclosed attended attends and also who did does will would could can cannot may must should thinks
thought wants wanted feels felt saw sees heard knows knew left ran took takes got gets gave gives does denies denied
appeared seems seemed became stayed stays slept cried shouted told claims claimed alleged alleges agreed refused
""")


def _run(letters: Letters, at: int) -> tuple[int, int]:
    """A name with the words that belong to it: what begins the sentence before it, `Black` behind it."""
    words, first, last = letters.words, at, at
    if first and _adjoin(letters, first - 1) and words[first - 1].capital:
        before = words[first - 1]
        if before.text not in CAPITALS and (not is_ordinary(before.text) or before.text in NAMELIKE):
            first -= 1
    while last + 1 < len(words) and last - at < _MOST_NAMES and _adjoin(letters, last):
        after = words[last + 1]
        unlisted = not is_ordinary(after.text) and after.text not in CAPITALS | ACRONYMS
        if not after.capital or after.caps != words[last].caps or not (unlisted or after.text in BESIDE_A_NAME):
            break
        last += 1
    return first, last


def _adjoin(letters: Letters, at: int) -> bool:
    """Whether nothing but a blank, a hyphen or an apostrophe stands between a word and the next."""
    gap = letters.plain[letters.words[at].end : letters.words[at + 1].start]
    return gap in (" ", "-", "'", "\n", "  ")


def _titled(letters: Letters) -> Iterator[tuple[int, int]]:
    """First and last word of each name behind a title, a rank or a word for kin."""
    words = letters.words
    for at, title in enumerate(words):
        if title.text not in COURTESY and title.text not in RANKS and title.text not in KIN:
            continue
        last = at
        while last + 1 < len(words) and last - at < _MOST_NAMES:
            gap = letters.plain[words[last].end : words[last + 1].start]
            abbreviated = title.text in COURTESY | RANKS if last == at else len(words[last].text) == 1
            dotted = "." in gap and not abbreviated
            if len(gap) > _MOST_NAMES or gap.strip(" .-'\n") or dotted or not _may_follow(title, words, last + 1, at):
                break
            last += 1
        if last > at and not all(len(w.text) == 1 for w in words[at + 1 : last + 1]):
            yield at + 1, last


def _may_follow(title: Word, words: list[Word], place: int, at: int) -> bool:
    """Whether a word belongs to the name behind a title."""
    word, next_to = words[place], place == at + 1
    if word.text.isdecimal():
        return title.text in RANKS and next_to
    if word.text in PARTICLES or (len(word.text) == 1 and (word.caps or word.text == "o")):
        return True
    known_word = is_ordinary(word.text) or word.text in CAPITALS
    small_title = title.text == "miss" and not title.capital
    if word.capital:
        shouted = word.caps and title.caps
        if title.text in COURTESY and next_to and not shouted and not small_title:
            return word.text not in RANKS
        return not known_word or (word.text in NAMELIKE and not shouted)
    return next_to and not known_word and not small_title and (title.text in COURTESY | RANKS | _CLOSE_KIN)


_CLOSE_KIN = listed("uncle aunt auntie aunty nan nana nanny gran granny grandma grandad granddad grandpa cousin")
