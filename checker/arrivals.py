"""Did everything arrive, once, at the right places, with the right fields, and nothing anywhere else?

Left out: order (`order`), bytes (`leaks`), and what the broker itself says (`sayings`). A delivery is known by its
type, its time and its child's names; which of several functions of one organisation it was for is told by its fields.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import permutations

from checker.expectations import Expectations
from checker.model import Category, Delivery, Fault, Published

BROKERS = ("broker.", "correction.")
Linked = Mapping[tuple[str, str], list[Delivery]]
"""Deliveries by reference and organisation."""


class Links:
    """Which published record each delivery is of."""

    def __init__(self, events: Iterable[Published]) -> None:
        self.events = {one.reference: one for one in events}
        self._known = {(one.event_type, _moment(one.occurred_at), *one.names): one for one in self.events.values()}

    def of(self, delivery: Delivery) -> Published | None:
        """The record, or None."""
        moment = _moment(str(delivery.fields.get("envelope.occurred_at", "")))
        exact = self._known.get((delivery.event_type, moment, *delivery.names))
        return exact or self._known.get((delivery.event_type, "", *delivery.names))

    def grouped(self, found: Iterable[Delivery]) -> tuple[Linked, list[Delivery]]:
        """Deliveries by record and organisation, and those of no record; what the broker says is left aside."""
        linked: dict[tuple[str, str], list[Delivery]] = defaultdict(list)
        strays = []
        for delivery in found:
            if delivery.event_type.startswith(BROKERS):
                continue
            record = self.of(delivery)
            if record is None:
                strays.append(delivery)
            else:
                linked[record.reference, delivery.organisation].append(delivery)
        return linked, strays


def judge(
    links: Links, found: Sequence[Delivery], expected: Expectations, sealed_at_ms: int
) -> tuple[list[Fault], int]:
    """Faults, and how many published fields were withheld in what arrived."""
    linked, strays = links.grouped(found)
    faults = [Fault(Category.LEAK, "", one.place, "a delivery of nothing that was published") for one in strays]
    withheld = 0
    for record in links.events.values():
        due = expected.recipients(record.reference)
        for organisation, functions in due.items():
            here = linked.get((record.reference, organisation), [])
            faults += _number(record, organisation, functions, here)
            for delivery, function in _assigned(record, here, functions, expected):
                faults += _fields(record, delivery, function, expected, sealed_at_ms)
                withheld += sum(path not in delivery.fields for path in record.fields)
    for (reference, organisation), here in linked.items():
        if organisation not in expected.recipients(reference):
            faults += [Fault(Category.LEAK, reference, one.place, "not a recipient of this event") for one in here]
    for delivery in found:
        faults += _classes(links, delivery, expected)
    return faults, withheld


def _number(record: Published, organisation: str, functions: Sequence[str], here: Sequence[Delivery]) -> list[Fault]:
    if len(here) < len(functions):
        said = f"{len(here)} of {len(functions)} deliveries ({', '.join(functions)})"
        return [Fault(Category.LOST, record.reference, organisation, said)]
    if len(here) > len(functions):
        return [
            Fault(Category.SEEN_TWICE, record.reference, one.place, "once more than due")
            for one in here[len(functions) :]
        ]
    return []  # fmt: skip


def _assigned(
    record: Published, here: Sequence[Delivery], functions: Sequence[str], expected: Expectations
) -> list[tuple[Delivery, str]]:
    """Each delivery with the function for which it fits best."""
    due = {function: expected.sees_sealed(record, function) & record.fields.keys() for function in functions}

    def misfit(pairs: Sequence[tuple[Delivery, str]]) -> int:
        return sum(len(due[function] ^ (one.fields.keys() & record.fields.keys())) for one, function in pairs)

    chosen = list(here[: len(functions)])
    tries = ([*zip(chosen, order, strict=False)] for order in permutations(functions))
    return min(tries, key=misfit, default=[])


def _fields(
    record: Published, delivery: Delivery, function: str, expected: Expectations, sealed_at_ms: int
) -> Iterator[Fault]:
    sees = expected.sees_sealed(record, function)
    once = expected.sees(record.event_type, function) & delivery.fields.keys() if record.at_ms < sealed_at_ms else ()
    harmless = {path for path in once if expected.tells_nothing(delivery.organisation, delivery.fields[path])}
    for path in sorted(delivery.fields.keys() - sees - expected.always - harmless):
        yield Fault(Category.LEAK, record.reference, delivery.place, f"{function} may not see {path}")
    for path in sorted((sees & record.fields.keys()) - delivery.fields.keys()):
        yield Fault(Category.LOST, record.reference, delivery.place, f"{function} is due {path}")
    for path in sorted(sees & record.fields.keys() & delivery.fields.keys()):
        if not _same(path, record.fields[path], delivery.fields[path]):
            yield Fault(Category.LOST, record.reference, delivery.place, f"{path} is not what was published")


def _classes(links: Links, delivery: Delivery, expected: Expectations) -> Iterator[Fault]:
    """The general rule, whatever is expected of this record: classes that such an organisation may never hold."""
    record = links.of(delivery)
    reference = record.reference if record else ""
    for path in sorted(delivery.fields):
        if expected.never(delivery.organisation, delivery.event_type, path):
            yield Fault(
                Category.LEAK, reference, delivery.place, f"no {expected.kinds[delivery.organisation]} may hold {path}"
            )


def _same(path: str, published: object, delivered: object) -> bool:
    if path == "envelope.markings":
        return isinstance(delivered, list) and isinstance(published, list) and set(delivered) <= set(published)
    if published == delivered:
        return True
    return _moment(str(published)) == _moment(str(delivered)) != ""


def _moment(text: str) -> str:
    """A time in one spelling, `` for what is none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return ""
    return str(found.timestamp()) if found.tzinfo else ""
