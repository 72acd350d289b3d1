"""A witness signs what continues what it saw, never two histories, and accuses nobody without proof."""

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from sharing.transparency.notes import Checkpoint
from sharing.transparency.tree import consistency_proof, root
from sharing.transparency.witness import VOUCHED, Standing, standing

ORIGIN = "crosswalk/easthaven"
sizes = st.integers(1, 40)


def tree(size: int, kind: bytes = b"") -> list[bytes]:
    return [sha256(kind + bytes([i])).digest() for i in range(size)]


def point(hashes: list[bytes]) -> Checkpoint:
    return Checkpoint(ORIGIN, len(hashes), root(hashes))


@given(sizes, sizes)
def test_a_tree_that_grew_is_vouched_for(old: int, more: int):
    grown = tree(old + more)
    steps = {old: consistency_proof(grown, old)}
    assert standing(point(tree(old)), point(grown), steps) is Standing.GREW


@given(sizes, st.integers(0, 40), st.data())
def test_a_history_with_one_other_leaf_is_never_vouched_for(old: int, more: int, data: st.DataObject):
    seen, other = tree(old), tree(old + more)
    at = data.draw(st.integers(0, old - 1))
    other[at] = b"\1" * 32
    steps = {old: consistency_proof(other, old)}
    assert standing(point(seen), point(other), steps) is Standing.FORKED


@given(sizes, sizes)
def test_without_a_proof_nothing_is_signed_and_nobody_is_accused(old: int, more: int):
    found = standing(point(tree(old)), point(tree(old + more)), {})
    assert found is Standing.UNPROVED
    assert found not in VOUCHED


def test_the_first_checkpoint_is_taken_and_an_older_one_is_passed_over():
    assert standing(None, point(tree(5)), {}) is Standing.FIRST
    assert standing(point(tree(5)), point(tree(5)), {}) is Standing.SAME
    assert standing(point(tree(5)), point(tree(3)), {}) is Standing.EARLIER
    assert standing(Checkpoint(ORIGIN, 0, sha256(b"").digest()), point(tree(3)), {}) is Standing.GREW
