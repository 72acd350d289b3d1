"""Looking through a text with the dictionary of a family.

Left out: what the dictionary holds (`dictionary`) and what nobody recorded (`guesses`). Rules: a find is whole words;
what hangs on a name (an initial, `van`, a possessive) or on a place (the number of the house, `Road`) goes with it;
letters that only happen to stand in an ordinary word (`ellen` in `excellent`) are no find. Each word is looked at a
bounded number of times.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from itertools import accumulate

from rapidfuzz.distance import OSA

from sharing.redaction.capitals import ACRONYMS, COURTESY, DWELLINGS, JOINED
from sharing.redaction.dates import birth_dates
from sharing.redaction.dictionary import LONGEST_SLIP, SHORTEST_SLIP, Dictionary, less_one
from sharing.redaction.finds import FAMILY, Find, Removal
from sharing.redaction.hanging import LONGEST_GAP, MOST_LETTERS, before_name, before_place, behind_name, behind_place
from sharing.redaction.letters import Letters, Word
from sharing.redaction.ordinary import WORDS, is_ordinary
from sharing.redaction.patterns import OUTWARD
from sharing.redaction.spoken import HOUSE_WORDS

_PIECES = 12
_WIDE = ("'", "-")
_TIGHT = frozenset(("'", "-", ".", "_", "*", "/", "\\", "+", "~", "|"))
_HOUSE = re.compile(
    rf"(?<![a-z\d])(?:{'|'.join(sorted(DWELLINGS - {'cottage', 'block'}))}|#)[\s.:]{{0,3}}"
    rf"(?:(?P<digits>\d{{1,4}})\s?[a-z]?|(?P<word>{'|'.join(HOUSE_WORDS)}))(?![a-z\d])"
)


def recognised(letters: Letters, known: Dictionary) -> Iterator[Find]:
    """Everything in a text that the dictionary of a family knows, in no order."""
    yield from _names(letters, known)
    yield from _initials(letters, known)
    yield from _places(letters, known)
    yield from _numbers(letters, known)
    yield from _anywhere(letters, known)
    yield from birth_dates(letters, known.dates)


def _names(letters: Letters, known: Dictionary) -> Iterator[Find]:
    tried: dict[str, bool] = {}
    at, words = 0, letters.words
    while at < len(words):
        last = _last_of_name(letters, at, known, tried)
        if last is None:
            at += 1
            continue
        yield Find(before_name(letters, at), behind_name(letters, last, known.initials), Removal.NAME, FAMILY)
        at = last + 1


def _last_of_name(letters: Letters, at: int, known: Dictionary, tried: dict[str, bool]) -> int | None:
    """Number of the last word of the longest name that begins with this word."""
    words, joined, found, close = letters.words, "", None, True
    for place in range(at, min(at + _PIECES, len(words))):
        word = words[place]
        gap = letters.gap(place) if joined else ""
        if word.text.isdecimal() or (joined and not _holds(gap, joined)):
            break
        joined, close = joined + word.text, close and gap in ("", "'", "-")
        if len(joined) > known.longest:
            break
        if _is_name(joined, known, capital=words[at].capital) or (close and _is_slip(joined, known.slips, tried)):
            found = place
    return found


def _holds(gap: str, before: str) -> bool:
    """Whether what stands between two pieces may stand inside one name."""
    sign = gap.strip(" \n")
    if len(gap) > LONGEST_GAP or len(sign) > 1:
        return False
    if sign:
        return sign in _TIGHT and (gap == sign or sign in _WIDE)
    return "\n" in gap or before in JOINED


def _is_name(joined: str, known: Dictionary, *, capital: bool) -> bool:
    stays = known.names.get(joined)
    return stays is not None and (capital or not stays)


def _is_slip(word: str, slips: Mapping[str, frozenset[str]], tried: dict[str, bool]) -> bool:
    """Whether it is something known with one letter wrong, missing, too many or exchanged; no ordinary word is."""
    if not SHORTEST_SLIP - 1 <= len(word) <= LONGEST_SLIP + 1 or is_ordinary(word):
        return False
    if word not in tried:
        meant = {name for shorter in less_one(word) for name in slips.get(shorter, ())}
        tried[word] = any(OSA.distance(word, name, score_cutoff=1) <= 1 for name in meant)
    return tried[word]


def _initials(letters: Letters, known: Dictionary) -> Iterator[Find]:
    """`AK`, `A.K.`, `A K`: capitals only, and no abbreviation that everybody knows."""
    words = letters.words
    for at, word in enumerate(words):
        if not word.caps or len(word.text) > MOST_LETTERS:
            continue
        joined = word.text
        if joined in known.initials and joined not in ACRONYMS and joined not in WORDS:
            yield Find(word.start, word.end, Removal.NAME, FAMILY)
        titled = at and len(joined) == 1 and words[at - 1].text in COURTESY and letters.gap(at) in (" ", ". ")
        if titled and any(initials.startswith(joined) for initials in known.initials):
            yield Find(word.start, word.end, Removal.NAME, FAMILY)
        for place in range(at + 1, min(at + MOST_LETTERS, len(words))):
            after, gap = words[place], letters.gap(place)
            if len(word.text) > 1 or len(after.text) > 1 or not after.caps or gap not in ("", ".", ". ", " ", "-", "/"):
                break
            joined += after.text
            if joined in known.initials:
                yield Find(word.start, after.end, Removal.NAME, FAMILY)


def _places(letters: Letters, known: Dictionary) -> Iterator[Find]:
    tried: dict[str, bool] = {}
    for at, word in enumerate(letters.words):
        unless_capital = known.places.get(word.text)
        if unless_capital is None and not _is_slip(word.text, known.place_slips, tried):
            continue
        if unless_capital and not (word.capital and not letters.begins(at)):
            continue
        yield Find(before_place(letters, at), behind_place(letters, at), Removal.PLACE, FAMILY)
    for match in _HOUSE.finditer(letters.plain):
        if (match["digits"] or HOUSE_WORDS.get(match["word"] or "")) in known.houses:
            yield Find(*match.span(), Removal.PLACE, FAMILY)
    for match in OUTWARD.finditer(letters.plain):
        if match[1] in known.outwards:
            yield Find(*match.span(), Removal.PLACE, FAMILY)


def _numbers(letters: Letters, known: Dictionary) -> Iterator[Find]:
    if known.numbers:
        yield from (Find(w.start, w.end, Removal.NUMBER, FAMILY) for w in letters.words if w.text in known.numbers)


def _anywhere(letters: Letters, known: Dictionary) -> Iterator[Find]:
    """Letters and digits of what is known, whatever stands between or around them.

    A marker is read like a word here, as whoever looks through the finished text will read it.
    """
    words = letters.all_words
    ends = list(accumulate(len(word.text) for word in words))
    packed = "".join(word.text for word in words)
    for wanted, what in known.anywhere:
        at = packed.find(wanted)
        while at >= 0:
            first, last = bisect_right(ends, at), bisect_right(ends, at + len(wanted) - 1)
            partly_first = at > ends[first] - len(words[first].text) and _is_innocent(words[first])
            partly_last = at + len(wanted) < ends[last] and _is_innocent(words[last])
            first, last = first + partly_first, last - partly_last
            touched = words[first : last + 1]
            chance = (partly_first or partly_last) and all(map(_is_innocent, touched))
            if chance or all(word.marker for word in touched):
                at = packed.find(wanted, at + 1)
                continue
            yield Find(*letters.unbroken(words[first].start, words[last].end), what, FAMILY)
            at = packed.find(wanted, max(ends[last], at + 1))


def _is_innocent(word: Word) -> bool:
    """Whether letters that stand in this word only happen to stand there."""
    return is_ordinary(word.text) and not word.marker
