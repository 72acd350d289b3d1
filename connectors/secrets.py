"""Secrets: where they are named, how they are read, and the one type that never shows them.

A setting holds a reference (`file:PATH`, `env:NAME`), never the secret itself. The connector's one key file gives a
key for each purpose, so that what is learnt about one says nothing of another. Left out: certificates, which Kafka's
client reads.
"""

import binascii
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from sharing.errors import Misconfigured

KEY_BYTES = 32
OTHERS_MAY = 0o077


class Secret:
    """A secret value. Its repr and str are `***`; only `reveal` gives it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value, for the one call that needs it."""
        return self._value

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__


def resolve(reference: str, base: Path, environ: Mapping[str, str]) -> Secret:
    """A reference to the secret that it names.

    Args:
        reference: `file:PATH` (its first line; relative to `base`) or `env:NAME`.
        base: Folder of the settings file.
        environ: The environment.

    Raises:
        Misconfigured: it is no reference, or what it names is not there.
    """
    kind, _, name = reference.partition(":")
    if kind == "env" and name:
        if name not in environ:
            raise Misconfigured(f"environment variable {name} is not set")
        return Secret(environ[name])
    if kind == "file" and name:
        return Secret(_first_line(base / name))
    raise Misconfigured("write a reference, file:PATH or env:NAME; a secret itself never stands in settings")


def _first_line(path: Path) -> str:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as fault:
        raise Misconfigured(
            f"{path}: cannot be read ({type(fault).__name__}); put the secret on its first line"
        ) from None
    if not lines or not lines[0].strip():
        raise Misconfigured(f"{path}: is empty; put the secret on its first line")
    return lines[0].strip()


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """The connector's own keys, one a purpose, 32 bytes each.

    Attributes:
        ids: For event ids and child tokens. `tokens`: for names of files and records, and fingerprints of content.
        contents: For what lies in the spool.
        witness: Seed of the Ed25519 key with which checkpoints of the broker's ledger are cosigned.
    """

    ids: bytes
    tokens: bytes
    contents: bytes
    witness: bytes

    def __repr__(self) -> str:
        return "Keys(***)"

    @classmethod
    def of(cls, root: bytes) -> "Keys":
        """Every key from the root key."""
        return cls(*(_derive(root, purpose) for purpose in (b"ids", b"tokens", b"contents", b"witness")))

    def token(self, purpose: str, *parts: str | bytes) -> bytes:
        """A keyed token (16 bytes) of something that must not be stored as it is."""
        digest = blake2b(key=self.tokens, digest_size=16, person=purpose.encode())
        for part in parts:
            raw = part if isinstance(part, bytes) else part.encode("utf-8", "surrogateescape")
            digest.update(len(raw).to_bytes(4, "big"))
            digest.update(raw)
        return digest.digest()


def _derive(root: bytes, purpose: bytes) -> bytes:
    return blake2b(purpose, key=root, digest_size=KEY_BYTES, person=b"cw-connector").digest()


def read_keys(path: Path) -> Keys:
    """The connector's keys from its key file: 64 hexadecimal characters on one line, readable by its owner only.

    Raises:
        Misconfigured: absent, malformed, or readable by others.
    """
    line = _first_line(path)
    try:
        root = binascii.unhexlify(line)
    except (binascii.Error, ValueError):
        root = b""
    if len(root) != KEY_BYTES:
        raise Misconfigured(f"{path}: expected {2 * KEY_BYTES} hexadecimal characters on the first line")
    if path.stat().st_mode & OTHERS_MAY:
        raise Misconfigured(f"{path}: others may read this key; run chmod 600 on it")
    return Keys.of(root)


def make_key_file(path: Path) -> None:
    """Write a new key file, for its owner only. An existing one is never overwritten.

    Raises:
        Misconfigured: the file exists, or cannot be written; then nothing of it is left behind.
    """
    try:
        if not path.parent.is_dir():
            path.parent.mkdir(parents=True)
    except OSError as fault:
        raise Misconfigured(f"{path.parent}: cannot be made ({fault.strerror}); name another folder") from None
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Misconfigured(f"{path}: exists; a lost key makes the spool unreadable, so it is never replaced") from None
    except OSError as fault:
        raise Misconfigured(f"{path}: cannot be written ({fault.strerror}); name another folder") from None
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(KEY_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as fault:
        path.unlink(missing_ok=True)
        raise Misconfigured(f"{path}: cannot be written ({fault.strerror}); make room") from None
