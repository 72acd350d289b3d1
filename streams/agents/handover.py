"""Views on their way from absorbing to releasing, in memory, bounded: never on disk, never in clear anywhere else.

Left out: building them (`views`). Rules: what is not here is built again from the encrypted contents; what was
decided anew since is built again too, because the decision it was built under is part of its name.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterable
from typing import NamedTuple

from sharing.redaction.wire import NOTHING, Around

MOST = 20_000


class View(NamedTuple):
    """One recipient's view, ready to send.

    Attributes:
        key: 16 bytes: the recipient's token of the child, or the exchange id where `around` hides the child.
        value: Framed Avro. `event_type`: for the header. `around`: what may be told beside the value.
    """

    key: bytes
    value: bytes
    event_type: str
    around: Around = NOTHING


class Named(NamedTuple):
    """A view under its name: the exchange, and the SHA-256 of the decision under which it was built."""

    exchange_id: bytes
    decision: bytes
    view: View


class Handover:
    """The views of this process that were not released yet; the oldest are forgotten first.

    Attributes:
        wanted: Organisations whose lanes this process holds; None until that is known, then all are wanted.
    """

    def __init__(self, most: int = MOST) -> None:
        self.wanted: frozenset[str] | None = None
        self._views: OrderedDict[bytes, tuple[bytes, View]] = OrderedDict()
        self._most = most
        self._shreds = 0
        self._lock = threading.Lock()

    def put(self, views: Iterable[Named]) -> None:
        """Keep views until they are taken or crowded out."""
        with self._lock:
            for exchange_id, decision, view in views:
                self._views[exchange_id] = (decision, view)
            while len(self._views) > self._most:
                self._views.popitem(last=False)

    def take(self, exchange_id: bytes, decision: bytes) -> View | None:
        """The view of an exchange if it was built under that decision, else None. It is handed over once."""
        with self._lock:
            found = self._views.pop(exchange_id, None)
        return found[1] if found is not None and found[0] == decision else None

    def as_of(self, shreds: int) -> None:
        """Drop every view when more children's keys were destroyed than before: one may be of such a child."""
        with self._lock:
            if shreds != self._shreds:
                self._views.clear()
                self._shreds = shreds

    def __contains__(self, exchange_id: bytes) -> bool:
        return exchange_id in self._views

    def __len__(self) -> int:
        return len(self._views)
