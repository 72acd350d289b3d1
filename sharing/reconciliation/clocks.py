"""When a clock ends. Time is handed in; what counts as a day is the calendars' to say."""

from datetime import datetime, timedelta

from sharing.calendar import Calendars
from sharing.reconciliation.clock_rule import Duration, Span
from sharing.reconciliation.rules import LATE


def ends_at(
    duration: Duration, start: datetime, calendars: Calendars, terms: str = "", matter_due: datetime | None = None
) -> datetime:
    """The end of a clock that starts at `start`, UTC.

    Args:
        duration: How long it runs.
        start: Aware moment.
        calendars: What counts as a day.
        terms: Term calendar of the setting, for school days.
        matter_due: End of the matter that this clock hangs on; without one such a clock ends where it starts, so that
            somebody looks.
    """
    match duration.span:
        case Span.WORKING_DAYS:
            return calendars.add_working_days(start, duration.amount)
        case Span.SCHOOL_DAY_AT:
            return calendars.next_school_day_at(terms, start, duration.amount)
        case Span.HOURS:
            return start + timedelta(hours=duration.amount)
        case Span.MINUTES:
            return start + timedelta(minutes=duration.amount)
        case Span.WITH_THE_MATTER | Span.AS_TOLD:
            return matter_due or start
        case Span.HALF_WAY:
            return start + max(timedelta(0), (matter_due or start) - start) / 2


def due_after_wait(
    duration: Duration, since: datetime, now: datetime, calendars: Calendars, terms: str, matter_due: datetime | None
) -> datetime:
    """The end of a clock that began `since`, for one who hears of it only `now`: the same end, else `LATE` after it."""
    due = ends_at(duration, since, calendars, terms, matter_due)
    return due if due > now or since == now else ends_at(LATE, now, calendars)
