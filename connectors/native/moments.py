"""Dates and times as agencies write them, to dates and aware UTC times.

Rules: day before month, as in England, never the other way round; years have four digits; a time without an offset is
clock time in London. An hour that the autumn change has twice is its first one (a deadline then starts early, never
late); an hour that the spring change skips is read as the clock that was not yet put forward. Left out: whether a
time is plausible.
"""

import re
from calendar import month_abbr
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
FIRST_YEAR = 1900
LAST_YEAR = 2200

_MONTHS = {m.casefold(): i for i, m in enumerate(month_abbr) if m}
_DATE = (
    r"(?:(?P<d>\d{1,2})[/.-](?P<m>\d{1,2})[/.-](?P<y>\d{4})"
    r"|(?P<Y>\d{4})-(?P<M>\d{2})-(?P<D>\d{2})"
    r"|(?P<e>\d{1,2})[ -](?P<n>[A-Za-z]{3,9})[ -](?P<z>\d{4}))"
)
_TIME = r"(?P<H>\d{1,2}):(?P<I>\d{2})(?::(?P<S>\d{2})(?:[.,]\d{1,9})?)?"
_OFFSET = r"(?P<o>Z|[+-]\d{2}:?\d{2})?"
_IS_DATE = re.compile(rf"^{_DATE}(?:[T ]00:00(?::00(?:[.,]0{{1,9}})?)?)?$", re.ASCII)
_IS_MOMENT = re.compile(rf"^{_DATE}(?:[T ]{{1,2}}{_TIME} ?{_OFFSET})$", re.ASCII)
_HL7 = re.compile(r"^(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(?:(\d{2})(?:\.\d{1,4})?)?)?([+-]\d{4})?$", re.ASCII)


def to_date(text: str) -> date | None:
    """A written date, or None if it is none.

    >>> to_date("11/02/2016"), to_date("2016-02-11T00:00:00"), to_date("31/02/2016")
    (datetime.date(2016, 2, 11), datetime.date(2016, 2, 11), None)
    """
    found = _IS_DATE.match(text.strip())
    return _date(found) if found else None


def to_moment(text: str) -> datetime | None:
    """A written date and time as UTC, or None. A date alone is no time.

    >>> to_moment("20/11/2026 17:05").isoformat(), to_moment("2026-06-01T09:00:00+01:00").isoformat()
    ('2026-11-20T17:05:00+00:00', '2026-06-01T08:00:00+00:00')
    """
    found = _IS_MOMENT.match(text.strip())
    day = _date(found) if found else None
    if found is None or day is None:
        return None
    return _moment(day, found["H"], found["I"], found["S"], found["o"])


def start_of(day: date) -> datetime:
    """First moment of a day in London, as UTC: what a date says of a time."""
    return datetime(day.year, day.month, day.day, tzinfo=LONDON).astimezone(UTC)


def day_of(moment: datetime) -> date:
    """The day that it is in London at a moment: half past midnight in June is not the day before.

    >>> day_of(datetime(2026, 6, 1, 23, 30, tzinfo=UTC))
    datetime.date(2026, 6, 2)
    """
    return moment.astimezone(LONDON).date()


def hl7_date(text: str) -> date | None:
    """The day of an HL7 time stamp `yyyymmdd[hhmm[ss]]`, or None.

    >>> hl7_date("20160211"), hl7_date("196513121515")
    (datetime.date(2016, 2, 11), None)
    """
    found = _HL7.match(text.strip())
    return _day(int(found[1]), int(found[2]), int(found[3])) if found else None


def hl7_moment(text: str) -> datetime | None:
    """An HL7 time stamp with at least hours and minutes, as UTC, or None."""
    found = _HL7.match(text.strip())
    day = hl7_date(text)
    if found is None or day is None or found[4] is None:
        return None
    return _moment(day, found[4], found[5], found[6], found[7])


def _date(found: re.Match[str]) -> date | None:
    if found["y"]:
        return _day(int(found["y"]), int(found["m"]), int(found["d"]))
    if found["Y"]:
        return _day(int(found["Y"]), int(found["M"]), int(found["D"]))
    return _day(int(found["z"]), _MONTHS.get(found["n"][:3].casefold(), 0), int(found["e"]))


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if FIRST_YEAR <= year < LAST_YEAR else None
    except ValueError:
        return None


def _moment(day: date, hour: str, minute: str, second: str | None, offset: str | None) -> datetime | None:
    try:
        local = datetime(day.year, day.month, day.day, int(hour), int(minute), int(second or 0), tzinfo=_zone(offset))
    except ValueError:
        return None
    return local.astimezone(UTC)


def _zone(offset: str | None) -> ZoneInfo | timezone:
    if offset is None:
        return LONDON
    if offset == "Z":
        return UTC
    digits = offset[1:].replace(":", "")
    span = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-span if offset[0] == "-" else span)
