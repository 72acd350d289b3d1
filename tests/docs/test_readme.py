"""The commands of the README run and print what it says; what it says is there is there.

The demonstration itself is tested elsewhere (`make test` ends with it). Blocks are marked: `sh run` needs nothing, `sh
run demo` the folder that a demonstration leaves, `sh run kafka` a node on the port that the README names.
"""

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
from tests.docs.pages import ROOT, fences
from tests.docs.running import SECONDS, blocks, check, project_like, run
from tests.ledger import rig

README = ROOT / "README.md"
PORT = 9092
OURS = re.compile(r"`?crosswalk ((?:[a-z]+ ?){1,2})")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return project_like(tmp_path)


def test_the_first_steps_of_an_agency_run(place: Path) -> None:
    steps = blocks(README, "sh run")
    assert len(steps) >= 2
    for block in steps:
        check(README, block, place)


def test_the_ledger_commands_run_on_what_a_demonstration_leaves(place: Path) -> None:
    broker = place / "my-demo" / "broker"
    broker.mkdir(parents=True)
    with closing(Ledger.open(f"sqlite:///{broker / 'ledger.db'}", load_or_create(broker / "broker.keys"))) as ledger:
        rig.write(ledger, rig.an_event("readme", rig.a_subject(ledger), "oakfield-primary"))
        assert rig.number(ledger) == 1
    steps = blocks(README, "sh run demo")
    assert len(steps) >= 2
    for block in steps:
        check(README, block, place)


@pytest.mark.wire
def test_a_broker_by_hand_runs(place: Path) -> None:
    with closing(socket.socket()) as probe:
        if probe.connect_ex(("127.0.0.1", PORT)) == 0:
            pytest.skip(f"somebody else listens on port {PORT}, which the README uses")
    run(README, blocks(README, "sh run")[-1], place)
    (block,) = blocks(README, "sh run kafka")
    try:
        check(README, block, place)
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
