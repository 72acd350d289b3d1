"""The judgement in words for people, and in one line for programs. A fault shows a reference and a place, no value."""

import json
from collections.abc import Iterator

from checker.model import Category, Counts

SHOWN = 12
"""Faults of a kind that are listed; the rest are counted."""
FAILING = tuple(Category)
_WORDS = (
    ("published", "events let go by the agencies"),
    ("delivered", "deliveries in the agencies' folders"),
    ("withheld_fields", "fields withheld from somebody"),
    ("recalled", "deliveries taken back"),
    ("refused", "records refused, with code and reason"),
    ("dead_letters", "dead letters"),
    ("escalations", "matters that went up a stage"),
    ("kills", "kills that struck work in flight"),
)
_JUDGED = (
    (Category.LOST, "lost"),
    (Category.SEEN_TWICE, "seen twice"),
    (Category.LEAK, "leaks"),
    (Category.ORDER, "out of order"),
)


def status(counts: Counts) -> int:
    """Exit status: 0 only when nothing at all is wrong and the ledger verifies."""
    return 1 if counts.faults or not counts.ledger_verified else 0


def as_json(counts: Counts, seconds: float) -> str:
    """One line."""
    return json.dumps(
        {
            "published": counts.published,
            "delivered": counts.delivered,
            "withheld_fields": counts.withheld_fields,
            "refused": counts.refused,
            "dead_letters": counts.dead_letters,
            "escalations": counts.escalations,
            "lost": counts.of(Category.LOST),
            "seen_twice": counts.of(Category.SEEN_TWICE),
            "leaks": counts.of(Category.LEAK),
            "order": counts.of(Category.ORDER),
            "ledger_verified": counts.ledger_verified,
            "kills": counts.kills,
            "seconds": round(seconds, 1),
        }
    )


def as_words(counts: Counts, seconds: float) -> Iterator[str]:
    """A table, and each fault with its place."""
    yield "What the independent checker found"
    for name, words in _WORDS:
        yield f"  {getattr(counts, name):>9,}  {words}"
    yield f"  {counts.scanned_bytes / 1e6:>7.1f}MB  searched for what may not be there"
    yield ""
    for category, words in _JUDGED:
        yield f"  {counts.of(category):>9,}  {words}"
    yield f"  {'yes' if counts.ledger_verified else 'NO':>9}  ledger verified"
    if counts.of(Category.INVALID):
        yield f"  {'INVALID':>9}  this run proves nothing; see below"
    yield from _faults(counts)
    yield f"checked in {seconds:.1f} s: {'nothing is wrong' if status(counts) == 0 else 'NOT WELL'}"


def _faults(counts: Counts) -> Iterator[str]:
    for category in FAILING:
        found = sorted(fault for fault in counts.faults if fault.category is category)
        if found:
            yield ""
            yield f"{category.value}:"
        for fault in found[:SHOWN]:
            yield f"  {fault.reference or '-'}  at {fault.place}: {fault.what}"
        if len(found) > SHOWN:
            yield f"  and {len(found) - SHOWN} more"
