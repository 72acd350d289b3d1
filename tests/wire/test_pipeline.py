"""The whole pipeline on a real Kafka under faults: nothing lost, nothing seen twice, nothing leaked, order kept."""

import json
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from bench.pipeline import Pipeline
from bench.traffic import Sent
from deploy.embedded import EmbeddedKafka
from tests.ledger.postgres import server
from tests.wire.pipeline_rig import Rig, ledger_verifies

pytestmark = [pytest.mark.wire, pytest.mark.slow, pytest.mark.timeout(600)]

CHILDREN = 300
NodeMaker = Callable[[], EmbeddedKafka]


@pytest.fixture(scope="module")
def postgres_server() -> Iterator[str]:
    """URL of one PostgreSQL server; skips with its reason where there is none."""
    with server() as address:
        yield address


@pytest.fixture
def database(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """None for SQLite; a fresh PostgreSQL database where the test is marked so."""
    if request.node.get_closest_marker("postgres") is None:
        yield None
        return
    address = request.getfixturevalue("postgres_server")
    with psycopg.connect(address, autocommit=True) as line:
        line.execute("create database pipeline")
    yield sa.make_url(address).set(database="pipeline").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as line:
        line.execute("drop database pipeline with (force)")


@pytest.fixture
def node(kafka_node: NodeMaker) -> EmbeddedKafka:
    """A Kafka of its own, to be killed."""
    return kafka_node()


@pytest.fixture
def rig(node: EmbeddedKafka, database: str | None, tmp_path: Path) -> Iterator[Rig]:
    """Two workers and a sequencer under supervision; every child's register is in."""
    with Pipeline(tmp_path / "broker", node.bootstrap, database) as pipeline:
        pipeline.make()
        pipeline.start()
        made = Rig(pipeline, CHILDREN)
        made.register()
        yield made


def finish(rig: Rig, forbidden: Iterable[Sent] = (), dead_letters: int = 0) -> None:
    """Wait for quiet, judge, and print the one line."""
    rig.until_absorbed(180)
    rig.until_arrived(90)
    rig.until_released(90)
    verdict = rig.judge(forbidden)
    rig.scan_at_rest(verdict)
    verified = json.loads(ledger_verifies(rig.pipeline))
    print(verdict.line(rig.faults))
    assert (verdict.lost, verdict.seen_twice, verdict.leaks, verdict.order) == (0, 0, 0, 0), verdict.faults
    assert verified["verified"]
    assert verified["waiting"] == 0
    assert rig.pipeline.count("select count(*) from dead_letter") == dead_letters


def test_six_kills_in_twenty_thousand_events(rig: Rig) -> None:
    aborted = rig.send_aborted(40)
    forged = rig.send_forged(5)
    for slots in (["worker-1"], ["worker-2", "worker-1"], ["worker-2"], ["worker-1", "worker-2"]):
        wave = rig.send(5_000)
        rig.kill(*slots)
        rig.send_again(wave[::50])
        rig.until_absorbed(150, left=500)
    rig.kill_sequencer()
    finish(rig, [*aborted, *forged], dead_letters=len(forged))
    assert rig.kills_in_flight == 6, "a kill hit no work in flight: the run proves nothing"


def test_kafka_killed_twice(rig: Rig, node: EmbeddedKafka) -> None:
    for _ in range(2):
        rig.amid_work()
        node.kill()
        rig.faults += 1
        node.start()
    finish(rig)


def test_database_locked_and_slow(rig: Rig) -> None:
    with rig.database_locked(4.0):
        rig.send(700)
    with rig.database_locked(0.3, times=12):
        rig.send(700)
    with rig.database_locked(13.0):  # longer than a worker waits: it ends, and is started again
        rig.send(600)
        rig.kill_sequencer()
    finish(rig)


@pytest.mark.postgres
def test_postgres_locked_gone_and_workers_killed(rig: Rig) -> None:
    rig.send(1_000)
    rig.kill("worker-1")
    rig.send(1_000)
    with rig.database_locked(3.0):
        time.sleep(0.5)  # the instant is the fault that is injected; any instant is legal
    rig.amid_work()
    rig.cut_lines_to_postgres()
    rig.kill_sequencer()
    rig.kill("worker-2")
    finish(rig)
    assert rig.kills_in_flight == 2, "a kill hit no work in flight: the run proves nothing"
