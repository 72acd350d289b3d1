"""The connector on a real Kafka: killed at each step, the broker killed under it, topics that are not there."""

import subprocess
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

from connectors import host, rights
from connectors.failpoints import KILLED, Point
from deploy.embedded import EmbeddedKafka
from sharing.events import ReceiptRecorded
from tests.wire.connector_rig import Rig, decision, recall, until

pytestmark = pytest.mark.wire

CHILDREN = 12
FILES = 3
ROWS = 40
EXCHANGES = 30
RECALLED = 7


def xid(number: int) -> str:
    return f"{number:032x}"


def feed(rig: Rig, batch: int) -> None:
    """Exports and exchanges of one batch; one exchange is recalled."""
    for file in range(FILES):
        rows = [(f"R{batch}-{file}-{n}", f"c{n % CHILDREN}", f"words {n}") for n in range(ROWS)]
        rig.export(f"batch{batch}-{file}.csv", rows)
    start = batch * 1000
    said = [(xid(start + n), n // 3 + 1, f"s{n % 3}", decision(xid(start + n))) for n in range(EXCHANGES)]
    taken_back = (xid(start + 999), EXCHANGES // 3 + 1, f"s{RECALLED % 3}")
    rig.publish(*said, (*taken_back, recall(taken_back[0], xid(start + RECALLED))))


def records_of(rig: Rig) -> dict[str, list[str]]:
    """Native key to the distinct event ids under which it came in, from the topic itself."""
    found: dict[str, list[str]] = defaultdict(list)
    for _, event_id, event in rig.received("in"):
        assert event.envelope.event_id == event_id
        if event_id not in found[str(event.envelope.native_key)]:
            found[str(event.envelope.native_key)].append(event_id)
    return found


def order_faults(rig: Rig) -> int:
    """Events that came, for the first time, after a later one of their child."""
    last: dict[bytes, tuple[int, int]] = {}
    seen: set[str] = set()
    faults = 0
    for key, event_id, event in rig.received("in"):
        if event_id in seen:
            continue
        seen.add(event_id)
        _, file, row = str(event.envelope.native_key).removeprefix("R").split("-")
        place = (int(file), int(row))
        faults += key in last and place < last[key]
        last[key] = max(place, last.get(key, place))
    return faults


def receipts_of(rig: Rig) -> dict[str, set[str]]:
    """Exchange to the distinct receipts that came of it."""
    found: dict[str, set[str]] = defaultdict(set)
    for key, _, event in rig.received("receipts"):
        assert isinstance(event, ReceiptRecorded)
        assert key.hex() == event.envelope.in_reply_to
        found[key.hex()].add(str(event.state))
    return found


def settled(rig: Rig, batches: int) -> bool:
    health = rig.health()
    return (
        not list(rig.drop.glob("*.csv"))
        and health.get("spool", {}).get("new") == 0
        and health["inbox"]["pending"] + health["inbox"]["delivering"] + health["inbox"]["recalling"] == 0
        and health["inbox"]["delivered"] + health["inbox"]["recalled"] == batches * (EXCHANGES + 1)
    )


@pytest.mark.parametrize("point", list(Point))
def test_killed_at_each_step_loses_nothing_and_shows_nothing_twice(kafka: str, tmp_path: Path, point: Point) -> None:
    rig = Rig(kafka, tmp_path)
    feed(rig, 1)
    kills = 0
    for nth in (1, 2):
        process = rig.start(f"{point}:{nth}")
        until(lambda p=process, n=nth: p.poll() is not None or (n > 1 and settled(rig, 1)), f"killed at {point}")
        kills += process.poll() == KILLED
        if process.poll() is None:
            rig.stop(process)
    assert kills, f"{point} was never reached: the run proves nothing"
    process = rig.start()
    until(lambda: settled(rig, 1), "everything sent and delivered")
    rig.stop(process)
    records = records_of(rig)
    lost = FILES * ROWS - len(records)
    seen_twice = sum(len(ids) > 1 for ids in records.values())
    order = order_faults(rig)
    assert (lost, seen_twice, order) == (0, 0, 0)
    files = set(rig.files())
    assert {f"{xid(1000 + n)}.json" for n in range(EXCHANGES) if n != RECALLED} == {
        name for name in files if "recalled" not in name
    }
    receipts = receipts_of(rig)
    assert receipts[xid(1000 + RECALLED)] >= {"RECALLED"}
    assert all(receipts[xid(1000 + n)] == {"DELIVERED"} for n in range(EXCHANGES) if n != RECALLED)
    print(f"events={FILES * ROWS + EXCHANGES + 1} faults={kills} lost={lost} seen_twice={seen_twice} order={order}")


def test_a_broker_killed_under_the_connector_costs_nothing(
    kafka_node: Callable[[], EmbeddedKafka], tmp_path: Path
) -> None:
    node = kafka_node()
    rig = Rig(node.bootstrap, tmp_path)
    process = rig.start()
    try:
        feed(rig, 1)
        until(lambda: rig.health().get("spool", {}).get("sent", 0) > 0, "sending began")
        node.kill()
        rig.export("while-away.csv", [(f"R1-9-{n}", f"c{n}", "words") for n in range(ROWS)])
        until(lambda: not list(rig.drop.glob("*.csv")), "intake goes on without a broker")
        node.restart()
        until(lambda: settled(rig, 1), "everything sent and delivered")
    finally:
        rig.stop(process)
    records = records_of(rig)
    assert len(records) == (FILES + 1) * ROWS
    assert all(len(ids) == 1 for ids in records.values())
    assert order_faults(rig) == 0
    assert len([name for name in rig.files() if "recalled" not in name]) == EXCHANGES - 1


def test_nothing_is_delivered_before_the_end_of_the_topic_is_read(kafka: str, tmp_path: Path) -> None:
    rig = Rig(kafka, tmp_path)
    many = [(xid(n), n, "child", decision(xid(n))) for n in range(1, 601)]
    rig.publish(*many, (xid(9000), 601, "child", recall(xid(9000), xid(1))))
    process = rig.start()
    try:
        until(lambda: len(rig.files()) > 0, "deliveries began")
        assert f"{xid(1)}.json" not in rig.files()
        until(lambda: rig.health().get("inbox", {}).get("delivered") == 600, "all but the recalled one delivered")
    finally:
        rig.stop(process)
    assert f"{xid(1)}.json" not in rig.files()
    assert len(rig.files()) == 599


def test_missing_topics_are_told_with_the_fix_and_nothing_is_lost(kafka: str, tmp_path: Path) -> None:
    rig = Rig(kafka, tmp_path, topics=False)
    rig.export("a.csv", [("R1-0-0", "c", "words")])
    process = rig.start()
    try:
        until(lambda: "provision" in str(rig.health().get("troubles")), "the missing topic is told")
        assert len(rights.lacking(host.read_settings(rig.settings))) == 3
        rig.make_topics()
        until(lambda: rig.health()["spool"]["sent"] == 1, "sent once the topics are there")
        until(lambda: rig.health()["troubles"] == [], "the trouble is over")
    finally:
        rig.stop(process)
    assert list(records_of(rig)) == ["R1-0-0"]


def test_a_second_process_of_one_connector_ends_with_the_fix(kafka: str, tmp_path: Path) -> None:
    rig = Rig(kafka, tmp_path)
    process = rig.start()
    try:
        until(lambda: bool(rig.health()), "the first process is up")
        second = subprocess.run(process.args, capture_output=True, timeout=60, check=False)
    finally:
        rig.stop(process)
    assert second.returncode == 2
    assert b"running already" in second.stderr


def test_no_value_of_a_record_stands_in_log_or_health(kafka: str, tmp_path: Path) -> None:
    rig = Rig(kafka, tmp_path)
    rig.export("Canary-3d1.csv", [("R1-0-0", "Canary-3d1", "canary-3d1"), ("R1-0-1", "c", 'a "broken canary-3d1')])
    rig.publish((xid(1), 1, "child", decision(xid(1))))
    process = rig.start("after_marked_delivered")
    assert process.wait(60) == KILLED
    process = rig.start()
    until(lambda: rig.health().get("spool", {}).get("sent", 0) >= 2, "sent")
    rig.stop(process)
    for path in (rig.folder / "log", *(rig.folder / "state").iterdir()):
        assert b"anary-3d1" not in path.read_bytes(), path.name
