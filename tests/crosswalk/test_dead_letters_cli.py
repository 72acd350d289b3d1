"""`crosswalk dead-letters`: codes and places for everybody, and nothing of topics that only a seal fills."""

import json
from pathlib import Path

import pytest
import typer

from crosswalk.dead_letters_cli import dead_letters_app
from crosswalk.why.cli import why
from sharing.errors import Misconfigured
from tests.crosswalk.broker_kit import run
from tests.streams.corridor import CSC, OAKFIELD, POLICE, Corridor
from tests.streams.families import CANARIES
from tests.streams.test_redrive_laws import CONCERN, crashed

WHY = typer.Typer()
WHY.command()(why)
BY = ("--by", "operator", "--reason", "FAULT_IS_MENDED")


@pytest.fixture
def corridor(tmp_path: Path):
    made = Corridor(tmp_path)
    yield made
    made.close()


def asked(corridor: Corridor, *arguments: str):
    return run(dead_letters_app, corridor, *arguments)


def cleared(corridor: Corridor, *arguments: str):
    file = corridor.folder / "dpo.clearance"
    if not file.exists():
        assert run(WHY, corridor, "--grant", "dpo", "--clearance-file", str(file)).exit_code == 0
    return asked(corridor, *arguments, "--clearance-file", str(file))


def test_it_is_listed_shown_and_let_in_again_once(corridor):
    event, place = crashed(corridor)
    assert f"{place}  since 2026-11-20T10:05:00Z  CRASHED\n1 set aside" in asked(corridor, "ls").stdout
    assert "the worker ended three times on this record" in asked(corridor, "show", str(place)).stdout
    done = asked(corridor, "redrive", str(place), *BY)
    assert (done.exit_code, f"came in as event {event.envelope.event_id}" in done.stdout) == (0, True)
    corridor.flow()
    corridor.one(CSC, CONCERN)
    again = asked(corridor, "redrive", str(place), *BY)
    assert (again.exit_code, "redriven before; nothing is changed" in again.output) == (1, True)
    assert "Nothing is set aside." in asked(corridor, "ls").stdout


def test_who_asks_in_json_is_told_no_in_json(corridor, monkeypatch):
    asking = ("show", "in.schools.oakfield-primary-0-9", "--json")
    monkeypatch.setattr("sys.argv", ["crosswalk", "dead-letters", *asking])
    done = asked(corridor, *asking)
    assert (done.exit_code, json.loads(done.stdout)["done"]) == (1, False)


def test_every_record_of_a_code_comes_in_and_what_is_still_wrong_is_said_and_stays(corridor):
    crashed(corridor)
    crashed(corridor)
    junk = corridor.send(OAKFIELD, b"junk")
    assert "2 came in, 0 still cannot be used" in asked(corridor, "redrive", "--code", "CRASHED", *BY).stdout
    done = asked(corridor, "redrive", "--code", "NOT_FRAMED", *BY)
    assert (done.exit_code, "0 came in, 1 still cannot be used" in done.stdout) == (1, True)
    assert f"{junk.topic}-0-{junk.first_offset}: still NOT_FRAMED record" in done.output
    assert "0 came in" in asked(corridor, "redrive", "--code", "CRASHED", *BY).stdout


def test_without_clearance_every_answer_is_the_same_bytes_with_and_without_a_seals_record(tmp_path):
    answers = []
    for name in ("sealed", "open"):
        (tmp_path / name).mkdir()
        corridor = Corridor(tmp_path / name)
        hidden = [f"{kind}.police.{POLICE}" for kind in ("seals", "receipts")]
        for topic in hidden if name == "sealed" else ():
            corridor.send(POLICE, b"junk", topic=topic)
        _, place = crashed(corridor)
        said = [asked(corridor, "ls"), asked(corridor, "ls", "--json"), asked(corridor, "show", str(place)),
                *(asked(corridor, word, f"{topic}-0-0", *more) for topic in hidden
                  for word, more in (("show", ()), ("redrive", BY))),
                asked(corridor, "redrive", "--code", "NOT_FRAMED", *BY)]  # fmt: skip
        answers.append([(one.output, one.exit_code) for one in said])
        corridor.close()
    assert answers[0] == answers[1]


def test_with_clearance_all_is_told_but_no_value(corridor):
    _, place = crashed(corridor)
    corridor.send(POLICE, b"junk about Quillfeather", topic=f"seals.police.{POLICE}")
    listed = json.loads(cleared(corridor, "ls", "--json").stdout.splitlines()[-1])
    assert [one["code"] for one in listed] == ["CRASHED", "NOT_FRAMED"]
    shown = json.loads(cleared(corridor, "show", str(place), "--json").stdout.splitlines()[-1])
    assert shown["event_type"] == CONCERN
    assert "event_type: seal.changed" in cleared(corridor, "show", listed[1]["place"]).stdout
    told = repr([cleared(corridor, "show", one["place"]).output for one in listed])
    assert not [secret for secret in CANARIES if secret in told]
    assert "event_type" not in asked(corridor, "show", str(place)).output


@pytest.mark.parametrize(
    "arguments",
    [("show", "no-place"), ("redrive", *BY), ("redrive", "in.x.y-0-0", "--code", "CRASHED", *BY),
     ("redrive", "in.x.y-0-0", "--by", "Jane Doe", "--reason", "OTHER"),
     ("redrive", "in.x.y-0-0", "--by", "operator", "--reason", "BECAUSE")],
    ids=["no-place", "nothing-named", "both-named", "a-name", "an-unknown-reason"],
)  # fmt: skip
def test_a_wrong_argument_is_named_with_its_fix(corridor, arguments):
    assert isinstance(asked(corridor, *arguments).exception, Misconfigured)


def test_what_is_not_there_is_said_so(corridor):
    done = asked(corridor, "redrive", "in.schools.oakfield-primary-0-17", *BY)
    assert (done.exit_code, "no dead letter" in done.output) == (1, True)
