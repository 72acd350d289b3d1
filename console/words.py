"""Figures as people read them: ages, rates, counts, lists.

Pure. Rules: an age is coarse, so that a page does not flicker.
"""

from collections.abc import Sequence

MINUTE, HOUR, DAY = 60, 3_600, 86_400


def age(seconds: float | None) -> str:
    """How long, in at most two units; `None` is nothing.

    >>> age(None), age(12), age(250), age(7_500), age(200_000)
    ('nothing', 'under a minute', '4 min', '2 h 5 min', '2 d 7 h')
    """
    if seconds is None:
        return "nothing"
    whole = int(seconds)
    if whole < MINUTE:
        return "under a minute"
    if whole < HOUR:
        return f"{whole // MINUTE} min"
    if whole < DAY:
        return _two(whole // HOUR, "h", whole % HOUR // MINUTE, "min")
    return _two(whole // DAY, "d", whole % DAY // HOUR, "h")


def _two(first: int, unit: str, second: int, smaller: str) -> str:
    return f"{first:,} {unit} {second} {smaller}" if second else f"{first:,} {unit}"


def rate(per_minute: float) -> str:
    """Events a minute, without the unit.

    >>> rate(0), rate(0.04), rate(3.2), rate(1234.5)
    ('0', 'under 0.1', '3.2', '1,234')
    """
    if per_minute <= 0:
        return "0"
    if per_minute < 0.1:  # noqa: PLR2004 - the smallest figure shown
        return "under 0.1"
    return f"{per_minute:.1f}" if per_minute < 10 else f"{per_minute:,.0f}"  # noqa: PLR2004


def many(count: int, one: str, several: str = "") -> str:
    """A count with its noun.

    >>> many(1, "lane"), many(2, "lane"), many(3, "is silent", "are silent")
    ('1 lane', '2 lanes', '3 are silent')
    """
    return f"{count:,} {one if count == 1 else several or one + 's'}"


def listed(parts: Sequence[str]) -> str:
    """Parts as one phrase.

    >>> listed(["a"]), listed(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    return ", ".join(parts[:-1]) + f" and {parts[-1]}" if len(parts) > 1 else "".join(parts)
