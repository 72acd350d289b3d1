"""A key of its own for every child: destroying it makes that child's contents unreadable everywhere.

The 32-byte key of a child is wrapped under the ledger's master key; from it come a content key (AES-256-GCM) and a
commitment key (HMAC-SHA256), so that equal contents of two children commit differently. Left out: whose data it is.
Rules: an opened key is cached, bounded, and forgotten when a transaction is rolled back; nothing is encrypted under a
key that is not stored; what is encrypted is bound to its place (event, state, identity) and cannot be swapped with
another.
"""

import hmac
import os
from collections.abc import Collection
from hashlib import blake2b
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger import tables
from ledger.database import Session
from ledger.errors import Forgotten

NONCE_BYTES = 12
COMMITMENT_BYTES = 16
CACHED_CHILDREN = 20_000


class BadCiphertextError(ValueError):
    """Encrypted bytes do not open: the database was changed, or the key file is another one."""


def seal(key: AESGCM, clear: bytes, place: bytes) -> bytes:
    """Encrypt, bound to a place."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + key.encrypt(nonce, clear, place)


def unseal(key: AESGCM, sealed: bytes, place: bytes) -> bytes:
    """Decrypt what `seal` made for that place.

    Raises:
        BadCiphertextError: it was changed, or belongs to another place or key.
    """
    try:
        return key.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place)
    except (InvalidTag, ValueError):
        raise BadCiphertextError(
            "encrypted bytes do not open under this key file; they were changed or moved"
        ) from None


class Child(NamedTuple):
    """The opened key of one child."""

    key: AESGCM
    committing: bytes
    commitment: bytes

    def commit(self, content: bytes) -> bytes:
        """32 bytes that fix the content and tell nothing about it."""
        return hmac.digest(self.committing, content, "sha256")


def _open(raw: bytes) -> Child:
    committing = blake2b(key=raw, digest_size=32, person=b"cw-commit").digest()
    commitment = blake2b(key=raw, digest_size=COMMITMENT_BYTES, person=b"cw-subject").digest()
    return Child(AESGCM(blake2b(key=raw, digest_size=32, person=b"cw-content").digest()), committing, commitment)


def _place(subject: int) -> bytes:
    return b"child-key %d" % subject


class Children:
    """Opened keys of children, cached.

    Args:
        master: The ledger's master key.
    """

    def __init__(self, master: bytes) -> None:
        self._master = AESGCM(master)
        self._opened: dict[int, Child] = {}
        self._shreds = 0

    def create(self, session: Session, subjects: Collection[int]) -> None:
        """Draw and store keys for new subjects."""
        rows = []
        for subject in subjects:
            raw = os.urandom(32)
            child = self._remember(subject, _open(raw))
            rows.append((subject, seal(self._master, raw, _place(subject)), child.commitment))
        session.insert(tables.child_key, rows)

    def load(self, session: Session, subjects: Collection[int]) -> dict[int, Child]:
        """The opened keys of these subjects.

        Raises:
            Forgotten: a key was destroyed.
            BadCiphertextError: the key file is not this database's.
            KeyError: there is no such subject.
        """
        opened = self._opened
        found = {s: opened[s] for s in subjects if s in opened}
        missing = [s for s in subjects if s not in found]
        for start in range(0, len(missing), 500):
            condition, parameters = session.among("subject", missing[start : start + 500])
            for subject, wrapped in session.rows(
                f"select subject, wrapped from child_key where {condition}",  # noqa: S608 - no value in it
                parameters,
            ):
                if wrapped is None:
                    raise Forgotten(f"subject {subject}: its key was destroyed")
                found[subject] = self._remember(subject, _open(unseal(self._master, wrapped, _place(subject))))
        if len(found) < len(set(subjects)):
            raise KeyError(f"no such subject: {sorted(set(subjects) - set(found))}")
        return found

    def one(self, session: Session, subject: int) -> Child:
        """The opened key of one subject; errors as in `load`."""
        return self._opened.get(subject) or self.load(session, (subject,))[subject]

    def drop(self, subjects: Collection[int]) -> None:
        """Drop the opened keys of these subjects."""
        for subject in subjects:
            self._opened.pop(subject, None)

    def as_of(self, shreds: int) -> None:
        """Drop every opened key when more keys were destroyed than when they were opened."""
        if shreds != self._shreds:
            self.forget()
            self._shreds = shreds

    def forget(self) -> None:
        """Drop every opened key: some may belong to subjects that a rollback unmade."""
        self._opened.clear()

    def _remember(self, subject: int, child: Child) -> Child:
        if len(self._opened) >= CACHED_CHILDREN:
            del self._opened[next(iter(self._opened))]
        self._opened[subject] = child
        return child
