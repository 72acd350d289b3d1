"""A fault planted in the pipeline on purpose, to see that the independent checker catches it: `early-commit`.

One batch is acknowledged although it was never written, and the worker dies once the offset has moved: what a worker
would do that commits before its transaction. Left out: the faults that can be done from outside (the demo's). Never
in production.
"""

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NoReturn

from sharing.errors import Misconfigured
from streams.carrier import Absorb, Batch

EARLY_COMMIT = "early-commit"
LEAST_RECORDS = 20
COMMITTED_SECONDS = 3.0


def with_fault(absorb: Absorb, environ: Mapping[str, str], state: Path, stop: Callable[[int], NoReturn]) -> Absorb:
    """The absorb, or one that loses a batch when the environment asks for it.

    Args:
        absorb: Takes a batch into the database.
        environ: The environment; `CROSSWALK_PLANT` names the fault.
        state: Folder in which a mark says that the fault has struck; it strikes once. Who is killed before the offset
            has moved has lost nothing yet: then it strikes again.
        stop: Ends the process.

    Raises:
        Misconfigured: a fault was asked for in production.
    """
    if environ.get("CROSSWALK_PLANT") != EARLY_COMMIT:
        return absorb
    if environ.get("CROSSWALK_ENVIRONMENT") == "production":
        raise Misconfigured("CROSSWALK_PLANT: faults are planted in demonstrations only; unset it")
    mark, lost = state / "planted", threading.Event()

    def end() -> None:
        state.mkdir(parents=True, exist_ok=True)
        mark.touch()
        stop(137)

    def losing(batch: Batch) -> None:
        small = len(batch.records) < LEAST_RECORDS or not batch.topic.startswith("in.")
        if small or lost.is_set() or mark.exists():
            absorb(batch)
            return
        lost.set()
        threading.Timer(COMMITTED_SECONDS, end).start()

    return losing
