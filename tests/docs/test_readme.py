"""The commands of the README run and print what it says; what it says is there is there.

The demonstration itself is tested elsewhere (`make test` ends with it). Blocks are marked: `sh run` needs nothing, `sh
run demo` the folder that a demonstration leaves, `sh run kafka` a node on the port that the README names.
"""

import os
import re
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import typer

from crosswalk import cli
from crosswalk.demo.story import story
from crosswalk.demo.story.steps import Say
from ledger import Ledger, load_or_create
from tests.docs.pages import ROOT, Fence, fences
from tests.ledger import rig

README = ROOT / "README.md"
SECONDS = 120
PORT = 9092
OURS = re.compile(r"`?crosswalk ((?:[a-z]+ ?){1,2})")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder that looks like the project's top, in which commands may leave what they make."""
    for path in ROOT.iterdir():
        if path.is_dir() and not path.name.startswith("."):
            (tmp_path / path.name).symlink_to(path)
    return tmp_path


def run(block: Fence, place: Path) -> str:
    """What the commands of a block print, standard output and errors; a failing command fails the test."""
    ours = ("CROSSWALK_", "KAFKA_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours) or name == "CROSSWALK_CACHE"}
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {**kept, "PATH": path, "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block.text],
        cwd=place, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=SECONDS,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"README line {block.line}: status {done.returncode}\n{done.stdout}"
    return done.stdout


def said_after(block: Fence) -> str:
    """The text block that follows a command block at once, `""` when none does."""
    blocks = fences(README)
    after = blocks[blocks.index(block) + 1 :][:1]
    lines = block.text.count("\n") + 2
    return after[0].text if after and after[0].words == "text" and after[0].line == block.line + lines else ""


def check(block: Fence, place: Path) -> None:
    """Run a block and compare; `...` in the README stands for anything."""
    printed, expected = run(block, place), said_after(block)
    pattern = re.escape(expected).replace(re.escape("..."), ".*")
    assert re.fullmatch(pattern, printed, re.DOTALL), f"README line {block.line} prints something else:\n{printed}"


def blocks(words: str) -> list[Fence]:
    return [block for block in fences(README) if block.words == words]


def test_the_first_steps_of_an_agency_run(place: Path) -> None:
    steps = blocks("sh run")
    assert len(steps) >= 2
    for block in steps:
        check(block, place)


def test_the_ledger_commands_run_on_what_a_demonstration_leaves(place: Path) -> None:
    broker = place / "my-demo" / "broker"
    broker.mkdir(parents=True)
    with closing(Ledger.open(f"sqlite:///{broker / 'ledger.db'}", load_or_create(broker / "broker.keys"))) as ledger:
        rig.write(ledger, rig.an_event("readme", rig.a_subject(ledger), "oakfield-primary"))
        assert rig.number(ledger) == 1
    steps = blocks("sh run demo")
    assert len(steps) >= 2
    for block in steps:
        check(block, place)


@pytest.mark.wire
def test_a_broker_by_hand_runs(place: Path) -> None:
    with closing(socket.socket()) as probe:
        if probe.connect_ex(("127.0.0.1", PORT)) == 0:
            pytest.skip(f"somebody else listens on port {PORT}, which the README uses")
    run(blocks("sh run")[-1], place)
    (block,) = blocks("sh run kafka")
    try:
        check(block, place)
    finally:
        subprocess.run([sys.executable, "-m", "crosswalk", "broker", "down"], cwd=place, check=False, timeout=SECONDS)


def commands() -> set[str]:
    """Every command that the product has, as `broker up`."""
    cli._mount()
    found = set()
    group = typer.main.get_command(cli.app)
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        found |= {name, *(f"{name} {inner}" for inner in getattr(command, "commands", {}))}
    return found


def test_every_command_that_the_readme_shows_exists_and_no_other_is_said_to_be_missing() -> None:
    there, missing = README.read_text(encoding="utf-8").split("## What is not there yet")
    known = commands()
    for words in OURS.findall(there):
        parts = words.split()
        assert parts[0] in known or parts[0] not in {c.split()[0] for c in known}, words
    shown = {
        m.split()[0] for block in fences(README) if block.words.startswith("sh run") for m in OURS.findall(block.text)
    }
    assert shown <= known
    assert [words for words in re.findall(r"`crosswalk ([a-z]+)`", missing) if words in known] == []


def test_the_demonstration_is_shown_in_its_own_words() -> None:
    """The run is a real one; here its words are held against the story and the checker, so that it does not age."""
    shown = next(block.text for block in fences(README) if "What the independent checker found" in block.text)
    told, found = shown.split("\n\n", 1)
    said = [step.text for step in story(1) if isinstance(step, Say)]
    assert [line for line in told.splitlines() if line != "..." and line[3:] not in said] == []
    report = (ROOT / "checker" / "report.py").read_text()
    words = [re.sub(r"^[\d,.MB\s]+(yes )?\s*|\d+\.\d s: ", "", line) for line in found.splitlines()]
    assert [line for line in words if line and line.removeprefix("checked in ") not in report] == []
    assert all(f"{0:>11}  {kind}" in found for kind in ("lost", "seen twice", "leaks", "out of order"))


def test_every_room_is_on_the_readmes_list() -> None:
    text = README.read_text(encoding="utf-8")
    assert [room for room in sorted(cli.OUR_ROOMS) if f"`{room}/`" not in text] == []


def test_the_make_targets_that_the_readme_names_exist() -> None:
    makefile = (ROOT / "Makefile").read_text()
    named = set(re.findall(r"(?m)(?:`|^)make ([a-z]+)", README.read_text()))
    assert {"demo", "test"} <= named
    assert [name for name in sorted(named) if f"\n{name}:" not in makefile] == []
