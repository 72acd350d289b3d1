"""Was this run worth anything? Each fault that the story makes must have struck something under way.

Also the refusals: what nothing can be made of must be refused with the code that was written down, and be visible.
Left out: what was lost by it. A run that proves nothing is invalid, not green.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from checker.expectations import Expectations
from checker.model import Category, Fault
from checker.reading import Truth, read_optional, refusals
from checker.records import Record

BY_KAFKA, TOO_LARGE = "MESSAGE_TOO_LARGE", "SIZE_TOO_LARGE"


def kills_fired(folder: Path, expected: Expectations) -> Iterator[Fault]:
    """Kills that never were, or that struck nothing."""
    made = _kills(folder)
    for process in expected.faults["kill"]:
        own = [one for one in made if one.get("process") == process]
        if not own:
            yield Fault(Category.INVALID, "", process, "was never killed")
        elif not all(_struck(one) for one in own):
            yield Fault(Category.INVALID, "", process, "was killed when it had nothing under way")


def kills(folder: Path) -> int:
    """Kills that struck work in flight."""
    return sum(_struck(one) for one in _kills(folder))


def offline_struck(organisation: str, sent: Iterable[Record], receipts: Iterable[Record], until_ms: int) -> list[Fault]:
    """Whether something lay in the topic while this sink was offline: sent before the seal, received only after.

    Args:
        organisation: Whose sink the story turns off before the seal and on after it.
        sent: Its out topic.
        receipts: Its receipts.
        until_ms: When everything else had come to rest, real time.
    """
    received: dict[bytes, int] = {}
    for one in receipts:
        received[one.key] = min(one.at_ms, received.get(one.key, one.at_ms))
    waited = [one for one in sent if one.at_ms <= until_ms < received.get(_exchange(one), 0)]
    return [] if waited else [Fault(Category.INVALID, "", organisation, "was offline while nothing waited for it")]


def marks(truth: Truth, expected: Expectations) -> Iterator[Fault]:
    """The moments that the story must have marked."""
    if expected.seal["mark"] not in truth.marks:
        yield Fault(Category.INVALID, "", "story/marks.jsonl", f"no mark `{expected.seal['mark']}`: when was sealed?")


def refused(folder: Path, truth: Truth) -> tuple[list[Fault], int]:
    """Refusals that are missing, and how many there were."""
    found = {organisation: Counter(codes) for organisation, codes in refusals(folder).items()}
    noted = [one for one in read_optional(folder / "story" / "noted.jsonl") if one.get("what") == "too_large"]
    by_kafka = Counter(str(one["topic"]).rpartition(".")[2] for one in noted if TOO_LARGE in str(one.get("answer")))
    total = sum(counter.total() for counter in found.values()) + by_kafka.total()
    faults = []
    for record in truth.published:
        if record.fate != "refused":
            continue
        own = found.get(record.organisation, Counter())
        if record.code == BY_KAFKA and by_kafka[record.organisation] > 0:
            by_kafka[record.organisation] -= 1
            continue
        if own[record.code] > 0:
            own[record.code] -= 1
            continue
        faults.append(Fault(Category.LOST, record.reference, record.organisation, f"was not refused as {record.code}"))
    return faults, total


def dead_letters(truth: Truth, codes: Mapping[str, list[str]]) -> tuple[list[Fault], int]:
    """Dead letters that are missing or that nobody wanted, and how many there were.

    Args:
        truth: What was let go.
        codes: Codes of the dead letters by the organisation whose topic they came from.
    """
    left = {organisation: Counter(found) for organisation, found in codes.items()}
    faults = []
    for record in truth.published:
        if record.fate == "dead_letter":
            own = left.get(record.organisation, Counter())
            if own[record.code] > 0:
                own[record.code] -= 1
            else:
                faults.append(Fault(Category.LOST, record.reference, "dead-letter", f"no dead letter {record.code}"))
    for organisation, found in sorted(left.items()):
        place = f"dead-letter of {organisation}"
        faults += [Fault(Category.LOST, "", place, f"nobody expects {code}") for code in sorted(found.elements())]
    return faults, sum(len(found) for found in codes.values())


def _kills(folder: Path) -> list[dict[str, Any]]:
    return [one for one in read_optional(folder / "story" / "faults.jsonl") if one.get("kind") == "kill"]


def _struck(one: Mapping[str, Any]) -> bool:
    found = one.get("in_flight")
    return isinstance(found, Mapping) and any(isinstance(n, int) and n > 0 for n in found.values())


def _exchange(record: Record) -> bytes:
    try:
        return bytes.fromhex(record.header("ce_id").decode())
    except ValueError:
        return b""
