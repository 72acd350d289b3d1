"""What an event means, in plain words that travel with it: a versioned glossary.

A bare "no further action" has been read as "nothing happened": so a code never leaves without its meaning. Left out:
the event's own text, and the tables themselves (`meanings`). Rules: a meaning depends only on the event type and on its
outcome, never on a person; nothing here tells that anything was withheld. Whoever may not have the outcome gets the
words of an event without one: else the words would tell what the field may not.
"""

from collections.abc import Mapping
from types import MappingProxyType

from sharing.events import Event
from sharing.meanings import BY_OUTCOME, BY_TYPE

GLOSSARY_VERSION = "2"

OUTCOMES: Mapping[str, str] = MappingProxyType({event_type: field for event_type, (field, _) in BY_OUTCOME.items()})
"""The field whose code decides the meaning of an event, by event type; most have none."""


def plain_words(event: Event, *, tells_outcome: bool = True) -> str | None:
    """Meaning of an event in plain words, or None where the event speaks for itself.

    Args:
        event: Any event.
        tells_outcome: Whether who reads the words may have the field of `OUTCOMES`.
    """
    field, meanings = BY_OUTCOME.get(event.event_type, ("", {}))
    own = meanings.get(getattr(event, field)) if field and tells_outcome else None
    return own or BY_TYPE.get(event.event_type)
