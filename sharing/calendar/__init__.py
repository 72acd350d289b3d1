"""Working days, school days and duty hours of one partnership, in the local time of England.

Left out: which clock uses which (`reconciliation.rules`) and reading files (a shell does, with `from_document`).
Rules: every moment that comes in or goes out is an aware UTC datetime; the law's clock times are Europe/London's. A
clock on working days runs only on working days: from Friday 17:05, one working day ends on Monday 17:05; from any time
of a weekend it ends when Monday ends. A later start never ends earlier. A day that no term data covers counts as a
school day if it is a working day: a clock that ends too early rings a person, one that ends too late is found by
nobody.
"""

from sharing.calendar.calendars import Calendars, Duty, Term
from sharing.calendar.days import bank_holidays
from sharing.calendar.document import from_document
from sharing.calendar.hours import at_local, local

__all__ = ["Calendars", "Duty", "Term", "at_local", "bank_holidays", "from_document", "local"]
