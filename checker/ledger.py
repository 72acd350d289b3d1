"""Does the ledger hold? Published checkpoints against the leaf hashes in the broker's database, by our own RFC 6962.

Two looks: our own (every checkpoint on the topic must be the root over the first leaves of the database; none may ever
contradict another), and the product's (`crosswalk ledger verify`, a process of its own: it makes every leaf again from
the rows and checks the signatures, which we cannot). Left out: what leaves say.
"""

import json
import sqlite3
import subprocess
import sys
from base64 import b64decode
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile

from checker.model import Category, Fault
from checker.records import CHECKPOINTS, Record

HASH = 32
NOTE_LINES = 3
VERIFY_SECONDS = 120


def root(leaves: Sequence[bytes]) -> bytes:
    """Merkle tree hash of RFC 6962 over leaf hashes."""
    if not leaves:
        return sha256(b"").digest()
    level = list(leaves)
    while len(level) > 1:
        paired = [sha256(b"\1" + level[i] + level[i + 1]).digest() for i in range(0, len(level) - 1, 2)]
        level = paired + level[len(paired) * 2 :]
    return level[0]


def judge(folder: Path, records: Iterable[Record]) -> Iterator[Fault]:
    """Our own look."""
    notes: dict[int, bytes] = {}
    for record in records:
        found = _note(record.value)
        if found is None:
            yield Fault(Category.LEDGER, "", record.place, "is no checkpoint")
        elif notes.setdefault(found[0], found[1]) != found[1]:
            yield Fault(Category.LEDGER, "", record.place, "contradicts an earlier checkpoint of that size")
    if not notes:
        yield Fault(Category.LEDGER, "", CHECKPOINTS, "no checkpoint was published")
        return
    database = folder / "broker" / "ledger.db"
    try:
        leaves = _leaves(database)
    except sqlite3.Error as fault:
        yield Fault(Category.LEDGER, "", "broker/ledger.db", f"cannot be read ({type(fault).__name__})")
        return
    for size, claimed in sorted(notes.items()):
        if size > len(leaves):
            yield Fault(Category.LEDGER, "", CHECKPOINTS, f"a checkpoint over {size} leaves; there are {len(leaves)}")
        elif root(leaves[:size]) != claimed:
            yield Fault(Category.LEDGER, "", CHECKPOINTS, f"the root over {size} leaves is another one")


def verify(folder: Path, published: bytes) -> Iterator[Fault]:
    """The product's own look, against a checkpoint that was published."""
    broker = folder.resolve() / "broker"
    command = [sys.executable, "-m", "crosswalk", "ledger", "verify", "--json"]
    command += ["--database", f"sqlite:///{broker / 'ledger.db'}", "--keys", str(broker / "broker.keys")]
    with NamedTemporaryFile(suffix=".note") as note:
        note.write(published)
        note.flush()
        if not _verifies([*command, "--against", note.name]):
            yield Fault(Category.LEDGER, "", "broker/ledger.db", "`crosswalk ledger verify` does not verify it")


def _verifies(command: list[str]) -> bool:
    try:
        done = subprocess.run(command, capture_output=True, timeout=VERIFY_SECONDS, check=False)
        return done.returncode == 0 and json.loads(done.stdout.splitlines()[-1])["verified"] is True
    except (OSError, subprocess.TimeoutExpired, ValueError, KeyError, IndexError):
        return False


def _note(value: bytes) -> tuple[int, bytes] | None:
    """Size and root of a signed note: origin, size, root, an empty line, signatures."""
    try:
        body = value.decode().partition("\n\n")[0].split("\n")
        size, claimed = int(body[1]), b64decode(body[2], validate=True)
    except (ValueError, IndexError):
        return None
    return (size, claimed) if len(claimed) == HASH and len(body) >= NOTE_LINES else None


def _leaves(database: Path) -> list[bytes]:
    """Leaf hashes of numbered carriers, in the order of the tree."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        rows = connection.execute("select hashes from carrier where ordinal is not null order by ordinal")
        packed = b"".join(bytes(row[0]) for row in rows)
    return [packed[i : i + HASH] for i in range(0, len(packed), HASH)]
