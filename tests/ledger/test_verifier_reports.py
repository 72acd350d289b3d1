"""The outsider finds a difference report that leaves out what newly goes, and none that tells all of it."""

from functools import cache

import pytest

from ledger.offline_verifier import Matrix
from sharing.policy import Agreements
from sharing.policy.difference import difference
from sharing.policy.matrix import matrix_bytes
from sharing.policy.mutants import mutants, sample
from sharing.policy.mutants_tried import with_mistake
from tests.streams.corridor import world

AGREEMENTS = world()[3]
MISTAKES = sample(mutants(AGREEMENTS), 8)


@cache
def outsider() -> Matrix:
    return Matrix(matrix_bytes(AGREEMENTS))


@cache
def changed(number: int) -> tuple[Agreements, Matrix, set[tuple[str, str, str]]]:
    """The set with a mistake, and what newly goes by it, as the broker reports it."""
    other = with_mistake(AGREEMENTS, MISTAKES[number])
    return other, Matrix(matrix_bytes(other)), reported(AGREEMENTS, other)


def reported(old: Agreements, new: Agreements) -> set[tuple[str, str, str]]:
    return {(c.event_type, c.kind.value, c.path) for c in difference(old, new).disclosed}


@pytest.mark.parametrize("number", range(len(MISTAKES)))
def test_what_the_outsider_finds_newly_going_the_broker_reports(number):
    """Both ways, so that a report is held against a change and against its opposite."""
    other, theirs, told = changed(number)
    assert set(theirs.widened(outsider())) <= told, MISTAKES[number].text
    assert set(outsider().widened(theirs)) <= reported(other, AGREEMENTS), MISTAKES[number].text


def test_most_mistakes_that_widen_are_found_by_the_outsider_too():
    """It tries few situations: a report that lies about a plain widening is found, one about a rare one may not be."""
    widening = [number for number in range(len(MISTAKES)) if changed(number)[2]]
    found = [number for number in widening if any(True for _ in changed(number)[1].widened(outsider()))]
    assert len(widening) >= 4
    assert len(found) / len(widening) > 0.6, f"{len(found)} of {len(widening)}"


def test_a_set_newly_gives_nothing_that_it_gave_before():
    assert list(outsider().widened(outsider())) == []
