"""Comma-separated exports to rows with names, whatever their headings, separators and broken quotes.

Left out: what the columns mean (each format hands in its headings). Rules: reading never fails and one bad row spoils
only itself: a quote that is never closed, or a text over more lines than any real one, ends its own row and the next
line is read afresh. A cell too many in a row is put back into the column that holds free text, and the row says that
it was so.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from connectors.native.text import MAX_FILE_BYTES, decode, heading
from connectors.ports import Refused, Row

MAX_LINES_OF_A_ROW = 400
SEPARATORS = ",;\t|"

# The limit is the process's, not a reader's; a long narrative must not stop the rows behind it.
csv.field_size_limit(MAX_FILE_BYTES)


@dataclass(frozen=True, slots=True, repr=False)
class TableRow(Row):
    """One row of an export, by our column names; a column that the row or the file lacks is absent.

    Attributes:
        table: Which kind of table, as its format names it.
        written: The row as it stood, for the sender's own eyes.
        ragged: It has more or fewer cells than the headings, or a quote never closed: columns may have slipped.
        otherwise: How else a ragged row can be read: with what is too much at its end, not in its free text.
    """

    table: str = ""
    written: str = ""
    ragged: bool = False
    otherwise: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Headings:
    """Which of our columns stands where in a file.

    Attributes:
        names: Our column name by position, None for a column that we do not read.
        separator: Character between cells.
        elastic: Column that takes what is too much in a row: a free text whose comma was not quoted.
    """

    names: tuple[str | None, ...]
    separator: str
    elastic: str | None = None


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one kind of table: the spellings that vendors use for each of ours.

    Attributes:
        spellings: Our column name to the headings under which it may stand.
        required: Columns without which a file is not of this kind.
        elastic: See `Headings`.
    """

    spellings: Mapping[str, Sequence[str]]
    required: frozenset[str]
    elastic: str | None = None
    _index: dict[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        index = {heading(s): ours for ours, spellings in self.spellings.items() for s in (ours, *spellings)}
        object.__setattr__(self, "_index", index)

    def match(self, first_line: str) -> Headings | None:
        """Where our columns stand under these headings, or None if a required one is missing."""
        best = max(
            (self._headings(first_line, s) for s in SEPARATORS), key=lambda h: sum(n is not None for n in h.names)
        )
        return best if self.required <= {n for n in best.names if n} else None

    def missing(self, first_line: str) -> list[str]:
        """Required columns for which there is no heading."""
        found = {name for separator in SEPARATORS for name in self._headings(first_line, separator).names}
        return sorted(self.required - found)

    def _headings(self, first_line: str, separator: str) -> Headings:
        found: list[str | None] = []
        for cell in _cells(first_line, separator):
            name = self._index.get(heading(cell))
            found.append(None if name in found else name)
        return Headings(tuple(found), separator, self.elastic)


def read_table(raw: bytes, file: str, kinds: Mapping[str, Columns]) -> Iterator[TableRow | Refused]:
    """Rows of a file that holds one table of the given kinds, or one refusal that says which headings are expected.

    Args:
        raw: Bytes of the file.
        file: Its base name.
        kinds: Columns by kind of table, most particular first.
    """
    if len(raw) > MAX_FILE_BYTES:
        yield Refused("FILE_TOO_LARGE", "file", f"expected at most {MAX_FILE_BYTES} bytes")
        return
    text = decode(raw)
    head = first_line(text)
    found = [(kind, columns.match(head)) for kind, columns in kinds.items()]
    kind, headings = next(((k, h) for k, h in found if h is not None), ("", None))
    if headings is None:
        missing = min((columns.missing(head) for columns in kinds.values()), key=len)
        yield Refused("UNKNOWN_HEADINGS", ", ".join(missing), "the first line must hold headings for these columns")
        return
    for index, row in enumerate(_rows(text, headings), start=1):
        yield TableRow(file, index, row.values, kind, row.written, row.ragged, row.otherwise)


def lines_of(text: str) -> list[str]:
    """Physical lines with their ends, broken at CR, LF or CRLF only."""
    return list(io.StringIO(text, newline=""))


def first_line(text: str) -> str:
    """First line that holds something."""
    return next((line for line in islice(lines_of(text[:20_000]), 50) if line.strip()), "")


@dataclass(frozen=True, slots=True)
class _Cells:
    values: Mapping[str, str]
    written: str
    ragged: bool
    otherwise: Mapping[str, str]


def _rows(text: str, headings: Headings) -> Iterator[_Cells]:
    """Every row under the headings; blank rows are passed over."""
    lines = lines_of(text)
    at = next((i for i, line in enumerate(lines) if line.strip()), len(lines)) + 1
    while at < len(lines):
        cells, used, broken = _next_row(lines, at, headings)
        written = "".join(lines[at : at + used]).strip("\r\n")
        if any(cell.strip() for cell in cells):
            yield _row(cells, headings, written, broken=broken)
        at += used


def _next_row(lines: list[str], at: int, headings: Headings) -> tuple[list[str], int, bool]:
    """Cells of the row at `at`, lines that it used, and whether its quotes are broken."""
    reader = csv.reader(islice(lines, at, at + MAX_LINES_OF_A_ROW), delimiter=headings.separator)
    try:
        cells = next(reader, [])
        used = max(reader.line_num, 1)
    except csv.Error:
        cells, used = [], 1
    closed = "".join(lines[at : at + used]).count('"') % 2 == 0
    fits = len(cells) == len(headings.names)
    if (used == 1 and closed) or (fits and (closed or used == 1)):
        return cells, used, False
    return _cells(lines[at], headings.separator), 1, True


def _cells(line: str, separator: str) -> list[str]:
    """Cells of one physical line; a quote that never closes is taken as written."""
    for text in (line, line.replace('"', "'")):
        try:
            cells = next(csv.reader([text.strip("\r\n")], delimiter=separator), [])
        except csv.Error:
            continue
        if text.count('"') % 2 == 0:
            return cells
    return line.strip("\r\n").split(separator)


def _row(cells: list[str], headings: Headings, written: str, *, broken: bool) -> _Cells:
    names = headings.names
    ragged = broken or len(cells) != len(names)
    otherwise = _named(names, cells) if ragged else {}
    surplus = len(cells) - len(names)
    if surplus > 0 and headings.elastic in names:
        where = names.index(headings.elastic)
        middle = headings.separator.join(cells[where : where + surplus + 1])
        cells = [*cells[:where], middle, *cells[where + surplus + 1 :]]
    return _Cells(_named(names, cells), written, ragged, otherwise)


def _named(names: Sequence[str | None], cells: Sequence[str]) -> dict[str, str]:
    return {name: cell for name, cell in zip(names, cells, strict=False) if name is not None}
