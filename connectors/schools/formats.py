"""The file formats of schools: the concern log, acknowledgements and attendance thresholds, as comma-separated exports.

Left out: where the files lie and what becomes of a translated row after this.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from connectors.native.documents import read_documents
from connectors.native.table import TableRow, read_table
from connectors.ports import Document, Refused, Row, Translation
from connectors.schools import translate
from connectors.schools.records import ACKNOWLEDGEMENTS, ATTENDANCE, CONCERNS


class Concerns:
    """The export of a concern log (the CPOMS kind): only rows marked for sharing leave."""

    name = "schools-concerns"
    suffixes: tuple[str, ...] = (".csv",)

    def read(self, raw: bytes, file: str) -> Iterator[TableRow | Refused]:
        """Rows of the log, under any of the known headings."""
        return read_table(raw, file, {"concerns": CONCERNS})

    def translate(self, record: TableRow, now: datetime) -> Sequence[Translation]:
        """A referral, a shared concern, a drop or a refusal."""
        return (translate.concern(record, now),)


class Acknowledgements:
    """What a school answers to notices: comma-separated or JSON."""

    name = "schools-acknowledgements"
    suffixes: tuple[str, ...] = (".csv", ".json")

    def read(self, raw: bytes, file: str) -> Iterator[Row | Refused]:
        """Rows of a table, or objects of a JSON file."""
        if raw.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
            return (_row(item) for item in read_documents(raw, file, ("acknowledgements",)))
        return iter(read_table(raw, file, {"acknowledgements": ACKNOWLEDGEMENTS}))

    def translate(self, record: Row, now: datetime) -> Sequence[Translation]:
        """The acknowledgement of one exchange."""
        return (translate.acknowledgement(record, now),)


class Attendance:
    """Pupils whose absence reached a threshold of the regulations."""

    name = "schools-attendance"
    suffixes: tuple[str, ...] = (".csv",)

    def read(self, raw: bytes, file: str) -> Iterator[TableRow | Refused]:
        """Rows of the table."""
        return read_table(raw, file, {"attendance": ATTENDANCE})

    def translate(self, record: TableRow, now: datetime) -> Sequence[Translation]:
        """The threshold that one pupil reached."""
        return (translate.attendance(record, now),)


def _row(item: Document | Refused) -> Row | Refused:
    return item if isinstance(item, Refused) else Row(item.file, item.index, _texts(item.body))


def _texts(body: Mapping[str, object]) -> dict[str, str]:
    """An object's plain values as a table would have them; what is nested is not read."""
    return {
        key: str(value).lower() if isinstance(value, bool) else str(value)
        for key, value in body.items()
        if isinstance(value, str | int | float)
    }
