"""Drop folder and delivery folder: whatever lies there, nothing is lost, nothing is read twice, nothing is half."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.folder import FolderSink, FolderSource
from connectors.folder import source as source_module
from connectors.formats import by_name
from connectors.ports import Delivery
from connectors.runner import Connector
from connectors.spool import Spool
from connectors.stores import Stores
from sharing import codec
from sharing.errors import Retryable
from sharing.events import Child, Envelope, Marking, ReferralDecided, ReferralOutcome
from tests.simulators.agency import Lines


class Dropped:
    """A drop folder, its source and a connector that takes in from it."""

    def __init__(self, stores: Stores, folder: Path, now: datetime) -> None:
        self.folder = folder
        self.seconds = 0.0
        self.stores = stores
        folder.mkdir(exist_ok=True)
        self.source = self.fresh()
        self.connector = Connector(stores, [self.source], None, [], lambda: now)

    def fresh(self, settle: float = 2.0, after: str = "keep") -> FolderSource:
        return FolderSource(
            self.folder, [Lines()], self.stores.settings.keys.token, settle, after, lambda: self.seconds
        )

    def drop(self, name: str, *lines: str) -> Path:
        path = self.folder / name
        path.write_text("\n".join(lines))
        return path

    def settle(self) -> None:
        """Let the source look twice, with time for files to settle in between."""
        self.connector.take_in()
        self.seconds += 3
        self.connector.take_in()

    def words(self) -> list[str]:
        spool: Spool = self.stores.spool
        found = []
        while waiting := spool.ready(100):
            found += [getattr(codec.decode(one.value, self.stores.catalogue), "facts", "") for one in waiting]
            spool.mark_sent([one.row for one in waiting], datetime.now(UTC))
        return found

    def lying(self, where: str = "") -> list[str]:
        folder = self.folder / where
        return sorted(p.name for p in folder.iterdir() if p.is_file()) if folder.is_dir() else []


@pytest.fixture
def drop(stores: Stores, tmp_path: Path, now: datetime) -> Dropped:
    return Dropped(stores, tmp_path / "drop", now)


def test_a_file_is_read_and_filed_away(drop: Dropped) -> None:
    drop.drop("a.lines", "1||ann|a", "2||ben|b")
    drop.settle()
    assert drop.words() == ["a", "b"]
    assert (drop.lying(), drop.lying("done")) == ([], ["a.lines"])


def test_a_file_that_still_grows_is_left_alone(drop: Dropped) -> None:
    drop.drop("a.lines", "1||ann|a")
    drop.connector.take_in()
    drop.seconds += 3
    drop.drop("a.lines", "1||ann|a", "2||ben|b")
    drop.connector.take_in()
    assert drop.words() == []
    drop.seconds += 3
    drop.connector.take_in()
    assert drop.words() == ["a", "b"]


@pytest.mark.parametrize("name", ["a.lines.part", "a.lines.tmp", ".a.lines", "a.lines~", "a.lines.filepart"])
def test_a_working_name_is_left_alone_until_it_is_renamed(drop: Dropped, name: str) -> None:
    path = drop.drop(name, "1||ann|a")
    drop.settle()
    assert drop.words() == []
    path.rename(drop.folder / "a.lines")
    drop.settle()
    assert drop.words() == ["a"]


def test_the_same_file_again_is_known(drop: Dropped) -> None:
    for _ in range(2):
        drop.drop("a.lines", "1||ann|a")
        drop.settle()
    assert drop.words() == ["a"]
    assert drop.lying("done") == ["a.lines", "a.lines.2"]


def test_the_same_records_under_another_name_are_known(drop: Dropped) -> None:
    for name in ("a.lines", "b.lines"):
        drop.drop(name, "1||ann|a")
        drop.settle()
    assert drop.words() == ["a"]


def test_an_export_under_one_name_that_changes_back_is_told(drop: Dropped) -> None:
    for words in ("first", "second", "first"):
        drop.drop("export.lines", f"1||ann|{words}")
        drop.settle()
    assert drop.words() == ["first", "second", "first"]


def test_older_files_are_read_first(drop: Dropped) -> None:
    for name, age in (("a.lines", 10), ("b.lines", 30), ("c.lines", 20)):
        path = drop.drop(name, f"7||ann|{name}")
        os.utime(path, (1_700_000_000 - age, 1_700_000_000 - age))
    drop.settle()
    assert drop.words() == ["b.lines", "c.lines", "a.lines"]


@pytest.mark.parametrize(("name", "raw", "code"), [
    ("a.lines", b"", "EMPTY_FILE"),
    ("a.lines", b" \r\n", "EMPTY_FILE"),
    ("a.docx", b"PK", "UNKNOWN_FORMAT"),
])  # fmt: skip
def test_a_file_of_no_use_is_refused_with_its_code(drop: Dropped, name: str, raw: bytes, code: str) -> None:
    (drop.folder / name).write_bytes(raw)
    drop.settle()
    assert drop.lying("refused") == [name, f"{name}.refusals.jsonl"]
    told = [json.loads(line) for line in (drop.folder / "refused" / f"{name}.refusals.jsonl").read_text().splitlines()]
    assert [(one["record"], one["code"]) for one in told] == [(1, code)]


def test_a_huge_file_is_refused_unread(drop: Dropped, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_module, "MAX_FILE_BYTES", 10)
    drop.drop("a.lines", "1||ann|" + "x" * 100)
    drop.settle()
    assert drop.stores.database.rows("SELECT code FROM refusal") == [("FILE_TOO_LARGE",)]


def test_refusals_lie_beside_and_never_show_a_value(drop: Dropped) -> None:
    drop.drop("a.lines", "1||ann|a", "!", "?", "4||ben|CANARY")
    drop.settle()
    text = (drop.folder / "refused" / "a.lines.refusals.jsonl").read_text()
    assert [json.loads(line)["record"] for line in text.splitlines()] == [2, 3]
    assert "CANARY" not in text
    assert drop.lying("done") == ["a.lines"]


def test_a_large_file_goes_on_where_it_stood(drop: Dropped, now: datetime) -> None:
    lines = [f"{n}||child {n}|{n}" for n in range(450)]
    drop.drop("a.lines", *lines)
    drop.seconds += 3
    portions = drop.source.poll(drop.stores.spool)
    assert list(portions) == []
    drop.seconds += 3
    portions = drop.source.poll(drop.stores.spool)
    drop.connector._take_portion(drop.source, next(portions))
    portions.close()
    drop.source = drop.fresh()
    drop.connector = Connector(drop.stores, [drop.source], None, [], lambda: now)
    drop.settle()
    assert sorted(map(int, drop.words())) == list(range(450))


def test_a_file_that_was_spooled_but_not_moved_is_moved_without_reading_it_anew(drop: Dropped) -> None:
    drop.drop("a.lines", "1||ann|a", "!")
    drop.connector.take_in()
    drop.seconds += 3
    for portion in drop.source.poll(drop.stores.spool):
        drop.connector.spool.take(portion, [], datetime.now(UTC))
    assert drop.lying() == ["a.lines"]
    drop.settle()
    assert (drop.lying(), drop.lying("done")) == ([], ["a.lines"])


def test_a_file_that_vanishes_under_us_is_no_fault(drop: Dropped) -> None:
    first = drop.drop("a.lines", "1||ann|a")
    drop.drop("b.lines", "2||ben|b")
    drop.connector.take_in()
    drop.seconds += 3
    first.unlink()
    drop.connector.take_in()
    assert drop.words() == ["b"]


@pytest.fixture
def unreadable(drop: Dropped) -> Iterator[Path]:
    path = drop.drop("a.lines", "1||ann|a")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything, so a missing right cannot be shown")
    yield path
    path.chmod(0o600)


def test_a_file_without_the_right_to_read_is_told_and_the_others_are_read(drop: Dropped, unreadable: Path) -> None:
    drop.drop("b.lines", "2||ben|b")
    drop.connector.take_in()
    drop.seconds += 3
    with pytest.raises(Retryable, match="1 files cannot be read"):
        drop.connector.take_in()
    assert drop.words() == ["b"]
    assert unreadable.exists()


def test_links_pipes_and_folders_are_left_alone_and_told(drop: Dropped, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("1||ann|a")
    (drop.folder / "a.lines").symlink_to(tmp_path / "elsewhere")
    (drop.folder / "b.lines").mkdir()
    os.mkfifo(drop.folder / "c.lines")
    drop.drop("d.lines", "1||ann|d")
    with pytest.raises(Retryable, match="2 links or pipes"):
        drop.settle()
    drop.seconds += 3
    with pytest.raises(Retryable, match="copy the files"):
        drop.connector.take_in()
    assert drop.words() == ["d"]


def test_a_folder_that_is_gone_is_told_and_comes_back(drop: Dropped) -> None:
    drop.folder.rmdir()
    with pytest.raises(Retryable, match="cannot be listed"):
        drop.connector.take_in()
    drop.folder.mkdir()
    drop.drop("a.lines", "1||ann|a")
    drop.settle()
    assert drop.words() == ["a"]


def test_read_files_are_removed_where_the_agency_wants_it(drop: Dropped, now: datetime) -> None:
    drop.source = drop.fresh(after="delete")
    drop.connector = Connector(drop.stores, [drop.source], None, [], lambda: now)
    drop.drop("a.lines", "1||ann|a")
    drop.drop("b.lines", "")
    drop.settle()
    assert (drop.lying(), drop.lying("done"), "b.lines" in drop.lying("refused")) == ([], [], True)


# -- the delivery folder


def delivery(**given: object) -> Delivery:
    envelope = Envelope(
        exchange_id="ab" * 16,
        plain_words="Read the reason.",
        occurred_at=datetime(2026, 11, 20, 17, 5, tzinfo=UTC),
        markings=(Marking.NO_PARENT_CONTACT,),
    )
    view = ReferralDecided(envelope=envelope, child=Child(surname="Ó Brien"), outcome=ReferralOutcome.NOT_ACCEPTED)
    return Delivery("ab" * 16, 3, view, **given)


def test_a_delivery_is_one_file_with_what_is_there_and_nothing_else(tmp_path: Path) -> None:
    FolderSink(tmp_path).deliver(delivery())
    (path,) = tmp_path.iterdir()
    assert path.name == f"{'ab' * 16}.json"
    assert json.loads(path.read_text()) == {
        "event_type": "csc.referral.decided",
        "exchange_id": "ab" * 16,
        "delivery_seq": 3,
        "plain_words": "Read the reason.",
        "envelope": {
            "exchange_id": "ab" * 16,
            "plain_words": "Read the reason.",
            "occurred_at": "2026-11-20T17:05:00+00:00",
            "markings": ["NO_PARENT_CONTACT"],
        },
        "child": {"surname": "Ó Brien"},
        "outcome": "NOT_ACCEPTED",
    }


def test_delivering_twice_leaves_the_same_bytes(tmp_path: Path) -> None:
    sink = FolderSink(tmp_path)
    sink.deliver(delivery())
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    sink.deliver(delivery())
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_recall_leaves_plain_words_and_nothing_of_the_content(tmp_path: Path) -> None:
    sink = FolderSink(tmp_path)
    sink.deliver(delivery())
    for _ in range(2):
        sink.withdraw("ab" * 16, "")
    sink.deliver(delivery())
    (path,) = tmp_path.iterdir()
    said = json.loads(path.read_text())
    assert path.name == f"{'ab' * 16}.recalled.json"
    assert said["state"] == "RECALLED"
    assert "Do not use it" in said["plain_words"]
    assert "Brien" not in path.read_text()


def test_a_gap_is_told_in_the_file(tmp_path: Path) -> None:
    FolderSink(tmp_path).deliver(delivery(gap=True))
    assert json.loads(next(tmp_path.iterdir()).read_text())["gap"] is True


def test_a_folder_that_cannot_be_written_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "view").write_text("in the way")
    with pytest.raises(Retryable, match="cannot be written"):
        FolderSink(tmp_path / "view").deliver(delivery())
    assert (tmp_path / "view").read_text() == "in the way"


def test_a_delivery_is_for_the_connectors_user_only(tmp_path: Path) -> None:
    FolderSink(tmp_path).deliver(delivery())
    assert next(tmp_path.iterdir()).stat().st_mode & 0o077 == 0


def test_a_file_whose_writer_stalled_loses_no_row(drop: Dropped) -> None:
    path = drop.folder / "a.lines"
    with path.open("w", buffering=1) as upload:
        upload.write("1||ann|a\n2||ben|b\n")
        drop.settle()
        assert (drop.words(), drop.lying("done")) == (["a", "b"], ["a.lines"])
        upload.write("3||cat|c\n")
        drop.connector.take_in()
        assert drop.lying() == ["a.lines"]
        upload.write("4||dan|d\n")
    drop.settle()
    drop.settle()
    assert drop.words() == ["c", "d"]
    assert (drop.lying(), drop.lying("done")) == ([], ["a.lines"])


def test_a_file_that_grows_while_it_is_spooled_stays_until_it_is_whole(drop: Dropped) -> None:
    path = drop.drop("a.lines", "1||ann|a")
    drop.source.poll(drop.stores.spool)
    drop.connector.take_in()
    drop.seconds += 3
    portions = list(drop.source.poll(drop.stores.spool))
    path.write_text("1||ann|a\n2||ben|b")
    for portion in portions:
        drop.connector._take_portion(drop.source, portion)
    assert drop.lying() == ["a.lines"]
    drop.settle()
    assert drop.words() == ["a", "b"]


def test_a_referral_is_not_refused_for_the_bytes_of_its_files_name(drop: Dropped) -> None:
    drop.source = FolderSource(
        drop.folder, [by_name("schools-concerns")], drop.stores.settings.keys.token, 0.0, ticks=lambda: drop.seconds
    )
    drop.connector = Connector(drop.stores, [drop.source], None, [], lambda: datetime(2026, 11, 20, tzinfo=UTC))
    drop.drop(os.fsdecode(b"caf\xe9.csv"), "Incident ID,Incident,Share With", ",Came in wet clothes.,refer")
    drop.connector.take_in()
    assert [one.event_type for one in drop.stores.spool.ready(9)] == ["referral.submitted"]
    assert drop.lying("done") == [os.fsdecode(b"caf\xe9.csv")]
