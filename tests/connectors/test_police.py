import copy
import json

import pytest

from connectors.police import records
from connectors.ports import Translated
from sharing.events import NotKnown
from tests.connectors.formats_kit import ROOT, assert_golden, event, only, public_samples, results

ROOM = ROOT / "connectors/police"
NOTICE = json.loads((ROOM / "samples/incident.json").read_text())
SCHEMA = json.loads((ROOM / "notice.schema.json").read_text())


def notice(**changes):
    return copy.deepcopy(NOTICE) | changes


def told(body):
    return results("police-json", json.dumps(body).encode())


def one_child(**changes):
    body = notice()
    body["children"] = [body["children"][0] | changes]
    return body


def test_samples_become_what_the_golden_file_says():
    assert_golden("police")


def test_each_child_of_an_incident_has_its_own_event_and_all_share_the_reference():
    found = told(NOTICE)
    assert {result.native_key for result in found} == {"ZZ-20261121-0815"}
    assert len({(result.local_child, result.child_index) for result in found}) == 3


def test_children_in_another_order_keep_their_events():
    turned = notice(children=NOTICE["children"][::-1])
    assert {(r.local_child, r.child_index) for r in told(turned)} == {
        (r.local_child, r.child_index) for r in told(NOTICE)
    }


@pytest.mark.parametrize("item", records.INCIDENT_ITEMS)
@pytest.mark.parametrize("written", [None, "", {}, {"not_known": "no idea"}, {"value": None}])
def test_item_of_the_incident_without_value_or_reason_refuses_the_notice_once(item, written):
    result = only(told(notice(**{item: written})))
    assert (result.code, result.field) == ("MISSING_ITEM", item)


@pytest.mark.parametrize("item", records.CHILD_ITEMS)
def test_item_of_one_child_without_value_or_reason_refuses_that_child_only(item):
    body = notice()
    del body["children"][1][item]
    first, second, third = told(body)
    assert isinstance(first, Translated)
    assert isinstance(third, Translated)
    assert (second.code, second.field) == ("MISSING_ITEM", f"children[1].{item}")


@pytest.mark.parametrize("reason", list(NotKnown))
def test_every_item_may_be_not_known_with_a_reason(reason):
    unknown = {"not_known": reason.value}
    body = one_child(**dict.fromkeys(records.CHILD_ITEMS, unknown)) | dict.fromkeys(records.INCIDENT_ITEMS, unknown)
    found = event(only(told(body)))
    reasons = [getattr(found, name) for name in type(found).__slots__ if name.endswith("_not_known")]
    assert reasons == [reason] * 9


def test_no_is_a_value_and_no_missing_item():
    found = event(only(told(one_child(spoken_to=False))))
    assert found.spoken_to is False
    assert found.spoken_to_not_known is None


@pytest.mark.parametrize("field", ["birth_date", "postcode", "sex"])
def test_wrong_birth_date_or_postcode_silences_no_notice(field):
    found = event(only(told(one_child(**{field: "garbled"}))))
    assert [(u.field, u.as_written) for u in found.envelope.unreadable] == [(f"child.{field}", None)]


@pytest.mark.parametrize(
    ("key", "path"), [("incident_started_at", "incident_started_at"), ("suspect", "suspect"), ("officer", "officer")]
)
def test_notice_is_not_held_back_for_what_it_can_do_without(key, path):
    found = event(only(told(one_child() | {key: "x" * 400})))
    assert [(u.field, u.as_written) for u in found.envelope.unreadable] == [(path, None)]


def test_marking_that_nobody_knows_holds_the_notice_for_a_person():
    assert only(told(one_child() | {"markings": ["SECRET"]})).field == "markings"


