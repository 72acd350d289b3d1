"""The compose file, as far as it can be held without a Docker engine: it parses, its names are ours, its parts exist.

What only an engine can say (do images start, do they reach each other) is not said here.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from connectors.host import read_settings
from crosswalk.demo.world import FORMATS
from deploy.embedded.jars import KAFKA_VERSION
from streams.broker import read_directory
from streams.settings import OPTIONAL, REQUIRED, Settings

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "deploy" / "compose"
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
DIRECTORY = read_directory(ROOT / "crosswalk" / "partnership")
BROKER = [name for name, one in SERVICES.items() if "CROSSWALK_KEYS" in one.get("environment", {})]
CONNECTORS = {name: one["command"][2:] for name, one in SERVICES.items() if "start.sh" in str(one.get("command"))}
ENROLLED = sorted(slug for slug, one in DIRECTORY.organisations.items() if one.enrolled)


def test_the_partnership_is_all_there() -> None:
    kafka = [name for name in SERVICES if name.startswith("kafka-")]
    assert len(kafka) == 3
    assert {"postgres", "worker-1", "worker-2", "sequencer", "console", "provision"} <= SERVICES.keys()
    assert all(SERVICES[name]["image"] == f"apache/kafka:{KAFKA_VERSION}" for name in kafka)
    assert sorted(slug for named in CONNECTORS.values() for slug in named) == ENROLLED


@pytest.mark.parametrize("name", BROKER)
def test_a_broker_process_gets_the_settings_that_it_reads_and_no_other(name: str) -> None:
    environment = {key: str(value) for key, value in SERVICES[name]["environment"].items()}
    assert REQUIRED.keys() <= environment.keys()
    assert environment.keys() <= {*REQUIRED, *OPTIONAL}
    read = Settings.from_environment(environment, ROOT)
    assert read.production is (name != "agreements")  # invented offices sign there
    assert read.clock == "real"


def test_processes_have_names_of_their_own() -> None:
    names = [SERVICES[name]["environment"].get("CROSSWALK_WORKER") for name in BROKER if name != "provision"]
    assert len(set(names)) == len(names) >= 4
    assert None not in names


def test_whatever_can_be_ill_without_ending_is_looked_at() -> None:
    looked_at = {name for name, one in SERVICES.items() if "healthcheck" in one}
    kafka = {name for name in SERVICES if name.startswith("kafka-")}
    assert looked_at == {*kafka, "postgres", "console", *CONNECTORS}


def test_nobody_waits_for_the_health_of_one_that_tells_none() -> None:
    for name, one in SERVICES.items():
        for other, how in one.get("depends_on", {}).items():
            assert other in SERVICES, f"{name} waits for {other}"
            if how["condition"] == "service_healthy":
                assert "healthcheck" in SERVICES[other], f"{name} waits for the health of {other}"


def test_every_volume_that_is_mounted_is_declared_and_every_folder_exists() -> None:
    declared = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["volumes"].keys()
    used = set()
    for one in SERVICES.values():
        for mount in one.get("volumes", []):
            source = mount.split(":")[0]
            if source.startswith("."):
                assert (ROOT / source).is_dir(), source
            else:
                used.add(source)
    assert used == set(declared)


def test_only_this_machine_reaches_a_port() -> None:
    ports = [port for one in SERVICES.values() for port in one.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


@pytest.mark.parametrize("slug", ENROLLED)
def test_a_connectors_settings_are_good_and_those_of_the_directory(slug: str, tmp_path: Path) -> None:
    text = (COMPOSE / "agencies" / slug / "connector.yaml").read_text()
    assert "/home/crosswalk/" in text
    _make_folders(slug, tmp_path)
    own = tmp_path / "connector.yaml"
    own.write_text(text.replace("/home/crosswalk", str(tmp_path)))
    settings = read_settings(own)
    organisation = DIRECTORY.organisations[slug]
    assert (settings.organisation, settings.agency) == (slug, organisation.agency)
    assert settings.may_seal == organisation.may_seal
    assert tuple(f for intake in settings.intakes for f in intake.formats) == FORMATS[organisation.agency]
    assert settings.bootstrap == SERVICES["worker-1"]["environment"]["KAFKA_BOOTSTRAP"]


def test_the_first_start_makes_folders_and_keys_and_the_second_leaves_them(tmp_path: Path) -> None:
    said = _make_folders("oakfield-primary", tmp_path)
    key = tmp_path / "oakfield-primary" / "connector.key"
    first = key.read_text()
    assert said == f"connector run {COMPOSE / 'agencies' / 'oakfield-primary' / 'connector.yaml'}"
    assert key.stat().st_mode & 0o077 == 0
    _make_folders("oakfield-primary", tmp_path)
    assert key.read_text() == first


def _make_folders(slug: str, home: Path) -> str:
    """Run the start script with a `crosswalk` that only repeats what it was told."""
    binaries = home / "bin"
    binaries.mkdir(exist_ok=True)
    repeats = binaries / "crosswalk"
    repeats.write_text('#!/bin/sh\necho "$@"\n')
    repeats.chmod(0o755)
    python = binaries / "python"
    if not python.exists():
        python.symlink_to(sys.executable)
    environment = {"HOME": str(home), "PATH": f"{binaries}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    argv = ["sh", str(COMPOSE / "start.sh"), slug]
    done = subprocess.run(argv, env=environment, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.strip()
