"""The last look at a record before it leaves: does any value that is sealed for this recipient stand in it?

Redaction builds a view from what the agreements name, so nothing sealed should be there. But a value can come in by a
door that no class describes: the address in somebody's own words, a telephone in a reference, a postcode in base64. So
the finished bytes are searched for every value that a seal of the child's family closes to this recipient.

Left out: where the values come from and what is done about a hit (`streams.agents.last_door`). Rules:
1. A value is looked for as it is and without case, accents, blanks and punctuation, in every reading of the bytes
   (`readings`): plain, base64, hexadecimal, URL, JSON, UTF-16.
2. What an exception of the seal gives to the recipient is not sealed for that recipient; what names the recipient
   itself tells it nothing.
3. A value that would be found everywhere (three letters, one ordinary word) is not looked for.
4. A hit names the part of the record, the class and the field that the value came from, never the value.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from sharing.events import Event
from sharing.events.common import Quiet
from sharing.policy.conditions import guards_of, truth
from sharing.policy.facts import Facts, Guard
from sharing.policy.model import Seal
from sharing.policy.situations import Situations, one
from sharing.redaction.readings import Readings, fold, readings, squeeze
from sharing.vocabulary import FieldClass, RecipientKind

SHORTEST = 5
"""Letters and digits that a value must have to be looked for anywhere; shorter ones are looked for as whole words."""
SHORTEST_WORD = 3
SHORTEST_PART = 8
"""One line of an address; `flat 3` alone is no address."""
SHORTEST_TEXT = 10
"""A place without a number is a place only when it is more than a word: `town centre`, not `Easthaven`."""

_POSTCODE = re.compile(r"\b[a-z]{1,2}\d[a-z\d]?\s*\d[a-z]{2}\b")
_TELEPHONE = re.compile(r"(?:\+|00)?[\d\s().\-]{9,}")
_COUNTRY = re.compile(r"^(?:0044|44|0)0?")
_NATIONAL = 9
ROADS = {
    "road": "rd", "street": "st", "avenue": "ave", "lane": "ln", "drive": "dr", "close": "cl", "court": "ct",
    "crescent": "cres", "gardens": "gdns", "terrace": "terr", "square": "sq", "place": "pl", "saint": "st",
}  # fmt: skip
_LONG = {short: long for long, short in ROADS.items()}


@dataclass(frozen=True, slots=True, repr=False)
class Value(Quiet):
    """One value that a seal may close.

    Attributes:
        field_class: Of the field that it stood in. `path`: of that field. `text`: as it was written.
    """

    field_class: FieldClass
    path: str
    text: str


@dataclass(frozen=True, slots=True, order=True)
class Hit:
    """A sealed value stands in a record.

    Attributes:
        part: Of the record: `value`, `key`, `headers`. `path`: field from which the broker knows the value.
    """

    part: str
    field_class: FieldClass
    path: str


@dataclass(frozen=True, slots=True, repr=False)
class Needles(Quiet):
    """Values made ready to be looked for: anywhere among letters and digits, or as whole words and numbers."""

    anywhere: tuple[tuple[str, Value], ...]
    whole: tuple[tuple[re.Pattern[str], Value], ...]

    def __bool__(self) -> bool:
        """Whether there is anything to look for."""
        return bool(self.anywhere or self.whole)


def closed_to(
    seals: Iterable[Seal], kind: RecipientKind, facts: Facts, sealed: Collection[Guard]
) -> frozenset[FieldClass]:
    """Classes of field that somebody's seals close to a recipient of this kind, given these facts; unknown closes.

    Args:
        seals: Of the agreements in force.
        kind: As what the recipient receives.
        facts: Of the event and the recipient, with the seals of the one whose values are looked for.
        sealed: Guards of those seals. What closes for other reasons closes fields and not values: redaction's work.
    """
    situation = one(facts)
    meant = (s for s in seals if guards_of(s.when) & set(sealed) and (s.to is None or kind in s.to))
    closing = (s for s in meant if _binds(s, kind, situation))
    return frozenset().union(*(seal.classes for seal in closing))


def _binds(seal: Seal, kind: RecipientKind, situation: Situations) -> bool:
    if truth(seal.when, situation)[1]:
        return False
    excepted = (e for e in seal.exceptions if kind in e.to and truth(e.when, situation)[0])
    return seal.absolute or not any(excepted)


def values_of(event: Event, classes: Mapping[str, FieldClass], sealable: Collection[FieldClass]) -> tuple[Value, ...]:
    """Every value of an event that a seal may close.

    Args:
        event: The whole event.
        classes: Of its fields, by path.
        sealable: Classes that some seal closes.
    """
    wanted = [(path, name) for path, name in classes.items() if name in sealable]
    return tuple(Value(name, path, text) for path, name in wanted for text in texts_at(event, path))


def texts_at(record: object, path: str) -> Iterator[str]:
    """Every text at a path, through records and lists of records; blank ones are none."""
    for item in values_at(record, path):
        if isinstance(item, str) and not isinstance(item, Enum) and item.strip():
            yield item


def values_at(record: object, path: str) -> Iterator[object]:
    """Everything at a path, through records and lists of records."""
    head, _, rest = path.partition(".")
    value = getattr(record, head.removesuffix("[]"), None)
    for item in value if isinstance(value, tuple) else (value,):
        if rest:
            yield from values_at(item, rest)
        else:
            yield item


def needles(values: Iterable[Value], harmless: Collection[str] = ()) -> Needles:
    """Make values ready to be looked for.

    Args:
        values: What is sealed for a recipient.
        harmless: What tells this recipient nothing: its own names and codes, and those of who serves the whole area.
    """
    known = {squeeze(text) for text in harmless}
    anywhere: dict[str, Value] = {}
    whole: dict[str, Value] = {}
    for value in values:
        for spelling in _spellings(value):
            letters = squeeze(spelling)
            if any(letters in other for other in known):
                continue
            if letters.isdecimal() or value.field_class is FieldClass.FORMER_IDENTITY:
                whole.setdefault(_whole(spelling), value)
            elif len(letters) >= SHORTEST:
                anywhere.setdefault(letters, value)
        for number in _telephones(value.text):
            anywhere.setdefault(number, value)
    return Needles(tuple(anywhere.items()), tuple((re.compile(p), v) for p, v in whole.items() if p))


def _spellings(value: Value) -> Iterator[str]:
    """The ways in which somebody would write a value down."""
    if value.field_class is FieldClass.LOCATION:
        yield from spellings_of_place(value.text)
    else:
        yield fold(value.text).strip()


def spellings_of_place(written: str) -> Iterator[str]:
    """The ways in which somebody would write a place: whole, each line, `road` as `rd` and back, its postcode."""
    text = fold(written).strip()
    lines = (part.strip() for part in re.split(r"[,;\n]", text))
    for place in (text, *(line for line in lines if len(squeeze(line)) >= SHORTEST_PART)):
        if _is_particular(place):
            yield place
            yield from with_roads(place)
    yield from _POSTCODE.findall(text)


def _is_particular(place: str) -> bool:
    """Whether it names one place: a number with its street, a postcode, or more than one word."""
    return any(c.isdecimal() for c in place) or (len(place.split()) > 1 and len(squeeze(place)) >= SHORTEST_TEXT)


def with_roads(part: str) -> Iterator[str]:
    """The same address with `road` as `rd`, and the other way round."""
    for table in (ROADS, _LONG):
        words = [table.get(word, word) for word in re.split(r"\W+", part)]
        if words != re.split(r"\W+", part):
            yield " ".join(words)


def national(number: str) -> str:
    """The national part of a telephone number, which is the same however it is dialled."""
    return _COUNTRY.sub("", re.sub(r"\D", "", number))


def _telephones(text: str) -> Iterator[str]:
    for match in _TELEPHONE.findall(text):
        digits = national(match)
        if len(digits) >= _NATIONAL and digits != re.sub(r"\D", "", match):
            yield digits


def _whole(spelling: str) -> str:
    """A pattern for a name or a number that must stand for itself.

    One character may stand before it: in a record the length of a text does, and may look like a letter.
    """
    words = [re.escape(word) for word in re.split(r"[\W_]+", spelling) if word]
    letters = "".join(words)
    if letters.isdecimal():
        digits = letters.lstrip("0")
        return rf"(?<!\d\d){digits}(?!\d)" if len(digits) >= SHORTEST else ""
    between = r"[\W_]*"
    return rf"(?<![^\W_][^\W_]){between.join(words)}(?![^\W_])" if len(letters) >= SHORTEST_WORD else ""


def read_parts(parts: Mapping[str, bytes]) -> dict[str, Readings]:
    """A record in every reading: its value, its key, its headers, by name."""
    return {part: readings(raw) for part, raw in parts.items()}


def hits(parts: Mapping[str, Readings], wanted: Needles) -> tuple[Hit, ...]:
    """Where sealed values stand in a record; nothing when it may go.

    Args:
        parts: As `read_parts` gives them.
        wanted: What is sealed for its recipient.
    """
    found: set[Hit] = set()
    for part, read in parts.items():
        found.update(Hit(part, v.field_class, v.path) for letters, v in wanted.anywhere if letters in read.packed)
        found.update(Hit(part, v.field_class, v.path) for pattern, v in wanted.whole if pattern.search(read.folded))
    return tuple(sorted(found))
