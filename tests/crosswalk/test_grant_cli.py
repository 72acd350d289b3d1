"""`crosswalk grant`: asked for by one, approved by others, ended and reviewed; and the list tells nobody of a seal."""

import json
import shutil
from pathlib import Path

import pytest

from crosswalk.grant_cli import grant_app
from crosswalk.why.cli import why
from sharing.directory import Directory
from sharing.errors import Misconfigured
from sharing.events import InvolvementAction, InvolvementChanged
from sharing.granting import FILE, read_approvers
from tests.crosswalk.broker_kit import RUNNER, environment
from tests.streams.corridor import CSC, FRIDAY, HOUSE, POLICE, SATURDAY_NIGHT, Corridor, world
from tests.streams.families import ROSA
from tests.streams.test_grant_laws import S47, enquiry, places, sealed

PARTNERSHIP = HOUSE / "crosswalk" / "partnership"


@pytest.fixture
def corridor(tmp_path: Path):
    (tmp_path / "broker").mkdir()
    made = Corridor(tmp_path / "broker")
    yield made
    made.close()


def run(corridor: Corridor, *arguments: str):
    """Run a command; the partnership's folder is a copy, so that keys can be written into it."""
    partnership = corridor.folder.parent / "partnership"
    if not partnership.exists():
        shutil.copytree(PARTNERSHIP, partnership)
    return RUNNER.invoke(
        grant_app, list(arguments), env=environment(corridor) | {"CROSSWALK_PARTNERSHIP": str(partnership)}
    )


def key(corridor: Corridor, name: str) -> str:
    """Make an approver's key and write its public half into the table."""
    file = corridor.folder.parent / f"{name}.key"
    if not file.exists():
        said = run(corridor, "key", name, str(file))
        table = corridor.folder.parent / "partnership" / FILE
        line = said.stdout.strip().split(": ", 1)[1]
        text = table.read_text()
        table.write_text(text.replace(f"  {name}:\n", f"  {name}:\n    {line}\n"))
    return str(file)


def ask(corridor: Corridor, *more: str, fields: tuple[str, ...] = ("child.address_line",)):
    about = corridor.views(POLICE, S47)[0].exchange
    file = str(corridor.folder.parent / "request.json")
    named = [part for field in fields for part in ("--field", field)]
    return run(
        corridor, "give", "--about", about, "--to", f"{POLICE}/force_duty", *named, "--purpose", "enquiry",
        "--reason", "IMMEDIATE_PROTECTION", "--asked-by", "force_duty", "--file", file, *more,
    ), file  # fmt: skip


def test_at_night_one_approver_is_rung_and_the_address_is_there(corridor):
    corridor.now = SATURDAY_NIGHT
    key(corridor, "social-care-emergency-duty")
    key(corridor, "social-care-front-door-manager")
    sealed(corridor)
    said, file = ask(corridor, "--imminent-danger")
    assert said.exit_code == 0, said.output
    assert "ring social-care-emergency-duty: emergency_duty of" in said.stdout
    assert "01632 960199" in said.stdout
    assert "front-door-manager" not in said.stdout, "by night nobody is there"
    done = run(corridor, "approve", file, "--key", key(corridor, "social-care-emergency-duty"))
    assert "is in force until Sun 22 Nov 2026 10:40" in done.stdout
    assert "somebody else reviews it by Sun 22 Nov 2026 22:40" in done.stdout
    corridor.flow()
    assert places(corridor.views(POLICE, S47)[-1])


def test_by_day_two_approve_and_the_deputy_is_named(corridor):
    first, second = key(corridor, "social-care-front-door-manager"), key(corridor, "hospital-emergency-department")
    sealed(corridor)
    said, file = ask(corridor)
    assert "deputy front_door" in said.stdout
    one = run(corridor, "approve", file, "--key", first)
    assert "missing: a second approver's signature" in one.stdout
    corridor.flow()
    assert not [v for v in corridor.views(POLICE) if places(v)]
    two = run(corridor, "approve", file, "--key", second)
    assert "is in force" in two.stdout
    assert "reviews it" not in two.stdout


def test_a_request_that_was_changed_after_signing_is_refused(corridor):
    first = key(corridor, "social-care-front-door-manager")
    sealed(corridor)
    _, file = ask(corridor)
    run(corridor, "approve", file, "--key", first)
    document = json.loads(Path(file).read_text())
    document["request"]["fields"] = ["class:C"]
    Path(file).write_text(json.dumps(document))
    again = run(corridor, "approve", file, "--key", key(corridor, "hospital-emergency-department"))
    assert "missing: a second approver's signature" in again.stdout, "the first signature is over another request"


