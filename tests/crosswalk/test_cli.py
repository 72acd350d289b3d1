"""The one door: it reads the room that is asked for and no other, and knows all when it is asked what there is."""

import subprocess
import sys

import pytest

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
