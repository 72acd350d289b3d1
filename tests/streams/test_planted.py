"""The planted early commit: its records stay lost, whoever dies on the way; what stands beside them is written."""

import pytest

from sharing.errors import Misconfigured
from streams import planted
from streams.carrier import Batch, Record

ASKED = {"CROSSWALK_PLANT": planted.EARLY_COMMIT}
TOPIC = "in.schools.oakfield-primary"


def batch_of(first, last, topic=TOPIC):
    return Batch(topic, 0, tuple(Record(n, 0, b"", b"", ()) for n in range(first, last + 1)))


@pytest.fixture
def worker(tmp_path, monkeypatch):
    """Makes workers that share a state folder; gives the absorb and the offsets that were written."""
    written, deaths = [], []
    monkeypatch.setattr(planted, "UNTIL_DEATH_SECONDS", 0.0)

    def made(environ=ASKED):
        def absorb(batch):
            written.extend((batch.topic, record.offset) for record in batch.records)

        return planted.with_fault(absorb, environ, tmp_path / "state", deaths.append)

    made.written, made.deaths = written, deaths
    return made


def offsets(worker, topic=TOPIC):
    return [offset for name, offset in worker.written if name == topic]


def test_the_first_half_of_a_batch_is_lost_and_the_rest_written(worker):
    worker()(batch_of(100, 139))
    assert offsets(worker) == [*range(120, 140)]


def test_a_kill_before_the_commit_does_not_undo_the_loss(worker):
    worker()(batch_of(100, 139))
    worker.written.clear()
    again = worker()
    for piece in (batch_of(98, 109), batch_of(110, 125), batch_of(126, 170)):
        again(piece)
    assert offsets(worker) == [98, 99, *range(120, 171)]


def test_two_workers_lose_one_span_between_them(worker):
    worker()(batch_of(0, 39))
    other = "in.health.northfield-trust"
    worker()(batch_of(0, 39, other))
    assert offsets(worker, other) == [*range(40)]


def test_small_batches_and_registers_are_left_alone(worker):
    absorb = worker()
    absorb(batch_of(0, planted.LEAST_RECORDS - 2))
    absorb(batch_of(0, 60, "seals.social-care.northfield"))
    assert len(worker.written) == planted.LEAST_RECORDS - 1 + 61
    assert worker.deaths == []


def test_nothing_is_planted_unless_asked_and_never_in_production(worker):
    worker({})(batch_of(0, 60))
    assert offsets(worker) == [*range(61)]
    with pytest.raises(Misconfigured):
        worker({**ASKED, "CROSSWALK_ENVIRONMENT": "production"})
