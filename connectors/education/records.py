"""The local authority's rolls as one table: who is registered where, from when to when.

Left out: finding a child on it (`rolls`). Rule: a row that cannot be read is refused here and never sent; no row ever
leaves.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from connectors.native.moments import day_of
from connectors.native.outcome import RAGGED
from connectors.native.reading import Reading
from connectors.native.table import Columns, TableRow
from connectors.ports import Refused

ROLL = Columns(
    json.loads(Path(__file__).with_name("headings.json").read_text(encoding="utf-8")),
    frozenset({"surname", "forename", "birth_date", "urn", "setting_name"}),
)
_URN_DIGITS = 6


@dataclass(frozen=True, slots=True, repr=False)
class Pupil:
    """One registration: a child at a setting for a time."""

    surname: str
    forename: str
    birth_date: date
    urn: str
    setting_name: str
    upn: str | None = None
    known_as: str | None = None
    postcode: str | None = None
    phone: str | None = None
    enrolled_from: date | None = None
    enrolled_to: date | None = None

    def is_current(self, day: date) -> bool:
        """Whether the child is registered there on a day, its first and last included."""
        return (self.enrolled_from or day) <= day <= (self.enrolled_to or day)


def pupil(row: TableRow, now: datetime) -> Pupil | Refused:
    """One row of the roll. A wrong UPN, postcode or number costs the row nothing but that."""
    if row.ragged:
        return RAGGED
    reading = Reading(row.values)
    born = reading.date("birth_date", "birth_date", by=day_of(now))
    found = {column: reading.short(column, column) for column in ("surname", "forename", "urn", "setting_name")}
    for column, value in (*found.items(), ("birth_date", born)):
        reading.require(column, column, value)
    urn = (found["urn"] or "").removesuffix(".0")
    if urn and not (len(urn) == _URN_DIGITS and urn.isascii() and urn.isdigit()):
        reading.fault("BAD_URN", "urn", "urn", "expected six digits")
    extra = Pupil(
        found["surname"] or "",
        found["forename"] or "",
        born or date.min,
        urn,
        found["setting_name"] or "",
        reading.upn("upn"),
        reading.short("known_as", "child.known_as"),
        reading.postcode("postcode"),
        reading.short("phone", "child.telephone"),
        reading.date("enrolled_from", "enrolled_from"),
        reading.date("enrolled_to", "enrolled_to"),
    )
    fault = reading.refusing()
    return Refused(fault.code, fault.field, fault.reason) if fault else extra
