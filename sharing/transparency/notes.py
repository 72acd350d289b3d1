"""Signed checkpoints and cosignatures as C2SP lays them out: signed notes, Ed25519.

Pure but for the signature itself. A checkpoint's text is three lines (origin, size, root in base64), perhaps lines
that others added, an empty line, then one line a signature: an em dash, the signer's name, and base64 of a four-byte
key id and the signature. A witness signs a header, the time and the same text: as of that time it has seen this tree
and none that contradicts it. Anybody with the public keys can check both offline. Left out: who publishes and when.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as BadBase64
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sharing.errors import Rejected
from sharing.transparency.tree import HASH_BYTES

LOG, WITNESS = b"\x01", b"\x04"
"""Kinds of key in a note: one that signs the text as it is, one that signs it together with a time."""
KEY_ID_BYTES, TIME_BYTES, SIGNATURE_BYTES, PUBLIC_BYTES = 4, 8, 64, 32
MOST_SIGNATURES = 1_000
_BODY_LINES = 3
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_NAME = re.compile(r"[^\s+]+")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The tree at one size. `origin` names the ledger."""

    origin: str
    size: int
    root: bytes

    def body(self) -> bytes:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n".encode()


class Cosignature(NamedTuple):
    """What a witness adds to a checkpoint. `at`: POSIX seconds. `signature`: 64 bytes."""

    at: int
    signature: bytes


def key_hash(name: str, public: Ed25519PublicKey, kind: bytes = LOG) -> bytes:
    """The four bytes by which a note names its signer's key."""
    return sha256(name.encode() + b"\n" + kind + public.public_bytes_raw()).digest()[:KEY_ID_BYTES]


def verifier_key(name: str, public: Ed25519PublicKey, kind: bytes = LOG) -> str:
    """A public key as one word that can be handed on: name, key id in hex, base64 of its kind and bytes."""
    key_id = key_hash(name, public, kind).hex()
    return f"{name}+{key_id}+{b64encode(kind + public.public_bytes_raw()).decode()}"


def from_verifier_key(text: str, kind: bytes = LOG) -> tuple[str, Ed25519PublicKey]:
    """Name and key of what `verifier_key` wrote.

    Raises:
        Rejected: `BAD_KEY`: it is malformed, or of another kind.
    """
    name, _, rest = text.strip().partition("+")
    key_id, _, encoded = rest.partition("+")
    raw = _decoded(encoded)
    if _NAME.fullmatch(name) and len(raw) == 1 + PUBLIC_BYTES and raw[:1] == kind:
        public = Ed25519PublicKey.from_public_bytes(raw[1:])
        if key_hash(name, public, kind).hex() == key_id:
            return name, public
    raise Rejected("BAD_KEY", "", "a key is its name, a plus, eight hexadecimal characters, a plus, and base64")


