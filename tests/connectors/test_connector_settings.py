"""Settings, secrets and commands: every fault at once with its fix, and no secret anywhere."""

import json
import os
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from connectors import check, host, vitals
from connectors.cli import connector_app
from connectors.example import EXAMPLE
from connectors.kafka import client_settings
from connectors.ports import Translated
from connectors.secrets import Keys, Secret, make_key_file, read_keys, resolve
from connectors.settings import Settings
from connectors.stores import Stores
from sharing.errors import Misconfigured
from sharing.events import Child, Envelope, ReferralSubmitted
from tests.connectors.test_spool import take

PLANTED = "planted-secret-9c1"


def faults_of(mapping: dict[str, object], base: Path) -> list[str]:
    with pytest.raises(Misconfigured) as raised:
        Settings.from_mapping(mapping, "connector.yaml", base, {})
    return str(raised.value).splitlines()


def test_every_fault_is_told_at_once_with_its_place(tmp_path: Path) -> None:
    found = faults_of(
        {
            "organisation": "Oakfield Primary",
            "agency": "school",
            "bootstrap": "somewhere",
            "key_file": "absent.key",
            "poll_seconds": "often",
            "max_spool_mb": 0,
            "intake": [{"folder": "drop", "formatz": ["x"]}],
            "delivr_to": "view",
        },
        tmp_path,
    )
    text = "\n".join(found)
    for place in ("organisation", "agency", "bootstrap", "key_file", "state", "poll_seconds", "max_spool_mb"):
        assert f"connector.yaml: {place}: " in text
    assert "connector.yaml: intake[0].formats: " in text
    assert "intake[0].formatz: unknown key; did you mean formats" in text
    assert "delivr_to: unknown key; did you mean deliver_to" in text
    assert "did you mean schools" in text
    assert len(found) == 10


def test_a_secret_itself_in_the_settings_is_refused_and_never_quoted(tmp_path: Path) -> None:
    security = {"protocol": "SASL_SSL", "username": "oak", "password": PLANTED}
    found = "\n".join(faults_of({"security": security}, tmp_path))
    assert "security.password: write a reference" in found
    assert PLANTED not in found


def test_a_password_without_sasl_is_refused(tmp_path: Path) -> None:
    found = faults_of({"security": {"protocol": "SSL", "mechanism": "PLAIN"}}, tmp_path)
    assert any("security.mechanism: protocol SSL has no password" in fault for fault in found)


@pytest.mark.parametrize("reference", ["file:password", "env:OAK_PASSWORD"])
def test_a_secret_is_shown_to_the_client_only(
    tmp_path: Path, make_settings: Callable[..., Settings], reference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "password").write_text(PLANTED + "\n")
    monkeypatch.setenv("OAK_PASSWORD", PLANTED)
    made = make_settings(security={"protocol": "SASL_SSL", "username": "oak", "password": reference})
    assert client_settings(made)["sasl_plain_password"] == PLANTED
    assert PLANTED not in f"{made} {made!r} {made.security.password} {made.security.password!r}"


def test_keys_never_show(make_settings: Callable[..., Settings], tmp_path: Path) -> None:
    made = make_settings()
    line = (tmp_path / "connector.key").read_text().strip()
    for key in (line, made.keys.ids.hex(), made.keys.contents.hex(), made.keys.tokens.hex()):
        assert key not in repr(made)
    assert repr(Secret("x")) == str(Secret("x")) == "***"


def test_keys_of_different_purposes_differ() -> None:
    keys = Keys.of(b"root" * 8)
    assert len({keys.ids, keys.tokens, keys.contents}) == 3


@pytest.mark.parametrize(
    ("content", "mode", "fix"),
    [
        ("", 0o600, "empty"),
        ("abcd", 0o600, "64 hexadecimal"),
        ("zz" * 32, 0o600, "64"),
        ("ab" * 32, 0o644, "chmod 600"),
    ],
)
def test_a_key_file_that_is_not_right_is_refused(tmp_path: Path, content: str, mode: int, fix: str) -> None:
    path = tmp_path / "k"
    path.write_text(content)
    path.chmod(mode)
    with pytest.raises(Misconfigured, match=fix):
        read_keys(path)


def test_a_key_file_is_never_replaced(tmp_path: Path) -> None:
    make_key_file(tmp_path / "k")
    before = (tmp_path / "k").read_text()
    with pytest.raises(Misconfigured, match="never replaced"):
        make_key_file(tmp_path / "k")
    assert (tmp_path / "k").read_text() == before
    assert read_keys(tmp_path / "k") == read_keys(tmp_path / "k")


