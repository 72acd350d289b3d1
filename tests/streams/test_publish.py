"""What is published of the ledger tells everybody the same: one size, one rhythm, and the step from the one before."""

from pathlib import Path

import pytest

from ledger import newest
from sharing.errors import Retryable
from sharing.topics import CHECKPOINTS
from sharing.transparency.notes import from_note, from_verifier_key
from sharing.transparency.proofs import from_steps_text
from sharing.transparency.witness import Standing, standing
from streams.agents.publish import RECORD_BYTES, Publisher
from streams.agents.timers import real_now
from tests.ledger.rig import a_subject, an_event, number, write
from tests.streams.corridor import Corridor


class Line:
    """Where records go: keeps them, or does not."""

    def __init__(self) -> None:
        self.records: list[tuple[str, bytes, dict[str, bytes]]] = []
        self.full = False

    def produce(self, topic, value, key, headers, on_delivery) -> None:
        self.records.append((topic, value, dict(headers)))

    def flush(self, seconds: float) -> int:
        return int(self.full)


@pytest.fixture
def town(tmp_path: Path) -> tuple[Corridor, Line, Publisher]:
    corridor, line = Corridor(tmp_path), Line()
    return corridor, line, Publisher(corridor.broker, line)


def grow(corridor: Corridor, *names: object) -> None:
    subject = a_subject(corridor.ledger)
    write(corridor.ledger, *(an_event(name, subject, "harbour-academy") for name in names))
    number(corridor.ledger)


def test_nothing_is_published_before_the_first_checkpoint(town):
    _, line, publisher = town
    publisher.checkpoint()
    assert line.records == []


def test_every_record_has_one_size_whatever_it_tells(town):
    corridor, line, publisher = town
    for names in ([1], [], range(2, 40), [40]):
        if names:
            grow(corridor, *names)
        publisher.checkpoint()
    sizes = {len(value) + sum(len(n) + len(v) for n, v in headers.items()) for _, value, headers in line.records}
    assert (len(line.records), sizes) == (4, {RECORD_BYTES})


def test_a_reader_follows_from_each_record_to_the_next(town):
    corridor, line, publisher = town
    seen = None
    for names in ([1, 2, 3], [4], [5, 6]):
        grow(corridor, *names)
        publisher.checkpoint()
        topic, value, headers = line.records[-1]
        assert topic == CHECKPOINTS
        public = from_verifier_key(headers["verifier-key"].decode())[1]
        found = from_note(value.decode(), public)
        how = standing(seen, found, from_steps_text(headers["steps"].decode()))
        assert how is (Standing.GREW if seen else Standing.FIRST)
        seen = found


def test_a_step_that_was_asked_for_comes_in_a_record_of_its_own(town):
    corridor, line, publisher = town
    sizes = []
    for name in (1, 2, 3):
        grow(corridor, name)
        publisher.checkpoint()
        with corridor.ledger.reading() as tx:
            sizes.append(newest(tx).checkpoint.size)
    publisher.checkpoint([*sizes, 9_999])
    steps = [list(from_steps_text(headers["steps"].decode())) for _, _, headers in line.records[3:]]
    assert steps == [[], [sizes[0]], [sizes[1]]], "only from sizes that were signed, and not from the newest itself"


def test_what_did_not_leave_is_published_again_with_the_same_step(town):
    corridor, line, publisher = town
    grow(corridor, 1)
    publisher.checkpoint()
    grow(corridor, 2)
    line.full = True
    with pytest.raises(Retryable):
        publisher.checkpoint()
    line.full = False
    publisher.checkpoint()
    assert line.records[-1][2]["steps"] == line.records[-2][2]["steps"]


def test_one_process_publishes(town):
    corridor, line, publisher = town
    assert publisher.may_publish(real_now())
    assert not Publisher(corridor.broker, line, "another").may_publish(real_now())
