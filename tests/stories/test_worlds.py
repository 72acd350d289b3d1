"""A hundred thousand pairs of worlds, equal in what a recipient may see: value, key, headers and size are the same.

Drawn from a fixed seed and far more cheaply than a property test draws, so that there can be so many; the running
broker is asked the same on two real clusters (`tests/wire/test_worlds.py`).
"""

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from itertools import product
from random import Random
from typing import Any

import pytest

from sharing.events import EVENT_TYPES, Event
from sharing.ids import ExchangeId, SubjectId
from sharing.policy import Facts, Guard, decide, leaves
from sharing.reconciliation import SubjectState
from sharing.release import Exchange
from sharing.vocabulary import Outcome, Recipient, RecipientKind
from streams.agents.sender import Outgoing, headers_of
from streams.agents.views import view_of
from tests.sharing.redaction.test_allowed import OPEN
from tests.strategies import full
from tests.streams.corridor import Corridor

PAIRS, DECISIONS = 100_000, 4_000
RELEASED_AT = datetime(2026, 11, 24, 10, tzinfo=UTC)
FULL = {name: full(name) for name in sorted(EVENT_TYPES)}


def changed(event: Event, path: str, change: Callable[[Any], Any]) -> Event:
    """The event with the value at a path changed, in every item where it stands in a list."""
    return _changed(event, path.split("."), change)


def _changed(record: Any, names: list[str], change: Callable[[Any], Any]) -> Any:
    name, rest = names[0].removesuffix("[]"), names[1:]
    value = getattr(record, name)
    if value is None:
        return record
    if names[0].endswith("[]"):
        return replace(record, **{name: tuple(_changed(item, rest, change) for item in value)})
    return replace(record, **{name: _changed(value, rest, change) if rest else change(value)})


def other_value(value: Any, dice: Random) -> Any:
    """Another value of the same type, or nothing at all."""
    if dice.random() < 0.3 or isinstance(value, tuple):
        return None
    if isinstance(value, str) and type(value) is str:
        return "x" * dice.randrange(200)
    if isinstance(value, bool):
        return not value
    return type(value)(value + 1) if type(value) is int else None


def wire(corridor: Corridor, event: Event, exchange: Exchange) -> tuple[object, ...]:
    """Everything of a record that leaves: key, value, headers."""
    seen = view_of(corridor.broker, corridor.broker.agreements, event, exchange, SubjectId(7), SubjectState())
    record = Outgoing(
        1, "out", seen.key, seen.value, seen.event_type, exchange.exchange_id, 1, RELEASED_AT, seen.around
    )
    return (seen.key, seen.value, tuple(headers_of(record)))


def delivered(corridor: Corridor, dice: Random, count: int) -> list[Exchange]:
    """Decisions that deliver something, of every event that somebody receives, under facts of every kind."""
    agreements, found = corridor.broker.agreements, []
    recipients = [key for key in product(sorted(FULL), RecipientKind) if key in agreements.purposes_of]
    while len(found) < count:
        event_type, kind = recipients[len(found) % len(recipients)] if dice.random() < 0.5 else dice.choice(recipients)
        facts = {g: OPEN[g] if dice.random() < 0.9 else dice.choice((True, False, None)) for g in Guard}
        decision = decide(agreements, event_type, kind, None, Facts.of(facts))
        if decision.outcome is Outcome.DELIVER:
            found.append(Exchange(ExchangeId(bytes(16)), Recipient("somebody", "function", kind), decision))
    return found


@pytest.mark.slow
def test_a_hundred_thousand_pairs_of_worlds_that_differ_only_in_what_is_withheld(tmp_path):
    corridor, dice = Corridor(tmp_path), Random(2026)
    decisions = delivered(corridor, dice, DECISIONS)
    seen = {}
    for number in range(PAIRS):
        exchange = decisions[number % DECISIONS]
        event = FULL[exchange.decision.event_type]
        withheld = [r.path for r in exchange.decision.withheld if r.path in leaves(event.event_type)]
        there = event
        for path in dice.sample(withheld, min(len(withheld), 3)):
            there = changed(there, path, lambda value: other_value(value, dice))
        here = seen.get(number % DECISIONS) or seen.setdefault(number % DECISIONS, wire(corridor, event, exchange))
        assert here == wire(corridor, there, exchange), (event.event_type, exchange.recipient.kind)
    corridor.close()
    print(f"events={PAIRS} decisions={DECISIONS} differing=0")


def test_the_changes_really_change_something():
    dice = Random(1)
    event = FULL["police.missing.changed"]
    assert changed(event, "child.address_line", lambda value: other_value(value, dice)) != event
    assert changed(event, "envelope.unreadable[].as_written", lambda _: "other") != event
    assert all(is_dataclass(e) and fields(e) for e in FULL.values())
