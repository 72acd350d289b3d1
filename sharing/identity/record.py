"""The identity record: a `Comparable` to bytes for the encrypted column, and back.

Left out: encryption (the ledger's). Rules: equal records give equal bytes; the first byte is the version of the
layout, and a layout that is not known here is an error, never a guess.
"""

import msgspec

from sharing.errors import Misconfigured
from sharing.identity.normalise import Comparable

VERSION = 1


def to_bytes(comparable: Comparable) -> bytes:
    """Version byte and MessagePack of every face. Personal data: encrypt before keeping."""
    return bytes([VERSION]) + msgspec.msgpack.encode(comparable)


def from_bytes(raw: bytes) -> Comparable:
    """What `to_bytes` wrote.

    Raises:
        Misconfigured: the bytes are of another version, or no identity record (a wrong key or a damaged row).
    """
    if not raw or raw[0] != VERSION:
        raise Misconfigured(f"identity record: expected layout {VERSION}; this row was written by another version")
    try:
        return msgspec.msgpack.decode(raw[1:], type=Comparable)
    except (msgspec.DecodeError, ValueError):
        # `from None`: the decoder's own message may quote what it read.
        raise Misconfigured("identity record: unreadable; wrong key or damaged row, restore it from a backup") from None
