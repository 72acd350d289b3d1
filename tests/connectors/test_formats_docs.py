import ast
import json
import re

import pytest

from connectors.formats import FORMATS
from tests.connectors.formats_kit import AGENCIES, ROOT

DOCS = ROOT / "docs/formats"
CODE = re.compile(r"[A-Z]+(_[A-Z]+)*")


def codes_in_source():
    """First arguments of refusals, drops and faults."""
    calls = {"Refused": 0, "Dropped": 0, "fault": 0, "Fault": 0}
    for room in (*AGENCIES, "native"):
        for path in (ROOT / "connectors" / room).glob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if not isinstance(node, ast.Call):
                    continue
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                first = node.args[0] if node.args else None
                if name in calls and isinstance(first, ast.Constant):
                    yield first.value


def test_every_format_is_in_the_table():
    text = (DOCS / "README.md").read_text()
    assert [name for name in FORMATS if f"`{name}`" not in text] == []


def test_every_code_is_explained():
    found = {code for code in codes_in_source() if CODE.fullmatch(code)}
    assert len(found) > 20
    text = (DOCS / "README.md").read_text()
    assert {code for code in found if f"`{code}`" not in text} == set()


@pytest.mark.parametrize(
    ("room", "page"), [("schools", "schools.md"), ("social_care", "social-care.md"), ("education", "education-roll.md")]
)
def test_every_column_and_spelling_is_documented(room, page):
    data = json.loads((ROOT / "connectors" / room / "headings.json").read_text())
    tables = [data] if room == "education" else [t for name, t in data.items() if name not in {"markings", "roles"}]
    text = (DOCS / page).read_text()
    for table in tables:
        for column, spellings in table.items():
            assert f"| `{column}` | {', '.join(spellings)} |" in text


def test_every_key_of_the_police_notice_is_documented():
    schema = json.loads((ROOT / "connectors/police/notice.schema.json").read_text())
    text = (DOCS / "police-notice.md").read_text()
    keys = {key for part in schema["$defs"].values() for key in part.get("properties", {})} - {"value"}
    assert {key for key in keys if key not in text} == set()
