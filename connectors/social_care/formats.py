"""The file format of social care: exported tables of the Standard Safeguarding Dataset, seals and the register.

Left out: where the files lie. Rule: the headings say which table a file is; the person's columns are joined in the
export, or from an `ssd_person` file that is handed in.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from connectors.native.table import TableRow, read_table
from connectors.native.text import one_line
from connectors.ports import Refused, Translation
from connectors.social_care import translate
from connectors.social_care.records import TABLES


def unjoined(_: str) -> Mapping[str, str] | None:
    """No person table was handed in."""
    return None


class Dataset:
    """Tables of the Standard Safeguarding Dataset, one a file."""

    name = "social-care-ssd"
    suffixes: tuple[str, ...] = (".csv",)

    def __init__(self, persons: translate.Persons = unjoined) -> None:
        self._persons = persons

    def read(self, raw: bytes, file: str) -> Iterator[TableRow | Refused]:
        """Rows of whichever table the headings show."""
        return read_table(raw, file, TABLES)

    def translate(self, record: TableRow, now: datetime) -> Sequence[Translation]:
        """A decision, plan, allocation, involvement or seal."""
        return (translate.row(record, now, self._persons),)


def persons_of(raw: bytes, file: str) -> Mapping[str, Mapping[str, str]]:
    """Persons by id from an `ssd_person` file; empty for any other file."""
    rows = (row for row in read_table(raw, file, TABLES) if isinstance(row, TableRow) and row.table == "ssd_person")
    return {one_line(row.values.get("person_id", "")): row.values for row in rows if not row.ragged}
