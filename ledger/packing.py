"""Numbers and bytes: row numbers, packed exchanges, packed claims, milliseconds.

Pure. An exchange takes 31 bytes beside its event instead of a row of its own: rows of their own cost nine times the
speed.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from struct import Struct

from sharing.vocabulary import Outcome

POSITION_BITS = 12
MAX_ROWS = 1 << POSITION_BITS
EXCHANGE_BITS = 8
MAX_EXCHANGES = 1 << EXCHANGE_BITS
MAX_PLACE = 1 << (POSITION_BITS + EXCHANGE_BITS)

_EXCHANGE = Struct("<16siiiHB")
_CLAIM = Struct("<qHiq")
DELIVER, EXPRESS = 0, 3
STATE_CODES = {Outcome.DELIVER: 0, Outcome.SUPPRESS: 1, Outcome.HOLD: 2}
STATES = (Outcome.DELIVER, Outcome.SUPPRESS, Outcome.HOLD, Outcome.DELIVER)
STATE_WORDS = ("deliver", "suppress", "hold", "express")
"""Words of the states in a leaf, by code."""

PackedExchange = tuple[bytes, int, int, int, int, int]
"""(exchange id, lane, function, outcome, kind, state code); numbers are those of interned words."""
Claim = tuple[int, int, int, int]
"""(row number, index of the exchange in that row, outcome, delivery_seq)."""

pack_exchange = _EXCHANGE.pack
EXCHANGE_BYTES = _EXCHANGE.size

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)


def row_number(carrier: int, position: int) -> int:
    """Number of the row at a 0-based position of a carrier."""
    return carrier << POSITION_BITS | position


def place(position: int, index: int) -> int:
    """Place within a carrier of the exchange at `index` of the row at `position`."""
    return position << EXCHANGE_BITS | index


def unpack_exchanges(packed: bytes) -> Iterator[PackedExchange]:
    """The exchanges of one row, in order.

    Raises:
        ValueError: the bytes are no whole number of exchanges.
    """
    if len(packed) % _EXCHANGE.size:
        raise ValueError("packed exchanges are cut off")
    return _EXCHANGE.iter_unpack(packed)


def pack_claims(claims: Iterable[Claim]) -> bytes:
    """Claims of one lane and batch, in order of release."""
    return b"".join(_CLAIM.pack(*claim) for claim in claims)


def unpack_claims(packed: bytes) -> list[Claim]:
    """What `pack_claims` packed."""
    return list(_CLAIM.iter_unpack(packed))


def to_ms(at: datetime) -> int:
    """Milliseconds since 1970 UTC of an aware datetime."""
    return (at - _EPOCH) // _MS


def from_ms(ms: int) -> datetime:
    """Aware UTC datetime of milliseconds since 1970."""
    return _EPOCH + ms * _MS
