"""`fresh()`: what was last heard of too long ago is not known any more.

Left out: where times come from (the registers' keeper states them) and the clock (`now` is handed in). Rule: a fact
whose age nobody states, or that comes from further off in the future than it may be old, is unknown like a stale one;
so a broken clock restricts and never opens anything.
"""

from collections.abc import Mapping
from datetime import datetime

from sharing.policy.facts import Facts, Guard
from sharing.policy.model import Vocabulary


def fresh(facts: Facts, as_of: Mapping[Guard, datetime], now: datetime, vocabulary: Vocabulary) -> Facts:
    """The facts that are still known.

    Args:
        facts: As the registers state them.
        as_of: When each guard's register was last heard of, aware. Needed for guards that have a `max_age`; a guard
            without one is known anew at each decision and stays as it is.
        now: Domain time, aware.
        vocabulary: Says how old each may be.
    """
    stale = [guard for guard, value in facts.items() if value is not None and _is_stale(guard, as_of, now, vocabulary)]
    return Facts.of({**facts, **dict.fromkeys(stale)}) if stale else facts


def _is_stale(guard: Guard, as_of: Mapping[Guard, datetime], now: datetime, vocabulary: Vocabulary) -> bool:
    most = vocabulary.guards[guard.value].max_age
    if most is None:
        return False
    at = as_of.get(guard)
    return at is None or abs(now - at) > most
