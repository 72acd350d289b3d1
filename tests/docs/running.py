"""Running the commands that a page shows, and holding what they print against what the page says they print."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, Fence, fences

SECONDS = 120


def project_like(folder: Path) -> Path:
    """Make a folder look like the project's top, so that commands may leave in it what they make."""
    for path in ROOT.iterdir():
        if path.is_dir() and not path.name.startswith("."):
            (folder / path.name).symlink_to(path)
    return folder


def blocks(page: Path, words: str) -> list[Fence]:
    """The page's blocks that are marked so."""
    return [block for block in fences(page) if block.words == words]


def run(page: Path, block: Fence, place: Path) -> str:
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
    assert done.returncode == 0, f"{page.name} line {block.line}: status {done.returncode}\n{done.stdout}"
    return done.stdout


def said_after(page: Path, block: Fence) -> str:
    """The text block that follows a command block at once, `""` when none does."""
    all_of_them = fences(page)
    after = all_of_them[all_of_them.index(block) + 1 :][:1]
    lines = block.text.count("\n") + 2
    return after[0].text if after and after[0].words == "text" and after[0].line == block.line + lines else ""


def check(page: Path, block: Fence, place: Path) -> None:
    """Run a block and compare; `...` on the page stands for anything."""
    printed, expected = run(page, block, place), said_after(page, block)
    pattern = re.escape(expected).replace(re.escape("..."), ".*")
    if not re.fullmatch(pattern, printed, re.DOTALL):
        pytest.fail(f"{page.name} line {block.line} prints something else:\n{printed}")
