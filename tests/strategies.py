"""Reusable hypothesis strategies: any child, any envelope, any event of any type, derived from the dataclasses.

A field added to the catalogue is drawn without a change here.
"""

from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
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


def events_of(*event_types):
    """Any event of these types, or of any type at all when none is named."""
    return st.sampled_from(event_types or tuple(EVENT_TYPES)).flatmap(lambda name: records(EVENT_TYPES[name]))
