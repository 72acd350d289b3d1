"""The settings of the one node, as text, and how the files that Kafka writes are read back.

Left out: where the files stand (`folder`) and who runs them (`node`). Rules: loopback only; no topic comes into being
by being asked for; nothing expects a second node; a killed node is back within seconds.
"""

from collections.abc import Mapping
from pathlib import Path

NODE_ID = "1"
LARGEST_MESSAGE = 1_048_576
"""Bytes of the largest batch that the broker takes. The connectors refuse far below this."""

FIXED: Mapping[str, str] = {
    "process.roles": "broker,controller",
    "node.id": NODE_ID,
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "controller.listener.names": "CONTROLLER",
    # Topics are declared by the product, with their time stamps, retention and rights; a misspelt name must fail.
    "auto.create.topics.enable": "false",
    "message.max.bytes": str(LARGEST_MESSAGE),
    # One node: nothing may wait for a second copy.
    "default.replication.factor": "1",
    "min.insync.replicas": "1",
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.num.partitions": "2",
    # After kill -9 the controller waits for the dead node's session to end before it lets a new one in: 9 s by default.
    "broker.session.timeout.ms": "1000",
    "broker.heartbeat.interval.ms": "200",
    # Consumers of tests and demo may ask for short sessions; nobody has to.
    "group.initial.rebalance.delay.ms": "0",
    "group.min.session.timeout.ms": "1000",
    "num.network.threads": "1",
    "num.io.threads": "2",
    "log.cleaner.dedupe.buffer.size": "4194304",
}


def kafka_properties(data: Path, port: int, controller_port: int) -> str:
    """Give the whole properties file.

    Args:
        data: Folder of Kafka's data, absolute.
        port: Loopback port for clients.
        controller_port: Loopback port for the controller of the same process.

    Returns:
        Lines `name=value`, ready to be written.
    """
    placed = {
        "listeners": f"PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{port}",
        "controller.quorum.voters": f"{NODE_ID}@127.0.0.1:{controller_port}",
        "log.dirs": str(data),
    }
    lines = [f"{name}={value}" for name, value in {**FIXED, **placed}.items()]
    return "\n".join(["# Written at each start; changes made here are lost.", *lines]) + "\n"


def parse_properties(text: str) -> dict[str, str]:
    """Read `name=value` lines; comments, blank lines and lines without `=` count for nothing."""
    pairs = (line.partition("=") for line in text.splitlines() if "=" in line and not line.lstrip().startswith("#"))
    return {name.strip(): value.strip() for name, _, value in pairs}


def ports_of(text: str) -> tuple[int, int] | None:
    """Give the ports (clients, controller) that a properties file of ours names, or None when it names none."""
    ends = parse_properties(text).get("listeners", "").split(",")
    ports = [end.rpartition(":")[2] for end in ends]
    return (
        (int(ports[0]), int(ports[1]))
        if len(ports) == len(("clients", "controller")) and all(map(str.isdigit, ports))
        else None
    )
