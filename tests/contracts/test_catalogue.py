"""The catalogue: every schema whole, classed, exemplified, equal to its dataclass, and never changed once released."""

import copy
import json
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime
from enum import Enum
from types import UnionType
from typing import Union, get_args, get_origin, get_type_hints

import fastavro
import pytest

import schemas
from schemas import read_schemas
from schemas.released import file_name, read_released, release
from sharing.contracts import check_catalogue, compatibility, fingerprint
from sharing.events import EVENT_TYPES, Child, Envelope, Event
from sharing.events.common import Nobody
from sharing.vocabulary import FieldClass

SCHEMAS = {s.event_type: s for s in read_schemas()}
each_type = pytest.mark.parametrize("event_type", sorted(EVENT_TYPES))
SHARED = {"envelope", "child"}


def leaf_fields(document, path=""):
    """Every field that holds a value, with its path; shared parts and inner records are walked into."""
    for entry in document["fields"]:
        here = f"{path}.{entry['name']}".lstrip(".")
        inner = entry["type"]
        if isinstance(inner, dict) and inner["type"] == "record":
            yield from leaf_fields(inner, here)
        else:
            yield here, entry
            yield from (leaf for record in inner_records(inner) for leaf in leaf_fields(record, here))


def inner_records(kind):
    if isinstance(kind, list):
        for branch in kind:
            yield from inner_records(branch)
    elif isinstance(kind, dict):
        if kind["type"] == "record":
            yield kind
        yield from inner_records(kind.get("items", "null"))


def test_the_catalogue_and_the_dataclasses_name_the_same_events():
    assert SCHEMAS.keys() == EVENT_TYPES.keys()


def test_the_catalogue_may_go_out():
    assert check_catalogue(read_schemas(), read_released()) == ()


@each_type
def test_a_released_file_is_named_after_what_it_holds(event_type):
    released = [r for r in read_released() if r.event_type == event_type]
    assert released
    for version in released:
        document = json.loads((schemas.HERE / "released" / file_name(version)).read_text(encoding="utf-8"))
        assert (document["event_type"], document["version"]) == (version.event_type, version.version)


@each_type
def test_every_field_says_what_it_is_and_who_may_see_it(event_type):
    classes = {member.value for member in FieldClass}
    for path, entry in leaf_fields(SCHEMAS[event_type].document):
        assert entry.get("doc", "").endswith("."), f"{path}: doc is a sentence"
        assert entry.get("class") in classes, f"{path}: class is not of the vocabulary"
        assert entry.get("example") not in (None, "", []), f"{path}: has no example"


@each_type
def test_every_field_may_be_absent_and_absence_is_null(event_type):
    """What is withheld must be able to look like what never was."""
    for path, entry in leaf_fields(SCHEMAS[event_type].document):
        assert isinstance(entry["type"], list), path
        assert entry["type"][0] == "null", path
        assert len(entry["type"]) == 2, path
        assert entry["default"] is None, path
        assert "default" in entry, path


@each_type
def test_every_example_encodes_and_comes_back(event_type, tmp_path):
    """Each leaf's example alone under its own type, so that a fault names its field."""
    enums = {}
    for path, entry in leaf_fields(SCHEMAS[event_type].document):
        kind = spelt_out(entry["type"], enums)
        lone = {"type": "record", "name": "Lone", "namespace": "crosswalk", "fields": [{"name": "v", "type": kind}]}
        value = example(entry["type"][1], entry["example"])
        target = tmp_path / "example"
        with target.open("wb") as out:
            fastavro.schemaless_writer(out, fastavro.parse_schema(lone), {"v": value})
        with target.open("rb") as back:
            read = fastavro.schemaless_reader(back, fastavro.parse_schema(lone), None)
        assert read["v"] == value, path


def spelt_out(kind, enums):
    """A nullable type whose enum may be a name that stands in full at an earlier field."""
    inner = kind[1]
    if isinstance(inner, dict) and inner["type"] == "enum":
        enums[f"crosswalk.{inner['name']}"] = enums[inner["name"]] = inner
    return ["null", enums.get(inner, inner) if isinstance(inner, str) else inner]


def example(kind, written):
    """An example as JSON has it -> the value that the writer wants."""
    logical = kind.get("logicalType") if isinstance(kind, dict) else None
    if logical == "date":
        return date.fromisoformat(written)
    if logical == "timestamp-millis":
        return datetime.fromisoformat(written)
    if isinstance(kind, dict) and kind["type"] == "array":
        return [example(kind["items"], one) for one in written]
    if isinstance(kind, dict) and kind["type"] == "record":
        return {entry["name"]: example(entry["type"][1], written[entry["name"]]) for entry in kind["fields"]}
    return written


@each_type
def test_every_code_of_every_list_has_its_meaning(event_type):
    """A code without its meaning is what gets misread."""
    for listed in enums_of(SCHEMAS[event_type].document):
        assert listed.get("meanings", {}).keys() == set(listed["symbols"]), listed["name"]
        assert all(meaning.endswith(".") for meaning in listed["meanings"].values()), listed["name"]


