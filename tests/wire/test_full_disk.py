"""The disk of the database, or Kafka's, is full: workers end and are started again, and everything flows afterwards."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bench.pipeline import Pipeline, produce
from deploy.embedded import EmbeddedKafka
from tests.small_disk import fill, mounted
from tests.wire.pipeline_rig import Book, Rig
from tests.wire.test_pipeline import finish

pytestmark = [pytest.mark.wire, pytest.mark.slow, pytest.mark.timeout(600)]

CHILDREN = 60
EVENTS = 600


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 MiB."""
    with mounted(tmp_path / "small", 64) as place:
        yield place


def running(pipeline: Pipeline, book: Path) -> Rig:
    pipeline.make()
    pipeline.start()
    rig = Rig(pipeline, CHILDREN)
    rig.book = Book(book)
    rig.register()
    return rig


def restarts(rig: Rig) -> dict[str, int]:
    return {name: child.restarts for name, child in rig.pipeline.supervisor.children.items()}


def test_a_full_disk_of_the_database_ends_workers_and_costs_nothing(
    kafka_node: Callable[[], EmbeddedKafka], disk: Path, tmp_path: Path
) -> None:
    """Logs and marks lie on the same disk: nobody can say why it ends, and ends all the same."""
    with Pipeline(disk / "broker", kafka_node().bootstrap) as pipeline:
        rig = running(pipeline, tmp_path / "book.jsonl")
        filler = fill(disk)
        rig.faults += 1
        before = pipeline.progress()
        rig.send(EVENTS)

        def workers_ended_twice() -> bool:
            fill(disk)
            ended = restarts(rig)
            return all(ended[name] >= 2 for name in ended if name != "sequencer")

        pipeline.until(workers_ended_twice, 60, "workers that end while the disk is full")
        assert pipeline.count("select count(*) from dead_letter") == 0
        assert pipeline.progress() == before, "nothing is said to be absorbed that was not written"
        filler.unlink()
        rig.send(EVENTS)
        finish(rig)


def test_a_full_disk_of_kafka_ends_it_and_costs_nothing(disk: Path, tmp_path: Path) -> None:
    """Kafka gives up its only folder and ends; what it did not confirm is sent again once there is room."""
    with EmbeddedKafka(disk / "kafka") as node, Pipeline(tmp_path / "broker", node.bootstrap) as pipeline:
        rig = running(pipeline, tmp_path / "book.jsonl")
        rig.amid_work(EVENTS)
        filler = fill(disk)
        rig.faults += 1
        wave = rig.book.note(rig.traffic.events(EVENTS))
        with pytest.raises(RuntimeError, match="did not keep every record"):
            produce(node.bootstrap, wave, **{"message.timeout.ms": 5_000})
        pipeline.until(lambda: not node.running, 30, "a Kafka that ends by itself")
        filler.unlink()
        node.start()
        rig.send_again(wave)  # as a connector does with what was not confirmed
        finish(rig)
        assert pipeline.count("select count(*) from dead_letter") == 0
