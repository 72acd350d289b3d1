"""Fenced leases: one holder at a time, and a holder that was overtaken changes nothing.

Left out: what is done under a lease. Rules: time is handed in and is real time; every change under a lease is made in
a transaction that called `keep` with it; the fence rises with each new holder, so an old one is recognised however
late.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ledger.errors import FenceLost
from ledger.packing import to_ms
from ledger.part import Part


@dataclass(frozen=True, slots=True)
class Lease:
    """A right to do something alone, until somebody else takes it after it ran out."""

    name: str
    owner: str
    fence: int


class Leases(Part):
    """Leases, inside one transaction."""

    def take_lease(self, name: str, owner: str, now: datetime, lasts: timedelta) -> Lease | None:
        """Take or renew a lease; None while somebody else holds it.

        Args:
            name: What is done under it.
            owner: Name of this process, different for each start of each process.
            now: Real time.
            lasts: How long from then nobody else may take it.
        """
        self.session.run(
            "insert into lease (name, owner, fence, expires_at) values (?, '', 0, 0) on conflict do nothing", (name,)
        )
        holder, fence, expires_at = self._locked(name)
        if holder not in ("", owner) and expires_at > to_ms(now):
            return None
        fence += holder != owner
        self.session.run(
            "update lease set owner = ?, fence = ?, expires_at = ? where name = ?",
            (owner, fence, to_ms(now + lasts), name),
        )
        return Lease(name, owner, fence)

    def keep(self, lease: Lease) -> None:
        """Go on under this lease; nobody can take it before the transaction ends.

        Raises:
            FenceLost: somebody else took it.
        """
        holder, fence, _ = self._locked(lease.name)
        if (holder, fence) != (lease.owner, lease.fence):
            raise FenceLost(f"lease {lease.name} is held by somebody else now")

    def give_back(self, lease: Lease) -> None:
        """Let the next one have it at once."""
        self.session.run(
            "update lease set owner = '', expires_at = 0 where name = ? and owner = ? and fence = ?",
            (lease.name, lease.owner, lease.fence),
        )

    def _locked(self, name: str) -> tuple[str, int, int]:
        update = " for update" if self.session.is_postgres else ""
        row = self.session.one(f"select owner, fence, expires_at from lease where name = ?{update}", (name,))  # noqa: S608
        return (row[0], row[1], row[2]) if row else ("", 0, 0)
