"""Published, read, compared, cosigned and heard, on a real Kafka; a forked ledger is refused there too."""

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from confluent_kafka import Producer

from connectors.kafka import Producing
from connectors.secrets import make_key_file
from connectors.settings import Settings
from connectors.stores import Stores
from connectors.troubles import Troubles
from connectors.witness import Witness
from deploy.embedded import EmbeddedKafka
from deploy.provision.topics import provision
from ledger import Ledger
from ledger.witnesses import states
from sharing.directory import Directory, from_document
from sharing.topics import CHECKPOINTS, Topic, topics_of
from streams.agents.publish import Publisher
from streams.agents.timers import real_now
from streams.agents.witnessing import Witnessing
from tests.ledger.rig import a_subject, an_event, number, write
from tests.streams.corridor import Corridor

SLUG = "harbour-academy"
HOUSE = Path(__file__).parents[2]
SECONDS = 40.0


def partnership() -> Directory:
    text = (HOUSE / "crosswalk" / "partnership" / "directory.yaml").read_text(encoding="utf-8")
    return from_document(yaml.safe_load(text), "directory.yaml")


class Town:
    """One broker's publishing and one school's witness, driven by hand on a real cluster."""

    def __init__(self, folder: Path, bootstrap: str) -> None:
        self.folder = folder
        school = partnership().organisations[SLUG]
        provision(bootstrap, [Topic(CHECKPOINTS, "tree size", "crosswalk", "*", -1), *topics_of(school)])
        make_key_file(folder / "connector.key")
        said = {
            "organisation": SLUG, "agency": "schools", "bootstrap": bootstrap, "key_file": "connector.key",
            "state": "state", "witness_seconds": 0.01,
        }  # fmt: skip
        self.settings = Settings.from_mapping(said, "connector.yaml", folder)
        self.client = {"bootstrap.servers": bootstrap, "log_level": 0}
        self.troubles = Troubles(SLUG)
        self.stores = Stores(self.settings)
        self.witness = self.started()
        self.corridor = Corridor(folder)
        self.publisher, self.witnessing = self.broker(self.corridor.ledger)

    def started(self) -> Witness:
        return Witness(self.stores, Producing(self.settings, lambda: False), real_now, self.troubles)

    def broker(self, ledger: Ledger) -> tuple[Publisher, Witnessing]:
        broker = replace(self.corridor.broker, ledger=ledger)
        return Publisher(broker, Producer({**self.client, "acks": "all"})), Witnessing(broker, self.client)

    def until(self, happened, words: str) -> None:
        """Publish, witness and listen, round and round, until it has happened."""
        end = time.monotonic() + SECONDS
        while not happened():
            assert time.monotonic() < end, words
            assert self.publisher.may_publish(real_now())
            self.publisher.checkpoint(self.witnessing.listen())
            self.witness.cycle(0.2)

    def witnessed(self) -> int:
        with self.corridor.ledger.reading() as tx:
            return max((state.size for state in states(tx) if not state.refusal), default=0)

    def size(self) -> int:
        with self.corridor.ledger.reading() as tx:
            (found,) = tx.session.one("select max(size) from checkpoint")
        return found

    def refusal(self) -> str:
        with self.corridor.ledger.reading() as tx:
            return "".join(state.refusal for state in states(tx))

    def close(self) -> None:
        self.witness.close()
        self.witnessing.close()
        self.stores.close()


@pytest.mark.wire
def test_a_connector_witnesses_what_is_published_and_refuses_another_history(
    kafka_node: Callable[[], EmbeddedKafka], tmp_path: Path
):
    with closing(Town(tmp_path, kafka_node().bootstrap)) as town:
        ledger = town.corridor.ledger
        subject = a_subject(ledger)
        write(ledger, an_event(1, subject, SLUG), an_event(2, subject, SLUG))
        number(ledger)
        first = town.size()
        town.until(lambda: town.witnessed() == first, "the first checkpoint was not witnessed")

        write(ledger, an_event(3, subject, SLUG))
        number(ledger)
        town.until(lambda: town.witnessed() > first, "what grew was not witnessed")

        town.witness.close()
        for name in range(4, 7):  # published while the witness is away, without a step that it could follow
            write(ledger, an_event(name, subject, SLUG))
            number(ledger)
            with ledger.transaction() as tx:
                tx.session.run("update published set size = 0")
            town.publisher.checkpoint()
        town.witness = town.started()
        size = town.size()
        town.until(lambda: town.witnessed() == size, "it did not ask for the step that it missed")
        assert town.troubles.all() == ()

        with closing(Ledger.open(f"sqlite:///{tmp_path / 'other.db'}", town.corridor.keys)) as forked:
            other = a_subject(forked)
            write(forked, *(an_event(("forged", i), other, SLUG) for i in range(size)))
            number(forked)
            town.broker(forked)[0].checkpoint()
        town.until(lambda: town.refusal() == "FORKED", "the forked ledger was not refused")
        assert [t.code for t in town.troubles.all()] == ["FORKED"]
