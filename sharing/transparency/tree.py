"""The RFC 6962 Merkle tree: append, root, proofs and their verification. Pure; nothing here knows what a leaf says.

A frontier is the roots of the perfect subtrees of a tree, largest first, 32 bytes each: all that appending needs.
Hashes of leaves are handed in (`leaf_hash` makes one).
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(body: bytes) -> bytes:
    """Hash of a leaf."""
    return sha256(b"\0" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node."""
    return sha256(b"\1" + left + right).digest()


class Frontier:
    """A growing tree, of which only the edge is kept.

    Args:
        size: Leaves so far.
        packed: What `packed` gave at that size.

    Raises:
        ValueError: the edge does not fit the size.
    """

    def __init__(self, size: int = 0, packed: bytes = b"") -> None:
        if len(packed) != HASH_BYTES * size.bit_count():
            raise ValueError(f"a tree of {size} leaves has {size.bit_count()} edge hashes, not {len(packed)} bytes")
        self.size = size
        self._edge = [packed[i : i + HASH_BYTES] for i in range(0, len(packed), HASH_BYTES)]

    def extend(self, hashes: Iterable[bytes]) -> None:
        """Append leaf hashes in order."""
        edge, size = self._edge, self.size
        for found in hashes:
            node, bits = found, size
            while bits & 1:
                node = sha256(b"\1" + edge.pop() + node).digest()
                bits >>= 1
            edge.append(node)
            size += 1
        self.size = size

    def root(self) -> bytes:
        """Root of the tree so far."""
        if not self._edge:
            return EMPTY_ROOT
        node = self._edge[-1]
        for left in reversed(self._edge[:-1]):
            node = node_hash(left, node)
        return node

    def packed(self) -> bytes:
        """The edge, to go on from later."""
        return b"".join(self._edge)

    def subtrees(self) -> dict[int, bytes]:
        """Roots of the perfect subtrees, by the number of their first leaf."""
        found, start = {}, 0
        for edge, bit in zip(self._edge, _bits(self.size), strict=True):
            found[start] = edge
            start += bit
        return found


def _bits(size: int) -> list[int]:
    """Powers of two that make up a size, largest first."""
    return [1 << i for i in range(size.bit_length() - 1, -1, -1) if size >> i & 1]


def _split(size: int) -> int:
    """Largest power of two smaller than `size`."""
    return 1 << (size - 1).bit_length() - 1


def root(hashes: Sequence[bytes]) -> bytes:
    """Root over leaf hashes."""
    frontier = Frontier()
    frontier.extend(hashes)
    return frontier.root()


def inclusion_proof(hashes: Sequence[bytes], index: int) -> list[bytes]:
    """Audit path of the leaf at `index` (0-based), leaf upwards.

    Raises:
        ValueError: there is no such leaf.
    """
    if not 0 <= index < len(hashes):
        raise ValueError(f"leaf {index} is not in a tree of {len(hashes)}")
    if len(hashes) == 1:
        return []
    split = _split(len(hashes))
    if index < split:
        return [*inclusion_proof(hashes[:split], index), root(hashes[split:])]
    return [*inclusion_proof(hashes[split:], index - split), root(hashes[:split])]


def consistency_proof(hashes: Sequence[bytes], old_size: int) -> list[bytes]:
    """Proof that the tree of the first `old_size` leaves is the beginning of this one.

    Raises:
        ValueError: `old_size` is not between 1 and the size.
    """
    if not 0 < old_size <= len(hashes):
        raise ValueError(f"{old_size} is not between 1 and {len(hashes)}")
    return _subproof(hashes, old_size, whole=True)


def consistency_from(old: Frontier, added: Sequence[bytes]) -> list[bytes]:
    """The same proof, made of the edge of the old tree and the leaf hashes that came after it.

    Raises:
        ValueError: the old tree is empty.
    """
    if not old.size:
        raise ValueError("nothing is consistent with an empty tree: there is nothing to compare")
    return _step(old.subtrees(), added, old.size, (0, old.size + len(added)), whole=True)


def _step(
    edge: dict[int, bytes], added: Sequence[bytes], size: int, span: tuple[int, int], *, whole: bool
) -> list[bytes]:
    """Proof within the leaves from `span[0]` to before `span[1]`; `size` is that of the old tree."""
    start, end = span
    if size == end:
        return [] if whole else [edge[start]]
    split = start + _split(end - start)
    if size <= split:
        return [*_step(edge, added, size, (start, split), whole=whole), root(added[split - size : end - size])]
    return [*_step(edge, added, size, (split, end), whole=False), edge[start]]


def _subproof(hashes: Sequence[bytes], old_size: int, *, whole: bool) -> list[bytes]:
    if old_size == len(hashes):
        return [] if whole else [root(hashes)]
    split = _split(len(hashes))
    if old_size <= split:
        return [*_subproof(hashes[:split], old_size, whole=whole), root(hashes[split:])]
    return [*_subproof(hashes[split:], old_size - split, whole=False), root(hashes[:split])]


def is_included(found: bytes, index: int, size: int, proof: Sequence[bytes], expected: bytes) -> bool:
    """Whether `found` is the hash of leaf `index` of `size` leaves under the root `expected` (RFC 9162 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    at, last, node = index, size - 1, found
    for step in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            node = node_hash(step, node)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            node = node_hash(node, step)
        at, last = at >> 1, last >> 1
    return last == 0 and node == expected


def is_consistent(old_size: int, new_size: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """Whether the tree with `old_root` is the beginning of the one with `new_root` (RFC 9162 2.1.4.2)."""
    if not 0 < old_size <= new_size:
        return False
    if old_size == new_size:
        return not proof and old_root == new_root
    path = [old_root, *proof] if old_size.bit_count() == 1 else list(proof)
    if not path:
        return False
    at, last = old_size - 1, new_size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, step)
        at, last = at >> 1, last >> 1
    return last == 0 and old == old_root and new == new_root