def test_a_reference_to_nothing_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="NO_SUCH"):
        resolve("env:NO_SUCH", tmp_path, {})
    with pytest.raises(Misconfigured, match="cannot be read"):
        resolve("file:absent", tmp_path, {})


def test_two_connectors_never_share_a_folder(tmp_path: Path) -> None:
    make_key_file(tmp_path / "connector.key")
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text(EXAMPLE)
    with pytest.raises(Misconfigured, match="share one folder"):
        host.read_all([tmp_path / "a.yaml", tmp_path / "b.yaml"])


@pytest.mark.parametrize("text", ["a: [", "- a\n- b", ""])
def test_a_file_that_is_no_mapping_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "c.yaml").write_text(text)
    with pytest.raises(Misconfigured, match=r"c\.yaml"):
        host.read_settings(tmp_path / "c.yaml")


@pytest.mark.parametrize(
    ("given", "fix"),
    [
        ({"intake": [{"folder": "drop", "formats": ["school-concerns"]}]}, "schools-concerns"),
        ({"reactions": ["roll"]}, "did you mean rolls"),
        ({"reactions": ["rolls"]}, "folder is missing"),
        ({"reactions": [{"name": "plan-flags", "calback": "1"}]}, "unknown calback"),
        ({"clock": "yesterday"}, "clock"),
    ],
)
def test_an_unknown_part_is_told_and_the_lock_let_go(
    make_settings: Callable[..., Settings], given: dict[str, object], fix: str
) -> None:
    with pytest.raises(Misconfigured, match=fix):
        host.build(make_settings(**given))
    Stores(make_settings()).close()


# -- commands

RUN = CliRunner()


@pytest.fixture
def config(tmp_path: Path) -> Path:
    assert RUN.invoke(connector_app, ["init", str(tmp_path)]).exit_code == 0
    return tmp_path / "connector.yaml"


def test_init_writes_settings_that_are_good(config: Path) -> None:
    found = RUN.invoke(connector_app, ["validate", str(config)])
    assert found.exit_code == 0
    assert "oakfield-primary: settings are good" in found.output
    assert RUN.invoke(connector_app, ["init", str(config.parent)]).exit_code == 2


def test_folder_that_cannot_be_used_is_told_in_words(config: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    made = RUN.invoke(connector_app, ["init", str(tmp_path / "file")])
    assert (made.exit_code, "cannot be made" in made.output) == (2, True)
    config.write_text(EXAMPLE.replace("state: state ", "state: file "))
    ran = RUN.invoke(connector_app, ["run", str(config)])
    assert (ran.exit_code, "cannot be the state folder" in ran.output) == (2, True)


def test_validate_tells_faults_and_ends_with_2(config: Path) -> None:
    config.write_text(EXAMPLE.replace("agency: schools ", "agency: skools "))
    found = RUN.invoke(connector_app, ["validate", str(config)])
    assert found.exit_code == 2
    assert "did you mean schools" in found.output


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[schools-concerns]", "[school-concerns]", "intake[0].format: expected one of"),
        ("# reactions:", "reactions: [{name: rolss, folder: a}]  #", "did you mean rolls"),
    ],
)
def test_validate_knows_which_formats_and_reactions_there_are(config: Path, old: str, new: str, said: str) -> None:
    config.write_text(EXAMPLE.replace(old, new))
    found = RUN.invoke(connector_app, ["validate", str(config)])
    assert found.exit_code == 2
    assert said in found.output


def test_check_says_that_rows_of_a_roll_cannot_be_read(make_settings: Callable[..., Settings], tmp_path: Path) -> None:
    (tmp_path / "rolls").mkdir()
    settings = make_settings(reactions=[{"name": "rolls", "folder": str(tmp_path / "rolls")}])

    def roll() -> check.Hop:
        return next(hop for hop in check.hops(settings) if hop.name == "roll")

    assert (roll().ok, "0 registrations" in roll().words) == (False, True)
    head = "Surname,Forename,DOB,URN,School Name\n"
    (tmp_path / "rolls" / "a.csv").write_text(f"{head}Lee,Ann,11/02/2016,999001,Oakfield\n")
    assert roll().ok
    (tmp_path / "rolls" / "b.csv").write_text(f"{head}Lee,Ann,31/02/2016,999001,Oakfield\n")
    assert not roll().ok
    assert "1 registrations, 1 rows or files that cannot be read" in roll().words


