"""`crosswalk console` as a process: one line with an address that opens once, real figures behind it, a clean end."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import pytest
import yaml

from console.cluster import Cluster
from ledger.keys import load_or_create
from sharing.directory import from_document
from sharing.errors import Retryable
from tests.console.rig import DIRECTORY, NOW, Town, a_directory, busy

ROOT = Path(__file__).resolve().parents[2]
MAIN = "import typer; from crosswalk.console_cli import console; typer.run(console)"


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    """A partnership on disk, and the environment that names it."""
    town = Town(tmp_path, keys=load_or_create(tmp_path / "keys.json"))
    busy(town)
    town.close()
    (tmp_path / "directory.yaml").write_text(yaml.safe_dump(dict(DIRECTORY)), encoding="utf-8")
    (tmp_path / "clock.txt").write_text(NOW.isoformat(), encoding="ascii")
    return {
        "CROSSWALK_DATABASE": town.url,
        "CROSSWALK_KEYS": str(tmp_path / "keys.json"),
        "CROSSWALK_PARTNERSHIP": str(tmp_path),
        "CROSSWALK_AGENCIES": str(town.agencies),
        "CROSSWALK_CLOCK": f"simulated:{tmp_path / 'clock.txt'}",
    }


@contextmanager
def running(settings: dict[str, str], *options: str) -> Iterator[subprocess.Popen[str]]:
    environment = os.environ | settings | {"PYTHONPATH": str(ROOT)}
    environment.pop("KAFKA_BOOTSTRAP", None)
    process = subprocess.Popen(
        [sys.executable, "-c", MAIN, *options],
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=20)


def figures(browser: httpx.Client) -> str:
    """The page, once the first look is done."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        text = browser.get("/").text
        if "first look" not in text:
            return text
        time.sleep(0.05)
    raise AssertionError("the console never looked")


def test_one_line_with_an_address_that_opens_once(settings):
    with running(settings) as process:
        assert process.stdout is not None
        line = process.stdout.readline().strip()
        address = line.removeprefix("Console: ")
        assert address.startswith("http://127.0.0.1:")
        with httpx.Client(base_url=address.split("/enter")[0], follow_redirects=True, timeout=20) as browser:
            assert browser.get(address).status_code == 200
            text = figures(browser)
            assert "Friday 20 November 2026, 17:05:30" in text
            assert "5 refused" in text
            assert httpx.get(address).status_code == 403
        process.terminate()
        rest, errors = process.communicate(timeout=20)
    assert (rest, process.returncode) == ("", 0)
    assert address.split("token=")[1] not in errors


def test_a_port_that_is_taken_is_named_with_the_fix(settings):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with running(settings, "--port", port) as process:
            _, errors = process.communicate(timeout=60)
    assert process.returncode != 0
    assert f"port {port}: cannot be used" in errors
    assert "0 for a free one" in errors


def test_a_ledger_that_is_not_there_is_not_made(settings, tmp_path):
    with running(settings | {"CROSSWALK_DATABASE": f"sqlite:///{tmp_path / 'other.db'}"}) as process:
        _, errors = process.communicate(timeout=60)
    assert process.returncode != 0
    assert "Misconfigured" in errors


def test_it_listens_on_this_machine_only(settings):
    with running(settings) as process:
        assert process.stdout is not None
        process.stdout.readline()
        listening = [c.laddr.ip for c in psutil.Process(process.pid).net_connections() if c.status == "LISTEN"]
    assert listening == ["127.0.0.1"]


# ---------------------------------------------------------------- the cluster


@pytest.mark.wire
def test_the_ends_of_the_input_topics_are_asked_at_once(kafka):
    from confluent_kafka import Producer
    from confluent_kafka.admin import AdminClient, NewTopic

    school = {
        "agency": "schools",
        "kind": "school",
        "name": "Shoreline Primary",
    }  # nobody else's topics on this cluster
    admin, topic = AdminClient({"bootstrap.servers": kafka, "log_level": 0}), "in.schools.shoreline-primary"
    for made in admin.create_topics([NewTopic(topic, 1, 1)]).values():
        made.result(timeout=20)
    producer = Producer({"bootstrap.servers": kafka, "log_level": 0})
    for _ in range(3):
        producer.produce(topic, b"x")
    producer.flush(20)
    cluster = Cluster(kafka, from_document({"organisations": {"shoreline-primary": school}}, "directory.yaml"))
    assert cluster.ends() == {topic: 3}  # topics that are not made yet are left out


def test_a_cluster_that_is_away_is_said():
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    with pytest.raises(Retryable):
        Cluster(f"127.0.0.1:{port}", a_directory()).ends()
