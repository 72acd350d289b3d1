"""`crosswalk late`: all to who is cleared; to everybody else the same words whether anything waits or not."""

import json
from pathlib import Path

import pytest
import typer

from crosswalk.late_cli import late_app
from crosswalk.why.cli import why
from sharing.errors import Misconfigured
from sharing.events import InvolvementAction
from tests.crosswalk.broker_kit import run
from tests.streams.corridor import COMMUNITY, Corridor
from tests.streams.families import CANARIES
from tests.streams.test_late_laws import got, held, turn

WHY = typer.Typer()
WHY.command()(why)
BY = ("--by", "force-duty", "--reason")


@pytest.fixture
def corridor(tmp_path: Path):
    made = Corridor(tmp_path)
    yield made
    made.close()


def cleared(corridor: Corridor, *arguments: str):
    file = corridor.folder / "dpo.clearance"
    if not file.exists():
        assert run(WHY, corridor, "--grant", "dpo", "--clearance-file", str(file)).exit_code == 0
    return run(late_app, corridor, *arguments, "--clearance-file", str(file))


def test_without_clearance_every_answer_is_the_same_whatever_waits(corridor, tmp_path):
    (tmp_path / "other").mkdir()
    other = Corridor(tmp_path / "other")
    event = held(corridor).envelope.event_id
    for arguments in (("ls",), ("ls", "--json"), ("release", event, *BY, "OTHER"), ("drop", event, *BY, "OTHER")):
        first, second = (run(late_app, one, *arguments) for one in (corridor, other))
        assert first.output == second.output
        assert first.exit_code == second.exit_code == 1
    other.close()


def test_what_waits_is_listed_with_for_whom_and_no_value(corridor):
    event = held(corridor)
    said = cleared(corridor, "ls").stdout
    assert f"police.missing.changed for health_visitor of {COMMUNITY}" in said
    assert "1 waiting" in said
    assert not [secret for secret in CANARIES if secret in said]
    (one,) = json.loads(cleared(corridor, "ls", "--json").stdout.splitlines()[-1])
    assert one["event"] == event.envelope.event_id


def test_it_is_let_go_to_who_is_involved_again_and_to_nobody_else(corridor):
    event = held(corridor).envelope.event_id
    refused = cleared(corridor, "release", event, *BY, "BELONGS_TO_THE_WORK_NOW")
    assert refused.exit_code == 1
    assert "nobody for whom it waits is involved again" in refused.output
    dropped = cleared(corridor, "drop", event, *BY, "TOLD_BY_TELEPHONE")
    assert dropped.exit_code == 0
    turn(corridor, InvolvementAction.OPENED)
    assert got(corridor) == []
    assert "Nothing waits." in cleared(corridor, "ls").stdout


def test_a_name_or_an_unknown_reason_is_refused(corridor):
    event = held(corridor).envelope.event_id
    for more in (("--by", "Jane Doe", "--reason", "OTHER"), ("--by", "duty", "--reason", "BECAUSE")):
        assert isinstance(cleared(corridor, "drop", event, *more).exception, Misconfigured)
    assert isinstance(cleared(corridor, "drop", "no-id", *BY, "OTHER").exception, Misconfigured)
