"""What is published of the tree: the newest checkpoint, with the step from the one that was published before.

Left out: the topic (`streams.agents.publish`). Rules: whoever reads every published checkpoint can compare each with
the one before it, without asking; whoever missed some asks for a step by signing again what it saw last.
"""

from ledger import tables
from ledger.proving import step
from ledger.sequencer import StoredCheckpoint, newest
from ledger.store import Transaction

Steps = dict[int, list[bytes]]


def to_publish(tx: Transaction) -> tuple[StoredCheckpoint, Steps] | None:
    """The newest checkpoint and the step that leads to it; None before the first."""
    found = newest(tx)
    if found is None:
        return None
    row = tx.session.one("select size from published where id = 1")
    return found, step_from(tx, row[0] if row else 0, found.checkpoint.size)


def step_from(tx: Transaction, old_size: int, new_size: int) -> Steps:
    """The step between two sizes; empty where there is none to make."""
    if not 0 < old_size < new_size:
        return {}
    path = step(tx, old_size, new_size)
    return {} if path is None else {old_size: path}


def mark_published(tx: Transaction, size: int) -> None:
    """The checkpoint of this size has left."""
    if not tx.session.run("update published set size = ? where id = 1", (size,)):
        tx.session.insert(tables.published, [(1, size)])
