"""`crosswalk demo`: plays the story, then lets the independent checker judge it.

Left out: the story, the playing, the judging. Rules: the figures are the checker's, never the application's own;
Ctrl-C ends every process at any moment, and so do SIGTERM and a terminal that is closed; whatever went wrong ends with
status 1, whatever could not be run at all with status 2.
"""

import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from crosswalk import PACKAGE
from crosswalk.demo.plant import OUTSIDE, plant_fault
from crosswalk.demo.play import Player, Stuck
from crosswalk.demo.story import story
from crosswalk.demo.story.steps import Offline, Say, Step
from crosswalk.demo.world import World
from deploy.embedded import bootstrap_servers
from sharing.errors import Misconfigured, Retryable
from streams.planted import EARLY_COMMIT

START = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
PLANTS = (*OUTSIDE, EARLY_COMMIT)


def demo(
    once: Annotated[
        bool, typer.Option("--once", help="End after the judgement instead of keeping the console up.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The last line of standard output is the judgement.")] = False,
    seed: Annotated[int, typer.Option(help="Another seed gives other names, addresses and ids.")] = 1,
    keep: Annotated[Path | None, typer.Option(help="Keep everything in this folder; it must be empty.")] = None,
    plant: Annotated[str, typer.Option(help=f"Plant a fault that the checker must find: {', '.join(PLANTS)}.")] = "",
) -> None:
    """Four agencies, real Kafka, faults on the way; judged by a checker that knows nothing of the product."""
    words = Console(stderr=True, highlight=False)
    if plant and plant not in PLANTS:
        raise Misconfigured(f"--plant: expected one of {', '.join(PLANTS)}")
    began = time.time()
    with _interrupted_once(), _folder(keep) as folder:
        words.print(f"[dim]Everything is in {folder}[/dim]")
        with bootstrap_servers(folder / "kafka") as bootstrap:
            status = _demonstrate(folder, bootstrap, words, began, once=once, as_json=as_json, seed=seed, plant=plant)
    raise typer.Exit(status)


@contextmanager
def _interrupted_once() -> Iterator[None]:
    """The first signal that asks to end is an interrupt; no later one cuts the ending short.

    A terminal that is closed ends it too, unless it was started to outlive its terminal (`nohup`).
    """
    outlives = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    asking = (signal.SIGINT, signal.SIGTERM, *(() if outlives else (signal.SIGHUP,)))

    def end(*_: object) -> None:
        for number in asking:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = [signal.signal(number, end) for number in asking]
    try:
        yield
    finally:
        for number, handler in zip(asking, before, strict=True):
            signal.signal(number, handler)


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        if keep.exists() and any(keep.iterdir()):
            raise Misconfigured(f"--keep {keep}: the folder is not empty; name a new one")
        keep.mkdir(parents=True, exist_ok=True)
        yield keep.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="crosswalk-demo-", ignore_cleanup_errors=True) as made:
        yield Path(made)


def _demonstrate(
    folder: Path, bootstrap: str, words: Console, began: float, *, once: bool, as_json: bool, seed: int, plant: str
) -> int:
    steps = story(seed)
    apart = frozenset(step.organisation for step in steps if isinstance(step, Offline))
    world = World(folder, bootstrap, apart)
    if plant == EARLY_COMMIT:
        world.extra["CROSSWALK_PLANT"] = plant
    try:
        world.make(START)
        if not (folder / "kafka").exists():
            world.expect_unused()
        world.start()
        played = _play(world, steps, words)
        if plant in OUTSIDE:
            plant_fault(plant, folder, bootstrap)
        stays = not once and not as_json
        if not stays:
            world.stop()  # all is quiet: what is judged lies still
        status = judge(folder, bootstrap, began, as_json=as_json)
        if stays:
            _stay(world, words)
    except KeyboardInterrupt:
        words.print("\nStopped; every process is ended.")
        return 130
    finally:
        world.stop()
    return status or played


def _play(world: World, steps: tuple[Step, ...], words: Console) -> int:
    """Play every step; 1 when the flow got stuck (the checker then says what is missing)."""
    player = Player(world, lambda chapter, text: words.print(f"[bold]{chapter or ' '}[/bold]  {text}"))
    try:
        with words.status("The broker and its agencies start ...") as spinner:
            for step in steps:
                if not isinstance(step, Say):
                    spinner.update(f"{world.clock():%A %H:%M} UTC, {type(step).__name__} ...")
                player.play(step)
            player.wait_quiet()
    except (Stuck, Retryable) as fault:
        words.print(f"[red]{fault}[/red]")
        return 1
    finally:
        player.close()
    return 0


def judge(folder: Path, bootstrap: str, began: float, *, as_json: bool) -> int:
    """Run the checker as a process of its own; its status is ours."""
    argv = [sys.executable, "-m", "checker", str(folder), "--kafka", bootstrap, "--since", f"{began:.0f}"]
    done = subprocess.run([*argv, *(["--json"] if as_json else [])], cwd=PACKAGE, check=False)
    return done.returncode


def _stay(world: World, words: Console) -> None:
    """Keep the world running behind its console until Ctrl-C."""
    argv = [sys.executable, "-m", "crosswalk", "console", "--agencies", str(world.folder / "agencies")]
    console = subprocess.Popen(argv, env=world.environment("console"), start_new_session=True)
    words.print("\nThe console opens once under the address below. Ctrl-C ends everything.")
    try:
        console.wait()
    finally:
        console.terminate()
        console.wait()
