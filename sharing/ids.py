"""Ids are derived, never drawn: doing anything twice changes nothing.

Every id is a keyed BLAKE2b of names, never of content: who knows an id learns nothing, and the same record always
gets the same id. Each purpose has its own personalisation, so no id of one kind equals an id of another.

Left out: where the keys come from; they are handed in.
"""

from collections.abc import Callable
from hashlib import blake2b
from typing import Any, NewType

EventId = NewType("EventId", bytes)
"""16 bytes: one event about one child."""
ExchangeId = NewType("ExchangeId", bytes)
"""16 bytes: one event to one function of one organisation."""
SubjectId = NewType("SubjectId", int)
"""Row number of a subject in the broker's database; never leaves the broker."""

ID_BYTES = 16
KEYS_BEGUN = 16
"""So many keys are kept begun for each purpose; a process has one or a few."""


def _deriver(purpose: bytes) -> Callable[..., bytes]:
    keyed: dict[bytes, Any] = {}

    def derive(key: bytes, *parts: str | bytes | int) -> bytes:
        begun = keyed.get(key)
        if begun is None:
            if len(keyed) >= KEYS_BEGUN:
                keyed.clear()
            begun = keyed[key] = blake2b(key=key, digest_size=ID_BYTES, person=purpose)
        digest = begun.copy()  # a keyed start costs as much as all the rest
        for part in parts:
            raw = part if isinstance(part, bytes) else str(part).encode()
            digest.update(len(raw).to_bytes(4, "big"))
            digest.update(raw)
        return digest.digest()

    return derive


_event = _deriver(b"cw-event")
_exchange = _deriver(b"cw-exchange")
_incident = _deriver(b"cw-incident")
_child = _deriver(b"cw-child")
_recipient = _deriver(b"cw-recipient")
_block = _deriver(b"cw-block")
_family = _deriver(b"cw-family")
_clock = _deriver(b"cw-clock")


def event_id(
    key: bytes, organisation: str, system: str, native_key: str, native_version: str, child: int = 0
) -> EventId:
    """Id of one record's event about its `child`-th child (0-based), under the sender's own key."""
    return EventId(_event(key, organisation, system, native_key, native_version, child))


def incident_id(key: bytes, organisation: str, system: str, native_key: str) -> bytes:
    """Id shared by the events of one incident."""
    return _incident(key, organisation, system, native_key)


def exchange_id(key: bytes, event: EventId, organisation: str, function: str) -> ExchangeId:
    """Id of one event on its way to one function of one organisation, under the broker's key."""
    return ExchangeId(_exchange(key, event, organisation, function))


def sender_child_token(key: bytes, organisation: str, local_child: str) -> bytes:
    """Kafka key of a sender's events: one child's events keep their order, and the token tells nothing."""
    return _child(key, organisation, local_child)


def recipient_subject_token(key: bytes, organisation: str, subject: SubjectId) -> bytes:
    """A recipient's token of a child: differs between recipients, so two of them cannot join their feeds by it."""
    return _recipient(key, organisation, subject)


def blocking_token(key: bytes, rule: str, value: str) -> bytes:
    """Keyed token of one blocking value, such as a surname's sound with a birth year."""
    return _block(key, rule, value)


def family_token(key: bytes, organisation: str, incident: str) -> bytes:
    """Keyed token of an incident as its sender names it: the children of one incident can be found by it."""
    return _family(key, organisation, incident)


def clock_id(key: bytes, rule: str, about: bytes) -> bytes:
    """Id of the clock that `rule` starts on an event or exchange: starting it twice is starting it once."""
    return _clock(key, rule, about)
