"""Between UTC, in which the broker counts, and the clock on the wall in England, of which the law speaks."""

from datetime import UTC, date, datetime, time
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sharing.errors import Misconfigured

ZONE = "Europe/London"


@cache
def _london() -> ZoneInfo:
    try:
        return ZoneInfo(ZONE)
    except ZoneInfoNotFoundError as fault:
        raise Misconfigured(f"time zone {ZONE} is unknown on this machine; install the tzdata package") from fault


def local(moment: datetime) -> datetime:
    """The same moment as the wall clock shows it; at the very ends of the calendar, as it is.

    Raises:
        ValueError: the moment has no offset; a naive time is nobody's time.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment needs an offset; hand in aware UTC datetimes")
    try:
        return moment.astimezone(_london())
    except OverflowError:  # the first hour of the calendar, by which many a system says that it does not know
        return moment


def at_local(day: date, wall: time) -> datetime:
    """The UTC moment at which the wall clock shows `wall` on `day`.

    An hour that the clocks skip is read with the offset before the change, one that comes twice as its first coming.
    """
    return datetime.combine(day, wall, _london()).astimezone(UTC)
