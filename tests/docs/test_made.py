"""Pages and pictures that come from the code are what the code would write now."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from docs import made as making
from docs.made import between_marks, golive, made
from sharing.events import EVENT_TYPES
from sharing.reconciliation.rules import RULES
from sharing.routing import ROUTES
from sharing.vocabulary import FieldClass

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize(("path", "text"), list(made()), ids=lambda value: getattr(value, "name", ""))
def test_every_made_page_is_current(path: Path, text: str) -> None:
    assert path.read_text(encoding="utf-8") == text, f"docs/{path.name} is out of date; run: python -m docs.made"


def test_every_clock_and_every_route_has_its_row() -> None:
    clocks, routes = (making.DOCS / name for name in ("clocks.md", "routes.md"))
    assert all(f"| {name} |" in clocks.read_text() for name in RULES)
    assert all(f"| {event} |" in routes.read_text() for event in ROUTES)


def test_every_class_and_every_event_is_explained() -> None:
    page = (making.DOCS / "glossary.md").read_text()
    for one in FieldClass:
        row = next(line for line in page.splitlines() if line.startswith(f"| **{one.value}** |"))
        assert row.split("|")[2].strip(), f"class {one.value} has no meaning"
    assert all(f"| `{event}` |" in page for event in EVENT_TYPES)


def test_the_picture_is_sound_and_reaches_every_agency_from_both_sides() -> None:
    drawn = ET.parse(making.DOCS / "flow.svg").getroot()
    words = [text.text or "" for text in drawn.iter(f"{SVG}text")]
    assert drawn.find(f"{SVG}title") is not None
    for agency in ("police", "social-care", "schools", "health", "education"):
        assert f"writes in.{agency}.<organisation>" in words
        assert f"reads out.{agency}.<organisation>" in words
    assert "writes seals.schools.<organisation>" not in words, "a school may not seal"


def test_a_page_without_its_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="marks"):
        between_marks("# Words\n", "made")


def test_what_people_wrote_around_the_marks_stays() -> None:
    page = f"before\n{making.START}old\n{making.END}after\n"
    assert between_marks(page, "new\n") == f"before\n{making.START}new\n{making.END}after\n"


def test_a_duty_does_not_take_the_right_to_object_from_what_goes_beyond_it():
    rows = {row.split(" | ")[0].lstrip("| "): row for row in golive.objection().splitlines()}
    assert "6(1)(c) and (e)" in rows["protection"]
    assert "Not where the statute obliges" in rows["protection"]
    assert "For the rest: yes" in rows["protection"]
    assert "No: a legal obligation" in rows["attendance"]
    assert "Part 3 knows no right to object" in rows["missing-child"]


def test_every_purpose_that_moves_data_of_special_weight_has_its_condition():
    for row in golive.conditions().splitlines()[2:]:
        assert "Sch 1 para" in row or "Sch 8 para" in row, row
