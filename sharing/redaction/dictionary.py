"""The dictionary of one family: every way in which what is known of it may be written, made ready to be looked up.

Left out: looking through a text (`recognised`), and what nobody recorded. Rules:
1. Each part of a name counts by itself: `Smith-Jones` is `Smith`, `Jones` and both; a small word (`van`, `bin`) is not.
2. A name that is an everyday word (the short list) goes where it has a capital; any other goes however it is written.
   A short form that nobody recorded goes written small only if it is no English word.
3. A place goes whole, by line, with its road long or short, and by each word of it that only that place has.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise

from sharing.events import Quiet
from sharing.redaction.capitals import CAPITALS, DWELLINGS, GENERIC, JOINED, NAMELIKE, PARTICLES, ROLES
from sharing.redaction.family import Known
from sharing.redaction.finds import Removal
from sharing.redaction.letters import Letters, Word
from sharing.redaction.nicknames import called, is_given_name
from sharing.redaction.ordinary import EVERYDAY, WORDS, is_ordinary
from sharing.redaction.patterns import OUTWARD, POSTCODE
from sharing.redaction.readings import squeeze
from sharing.redaction.tripwire import SHORTEST, national, spellings_of_place, with_roads

SHORTEST_SLIP, LONGEST_SLIP = 5, 32
"""Letters of a name that is recognised with one letter wrong."""
_SHORTEST_FOREIGN = 2
"""Where words are written without blanks a name of two signs is looked for inside them."""
_FEW, _PARTICULAR, _MOST_KINDS = 4, 2, 5
_MAC_LENGTH, _SHORTEST_PART = 6, 3
_LOCAL, _NATIONAL, _SHORTEST_NUMBER = 6, 9, 3
_LONGEST_PLACE = 300
_LINES = re.compile(r"[,;\n]")
_HISSING = ("s", "x", "z", "ch", "sh")
_CENTURIES = ("19", "20")


@dataclass(frozen=True, slots=True, repr=False)
class Dictionary(Quiet):
    """What to look for.

    Attributes:
        names: Single names, folded; whether one stays where it is written small.
        slips: Each name with one letter less -> the names.
        initials: Of persons of whom two names are known.
        places: Words that only these places have; whether one stays unless it has a capital within a sentence.
        place_slips: Each of these words with one letter less -> the words.
        houses: Numbers of houses and flats.
        outwards: First halves of postcodes.
        numbers: Short numbers, which count as whole words.
        anywhere: Letters and digits that count wherever they stand.
        longest: Length of the longest name.
    """

    names: Mapping[str, bool]
    slips: Mapping[str, frozenset[str]]
    initials: frozenset[str]
    places: Mapping[str, bool]
    place_slips: Mapping[str, frozenset[str]]
    houses: frozenset[str]
    outwards: frozenset[str]
    numbers: frozenset[str]
    anywhere: tuple[tuple[str, Removal], ...]
    dates: frozenset[date]
    longest: int


@lru_cache(maxsize=64)
def dictionary_of(known: Known) -> Dictionary:
    """The dictionary of a family; made once for each."""
    people = [_Person(spelling) for name in known.names for spelling in _cases(name)]
    own = {form for person in people for name in person.names for form in _spellings(name)}
    names = {form: name in WORDS or form in WORDS for name in called(own) for form in _several(name)}
    everyday = EVERYDAY.union(*(person.common for person in people))
    names |= {name: name in WORDS for person in people for name in person.glued()}
    names |= {form: name in everyday or form in everyday for name in own for form in _several(name)}
    anywhere: dict[str, Removal] = {}
    for place in known.places:
        anywhere |= dict.fromkeys(_whole_places(place), Removal.PLACE)
    for number in known.numbers:
        anywhere |= dict.fromkeys(_whole_numbers(number), Removal.NUMBER)
    for letters in [*own, *(whole for person in people for whole in person.together())]:
        if len(letters) >= (SHORTEST if letters.isascii() else _SHORTEST_FOREIGN) and not (
            letters in WORDS or letters in everyday
        ):
            anywhere[letters] = Removal.NAME
    places = _own_words(known.places, names)
    return Dictionary(
        names=names,
        slips=_slips(own - everyday),
        initials=frozenset(letters for person in people for letters in person.initials()),
        places=places,
        place_slips=_slips(word for word, is_common in places.items() if not is_common),
        houses=frozenset(number for place in known.places for number in _house_numbers(place)),
        outwards=frozenset(code for place in known.places for code in OUTWARD.findall(Letters(place).plain)),
        numbers=frozenset(number for written in known.numbers for number in _short_numbers(written)),
        anywhere=tuple(anywhere.items()),
        dates=frozenset(known.dates),
        longest=max(map(len, names), default=0) + 1,
    )


def _cases(name: str) -> tuple[str, ...]:
    """A name; in another script also with small letters and capitals, which may look like different Latin letters."""
    return (name,) if name.isascii() else (name, name.lower(), name.upper(), name.title())


class _Person:
    """The names in one field of names, which may hold roles, several persons or a sentence as well.

    Attributes:
        names: Each single name, folded. `common`: of these, words that are hardly ever a name, as `Friend` is.
    """

    def __init__(self, written: str) -> None:
        letters = Letters(written)
        parts = [part for part in _parts(letters) if not part.text.isdecimal()]
        named = [p for p in parts if len(p.text) > 1 and p.text not in ROLES and p.text not in PARTICLES]
        self._whole = [p.text for p in parts if p.text not in ROLES]
        self._plain = len(named) <= _FEW and all(p.capital for p in named)
        self.common = _uncommon_uses(letters, parts)
        own = [p.text for place, p in enumerate(named) if self._plain or _stands_out(p, place, named)]
        within = {w.text for w in letters.words if len(w.text) >= _SHORTEST_PART} - {p.text for p in parts}
        self.names = [*own, *self.common, *(within - ROLES - PARTICLES if self._plain else ())]

    def initials(self) -> Iterator[str]:
        """Both orders, for it is seldom said which name comes first."""
        first = [text[0] for text in self._whole if text not in PARTICLES]
        if self._plain and 1 < len(first) <= _FEW:
            yield from ("".join(first), "".join(reversed(first)), first[0] + first[-1], first[-1] + first[0])

    def glued(self) -> Iterator[str]:
        """A name with one initial and no blank: `AKhan`, `KhanA`."""
        for one, other in (*pairwise(self.names), *pairwise(self.names[::-1])) if self._plain else ():
            yield from (one[0] + other, other + one[0])

    def together(self) -> Iterator[str]:
        """The names of one person without a blank between them, in any order of two."""
        if self._plain:
            yield "".join(text for text in self._whole if len(text) > 1)
            for one, other in pairwise(self.names):
                yield from (one + other, other + one)


def _uncommon_uses(letters: Letters, parts: list[Word]) -> list[str]:
    """Small words and roles that are somebody's name all the same: `Wei Du`, `Al Khan`, `Kelly Friend`."""
    small = [p.text for p in parts if p.capital and p.text in PARTICLES and (p is parts[-1] or is_given_name(p.text))]
    if len(parts) != _PARTICULAR or parts[0].text in ROLES or not parts[1].capital or parts[1].text not in ROLES:
        return small
    return [*small, parts[1].text] if letters.plain[parts[0].end : parts[1].start].isspace() else small


