"""Two worlds on two real clusters that differ only in what a recipient may not see: every byte that it reads is equal.

In the second world every child lives elsewhere, has another telephone number and ethnicity, other references at social
care and another category of plan; sealed children have another postcode as well. Whoever may see none of this reads the
same keys, values, headers and partitions, in the same order for each child.
"""

import shutil
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path

import pytest

from bench.pipeline import Pipeline
from bench.traffic import Person, Traffic
from deploy.embedded import EmbeddedKafka
from ledger.keys import create
from sharing.events import Child
from tests.wire.pipeline_judge import Reader
from tests.wire.pipeline_rig import Rig

pytestmark = [pytest.mark.wire, pytest.mark.slow, pytest.mark.timeout(300)]

PAIRS = 200
SEES_ADDRESSES = "out.social-care."


class World(Traffic):
    """The same town, children and events; what must not be seen differs by the world's name."""

    name = ""

    def canary(self, *what: object) -> str:
        return blake2b(repr((self.seed, self.name, *what)).encode(), digest_size=8).hexdigest()

    def child_of(self, person: Person) -> Child:
        child = super().child_of(person)
        elsewhere = f"ZE{9 - person.index % 9} 0AP"
        return replace(child, postcode=elsewhere) if person.sealed and self.name else child


class OtherWorld(World):
    name = "other"


def read(world: type[World], node: EmbeddedKafka, folder: Path, keys: Path) -> dict[str, dict[bytes, list[tuple]]]:
    """Everything that left in one world: topic to key to its records in order."""
    folder.mkdir()
    shutil.copy2(keys, folder / "broker.keys")
    with Pipeline(folder, node.bootstrap, workers=1) as pipeline:
        pipeline.make()
        pipeline.start()
        rig = Rig(pipeline, 1)
        rig.traffic = world(PAIRS)
        first = {one.child: one for one in reversed(list(rig.traffic.registrations()))}
        rig._send(first[person.index] for person in rig.traffic.people)  # by one topic, so that children have an order
        rig.until_absorbed(60)
        rig.register()
        rig._send(rig.traffic.review(person, person.index) for person in rig.traffic.people)
        rig.until_absorbed(60)
        rig.until_released(60)
        reader = Reader(node.bootstrap, pipeline.outputs())
        found: dict[str, dict[bytes, list[tuple]]] = defaultdict(lambda: defaultdict(list))
        for message in reader.all():
            record = (message.value(), tuple(message.headers() or ()), message.partition())
            if record not in found[message.topic()][message.key()]:  # an equal copy is passed over, as an inbox does
                found[message.topic()][message.key()].append(record)
        reader.close()
    return found


def test_two_hundred_pairs_that_differ_only_in_what_is_withheld_are_the_same_bytes(
    kafka_node: Callable[[], EmbeddedKafka], tmp_path: Path
) -> None:
    keys = tmp_path / "broker.keys"
    create(keys, "crosswalk/easthaven")
    here = read(World, kafka_node(), tmp_path / "here", keys)
    there = read(OtherWorld, kafka_node(), tmp_path / "there", keys)
    compared = 0
    for topic in sorted({*here, *there}):
        if topic.startswith(SEES_ADDRESSES):
            continue
        assert here[topic].keys() == there[topic].keys(), f"{topic}: the same children, under the same keys"
        for key, records in here[topic].items():
            assert records == there[topic][key], f"{topic}: the same records in the same order"
            compared += len(records)
    assert compared >= 4 * PAIRS, "setting, practice, health visitor and hospital read each child's"
    print(f"events={2 * PAIRS} pairs={PAIRS} compared={compared} differing=0")
