"""Workers and the broker are killed under load: nothing lost, nothing seen twice, order kept per child."""

from pathlib import Path

import pytest

from tests.wire.transport_rig import NOTHING_WRONG, Crew, events, make_topic, produce

pytestmark = [pytest.mark.wire, pytest.mark.parametrize("kind", ["faust", "bare"])]

COUNT = 20_000


def test_six_kills_lose_nothing_and_repeat_nothing(kafka: str, kind: str, tmp_path: Path) -> None:
    topic = make_topic(kafka)
    wave = COUNT // 5
    # Frequent commits: one that came too early would be on the broker when the kill falls.
    with Crew(tmp_path, kafka, kind, [topic], slow=0.1, max_poll_records=100, commit_s=0.05) as crew:
        crew.start(0)
        crew.start(1)
        # Two at once now and then: a round costs a session timeout, whether one worker dies in it or both.
        for number, slots in enumerate(([0], [0, 1], [1], [1, 0])):
            crew.until_all_hold_partitions(60)
            produce(kafka, topic, events(wave, start=number * wave))
            crew.until_applied(number * wave + wave // 10, 30)
            crew.kill(*slots)
        crew.hurry()
        produce(kafka, topic, events(wave, start=4 * wave))
        crew.until_applied(COUNT, 60)
        assert crew.kills_in_flight == 6, "a kill hit no work in flight: the run proves nothing"
        assert crew.count(COUNT, faults=6) == NOTHING_WRONG


def test_broker_killed_twice_loses_nothing(kafka_node, kind: str, tmp_path: Path) -> None:
    node = kafka_node()
    topic = make_topic(node.bootstrap)
    wave = COUNT // 4
    with Crew(tmp_path, node.bootstrap, kind, [topic], slow=0.1, max_poll_records=100) as crew:
        crew.start(0)
        crew.start(1)
        for number in range(2):
            produce(node.bootstrap, topic, events(wave, start=number * wave))
            crew.until_applied(number * wave + wave // 10, 60)
            node.kill()
            assert crew.applied < (number + 1) * wave, "the broker died with no work in flight: the run proves nothing"
            node.start()
        crew.hurry()
        produce(node.bootstrap, topic, events(2 * wave, start=2 * wave))
        crew.until_applied(COUNT, 90)
        assert crew.count(COUNT, faults=2) == NOTHING_WRONG


def test_self_exits_before_and_after_the_transaction_lose_nothing(kafka: str, kind: str, tmp_path: Path) -> None:
    topic = make_topic(kafka)
    produce(kafka, topic, events(4_000))
    with Crew(tmp_path, kafka, kind, [topic], slow=0.01, max_poll_records=100) as crew:
        crew.start(0, exit_before=3)
        crew.until_applied(1, 20)
        crew.start(1, exit_after=5)
        crew.until_applied(4_000, 60)
        assert crew.deaths.count(70) == 2
        assert crew.count(4_000, faults=2) == NOTHING_WRONG


def test_joins_and_leaves_before_the_first_commit_lose_nothing(kafka: str, kind: str, tmp_path: Path) -> None:
    # Many partitions, so that at each join some were fetched and not one record of them acknowledged.
    topic = make_topic(kafka, 64)
    produce(kafka, topic, events(12_000))
    with Crew(tmp_path, kafka, kind, [topic], slow=0.2, max_poll_records=50, commit_s=30.0) as crew:
        crew.start(0)
        crew.until_applied(1, 20)
        assert crew.committed() == 0
        crew.start(1)
        crew.until_all_hold_partitions(30)
        crew.start(2)
        crew.until_all_hold_partitions(30)
        crew.leave(1)
        crew.leave(0)
        assert crew.applied < 12_000, "everything was done before the last worker left: the run proves nothing"
        crew.hurry()
        crew.start(3)
        crew.until_applied(12_000, 60)
        assert crew.count(12_000, faults=5) == NOTHING_WRONG
