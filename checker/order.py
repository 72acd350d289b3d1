"""One child's events reach a recipient in the order in which their sender let them go.

Judged from the numbers in the delivered files. Left out: order between senders, which nobody promised. What was taken
back and sent again when a seal was set comes late by right, and is left aside.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import pairwise
from typing import TypeVar

from checker.arrivals import Links
from checker.expectations import Expectations
from checker.model import Category, Delivery, Fault

K = TypeVar("K", bound=Hashable)


def judge(
    links: Links, found: Sequence[Delivery], expected: Expectations, sealed_at_ms: int, recalled: frozenset[str]
) -> list[Fault]:
    """Faults of order.

    Args:
        links: Which record each delivery is of.
        found: Every delivery.
        expected: Which children are sealed.
        sealed_at_ms: When, real time.
        recalled: Organisations that were asked to give something up.
    """
    faults = []
    for here in _by(found, lambda one: (one.organisation, one.subject)).values():
        here.sort(key=lambda one: one.sequence)
        for one, two in pairwise(here):
            if one.sequence == two.sequence and one.subject:
                faults.append(Fault(Category.SEEN_TWICE, "", two.place, "two deliveries of a child have one number"))
    counted = [one for one in found if not _comes_again(links, one, expected, sealed_at_ms, recalled)]
    senders = _by(counted, lambda one: (one.organisation, one.subject, _sender(links, one)))
    for (_, _, sender), here in senders.items():
        if not sender:
            continue
        here.sort(key=lambda one: one.sequence)
        for one, two in pairwise(here):
            first, second = links.of(one), links.of(two)
            # Two functions of one organisation get the same record in either order.
            if first and second and first.number > second.number:
                faults.append(Fault(Category.ORDER, second.reference, two.place, f"comes after {first.reference}"))
        faults += [Fault(Category.ORDER, "", one.place, "is marked as late") for one in here if one.late]
    return faults


def _comes_again(
    links: Links, one: Delivery, expected: Expectations, sealed_at_ms: int, recalled: frozenset[str]
) -> bool:
    record = links.of(one)
    if record is None or one.organisation not in recalled:
        return False
    return record.child in expected.seal["children"] and record.at_ms <= sealed_at_ms


def _sender(links: Links, one: Delivery) -> str:
    record = links.of(one)
    return record.organisation if record else ""


def _by(found: Iterable[Delivery], key: Callable[[Delivery], K]) -> dict[K, list[Delivery]]:
    groups: dict[K, list[Delivery]] = defaultdict(list)
    for one in found:
        groups[key(one)].append(one)
    return groups
