"""Changing what is agreed: who must sign, what was signed, and which set of agreements is in force.

The whole API:

- `read_signatories(text)`: the table of who signs for whose data, with public keys; it is data of the partnership.
- `Proposal`, `Approval`, `Activation`: what the ledger swears to (`to_body`, `from_body`); a proposal is named by the
  SHA-256 of its body, and names matrix, difference report and texts by theirs.
- `quorum(report, table, ...)`: who must sign a change, computed from what it would newly disclose.
- `approval_text(proposal)`, `sign`, `is_signed`: Ed25519 over a text of its own kind.
- `course_of(statements)`, `head_at(course, documents, now)`: everything that was proposed, approved and activated, and
  what is in force now, or why nothing is.
- `waits_for_head(decision)`: what is refused while nothing is in force waits instead.

Left out: texts to permissions (`sharing.policy`), what differs (`sharing.policy.difference`), files, the database.
"""

from sharing.approval.course import Course, Fault, Head, NoHead, course_of, head_at
from sharing.approval.proposal import Activation, Approval, Proposal, digest_of, documents_of
from sharing.approval.quorum import Quorum, founding_report, quorum
from sharing.approval.signatories import Role, Signatories, Signatory, read_signatories
from sharing.approval.signing import approval_text, is_signed, public_of, sign
from sharing.approval.waiting import NO_HEAD, waits_for_head

__all__ = [
    "NO_HEAD",
    "Activation",
    "Approval",
    "Course",
    "Fault",
    "Head",
    "NoHead",
    "Proposal",
    "Quorum",
    "Role",
    "Signatories",
    "Signatory",
    "approval_text",
    "course_of",
    "digest_of",
    "documents_of",
    "founding_report",
    "head_at",
    "is_signed",
    "public_of",
    "quorum",
    "read_signatories",
    "sign",
    "waits_for_head",
]
