"""Proofs as text that somebody can carry away, in the layout of C2SP's `tlog-proof`; and the steps between checkpoints.

A proof of one leaf holds the leaf itself, its place, the path to the root and a signed checkpoint: with the ledger's
public key alone it is checked on any machine. Left out: finding the leaf (`ledger.proving`).
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as BadBase64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sharing.errors import Rejected
from sharing.transparency.notes import Checkpoint, from_note
from sharing.transparency.tree import HASH_BYTES, is_included, leaf_hash

HEADER = "c2sp.org/tlog-proof@v1"
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
_EXTRA, _INDEX, _FROM = "extra ", "index ", "from "


@dataclass(frozen=True, slots=True)
class Proof:
    """One leaf and that it stands in a signed tree.

    Attributes:
        leaf: Canonical JSON of the leaf. `index`: its place in the tree, from 0. `path`: hashes from it to the root.
        note: A signed checkpoint, with the lines of witnesses where there are any.
    """

    leaf: bytes
    index: int
    path: Sequence[bytes]
    note: str

    def text(self) -> str:
        """What is written to a file."""
        lines = [HEADER, f"{_EXTRA}{_encoded(self.leaf)}", f"{_INDEX}{self.index}", *map(_encoded, self.path)]
        return "\n".join(lines) + f"\n\n{self.note}"

    def check(self, public: Ed25519PublicKey) -> Checkpoint:
        """Make the root again from the leaf and compare it with the signed one.

        Returns:
            The checkpoint under which the leaf stands.

        Raises:
            Rejected: `BAD_CHECKPOINT`, `BAD_SIGNATURE`, or `BAD_PROOF` when the leaf is not in that tree.
        """
        found = from_note(self.note, public)
        if not is_included(leaf_hash(self.leaf), self.index, found.size, self.path, found.root):
            raise Rejected("BAD_PROOF", "", "this leaf does not stand at this place under this checkpoint")
        return found


def from_text(text: str) -> Proof:
    """Read a proof; nothing of it is checked yet.

    Raises:
        Rejected: `BAD_PROOF`: it is no proof with its leaf in it.
    """
    head, blank, note = text.partition("\n\n")
    lines = head.split("\n")
    if not blank or len(lines) < 3 or lines[0] != HEADER:  # noqa: PLR2004 - header, leaf, index
        raise _bad(f"a proof begins with {HEADER}, then its leaf, its index, its path, an empty line, a checkpoint")
    leaf, index = lines[1].removeprefix(_EXTRA), lines[2].removeprefix(_INDEX)
    if leaf == lines[1] or index == lines[2] or not _NUMBER.fullmatch(index):
        raise _bad("the second line is the leaf ('extra ...'), the third its place ('index ...')")
    path = [_decoded(line) for line in lines[3:]]
    if any(len(step) != HASH_BYTES for step in path):
        raise _bad(f"each step of the path is {HASH_BYTES} bytes in base64")
    return Proof(_decoded(leaf), int(index), path, note)


def steps_text(steps: Mapping[int, Sequence[bytes]]) -> str:
    """Consistency proofs of one checkpoint, by the size from which each starts, as text."""
    return "".join(f"{_FROM}{size}\n" + "".join(f"{_encoded(x)}\n" for x in path) for size, path in steps.items())


def from_steps_text(text: str) -> dict[int, list[bytes]]:
    """What `steps_text` wrote; blanks at the end are passed over.

    Raises:
        Rejected: `BAD_PROOF`: it is something else.
    """
    found: dict[int, list[bytes]] = {}
    path: list[bytes] | None = None
    for line in text.rstrip().splitlines():
        if line.startswith(_FROM) and _NUMBER.fullmatch(line.removeprefix(_FROM)):
            path = found.setdefault(int(line.removeprefix(_FROM)), [])
        elif path is not None and len(_decoded(line)) == HASH_BYTES:
            path.append(_decoded(line))
        else:
            raise _bad("steps are 'from SIZE' and under it hashes in base64")
    return found


def _bad(reason: str) -> Rejected:
    return Rejected("BAD_PROOF", "", reason)


def _encoded(raw: bytes) -> str:
    return b64encode(raw).decode()


def _decoded(encoded: str) -> bytes:
    try:
        return b64decode(encoded, validate=True)
    except (BadBase64, ValueError):
        raise _bad("a line is not base64") from None
