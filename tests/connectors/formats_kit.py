"""What the tests of formats share: translating bytes, golden files, the proof that no message shows a value."""

import ast
import json
import os
import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings

from connectors import formats
from connectors.ports import Dropped, Refused, Translated
from connectors.translate_cli import Line, lines, to_json

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).parent / "golden"
UNTIMED = settings(deadline=None)
"""A busy machine is no fault of a parser."""
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
AGENCIES = ("schools", "social_care", "police", "health", "education")
SAMPLES = [
    path
    for agency in AGENCIES
    for path in sorted((ROOT / "connectors" / agency / "samples").iterdir())
    if path.is_file()
]


def run(name, raw, file="file", now=NOW):
    """Every line that a format makes of some bytes."""
    return list(lines(name, [(file, raw)], now))


def results(name, raw, given=None, now=NOW):
    """Every result of a format, with what it was given."""
    chosen = formats.by_name(name, given)
    found = []
    for record in chosen.read(raw, "file"):
        found.extend([record] if isinstance(record, Refused) else chosen.translate(record, now))
    return found


def only(found):
    assert len(found) == 1, found
    return found[0]


def event(result):
    assert isinstance(result, Translated), result
    return result.event


def assert_golden(agency):
    """The agency's samples become what the committed file says, line by line."""
    files = [(path.name, path.read_bytes()) for path in SAMPLES if path.parent.parent.name == agency]
    found = [to_json(line) for line in lines(formats.AUTO, files, NOW)]
    expected = [json.loads(line) for line in (GOLDEN / f"{agency}.jsonl").read_text().splitlines()]
    assert found == expected


def public_samples(*folders):
    """Files of the public sample folders; skips visibly where there are none."""
    root = os.environ.get("CROSSWALK_SAMPLES", "")
    if not root or not Path(root).is_dir():
        pytest.skip("CROSSWALK_SAMPLES names no folder of public sample files")
    return [path for folder in folders for path in sorted((Path(root) / folder).rglob("*")) if path.is_file()]


def assert_says_nothing(line: Line) -> None:
    """A refusal or drop is made of our own source's words and small numbers alone, so it can show no value."""
    result = line.result
    assert isinstance(result, Refused | Dropped)
    field = result.field if isinstance(result, Refused) else ""
    words = set(re.findall(r"[^\W_]+", f"{result.code} {field} {result.reason}".replace("_", " ")))
    assert words <= own_words(), (result.code, field)
    if isinstance(result, Refused):
        assert result.code
        assert result.field
        assert result.reason


@cache
def own_words():
    """Every word in a literal or name of the formats' source, and the numbers that stand in it."""
    found = {str(number) for number in range(100)}
    for path in [*(ROOT / "connectors").rglob("*.py"), ROOT / "sharing" / "topics.py"]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str | int):
                found |= set(re.findall(r"[^\W_]+", str(node.value).replace("_", " ")))
    for agency in ("schools", "social_care", "education"):
        names = (ROOT / "connectors" / agency / "headings.json").read_text()
        found |= set(re.findall(r"[a-z]+", names))
    return found | {str(64 * 1024 * 1024)}
