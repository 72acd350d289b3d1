"""`python -m bench.profiled worker`: the command line with every thread under its own cProfile.

Writes `<CROSSWALK_STATE>/<thread>.prof` once a second. Left out: reading them (`python -m pstats`). For the bench only.
"""

import cProfile
import marshal
import os
import threading
import time
from pathlib import Path

_running: dict[str, cProfile.Profile] = {}
_plain_run = threading.Thread.run


def _profiled_run(thread: threading.Thread) -> None:
    profile = _running[thread.name.replace(" ", "-")] = cProfile.Profile()
    profile.runcall(_plain_run, thread)


def _dump_for_ever(folder: Path) -> None:
    while True:
        time.sleep(1.0)
        for name, profile in list(_running.items()):
            profile.snapshot_stats()
            with (folder / f"{name}.prof").open("wb") as file:
                marshal.dump(profile.stats, file)


def main() -> None:
    folder = Path(os.environ["CROSSWALK_STATE"]) / os.environ["CROSSWALK_WORKER"]
    folder.mkdir(parents=True, exist_ok=True)
    threading.Thread(target=_dump_for_ever, args=(folder,), daemon=True).start()
    threading.Thread.run = _profiled_run  # type: ignore[method-assign]
    from crosswalk.cli import main as command_line  # noqa: PLC0415 - the patch comes first

    command_line()


if __name__ == "__main__":
    main()
