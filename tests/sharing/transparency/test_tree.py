"""RFC 6962: known vectors, and that proofs prove what they say and nothing else."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharing.transparency.tree import (
    EMPTY_ROOT,
    Frontier,
    consistency_from,
    consistency_proof,
    inclusion_proof,
    is_consistent,
    is_included,
    leaf_hash,
    node_hash,
    root,
)

# The test vectors of the certificate transparency project (eight leaves).
LEAVES = [bytes.fromhex(x) for x in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657",
          "606162636465666768696a6b6c6d6e6f")]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
HASHES = [leaf_hash(x) for x in LEAVES]
trees = st.integers(1, 70).map(lambda size: [sha256(bytes([i])).digest() for i in range(size)])


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_the_standard(size: int):
    assert root(HASHES[:size]).hex() == ROOTS[size - 1]


def test_an_empty_tree_has_the_standard_root():
    assert root([]) == EMPTY_ROOT == Frontier().root()


def test_proofs_are_those_of_the_standard():
    assert [x.hex() for x in inclusion_proof(HASHES, 0)] == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]
    assert [x.hex() for x in consistency_proof(HASHES, 6)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


def recursive(hashes: list[bytes]) -> bytes:
    """The definition of RFC 6962 §2.1, word for word."""
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return node_hash(recursive(hashes[:k]), recursive(hashes[k:]))


@given(trees, st.data())
def test_growing_in_pieces_is_the_definition(hashes: list[bytes], data: st.DataObject):
    cut = data.draw(st.integers(0, len(hashes)))
    first = Frontier()
    first.extend(hashes[:cut])
    second = Frontier(first.size, first.packed())
    second.extend(hashes[cut:])
    assert second.size == len(hashes)
    assert second.root() == recursive(hashes)


@given(trees, st.data())
def test_a_leaf_is_proved_in_its_place_and_in_no_other(hashes: list[bytes], data: st.DataObject):
    index = data.draw(st.integers(0, len(hashes) - 1))
    proof, expected, size = inclusion_proof(hashes, index), root(hashes), len(hashes)
    assert is_included(hashes[index], index, size, proof, expected)
    assert not is_included(sha256(b"other").digest(), index, size, proof, expected)
    assert not is_included(hashes[index], index, size, [*proof, b"\0" * 32], expected)
    assert not is_included(hashes[index], size, size, proof, expected)
    for other in {index ^ 1, index - 1, size - 1} - {index}:
        assert not is_included(hashes[index], other, size, proof, expected)
    if proof:
        assert not is_included(hashes[index], index, size, proof[:-1], expected)


@given(trees, st.data())
def test_only_a_beginning_is_consistent(hashes: list[bytes], data: st.DataObject):
    old = data.draw(st.integers(1, len(hashes)))
    proof, size = consistency_proof(hashes, old), len(hashes)
    assert is_consistent(old, size, proof, root(hashes[:old]), root(hashes))
    assert not is_consistent(old, size, proof, sha256(b"other").digest(), root(hashes))
    assert not is_consistent(old, size, proof, root(hashes[:old]), sha256(b"other").digest())
    assert not is_consistent(old, size, [*proof, b"\0" * 32], root(hashes[:old]), root(hashes))
    assert not is_consistent(size + 1, size, proof, root(hashes[:old]), root(hashes))


@given(trees, st.data())
def test_the_edge_of_the_old_tree_and_what_came_after_prove_the_same(hashes: list[bytes], data: st.DataObject):
    old = data.draw(st.integers(1, len(hashes)))
    edge = Frontier()
    edge.extend(hashes[:old])
    assert consistency_from(Frontier(old, edge.packed()), hashes[old:]) == consistency_proof(hashes, old)


def test_what_cannot_be_is_refused():
    for wrong in (lambda: Frontier(3, b""), lambda: inclusion_proof(HASHES, 8), lambda: consistency_proof(HASHES, 0),
                  lambda: consistency_from(Frontier(), HASHES)):  # fmt: skip
        with pytest.raises(ValueError, match=r"edge|tree|between"):
            wrong()
