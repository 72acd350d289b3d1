"""The broker's own keys, in one file that only its owner may read.

Left out: a key service; production mounts this same file from one. Rules: a file that others can read is refused, a
damaged one is named as such, and no key ever stands in a message. Losing the file loses every content: back it up
apart from the database.
"""

import json
import os
import stat
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sharing.errors import Misconfigured

FORMAT = "crosswalk-keys-1"
KEY_BYTES = 32
_NAMES = ("master", "ids", "blocking", "operations", "signing")


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of one ledger, 32 bytes each.

    Attributes:
        origin: Name of the ledger in its checkpoints, such as `crosswalk/easthaven`.
        master: Wraps the key of each child.
        ids: Derives event, exchange and recipient ids and tokens.
        blocking: Derives blocking tokens.
        operations: Encrypts dead letters, which belong to no child.
        signing: Seed of the Ed25519 key that signs checkpoints.
    """

    origin: str
    master: bytes = field(repr=False)
    ids: bytes = field(repr=False)
    blocking: bytes = field(repr=False)
    operations: bytes = field(repr=False)
    signing: bytes = field(repr=False)

    @property
    def signer(self) -> Ed25519PrivateKey:
        """The key that signs checkpoints."""
        return Ed25519PrivateKey.from_private_bytes(self.signing)

    @property
    def public(self) -> Ed25519PublicKey:
        """The key that checks them."""
        return self.signer.public_key()

    @classmethod
    def generate(cls, origin: str = "crosswalk") -> "Keys":
        """Draw new keys.

        Raises:
            Misconfigured: the origin is empty or has blanks or a plus sign, which a signed note cannot carry.
        """
        if not origin or "+" in origin or any(c.isspace() for c in origin):
            raise Misconfigured("origin: a ledger's name is not empty and has neither blanks nor '+'")
        return cls(origin, **{name: os.urandom(KEY_BYTES) for name in _NAMES})


def create(path: Path, origin: str = "crosswalk") -> Keys:
    """Draw keys into a new file with mode 0600.

    Raises:
        Misconfigured: the file exists (it is never overwritten) or cannot be written.
    """
    keys = Keys.generate(origin)
    text = json.dumps({"format": FORMAT, **_document(keys), "check": _check(keys)}, indent=1) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError as fault:
        raise Misconfigured(f"{path}: cannot create the key file: {fault.strerror}") from None
    return keys


def load(path: Path) -> Keys:
    """Read a key file.

    Raises:
        Misconfigured: it is missing, readable by others, or damaged; the message names the fix.
    """
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        why = fault.strerror if isinstance(fault, OSError) else "not text; restore it from its backup"
        raise Misconfigured(f"{path}: cannot read the key file: {why}") from None
    if stat.S_IMODE(mode) & 0o077:
        raise Misconfigured(f"{path}: others may read the key file; run: chmod 600 {path}")
    return _parse(path, text)


def load_or_create(path: Path, origin: str = "crosswalk") -> Keys:
    """Read the key file, or draw it at first use; two first users agree on one."""
    if not path.exists():
        try:
            return create(path, origin)
        except Misconfigured:
            if not path.exists():
                raise
    return load(path)


def _parse(path: Path, text: str) -> Keys:
    try:
        document = json.loads(text)
        found = Keys(document["origin"], **{name: b64decode(document[name], validate=True) for name in _NAMES})
        sound = document["format"] == FORMAT and document["check"] == _check(found)
    except (ValueError, KeyError, TypeError, AttributeError):
        sound = False
    if not sound:
        raise Misconfigured(f"{path}: the key file is damaged or not {FORMAT}; restore it from its backup")
    return found


def _document(keys: Keys) -> dict[str, str]:
    return {"origin": keys.origin, **{name: b64encode(getattr(keys, name)).decode() for name in _NAMES}}


def _check(keys: Keys) -> str:
    return sha256(json.dumps(_document(keys), sort_keys=True).encode()).hexdigest()[:16]