def sign(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> bytes:
    """64 bytes of Ed25519 over the text."""
    return key.sign(checkpoint.body())


def cosign(checkpoint: Checkpoint, at: int, key: Ed25519PrivateKey) -> Cosignature:
    """A witness's signature: as of `at` (POSIX seconds) this is the largest tree that it has seen, and consistent."""
    return Cosignature(at, key.sign(_witnessed(checkpoint, at)))


def _witnessed(checkpoint: Checkpoint, at: int) -> bytes:
    return b"cosignature/v1\ntime %d\n%b" % (at, checkpoint.body())


def note(checkpoint: Checkpoint, signature: bytes, public: Ed25519PublicKey) -> str:
    """The signed note, signed by the ledger's own name."""
    line = signature_line(checkpoint.origin, key_hash(checkpoint.origin, public) + signature)
    return f"{checkpoint.body().decode()}\n{line}"


def cosignature_line(name: str, found: Cosignature, public: Ed25519PublicKey) -> str:
    """The line that a witness's signature adds to a note."""
    return signature_line(
        name, key_hash(name, public, WITNESS) + found.at.to_bytes(TIME_BYTES, "big") + found.signature
    )


def signature_line(name: str, raw: bytes) -> str:
    """One line of a note: `raw` is the key id and what follows it."""
    return f"— {name} {b64encode(raw).decode()}\n"


def is_signed(checkpoint: Checkpoint, signature: bytes, public: Ed25519PublicKey) -> bool:
    """Whether the signature is that key's over this checkpoint."""
    return _verifies(public, signature, checkpoint.body())


def is_cosigned(checkpoint: Checkpoint, found: Cosignature, public: Ed25519PublicKey) -> bool:
    """Whether it is that witness's over this checkpoint."""
    return _verifies(public, found.signature, _witnessed(checkpoint, found.at))


def from_note(text: str, public: Ed25519PublicKey) -> Checkpoint:
    """Read a signed note and check its signature; signatures of other keys are passed over.

    Raises:
        Rejected: `BAD_CHECKPOINT` (no such note) or `BAD_SIGNATURE` (none of this key, or one that does not verify).
    """
    found, body = _read(text)
    mine = [raw[KEY_ID_BYTES:] for raw in _signatures(text, found.origin, key_hash(found.origin, public))]
    if not mine or not all(_verifies(public, signature, body) for signature in mine):
        raise Rejected("BAD_SIGNATURE", "", "no valid signature of this ledger's key")
    return found


def cosigned(text: str, name: str, public: Ed25519PublicKey) -> tuple[Checkpoint, Cosignature]:
    """Read a note that a witness signed. The ledger's own signature is not looked at.

    Raises:
        Rejected: `BAD_CHECKPOINT` or `BAD_SIGNATURE`.
    """
    found, _ = _read(text)
    for raw in _signatures(text, name, key_hash(name, public, WITNESS)):
        at = int.from_bytes(raw[KEY_ID_BYTES : KEY_ID_BYTES + TIME_BYTES], "big")
        added = Cosignature(at, raw[KEY_ID_BYTES + TIME_BYTES :])
        if is_cosigned(found, added, public):
            return found, added
    raise Rejected("BAD_SIGNATURE", "", "no valid signature of this witness's key")


def _read(text: str) -> tuple[Checkpoint, bytes]:
    """The checkpoint and the bytes of its text; lines behind the third are kept in the bytes alone."""
    body, blank, _ = text.partition("\n\n")
    lines = body.split("\n")
    if not blank or len(lines) < _BODY_LINES or not lines[0] or not _SIZE.fullmatch(lines[1]):
        raise Rejected("BAD_CHECKPOINT", "", "a checkpoint is origin, size, root, an empty line and signatures")
    root = _decoded(lines[2])
    if len(root) != HASH_BYTES:
        raise Rejected("BAD_CHECKPOINT", "root", f"a root is {HASH_BYTES} bytes in base64")
    return Checkpoint(lines[0], int(lines[1]), root), f"{body}\n".encode()


def _signatures(text: str, name: str, key_id: bytes) -> list[bytes]:
    """What stands behind this name under this key id; other lines are passed over."""
    found = []
    for line in text.partition("\n\n")[2].split("\n")[:MOST_SIGNATURES]:
        dash, _, rest = line.partition(" ")
        signer, _, encoded = rest.rpartition(" ")
        raw = _decoded(encoded)
        if dash == "—" and signer == name and raw[:KEY_ID_BYTES] == key_id:
            found.append(raw)
    return found


def _decoded(encoded: str) -> bytes:
    """Bytes of base64 in its one canonical spelling, b"" for anything else."""
    try:
        raw = b64decode(encoded, validate=True)
    except (BadBase64, ValueError):
        return b""
    return raw if b64encode(raw).decode() == encoded else b""


def _verifies(public: Ed25519PublicKey, signature: bytes, message: bytes) -> bool:
    try:
        public.verify(signature, message)
    except InvalidSignature:
        return False
    return True
