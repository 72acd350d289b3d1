"""Finding canaries in bytes, however they are written: plain, UTF-16, hex, base64, escaped, or inside gzip.

Canaries have few forms (sixteen hex digits, eight syllables, a postcode of ZZ, ten or thirteen digits), so one pass
finds every candidate and a look-up says which are ours: the cost does not grow with their number. Left out: who may
have which.
"""

import binascii
import re
import zlib
from collections.abc import Collection, Iterator
from contextlib import suppress

_HEX = re.compile(rb"[0-9a-f]{16,}")
_NAME = re.compile(rb"(?:[bdfgklmnprstvz][aeiou]){8,}")
_POSTCODE = re.compile(rb"zz[0-9]{2} ?[0-9][a-z]{2}")
_DIGITS = re.compile(rb"[0-9]{10,}")
_UPN = re.compile(rb"[a-z][0-9]{12}")
_RUNS = ((_HEX, 16, 1), (_NAME, 16, 2), (_DIGITS, 10, 1))
"""Forms that may stand in a longer run: how long a canary is, and in what steps one may begin."""
_WHOLE = (_POSTCODE, _UPN)

_HEX_RUN = re.compile(rb"(?:[0-9A-Fa-f]{2}[ :]?){7,}")
_BASE64_RUN = re.compile(rb"[A-Za-z0-9+/_-]{10,}")
_ONLY_HEX = re.compile(rb"[0-9a-f]+")
_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")
_UNICODE = re.compile(rb"\\u00([0-9A-Fa-f]{2})")
_GZIP = b"\x1f\x8b\x08"
_GAP = b"\xff\xff"
_STANDARD = bytes.maketrans(b"-_", b"+/")
_FILL, _APART = (b"", b"A", b"AA", b"AAA"), b"////"
MAX_UNPACKED = 64 * 1024 * 1024
DEPTH = 3


class Finder:
    """Looks for a fixed set of canaries."""

    def __init__(self, tokens: Collection[str]) -> None:
        self._known = {_folded(token.encode()): token for token in tokens}

    def find(self, blob: bytes) -> set[str]:
        """Every canary that stands in these bytes in any of the spellings."""
        known = self._known
        return {known[one] for reading in _readings(blob, DEPTH) for one in _known_in(reading, known)}


def _folded(token: bytes) -> bytes:
    return token.lower().replace(b" ", b"")


def _known_in(reading: bytes, known: Collection[bytes]) -> Iterator[bytes]:
    """Every stretch that has the form of a canary and is one."""
    low = reading.lower()
    for form, length, step in _RUNS:
        for found in form.finditer(low):
            run = found[0]
            yield from [one for i in range(0, len(run) - length + 1, step) if (one := run[i : i + length]) in known]
    for form in _WHOLE:
        yield from [one for found in form.finditer(low) if (one := found[0].replace(b" ", b"")) in known]


def _readings(blob: bytes, depth: int) -> Iterator[bytes]:
    """The bytes, and everything that they may stand for."""
    yield blob
    if b"\0" in blob:
        yield blob.replace(b"\0", b"")  # UTF-16 and UTF-32 of plain letters, in both byte orders
    if depth == 0:
        return
    escaped = _PERCENT.sub(_byte, _UNICODE.sub(_byte, blob)) if b"%" in blob or b"\\u" in blob else blob
    if escaped != blob:
        yield from _readings(escaped, depth - 1)
    # What stands in hex and base64 is short and plentiful: looked at together, with a gap that joins nothing.
    yield from _readings(_GAP.join(_from_hex(blob)), 0)
    decoded = _GAP.join(_from_base64(blob))
    yield from _readings(decoded, 0)
    yield from _unpacked(blob, depth)
    yield from _unpacked(decoded, depth)


def _from_hex(blob: bytes) -> Iterator[bytes]:
    """Runs of hex digits as bytes, begun at either digit."""
    for found in _HEX_RUN.finditer(blob):
        digits = found[0].translate(None, b" :")
        for start in (0, 1):
            yield bytes.fromhex(digits[start : start + (len(digits) - start) // 2 * 2].decode())


def _from_base64(blob: bytes) -> Iterator[bytes]:
    """Runs of base64 as bytes, begun at each of four letters; runs of nothing but hex digits are references.

    All runs are decoded in one go: each is filled up to whole groups of four letters, and a group between two joins
    nothing.
    """
    found = (run[0] for run in _BASE64_RUN.finditer(blob.translate(_STANDARD)))
    runs = [run for run in found if not _ONLY_HEX.fullmatch(run)]
    for start in range(4):
        parts = (run[start:] for run in runs)
        yield binascii.a2b_base64(b"".join([part + _FILL[-len(part) % 4] + _APART for part in parts]))


def _unpacked(blob: bytes, depth: int) -> Iterator[bytes]:
    at = blob.find(_GZIP)
    while at >= 0:
        with suppress(zlib.error):  # three bytes may look like a gzip member and be none
            yield from _readings(zlib.decompressobj(31).decompress(blob[at:], MAX_UNPACKED), depth - 1)
        at = blob.find(_GZIP, at + 1)


def _byte(found: re.Match[bytes]) -> bytes:
    return bytes([int(found[1], 16)])
