"""Only jars of the committed list reach the class path, and only as they were listed."""

import hashlib
from pathlib import Path

import pytest

from deploy.embedded import jars
from sharing.errors import Misconfigured

GOOD = {"kafka-a.jar": b"a", "kafka-b.jar": b"b"}


@pytest.fixture
def listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder and a list of two jars."""
    lines = [f"{hashlib.sha256(content).hexdigest()}  {name}" for name, content in GOOD.items()]
    (tmp_path / "jars.sha256").write_text("\n".join(lines))
    monkeypatch.setattr(jars, "LIST", tmp_path / "jars.sha256")
    return tmp_path / "cache"


class PackageSource:
    """Stands for the package source: gives what it was told to give, and counts how often it was asked."""

    def __init__(self, contents: dict[str, bytes]) -> None:
        self.contents = contents
        self.asked = 0

    def __call__(self, work: Path, total: int, tell: jars.Tell) -> dict[str, Path]:
        self.asked += 1
        folder = work / "environments"
        folder.mkdir(parents=True)
        for name, content in self.contents.items():
            (folder / name).write_bytes(content)
        return {name: folder / name for name in self.contents}


def source_gives(monkeypatch: pytest.MonkeyPatch, contents: dict[str, bytes]) -> PackageSource:
    source = PackageSource(contents)
    monkeypatch.setattr(jars, "_resolve", source)
    return source


def quiet(_line: str) -> None:
    pass


def test_committed_list_names_kafka_and_its_log() -> None:
    wanted = jars.wanted_jars()
    assert len(wanted) == 46
    for name in (
        f"kafka_2.13-{jars.KAFKA_VERSION}.jar",
        f"kafka-clients-{jars.KAFKA_VERSION}.jar",
        "log4j-slf4j-impl-2.25.3.jar",
    ):
        assert name in wanted


def test_committed_list_holds_no_address() -> None:
    text = jars.LIST.read_text("utf-8")
    assert "://" not in text
    assert "/" not in text


@pytest.mark.parametrize(
    "line",
    [
        "",
        "abc  x.jar",
        f"{'0' * 64} x.jar",
        f"{'0' * 64}  x.zip",
        f"{'0' * 64}  ../x.jar",
        f"{'0' * 64}  x.jar\n{'1' * 64}  x.jar",
    ],
)
def test_a_list_that_is_not_understood_is_refused_with_its_line(line: str) -> None:
    with pytest.raises(Misconfigured, match=r"jars\.sha256 line \d"):
        jars.wanted_jars(line + "\n")


def test_missing_jars_are_fetched_once(listed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = source_gives(monkeypatch, GOOD)
    told: list[str] = []
    for _ in range(2):
        path = jars.class_path(listed, told.append)
    assert [jar.read_bytes() for jar in path] == [b"a", b"b"]
    assert (source.asked, len(told)) == (1, 1)
    assert not (listed / "fetch").exists()


def test_jars_beyond_the_list_stay_off_the_class_path(listed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source_gives(monkeypatch, {**GOOD, "stowaway.jar": b"x"})
    (listed / "jars").mkdir(parents=True)
    (listed / "jars" / "planted.jar").write_bytes(b"x")
    assert [jar.name for jar in jars.class_path(listed, quiet)] == list(GOOD)
    assert not (listed / "jars" / "stowaway.jar").exists()


@pytest.mark.parametrize(
    ("given", "said"), [({"kafka-a.jar": b"a", "kafka-b.jar": b"evil"}, "another"), ({"kafka-a.jar": b"a"}, "no")]
)
def test_what_the_source_gives_wrongly_never_enters_the_cache(
    listed: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, bytes], said: str
) -> None:
    source_gives(monkeypatch, given)
    with pytest.raises(Misconfigured, match=rf"gave {said} kafka-b\.jar"):
        jars.class_path(listed, quiet)
    assert not (listed / "jars" / "kafka-b.jar").exists()
    source_gives(monkeypatch, GOOD)
    assert len(jars.class_path(listed, quiet)) == 2


@pytest.mark.parametrize("name", GOOD)
def test_a_jar_changed_later_is_named_and_not_replaced(
    listed: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    source = source_gives(monkeypatch, GOOD)
    jars.class_path(listed, quiet)
    (listed / "jars" / name).write_bytes(b"evil")
    with pytest.raises(Misconfigured, match=name):
        jars.class_path(listed, quiet)
    assert (listed / "jars" / name).read_bytes() == b"evil"  # evidence stays
    assert source.asked == 1


def test_an_unlinked_jar_is_fetched_anew(listed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = source_gives(monkeypatch, GOOD)
    jars.class_path(listed, quiet)
    (listed / "jars" / "kafka-b.jar").unlink()
    assert jars.class_path(listed, quiet)[1].read_bytes() == b"b"
    assert source.asked == 2


def test_a_half_written_download_is_not_taken_for_whole(listed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, torn = listed / "fetch/repository/a/kafka-a.jar", listed / "fetch/repository/b/kafka-b.jar"
    for path, content in ((kept, b"a"), (torn, b"")):
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
    seen: list[bool] = []
    source = PackageSource(GOOD)

    def look(work: Path, total: int, tell: jars.Tell) -> dict[str, Path]:
        seen.extend((kept.exists(), torn.exists()))
        return source(work, total, tell)

    monkeypatch.setattr(jars, "_resolve", look)
    jars.class_path(listed, quiet)
    assert seen == [True, False]


def test_cache_is_a_folder_of_ours_and_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CROSSWALK_CACHE", raising=False)
    assert jars.cache_folder() == Path.home() / ".cache" / "crosswalk"
    monkeypatch.setenv("CROSSWALK_CACHE", str(tmp_path))
    assert jars.cache_folder() == tmp_path
