"""`crosswalk review` for the person who decides."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from crosswalk.review_cli import review_app
from sharing.errors import Misconfigured
from tests.crosswalk.broker_kit import run
from tests.streams.corridor import COMMUNITY, Corridor
from tests.streams.families import CANARIES
from tests.streams.test_review_laws import MISSING, doubted


@pytest.fixture
def corridor(tmp_path: Path) -> Iterator[Corridor]:
    made = Corridor(tmp_path)
    yield made
    made.close()


def test_list_look_decide(corridor):
    doubted(corridor)
    listed = run(review_app, corridor, "ls")
    assert (listed.exit_code, "1 open" in listed.stdout, MISSING in listed.stdout) == (0, True, True)
    shown = run(review_app, corridor, "show", "1")
    assert shown.exit_code == 0
    assert "surname        agrees" in shown.stdout
    decided = run(review_app, corridor, "decide", "1", "1", "--by", "front_door_manager")
    assert decided.exit_code == 0, decided.output
    assert decided.stdout.startswith("review 1: joined by front_door_manager; 2 exchanges decided anew")
    corridor.flow()
    corridor.one(COMMUNITY, MISSING)
    assert run(review_app, corridor, "ls").stdout == "Nothing waits for a person.\n"


def test_machines_read_it_too(corridor):
    event = doubted(corridor)
    (listed,) = json.loads(run(review_app, corridor, "ls", "--json").stdout)
    assert json.loads(run(review_app, corridor, "show", "1", "--json").stdout) == listed
    assert listed["event_id"] == event.envelope.event_id
    assert listed["candidates"][0]["fields"]["birth"] == "agrees"


def test_no_value_is_printed(corridor):
    doubted(corridor)
    for arguments in (("ls",), ("show", "1"), ("ls", "--json"), ("decide", "1", "none", "--by", "front_door")):
        said = run(review_app, corridor, *arguments).output.lower()
        assert not [secret for secret in (*CANARIES, "rosa", "2016") if secret.lower() in said]


def test_what_was_decided_stays(corridor):
    doubted(corridor)
    assert run(review_app, corridor, "decide", "1", "none", "--by", "front_door").exit_code == 0
    again = run(review_app, corridor, "decide", "1", "1", "--by", "front_door")
    assert (again.exit_code, "decided before" in again.output) == (1, True)


@pytest.mark.parametrize("arguments", [("show", "9"), ("decide", "9", "1", "--by", "front_door"),
                                       ("decide", "1", "4", "--by", "front_door")])  # fmt: skip
def test_what_cannot_be_decided_says_so(corridor, arguments):
    doubted(corridor)
    done = run(review_app, corridor, *arguments)
    assert (done.exit_code, done.output.startswith("crosswalk: ")) == (1, True)


@pytest.mark.parametrize("arguments", [("1", "some", "--by", "front_door"), ("1", "0", "--by", "front_door"),
                                       ("1", "1", "--by", "Jane Doe")])  # fmt: skip
def test_a_wrong_argument_is_named_with_its_fix(corridor, arguments):
    doubted(corridor)
    done = run(review_app, corridor, "decide", *arguments)
    assert isinstance(done.exception, Misconfigured)
    assert "expected" in str(done.exception)
    assert "1 open" in run(review_app, corridor, "ls").stdout