def test_risk_tool_that_nobody_knows_is_another_one():
    assert event(only(told(one_child() | {"risk_tool": "DRAQ"}))).risk_tool.value == "OTHER"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b'{"notice": "domestic-abuse", "notice": "missing"}', "DUPLICATE_KEY"),
        (b'{"notice": "missing", "reference": "R", "children": [{"a": 1, "a": 2}]}', "DUPLICATE_KEY"),
        (b'{"notice": "missing", "grade": NaN}', "NOT_A_NUMBER"),
        (b'{"notice": "missing", "grade": 1e999}', "NOT_A_NUMBER"),
        (b'{"notice": "missing", "grade": ' + b"9" * 5000 + b"}", "NOT_A_NUMBER"),
        (b'{"notice": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "TOO_DEEP"),
        (b'{"notice": ' + b"[" * 20 + b"]" * 20 + b"}", "TOO_DEEP"),
        (b'{"notice": "missing"', "NOT_JSON"),
        (b'"notice"', "NOT_AN_OBJECT"),
        (b"", "NOT_JSON"),
        (b'{"notice": ["missing"]}', "NOT_A_NOTICE"),
        (b'{"notice": "missing", "reference": "R", "children": []}', "NO_CHILDREN"),
        (b'{"notice": "missing", "reference": "R", "children": [7]}', "NOT_AN_OBJECT"),
    ],
)
def test_document_that_two_readers_could_take_differently_is_refused(raw, code):
    assert only(results("police-json", raw)).code == code


def test_bad_notice_in_a_list_stops_no_other():
    raw = b"[" + json.dumps(NOTICE).encode() + b', {"a": 1, "a": 2}, 7, ' + json.dumps(NOTICE).encode() + b"]"
    assert [type(r).__name__ for r in results("police-json", raw)] == [
        *["Translated"] * 3,
        "Refused",
        "Refused",
        *["Translated"] * 3,
    ]


def test_lone_surrogates_reach_no_store():
    found = event(only(told(one_child(words="a\ud800b", others_present="\udfff"))))
    assert found.child_words == "a\ufffdb"


def test_keys_that_are_not_of_the_notice_never_leave():
    assert "Canary" not in repr([vars_of(r) for r in told(notice(crime_number="Canary", weapon={"seen": "Canary"}))])


def vars_of(result):
    from sharing.codec import to_record

    return to_record(result.event)


def test_published_schema_says_what_the_reader_does():
    domestic, missing = (SCHEMA["$defs"][name] for name in ("domesticAbuse", "missing"))
    child = SCHEMA["$defs"]["childAtIncident"]
    assert set(records.INCIDENT_ITEMS) <= set(domestic["required"])
    assert set(child["required"]) >= set(records.CHILD_ITEMS)
    assert set(missing["required"]) == {"notice", "reference", "action", "children"}
    words = {
        "locationClass": records.LOCATIONS,
        "childRole": records.ROLES,
        "riskGrade": records.GRADES,
        "notKnownReason": records.NOT_KNOWN,
        "riskTool": records.TOOLS,
        "missingGrade": records.MISSING_GRADES,
        "marking": records.MARKINGS,
    }
    for name, known in words.items():
        assert SCHEMA["$defs"][name]["enum"] == [word.value for word in known.values()]
    assert set(SCHEMA["$defs"]["agency"]["enum"]) == records.AGENCIES


def test_sample_has_only_keys_that_the_schema_names():
    assert set(NOTICE) <= set(SCHEMA["$defs"]["domesticAbuse"]["properties"])
    assert set(NOTICE["children"][0]) <= set(SCHEMA["$defs"]["childAtIncident"]["properties"])


@pytest.mark.samples
def test_open_police_data_is_no_notice():
    for path in public_samples("police"):
        assert only(results("police-json", path.read_bytes())).code == "NOT_A_NOTICE"


@pytest.mark.parametrize("broken", ['{"surname": "A", "surname": "B"}', '{"surname": NaN}', "NaN", "[[1]]"])
def test_child_that_cannot_be_understood_holds_back_no_other_childs_notice(broken):
    body = json.loads((ROOT / "connectors/police/samples/incident.json").read_text())
    body["children"][1] = "BROKEN"
    found = results("police-json", json.dumps(body).replace('"BROKEN"', broken).encode())
    assert [isinstance(one, Translated) for one in found] == [True, False, True]
    assert found[1].field == "children[1]"
