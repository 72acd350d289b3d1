import csv
import doctest
import importlib
import io

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
    "name", ["native.text", "native.moments", "native.reading", "social_care.outcomes", "formats", "native.documents"]
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
