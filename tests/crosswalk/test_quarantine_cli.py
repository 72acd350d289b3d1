"""`crosswalk quarantine`: all to who is cleared; to everybody else the same words whether anything is there or not."""

import json
from pathlib import Path

import pytest
import typer

from crosswalk.quarantine_cli import quarantine_app
from crosswalk.why.cli import why
from sharing.errors import Misconfigured
from tests.crosswalk.broker_kit import run
from tests.streams.corridor import OAKFIELD, POLICE, Corridor
from tests.streams.families import CANARIES
from tests.streams.test_last_door_laws import LEAK
from tests.streams.test_seal_laws import everybody_involved, notice, seal

WHY = typer.Typer()
WHY.command()(why)
BY = ("--by", "data-protection-officer", "--reason")


def world(folder: Path, *, sealed: bool) -> Corridor:
    folder.mkdir()
    corridor = Corridor(folder)
    everybody_involved(corridor)
    if sealed:
        corridor.send(POLICE, seal(corridor))
    corridor.send(POLICE, notice(corridor, key="the same", **LEAK))
    corridor.flow()
    return corridor


@pytest.fixture
def stopped(tmp_path):
    made = world(tmp_path / "sealed", sealed=True)
    yield made
    made.close()


def cleared(corridor: Corridor, *arguments: str):
    file = corridor.folder / "dpo.clearance"
    if not file.exists():
        assert run(WHY, corridor, "--grant", "dpo", "--clearance-file", str(file)).exit_code == 0
    return run(quarantine_app, corridor, *arguments, "--clearance-file", str(file))


def listed(corridor: Corridor) -> list[dict]:
    return json.loads(cleared(corridor, "ls", "--json").stdout.splitlines()[-1])


def test_without_clearance_every_answer_is_the_same_bytes_with_and_without_a_seal(tmp_path, stopped):
    other = world(tmp_path / "open", sealed=False)
    (one, *_) = listed(stopped)
    for arguments in (
        ("ls",), ("ls", "--json"), ("show", one["exchange"]), ("show", "00" * 16),
        ("release", one["exchange"], *BY, "OTHER"), ("drop", one["exchange"], *BY, "OTHER"),
    ):  # fmt: skip
        first, second = (run(quarantine_app, corridor, *arguments) for corridor in (stopped, other))
        assert first.output == second.output
        assert first.exit_code == second.exit_code == 1
    assert one in listed(stopped), "nothing was let go or dropped without clearance"
    other.close()


def test_who_is_cleared_sees_where_it_was_found_and_no_value(stopped):
    (one,) = [k for k in listed(stopped) if k["organisation"] == OAKFIELD]
    shown = cleared(stopped, "show", one["exchange"]).stdout
    assert "in its value: a value of class" in shown
    assert "known from child.address_line" in shown
    assert not [secret for secret in CANARIES if secret.lower() in shown.lower()]


def test_it_is_let_go_or_dropped_once(stopped):
    first, second, *_ = listed(stopped)
    assert "on its way" in cleared(stopped, "release", first["exchange"], *BY, "ANOTHER_MEANING").stdout
    assert "dropped" in cleared(stopped, "drop", second["exchange"], *BY, "SEALED_VALUE_IN_TEXT").stdout
    assert first["exchange"] in {v.exchange for v in stopped.flow()}
    for exchange in (first["exchange"], second["exchange"]):
        assert cleared(stopped, "release", exchange, *BY, "OTHER").exit_code == 1
        assert cleared(stopped, "show", exchange).exit_code == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("show", "zz"),
        ("release", "00" * 16, *BY, "because"),
        ("drop", "00" * 16, "--by", "Jane Doe", "--reason", "OTHER"),
    ],
)
def test_a_wrong_argument_is_named_with_its_fix(stopped, arguments):
    done = cleared(stopped, *arguments)
    assert isinstance(done.exception, Misconfigured)
    assert "expected" in str(done.exception)