def enums_of(node):
    if isinstance(node, dict):
        if node.get("type") == "enum":
            yield node
        yield from (found for value in node.values() for found in enums_of(value))
    elif isinstance(node, list):
        yield from (found for value in node for found in enums_of(value))


def test_every_id_is_unique_and_used_and_every_schema_has_one():
    listed = json.loads((schemas.HERE / "ids.json").read_text(encoding="utf-8"))
    numbers = [number for versions in listed.values() for number in versions.values()]
    assert len(numbers) == len(set(numbers))
    used = {(s.event_type, str(s.version)) for s in (*read_schemas(), *read_released())}
    assert {(name, version) for name, versions in listed.items() for version in versions} == used


@each_type
def test_a_dataclass_equals_its_schema(event_type):
    assert_record(EVENT_TYPES[event_type], SCHEMAS[event_type].document)


def assert_record(cls, document):
    hints = get_type_hints(cls)
    assert [f.name for f in fields(cls)] == [f["name"] for f in document["fields"]], document["name"]
    assert cls.__name__ == document["name"]
    for declared, entry in zip(fields(cls), document["fields"], strict=True):
        if cls.__mro__[1] is Event and declared.name in SHARED:
            assert hints[declared.name] in {"envelope": {Envelope}, "child": {Child, Nobody}}[declared.name]
            assert_record(hints[declared.name], entry["type"])
        else:
            assert declared.default is None, declared.name
            assert get_origin(hints[declared.name]) in (Union, UnionType), declared.name
            inner = next(a for a in get_args(hints[declared.name]) if a is not type(None))
            assert_type(inner, entry["type"][1], f"{document['name']}.{declared.name}")


PLAIN = {str: "string", int: "int", bool: "boolean", float: "double"}
LOGICAL = {date: {"type": "int", "logicalType": "date"}, datetime: {"type": "long", "logicalType": "timestamp-millis"}}


def assert_type(hint, kind, path):
    if get_origin(hint) is tuple:
        assert kind["type"] == "array", path
        assert_type(get_args(hint)[0], kind["items"], path)
    elif is_dataclass(hint):
        assert_record(hint, kind)
    elif issubclass(hint, Enum):
        named = kind if isinstance(kind, dict) else {"name": kind.rpartition(".")[2]}
        assert named["name"] == hint.__name__, path
        assert named.get("symbols", [m.value for m in hint]) == [m.value for m in hint], path
    else:
        assert kind == {**PLAIN, **LOGICAL}[hint], path


def test_no_body_field_bears_a_name_of_the_envelope():
    """Readers that flatten an event would mix the two. The one that does was agreed: whose involvement it is."""
    names = {f.name for f in fields(Envelope)}
    found = {(event_type, f.name) for event_type, cls in EVENT_TYPES.items() for f in fields(cls) if f.name in names}
    assert found == {("csc.involvement.changed", "organisation")}


def changed(schema, edit, **attributes):
    document = copy.deepcopy(schema.document)
    edit(document)
    return replace(schema, document=document, **attributes)


def referral():
    return next(s for s in read_schemas() if s.event_type == "referral.submitted")


def test_a_released_version_may_change_its_words_and_nothing_else():
    old = referral()
    better = changed(old, lambda d: d["fields"][2].update(doc="Better words.", example="Another."))
    assert fingerprint(better.document) == fingerprint(old.document)
    assert check_catalogue([better], [old]) == ()
    lowered = changed(
        old, lambda d: d["fields"][2].update({"class": "technical" if d["fields"][2]["class"] != "technical" else "A"})
    )
    (fault,) = check_catalogue([lowered], [old])
    assert "a released version never changes" in fault


def test_a_new_version_is_held_against_every_released_one():
    first = referral()
    added = {"name": "extra", "type": ["null", "string"], "default": None, "doc": "More.", "class": "A", "example": "x"}
    second = changed(first, lambda d: (d["fields"].append(added), d.update(version=2)), version=2, schema_id=1002)
    third = changed(first, lambda d: d.update(version=3), version=3, schema_id=1003)
    assert compatibility(first.document, third.document) == ()
    faults = check_catalogue([third], [first, second, third])
    assert [f for f in faults if "against released v2: extra" in f]


def test_an_id_is_never_used_twice():
    first = referral()
    again = changed(first, lambda d: d.update(version=2), version=2)
    assert any("never used twice" in fault for fault in check_catalogue([again], [first, again]))


def test_a_version_that_nobody_released_is_told_how():
    (fault,) = check_catalogue([referral()], [])
    assert "python -m schemas.released" in fault


def test_releasing_twice_writes_once_and_touches_nothing(tmp_path):
    assert len(release(read_schemas(), tmp_path)) == len(SCHEMAS)
    one = tmp_path / file_name(referral())
    one.write_text("kept", encoding="utf-8")
    assert release(read_schemas(), tmp_path) == ()
    assert one.read_text(encoding="utf-8") == "kept"
