"""A signed checkpoint: a C2SP `tlog-checkpoint` in a signed note, Ed25519.

Pure but for the signature itself. The text is three lines (origin, size, root in base64), an empty line, then one
line per signature: an em dash, the signer's name, and base64 of a four-byte key hash and the signature. Anybody with
the public key can check one offline. Left out: who publishes checkpoints and when.
"""

from base64 import b64decode, b64encode
from binascii import Error as BadBase64
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ledger.chain import HASH_BYTES
from sharing.errors import Rejected

_ED25519 = b"\x01"
_KEY_HASH_BYTES = 4
_BODY_LINES = 3


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The tree at one size. `origin` names the ledger."""

    origin: str
    size: int
    root: bytes

    def body(self) -> bytes:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n".encode()


def key_hash(name: str, public: Ed25519PublicKey) -> bytes:
    """The four bytes by which a note names its signer's key."""
    return sha256(name.encode() + b"\n" + _ED25519 + public.public_bytes_raw()).digest()[:_KEY_HASH_BYTES]


def sign(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> bytes:
    """64 bytes of Ed25519 over the text."""
    return key.sign(checkpoint.body())


def note(checkpoint: Checkpoint, signature: bytes, public: Ed25519PublicKey) -> str:
    """The signed note, signed by the ledger's own name."""
    line = b64encode(key_hash(checkpoint.origin, public) + signature).decode()
    return f"{checkpoint.body().decode()}\n— {checkpoint.origin} {line}\n"


def is_signed(checkpoint: Checkpoint, signature: bytes, public: Ed25519PublicKey) -> bool:
    """Whether the signature is that key's over this checkpoint."""
    try:
        public.verify(signature, checkpoint.body())
    except InvalidSignature:
        return False
    return True


def from_note(text: str, public: Ed25519PublicKey) -> Checkpoint:
    """Read a signed note and check its signature; signatures of other keys are passed over.

    Raises:
        Rejected: `BAD_CHECKPOINT` (no such note) or `BAD_SIGNATURE` (no valid signature of this key).
    """
    body, blank, signatures = text.partition("\n\n")
    lines = body.split("\n")
    if not blank or len(lines) < _BODY_LINES or not lines[1].isdecimal():
        raise Rejected("BAD_CHECKPOINT", "", "a checkpoint is origin, size, root, an empty line and signatures")
    try:
        found = Checkpoint(lines[0], int(lines[1]), b64decode(lines[2], validate=True))
    except BadBase64:
        raise Rejected("BAD_CHECKPOINT", "root", "the root is not base64") from None
    if len(found.root) != HASH_BYTES:
        raise Rejected("BAD_CHECKPOINT", "root", f"a root has {HASH_BYTES} bytes")
    if not any(_is_ours(line, found, f"{body}\n".encode(), public) for line in signatures.splitlines()):
        raise Rejected("BAD_SIGNATURE", "", "no valid signature of this ledger's key")
    return found


def _is_ours(line: str, found: Checkpoint, body: bytes, public: Ed25519PublicKey) -> bool:
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.rpartition(" ")
    if dash != "—" or name != found.origin:
        return False
    try:
        raw = b64decode(encoded, validate=True)
        public.verify(raw[_KEY_HASH_BYTES:], body)
    except (BadBase64, InvalidSignature):
        return False
    return raw[:_KEY_HASH_BYTES] == key_hash(name, public)
