"""What every part of a transaction shares: the session, the caches, the keys."""

from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from ledger.children import Children
from ledger.database import Row, Session
from ledger.keys import Keys
from ledger.words import Words

_CHUNK = 500
_T = TypeVar("_T")


def chunks(values: Collection[_T]) -> Iterator[list[_T]]:
    """Values in lists that fit one statement."""
    walk = iter(values)
    while found := list(islice(walk, _CHUNK)):
        yield found


class Part:
    """One part of a transaction.

    Args:
        session: The open transaction.
        children: Keys of children. `words`: interned words. Both cached by the ledger.
    """

    def __init__(self, session: Session, children: Children, words: Words, keys: Keys) -> None:
        self.session = session
        self.children = children
        self.words = words
        self.keys = keys

    def select_among(self, sql: str, column: str, values: Collection[Any], tail: str = "") -> Iterator[Row]:
        """Rows of `{sql} {column is one of values} {tail}`, in as many statements as it takes."""
        for some in chunks(values):
            condition, parameters = self.session.among(column, some)
            yield from self.session.rows(f"{sql} {condition} {tail}", parameters)

    def organisation(self, lane: int) -> str:
        """The organisation of a lane."""
        return self.words.organisation(self.session, lane)

    def word(self, number: int) -> str:
        """An interned word."""
        return self.words.word(self.session, number)

    def lane_of(self, organisation: str) -> int:
        """Number of an organisation's lane, made at first use."""
        self.words.need_lanes(self.session, (organisation,))
        return self.words.lanes[organisation]

    def _first(self, rows: Sequence[Row]) -> Row | None:
        return rows[0] if rows else None