def _stands_out(part: Word, place: int, among: list[Word]) -> bool:
    """Whether a word of a longer text is a name: by its capital, or where nothing has one by being no English word."""
    written = any(p.capital for p in among) and not all(p.caps for p in among)
    unusual = not is_ordinary(part.text) or (part.text in NAMELIKE and (place > 0 or not written))
    return unusual and part.text not in CAPITALS and (part.capital or not written)


def _parts(letters: Letters) -> list[Word]:
    """Words, with `O'Brien` and `Mc Donald` as one."""
    parts: list[Word] = []
    for word in letters.words:
        before = parts[-1] if parts else None
        gap = letters.plain[before.end : word.start] if before else ""
        if before and not word.text.isdecimal() and (gap == "'" or (before.text in JOINED and not gap.strip(" .'-"))):
            parts[-1] = before._replace(end=word.end, text=before.text + word.text)
        else:
            parts.append(word)
    return parts


def _spellings(name: str) -> Iterator[str]:
    """A name, with Mac and Mc each as the other."""
    yield name
    if name.startswith("mac") and len(name) >= _MAC_LENGTH:
        yield from (f"mc{name[3:]}", f"m{name[3:]}")
    elif name.startswith("mc"):
        yield from (f"mac{name[2:]}", f"m{name[2:]}")