def test_check_says_that_nobody_is_in_the_person_table(make_settings: Callable[..., Settings], tmp_path: Path) -> None:
    table = tmp_path / "ssd_person.csv"
    intake = {"folder": str(tmp_path / "drop"), "formats": ["social-care-ssd"], "persons": str(table)}
    settings = make_settings(intake=[intake])
    for head, good in (("person,name", False), ("pers_person_id,pers_surname,pers_dob", True)):
        table.write_text(f"{head}\nP-1,Lee,2016-02-11\n")
        hop = next(hop for hop in check.hops(settings) if hop.name == "person table")
        assert hop.ok is good


def test_check_names_the_hop_that_is_wrong(config: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    config.write_text(EXAMPLE.replace("127.0.0.1:9092", f"127.0.0.1:{port}"))
    found = RUN.invoke(connector_app, ["check", str(config)])
    assert found.exit_code == 1
    assert "WRONG address" in found.output
    assert "good  state folder" in found.output


def test_check_tells_a_line_without_tls_apart(make_settings: Callable[..., Settings]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def hang_up() -> None:
            line, _ = server.accept()
            with line:
                line.recv(100)
                line.sendall(b"no TLS is spoken here\n" * 10)

        answer = threading.Thread(target=hang_up)
        answer.start()
        made = make_settings(bootstrap=f"127.0.0.1:{server.getsockname()[1]}", security={"protocol": "SSL"})
        hops = {hop.name: hop for hop in check.hops(made)}
        answer.join(10)
    assert hops["address"].ok
    assert not hops["TLS"].ok
    assert "listener with TLS" in hops["TLS"].words


def test_status_of_a_connector_that_never_ran_says_so(config: Path) -> None:
    found = RUN.invoke(connector_app, ["status", str(config), "--json"])
    assert found.exit_code == 1
    assert json.loads(found.output)["troubles"][0]["code"] == "NEVER_RAN"


def test_status_of_a_connector_that_fell_silent_is_not_well(config: Path) -> None:
    path = config.parent / "state" / "health.json"
    path.parent.mkdir()
    path.write_text('{"organisation": "oakfield-primary", "troubles": []}')
    assert RUN.invoke(connector_app, ["status", str(config)]).exit_code == 0
    os.utime(path, (time.time() - 60, time.time() - 60))
    found = RUN.invoke(connector_app, ["status", str(config)])
    assert found.exit_code == 1
    assert "not running, or the disk of its state folder is full" in found.output


@pytest.mark.parametrize(("hours", "rings"), [(0, False), (1, True), (-1, True), (-8760, True)])
def test_referral_that_waits_is_told_wherever_the_clock_jumps(
    make_settings: Callable[..., Settings], now: datetime, hours: int, rings: bool
) -> None:
    stores = Stores(make_settings())
    with stores.database.transaction():
        stores.spool.add(
            Translated(ReferralSubmitted(envelope=Envelope(), child=Child(surname="Lee")), "lee", "1", None), now
        )
    said = vitals.report(stores.settings, stores.database, (), Counter(), now + timedelta(hours=hours))
    assert [trouble["code"] for trouble in said["troubles"]] == ["TELEPHONE_NOW"] * rings
    stores.close()


def test_spool_shows_what_waits_and_lets_a_dead_event_go(config: Path, now: object) -> None:
    settings = host.read_settings(config)
    stores = Stores(settings)
    take(stores.spool, now, "export", "1||ann|canary-77", "2||ben|canary-77")
    dead, waits = (one.row for one in stores.spool.ready(2))
    stores.spool.mark_dead(dead, "MessageSizeTooLarge")
    stores.close()
    listed = RUN.invoke(connector_app, ["spool", "ls", str(config)]).output
    assert "MessageSizeTooLarge" in listed
    assert "2 events are not sent" in listed
    assert "canary" not in listed
    assert RUN.invoke(connector_app, ["spool", "retry", str(config), str(waits)]).exit_code == 2
    bad = RUN.invoke(connector_app, ["spool", "discard", str(config), str(dead), "--reason", "told Mrs Lorimer"])
    assert bad.exit_code == 2
    done = RUN.invoke(connector_app, ["spool", "discard", str(config), str(dead), "--reason", "SENT_BY_TELEPHONE"])
    assert done.exit_code == 0
    assert RUN.invoke(connector_app, ["spool", "retry", str(config), str(dead)]).exit_code == 2


def test_the_example_names_every_key_that_there_is() -> None:
    told = EXAMPLE.replace("# ", "")
    for key in ("security", "reactions", "persons", "may_seal", "gap_wait_seconds", "max_spool_mb", "ca_file"):
        assert f"{key}:" in told
    assert isinstance(yaml.safe_load(EXAMPLE), dict)
