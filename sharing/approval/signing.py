r"""What an approver signs, and whether a signature is good.

The text is of a kind of its own, so that no signature made for anything else can ever count as an approval:

    crosswalk agreements approval v1\n<matrix>\n<report>\n<proposal>\n

with three SHA-256 in hexadecimal: of the canonical matrix (which is the version of the agreements), of the canonical
difference report, and of the proposal, which names both again with the set that it follows, the texts and the time.
Left out: key files, and whose key it is (`signatories`).
"""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sharing.approval.proposal import Proposal

DOMAIN = "crosswalk agreements approval v1"
SIGNATURE_BYTES = 64


def approval_text(proposal: Proposal) -> bytes:
    """The bytes that are signed."""
    return f"{DOMAIN}\n{proposal.matrix}\n{proposal.report}\n{proposal.id}\n".encode()


def sign(proposal: Proposal, seed: bytes) -> bytes:
    """64 bytes of Ed25519 over the text.

    Args:
        proposal: What is approved.
        seed: The approver's private key, 32 bytes.
    """
    return Ed25519PrivateKey.from_private_bytes(seed).sign(approval_text(proposal))


def public_of(seed: bytes) -> bytes:
    """The public key of a private one, 32 bytes."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def is_signed(proposal: Proposal, signature: bytes, key: bytes) -> bool:
    """Whether a signature is that key's over exactly this proposal."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, approval_text(proposal))
    except (InvalidSignature, ValueError):
        return False
    return True
