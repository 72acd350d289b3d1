"""The ledger as files that somebody can take away and verify: `offline_verifier.py` reads them, and nothing of ours.

    manifest.json        what this is, the ledger's public key, how many leaves
    carriers.jsonl       one line a carrier: its rows, from which every leaf is made again
    decisions.jsonl      one line a decision: the very bytes whose hash stands in leaves
    checkpoints.jsonl    every signed checkpoint
    cosignatures.jsonl   what witnesses signed
    opened.jsonl         contents of some children, for whoever may have them; absent without that
    proofs/              a proof of each of their exchanges

Left out: who may have an export, and who may have contents. Rules: one unmoving picture of the database; without
`opened` nothing in it is personal, nor can anything in it be opened; nothing that stands there is written over.
"""

import json
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ledger.documents import Digests, carriers, documents
from ledger.proving import leaves_of, prove
from ledger.rows import StoredEvent
from ledger.sequencer import newest
from ledger.store import Transaction
from sharing.errors import Misconfigured
from sharing.transparency.notes import (
    WITNESS,
    Checkpoint,
    Cosignature,
    cosignature_line,
    from_verifier_key,
    note,
    verifier_key,
)

FORMAT = "crosswalk-ledger-export/1"


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: leaves, and records that were opened."""

    leaves: int
    opened: int


def export(tx: Transaction, folder: Path, subjects: Sequence[int] = ()) -> Exported:
    """Write the ledger up to its newest checkpoint.

    Args:
        tx: A reading: one unmoving picture.
        folder: Made here; must be empty.
        subjects: Children whose contents are opened as well, for somebody who is entitled to them. Of one whose key
            was destroyed there is nothing to open.

    Raises:
        Misconfigured: the folder holds something already.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise Misconfigured(f"{folder}: is not empty; an export is never written over another")
    last = newest(tx)
    upto, size = (last.upto_ordinal, last.checkpoint.size) if last else (0, 0)
    digests = Digests()
    _write(folder / "carriers.jsonl", _carriers(tx, upto, digests))
    _write(folder / "checkpoints.jsonl", _checkpoints(tx))
    _write(folder / "cosignatures.jsonl", _cosignatures(tx))
    with (folder / "decisions.jsonl").open("wb") as file:
        for number, body in tx.session.rows("select id, body from outcome order by id"):
            if number in digests:
                file.write(bytes(body) + b"\n")
    opened = _open(tx, folder, subjects, upto) if subjects else 0
    manifest = {
        "format": FORMAT,
        "key": verifier_key(tx.keys.origin, tx.keys.public),
        "opened": opened,
        "size": size,
    }
    text = json.dumps(manifest, indent=2, sort_keys=True) + "\n"
    (folder / "manifest.json").write_text(text, encoding="utf-8")
    return Exported(size, opened)


def _write(path: Path, lines: Iterable[Any]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for line in lines:
            file.write(json.dumps(line, sort_keys=True, separators=(",", ":")) + "\n")


def _carriers(tx: Transaction, upto: int, digests: Digests) -> Iterator[dict[str, Any]]:
    for carrier in carriers(tx, upto=upto):
        yield {"carrier": carrier.part(), "rows": documents(tx, carrier.id, digests)}


def _checkpoints(tx: Transaction) -> Iterator[dict[str, str]]:
    for size, root, signature in tx.session.rows("select size, root, signature from checkpoint order by size"):
        point = Checkpoint(tx.keys.origin, size, bytes(root))
        yield {"note": note(point, bytes(signature), tx.keys.public)}


def _cosignatures(tx: Transaction) -> Iterator[dict[str, str]]:
    rows = tx.session.rows(
        "select c.organisation, w.verifier_key, c.size, c.at, c.signature, p.root from cosignature c"
        " join witness w on w.organisation = c.organisation join checkpoint p on p.size = c.size"
        " order by c.organisation, c.day"
    )
    for organisation, word, size, at, signature, root in rows:
        name, public = from_verifier_key(word, WITNESS)
        body = Checkpoint(tx.keys.origin, size, bytes(root)).body().decode()
        line = cosignature_line(name, Cosignature(at, bytes(signature)), public)
        yield {"key": word, "note": f"{body}\n{line}", "organisation": organisation}


def _open(tx: Transaction, folder: Path, subjects: Sequence[int], upto: int) -> int:
    """Contents of these children, with what is needed to compare them with their commitments, and their proofs."""
    gone = tx.forgotten(subjects)
    events = [event for subject in subjects if subject not in gone for event in _events(tx, subject, upto)]
    _write(folder / "opened.jsonl", (_opened(tx, event) for event in events))
    _prove(tx, folder / "proofs", [x.exchange_id for event in events for x in event.exchanges])
    return len(events)


def _events(tx: Transaction, subject: int, upto: int) -> list[StoredEvent]:
    """Numbered events of one subject alone."""
    found = tx.rows_of_subject(subject)
    return [e for e in found if e.subject == subject and e.ordinal is not None and e.ordinal <= upto]


def _opened(tx: Transaction, event: StoredEvent) -> dict[str, str]:
    child = tx.children.one(tx.session, event.subject)
    return {
        "committing": child.committing.hex(),
        "content": b64encode(tx.content(event.n)).decode(),
        "event": event.event_id.hex(),
        "subject": child.commitment.hex(),
    }


def _prove(tx: Transaction, folder: Path, exchanges: Sequence[bytes]) -> None:
    folder.mkdir()
    for exchange in exchanges:
        for number, placed in enumerate(leaves_of(tx, exchange), 1):
            name = f"{exchange.hex()}-{number}.tlog-proof"
            (folder / name).write_text(prove(tx, placed).text(), encoding="utf-8")
