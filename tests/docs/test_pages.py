"""Our pages hold together: every link leads somewhere, and nothing of one machine stands in them or in the code."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, kept_files

PAGES = kept_files(".md")
_LINK = re.compile(r"\[[^\]]*\]\((?P<to>[^)\s]+)\)")
_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
_HEADING = re.compile(r"^#+ (?P<words>.+)$", re.MULTILINE)

FORBIDDEN = {
    "a mark of unfinished work": r"\b(TODO|FIXME|XXX|HACK)\b",
    "a folder of one machine": r"/home/(?!crosswalk\b|runner\b)\w|/Users/\w|/(?:root|work)/",
    "a host of packages": r"\bpypi\.org|files\.pythonhosted|repo1?\.maven|maven\.org|index-url",
    "an address of a private network": r"\b(10\.\d+|192\.168|172\.(1[6-9]|2\d|3[01]))\.\d+\.\d+\b",
    "a word about how this was written": r"\b(?i:issue #?\d+|claude|chatgpt|llm|language model)\b|\bAI\b",
}
TEXTS = (
    ".py", ".md", ".yaml", ".yml", ".toml", ".json", ".avsc", ".csv", ".hl7", ".html", ".css", ".js", ".sh", ".svg",
)  # fmt: skip


def links(page: Path) -> Iterator[str]:
    """Where the links of a page lead, those in code left out."""
    for found in _LINK.finditer(_CODE.sub("", page.read_text(encoding="utf-8"))):
        yield found["to"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    for link in links(page):
        if "://" in link or link.startswith("mailto:"):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{page.name}: {link} leads nowhere"
        assert target.is_relative_to(ROOT), f"{page.name}: {link} leads out of the project"
        if anchor and target.suffix == ".md":
            assert anchor in anchors(target), f"{page.name}: {link} names no heading"


def anchors(page: Path) -> set[str]:
    """Anchors of a page's headings."""
    found = (match["words"].lower() for match in _HEADING.finditer(page.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", words).replace(" ", "-") for words in found}


@pytest.mark.parametrize("kind", FORBIDDEN)
def test_nothing_of_one_machine_and_nothing_unfinished_is_kept(kind: str) -> None:
    pattern = re.compile(FORBIDDEN[kind])
    found = []
    for path in kept_files(*TEXTS):
        if path == Path(__file__):
            continue  # it names what it looks for
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
            if pattern.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}")
    assert found == [], f"{kind} stands in {', '.join(found[:20])}"


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("a mark of unfinished work", "# TODO later"),
        ("a folder of one machine", "see /home/anna/notes"),
        ("a host of packages", "https://pypi.org/simple"),
        ("an address of a private network", "bootstrap: 192.168.0.7:9092"),
        ("a word about how this was written", "as in issue 7"),
    ],
)
def test_each_kind_would_be_found(kind: str, line: str) -> None:
    assert re.search(FORBIDDEN[kind], line)


def test_every_decision_format_and_page_is_reached_from_the_readme() -> None:
    reached, todo = set(), [ROOT / "README.md"]
    while todo:
        page = todo.pop()
        if page in reached:
            continue
        reached.add(page)
        paths = (link.partition("#")[0] for link in links(page) if "://" not in link)
        todo += [(page.parent / path).resolve() for path in paths if path.endswith(".md")]
    kept = {page for page in PAGES if page.is_relative_to(ROOT / "docs") or page.parent == ROOT}
    assert kept - reached == set()
