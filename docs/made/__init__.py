"""Pages and pictures that are made from the code that runs, so that they cannot lie.

`python -m docs.made` writes them; a test fails while one of them is not what it would write. Left out: pages that
people write (the rest of `docs/`). Rules: the same sources always give the same bytes; a page that is partly written
by people has its made part between two marks.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from docs.made import golive
from docs.made.events import events
from docs.made.flow import flow
from docs.made.pages import clocks, decisions, routes
from docs.made.words import words

DOCS = Path(__file__).resolve().parent.parent
START = "<!-- made by `python -m docs.made`: from here -->\n"
END = "<!-- made: to here -->\n"

WHOLE: Mapping[str, Callable[[], str]] = {
    "flow.svg": flow,
    "clocks.md": clocks,
    "routes.md": routes,
    "events.md": events,
    "adr/README.md": decisions,
}
PARTLY: Mapping[str, Callable[[], str]] = {
    "glossary.md": words,
    "go-live/dpia.md": golive.dpia,
    "go-live/arrangement.md": golive.arrangement,
    "go-live/privacy-notice.md": golive.notice,
    "go-live/objections.md": golive.objection,
    "go-live/retention.md": golive.schedule,
    "go-live/policy-document.md": golive.conditions,
}


def made(docs: Path = DOCS) -> Iterator[tuple[Path, str]]:
    """Every made file with the text that it should have.

    Args:
        docs: Folder of the pages; partly made ones are read from it.

    Raises:
        ValueError: a partly made page has lost its marks.
    """
    for name, text in WHOLE.items():
        yield docs / name, text()
    for name, text in PARTLY.items():
        yield docs / name, between_marks((docs / name).read_text(encoding="utf-8"), text())


def between_marks(page: str, text: str) -> str:
    """The page with `text` in the place of what stands between its marks.

    Raises:
        ValueError: the page has not exactly one pair of marks.
    """
    before, start, rest = page.partition(START)
    _, end, after = rest.partition(END)
    if not start or not end or START in after:
        raise ValueError("a partly made page has one pair of marks")
    return before + START + text + END + after
