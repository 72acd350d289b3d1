"""Our own RFC 6962 against known roots."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.ledger import root


def leaf(body: bytes) -> bytes:
    return sha256(b"\0" + body).digest()


LEAVES = [
    leaf(bytes.fromhex(text))
    for text in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
"""The eight leaves with which implementations of Certificate Transparency are commonly tested."""


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        (2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
        (3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
        (5, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"),
        (8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
    ],
)
def test_known_roots(size, expected):
    assert root(LEAVES[:size]).hex() == expected


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=2, max_size=70))
def test_a_root_is_made_of_the_largest_power_of_two_and_the_rest(leaves):
    split = 1 << (len(leaves) - 1).bit_length() - 1
    assert root(leaves) == sha256(b"\1" + root(leaves[:split]) + root(leaves[split:])).digest()
