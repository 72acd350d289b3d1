"""A calendar document (parsed YAML or JSON) to `Calendars`; every fault at once, with file, place and fix."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from itertools import pairwise
from typing import Any

from sharing.calendar.calendars import CLOSES, OPENS, Calendars, Term
from sharing.errors import Misconfigured

_KEYS = {"version", "day_duty", "extra_holidays", "terms"}
_TERM_KEYS = {"first", "last", "inset_days"}
_DUTY_KEYS = {"opens", "closes"}


def from_document(document: Mapping[str, Any], source: str) -> Calendars:
    """Read the calendars of a partnership.

    Args:
        document: `{version, day_duty: {opens, closes}, extra_holidays: [date], terms: {name: [{first, last,
            inset_days}]}}`; dates as dates or ISO text, times as `"HH:MM"`.
        source: Name of the file, for messages.

    Raises:
        Misconfigured: names every fault with file and place.
    """
    faults = [f"{source}: unknown key {key}; allowed are {sorted(_KEYS)}" for key in sorted(set(document) - _KEYS)]
    terms: dict[str, tuple[Term, ...]] = {}
    for name, entries in sorted(document.get("terms", {}).items()):
        try:
            terms[name] = _terms(entries)
        except (ValueError, TypeError, KeyError) as fault:
            faults.append(f"{source}: terms {name}: {fault}")
    opens, closes, extra = OPENS, CLOSES, frozenset[date]()
    try:
        opens, closes = _day_duty(document.get("day_duty", {}))
        extra = frozenset(_days(document.get("extra_holidays", ())))
    except (ValueError, TypeError) as fault:
        faults.append(f"{source}: {fault}")
    if faults:
        raise Misconfigured("\n".join(faults))
    return Calendars(terms, opens, closes, extra, str(document.get("version", "0")))


def _terms(entries: Iterable[Mapping[str, Any]]) -> tuple[Term, ...]:
    found = tuple(sorted((_term(entry) for entry in entries), key=lambda term: term.first))
    if not found:
        raise ValueError("no terms; give at least one with first and last")
    for before, after in pairwise(found):
        if after.first <= before.last:
            raise ValueError(f"terms overlap: one begins {after.first} before another ended {before.last}")
    return found


def _term(entry: Mapping[str, Any]) -> Term:
    unknown = set(entry) - _TERM_KEYS
    if unknown:
        raise ValueError(f"unknown keys {sorted(unknown)}; allowed are {sorted(_TERM_KEYS)}")
    term = Term(_day(entry["first"]), _day(entry["last"]), frozenset(_days(entry.get("inset_days", ()))))
    if term.last < term.first:
        raise ValueError(f"a term ends {term.last} before it begins {term.first}")
    outside = sorted(day for day in term.inset if not term.first <= day <= term.last)
    if outside:
        raise ValueError(f"inset day {outside[0]} is outside its term {term.first} to {term.last}")
    return term


def _day_duty(entry: Mapping[str, Any]) -> tuple[time, time]:
    unknown = set(entry) - _DUTY_KEYS
    if unknown:
        raise ValueError(f"day_duty: unknown keys {sorted(unknown)}; allowed are {sorted(_DUTY_KEYS)}")
    opens, closes = (
        _wall(entry.get(key, default), f"day_duty.{key}") for key, default in (("opens", OPENS), ("closes", CLOSES))
    )
    if not opens < closes:
        raise ValueError(f"day_duty: opens {opens:%H:%M} must be before closes {closes:%H:%M}")
    return opens, closes


def _wall(value: Any, place: str) -> time:
    if isinstance(value, time):
        return value
    if not isinstance(value, str):  # YAML reads an unquoted 08:30 as a number
        raise TypeError(f'{place}: write the time in quotes, like "08:30"')
    return time.fromisoformat(value)


def _days(values: Iterable[Any]) -> Iterable[date]:
    return (_day(value) for value in values)


def _day(value: Any) -> date:
    if isinstance(value, datetime):
        raise TypeError("a day is a date without a time")
    return value if isinstance(value, date) else date.fromisoformat(str(value))
