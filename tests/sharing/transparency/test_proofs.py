"""A proof is carried away as text and checked with a key alone; whatever is changed in it, it proves nothing."""

from base64 import b64encode
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from sharing.errors import Rejected
from sharing.transparency.notes import Checkpoint, note, sign
from sharing.transparency.proofs import Proof, from_steps_text, from_text, steps_text
from sharing.transparency.tree import inclusion_proof, leaf_hash, root

SIGNER = Ed25519PrivateKey.from_private_bytes(b"\7" * 32)
PUBLIC = SIGNER.public_key()
LEAVES = [b'{"leaf":%d}' % i for i in range(11)]
HASHES = [leaf_hash(leaf) for leaf in LEAVES]


def proof(index: int, size: int = len(LEAVES)) -> Proof:
    point = Checkpoint("crosswalk/easthaven", size, root(HASHES[:size]))
    signed = note(point, sign(point, SIGNER), PUBLIC)
    return Proof(LEAVES[index], index, inclusion_proof(HASHES[:size], index), signed)


def test_a_proof_is_laid_out_as_the_standard_says():
    head, _, rest = proof(5).text().partition("\n\n")
    lines = head.split("\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1"
    assert lines[1] == f"extra {b64encode(LEAVES[5]).decode()}"
    assert lines[2] == "index 5"
    assert lines[3] == b64encode(HASHES[4]).decode(), "from the leaf's neighbour upwards"
    assert rest == proof(5).note


@pytest.mark.parametrize("size", [1, 2, 7, 11])
def test_every_leaf_is_proved_by_its_own_text(size: int):
    for index in range(size):
        made = proof(index, size)
        again = from_text(made.text())
        assert again == made
        assert again.check(PUBLIC).size == size


@given(st.integers(0, 10), st.data())
def test_a_proof_with_one_changed_character_proves_nothing_else(index: int, data: st.DataObject):
    text = proof(index).text()
    at = data.draw(st.integers(0, len(text) - 1))
    changed = text[:at] + data.draw(st.sampled_from("A9z+\n ")) + text[at + 1 :]
    try:
        found = from_text(changed)
        found.check(PUBLIC)
    except Rejected:
        return
    assert (found.leaf, found.index) == (LEAVES[index], index)


def test_another_leaf_another_place_or_another_key_is_not_proved():
    made = proof(5)
    for wrong in (
        Proof(LEAVES[4], 5, made.path, made.note),
        Proof(made.leaf, 4, made.path, made.note),
        Proof(made.leaf, 5, made.path[:-1], made.note),
        Proof(made.leaf, 5, made.path, proof(5, 9).note),
    ):
        with pytest.raises(Rejected, match="BAD_PROOF"):
            wrong.check(PUBLIC)
    with pytest.raises(Rejected, match="BAD_SIGNATURE"):
        made.check(Ed25519PrivateKey.generate().public_key())


hashes = st.binary(min_size=32, max_size=32)


@given(st.dictionaries(st.integers(0, 2**60), st.lists(hashes, max_size=4), max_size=4), st.integers(0, 40))
def test_steps_are_read_as_they_were_written_padding_and_all(steps, padding):
    assert from_steps_text(steps_text(steps) + " " * padding) == steps


@pytest.mark.parametrize(
    "text", ["x", "from 07\n", "from 7\nAAAA", b64encode(sha256(b"").digest()).decode(), "from 7\né"]
)
def test_what_is_no_step_is_refused(text: str):
    with pytest.raises(Rejected, match="BAD_PROOF"):
        from_steps_text(text)
