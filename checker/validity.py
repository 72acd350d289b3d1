"""Was this run worth anything? Each fault that the story makes must have struck something under way.

Also the refusals: what nothing can be made of must be refused with the code that was written down, and be visible.
Left out: what was lost by it. A run that proves nothing is invalid, not green.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from checker.expectations import Expectations
from checker.model import Category, Fault
from checker.reading import Truth, read_optional, refusals


def faults_fired(folder: Path, expected: Expectations) -> Iterator[Fault]:
    """Faults of the run itself."""
    made = read_optional(folder / "story" / "faults.jsonl")
    for process in expected.faults["kill"]:
        yield from _fired(made, "kill", "process", process, "in_flight")
    for organisation in expected.faults["offline"]:
        yield from _fired(made, "offline", "organisation", organisation, "waiting")


def kills(folder: Path) -> int:
    """Kills that struck work in flight."""
    made = read_optional(folder / "story" / "faults.jsonl")
    return sum(one.get("fault") == "kill" and _struck(one, "in_flight") for one in made)


def marks(truth: Truth, expected: Expectations) -> Iterator[Fault]:
    """The moments that the story must have marked."""
    if expected.seal["mark"] not in truth.marks:
        yield Fault(
            Category.INVALID, "", "story/published.jsonl", f"no mark `{expected.seal['mark']}`: when was sealed?"
        )


def refused(folder: Path, truth: Truth) -> tuple[list[Fault], int]:
    """Refusals that are missing, and how many there were."""
    found = {organisation: Counter(codes) for organisation, codes in refusals(folder).items()}
    by_kafka = {
        str(one.get("reference")): str(one.get("code")) for one in read_optional(folder / "story/refusals.jsonl")
    }
    total = sum(counter.total() for counter in found.values()) + len(by_kafka)
    faults = []
    for record in truth.published:
        if record.fate != "refused":
            continue
        own = found.get(record.organisation, Counter())
        if by_kafka.get(record.reference) == record.code:
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


def _fired(made: list[dict[str, Any]], fault: str, key: str, name: str, measure: str) -> Iterator[Fault]:
    own = [one for one in made if one.get("fault") == fault and one.get(key) == name]
    if not own:
        yield Fault(Category.INVALID, "", name, f"the story's {fault} never happened")
    elif not all(_struck(one, measure) for one in own):
        yield Fault(Category.INVALID, "", name, f"a {fault} struck nothing under way")


def _struck(one: Mapping[str, Any], measure: str) -> bool:
    found = one.get(measure)
    return isinstance(found, int) and found > 0
