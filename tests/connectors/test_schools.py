import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.ports import Dropped, Refused, Translated
from connectors.schools.records import CONCERNS
from sharing.codec import to_record
from tests.connectors.formats_kit import ROOT, UNTIMED, assert_golden, event, only, results

SAMPLE = ROOT / "connectors/schools/samples/concerns.csv"
COLUMNS = tuple(CONCERNS.spellings)
TEXT = st.text(st.characters(codec="utf-8", exclude_characters='"\r\n\x00'), max_size=40)


def table(*rows, head=COLUMNS, separator=","):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator)
    writer.writerow(head)
    writer.writerows([row.get(column, "") for column in COLUMNS] for row in rows)
    return out.getvalue().encode()


GOOD = {
    "incident_id": "INC-1",
    "occurred_at": "20/11/2026 16:50",
    "forename": "Tamsin",
    "surname": "Lorimer",
    "birth_date": "11/02/2016",
    "upn": "T999400126001",
    "incident": "Came in wet clothes.",
    "share_with": "Refer",
}


def test_samples_become_what_the_golden_file_says():
    assert_golden("schools")


@UNTIMED
@given(st.lists(TEXT, min_size=len(COLUMNS), max_size=len(COLUMNS)))
def test_row_that_is_not_marked_leaves_no_trace_of_its_content(cells):
    row = dict(zip(COLUMNS, cells, strict=True)) | {"share_with": "", "incident": "Canary0815 " + cells[0]}
    result = only(results("schools-concerns", table(row)))
    assert result == Dropped("NOT_MARKED_FOR_SHARING", "the safeguarding lead has not marked this row for sharing")


@UNTIMED
@given(st.dictionaries(st.sampled_from(COLUMNS), TEXT))
def test_referral_is_never_refused_for_a_bad_field(cells):
    found = event(only(results("schools-concerns", table(GOOD | cells | {"share_with": "Refer"}))))
    assert found.event_type == "referral.submitted"


@pytest.mark.parametrize(
    ("column", "written", "path"),
    [
        ("birth_date", "31/02/2016", "child.birth_date"),
        ("birth_date", "02/29/2016", "child.birth_date"),
        ("birth_date", "11/02/2031", "child.birth_date"),
        ("upn", "A123456789123", "child.upn"),
        ("postcode", "nowhere", "child.postcode"),
        ("occurred_at", "yesterday", "envelope.occurred_at"),
        ("level", "9", "level_claimed"),
        ("family_informed", "perhaps", "family_informed"),
        ("handling", "tell nobody", "envelope.markings"),
    ],
)
def test_what_cannot_be_read_of_a_referral_stands_beside_it_as_written(column, written, path):
    found = event(only(results("schools-concerns", table(GOOD | {column: written}))))
    assert [(one.field, one.as_written) for one in found.envelope.unreadable] == [(path, written)]


def test_referral_of_nobody_still_goes():
    found = only(results("schools-concerns", table({"incident": "Help", "share_with": "refer"})))
    assert event(found).concern_seen == "Help"
    assert found.native_key == "file:1"


def test_long_referral_goes_cut_and_says_so():
    found = event(only(results("schools-concerns", table(GOOD | {"incident": "x" * 1_000_000}))))
    assert len(found.concern_seen) == 20_000
    assert found.envelope.unreadable[0].field == "concern_seen"


@pytest.mark.parametrize("mark", ["Sahre", "refer pls", "yes", "✓"])
def test_mark_that_is_not_in_the_list_is_refused_for_a_person_to_see(mark):
    result = only(results("schools-concerns", table(GOOD | {"share_with": mark})))
    assert (result.code, result.field) == ("UNKNOWN_MARKING", "share_with")


@pytest.mark.parametrize("column", ["occurred_at", "incident", "incident_id"])
def test_shared_concern_without_its_matter_is_refused(column):
    result = only(results("schools-concerns", table(GOOD | {"share_with": "share", column: ""})))
    assert (result.code, result.field) == ("MISSING", column)


def test_shared_concern_with_a_wrong_birth_date_goes():
    found = event(only(results("schools-concerns", table(GOOD | {"share_with": "share", "birth_date": "1/1/16"}))))
    assert found.child.birth_date is None
    assert [(u.field, u.as_written) for u in found.envelope.unreadable] == [("child.birth_date", None)]


def test_quote_that_never_closes_does_not_swallow_the_next_referral():
    broken = table(GOOD | {"share_with": "Share"}).decode().replace("Came in wet", '"Came in wet')
    second = table(GOOD | {"incident_id": "INC-2"}).decode().splitlines()[1]
    first, other = results("schools-concerns", (broken + second + "\r\n").encode())
    assert isinstance(first, Refused)
    assert other.native_key == "INC-2"


def test_comma_that_was_not_quoted_does_not_stop_a_referral():
    raw = table(GOOD).decode().replace("Came in wet clothes.", "Came in wet, cold, clothes.").encode()
    found = event(only(results("schools-concerns", raw)))
    assert found.concern_seen == "Came in wet, cold, clothes."
    assert found.envelope.unreadable[0].field == "row"
    assert found.child.surname == "Lorimer"


