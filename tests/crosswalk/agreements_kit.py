"""Runs `crosswalk agreements ...`, and makes a set that differs from the shipped one."""

import json
from pathlib import Path

from typer.testing import CliRunner

from agreements import read_texts
from crosswalk.agreements.cli import agreements_app


def run(*arguments: str):
    """The command's result; what a person must mend is raised, as the command line's own door does status 2."""
    return CliRunner().invoke(agreements_app, list(arguments), catch_exceptions=False)


def answer(*arguments: str, status: int = 0):
    """The JSON that the command prints."""
    done = run(*arguments, "--json")
    assert done.exit_code == status, done.output
    return json.loads(done.stdout)


EXTRA = """
agreement: extra
title: "A permit too many"
parties: [police, health]
dpia: DPIA-900
review_by: 2099-12-31
permits:
  - id: too-much
    event: police.missing.changed
    to: [health_visitor]
    purpose: encompass-local
    when: open_involvement
    fields:
      $exists: clear
      child.surname: clear
      child.address_line: clear
"""
"""An agreement that nobody should sign: a child's address to health visitors, for a purpose that is none of its own."""


def written(folder: Path, **more: str) -> Path:
    """A copy of the shipped set with more files: `extra=EXTRA` makes extra.yaml."""
    folder.mkdir(parents=True, exist_ok=True)
    for file, text in {**read_texts(), **{f"{name}.yaml": text for name, text in more.items()}}.items():
        (folder / file).write_text(text, encoding="utf-8")
    return folder
