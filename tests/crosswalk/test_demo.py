"""The whole demo, judged by the independent checker; and the checker, judged by faults planted for it."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from crosswalk import PACKAGE
from crosswalk.demo.plant import OUTSIDE, plant_fault
from deploy.embedded import EmbeddedKafka

pytestmark = [pytest.mark.wire, pytest.mark.slow, pytest.mark.timeout(600)]


def judged(folder: Path, bootstrap: str) -> tuple[int, dict[str, object], str]:
    argv = [sys.executable, "-m", "checker", str(folder), "--json", "--kafka", bootstrap]
    done = subprocess.run(argv, cwd=PACKAGE, capture_output=True, text=True, check=False)
    return done.returncode, json.loads(done.stdout.strip().splitlines()[-1]), done.stderr


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """What `crosswalk demo --once --json --keep` leaves, with its Kafka up again.

    `make test` plays the demo anyway and names the folder in CROSSWALK_PLAYED; a copy of it is used here.
    """
    folder = tmp_path_factory.mktemp("demo") / "played"
    kept = os.environ.get("CROSSWALK_PLAYED")
    if kept:
        shutil.copytree(kept, folder, symlinks=True)
    else:
        argv = [sys.executable, "-m", "crosswalk", "demo", "--once", "--seed", "7", "--keep", str(folder)]
        done = subprocess.run(argv, cwd=PACKAGE, capture_output=True, text=True, check=False, timeout=500)
        assert done.returncode == 0, done.stdout[-4000:]
    with EmbeddedKafka(folder / "kafka") as kafka:
        yield folder, kafka.bootstrap


def test_the_story_loses_nothing_shows_nothing_twice_and_leaks_nothing(played):
    status, found, said = judged(*played)
    print(
        f"events={found['published']} faults={found['kills']} lost={found['lost']} "
        f"seen_twice={found['seen_twice']} leaks={found['leaks']} order={found['order']}"
    )
    assert status == 0, said
    assert {name: found[name] for name in ("lost", "seen_twice", "leaks", "order")} == dict.fromkeys(
        ("lost", "seen_twice", "leaks", "order"), 0
    )
    assert found["ledger_verified"] is True
    assert found["kills"] >= 3
    assert found["delivered"] > found["published"] > 1_000


FOLDER_PLANTS = ("drop", "duplicate", "swap", "wrong-child")


@pytest.mark.parametrize("plant", FOLDER_PLANTS)
def test_the_checker_sees_a_fault_planted_in_a_folder(played, plant):
    folder, bootstrap = played
    kept = folder.parent / f"{folder.name}-agencies"
    shutil.copytree(folder / "agencies", kept)
    try:
        plant_fault(plant, folder, bootstrap)
        status, found, _ = judged(folder, bootstrap)
    finally:
        shutil.rmtree(folder / "agencies")
        kept.rename(folder / "agencies")
    assert status == 1, found


def test_the_checker_sees_nothing_wrong_when_the_planted_faults_are_gone(played):
    assert judged(*played)[0] == 0


@pytest.mark.parametrize("plant", [name for name in OUTSIDE if name not in FOLDER_PLANTS])
def test_the_checker_sees_a_fault_planted_on_the_wire(played, plant):
    folder, bootstrap = played
    plant_fault(plant, folder, bootstrap)
    status, found, _ = judged(folder, bootstrap)
    assert status == 1, found


def test_where_the_cluster_is_somebody_elses_its_topics_are_judged_through_a_client(played, tmp_path):
    """Its disk cannot be searched: every record is, and what is planted on the wire is seen all the same."""
    folder, bootstrap = played
    apart = tmp_path / "apart"
    shutil.copytree(folder, apart, ignore=shutil.ignore_patterns("kafka"), symlinks=True)
    ours, theirs = (judged(one, bootstrap) for one in (folder, apart))
    same = ("published", "delivered", "refused", "dead_letters", "lost", "seen_twice", "order", "ledger_verified")
    assert {name: theirs[1][name] for name in same} == {name: ours[1][name] for name in same}
    assert theirs[1]["leaks"] == ours[1]["leaks"] > 0, "the faults planted on the wire lie in these topics"
    assert (ours[0], theirs[0]) == (1, 1)


def test_a_cluster_on_which_a_partnership_ran_is_refused_before_anything_is_put_there(played, tmp_path):
    _, bootstrap = played
    argv = [sys.executable, "-m", "crosswalk", "demo", "--once", "--keep", str(tmp_path / "again")]
    given = {**os.environ, "KAFKA_BOOTSTRAP": bootstrap}
    done = subprocess.run(argv, cwd=PACKAGE, env=given, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 2, done.stderr
    assert "holds records of an earlier run" in done.stderr


def test_a_worker_that_commits_before_its_transaction_is_caught(tmp_path):
    argv = [sys.executable, "-m", "crosswalk", "demo", "--once", "--json", "--plant", "early-commit"]
    began = time.monotonic()
    done = subprocess.run(argv, cwd=PACKAGE, capture_output=True, text=True, check=False, timeout=500)
    found = json.loads(done.stdout.strip().splitlines()[-1])
    print(f"seconds={time.monotonic() - began:.0f} lost={found['lost']}")
    assert done.returncode == 1
    assert found["lost"] > 0
