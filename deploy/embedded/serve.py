"""Which Kafka a program talks to: the one that was named, a container where that was asked for, else a node of our own.

    KAFKA_BOOTSTRAP=host:port,...   a cluster that runs already; it is used, never started, stopped or changed here
    CROSSWALK_KAFKA=testcontainers  a Docker daemon serves one for as long as it is needed
    neither                         an embedded node that ends with the program

Left out: how clients log in to a cluster of others. Rule: what was asked for is given or refused, never silently
replaced.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.embedded.node import EmbeddedKafka
from sharing.errors import Misconfigured

IMAGE = "confluentinc/cp-kafka:8.1.0"
_EMBEDDED, _CONTAINER = "embedded", "testcontainers"
_ASK_DAEMON = "import docker; docker.from_env(timeout=10).ping()"


@contextmanager
def bootstrap_servers(state_dir: Path) -> Iterator[str]:
    """Give the address of a Kafka for as long as the block runs.

    Args:
        state_dir: Folder of the embedded node, if it comes to that.

    Yields:
        `host:port`, or several joined by commas.

    Raises:
        Misconfigured: What the environment asks for cannot be had.
    """
    named = os.environ.get("KAFKA_BOOTSTRAP", "").strip()
    kind = os.environ.get("CROSSWALK_KAFKA", _EMBEDDED).strip() or _EMBEDDED
    if kind not in {_EMBEDDED, _CONTAINER}:
        raise Misconfigured(
            f"CROSSWALK_KAFKA is neither '{_EMBEDDED}' nor '{_CONTAINER}': set one of them, or unset it"
        )
    if named:
        yield named
    elif kind == _CONTAINER:
        with _container() as address:
            yield address
    else:
        with EmbeddedKafka(state_dir) as node:
            yield node.bootstrap


@contextmanager
def _container() -> Iterator[str]:
    """Serve from a container. The daemon is asked, since a `docker` command proves nothing."""
    try:
        from testcontainers.community.kafka import KafkaContainer  # noqa: PLC0415 - optional, for those who have Docker
    except ImportError as error:
        raise Misconfigured("CROSSWALK_KAFKA=testcontainers needs: pip install testcontainers. Or unset it") from error
    # In a process of its own: Docker's client leaves an open socket behind when nobody answers.
    asked = subprocess.run([sys.executable, "-c", _ASK_DAEMON], capture_output=True, timeout=60, check=False)
    if asked.returncode != 0:
        raise Misconfigured("CROSSWALK_KAFKA=testcontainers, but no Docker daemon answers: start it, or unset it")
    container = KafkaContainer(IMAGE).with_kraft().with_env("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
    with container.with_env("KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS", "0") as kafka:
        yield str(kafka.get_bootstrap_server())
