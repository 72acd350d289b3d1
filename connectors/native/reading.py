"""One native record being read: each value to its type, and a note of each that could not be.

The rule of the house, in one place: what cannot be read of the *child* is marked unreadable and the event goes,
because a wrong postcode must not silence anybody; what cannot be read of the *matter* refuses the record, except in a
referral, which is never stopped: there everything unreadable is marked and the referral goes with what was written. A
fault names our column, never the file's own heading (a file without headings has a child's name there) and never a
value.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from connectors.native.children import is_nobody
from connectors.native.moments import day_of, start_of, to_date, to_moment
from connectors.native.text import MAX_NARRATIVE, MAX_SHORT, as_written, heading, one_line
from sharing.events import Child, Sex, Unreadable
from sharing.identity import identifiers
from sharing.identity.identifiers import Checked, Flaw

T = TypeVar("T")

_NO_FRACTION = re.compile(r"\.0+$", re.ASCII)
_EXCHANGE = re.compile(r"[0-9a-f]{32}", re.ASCII)
YES = frozenset({"y", "yes", "true", "t", "1"})
NO = frozenset({"n", "no", "false", "f", "0"})
SEXES: Mapping[str, Sex] = {
    "f": Sex.FEMALE,
    "female": Sex.FEMALE,
    "2": Sex.FEMALE,
    "m": Sex.MALE,
    "male": Sex.MALE,
    "1": Sex.MALE,
    "u": Sex.NOT_KNOWN,
    "unknown": Sex.NOT_KNOWN,
    "notknown": Sex.NOT_KNOWN,
    "0": Sex.NOT_KNOWN,
    "9": Sex.NOT_SPECIFIED,
    "notspecified": Sex.NOT_SPECIFIED,
    "i": Sex.NOT_SPECIFIED,
}
_WRONG = {
    Flaw.BAD_FORM: "expected the form of such an identifier",
    Flaw.BAD_CHECK: "its check digit or letter is wrong",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One value that could not be read.

    Attributes:
        code: Short upper-case code, such as `BAD_DATE`.
        field: Our name of the column, segment or JSON path.
        path: Path in the event, such as `child.birth_date`.
        reason: What is expected there; never a value.
        written: What stood there; for the event of a referral only, never for a message.
    """

    code: str
    field: str
    path: str
    reason: str
    written: str = ""

    def __repr__(self) -> str:
        return f"Fault({self.code}, {self.field})"


