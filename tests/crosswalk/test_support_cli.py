"""A support bundle helps, holds no secret and no name, and is the same bytes with and without a seal."""

import json
from pathlib import Path

import pytest
import typer

from crosswalk.support_cli import support_bundle
from sharing.errors import Misconfigured
from sharing.events import MissingAction, MissingChanged
from tests.crosswalk.broker_kit import run
from tests.streams.corridor import HOUSE, POLICE, Corridor
from tests.streams.families import CANARIES, ROSA
from tests.streams.test_last_door_laws import LEAK
from tests.streams.test_seal_laws import everybody_involved, notice, seal

APP = typer.Typer()
APP.command()(support_bundle)
BOTH = [
    {
        "event": "dead letter",
        "code": "BAD_TIME",
        "topic": "in.police.easthaven-police",
        "offset": 7,
        "level": "warning",
    },
    {"event": "lane suspended", "lane": 3, "code": "UNKNOWN_TOPIC_OR_PART"},
    {"event": "something new that nobody listed", "exchange_id": "00" * 16},
]
SEALED = [
    {"event": "a seal could not be read: ring its sender now", "exchange_id": "11" * 16, "lane": 4},
    {"event": "dead letter", "code": "UNDECODABLE", "topic": "seals.police.easthaven-police"},
    {"event": "not accepted from this sender", "code": "NOT_THE_HOLDER", "event_id": "22" * 16},
    {"event": "dead letter", "code": "NOT_THE_HOLDER", "topic": "in.police.easthaven-police"},
    {"event": "recalled by a person", "exchange_id": "33" * 16},
]


def world(folder: Path, *, sealed: bool) -> Corridor:
    """A family with or without a seal, a stopped record and recalls among them, and the logs of both."""
    folder.mkdir()
    corridor = Corridor(folder)
    everybody_involved(corridor)
    corridor.say(MissingChanged, POLICE, ROSA, key="m", action=MissingAction.MISSING)
    corridor.send(POLICE, b"junk")
    if sealed:
        corridor.send(POLICE, seal(corridor), b"\x00junk")
    corridor.send(POLICE, notice(corridor, key="n", **LEAK))
    corridor.flow()
    lines = [SEALED[0], *BOTH[:1], *SEALED[1:], *BOTH[1:]] if sealed else BOTH
    (folder / "worker.log").write_text("".join(f"{json.dumps(line)}\n" for line in lines) + "not JSON\n")
    return corridor


def bundle(corridor: Corridor, name: str = "bundle") -> dict[str, bytes]:
    folder = corridor.folder / name
    done = run(APP, corridor, str(folder), "--log", str(corridor.folder / "worker.log"))
    assert done.exit_code == 0, done.output
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_it_is_the_same_bytes_with_and_without_a_seal(tmp_path):
    worlds = [world(tmp_path / name, sealed=sealed) for name, sealed in (("sealed", True), ("open", False))]
    first, second = (bundle(corridor) for corridor in worlds)
    for corridor, pages in zip(worlds, (first, second), strict=True):
        pages["settings.json"] = pages["settings.json"].replace(str(corridor.folder).encode(), b"FOLDER")
        corridor.close()
    assert first == second


@pytest.fixture
def told(tmp_path):
    made = world(tmp_path / "told", sealed=True)
    yield made
    made.close()


def test_it_helps(told):
    pages = bundle(told)
    state = json.loads(pages["state.json"])
    assert state["dead_letters"] == {"in.police.easthaven-police NOT_FRAMED": 1}
    assert json.loads(pages["versions.json"])["agreements"] == told.broker.agreements.version
    assert [json.loads(line)["event"] for line in pages["logs.jsonl"].splitlines()] == ["dead letter", "lane suspended"]


def test_no_name_no_key_and_no_password_is_in_it(told):
    everything = b"".join(bundle(told).values())
    for secret in (*CANARIES, told.keys.master.hex(), "11" * 16, "22" * 16, "33" * 16):
        assert secret.encode() not in everything
    from crosswalk.support_cli import _shown

    assert _shown("postgresql://crosswalk:secret@db/ledger") == "postgresql://crosswalk@db/ledger"
    assert _shown("sqlite:////var/ledger.db") == "sqlite:////var/ledger.db"


def test_every_line_that_it_lets_through_is_one_that_somebody_writes():
    """A list of lines that nobody writes any more would let nothing through and look as if all were well."""
    from crosswalk.support_cli import LINES

    code = "".join(path.read_text() for room in ("streams", "crosswalk", "console", "ledger")
                   for path in (HOUSE / room).rglob("*.py") if path.name != "support_cli.py")  # fmt: skip
    assert [line for line in LINES if f'"{line}"' not in code] == []


def test_it_is_never_written_over_another(told):
    bundle(told)
    done = run(APP, told, str(told.folder / "bundle"))
    assert isinstance(done.exception, Misconfigured)
    assert isinstance(run(APP, told, str(told.folder / "other"), "--log", "nowhere").exception, Misconfigured)
