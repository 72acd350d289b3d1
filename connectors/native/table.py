"""Comma-separated exports to rows with names, whatever their headings, separators and broken quotes.

Left out: what the columns mean (each format hands in its headings). Rules: reading never fails and one bad row spoils
only itself: a quote that is never closed, or a text over more lines than any real one, ends its own row and the next
line is read afresh, and so it is where one stray quote is closed by another further down, with rows in between. A cell
too many in a row is put back into the column that holds free text, and the row says that it was so. Where two headings
mean one column, its first cell that holds something counts; columns of which nothing may be lost gather what stands
under all of them. What spreadsheets put around a value (`="0012"`, `sep=;`) is not part of it.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from connectors.native.text import MAX_FILE_BYTES, decode, heading
from connectors.ports import Refused, Row

MAX_LINES_OF_A_ROW = 5_000
"""A pasted conversation runs over a thousand."""
MAX_LINES_OF_HEADINGS = 40
SEPARATORS = ",;\t|"

_SEPARATOR_LINE = re.compile(r"\s*sep=.?\s*", re.IGNORECASE)
"""What Excel puts before the headings to say what stands between cells."""
_IN_BRACKETS = re.compile(r"\([^()]*\)")
_FORMULA = re.compile(r'\s*="([^"]*)"\s*')
"""How a spreadsheet is made to keep leading zeros."""

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
        gathered: Columns that keep what stands under each of several headings for them.
    """

    names: tuple[str | None, ...]
    separator: str
    elastic: str | None = None
    gathered: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one kind of table: the spellings that vendors use for each of ours.

    Attributes:
        spellings: Our column name to the headings under which it may stand.
        required: Columns without which a file is not of this kind.
        elastic: See `Headings`, as for `gathered`.
    """

    spellings: Mapping[str, Sequence[str]]
    required: frozenset[str]
    elastic: str | None = None
    gathered: frozenset[str] = frozenset()
    _index: dict[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        index = {heading(s): ours for ours, spellings in self.spellings.items() for s in (ours, *spellings)}
        object.__setattr__(self, "_index", index)

    def match(self, first_line: str) -> Headings | None:
        """Where our columns stand under these headings, or None if a required one is missing."""
        best = max((self._headings(first_line, s) for s in SEPARATORS), key=lambda h: len({n for n in h.names if n}))
        return best if self.required <= {n for n in best.names if n} else None

    def missing(self, first_line: str) -> list[str]:
        """Required columns for which there is no heading."""
        found = {name for separator in SEPARATORS for name in self._headings(first_line, separator).names}
        return sorted(self.required - found)

    def _headings(self, first_line: str, separator: str) -> Headings:
        names = tuple(map(self._name, _cells(first_line, separator)))
        return Headings(names, separator, self.elastic, self.gathered)

    def _name(self, cell: str) -> str | None:
        """Our column under a heading; what stands in brackets only says how it is to be written."""
        return self._index.get(heading(cell)) or self._index.get(heading(_IN_BRACKETS.sub("", cell)))


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
    """The line of the headings: the first that holds something, with those over which its quotes run."""
    lines = lines_of(text[:20_000])
    at, end = _place_of_headings(lines)
    return "".join(lines[at:end])


def _place_of_headings(lines: Sequence[str]) -> tuple[int, int]:
    """Where the headings begin, and where the rows do."""
    full = (i for i, line in enumerate(lines) if line.strip() and not _SEPARATOR_LINE.fullmatch(line))
    at = next(full, len(lines))
    for end in range(at + 1, min(at + MAX_LINES_OF_HEADINGS, len(lines)) + 1):
        if "".join(lines[at:end]).count('"') % 2 == 0:
            return at, end
    return at, at + 1


@dataclass(frozen=True, slots=True)
class _Cells:
    values: Mapping[str, str]
    written: str
    ragged: bool
    otherwise: Mapping[str, str]


def _rows(text: str, headings: Headings) -> Iterator[_Cells]:
    """Every row under the headings; blank rows are passed over."""
    lines = lines_of(text)
    at = _place_of_headings(lines)[1]
    while at < len(lines):
        cells, used, broken = _next_row(lines, at, headings)
        written = "".join(lines[at : at + used]).strip("\r\n")
        if any(cell.strip() for cell in cells):
            yield _row(cells, headings, written, broken=broken)
        at += used


def _next_row(lines: list[str], at: int, headings: Headings) -> tuple[list[str], int, bool]:
    """Cells of the row at `at`, lines that it used, and whether its quotes are broken."""
    several = min(len(lines), at + (MAX_LINES_OF_A_ROW if '"' in lines[at] else 1))
    reader = csv.reader((lines[i] for i in range(at, several)), delimiter=headings.separator)
    try:
        cells = next(reader, [])
        used = max(reader.line_num, 1)
    except csv.Error:
        cells, used = [], 1
    closed = "".join(lines[at : at + used]).count('"') % 2 == 0
    fits = len(cells) == len(headings.names)
    if (used == 1 and (closed or fits)) or (fits and closed and _is_one_row(lines[at : at + used], headings)):
        return cells, used, False
    return _cells(lines[at], headings.separator), 1, True


def _is_one_row(lines: Sequence[str], headings: Headings) -> bool:
    """Whether several lines are one row with a text of several lines, not rows between two stray quotes."""
    try:
        next(csv.reader(lines, delimiter=headings.separator, strict=True))
    except csv.Error:
        return False
    rows = [_looks_like_a_row(line, lines[0], headings) for line in lines]
    return not rows[0] or not (rows[-1] or sum(rows[1:]) * 2 > len(rows) - 1)


def _looks_like_a_row(line: str, first: str, headings: Headings) -> bool:
    """Whether a line has enough cells, and its first is a key as the first line's is: `INC-0412` and `INC-0413`."""
    enough = line.count(headings.separator) >= len(headings.names) - 1
    shape = _shape(line, headings.separator)
    return enough and "9" in shape and shape == _shape(first, headings.separator)


def _shape(line: str, separator: str) -> str:
    """The first cell with every run of letters as `a` and every number as `9`."""
    cell = line.partition(separator)[0].strip('" ')
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "9", cell))


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
    otherwise = _named(headings, cells) if ragged else {}
    surplus = len(cells) - len(names)
    if surplus > 0 and headings.elastic in names:
        where = names.index(headings.elastic)
        middle = headings.separator.join(cells[where : where + surplus + 1])
        cells = [*cells[:where], middle, *cells[where + surplus + 1 :]]
    return _Cells(_named(headings, cells), written, ragged, otherwise)


def _named(headings: Headings, cells: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, cell in zip(headings.names, map(_plain, cells), strict=False):
        if name is None:
            continue
        held = found.get(name, "")
        if name in headings.gathered and held.strip() and cell.strip() not in ("", held.strip()):
            found[name] = f"{held}\n{cell}"
        elif not held.strip():
            found[name] = cell
    return found


def _plain(cell: str) -> str:
    written = _FORMULA.fullmatch(cell)
    return written[1] if written else cell
