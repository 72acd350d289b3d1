"""The node's settings: loopback only, nothing by accident, and readable back."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.embedded.settings import kafka_properties, parse_properties, ports_of

PORTS = st.integers(min_value=1, max_value=65535)


@given(port=PORTS, controller=PORTS)
def test_ports_are_remembered_by_the_settings_themselves(port: int, controller: int) -> None:
    assert ports_of(kafka_properties(Path("/state/data"), port, controller)) == (port, controller)


@given(port=PORTS, controller=PORTS)
def test_every_address_is_loopback(port: int, controller: int) -> None:
    settings = parse_properties(kafka_properties(Path("/state/data"), port, controller))
    for name in ("listeners", "advertised.listeners", "controller.quorum.voters"):
        for end in settings[name].split(","):
            assert "127.0.0.1:" in end
    assert {"PLAINTEXT:PLAINTEXT", "CONTROLLER:PLAINTEXT"} == set(settings["listener.security.protocol.map"].split(","))


@pytest.mark.parametrize(
    ("name", "value", "because"),
    [
        ("auto.create.topics.enable", "false", "a misspelt topic must fail, not come into being"),
        ("message.max.bytes", "1048576", "an event above a mebibyte is a fault"),
        ("offsets.topic.replication.factor", "1", "with one node a group could not commit"),
        ("transaction.state.log.replication.factor", "1", "with one node no transaction could begin"),
        ("share.coordinator.state.topic.replication.factor", "1", "there is one node"),
        ("min.insync.replicas", "1", "there is one node"),
        ("broker.session.timeout.ms", "1000", "a killed node must be back in under five seconds"),
    ],
)
def test_settings_that_others_lean_on(name: str, value: str, because: str) -> None:
    assert parse_properties(kafka_properties(Path("/state/data"), 1, 2))[name] == value, because


def test_data_stands_where_it_was_asked_for() -> None:
    assert parse_properties(kafka_properties(Path("/some where/data"), 1, 2))["log.dirs"] == "/some where/data"


@pytest.mark.parametrize(
    "text", ["", "# listeners=A://127.0.0.1:1,B://127.0.0.1:2", "listeners=", "listeners=A,B", "x"]
)
def test_settings_without_ports_remember_none(text: str) -> None:
    assert ports_of(text) is None


def test_comments_and_blanks_count_for_nothing() -> None:
    assert parse_properties("# a=b\n\n  c = d=e \nnoise\n") == {"c": "d=e"}
