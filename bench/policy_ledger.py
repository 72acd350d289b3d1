"""A ledger full of recorded decisions, made up: every kind of decision that the shipped set can make, many times."""

from datetime import UTC, datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path
from random import Random

from ledger import CarrierRows, EventRow, Exchange, Hold, Keys, Ledger
from sharing.policy import Agreements, Decision, Facts, Polarity, decide
from sharing.vocabulary import Outcome

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
EVENTS = 2_000
CHILDREN = 20_000
EACH = 3
"""Exchanges of one event."""


def filled(folder: Path, agreements: Agreements, number: int) -> tuple[Ledger, datetime]:
    """A ledger with so many decisions, three to an event, about 20,000 children or fewer."""
    ledger = Ledger.open(f"sqlite:///{folder / 'ledger.db'}", Keys.generate("crosswalk/bench"))
    draw = Random(11)
    decisions = list(_decisions(agreements, draw))
    with ledger.transaction() as tx:
        children = [tx.new_subject() for _ in range(min(CHILDREN, max(1, number // 10)))]
    events = iter(range(-(-number // EACH)))
    left = number
    while numbers := list(islice(events, EVENTS)):
        rows = []
        for event in numbers:
            rows.append(_event(event, draw.choice(children), draw.choices(decisions, k=min(EACH, left)), agreements))
            left -= len(rows[-1].exchanges)
        with ledger.transaction() as tx:
            tx.write(CarrierRows(AT, "bench", rows))
    return ledger, AT


def _decisions(agreements: Agreements, draw: Random):
    guards = agreements.vocabulary.guards.values()
    for event_type, kind in sorted({key[:2] for key in agreements.cells}):
        for _ in range(4):
            opens = draw.random() < 0.8
            yield decide(agreements, event_type, kind, None, Facts.of({
                e.guard: draw.random() < (0.8 if opens == (e.polarity is Polarity.PERMIT) else 0.2) for e in guards
            }))  # fmt: skip


def _event(number: int, child: int, decisions: list[Decision], agreements: Agreements) -> EventRow:
    exchanges = tuple(
        Exchange(
            _id(number, place), f"organisation-{place}-{number % 50}", "duty", decision.kind.value, decision.body(),
            decision.outcome, hold=Hold("waits", AT) if decision.outcome is Outcome.HOLD else None,
        )
        for place, decision in enumerate(decisions)
    )  # fmt: skip
    return EventRow(_id(number), child, 1, 0, agreements.version, b"content", exchanges)


def _id(*names: int) -> bytes:
    return sha256(repr(names).encode()).digest()[:16]
