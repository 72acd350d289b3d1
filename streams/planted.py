"""A fault planted in the pipeline on purpose, to see that the independent checker catches it: `early-commit`.

The first half of one batch is acknowledged although it was never written, and the worker dies a little later: what a
worker would do that commits before its transaction. Left out: the faults that can be done from outside (the demo's).

Rules: which records are lost is written down once, before the first of them is; they are lost however often they come
again, in whichever process, so that no kill and no late commit undoes the fault. Never in production.
"""

import json
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NoReturn

from sharing.errors import Misconfigured
from streams.carrier import Absorb, Batch

EARLY_COMMIT = "early-commit"
LEAST_RECORDS = 20
UNTIL_DEATH_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Lost:
    """Records that are acknowledged and never written: of one partition, `first` to `last`, both included."""

    topic: str
    partition: int
    first: int
    last: int

    def left_of(self, batch: Batch) -> Batch | None:
        """What of a batch is written all the same; None when nothing is."""
        if (batch.topic, batch.partition) != (self.topic, self.partition):
            return batch
        kept = tuple(record for record in batch.records if not self.first <= record.offset <= self.last)
        return Batch(batch.topic, batch.partition, kept) if kept else None


def with_fault(absorb: Absorb, environ: Mapping[str, str], state: Path, stop: Callable[[int], NoReturn]) -> Absorb:
    """The absorb, or one that loses records when the environment asks for it.

    Args:
        absorb: Takes a batch into the database.
        environ: The environment; `CROSSWALK_PLANT` names the fault.
        state: Folder of all workers, in which stands what is lost.
        stop: Ends the process.

    Raises:
        Misconfigured: a fault was asked for in production.
    """
    if environ.get("CROSSWALK_PLANT") != EARLY_COMMIT:
        return absorb
    if environ.get("CROSSWALK_ENVIRONMENT") == "production":
        raise Misconfigured("CROSSWALK_PLANT: faults are planted in demonstrations only; unset it")
    note = state / "planted.json"

    def losing(batch: Batch) -> None:
        lost = _read(note)
        if lost is None and batch.topic.startswith("in.") and len(batch.records) >= LEAST_RECORDS:
            lost = _choose(note, batch)
            threading.Timer(UNTIL_DEATH_SECONDS, stop, (137,)).start()
        left = batch if lost is None else lost.left_of(batch)
        if left is not None:
            absorb(left)

    return losing


def _read(note: Path) -> Lost | None:
    return Lost(**json.loads(note.read_text())) if note.exists() else None


def _choose(note: Path, batch: Batch) -> Lost:
    """Write down the first half of the batch, whole or not at all; what another worker wrote first counts."""
    half = batch.records[len(batch.records) // 2 - 1].offset
    beside = note.with_name(f"{note.name}.{os.getpid()}")
    beside.parent.mkdir(parents=True, exist_ok=True)
    beside.write_text(json.dumps(asdict(Lost(batch.topic, batch.partition, batch.first_offset, half))))
    try:
        note.hardlink_to(beside)
    except FileExistsError:
        pass
    finally:
        beside.unlink()
    return Lost(**json.loads(note.read_text()))
