"""`crosswalk ledger export`: closed, unless somebody names an authority for opening records."""

import json
from contextlib import closing
from pathlib import Path

from typer.testing import CliRunner

from ledger import Ledger
from ledger.cli import ledger_app
from ledger.keys import create
from sharing.transparency.notes import (
    verifier_key,
)
from tests.ledger.exports import (
    KEYS,
    Exported,
    fill,
    said,
)
from tests.ledger.rig import an_id


def test_the_command_exports_and_opens_only_on_an_authority(tmp_path: Path):
    key_file, url = tmp_path / "keys.json", f"sqlite:///{tmp_path / 'ledger.db'}"
    keys = create(key_file, KEYS.origin)
    with closing(Ledger.open(url, keys)) as ledger:
        fill(ledger)
    options = ["--database", url, "--keys", str(key_file)]
    invoke = CliRunner().invoke
    word = verifier_key(keys.origin, keys.public)
    closed = invoke(ledger_app, ["export", str(tmp_path / "closed"), *options])
    assert (closed.exit_code, "0 records opened" in closed.stdout) == (0, True)
    child = ["--open", an_id("e", 1).hex()]
    assert invoke(ledger_app, ["export", str(tmp_path / "no"), *options, *child]).exit_code == 1
    assert not (tmp_path / "no").exists()
    opened = invoke(ledger_app, ["export", str(tmp_path / "open"), *options, *child, "--authority", "dpo, request 12"])
    assert (opened.exit_code, "3 records opened" in opened.stdout) == (0, True)
    everybody = invoke(
        ledger_app, ["export", str(tmp_path / "all"), *options, "--open", "all", "--authority", "dpo 12"]
    )
    assert "5 records opened" in everybody.stdout
    for name in ("closed", "open", "all"):
        assert said(Exported(tmp_path / name, word))[0] == 0
    with closing(Ledger.open(url, keys)) as ledger, ledger.reading() as tx:
        made = [json.loads(s.body) for s in tx.statements("export.made")]
    assert [m["authority"] for m in made] == ["dpo, request 12", "dpo 12"]
    assert made[1]["opened"] == ["all"]
