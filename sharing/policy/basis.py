"""On what a release rests in law, and what may be said of it to the recipient.

Left out: why a field fares as it does (`reasons`). Rule: what is safe to show to the recipient is made of the
agreements alone and never of a fact, so it is the same whatever is sealed.
"""

from dataclasses import dataclass

from sharing.policy.model import Agreements, Permit
from sharing.policy.paths import EXISTS
from sharing.vocabulary import RecipientKind


@dataclass(frozen=True, slots=True)
class Basis:
    """On what a release rests.

    Attributes:
        purpose, means: Name of the purpose and what it is for. `confidence`: why confidence is not broken, or `""`.
        permit: Its id. `agreement`, `title`, `dpia`, `review_by`: of the sharing agreement.
    """

    purpose: str
    means: str
    statute: str
    lawful_basis: str
    confidence: str
    permit: str
    agreement: str
    title: str
    dpia: str
    review_by: str


def basis_of(agreements: Agreements, permit_id: str) -> Basis | None:
    """The basis of a permit, None when the agreements in force have no such permit."""
    permit = permit_of(agreements, permit_id)
    if permit is None:
        return None
    purpose, agreement = permit.purpose, permit.agreement
    return Basis(
        purpose.name, purpose.means, purpose.statute, purpose.lawful_basis, purpose.confidence,
        permit.permit_id, agreement.name, agreement.title, agreement.dpia, agreement.review_by,
    )  # fmt: skip


def permit_of(agreements: Agreements, permit_id: str) -> Permit | None:
    """The permit of that id, or None."""
    return next((p for p in agreements.permits if p.permit_id == permit_id), None)


def safe_words(agreements: Agreements, event_type: str, kind: RecipientKind) -> tuple[str, ...]:
    """What may be said to the recipient who asks: which fields the agreements name for it, and never a fact.

    The same for every exchange of this type with this kind of recipient, delivered or not, whatever is sealed.
    """
    lines = []
    for purpose in agreements.purposes_of.get((event_type, kind), ()):
        cell = agreements.cells[event_type, kind, purpose]
        permits = sorted({permit.permit_id for permit in cell.permits.values()})
        fields = ", ".join(path for path in sorted(cell.permits) if path != EXISTS)
        statute = cell.purpose.statute if cell.purpose else ""
        lines.append(f"Of {event_type} the agreements name for you, under {', '.join(permits)} ({statute}): {fields}.")
    return (*(lines or [f"Of {event_type} the agreements name nothing for you."]), _WE_NEVER_SAY)


_WE_NEVER_SAY = (
    "A field that you do not have was not there, or is not for your purpose, or is not ours to pass on. "
    "We never say which, and this answer is the same whatever the reason is."
)
