"""What a reviewer is shown of an open link: kept encrypted when the doubt arises, read again when a person looks.

Levels and weights, never a value. Left out: what a person may choose (`sharing.identity.review`).
"""

import json
from collections.abc import Sequence

from ledger.store import Transaction
from sharing.identity import Candidate, Linkage, LinkOutcome, Reason, Scope
from sharing.identity.comparison import Level


def ask(tx: Transaction, event_n: int, subject: int, linkage: Linkage) -> None:
    """Keep a doubt for a person to decide; asking twice about an event is asking once."""
    tx.add_review(event_n, subject, [c.subject for c in linkage.candidates], levels_to_bytes(linkage.candidates))


def levels_to_bytes(candidates: Sequence[Candidate]) -> bytes:
    """How each candidate compares, in order."""
    kept = [{"reason": c.reason, "weight": c.weight, "levels": c.waterfall} for c in candidates]
    return json.dumps(kept).encode()


def linkage_from(raw: bytes, subjects: Sequence[int]) -> Linkage:
    """The open linkage that `levels_to_bytes` kept.

    Args:
        raw: The bytes.
        subjects: Row numbers of its candidates, in the same order.
    """
    candidates = tuple(
        Candidate(
            subject,
            LinkOutcome.REVIEW,
            Reason(kept["reason"]),
            Scope.FULL,
            kept["weight"],
            tuple((field, Level(level), weight) for field, level, weight in kept["levels"]),
        )
        for subject, kept in zip(subjects, json.loads(raw), strict=True)
    )
    return Linkage(LinkOutcome.REVIEW, candidates[0].reason, candidates=candidates)
