"""A broker whose commands can be run: the corridor's ledger, and the environment that names it."""

import json
from base64 import b64encode
from pathlib import Path

from typer.testing import CliRunner, Result

from ledger.keys import _check, _document
from tests.streams.corridor import HOUSE, KEYS, Corridor

RUNNER = CliRunner()


def environment(corridor: Corridor) -> dict[str, str]:
    """Settings of a command that looks at this corridor's ledger."""
    keys = corridor.folder / "broker.keys"
    if not keys.exists():
        assert b64encode(KEYS.master)
        keys.write_text(json.dumps({"format": "crosswalk-keys-1", **_document(KEYS), "check": _check(KEYS)}))
        keys.chmod(0o600)
    (corridor.folder / "clock.txt").write_text(corridor.now.isoformat())
    return {
        "KAFKA_BOOTSTRAP": "not-asked:9092",
        "CROSSWALK_DATABASE": f"sqlite:///{corridor.folder / 'ledger.db'}",
        "CROSSWALK_KEYS": str(keys),
        "CROSSWALK_PARTNERSHIP": str(HOUSE / "crosswalk" / "partnership"),
        "CROSSWALK_STATE": str(corridor.folder / "state"),
        "CROSSWALK_CLOCK": f"simulated:{corridor.folder / 'clock.txt'}",
    }


def run(app: object, corridor: Corridor, *arguments: str, folder: Path | None = None) -> Result:
    """Run a command as its own environment would."""
    return RUNNER.invoke(app, list(arguments), env=environment(corridor) | {"HOME": str(folder or corridor.folder)})
