"""What may follow what: equal to Avro's own Java library where that refuses, stricter where it lets meaning change."""

import json
import os
from pathlib import Path

import pytest

from sharing.contracts import Direction, compatibility

SAMPLES = os.environ.get("CROSSWALK_SAMPLES", "")
TRAPS = Path(os.environ.get("CROSSWALK_TRAPS") or Path(SAMPLES or "samples").resolve().parent / "avro-traps")

HARMLESS = {"01", "06", "09", "19", "34", "39", "40", "41", "44"}
"""Traps that neither break a reader nor change what bytes mean."""


@pytest.fixture(scope="module")
def traps():
    """Name, old schema, new schema, Java's two answers (new reads old, old reads new)."""
    if not (TRAPS / "traps.jsonl").exists():
        pytest.skip("no Avro traps: set CROSSWALK_TRAPS to the folder that holds traps.jsonl and java.jsonl")
    lines = (TRAPS / "traps.jsonl").read_text(encoding="utf-8").splitlines()
    answers = (TRAPS / "java.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [(*json.loads(trap), *json.loads(answer)) for trap, answer in zip(lines, answers, strict=True)]
    assert rows
    assert all(name == again for name, _, _, again, _, _ in rows)
    return [(name, json.loads(old), json.loads(new), back, forth) for name, old, new, _, back, forth in rows]


def directions(old, new):
    return {fault.direction for fault in compatibility(old, new)}


def test_whatever_java_refuses_is_refused_in_the_same_direction(traps):
    for name, old, new, backward, forward in traps:
        found = directions(old, new)
        if "P" in (backward, forward):
            assert found == {Direction.INVALID}, name
        else:
            assert (Direction.BACKWARD in found) == (backward == "n"), name
            assert (Direction.FORWARD in found) == (forward == "n"), name


def test_what_java_lets_pass_and_changes_meaning_is_refused(traps):
    passed = {n[:2]: directions(o, w) for n, o, w, back, forth in traps if back == forth == "Y"}
    assert passed.keys() >= {"11", "22", "23", "25", "30", "32"}
    for number, found in passed.items():
        assert found == (set() if number in HARMLESS else {Direction.MEANING}), number


def record(*fields, **extra):
    return {"type": "record", "name": "E", "namespace": "x", "fields": list(fields), **extra}


def field(name, kind, **extra):
    return {"name": name, "type": kind, **extra}


NULLABLE = {"default": None}
INNER = {
    "type": "record",
    "name": "Inner",
    "fields": [field("born", ["null", {"type": "int", "logicalType": "date"}], **NULLABLE)],
}


def refused(old, new):
    return [(fault.path, fault.direction) for fault in compatibility(old, new)]


def test_a_field_with_a_default_may_be_added_anywhere():
    wider = {**INNER, "fields": [*INNER["fields"], field("z", ["null", "string"], **NULLABLE)]}
    assert (
        compatibility(record(field("child", INNER)), record(field("child", wider), field("b", "int", default=0))) == ()
    )


def test_a_fault_names_the_field_it_is_in():
    plain = {**INNER, "fields": [field("born", ["null", "int"], **NULLABLE)]}
    (fault,) = compatibility(record(field("child", INNER)), record(field("child", plain)))
    assert fault.path == "child.born|int"
    assert "logical type was date, is none" in str(fault)


def test_a_fault_deep_inside_is_named_in_both_directions():
    other = {**INNER, "fields": [field("born", ["null", "string"], **NULLABLE)]}
    found = refused(
        record(field("child", {"type": "array", "items": INNER})),
        record(field("child", {"type": "array", "items": other})),
    )
    assert ("child[].born", Direction.BACKWARD) in found
    assert ("child[].born", Direction.FORWARD) in found


def test_a_required_field_is_named():
    assert (("b", Direction.BACKWARD)) in refused(record(), record(field("b", "string")))


def test_a_field_is_not_taken_away_even_with_a_default():
    assert refused(record(field("a", "int", default=0)), record()) == [("a", Direction.MEANING)]


def test_a_renamed_field_is_refused_even_with_aliases():
    old, new = field("a", "string", aliases=["b"]), field("b", "string", aliases=["a"])
    assert ("a", Direction.MEANING) in refused(record(old), record(new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (record(field("a", "int", aliases=["z"])), record(field("a", "int"))),
        (record(aliases=["x.Old"]), record()),
        (record(field("a", "int", default=1)), record(field("a", "int", default=2))),
        (record(field("a", "int", default=1)), record(field("a", "int"))),
        (record(field("a", ["null", "string"])), record(field("a", ["string", "null"]))),
        (
            record(field("a", {"type": "map", "values": "string"})),
            record(field("a", {"type": "map", "values": "bytes"})),
        ),
        (
            record(field("a", {"type": "enum", "name": "En", "symbols": ["A", "B"], "default": "A"})),
            record(field("a", {"type": "enum", "name": "En", "symbols": ["A"], "default": "A"})),
        ),
    ],
    ids=["alias", "record alias", "default changed", "default gone", "union order", "text as bytes", "symbol gone"],
)
def test_what_changes_meaning_is_refused(old, new):
    assert directions(old, new) == {Direction.MEANING}


def test_a_schema_that_contains_itself_is_followed_once():
    loop = record(field("k", "string"), field("next", ["null", "E"], **NULLABLE))
    deeper = record(field("k", "int"), field("next", ["null", "x.E"], **NULLABLE))
    assert compatibility(loop, loop) == ()
    assert {path for path, _ in refused(loop, deeper)} >= {"k"}


def test_what_is_no_schema_is_said_to_be_none():
    assert directions(record(), {"type": "record", "name": "E", "fields": [field("a", "nonsense")]}) == {
        Direction.INVALID
    }