def _several(name: str) -> tuple[str, ...]:
    """A name, and the family of that name: `the Khans`, `the Joneses`."""
    return (name, f"{name}s", f"{name}es") if name.endswith(_HISSING) else (name, f"{name}s")


def _slips(names: Iterable[str]) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for name in names:
        for shorter in less_one(name) if SHORTEST_SLIP <= len(name) <= LONGEST_SLIP else ():
            found.setdefault(shorter, set()).add(name)
    return {shorter: frozenset(whole) for shorter, whole in found.items()}


def less_one(word: str) -> set[str]:
    """A word, and all that is left of it when one letter goes."""
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}


def _whole_places(written: str) -> Iterator[str]:
    text = Letters(written).plain
    short = [part for part in (text, *_LINES.split(text)) if len(part) <= _LONGEST_PLACE]
    lines = [line for part in short for line in (part, *_shorter(part))]
    addresses = (place for part in short[:1] for place in spellings_of_place(part))
    roads = (road for line in lines for road in with_roads(line))
    for spelling in dict.fromkeys((*lines, *addresses, *roads)):
        letters = squeeze(spelling)
        if len(letters) >= SHORTEST and not letters.isdecimal() and not _is_common(spelling):
            yield letters


def _is_common(place: str) -> bool:
    """Whether a place is one word that anybody uses, or words for an agency: `school`, `social care`."""
    words = [word.text for word in Letters(place).words if len(word.text) > 1 or word.text.isdecimal()]
    return all(word in CAPITALS for word in words) or (len(words) < _PARTICULAR and words[0] in WORDS)


def _shorter(line: str) -> Iterator[str]:
    """A line of an address without the number of the house, and without what kind of place it is: `St Mary's`."""
    words = Letters(line).words
    numbered = (word.text.isdecimal() or word.text in DWELLINGS or len(word.text) == 1 for word in words)
    named = next((place for place, is_number in enumerate(numbered) if not is_number), len(words))
    if len(words) - named >= _PARTICULAR:
        yield line[words[named].start :]
    for last in range(len(words) - 1, max(named, len(words) - _MOST_KINDS), -1):
        if words[last].text not in GENERIC:
            break
        yield line[: words[last - 1].end]
        yield line[words[named].start : words[last - 1].end]


def _own_words(places: Iterable[str], names: Mapping[str, bool]) -> Mapping[str, bool]:
    """Words that tell a place by themselves; what is an English word too does so only with a capital."""
    words = (word for place in places for word in Letters(place).words if not word.text.isdecimal())
    particular = (w.text for w in words if len(w.text) >= _SHORTEST_NUMBER and w.text not in GENERIC | PARTICLES)
    return {text: is_ordinary(text) for text in particular if text not in EVERYDAY | CAPITALS and text not in names}


def _house_numbers(written: str) -> Iterator[str]:
    text = POSTCODE.sub(" ", Letters(written).plain)
    yield from (
        word.text for word in Letters(text).words if word.text.isdecimal() and len(word.text) <= _SHORTEST_NUMBER
    )


def _whole_numbers(written: str) -> Iterator[str]:
    letters = squeeze(Letters(written).plain)
    if len(letters) >= SHORTEST and not is_ordinary(letters):
        yield letters
    digits = national(written)
    if letters.isdecimal() and len(digits) >= _NATIONAL and letters.startswith(("0", "44")):
        yield from (digits, digits[-_LOCAL:])


def _short_numbers(written: str) -> Iterator[str]:
    digits = squeeze(written)
    if digits.isdecimal() and _SHORTEST_NUMBER <= len(digits) < SHORTEST and not digits.startswith(_CENTURIES):
        yield digits
