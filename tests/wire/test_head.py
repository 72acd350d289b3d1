"""Two workers under load: the head is taken away, and given back. On a real Kafka."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest
from confluent_kafka import Message

from bench.pipeline import Pipeline
from deploy.embedded import EmbeddedKafka
from tests.wire.pipeline_judge import Reader
from tests.wire.pipeline_rig import Rig

pytestmark = [pytest.mark.wire, pytest.mark.slow, pytest.mark.timeout(300)]

CHILDREN = 150
STOPS_WITHIN_SECONDS = 5.0
ACTIVATED = "kind = (select id from word where text = 'agreements.activated')"


@pytest.fixture
def rig(kafka_node: Callable[[], EmbeddedKafka], tmp_path: Path) -> Iterator[Rig]:
    """Two workers and a sequencer; every child's register is in."""
    with Pipeline(tmp_path / "broker", kafka_node().bootstrap) as pipeline:
        pipeline.make()
        pipeline.start()
        made = Rig(pipeline, CHILDREN)
        made.register()
        yield made


def left_between(rig: Rig, start: float, end: float) -> list[Message]:
    """What left between two moments, by the cluster's own clock."""
    reader = Reader(rig.pipeline.bootstrap, rig.outputs())
    found = [m for m in reader.all() if start * 1000 < m.timestamp()[1] < end * 1000]
    reader.close()
    return found


@contextmanager
def events_coming_in(rig: Rig) -> Iterator[None]:
    """Events are sent all the time, so that what happens within strikes work in flight."""
    enough = Event()

    def send() -> None:
        while not enough.wait(0.1):
            rig.send(200)

    sending = Thread(target=send)
    sending.start()
    try:
        yield
    finally:
        enough.set()
        sending.join()


def kinds(messages: list[Message]) -> set[bytes]:
    return {dict(m.headers() or ())["ce_type"] for m in messages}


def test_without_a_head_only_referrals_leave_within_five_seconds_and_with_it_everything_does(rig: Rig) -> None:
    ledger, pipeline = rig.pipeline.ledger, rig.pipeline
    absorbed = sum(pipeline.progress().values())
    with events_coming_in(rig):
        pipeline.until(lambda: sum(pipeline.progress().values()) > absorbed, 30, "a first record absorbed")
        with ledger.transaction() as tx:
            (row,) = tx.session.rows(f"select n, kind, body from statement where {ACTIVATED}")
            tx.session.run(f"delete from statement where {ACTIVATED}")
        taken = time.time()
        rig.pipeline.until(lambda: time.time() > taken + 0.5, 10, "some events more")
    rig.until_absorbed(60)
    pipeline.until(lambda: time.time() > taken + STOPS_WITHIN_SECONDS, 10, "the time in which releasing must stop")
    rig.send(300)
    rig.until_absorbed(60)
    pipeline.until(
        lambda: not pipeline.count("select count(*) from express where sent_at is null"), 30, "referrals sent"
    )
    with ledger.transaction() as tx:
        tx.session.run("insert into statement values (?, ?, ?)", row)
    given = time.time()
    assert kinds(left_between(rig, taken + STOPS_WITHIN_SECONDS, given)) == {b"referral.submitted"}
    rig.until_arrived(90)
    rig.until_released(60)
    assert b"school.concern.shared" in kinds(left_between(rig, given, time.time())), "nothing waited for the head"
    verdict = rig.judge()
    print(verdict.line(1))
    assert (verdict.lost, verdict.seen_twice, verdict.leaks, verdict.order) == (0, 0, 0, 0), verdict.faults
