"""The one door: it reads the room that is asked for and no other, and knows all when it is asked what there is."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.keys import create

HOUSE = Path(__file__).resolve().parents[2]
LOOK = "import sys; sys.argv[1:] = {argv!r}; from crosswalk import cli\ntry: cli.main()\nexcept SystemExit: pass\n"
TELL = (
    "print(); print(*sorted({m.split('.')[0] for m in sys.modules} & {'streams', 'connectors', 'faust', 'sqlalchemy'}))"
)


def run(*argv: str) -> subprocess.CompletedProcess[str]:
    code = LOOK.format(argv=list(argv)) + TELL
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)


@pytest.mark.parametrize(
    ("argv", "read"),
    [(["connector", "--help"], "connectors"), (["worker", "--help"], ""), (["ledger", "--help"], "sqlalchemy")],
)
def test_a_command_reads_its_own_room_only(argv, read):
    assert run(*argv).stdout.splitlines()[-1] == read


def test_every_command_is_named_where_no_room_is_asked_for_and_a_slip_is_put_right():
    told = run("--help").stdout
    for name in ("worker", "connector", "agreements", "access", "demo"):
        assert f" {name} " in told
    assert "Did you mean 'agreements'?" in run("agrements").stderr


@pytest.mark.parametrize(
    ("argv", "status", "key"),
    [
        (["agreements", "check", "--agreements", ".", "--json"], 2, "faults"),
        (["agreements", "prove", "--agreements", ".", "--json"], 2, "faults"),
        (["agreements", "why", "police.missing.changed", "--json"], 2, "faults"),
        (["recall", "status", "--json"], 1, "ask"),
        (["scrub", "ls", "--json"], 1, "ask"),
        (["late", "ls", "--json"], 1, "ask"),
        (["quarantine", "ls", "--json"], 1, "ask"),
        (["disclosures", "child", "1", "--as", "json"], 1, "why"),
    ],
    ids=["check", "prove", "why", "recall", "scrub", "late", "quarantine", "disclosures"],
)
def test_whoever_asks_in_json_is_answered_in_json_even_if_it_is_no(tmp_path, argv, status, key):
    create(tmp_path / "broker.keys")
    settings = {
        "CROSSWALK_DATABASE": f"sqlite:///{tmp_path}/ledger.db",
        "CROSSWALK_KEYS": str(tmp_path / "broker.keys"),
        "CROSSWALK_PARTNERSHIP": str(HOUSE / "crosswalk" / "partnership"),
        "CROSSWALK_STATE": str(tmp_path / "state"),
        "KAFKA_BOOTSTRAP": "127.0.0.1:9",
    }
    code = f"import sys; sys.argv[1:] = {argv!r}; from crosswalk import cli; cli.main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path,
                          env={"PYTHONPATH": str(HOUSE), "PATH": "", **settings})  # fmt: skip
    assert (done.returncode, key in json.loads(done.stdout)) == (status, True), done.stdout + done.stderr


FALLS = """
import sys, threading
from crosswalk import cli

def falls():
    dies = threading.Thread(target=lambda: int("Quillfeather"))
    dies.start()
    dies.join()
    {}["Quillfeather"]

cli.app.command("falls")(falls)
sys.argv[1:] = ["falls"]
cli.main()
"""


def test_a_fault_that_nobody_foresaw_is_told_by_type_and_place_and_quotes_nothing():
    """In the command itself and in a thread of it: a trace would show what it was about."""
    done = subprocess.run([sys.executable, "-c", FALLS], capture_output=True, text=True, check=False, cwd=HOUSE)
    assert done.returncode == 70, done.stderr
    assert "Quillfeather" not in done.stdout + done.stderr
    told = [json.loads(line) for line in done.stderr.splitlines()]
    assert [one["error_type"] for one in told] == ["ValueError", "KeyError"]
    assert told[1]["where"].startswith("falls:")


def test_a_full_disk_is_said_with_what_to_do_and_no_trace(tmp_path):
    writes = "lambda: open('/dev/full', 'w').write('x' * 99_999)"
    code = f"import sys; sys.argv[1:] = ['worker']; from crosswalk import cli; cli.app = {writes}; cli.main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path,
                          env={"PYTHONPATH": str(HOUSE), "PATH": ""})  # fmt: skip
    assert (done.returncode, "make room on the disk" in done.stderr, "Traceback" in done.stderr) == (2, True, False)
