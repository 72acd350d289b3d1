"""`crosswalk agreements replay`: what was really decided, decided once more under a changed set."""

import json
from pathlib import Path

import pytest

from crosswalk.agreements.cli import agreements_app
from crosswalk.clearance import grant
from sharing.errors import Misconfigured
from sharing.events import MissingAction, MissingChanged
from tests.crosswalk.agreements_kit import EXTRA, written
from tests.crosswalk.broker_kit import environment, run
from tests.streams.corridor import COMMUNITY, POLICE, Corridor
from tests.streams.families import ROSA
from tests.streams.test_seal_laws import everybody_involved

SINCE = ("--until", "2026-12-01")


@pytest.fixture
def told(tmp_path: Path):
    """A ledger in which one child was missing and everybody involved heard of it."""
    made = Corridor(tmp_path)
    everybody_involved(made)
    made.send(POLICE, made.event(MissingChanged, POLICE, ROSA, key="m", action=MissingAction.MISSING))
    made.flow()
    assert made.one(COMMUNITY, "police.missing.changed")
    yield made
    made.close()


def replayed(corridor, *arguments):
    return run(agreements_app, corridor, "replay", *arguments, *SINCE, "--clearance-file", clearance(corridor))


def clearance(corridor):
    """A file that gives clearance for this ledger."""
    file = corridor.folder / "dpo.clearance"
    if not file.exists():
        grant("dpo", Path(environment(corridor)["CROSSWALK_KEYS"]), file)
    return str(file)


def test_under_the_same_set_nothing_would_have_gone_otherwise(told):
    done = replayed(told)
    assert done.exit_code == 0, done.output
    assert "Nothing would have gone otherwise." in done.stdout
    assert "Every one of them could be judged fully." in done.stdout


def test_a_changed_set_is_told_in_children_events_and_fields_and_to_whom(told, tmp_path):
    folder = written(tmp_path / "changed", extra=EXTRA)
    done = replayed(told, str(folder))
    assert done.exit_code == 1, done.output
    assert "NEWLY DISCLOSED to health_visitor: 1 child, 1 event, 1 field in 1 exchange, 1 organisation" in done.stdout
    assert "child.address_line of police.missing.changed (class C): clear instead of withhold, 1 time" in done.stdout
    document = json.loads(replayed(told, str(folder), "--json").stdout)
    assert document["newly_disclosed"]["health_visitor"]["children"] == 1
    assert {row["field"] for row in document["newly_withheld"]["health_visitor"]["fields"]} >= {
        "child.birth_date",
        "callback",
    }


def test_no_value_of_an_event_and_no_name_is_told(told, tmp_path):
    folder = written(tmp_path / "changed", extra=EXTRA)
    said = replayed(told, str(folder)).stdout + replayed(told, str(folder), "--json").stdout
    for value in (ROSA.surname, ROSA.forename, ROSA.postcode, ROSA.nhs_number):
        assert value
        assert value.lower() not in said.lower()


def test_without_clearance_nothing_is_told_of_what_was_decided(told, tmp_path):
    """How much would go otherwise tells how many children are sealed."""
    folder = str(written(tmp_path / "changed", extra=EXTRA))
    said = {run(agreements_app, told, "replay", *asked, *SINCE).stdout for asked in ((), (folder,), (folder, "--json"))}
    refused = run(agreements_app, told, "replay", folder, *SINCE)
    assert said == {""}
    assert isinstance(refused.exception, Misconfigured)
    assert "clearance" in str(refused.exception)


def test_what_is_older_is_left_out(told):
    done = replayed(told, "--last", "1h")
    assert "0 exchanges of the last 1h" in done.stdout


def test_a_length_of_time_is_written_plainly(told):
    done = replayed(told, "--last", "a month")
    assert isinstance(done.exception, Misconfigured)
    assert "write 30d for days" in str(done.exception)
