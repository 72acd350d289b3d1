"""Other children of the same incidents, for who must know whether a recipient knows them anyway.

Left out: what follows from it (`sharing.facts.siblings`). Rules: only the children of incidents that the ledger has for
this very child are looked at, and only when an event names others and it matters; whoever was forgotten is nobody;
nothing of this is kept.
"""

from collections.abc import Callable

from ledger.store import Transaction
from sharing.facts import Kin
from sharing.identity import from_bytes
from sharing.ids import SubjectId
from sharing.policy import Guard
from sharing.reconciliation import SubjectState
from streams.agents.subjects import Subjects

_RESTS = f'"{Guard.SIBLING_ON_OWN_ROLL}":true'.encode()


def others_of(tx: Transaction, subjects: Subjects, subject: SubjectId) -> tuple[SubjectId, ...]:
    """The other children of this child's incidents, without whoever may be the child itself."""
    found = {*tx.relatives([subject]).get(subject, ())}
    roots = {subjects.root(other) for other in found} | {SubjectId(to) for to in tx.joined_to(found).values()}
    roots -= {subject, *subjects.related(subject), *(SubjectId(s) for s in tx.joined_to(found))}
    return tuple(sorted(roots - {SubjectId(s) for s in tx.forgotten(roots)}))


def kin_of(
    tx: Transaction, subjects: Subjects, state: Callable[[SubjectId], SubjectState], subject: SubjectId
) -> tuple[Kin, ...]:
    """What is known of them: names, registers, and whether it is settled who they are."""
    others = others_of(tx, subjects, subject)
    names = tx.identities(others) if others else {}
    return tuple(
        Kin(from_bytes(names[other]), state(other), not subjects.related(other)) for other in others if other in names
    )


def rests_on_kin(body: bytes) -> bool:
    """Whether a decision was made because the recipient knows another child anyway: it holds only while that is so."""
    return _RESTS in body