def test_comma_that_was_not_quoted_refuses_a_shared_concern():
    raw = table(GOOD | {"share_with": "share"}).decode().replace("wet clothes", "wet, clothes").encode()
    assert only(results("schools-concerns", raw)).code == "RAGGED_ROW"


def test_pupils_of_one_incident_keep_their_numbers_in_any_order():
    other = GOOD | {"forename": "Idris", "surname": "Vance", "upn": "G999400126002"}
    there = {r.local_child: r.child_index for r in results("schools-concerns", table(GOOD, other))}
    back = {r.local_child: r.child_index for r in results("schools-concerns", table(other, GOOD))}
    assert there == back
    assert len(set(there.values())) == 2


def test_linked_pupils_and_titles_that_may_be_names_never_leave():
    row = GOOD | {"linked_pupils": "Canary Linked", "referrer_role": "Mrs Canary"}
    assert "Canary" not in str(to_record(event(only(results("schools-concerns", table(row))))))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_any_encoding_separator_and_spelling_of_headings_gives_the_same_event(encoding, separator):
    plain = only(results("schools-concerns", table(GOOD | {"surname": "Lørimé"})))
    head = [CONCERNS.spellings[column][-1].upper() for column in COLUMNS]
    raw = table(GOOD | {"surname": "Lørimé"}, head=head, separator=separator).decode()
    assert only(results("schools-concerns", raw.encode(encoding))) == plain


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        ("20/11/2026 17:05", "2026-11-20T17:05:00+00:00"),
        ("19/06/2026 17:05", "2026-06-19T16:05:00+00:00"),
        ("29/03/2026 01:30", "2026-03-29T01:30:00+00:00"),
        ("25/10/2026 01:30", "2026-10-25T00:30:00+00:00"),
    ],
)
def test_clock_time_is_londons_in_summer_winter_and_the_hours_between(local, utc):
    found = event(only(results("schools-concerns", table(GOOD | {"occurred_at": local}))))
    assert found.envelope.occurred_at.isoformat() == utc


def test_acknowledgement_is_the_same_from_a_table_and_from_json():
    exchange = "90aa2b7e9a4d4a1c8e7700aa11bb22cc"
    said = {
        "exchange_id": exchange,
        "read_at": "2026-11-23T07:45:00Z",
        "action": "CALLED_BACK",
        "callback_wanted": True,
    }
    raw = f"exchange_id,read_at,action,callback_wanted\n{exchange},23/11/2026 07:45,Called back,yes\n".encode()
    from_table = only(results("schools-acknowledgements", raw))
    assert from_table == only(results("schools-acknowledgements", json.dumps(said).encode()))
    assert event(from_table).envelope.in_reply_to == exchange


def test_attendance_codes_are_checked_and_never_sent():
    raw = b"UPN,Rule,Sessions,Since,Reached At,Codes\nT999400126001,IRREGULAR,10,01/10/2026,16/11/2026 16:00,Y5 E Y5\n"
    result = only(results("schools-attendance", raw))
    assert isinstance(result, Translated)
    assert "Y5" not in str(to_record(result.event))
    assert result.event.reason_known is True


def test_separator_too_many_at_the_end_does_not_stop_a_referral():
    head, row = table(GOOD).decode().splitlines()
    found = event(only(results("schools-concerns", f"{head}\n{row},,\n".encode())))
    assert found.concern_seen == "Came in wet clothes."


def test_row_whose_columns_slipped_is_shown_to_a_person_and_never_dropped():
    head, row = table(GOOD | {"share_with": ""}).decode().splitlines()
    assert only(results("schools-concerns", f"{head}\n{row},extra\n".encode())).code == "RAGGED_ROW"
    assert only(results("schools-concerns", f"{head}\nINC-9,20/11/2026 10:00\n".encode())).code == "RAGGED_ROW"


@pytest.mark.parametrize(
    ("marks", "outcome"),
    [
        (("", "refer"), "referral.submitted"),
        (("refer", ""), "referral.submitted"),
        (("no", "refer"), "UNKNOWN_MARKING"),
    ],
)
def test_mark_under_a_second_heading_is_not_overlooked(marks, outcome):
    raw = f"Incident ID,Incident,Details,Share With,Share Externally\n1,Bruise,On the arm.,{','.join(marks)}\n".encode()
    found = only(results("schools-concerns", raw))
    if isinstance(found, Refused):
        assert found.code == outcome
    else:
        assert event(found).event_type == outcome
        assert event(found).concern_seen == "Bruise\nOn the arm."


def test_concern_whose_log_keeps_days_only_is_of_the_days_first_moment():
    found = event(only(results("schools-concerns", table(GOOD | {"share_with": "Share", "occurred_at": "01/06/2026"}))))
    assert found.envelope.occurred_at.isoformat() == "2026-05-31T23:00:00+00:00"


def test_referral_whose_name_stands_under_a_heading_of_its_own_does_not_go_without_it():
    raw = b"Incident ID,Student,Incident,Share With\n1,Tamsin Lorimer,Came in wet clothes.,Refer\n"
    found = event(only(results("schools-concerns", raw)))
    (mark,) = found.envelope.unreadable
    assert (mark.field, mark.as_written) == ("row", "1,Tamsin Lorimer,Came in wet clothes.,Refer")
