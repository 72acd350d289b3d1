"""Decisions are complete: numbered without a hole, short, with a status, a question, an outcome and a cost."""

from pathlib import Path

import pytest

from tests.docs.pages import ROOT

FILES = sorted((ROOT / "docs" / "adr").glob("0*.md"))


def test_decisions_are_numbered_without_a_hole() -> None:
    assert [int(path.name[:4]) for path in FILES] == list(range(1, len(FILES) + 1))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_decision_says_what_it_answers_and_what_it_costs(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    title = text.partition("\n")[0]
    assert title.startswith(f"# {int(path.name[:4])}. ")
    assert len(text.splitlines()) <= 30
    places = [text.find(f"**{part}") for part in ("Status:**", "Question.**", "Outcome.**", "Cost.**")]
    assert -1 not in places, "a decision has status, question, outcome and cost"
    assert places == sorted(places)
