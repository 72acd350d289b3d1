import gzip
import json
import os

import pytest
import typer
from typer.testing import CliRunner

from connectors.formats import FORMATS
from connectors.translate_cli import translate
from tests.connectors.formats_kit import ROOT

KEYS = ["file", "record", "outcome", "code", "field", "reason"]
CONCERNS = ROOT / "connectors/schools/samples/concerns.csv"


def call(*words):
    app = typer.Typer()
    app.command()(translate)
    return CliRunner().invoke(app, [str(word) for word in words])


def objects(result):
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_every_record_has_its_line_and_a_bad_one_stops_nothing():
    result = call("schools-concerns", CONCERNS, "--json")
    assert result.exit_code == 0
    outcomes = [found["outcome"] for found in objects(result)]
    assert outcomes == ["event", "event", "dropped", "refused", "event", "refused"]


def test_refusal_has_code_field_and_reason_and_nothing_else():
    refused = [
        found for found in objects(call("schools-concerns", CONCERNS, "--json")) if found["outcome"] == "refused"
    ]
    assert refused[0] == {
        "file": "concerns.csv",
        "record": 4,
        "outcome": "refused",
        "code": "BAD_TIME",
        "field": "occurred_at",
        "reason": "expected a date, or a date and time as dd/mm/yyyy HH:MM",
    }
    assert "31/02" not in json.dumps(refused)


def test_event_stands_with_its_type_and_without_what_is_absent():
    first = objects(call("schools-concerns", CONCERNS, "--json"))[0]
    assert list(first) == [*KEYS, "event"]
    assert first["event"]["type"] == "referral.submitted"
    assert first["event"]["child"]["birth_date"] == "2016-02-11"
    assert first["event"]["envelope"]["occurred_at"] == "2026-11-20T16:50:00Z"
    assert "nhs_number" not in first["event"]["child"]


def test_words_for_a_person_name_place_code_and_sum():
    result = call("schools-concerns", CONCERNS)
    assert "concerns.csv record 6: refused UNKNOWN_MARKING share_with:" in result.stdout
    assert result.stdout.rstrip().endswith("1 files: 3 events, 2 refused, 1 dropped")


def test_auto_reads_folders_and_tells_formats_apart():
    folders = [ROOT / "connectors" / agency / "samples" for agency in ("schools", "police", "health", "education")]
    types = {found["event"]["type"] for found in objects(call("auto", *folders, "--json")) if "event" in found}
    assert {"referral.submitted", "police.missing.changed", "health.unscheduled.attended"} <= types


def test_content_of_no_format_is_one_refusal(tmp_path):
    (tmp_path / "letter.txt").write_text("Dear colleague, about Canary Smith.")
    result = call("auto", tmp_path, "--json")
    assert result.exit_code == 0
    (found,) = objects(result)
    assert (found["record"], found["code"], found["field"]) == (0, "UNKNOWN_FORMAT", "content")
    assert "Canary" not in result.stdout


def test_unknown_format_ends_with_2_and_lists_the_formats():
    result = call("police", CONCERNS)
    assert result.exit_code == 2
    assert "did you mean police-json" in result.stderr
    assert all(name in result.stderr for name in FORMATS)


def test_path_that_cannot_be_read_ends_with_2_and_the_rest_is_shown(tmp_path):
    result = call("schools-concerns", tmp_path / "absent.csv", CONCERNS, "--json")
    assert result.exit_code == 2
    assert "absent.csv: No such file or directory" in result.stderr
    assert len(objects(result)) == 6


def test_empty_folder_is_nothing(tmp_path):
    result = call("auto", tmp_path)
    assert (result.exit_code, result.stdout.strip()) == (0, "0 files: 0 events, 0 refused, 0 dropped")


@pytest.mark.parametrize("size", [0, 1, 3_000_000])
def test_file_of_any_size_is_answered(tmp_path, size):
    (tmp_path / "file").write_bytes(b"Z" * size)
    for name in FORMATS:
        assert call(name, tmp_path / "file", "--json").exit_code == 0


def test_file_that_is_no_text_says_what_it_is(tmp_path):
    for name, raw, code in (
        ("a.csv", b"PK\x03\x04rest", "NOT_TEXT"),
        ("b.csv", gzip.compress(b"x"), "NOT_TEXT"),
        ("c.csv", b" \r\n", "EMPTY_FILE"),
    ):
        (tmp_path / name).write_bytes(raw)
        for format_name in ("auto", *FORMATS):
            found = objects(call(format_name, tmp_path / name, "--json"))
            assert [(one["outcome"], one["code"]) for one in found] == [("refused", code)]


def test_path_that_cannot_be_read_hides_no_other(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "gone.csv").symlink_to(tmp_path / "nowhere")
    paths = [tmp_path / "pipe", tmp_path / "gone.csv", CONCERNS, tmp_path, tmp_path / "none.csv"]
    result = call("schools-concerns", *paths, "--json")
    assert result.exit_code == 2
    assert len(objects(result)) == 6
    assert "pipe: is no file" in result.stderr
    assert "none.csv: No such file" in result.stderr


def test_what_the_shell_hands_over_is_read(tmp_path):
    reading, writing = os.pipe()
    os.write(writing, CONCERNS.read_bytes())
    os.close(writing)
    result = call("schools-concerns", f"/dev/fd/{reading}", "--json")
    os.close(reading)
    assert result.exit_code == 0
    assert len(objects(result)) == 6


def test_file_name_of_any_bytes_is_shown_and_stops_nothing(tmp_path):
    (tmp_path / os.fsdecode(b"caf\xe9.csv")).write_bytes(CONCERNS.read_bytes())
    result = call("schools-concerns", tmp_path)
    assert result.exit_code == 0
    assert "caf\ufffd.csv record 1: referral.submitted" in result.stdout
