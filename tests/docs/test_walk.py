"""The walk of one event: the page's own blocks run in order and print what the page says."""

import io
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, fences


def test_the_walk_runs_and_prints_what_the_page_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    page = ROOT / "docs" / "walk.md"
    world: dict[str, object] = {"__name__": "walk"}
    blocks = fences(page)
    assert sum(block.words == "python" for block in blocks) > 8
    for number, block in enumerate(blocks):
        if block.words != "python":
            continue
        said = io.StringIO()
        with redirect_stdout(said):
            exec(compile("\n" * block.line + block.text, str(page), "exec"), world)
        after = blocks[number + 1] if number + 1 < len(blocks) else None
        expected = after.text if after is not None and after.words == "text" else ""
        assert said.getvalue() == expected, f"{page.name}: the block at line {block.line} prints something else"


def test_the_walk_visits_every_step_of_the_design() -> None:
    headings = [line for line in (ROOT / "docs" / "walk.md").read_text().splitlines() if line.startswith("## ")]
    assert [heading.split(".")[0] for heading in headings[:-1]] == [
        "## 1", "## 2 and 3", "## 4 to 10", "## 11", "## 12 and 13", "## 14",
    ]  # fmt: skip


def test_a_page_that_lies_is_caught(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```python\nprint(1)\n```\n```text\n2\n```\n")
    code, said = fences(page)
    assert (code.words, code.text, said.text) == ("python", "print(1)\n", "2\n")
