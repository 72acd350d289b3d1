"""State to bytes and back: canonical JSON with a version, the same bytes for the same state on every machine.

Left out: encryption (the ledger keeps these bytes under the child's key). Rules: a field that is new in a later version
has a default, so older bytes are read; bytes of a version from the future are refused, never half read.
"""

from dataclasses import dataclass

import msgspec

from sharing.errors import Misconfigured, Rejected
from sharing.reconciliation.state import SubjectState

VERSION = 1


@dataclass(frozen=True, slots=True)
class _Kept:
    v: int
    state: SubjectState


_ENCODER = msgspec.json.Encoder(order="deterministic")
_DECODER = msgspec.json.Decoder(_Kept, strict=True)


@dataclass(frozen=True, slots=True)
class _Version:
    v: int


_VERSION = msgspec.json.Decoder(_Version)


def to_bytes(state: SubjectState) -> bytes:
    """The state as canonical JSON."""
    return _ENCODER.encode(_Kept(VERSION, state))


def from_bytes(raw: bytes) -> SubjectState:
    """The state that `to_bytes` wrote.

    Raises:
        Misconfigured: the bytes are of a later version; upgrade this worker.
        Rejected: `STATE_UNREADABLE`, the bytes are no state.
    """
    try:
        version = _VERSION.decode(raw).v
        if version > VERSION:
            raise Misconfigured(f"state of version {version} was written by a newer worker; upgrade this one")
        return _DECODER.decode(raw).state
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        raise Rejected("STATE_UNREADABLE", "", "these bytes are no subject state") from fault
