"""Makes the class archive: one short run of Kafka on a throw-away folder, after which Java writes down what it loaded.

It takes a few seconds, once per cache; later starts take half a second instead of one and a half. Left out: using it
(`jvm`). Rules: an archive is run only as it was made, for it is code like the jars; a machine on which none can be made
loses speed, nothing else, and the reason is kept.
"""

import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from deploy.embedded import ports, process
from deploy.embedded.folder import StateFolder
from deploy.embedded.jars import Tell, one_at_a_time, sha256
from deploy.embedded.jvm import ARCHIVE_FLAGS, ARCHIVE_SINCE, Jvm
from deploy.embedded.probe import answers
from deploy.embedded.settings import kafka_properties
from sharing.errors import CrosswalkError

_PATIENCE = 60.0
"""Seconds for each of starting and writing down."""
_KEPT = 3


def prepare_archive(jvm: Jvm, tell: Tell) -> None:
    """Make the archive unless a sound one is there, this Java makes none, or it failed before.

    Args:
        jvm: Java and the checked jars.
        tell: Called with a line for the person who waits.
    """
    refused = jvm.archive.with_suffix(".failed")
    if jvm.major < ARCHIVE_SINCE or refused.is_file() or _sound(jvm.archive):
        return
    with one_at_a_time(jvm.cache):
        if refused.is_file() or _sound(jvm.archive):
            return  # another process made it while this one waited
        tell("Preparing Kafka for fast starts (once, a few seconds)")
        jvm.archive.unlink(missing_ok=True)
        jvm.archive.parent.mkdir(exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix="prepare-", dir=jvm.cache))
        try:
            _record(jvm, StateFolder(work))
        except (CrosswalkError, OSError, subprocess.SubprocessError) as error:
            refused.write_text(f"{type(error).__name__}: {error}\nDelete this file to try again.\n", "utf-8")
            tell(f"It did not work; starts take a second longer. The reason is in {refused}")
        finally:
            shutil.rmtree(work, ignore_errors=True)
        _forget_old(jvm.archive.parent)


def _sound(archive: Path) -> bool:
    """Tell whether the archive is there and as it was made: Java itself would not look, and run what it finds."""
    note = archive.with_suffix(".sha256")
    return archive.is_file() and note.is_file() and note.read_text("ascii") == sha256(archive)


def _forget_old(folder: Path) -> None:
    """Keep the newest few archives: another Java, or jars fetched anew, leave one of 66 MB behind."""
    archives = sorted(folder.glob("*.aot"), key=lambda path: path.stat().st_mtime)
    for old in archives[:-_KEPT]:
        old.unlink()
        old.with_suffix(".sha256").unlink(missing_ok=True)


def _record(jvm: Jvm, folder: StateFolder) -> None:
    folder.make()
    port = ports.pick()
    folder.properties.write_text(kafka_properties(folder.data, port, ports.pick(other_than=port)), "utf-8")
    process.format_data(jvm, folder, "c2hvcnQtbGl2ZWQta2Fma2E")
    made = folder.root / "kafka.aot"
    node = process.launch(jvm, folder, (f"-XX:AOTCacheOutput={made}", *ARCHIVE_FLAGS))
    try:
        _until_ready(node, port)
        process.end(folder, signal.SIGTERM, _PATIENCE)
    finally:
        process.end(folder, signal.SIGKILL)
    if not made.is_file():
        raise OSError(f"Java wrote no archive: {_last_words(folder.console)}")
    jvm.archive.with_suffix(".sha256").write_text(sha256(made), "ascii")
    made.replace(jvm.archive)


def _until_ready(node: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + _PATIENCE
    while not answers(port):
        if node.poll() is not None or time.monotonic() > until:
            raise OSError("Kafka did not become ready")
        time.sleep(0.05)


def _last_words(console: Path) -> str:
    lines = console.read_text("utf-8", errors="replace").splitlines()
    return lines[-1] if lines else "no word"