class Reading:
    """Typed access to one record's values by our column names; collects faults instead of raising."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values
        self.faults: list[Fault] = []

    def raw(self, column: str) -> str:
        """The value on one line, `""` if there is none."""
        return one_line(self.values.get(column, ""))

    def fault(self, code: str, column: str, path: str, reason: str) -> None:
        """Note that a column could not be read."""
        self.faults.append(Fault(code, column, path, reason, as_written(self.values.get(column, "").strip())))

    def short(self, column: str, path: str) -> str | None:
        """A name, reference, address line or telephone number."""
        text = self.raw(column)
        if len(text) > MAX_SHORT:
            self.fault("TOO_LONG", column, path, f"expected at most {MAX_SHORT} characters")
            return None
        return text or None

    def narrative(self, column: str, path: str) -> str | None:
        """Free text with its line breaks. Longer than may travel: cut, and marked as such."""
        text = self.values.get(column, "").strip()
        if len(text) > MAX_NARRATIVE:
            reason = f"over {MAX_NARRATIVE} characters: the beginning is given, the whole is in the sender's system"
            self.faults.append(Fault("TOO_LONG", column, path, reason, f"({reason})"))
            text = text[:MAX_NARRATIVE]
        return text or None

    def day(self, column: str, path: str) -> date | None:
        """A day in London: a date, or the day of a date and time, as systems keep days in columns for times."""

        def read(text: str) -> date | None:
            at = to_moment(text)
            return to_date(text) or (day_of(at) if at else None)

        return self._read(column, path, read, "BAD_DATE", "expected a date as dd/mm/yyyy or yyyy-mm-dd")

    def date(self, column: str, path: str, *, by: date | None = None) -> date | None:
        """A date, day before month; not after `by` where given."""
        found = self._read(column, path, to_date, "BAD_DATE", "expected a date as dd/mm/yyyy or yyyy-mm-dd")
        if found is not None and by is not None and found > by:
            self.fault("DATE_IN_FUTURE", column, path, "expected a date that is not in the future")
            return None
        return found

    def moment(self, column: str, path: str) -> datetime | None:
        """A date and time as UTC; without an offset it is clock time in London."""
        return self._read(column, path, to_moment, "BAD_TIME", "expected a date and time as dd/mm/yyyy HH:MM")

    def moment_or_day(self, column: str, path: str) -> datetime | None:
        """A date and time as UTC; a date alone is its first moment in London. For clocks that nobody waits on."""

        def read(text: str) -> datetime | None:
            day = to_date(text)
            return to_moment(text) or (start_of(day) if day else None)

        return self._read(column, path, read, "BAD_TIME", "expected a date, or a date and time as dd/mm/yyyy HH:MM")

    def code(self, column: str, path: str, table: Mapping[str, T]) -> T | None:
        """A value of a closed list; its keys are compared without case, blanks and punctuation."""
        return self._read(
            column, path, lambda text: table.get(heading(text)), "UNKNOWN_CODE", "not in the list of codes"
        )

    def flag(self, column: str, path: str) -> bool | None:
        """Yes or no."""
        table = dict.fromkeys(YES, True) | dict.fromkeys(NO, False)
        return self._read(column, path, lambda text: table.get(heading(text)), "BAD_FLAG", "expected yes or no")

    def number(self, column: str, path: str, low: int, high: int) -> int | None:
        """A whole number within bounds, both included; `3.0` is 3, as spreadsheets write it."""

        def within(written: str) -> int | None:
            text = _NO_FRACTION.sub("", written)
            if not (text.isascii() and text.isdigit() and len(text) <= 9):  # noqa: PLR2004 - int() of millions of digits is slow
                return None
            return int(text) if low <= int(text) <= high else None

        return self._read(column, path, within, "BAD_NUMBER", f"expected a whole number from {low} to {high}")

    def nhs_number(self, column: str, path: str = "child.nhs_number") -> str | None:
        """An NHS number with a right check digit that is no placeholder."""
        return self._identifier(column, path, identifiers.check_nhs_number)

    def upn(self, column: str, path: str = "child.upn") -> str | None:
        """A unique pupil number with a right check letter. A code that says why there is none is none."""
        return self._identifier(column, path, identifiers.check_upn)

    def postcode(self, column: str, path: str = "child.postcode") -> str | None:
        """A postcode of the right form; one that stands for no place is none."""
        return self._identifier(column, path, identifiers.check_postcode)

    def exchange(self, column: str) -> str | None:
        """The exchange that a record answers: 32 hex digits, as they stood in the delivered file."""
        text = self.raw(column).lower()
        if not _EXCHANGE.fullmatch(text):
            self.fault("BAD_EXCHANGE_ID", column, "envelope.in_reply_to", "expected 32 hexadecimal digits")
            return None
        return text

    def sex(self, column: str, path: str = "child.sex") -> Sex | None:
        """Sex as recorded, in any of the code lists in use."""
        return self.code(column, path, SEXES)

    def require(self, column: str, path: str, value: object) -> None:
        """Note that a value must be there, unless its column is at fault already."""
        if value is None and not any(f.path == path for f in self.faults):
            self.fault("MISSING", column, path, "must have a value")

    def require_child(self, column: str, child: Child) -> None:
        """Note that nothing says which child it is."""
        if is_nobody(child):
            self.fault("NO_CHILD", column, "envelope.subject", "nothing says which child it is")

    def unreadable(self, *, with_text: bool = False) -> tuple[Unreadable, ...] | None:
        """Every fault for the envelope: its path, and for a referral what was written.

        Only a referral says what was written: it was written for social care. Elsewhere a garbled postcode would pass
        by the rules for postcodes.
        """
        return tuple(Unreadable(field=f.path, as_written=f.written if with_text else None) for f in self.faults) or None

    def refusing(self, optional: frozenset[str] = frozenset()) -> Fault | None:
        """The first fault that refuses a record which is no referral, or None.

        Args:
            optional: Paths of the matter without which the event is still worth sending.
        """
        return next((f for f in self.faults if not f.path.startswith("child.") and f.path not in optional), None)

    def _identifier(self, column: str, path: str, check: Callable[[str | None], Checked]) -> str | None:
        checked = check(_NO_FRACTION.sub("", self.raw(column)[: MAX_SHORT + 1]))
        if checked.flaw in _WRONG:
            self.fault(checked.flaw.value, column, path, _WRONG[checked.flaw])
        return checked.value

    def _read(self, column: str, path: str, read: Callable[[str], T | None], code: str, reason: str) -> T | None:
        text = self.raw(column)
        if not text:
            return None
        value = read(text) if len(text) <= MAX_SHORT else None
        if value is None:
            self.fault(code, column, path, reason)
        return value
