"""Runs `crosswalk agreements ...` on a set of agreements, and makes sets that differ from the shipped one."""

import json
from pathlib import Path

from typer.testing import CliRunner

from agreements import read_texts
from crosswalk.agreements_cli import agreements_app


def run(*arguments: str):
    """The command's result; what a person must mend is raised, as the command line's own door does status 2."""
    return CliRunner().invoke(agreements_app, list(arguments), catch_exceptions=False)


def answer(*arguments: str, status: int = 0):
    """The JSON that the command prints."""
    done = run(*arguments, "--json")
    assert done.exit_code == status, done.output
    return json.loads(done.stdout)


def written(folder: Path, **changes: tuple[str, str]) -> Path:
    """A copy of the shipped set with one change a file: `encompass=("old", "new")`."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = read_texts()
    for name, (old, new) in changes.items():
        file = f"{name.replace('_', '-')}.yaml"
        assert old in texts[file], f"{file} no longer holds the text that this test changes"
        texts[file] = texts[file].replace(old, new, 1)
    for file, text in texts.items():
        (folder / file).write_text(text, encoding="utf-8")
    return folder
