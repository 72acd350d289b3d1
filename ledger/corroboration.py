"""What must agree with the leaves beside them: destroyed keys with their statements, cosignatures with the tree.

Left out: making the leaves again (`verify`), of which this is a part. Rule: the first fault in plain words, None when
all agree.
"""

import json

from ledger.shredding import SHREDDED
from ledger.store import Transaction
from sharing.errors import Rejected
from sharing.transparency.notes import WITNESS, Checkpoint, Cosignature, from_verifier_key, is_cosigned


def disagreement(tx: Transaction) -> str | None:
    """The first thing that does not agree."""
    return _keys(tx) or _witnesses(tx)


def _keys(tx: Transaction) -> str | None:
    sworn = {str(json.loads(s.body)["key"]) for s in tx.statements(SHREDDED)}
    rows = tx.session.rows("select commitment from child_key where wrapped is null")
    gone = {bytes(commitment).hex() for (commitment,) in rows}
    if gone - sworn:
        return f"key {min(gone - sworn)}: it was destroyed without a statement"
    standing = tx.session.rows("select commitment from child_key where wrapped is not null") if sworn else ()
    again = {bytes(commitment).hex() for (commitment,) in standing} & sworn
    if again:
        return f"key {min(again)}: it was destroyed and stands again; destroy it anew (docs/forgetting.md)"
    return None


def _witnesses(tx: Transaction) -> str | None:
    rows = tx.session.rows(
        "select c.organisation, w.verifier_key, c.size, c.at, c.signature, p.root from cosignature c"
        " left join witness w on w.organisation = c.organisation left join checkpoint p on p.size = c.size"
        " order by c.organisation, c.day"
    )
    for organisation, word, size, at, signature, root in rows:
        if root is None:
            return f"cosignature of {organisation}: it is over {size} leaves, and no checkpoint has that size"
        point = Checkpoint(tx.keys.origin, size, bytes(root))
        try:
            _, public = from_verifier_key(word or "", WITNESS)
        except Rejected:
            return f"witness {organisation}: its key is not there or damaged"
        if not is_cosigned(point, Cosignature(at, bytes(signature)), public):
            return f"cosignature of {organisation} over {size} leaves: it is not that witness's"
    return None
