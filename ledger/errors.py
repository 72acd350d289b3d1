"""Faults that only the database knows, beside the house's own (`sharing.errors`).

Left out: everything about the line; a database that is away, locked or busy raises `sharing.errors.Retryable`.
"""

from collections.abc import Iterable

from sharing.errors import CrosswalkError


class DuplicateEvents(CrosswalkError):  # noqa: N818 - names what was found; the caller rolls back, filters and writes again
    """Some events of a carrier are in the database already. The transaction is spent: filter with `seen`, then retry.

    Args:
        event_ids: Ids that stand twice within the carrier itself; empty when the other copy is in the database.
    """

    def __init__(self, event_ids: Iterable[bytes] = ()) -> None:
        self.event_ids = tuple(event_ids)
        twice = ", ".join(e.hex() for e in self.event_ids)
        super().__init__(f"events stand twice in one carrier: {twice}" if twice else "events are in the ledger already")


class FenceLost(CrosswalkError):  # noqa: N818 - names what happened; the caller drops its lease and nothing was changed
    """Somebody else holds the lease now. Nothing was written; forget what was read under it and lease again."""


class Unproved(CrosswalkError):  # noqa: N818 - names what could not be done
    """There is no proof to give: the leaf is not under a checkpoint yet, or the database was changed."""


class Forgotten(CrosswalkError):  # noqa: N818 - names what became of the child's key
    """The key of this subject was destroyed: its contents cannot be opened by anybody any more."""