def test_a_key_that_is_not_in_the_table_signs_nothing(corridor):
    sealed(corridor)
    _, file = ask(corridor, "--imminent-danger")
    stranger = str(corridor.folder.parent / "stranger.key")
    run(corridor, "key", "social-care-emergency-duty", stranger)
    done = run(corridor, "approve", file, "--key", stranger)
    assert isinstance(done.exception, Misconfigured)
    assert "has no row" in str(done.exception)


def test_what_cannot_be_granted_is_said_with_status_1(corridor):
    sealed(corridor)
    said, file = ask(corridor, fields=("child.former_surname",))
    assert said.exit_code == 1
    assert not Path(file).exists()


def test_revoked_and_reviewed_by_who_did_not_approve(corridor):
    duty, other = key(corridor, "social-care-emergency-duty"), key(corridor, "hospital-emergency-department")
    sealed(corridor)
    _, file = ask(corridor, "--imminent-danger")
    run(corridor, "approve", file, "--key", duty)
    grant = listed(corridor)[0]["grant"]
    assert run(corridor, "review", grant, "upheld", "--key", duty).exit_code == 1
    assert run(corridor, "review", grant, "upheld", "--key", other).exit_code == 0
    assert listed(corridor)[0]["review"] == "upheld"
    assert run(corridor, "revoke", grant, "--key", other).exit_code == 0
    assert listed(corridor)[0]["state"] == "revoked"
    assert run(corridor, "revoke", grant, "--key", other).exit_code == 1


def listed(corridor: Corridor) -> list[dict]:
    import typer

    app = typer.Typer()
    app.command()(why)
    file = corridor.folder / "dpo.clearance"
    if not file.exists():
        RUNNER.invoke(app, ["--grant", "dpo", "--clearance-file", str(file)], env=environment(corridor))
    done = run(corridor, "ls", "--json", "--clearance-file", str(file))
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout.splitlines()[-1])


def test_without_clearance_the_list_is_the_same_bytes_with_and_without_a_grant(corridor):
    duty = key(corridor, "social-care-emergency-duty")
    before = [run(corridor, "ls", *more).output for more in ((), ("--json",))]
    sealed(corridor)
    _, file = ask(corridor, "--imminent-danger")
    run(corridor, "approve", file, "--key", duty)
    assert [run(corridor, "ls", *more).output for more in ((), ("--json",))] == before
    assert "clearance" in before[0]


def test_asking_says_the_same_whether_or_not_anything_is_sealed(tmp_path):
    said = []
    for name in ("sealed", "open"):
        (tmp_path / name / "broker").mkdir(parents=True)
        corridor = Corridor(tmp_path / name / "broker")
        key(corridor, "social-care-emergency-duty")
        if name == "sealed":
            sealed(corridor)
        else:
            corridor.say(
                InvolvementChanged, CSC, ROSA, organisation=POLICE, function="force_duty",
                action=InvolvementAction.OPENED, since=FRIDAY.date(),
            )  # fmt: skip
            enquiry(corridor)
        done, _ = ask(corridor, "--imminent-danger")
        said.append((done.exit_code, done.output.count("\n"), "not yet approved" in done.output))
        corridor.close()
    assert said[0] == said[1] == (0, 3, True)


def test_the_shipped_table_can_be_reached_at_night_from_two_sides():
    directory: Directory = world()[1]
    table = read_approvers((PARTNERSHIP / FILE).read_text(), directory)
    reached = {one.organisation for one in table.values() if one.night}
    assert {CSC, POLICE} <= reached
    assert all(directory.organisations[one.organisation].telephone(one.function) for one in table.values())


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("approvers:\n  a: {organisation: nowhere, function: x}\n", "lists no function"),
        ("approvers:\n  a: {organisation: easthaven-police, function: force_duty, night: true}\n", "two organisations"),
        ("approvers:\n  a: {organisation: easthaven-police, function: force_duty, key: short}\n", "44 letters"),
        ("approvers:\n  a: {organisation: easthaven-police, functon: force_duty}\n", "functon"),
    ],
)
def test_a_table_that_cannot_serve_is_refused_with_its_line(text, fault):
    with pytest.raises(Misconfigured, match=fault) as refused:
        read_approvers(text, world()[1])
    assert f"{FILE}:" in str(refused.value)
