"""`crosswalk recall` takes back, says whom to ring first, packs what the regulator needs; it tells the cleared only."""

import json
from datetime import date
from pathlib import Path

import pytest
import typer

from crosswalk.recall_cli import recall
from crosswalk.why.cli import why
from sharing.errors import Misconfigured
from sharing.events import MissingAction, MissingChanged, PlanAction, PlanChanged, PlanKind
from tests.crosswalk.broker_kit import run
from tests.streams.corridor import COMMUNITY, CSC, POLICE, Corridor
from tests.streams.families import CANARIES, ROSA
from tests.streams.test_recall_laws import MISSING, gives_back
from tests.streams.test_seal_laws import everybody_involved, seal

APP, WHY = typer.Typer(), typer.Typer()
APP.command()(recall)
WHY.command()(why)


def world(folder: Path, *, sealed: bool = False) -> Corridor:
    folder.mkdir()
    corridor = Corridor(folder)
    everybody_involved(corridor)
    corridor.say(PlanChanged, CSC, ROSA, key="p", kind=PlanKind.CHILD_PROTECTION, action=PlanAction.STARTED,
                 start_date=date(2026, 11, 1), team="Team North", duty_phone="01632 960111")  # fmt: skip
    corridor.say(MissingChanged, POLICE, ROSA, key="m", action=MissingAction.MISSING)
    if sealed:
        corridor.send(POLICE, seal(corridor))
        corridor.flow()
    return corridor


@pytest.fixture
def told(tmp_path):
    made = world(tmp_path / "told")
    yield made
    made.close()


def cleared(corridor: Corridor, *arguments: str):
    file = corridor.folder / "dpo.clearance"
    if not file.exists():
        assert run(WHY, corridor, "--grant", "dpo", "--clearance-file", str(file)).exit_code == 0
    return run(APP, corridor, *arguments, "--clearance-file", str(file))


def test_the_page_says_whom_to_ring_first_then_the_correction_then_the_regulator(told):
    exchange = told.one(COMMUNITY, MISSING).exchange
    done = cleared(told, exchange, "--reason", "WRONG_CHILD")
    assert done.exit_code == 0, done.output
    said = done.stdout
    order = ["the child's worker, Team North: 01632 960111", "emergency duty: 01632 960199",
             "police, force_duty: 01632 960200", f"{COMMUNITY}, health_visitor: 01632 960310",
             "The correction is on its way", "Information Commissioner by Mon 23 Nov 2026 10:05"]  # fmt: skip
    places = [said.index(words) for words in order]
    assert places == sorted(places)
    assert not [secret for secret in CANARIES if secret.lower() in said.lower()]
    assert [v.event.recalled_exchange for v in told.flow() if v.organisation == COMMUNITY] == [exchange]


def test_the_pack_holds_what_went_by_class_to_whom_when_and_no_value(told, tmp_path):
    exchange = told.one(COMMUNITY, MISSING).exchange
    cleared(told, exchange, "--reason", "SEALED_VALUE")
    told.flow()
    gives_back(told, COMMUNITY, exchange)
    folder = tmp_path / "pack"
    assert cleared(told, exchange, "--pack", str(folder)).exit_code == 0
    disclosed = json.loads((folder / "disclosed.json").read_text())
    (mine,) = [row for row in disclosed if row["organisation"] == COMMUNITY]
    assert mine["fields_by_class"]["C"] == ["child.postcode"]
    assert mine["statute"].startswith("Crime and Disorder Act 1998")
    assert {row["organisation"] for row in disclosed} >= {COMMUNITY, CSC}
    timeline = [
        row["what"] for row in json.loads((folder / "timeline.json").read_text()) if row["exchange"] == exchange
    ]
    assert sorted(timeline) == ["left", "recalled: SEALED_VALUE", "receipt: recalled"]
    everything = "".join(path.read_text() for path in folder.iterdir())
    assert not [secret for secret in CANARIES if secret.lower() in everything.lower()]
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert isinstance(cleared(told, exchange, "--pack", str(folder)).exception, Misconfigured), "never written over"


def test_status_is_one_while_something_is_overdue(told):
    exchange = told.one(COMMUNITY, MISSING).exchange
    assert cleared(told, "status").stdout.strip() == "Nothing was recalled."
    cleared(told, exchange, "--reason", "OTHER")
    told.flow()
    assert cleared(told, "status").exit_code == 0
    told.now = told.now.replace(hour=told.now.hour + 2)
    late = cleared(told, "status")
    assert (late.exit_code, "overdue" in late.stdout) == (1, True)
    gives_back(told, COMMUNITY, exchange)
    done = cleared(told, "status", "--json")
    assert done.exit_code == 0
    assert [one["state"] for one in json.loads(done.stdout.splitlines()[-1])] == ["acknowledged"]


def test_without_clearance_every_answer_is_the_same_bytes_with_and_without_a_seal(tmp_path):
    worlds = [world(tmp_path / name, sealed=sealed) for name, sealed in (("sealed", True), ("open", False))]
    exchange = worlds[0].views(COMMUNITY, MISSING)[0].exchange
    assert json.loads(cleared(worlds[0], "status", "--json").stdout.splitlines()[-1])
    for arguments in (("status",), ("status", "--json"), (exchange,), (exchange, "--reason", "OTHER"), ("zz",)):
        first, second = (run(APP, corridor, *arguments) for corridor in worlds)
        assert first.output == second.output
        assert first.exit_code == second.exit_code == 1
    assert "OTHER" not in cleared(worlds[0], "status").stdout, "nothing was recalled without clearance"
    for corridor in worlds:
        corridor.close()


@pytest.mark.parametrize("arguments", [("zz",), ("00" * 16,), ("00" * 16, "--reason", "because")])
def test_a_wrong_argument_is_named_with_its_fix(told, arguments):
    done = cleared(told, *arguments)
    assert isinstance(done.exception, Misconfigured)
    assert "expected" in str(done.exception)


def test_what_nobody_has_is_said_so(told):
    done = cleared(told, "00" * 16, "--reason", "OTHER")
    assert (done.exit_code, "no exchange" in done.output) == (1, True)
