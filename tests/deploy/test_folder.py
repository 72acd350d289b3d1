"""The lock of a state folder tells the truth; nothing that stands in a file can fool it."""

import os
import sys
import uuid
from pathlib import Path

import pytest

from deploy.embedded import node, ports
from deploy.embedded.folder import StateFolder
from deploy.embedded.jvm import Jvm, environment, find_jvm
from sharing.errors import Misconfigured


@pytest.fixture
def folder(tmp_path: Path) -> StateFolder:
    made = StateFolder(tmp_path / "kafka")
    made.make()
    return made


def test_nobody_holds_a_new_folder(folder: StateFolder) -> None:
    assert not folder.held()
    assert folder.pid() is None
    assert folder.ports() is None
    folder.check_data()


def test_held_as_long_as_the_file_is_open_and_no_longer(folder: StateFolder) -> None:
    lock = folder.take_lock()
    folder.write_pid(4711)
    assert (folder.held(), folder.pid()) == (True, 4711)
    os.close(lock)
    assert (folder.held(), folder.pid()) == (False, None)


def test_the_lock_lives_with_whoever_inherits_it(folder: StateFolder) -> None:
    """A node keeps the folder although its starter has closed its own copy."""
    import subprocess

    lock = folder.take_lock()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=(lock,)) as node:
        os.close(lock)
        assert folder.held()
        node.kill()
        node.wait()
        assert not folder.held()


def test_a_second_taker_is_told_who_holds_it(folder: StateFolder) -> None:
    lock = folder.take_lock()
    folder.write_pid(4711)
    try:
        with pytest.raises(Misconfigured, match="process 4711"):
            folder.take_lock()
    finally:
        os.close(lock)


def test_between_lock_and_number_the_holder_is_just_starting(folder: StateFolder) -> None:
    (folder.root / "pid").write_text("1\n")  # of an earlier node
    lock = folder.take_lock()
    try:
        assert folder.pid() is None
        with pytest.raises(Misconfigured, match="just starting"):
            folder.take_lock()
    finally:
        os.close(lock)


def test_a_place_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for root, said in ((tmp_path / "file" / "kafka", "cannot be made"), (tmp_path / "a,b", "comma")):
        with pytest.raises(Misconfigured, match=said):
            StateFolder(root).make()


def test_a_cache_that_no_class_path_can_name_is_refused() -> None:
    with pytest.raises(Misconfigured, match="CROSSWALK_CACHE"):
        find_jvm(Path("/a:b"), [])


def test_java_gets_no_options_and_no_secrets_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "CLASSPATH", "KAFKA_OPTS", "CROSSWALK_KEY"):
        monkeypatch.setenv(name, "x")
    assert set(environment()) <= {"HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PATH", "TZ"}


def test_without_an_archive_java_is_called_without_one(tmp_path: Path) -> None:
    jvm = Jvm(Path("/java"), 25, (Path("/a.jar"), Path("/b.jar")), tmp_path)
    plain = jvm.command("Main", "x")
    assert plain[-4:] == ["-cp", "/a.jar:/b.jar", "Main", "x"]
    assert not any("AOT" in part for part in plain)
    jvm.archive.parent.mkdir()
    jvm.archive.write_bytes(b"")
    assert f"-XX:AOTCache={jvm.archive}" in jvm.command("Main", "x")


def test_ports_are_free_different_and_never_lent_by_the_kernel() -> None:
    first = ports.pick()
    second = ports.pick(other_than=first)
    assert first != second
    assert all(20_000 <= port < 32_000 and ports.is_free(port) for port in (first, second))


def test_a_cluster_id_is_never_taken_for_an_option(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter([uuid.UUID(bytes=b"\xf8" + bytes(15)), uuid.UUID(bytes=b"\x44" + bytes(15))])
    monkeypatch.setattr(node.uuid, "uuid4", lambda: next(drawn))
    assert node._new_cluster_id() == "RA" + 20 * "A"
