"""Proof that a record was kept and never changed: a Merkle tree, signed checkpoints, witnesses who compare.

- `tree`: RFC 6962 hashes, roots, proofs of inclusion and consistency.
- `notes`: signed notes, checkpoints and cosignatures as C2SP lays them out, with Ed25519.
- `proofs`: the text of one proof that somebody can carry away, and of the steps between two checkpoints.
- `witness`: what a witness makes of the next checkpoint.

Pure: keys and times are handed in. Left out: what a leaf says and where leaves are kept (`ledger`).
"""
