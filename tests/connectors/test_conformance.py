"""The conformance kit on the project's own formats and sinks, and on a format that breaks its promises."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import pytest

from connectors.conformance import CANARY, FormatConformance, Sample, SinkConformance, samples
from connectors.folder import FolderSink
from connectors.formats import by_name
from connectors.ports import AnyFormat, Message, Refused, Sink, Translation
from tests.simulators.agency import Lines

COLUMNS = (
    "Incident ID",
    "Incident Date/Time",
    "Pupil Forename",
    "Pupil Surname",
    "Pupil DOB",
    "UPN",
    "Incident",
    "Share With",
)


class TestLines(FormatConformance):
    def make_format(self) -> AnyFormat:
        return Lines()

    def write(self, records: Sequence[Sample]) -> bytes:
        return "\n".join(f"{one.key}||{one.child}|{one.words}" for one in records).encode()

    def write_with_bad(self, records: Sequence[Sample], at: int) -> bytes:
        lines = self.write(records).split(b"\n")
        return b"\n".join([*lines[:at], b"!", *lines[at:]])

    # This simulated format breaks the promise not to raise, on purpose: the runner's guard is tested with it.
    test_a_file_cut_off_anywhere_never_raises = None
    test_bytes_flipped_anywhere_never_raise = None
    test_another_encoding_never_raises = None


class TestSchoolConcerns(FormatConformance):
    def make_format(self) -> AnyFormat:
        return by_name("schools-concerns")

    def _rows(self, records: Sequence[Sample]) -> list[tuple[str, ...]]:
        return [
            (one.key, "20/11/2026 16:50", "Tamsin", one.child, "11/02/2016", "", one.words, "Share") for one in records
        ]

    def _table(self, rows: Sequence[Sequence[str]]) -> bytes:
        out = io.StringIO()
        csv.writer(out).writerows([COLUMNS, *rows])
        return out.getvalue().encode()

    def write(self, records: Sequence[Sample]) -> bytes:
        return self._table(self._rows(records))

    def write_with_bad(self, records: Sequence[Sample], at: int) -> bytes:
        rows = self._rows(records)
        rows.insert(at, ("K9", CANARY, "Tamsin", CANARY, "11/02/2016", "", CANARY, "Share"))
        return self._table(rows)


class TestFolderSink(SinkConformance):
    def make_sink(self, folder: Path) -> Sink:
        return FolderSink(folder / "view")

    def standing(self, folder: Path) -> dict[str, object]:
        files = (folder / "view").glob("*.json")
        return {path.stem: json.loads(path.read_text()) for path in files if not path.stem.endswith(".recalled")}


class Leaky(Lines):
    """Quotes what it cannot read, fills time from the clock."""

    def read(self, raw: bytes, file: str) -> Iterator[Message | Refused]:
        for number, line in enumerate(raw.splitlines(), start=1):
            yield (
                Refused("BAD", "", f"cannot read {line!r}") if CANARY.encode() in line else Message(file, number, line)
            )

    def translate(self, record: Message, now: datetime) -> Sequence[Translation]:
        (made,) = super().translate(record, now)
        object.__setattr__(made.event.envelope, "recorded_at", now)
        object.__setattr__(made.event.envelope, "event_id", "mine")
        return (made,)


@pytest.mark.parametrize(
    "promise",
    [
        "test_a_refusal_names_a_code_and_never_a_value",
        "test_the_same_record_gives_the_same_event_tomorrow",
        "test_the_runner_fills_ids_not_the_translator",
    ],
)
def test_the_kit_catches_a_format_that_breaks_its_promises(promise: str) -> None:
    class Broken(TestLines):
        def make_format(self) -> AnyFormat:
            return Leaky()

        def write_with_bad(self, records: Sequence[Sample], at: int) -> bytes:
            return self.write([*records, Sample("K9", "C9", CANARY)])

    with pytest.raises(AssertionError):
        getattr(Broken(), promise)()
    getattr(TestLines(), promise)()
    assert samples(1)
