import csv
import doctest
import importlib
import io
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.native import moments
from connectors.native.documents import read_documents
from connectors.native.reading import Reading
from connectors.native.table import Columns, read_table
from connectors.native.text import decode, fit
from connectors.ports import Refused
from tests.connectors.formats_kit import UNTIMED

PLAIN = {"plain": Columns({"a": [], "b": [], "c": []}, frozenset({"a", "b", "c"}))}
CELL = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=30)
WITH_BREAKS = st.text(st.sampled_from("ab,\";\n'é "), max_size=30)


def rows(raw):
    return list(read_table(raw, "f", PLAIN))


@pytest.mark.parametrize(
    "name",
    [
        "native.text",
        "native.moments",
        "native.reading",
        "social_care.outcomes",
        "formats",
        "native.documents",
        "native.whole",
    ],
)
def test_examples_in_the_docs_are_true(name):
    assert doctest.testmod(importlib.import_module(f"connectors.{name}")).failed == 0


@UNTIMED
@given(st.binary(max_size=300))
def test_any_bytes_become_text_that_every_store_can_hold(raw):
    text = decode(raw)
    assert "\x00" not in text
    text.encode()


@UNTIMED
@given(st.text())
def test_making_fit_twice_is_making_fit_once(text):
    assert fit(fit(text)) == fit(text)


@UNTIMED
@given(st.lists(st.tuples(WITH_BREAKS, WITH_BREAKS, WITH_BREAKS), max_size=8))
def test_table_that_was_written_properly_is_read_as_written(table):
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow("abc")
    writer.writerows(table)
    expected = [row for row in table if any(cell.strip() for cell in row)]
    found = [tuple(row.values[name] for name in "abc") for row in rows(out.getvalue().encode())]
    assert found == expected


@UNTIMED
@given(st.integers(0, 5), st.sampled_from(['"x,y,z', 'x,"y,z', 'x,y,"z', "x,y", "x,y,z,w", '"x"y,"z']))
def test_broken_row_spoils_only_itself(at, broken):
    lines = [f"{n},b{n},c{n}" for n in range(6)]
    lines.insert(at, broken)
    found = rows("\n".join(["a,b,c", *lines]).encode())
    whole = [row.values for row in found if not row.ragged and row.values["b"].startswith("b")]
    assert whole == [{"a": str(n), "b": f"b{n}", "c": f"c{n}"} for n in range(6)]


def test_quote_inside_a_cell_is_part_of_it():
    assert rows(b'a,b,c\n1,5" cut,3\n4,5,6\n')[0].values["b"] == '5" cut'


@pytest.mark.parametrize("raw", [b"", b"\n\n", b"x,y\n1,2\n", b"\x00" * 50, b"<xml/>"])
def test_file_without_our_headings_is_one_refusal_that_names_columns(raw):
    (found,) = rows(raw)
    assert isinstance(found, Refused)
    assert (found.code, found.field) == ("UNKNOWN_HEADINGS", "a, b, c")


def test_table_of_nothing_is_no_refusal():
    assert rows(b"a,b,c\n") == []


@UNTIMED
@given(st.text(max_size=30))
def test_any_text_is_a_time_or_none(text):
    for read in (moments.to_date, moments.to_moment, moments.hl7_date, moments.hl7_moment):
        found = read(text)
        assert found is None or found.year >= moments.FIRST_YEAR - 1


@UNTIMED
@given(st.datetimes(min_value=moments.datetime(1901, 1, 1), max_value=moments.datetime(2199, 1, 1)))
def test_a_time_is_read_as_it_is_written(when):
    at = when.replace(second=0, microsecond=0, tzinfo=moments.UTC)
    assert moments.to_moment(at.isoformat()) == at
    local = at.astimezone(moments.LONDON)
    read = moments.to_moment(local.strftime("%d/%m/%Y %H:%M"))
    assert read == at or local.fold == 1
    assert moments.hl7_moment(local.strftime("%Y%m%d%H%M")) == read


@pytest.mark.parametrize(
    "text",
    [
        "31/02/2016",
        "02/29/2015",
        "1/1/16",
        "2016-13-01",
        "00/01/2016",
        "\u0660\u0661/\u0660\u0661/\u0662\u0660\u0661\u0666",
        "11/02/0016",
        "20160211",
    ],
)
def test_what_is_no_date_is_none(text):
    assert moments.to_date(text) is None


@UNTIMED
@given(st.dictionaries(st.sampled_from("abc"), CELL), st.sampled_from(["short", "narrative", "date", "moment", "flag"]))
def test_reading_never_raises_and_a_fault_shows_no_value(values, kind):
    reading = Reading(values)
    getattr(reading, kind)("a", "child.a")
    reading.number("b", "b", 1, 9)
    reading.nhs_number("c")
    reading.upn("c")
    reading.postcode("c")
    reading.sex("c")
    reading.exchange("c")
    assert all("written" not in repr(fault) for fault in reading.faults)


@UNTIMED
@given(
    st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda x: st.lists(x) | st.dictionaries(CELL, x))
)
def test_any_document_is_records_or_refusals(value):
    import json

    for item in read_documents(json.dumps(value).encode(), "f", ("notices",)):
        assert isinstance(item, Refused) or item.body is not None


