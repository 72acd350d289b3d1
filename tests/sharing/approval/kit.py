"""Invented offices with their keys, proposals of two sets, and the ledger's statements about them, as bytes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from sharing.approval import (
    Activation,
    Approval,
    Proposal,
    Signatories,
    digest_of,
    documents_of,
    founding_report,
    public_of,
    read_signatories,
    sign,
)
from sharing.approval.proposal import texts_body
from sharing.policy.canonical import canonical

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
SHIPPED = (Path(__file__).parents[3] / "crosswalk" / "partnership" / "signatories.yaml").read_text(encoding="utf-8")
OPEN = read_signatories(SHIPPED)
SEEDS = {name: sha256(name.encode()).digest() for name in OPEN.by_name}
TABLE = OPEN.with_keys({name: public_of(seed) for name, seed in SEEDS.items()})
ALL = tuple(TABLE.by_name)
THREE = tuple(row.name for row in TABLE.always())


def matrix(name: str) -> str:
    return sha256(name.encode()).hexdigest()


def report(old: str, new: str, disclosed: Iterable[tuple[str, str, str]] = (), *otherwise: str) -> dict[str, Any]:
    told = [{"event": event, "to": to, "field": path} for event, to, path in disclosed]
    return {"old": matrix(old), "new": matrix(new), "newly_disclosed": told, "changed_otherwise": list(otherwise)}


@dataclass
class Book:
    """Statements in order, as the ledger would give them."""

    statements: list[tuple[str, bytes]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    @property
    def documents(self) -> dict[str, bytes]:
        return documents_of(self.bodies)

    def propose(self, said: dict[str, Any], previous: Proposal | None = None, table: Signatories = TABLE,
                returns_to: str = "") -> Proposal:  # fmt: skip
        about, texts = canonical(said), texts_body({"a.yaml": said["new"]}, table.text())
        self.bodies += [about, texts]
        found = Proposal(said["new"], digest_of(about), digest_of(texts), previous.id if previous else "", returns_to,
                         NOW, "local-authority", ())  # fmt: skip
        self.statements.append((Proposal.KIND, found.to_body()))
        return found

    def found(self, name: str = "first") -> Proposal:
        """A first set, signed by everybody and in force."""
        proposal = self.propose(founding_report(matrix(name)))
        self.approve(proposal, *ALL)
        self.activate(proposal)
        return proposal

    def approve(self, proposal: Proposal, *names: str) -> None:
        for name in names:
            self.hand_in(Approval(proposal.id, name, sign(proposal, SEEDS[name])))

    def hand_in(self, approval: Approval) -> None:
        self.statements.append((Approval.KIND, approval.to_body()))

    def activate(self, proposal: Proposal, at: datetime = NOW) -> None:
        activation = Activation(proposal.id, at, "local-authority", proposal.returns_to)
        self.statements.append((activation.kind, activation.to_body()))
