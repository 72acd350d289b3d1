"""Reading the retention schedule of a partnership: `retention.yaml` beside its directory.

Left out: destroying anything (`ledger.shredding`). Rule: a line that lacks a part, or a word that stands twice, stops
the reading and is named.
"""

from pathlib import Path

from crosswalk.disclosures.processing import Line
from sharing.errors import Misconfigured
from streams.broker import read_yaml

FILE = "retention.yaml"


def read_schedule(partnership: Path) -> tuple[Line, ...]:
    """The lines of the schedule, in their order.

    Raises:
        Misconfigured: no such file, or a line is not whole; the message names it.
    """
    path = partnership / FILE
    document = read_yaml(path)
    rows = document.get("lines") if isinstance(document, dict) else None
    if not isinstance(rows, list) or not rows:
        raise Misconfigured(f"{path}: `lines` must hold at least one line of the schedule")
    found = tuple(_line(path, place, row) for place, row in enumerate(rows, 1))
    words = [one.line for one in found]
    for word in words:
        if words.count(word) > 1:
            raise Misconfigured(f"{path}: line '{word}' stands here twice")
    return found


def _line(path: Path, place: int, row: object) -> Line:
    parts = Line.__slots__
    if (
        not isinstance(row, dict)
        or set(row) != set(parts)
        or not all(isinstance(row[p], str) and row[p] for p in parts)
    ):
        raise Misconfigured(f"{path}: line {place} must have {', '.join(parts)}, each a text")
    return Line(**row)
