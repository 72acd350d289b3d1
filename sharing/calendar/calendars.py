"""The calendars of one partnership, as one value that is handed in: days, terms, duty hours."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import count, islice

from sharing.calendar.days import bank_holidays, is_weekend
from sharing.calendar.hours import at_local, local

DAY = timedelta(days=1)
MIDNIGHT = time(0)
OPENS = time(8, 30)
CLOSES = time(17, 30)


class Duty(StrEnum):
    """Who answers now: the day's own functions, or the emergency duty team."""

    DAY = "day"
    EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True)
class Term:
    """One unbroken stretch of school weeks; a half term ends one and begins another.

    Attributes:
        first: First day. `last`: last day, included.
        inset: Days within it on which pupils stay away.
    """

    first: date
    last: date
    inset: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Calendars:
    """Days, terms and duty hours.

    Attributes:
        terms: Name of a term calendar to its terms, in order.
        opens: Wall time at which day duty begins. `closes`: when it ends, not included.
        extra_holidays: Bank holidays proclaimed since the holiday tables were made.
        version: Name of this edition; stored with each clock that used it.
    """

    terms: Mapping[str, tuple[Term, ...]] = field(default_factory=dict)
    opens: time = OPENS
    closes: time = CLOSES
    extra_holidays: frozenset[date] = frozenset()
    version: str = "0"

    def is_working_day(self, day: date) -> bool:
        """Monday to Friday, no bank holiday in England."""
        return not (is_weekend(day) or day in bank_holidays(day.year) or day in self.extra_holidays)

    def add_working_days(self, start: datetime, days: int) -> datetime:
        """The end of a clock that runs only on working days, `days` whole ones, as UTC.

        Args:
            start: Aware moment.
            days: 0 or more; 0 gives the start itself.
        """
        if days < 0:
            raise ValueError("a clock runs forward: days must be 0 or more")
        if days == 0:
            return at_utc(start)
        wall = local(start)
        begun = self.is_working_day(wall.date()) and wall.time() != MIDNIGHT  # at midnight its first day is still whole
        counted_after = wall.date() if begun else wall.date() - DAY
        last = next(islice(self._working_days_after(counted_after), days - 1, None))
        return at_local(last, wall.time()) if begun else at_local(last + DAY, MIDNIGHT)

    def is_school_day(self, terms: str, day: date) -> bool:
        """Whether pupils of that term calendar are in school.

        Args:
            terms: Name of a term calendar; one that is not known counts every working day.
            day: The day in question.
        """
        known = self.terms.get(terms, ())
        if not self.is_working_day(day):
            return False
        if not known or not known[0].first <= day <= known[-1].last:
            return True
        return any(term.first <= day <= term.last and day not in term.inset for term in known)

    def next_school_day_at(self, terms: str, start: datetime, hour: int) -> datetime:
        """The first time after `start` that it is `hour` o'clock on a school day, as UTC.

        On a school day before that hour it is the same day: a notice at 02:00 is for this morning.
        """
        today = local(start).date()
        days = (today + DAY * n for n in count())
        moments = (at_local(day, time(hour)) for day in days if self.is_school_day(terms, day))
        return next(moment for moment in moments if moment > start)

    def on_duty(self, now: datetime) -> Duty:
        """Day duty in opening hours of working days; at all other times the emergency duty team answers."""
        wall = local(now)
        open_now = self.is_working_day(wall.date()) and self.opens <= wall.time() < self.closes
        return Duty.DAY if open_now else Duty.EMERGENCY

    def _working_days_after(self, day: date) -> Iterator[date]:
        return (later for later in (day + DAY * n for n in count(1)) if self.is_working_day(later))


def at_utc(moment: datetime) -> datetime:
    """The same moment in UTC; a naive one is refused."""
    return local(moment).astimezone(UTC)
