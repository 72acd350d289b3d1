"""Reusable hypothesis strategies: any child, any envelope, any event of any type, derived from the dataclasses.

A field added to the catalogue is drawn without a change here.
"""

from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from itertools import count
from types import UnionType
from typing import Union, get_args, get_origin, get_type_hints

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from sharing.events import EVENT_TYPES, Child, Envelope

PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""For every property test: a busy machine is no fault of the code."""

words = st.text(st.characters(codec="utf-8"), max_size=20)
moments = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001 - bounds
    lambda t: t.replace(microsecond=t.microsecond // 1000 * 1000)
)
"""UTC, whole milliseconds: what the schemas keep."""
days = st.dates(date(1900, 1, 1), date(2200, 1, 1))


def _values(hint):
    """Any value of a type hint of the catalogue."""
    if get_origin(hint) in (Union, UnionType):
        inner = next(a for a in get_args(hint) if a is not type(None))
        return st.none() | _values(inner)
    if get_origin(hint) is tuple:
        return st.lists(_values(get_args(hint)[0]), max_size=3).map(tuple)
    if is_dataclass(hint):
        return records(hint)
    if issubclass(hint, Enum):
        return st.sampled_from(list(hint))
    return _PLAIN[hint]


_PLAIN = {
    str: words,
    int: st.integers(-(2**31), 2**31 - 1),
    bool: st.booleans(),
    float: st.floats(allow_nan=False),
    bytes: st.binary(max_size=20),
    datetime: moments,
    date: days,
}


def records(cls):
    """Any instance of a dataclass of the catalogue, each field absent or present."""
    hints = get_type_hints(cls)
    return st.builds(cls, **{f.name: _values(hints[f.name]) for f in fields(cls)})


children = records(Child)
envelopes = records(Envelope)


def empty(event_type):
    """An event of this type that says nothing at all."""
    cls = EVENT_TYPES[event_type]
    return cls(envelope=Envelope(), child=get_type_hints(cls)["child"]())


def full(event_type):
    """An event of this type with every field filled, each text, date and number another one; lists hold two."""
    return _filled(EVENT_TYPES[event_type], count(1))


def _filled(hint, numbers):
    if get_origin(hint) in (Union, UnionType):
        return _filled(next(a for a in get_args(hint) if a is not type(None)), numbers)
    if get_origin(hint) is tuple:
        return tuple(_filled(get_args(hint)[0], numbers) for _ in range(2))
    if is_dataclass(hint):
        hints = get_type_hints(hint)
        return hint(**{f.name: _filled(hints[f.name], numbers) for f in fields(hint)})
    number = next(numbers)
    if issubclass(hint, Enum):
        return list(hint)[number % len(hint)]
    return _PLANTED[hint](number)


_PLANTED = {
    str: lambda number: f"canary-{number:04}-here",
    int: lambda number: 700_000 + number,
    bool: lambda number: number % 2 == 0,
    datetime: lambda number: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number),
    date: lambda number: date(1990, 1, 1) + timedelta(days=number),
}


def values_at(record, path):
    """Every value at a path that is there, through records, lists of records and lists."""
    head, _, rest = path.partition(".")
    value = getattr(record, head.removesuffix("[]"))
    if head.endswith("[]"):
        return [found for item in value or () for found in values_at(item, rest)]
    if rest:
        return values_at(value, rest)
    return [] if value is None else list(value) if isinstance(value, tuple) else [value]


def events_of(*event_types):
    """Any event of these types, or of any type at all when none is named."""
    return st.sampled_from(event_types or tuple(EVENT_TYPES)).flatmap(lambda name: records(EVENT_TYPES[name]))
