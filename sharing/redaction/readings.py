"""Everything that the bytes of an outgoing record can be read as: plain, escaped, encoded, without case and accents.

A value that must not leave can hide behind a spelling. So the bytes are unescaped and decoded in every way that is
known here, and each reading is folded; whoever looks for a value folds it the same way. It is the record that is
decoded and not the value that is encoded: a value has many spellings, and each has its own encoding.

Left out: what to look for (`tripwire`). Rules: total, whatever the bytes; a reading that makes no sense does no harm,
it is only searched in vain.
"""

import binascii
import re
import unicodedata
from collections.abc import Iterable, Iterator
from html import unescape
from string import ascii_letters, digits, printable
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

_GAPS = re.compile(r"[\W_]+")
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\u0131": "i", "ħ": "h"}
)
_ESCAPED = re.compile(rb"((?:\\u[0-9a-fA-F]{4})+)|\\x([0-9a-fA-F]{2})|\\([nrtbf])")
_BASE64 = re.compile(rb"[A-Za-z0-9+/_\-]{7,}")
_HEX = re.compile(rb"[0-9A-Fa-f]{10,}")
_BETWEEN_HEX = re.compile(rb"(?<=[0-9A-Fa-f]{2})[ :.\-](?=[0-9A-Fa-f]{2}(?![0-9A-Za-z]))")
_STANDARD = bytes.maketrans(b"-_", b"+/")
_QUARTET = 4
_WIDE = ("utf-16-le", "utf-16-be")
_MARKS = re.compile("[\u0300-\u036f]+")
_LOWER = bytes(range(256)).lower()
_NO_LETTERS = bytes(set(range(256)) - set((ascii_letters + digits).encode()))
_PRINTABLE = (printable + "\0").encode()


class Readings(NamedTuple):
    """Every reading of a record, folded.

    Attributes:
        packed: Letters and digits only, readings apart by a bar. `folded`: as text, readings on lines of their own.
    """

    packed: str
    folded: str


def fold(text: str) -> str:
    """Text without case, accents and odd widths."""
    if text.isascii():
        return text.lower()
    return _MARKS.sub("", unicodedata.normalize("NFKD", text).casefold().translate(_LETTERS))


def pack(folded: str) -> str:
    """Letters and digits of a folded text: no blank, hyphen, comma or apostrophe can hide a value."""
    return _GAPS.sub("", folded)


def squeeze(text: str) -> str:
    """Text folded and packed."""
    return pack(fold(text))


def readings(record: bytes) -> Readings:
    """Read a record in every way.

    Args:
        record: Any bytes: a framed value, a key, a header.
    """
    folded: dict[str, None] = {}
    bare: dict[str, None] = {}
    for raw in _unescaped(record):
        folded.update((fold(text), None) for text in _texts(raw))
        for decoded in _decoded(raw):
            if _is_text(decoded):
                folded.update((fold(text), None) for text in _texts(decoded))
            else:  # most likely no encoding at all; plain letters are looked at all the same, for that costs little
                bare[decoded.translate(_LOWER, _NO_LETTERS).decode("ascii")] = None
    return Readings("|".join((*map(pack, folded), *bare)), "\n".join(folded))


def _is_text(decoded: bytes) -> bool:
    """Whether most of it could have been written by somebody."""
    strange = len(decoded.translate(None, _PRINTABLE))
    return strange * 5 <= len(decoded) * 2 or _is_utf8(decoded)


def _is_utf8(decoded: bytes) -> bool:
    try:
        decoded.decode()
    except UnicodeDecodeError:
        return False
    return True


def _unescaped(record: bytes) -> Iterable[bytes]:
    """The record itself, and without URL, JSON and HTML escapes if it has any; twice, for one escape within another."""
    plain = record
    for _ in range(2):
        plain = _ESCAPED.sub(_character, plain) if b"\\" in plain else plain
        plain = unquote_to_bytes(plain) if b"%" in plain else plain
        plain = unescape(plain.decode("utf-8", "ignore")).encode() if b"&" in plain else plain
    return (record,) if plain == record else (record, plain)


def _character(match: re.Match[bytes]) -> bytes:
    if match[1]:
        return bytes.fromhex(match[1].replace(b"\\u", b"").decode()).decode("utf-16-be", "ignore").encode()
    return bytes.fromhex(match[2].decode()) if match[2] else b" "


def _decoded(raw: bytes) -> Iterator[bytes]:
    """What stands in base64 or hexadecimal, wherever in a run of such characters it begins."""
    unbroken = raw.translate(None, b"\r\n")
    for run in _BASE64.findall(unbroken):
        letters = run.translate(_STANDARD)
        for start in range(min(_QUARTET, len(letters) - 6)):
            yield _from_base64(letters[start:])
    for run in _HEX.findall(_BETWEEN_HEX.sub(b"", unbroken)):
        for start in (0, 1):
            yield binascii.unhexlify(run[start : len(run) - (len(run) - start) % 2])


def _from_base64(letters: bytes) -> bytes:
    whole, rest = divmod(len(letters), _QUARTET)
    if rest == 1:
        letters = letters[: whole * _QUARTET]  # one letter holds no byte
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % _QUARTET))


def _texts(raw: bytes) -> Iterator[str]:
    """As text; and where many bytes are nought, as text of two bytes a character."""
    yield raw.decode("utf-8", "ignore")
    if raw.count(0) <= len(raw) // 4:
        return
    narrow = raw.replace(b"\0", b"")
    yield from (narrow.decode("utf-8", "ignore"), narrow.decode("latin-1"))
    for wide in () if raw.isascii() else _WIDE:
        for start in (0, 1):
            text = raw[start:].decode(wide, "ignore")
            if 2 * len(text.encode("latin-1", "ignore")) > len(text):
                yield text
