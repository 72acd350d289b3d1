"""Which days are bank holidays in England, substitutes included."""

from datetime import date
from functools import cache

import holidays


@cache
def bank_holidays(year: int) -> frozenset[date]:
    """Every bank holiday of one year in England; a holiday on a weekend has its substitute here too."""
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))


def is_weekend(day: date) -> bool:
    """Saturday or Sunday."""
    return day.isoweekday() > 5  # noqa: PLR2004 - Friday is the fifth day of ISO weeks
