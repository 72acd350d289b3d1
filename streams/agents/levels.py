"""What a reviewer is shown of an open link, as bytes for the encrypted column, and back: levels, never a value."""

import json
from collections.abc import Sequence

from sharing.identity import Candidate, Linkage, LinkOutcome, Reason, Scope
from sharing.identity.comparison import Level


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