def test_line_in_another_encoding_spoils_no_other_line():
    assert [row.values["b"] for row in rows("a,b,c\n1,Zoë,3\n".encode() + "4,Zoë,6\n".encode("cp1252"))] == [
        "Zoë",
        "Zoë",
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_table_is_read_whatever_wrote_it(encoding, ends):
    raw = ends.join(["a,b,c", "1,Zoë O'Neill,3", "4,5,6"]).encode(encoding)
    assert [row.values["b"] for row in rows(raw)] == ["Zoë O'Neill", "5"]


@pytest.mark.parametrize(
    "head", ["sep=,\na,b,c", '"a\n",b,"c\r\n"', "\n\n A , b,C", "a (dd/mm/yyyy),b(*),C ()", "a,b,c,,"]
)
def test_headings_are_found_however_they_were_exported(head):
    raw = f"{head}\n1,2,3{',,' if head.endswith(',,') else ''}\n".encode()
    assert [row.values for row in rows(raw)] == [{"a": "1", "b": "2", "c": "3"}]


def test_what_a_spreadsheet_puts_around_a_value_is_no_part_of_it():
    (row,) = rows(b'a,b,c\n="0012","=""A 1""","x=""1"""\n')
    assert row.values == {"a": "0012", "b": "A 1", "c": 'x="1"'}
    reading = Reading({"n": "3.0", "m": "3.5"})
    assert (reading.number("n", "n", 1, 4), reading.number("m", "m", 1, 4)) == (3, None)


def test_of_two_columns_of_one_meaning_the_one_that_is_filled_counts():
    columns = Columns({"a": ["A2"], "b": [], "t": ["t2"]}, frozenset({"a", "b"}), gathered=frozenset({"t"}))
    found = read_table(b"A,b,A2,t,t2\n,1,2,x,y\n3,1,4,x,x\n", "f", {"plain": columns})
    assert [row.values for row in found] == [{"a": "2", "b": "1", "t": "x\ny"}, {"a": "3", "b": "1", "t": "x"}]


def test_reading_a_table_takes_time_in_proportion_to_its_rows():
    # Two hundred thousand rows took minutes when each row was found by counting from the first.
    began = time.process_time()
    assert len(rows(b"a,b,c\n" + b'1,"two",3\n' * 200_000)) == 200_000
    assert time.process_time() - began < 20


def test_day_of_a_time_is_londons():
    reading = Reading({"a": "2026-06-11T23:30:00Z", "b": "2026-10-05 14:05:00.000", "c": "05/10/2026", "d": "14:05"})
    assert [str(reading.day(column, column)) for column in "abcd"] == ["2026-06-12", "2026-10-05", "2026-10-05", "None"]
    assert str(reading.moment_or_day("c", "c")) == "2026-10-04 23:00:00+00:00"


@pytest.mark.parametrize(
    "bad", [b'xx{"n": 1', b'\xef\xbb\xbf{"n": ', b'{"n": 1, "n": 1}', b'{"n": ', b"[1]", b"\xfa\xfb"]
)
def test_broken_line_of_objects_spoils_only_itself_wherever_it_stands(bad):
    good = [b'{"n": 1}', b'{"n": 2}']
    for at in range(3):
        raw = b"\n".join([*good[:at], bad, *good[at:]])
        found = list(read_documents(raw, "f", ()))
        assert [one.body["n"] for one in found if not isinstance(one, Refused)] == [1, 2]
        assert isinstance(found[at], Refused)


def test_indented_document_that_breaks_off_is_one_refusal():
    raw = json.dumps({"notice": "missing", "children": [{"a": 1}, {}]}, indent=1).encode()[:-3]
    assert [one.code for one in read_documents(raw, "f", ())] == ["NOT_JSON"]


def test_identifier_that_was_kept_as_a_number_is_read():
    reading = Reading({"nhs": "9990079196.0", "upn": "T999400126001.0"})
    assert (reading.nhs_number("nhs"), reading.upn("upn")) == ("9990079196", "T999400126001")


def test_text_of_a_thousand_lines_is_one_cell():
    text = "\n".join(f"[20/11/2026, 16:{n % 60:02}] Ann: I, do, not, want, to, go, home" for n in range(1_000))
    out = io.StringIO()
    csv.writer(out).writerows([["a", "b", "c"], ["1", text, "refer"], ["2", "x", "y"]])
    assert [row.values["a"] for row in rows(out.getvalue().encode())] == ["1", "2"]


SIX = {"six": Columns({name: [] for name in "abcdef"}, frozenset("af"))}


@pytest.mark.parametrize("between", [0, 1, 5])
@pytest.mark.parametrize(
    ("opens", "closes"), [('"I hate home', 'it was 5" long'), ('"so', 'nearly 5"'), ('"so"" x', '"he"" said "')]
)
def test_rows_between_two_stray_quotes_are_not_swallowed(between, opens, closes):
    keys = [f"INC-{n}" for n in range(between + 2)]
    texts = [opens, *["x"] * between, closes]
    lines = [f"{key},2,{text},4,5,refer" for key, text in zip(keys, texts, strict=True)]
    found = list(read_table("\n".join(["a,b,c,d,e,f", *lines]).encode(), "f", SIX))
    assert [row.values["a"] for row in found] == keys
    assert [row.values["f"] for row in found] == ["refer"] * len(found)


@UNTIMED
@given(st.lists(st.text(st.sampled_from('ab1,";- '), max_size=30), min_size=2, max_size=6))
def test_text_of_several_lines_is_one_cell_whatever_commas_stand_in_it(lines):
    text = "\n".join(lines)
    out = io.StringIO()
    csv.writer(out).writerows([list("abcdef"), ["INC-1", "2", text, "4", "5", "refer"], ["INC-2", *"2345", "refer"]])
    found = list(read_table(out.getvalue().encode(), "f", SIX))
    assert [row.values["c"] for row in found] == [text, "3"]
