"""What all tests share: a real Kafka for the run, and nodes of their own for tests that kill them."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import settings

from deploy.embedded import EmbeddedKafka, bootstrap_servers

# A deadline would be a timed assertion. Where CI judges, the same examples are drawn each time; elsewhere new ones.
settings.register_profile("crosswalk", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("crosswalk")


def pytest_configure(config: pytest.Config) -> None:
    """A warning is an error, save what a pinned package says about itself on import."""
    # kafka-python 3.0.12 reads its message definitions by a door that Python 3.11 and 3.12 call deprecated.
    config.addinivalue_line("filterwarnings", r"ignore:(read|open)_text is deprecated\. Use files:DeprecationWarning")


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of one Kafka for the whole run: KAFKA_BOOTSTRAP, or a node of our own. Nobody kills it."""
    with bootstrap_servers(tmp_path_factory.mktemp("kafka")) as address:
        yield address


@pytest.fixture
def kafka_node(tmp_path: Path) -> Iterator[Callable[[], EmbeddedKafka]]:
    """A maker of started nodes, each with a folder of its own, that a test may stop, kill and restart."""
    with ExitStack() as nodes:
        count = iter(range(1_000))

        def make() -> EmbeddedKafka:
            return nodes.enter_context(EmbeddedKafka(tmp_path / f"kafka-{next(count)}"))

        yield make


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the end what each fault run counted: `events=... faults=... lost=0 seen_twice=0 ...`."""
    for report in terminalreporter.stats.get("passed", []):
        for line in report.capstdout.splitlines() if report.when == "call" else ():
            if line.startswith("events="):
                terminalreporter.write_line(f"{line}  {report.nodeid.rpartition('/')[2]}")
