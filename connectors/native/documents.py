"""JSON from other systems to plain objects, strictly: what can be understood in two ways is not understood at all.

A file is one object, a list of objects, an object with one such list, or one object a line. Rules: a line that is
none spoils only itself; a key given twice, a number that is none and nesting deeper than any real record spoil the
record in which they stand, or, inside one of its `parts`, that part alone; text is made fit for every later store. Left
out: what the keys mean.
"""

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from connectors.native.text import MAX_FILE_BYTES, decode, fit
from connectors.ports import Document, Refused

MAX_DEPTH = 12
MAX_ITEMS = 5_000
"""Values in one object; more is no record."""


@dataclass(frozen=True, slots=True)
class Spoilt:
    """Stands where an object or number could be understood in two ways."""

    code: str
    reason: str


def read_documents(raw: bytes, file: str, lists: tuple[str, ...], parts: str = "") -> Iterator[Document | Refused]:
    """Every object of a file, in order, or a refusal in its place.

    Args:
        raw: Bytes of the file.
        file: Its base name.
        lists: Keys under which an outer object may hold the list of records.
        parts: Key under which a record holds a list whose items stand for themselves, "" for none. A spoilt item is
            left in its place as the `Refused` that it is.
    """
    if len(raw) > MAX_FILE_BYTES:
        yield Refused("FILE_TOO_LARGE", "file", f"expected at most {MAX_FILE_BYTES} bytes")
        return
    for index, item in enumerate(_items(decode(raw), lists), start=1):
        if parts and isinstance(item, dict) and isinstance(item.get(parts), list):
            item[parts] = [_spoilt_part(part) or part for part in item[parts]]
        spoilt = item if isinstance(item, Refused) else _spoilt(item)
        if spoilt is not None:
            yield spoilt
        elif isinstance(item, dict):
            yield Document(file, index, item)


def _items(text: str, lists: tuple[str, ...]) -> Iterator[object]:
    whole = _parse(text)
    if isinstance(whole, Refused):
        yield from _by_line(text) or (whole,)
        return
    if isinstance(whole, dict):
        inner = next((whole[key] for key in lists if isinstance(whole.get(key), list)), None)
        yield from [whole] if inner is None else inner
    elif isinstance(whole, list):
        yield from whole
    else:
        yield whole


def _by_line(text: str) -> list[object]:
    """One object a line, broken lines among them; nothing where the lines are no objects."""
    lines = [line.lstrip("\ufeff") for line in re.split(r"[\r\n]", text) if line.strip("\ufeff \t")]
    if len(lines) < 2 or not all(line.startswith("{") or not line[0].isspace() for line in lines):  # noqa: PLR2004
        return []
    found = [_parse(line) for line in lines]
    return found if any(isinstance(one, dict) for one in found) else []


def _spoilt_part(part: object) -> Refused | None:
    return _spoilt(part) if isinstance(part, (dict, Spoilt)) else None


def _parse(text: str) -> object:
    try:
        return json.loads(
            text, object_pairs_hook=_object, parse_constant=_constant, parse_float=_float, parse_int=_integer
        )
    except RecursionError:
        return Refused("TOO_DEEP", "document", f"expected at most {MAX_DEPTH} levels of nesting")
    except ValueError:
        return Refused("NOT_JSON", "document", "expected a JSON object, a list of objects, or one object a line")


def _object(pairs: list[tuple[str, Any]]) -> object:
    found = {fit(key): fit(value) if isinstance(value, str) else value for key, value in pairs}
    if len(found) != len(pairs):
        return Spoilt("DUPLICATE_KEY", "a key stands twice in one object")
    return found


def _constant(_: str) -> object:
    return Spoilt("NOT_A_NUMBER", "expected numbers of at most 18 digits; NaN and Infinity are no JSON")


def _float(text: str) -> object:
    number = float(text)
    return number if math.isfinite(number) else _constant(text)


def _integer(text: str) -> object:
    return int(text) if len(text) <= 18 else _constant(text)  # noqa: PLR2004 - what 64 bits hold for sure


def _spoilt(item: object) -> Refused | None:
    """Why an item is no record, or None. Walks without recursion: depth is the sender's to choose."""
    if not isinstance(item, (dict, Spoilt)):
        return Refused("NOT_AN_OBJECT", "document", "expected a JSON object")
    todo: list[tuple[object, int]] = [(item, 1)]
    seen = 0
    while todo:
        value, depth = todo.pop()
        seen += 1
        if isinstance(value, Spoilt):
            return Refused(value.code, "document", value.reason)
        if depth > MAX_DEPTH or seen > MAX_ITEMS:
            return Refused("TOO_DEEP", "document", f"expected at most {MAX_DEPTH} levels and {MAX_ITEMS} values")
        if isinstance(value, Mapping):
            todo.extend((inner, depth + 1) for inner in value.values())
        elif isinstance(value, list):
            todo.extend((inner, depth + 1) for inner in value)
    return None
