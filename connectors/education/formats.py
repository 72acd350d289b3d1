"""The file format of the education service: rolls, which are read, checked and never sent.

Left out: answering from them (`rolls`).
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from connectors.education.records import ROLL, pupil
from connectors.native.table import TableRow, read_table
from connectors.ports import Dropped, Refused, Translation

_STAYS = Dropped("ROLL_STAYS", "rolls stay with the local authority: questions are answered from them")


class Roll:
    """A roll of pupils: every row stays, or is refused."""

    name = "education-roll"
    suffixes: tuple[str, ...] = (".csv",)

    def read(self, raw: bytes, file: str) -> Iterator[TableRow | Refused]:
        """Rows of the roll."""
        return read_table(raw, file, {"roll": ROLL})

    def translate(self, record: TableRow, now: datetime) -> Sequence[Translation]:
        """A refusal, or the drop that says that rolls stay."""
        found = pupil(record, now)
        return (found if isinstance(found, Refused) else _STAYS,)
