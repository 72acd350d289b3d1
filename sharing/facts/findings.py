"""From entries to facts: true where one is fresh, unknown where all are too old, false where there is none.

Who decides and who explains call the same function, so that no second opinion can drift. What the event itself states
is laid over what the registers say. Left out: where guards look (`evidence`).

Rules: an entry without a time is too old for a guard that ages. Unknown is for the agreements to read: it never opens a
permit and always closes a seal. That nothing is written does not age: the broker absorbs every seal that the cluster
has before it releases anything.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from sharing.events import Event
from sharing.facts.evidence import EVIDENCE, Entries
from sharing.facts.situation import Asked, Entry, Situation
from sharing.policy.facts import Facts, Guard, said_by
from sharing.vocabulary import Recipient

EVERY = frozenset(Guard)


class Finding(NamedTuple):
    """One fact.

    Attributes:
        value: True, False, or None for unknown.
        entries: On what it rests; the one that speaks of the latest moment first. Empty where nothing is written.
    """

    value: bool | None
    entries: Entries = ()


def findings(
    event: Event, event_id: str, recipient: Recipient, situation: Situation, only: Collection[Guard] = EVERY
) -> dict[Guard, Finding]:
    """What is known about this event and this recipient, now, and how.

    Args:
        event: As its sender published it.
        event_id: Its hex id.
        recipient: Who may need to know.
        situation: What is known of the subject.
        only: The guards that matter; every guard without it. A guard that nobody can answer is left out: unknown.
    """
    asked = Asked(event, event_id, recipient, situation)
    ages = situation.max_ages
    found = {g: _judged(EVIDENCE[g](asked), ages.get(g), situation.now) for g in only if g in EVIDENCE}
    for guard, value in said_by(event).items():
        if guard in only:
            found[guard] = _said(_itself(event, event_id), found.get(guard), value=value)
    return found


def facts_about(
    event: Event, event_id: str, recipient: Recipient, situation: Situation, only: Collection[Guard] = EVERY
) -> Facts:
    """What is true, false or unknown about this event and this recipient, now. Arguments as for `findings`."""
    found = findings(event, event_id, recipient, situation, only)
    return Facts.of({guard: finding.value for guard, finding in found.items()})


def sources(
    event: Event, event_id: str, recipient: Recipient, situation: Situation
) -> Mapping[Guard, tuple[bool | None, str, datetime | None]]:
    """Guard to its value, the hex id of the event that last said so, and the moment of which that event speaks."""
    found = findings(event, event_id, recipient, situation)
    return {guard: (value, *_first(entries)) for guard, (value, entries) in found.items()}


def _first(entries: Entries) -> tuple[str, datetime | None]:
    return (entries[0].event, entries[0].at) if entries else ("", None)


def _judged(entries: Entries | None, max_age: timedelta | None, now: datetime) -> Finding:
    if entries is None:
        return _UNKNOWN
    if not entries:
        return _FALSE
    if len(entries) > 1:
        entries = tuple(sorted(entries, key=_latest_first))
    newest = entries[0].at
    fresh = max_age is None or (newest is not None and now - newest <= max_age)
    return Finding(value=fresh or None, entries=entries)


_FALSE, _UNKNOWN = Finding(value=False), Finding(value=None)


def _latest_first(entry: Entry) -> float:
    return -entry.at.timestamp() if entry.at is not None else 0.0


def _said(itself: Entry, register: Finding | None, *, value: bool | None) -> Finding:
    """What the event states counts, and the registers' entries are told with it where they say the same."""
    agreeing = register.entries if register is not None and register.value is value else ()
    return Finding(value, (itself, *agreeing))


def _itself(event: Event, event_id: str) -> Entry:
    envelope = event.envelope
    said = envelope.occurred_at or envelope.recorded_at
    return Entry(event_id, said, envelope.organisation or "", said, envelope.recorded_at)
