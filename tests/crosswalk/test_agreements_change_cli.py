"""A change from proposal to activation by the commands, as the offices run them."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.testing import Result

from agreements import HERE, read_texts
from crosswalk.agreements.cli import agreements_app
from ledger.verify import verify
from sharing.errors import Misconfigured
from tests.crosswalk.broker_kit import RUNNER, environment
from tests.streams.corridor import HOUSE, Corridor, offices

ASKED = ("local-authority", "police", "integrated-care-board", "schools")


@pytest.fixture
def corridor(tmp_path: Path) -> Iterator[Corridor]:
    made = Corridor(tmp_path)
    (tmp_path / "partnership").mkdir()
    for file in (HOUSE / "crosswalk" / "partnership").glob("*.yaml"):
        (tmp_path / "partnership" / file.name).write_text(file.read_text())
    (tmp_path / "partnership" / "signatories.yaml").write_text(offices().table.text())
    yield made
    made.close()


def run(corridor: Corridor, *arguments: str) -> Result:
    more = {"CROSSWALK_PARTNERSHIP": str(corridor.folder / "partnership")}
    before = Path.cwd()
    os.chdir(corridor.folder)
    try:
        return RUNNER.invoke(agreements_app, list(arguments), env=environment(corridor) | more)
    finally:
        os.chdir(before)


def key_of(corridor: Corridor, name: str) -> str:
    """The key file of one of the offices that everything is signed by here."""
    from base64 import b64encode

    from streams.approver_keys import FORMAT

    file = corridor.folder / f"{name}.approver-key"
    seed = b64encode(offices().seeds[name]).decode()
    file.write_text(json.dumps({"format": FORMAT, "name": name, "key": seed}))
    file.chmod(0o600)
    return file.name


def a_folder(corridor: Corridor, file: str, old: str, new: str) -> str:
    """The shipped set with one change."""
    folder = corridor.folder / "changed"
    folder.mkdir()
    for name, text in read_texts(HERE).items():
        assert name != file or old in text
        (folder / name).write_text(text.replace(old, new, 1) if name == file else text)
    return str(folder)


def proposed(corridor: Corridor, folder: str) -> dict:
    done = run(corridor, "propose", "--agreements", folder, "--by", "local-authority", "--out", "pack.json", "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def wider(corridor: Corridor) -> str:
    """Where the child lives goes to police with what a school answers to a notice."""
    return a_folder(
        corridor, "encompass.yaml", "child_named, acknowledgement]", "child_named, acknowledgement, child_police]"
    )


def signed(corridor: Corridor, name: str) -> Result:
    done = run(corridor, "sign", "pack.json", "--key", key_of(corridor, name), "--out", f"{name}.approval")
    assert done.exit_code == 0, done.output
    return run(corridor, "approve", f"{name}.approval")


def test_a_change_that_widens_goes_from_proposal_to_activation_with_every_signature(corridor):
    made = proposed(corridor, wider(corridor))
    assert set(made["must_sign"]["offices"]) == set(ASKED)
    assert any("newly to police_duty" in why for why in made["must_sign"]["offices"]["schools"])
    for name in ASKED[:3]:
        assert "yet to sign" in signed(corridor, name).stdout
        refused = run(corridor, "activate", made["proposal"][:12], "--by", "local-authority")
        assert (refused.exit_code, ASKED[3] in refused.output) == (1, True)
    assert "all have signed" in signed(corridor, ASKED[3]).stdout
    done = run(corridor, "activate", made["proposal"][:12], "--by", "local-authority", "--at", "2026-11-20T12:00")
    assert done.stdout == f"proposal {made['proposal'][:12]} is in force from Fri 20 Nov 2026 12:00 on\n"
    history = json.loads(run(corridor, "history", "--json").stdout)
    assert [c["state"] for c in history["changes"]] == ["in force", "in force from its time on"]
    corridor.now = corridor.now.replace(hour=12)
    (corridor.folder / "clock.txt").unlink()
    history = json.loads(run(corridor, "history", "--json").stdout)
    assert [c["state"] for c in history["changes"]] == ["was in force", "in force"]
    assert history["in_force"]["version"] == made["matrix"]
    corridor.number()
    assert verify(corridor.ledger).fault is None


def test_a_rollback_that_discloses_again_is_signed_again_and_one_that_only_takes_away_by_one(corridor):
    first = json.loads(run(corridor, "history", "--json").stdout)["in_force"]["proposal"]
    made = proposed(corridor, wider(corridor))
    for name in ASKED:
        signed(corridor, name)
    assert run(corridor, "activate", made["proposal"], "--by", "local-authority").exit_code == 0
    back = run(corridor, "rollback", first[:12], "--by", "police", "--out", "pack.json", "--json")
    assert json.loads(back.stdout)["must_sign"]["any_one_office"]
    signed(corridor, "hospital")
    identity = json.loads(back.stdout)["proposal"]
    assert run(corridor, "activate", identity, "--by", "police").exit_code == 0
    with corridor.ledger.reading() as tx:
        assert len(tx.statements("agreements.rolled-back")) == 1
    again = json.loads(run(corridor, "rollback", made["proposal"], "--by", "police", "--json").stdout)
    assert set(again["must_sign"]["offices"]) == set(ASKED)


def test_words_for_people(corridor):
    done = run(corridor, "propose", "--agreements", wider(corridor), "--by", "local-authority", "--out", "pack.json")
    assert "newly disclosed" in done.stdout
    assert "  police\n" in done.stdout
    told = run(corridor, "history")
    assert told.exit_code == 0
    assert "yet to sign: local-authority, police, integrated-care-board, schools" in told.stdout
    assert "in force: " in told.stdout.splitlines()[-1]
    table = run(corridor, "signatories")
    assert (table.exit_code, "Caldicott guardian" in table.stdout) == (0, True)


def test_a_set_that_breaks_an_invariant_cannot_be_proposed(corridor):
    rule = "  - id: nobody-at-all\n    because: None.\n    classes: [A]\n    to: all\n"
    folder = a_folder(corridor, "invariants.yaml", "never:\n", "never:\n" + rule)
    done = run(corridor, "propose", "--agreements", folder, "--by", "local-authority")
    assert (done.exit_code, "nobody-at-all" in done.output) == (1, True)
    assert len(json.loads(run(corridor, "history", "--json").stdout)["changes"]) == 1


def test_a_set_that_cannot_be_read_cannot_be_proposed(corridor):
    folder = a_folder(corridor, "encompass.yaml", "purpose:", "purpos:")
    done = run(corridor, "propose", "--agreements", folder, "--by", "local-authority")
    assert isinstance(done.exception, Misconfigured)
    assert "encompass.yaml" in str(done.exception)


def test_the_same_set_again_is_no_change(corridor):
    done = run(corridor, "propose", "--by", "local-authority")
    assert (done.exit_code, "in force already" in done.output) == (1, True)


CHANGED = {"matrix": ("school", "schooi"), "report": ("school", "gp"), "texts": ("# ", "#  "),
           "before": ("hold_until: identity_settled", "")}  # fmt: skip


@pytest.mark.parametrize("part", CHANGED)
def test_an_approvers_machine_does_not_sign_what_is_not_as_proposed(corridor, part):
    proposed(corridor, wider(corridor))
    pack = json.loads((corridor.folder / "pack.json").read_text())
    assert CHANGED[part][0] in pack[part]
    pack[part] = pack[part].replace(*CHANGED[part], 1)
    (corridor.folder / "pack.json").write_text(json.dumps(pack))
    done = run(corridor, "sign", "pack.json", "--key", key_of(corridor, "police"))
    assert (done.exit_code, "not signed" in done.output) == (1, True)
    assert list(corridor.folder.glob("*.approval")) == []


def test_who_is_not_asked_does_not_sign_and_a_wrong_key_is_refused(corridor):
    proposed(corridor, wider(corridor))
    assert run(corridor, "sign", "pack.json", "--key", key_of(corridor, "hospital")).exit_code == 1
    file = key_of(corridor, "police")
    Path(corridor.folder / file).write_text((corridor.folder / key_of(corridor, "hospital")).read_text().replace(
        "hospital", "police"))  # fmt: skip
    assert run(corridor, "sign", "pack.json", "--key", file, "--out", "police.approval").exit_code == 0
    done = run(corridor, "approve", "police.approval")
    assert (done.exit_code, "has not signed" in done.output) == (1, True)


def test_the_same_signature_twice_is_said(corridor):
    proposed(corridor, wider(corridor))
    signed(corridor, "police")
    done = run(corridor, "approve", "police.approval")
    assert (done.exit_code, "has signed this proposal before" in done.output) == (1, True)


def test_a_table_without_keys_says_who_must_make_one(corridor):
    file = corridor.folder / "partnership" / "signatories.yaml"
    shipped = (HOUSE / "crosswalk" / "partnership" / "signatories.yaml").read_text()
    file.write_text(shipped)
    assert run(corridor, "signatories").exit_code == 1
    assert set(proposed(corridor, wider(corridor))["must_sign"]["offices"]) == set(ASKED), "keys in force stay"
    file.write_text(shipped + "  colleges:\n    office: Colleges\n    role: controller\n    controls: [college]\n")
    done = run(corridor, "propose", "--agreements", str(corridor.folder / "changed"), "--by", "local-authority")
    assert isinstance(done.exception, Misconfigured)
    assert "no key yet for colleges" in str(done.exception)
    assert "approver-key" in str(done.exception)


def test_history_ends_with_1_while_nothing_is_in_force_and_says_what_stands_still(corridor):
    with corridor.ledger.transaction() as tx:
        tx.session.run("delete from statement where kind = (select id from word where text = 'agreements.activated')")
    done = run(corridor, "history")
    assert (done.exit_code, "nothing but referrals is released" in done.stdout) == (1, True)


def test_an_approvers_key_is_made_once_and_for_its_holder_alone(corridor):
    done = run(corridor, "approver-key", "police", "--out", "mine.key")
    assert (done.exit_code, "    key: " in done.stdout) == (0, True)
    file = corridor.folder / "mine.key"
    assert file.stat().st_mode & 0o077 == 0
    assert json.loads(file.read_text())["key"] not in done.output
    assert isinstance(run(corridor, "approver-key", "police", "--out", "mine.key").exception, Misconfigured)
    file.chmod(0o644)
    proposed(corridor, wider(corridor))
    assert "chmod 600" in str(run(corridor, "sign", "pack.json", "--key", "mine.key").exception)


def test_invented_offices_do_not_sign_in_production(corridor, monkeypatch):
    app = typer.Typer()
    from crosswalk.agreements.founding import found_command

    app.command()(found_command)
    real = environment(corridor) | {"CROSSWALK_ENVIRONMENT": "production", "CROSSWALK_CLOCK": "real"}
    done = RUNNER.invoke(app, ["offices"], env=real)
    assert isinstance(done.exception, Misconfigured)
    assert "invented offices cannot sign" in str(done.exception)
    again = RUNNER.invoke(app, [str(corridor.folder / "offices")], env=environment(corridor))
    assert (again.exit_code, "was in force before" in again.stdout) == (0, True)


@pytest.mark.parametrize("arguments", [("activate", "abcdef012345"), ("rollback", "abc"), ("rollback", "abcdef012345")])
def test_a_proposal_that_is_not_there_is_said(corridor, arguments):
    done = run(corridor, *arguments, "--by", "police")
    assert (done.exit_code, "see crosswalk agreements history" in done.output) == (1, True)


def test_offices_are_named_not_people(corridor):
    done = run(corridor, "propose", "--by", "Jane Doe")
    assert isinstance(done.exception, Misconfigured)


def test_several_signatures_handed_in_at_once_are_answered_with_one_document(corridor):
    proposed(corridor, wider(corridor))
    files = []
    for name in ASKED:
        files.append(f"{name}.approval")
        assert run(corridor, "sign", "pack.json", "--key", key_of(corridor, name), "--out", files[-1]).exit_code == 0
    told = json.loads(run(corridor, "approve", *files, "--json").stdout)
    assert (set(told["signed"]), told["missing"]) == (set(ASKED), [])
