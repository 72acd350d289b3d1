"""Processes are kept running, ended when told, and nothing is left behind."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from crosswalk import supervisor as room
from crosswalk.supervisor import Supervised, Supervisor

DEADLINE_SECONDS = 30.0
WAITS = "import time; print('up', flush=True); time.sleep(600)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"
)
PARENT = (
    "import subprocess, sys, time;"
    "p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
    "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "print('child', p.pid, flush=True); time.sleep(600)"
)


@pytest.fixture
def supervisor(monkeypatch: pytest.MonkeyPatch) -> Iterator[Supervisor]:
    monkeypatch.setattr(room, "FIRST_WAIT_SECONDS", 0.01)
    monkeypatch.setattr(room, "LONGEST_WAIT_SECONDS", 0.05)
    monkeypatch.setattr(room, "STOP_SECONDS", 1.0)
    made = Supervisor()
    yield made
    made.stop()


def supervised(folder: Path, code: str) -> Supervised:
    return Supervised("one", [sys.executable, "-c", code], dict(os.environ), folder / "one.log")


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < end, "it did not come about in time"
        time.sleep(0.01)


def log_of(child: Supervised) -> str:
    return child.log_path.read_text() if child.log_path.exists() else ""


def gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_what_is_killed_is_started_again(supervisor, tmp_path):
    child = supervisor.run(supervised(tmp_path, WAITS))
    until(lambda: "up" in log_of(child))
    killed = supervisor.kill("one")
    until(lambda: child.alive() and child.pid != killed)
    assert gone(killed)
    assert child.restarts == 1


def test_what_ends_by_itself_is_started_again_and_again(supervisor, tmp_path):
    child = supervisor.run(supervised(tmp_path, "raise SystemExit(70)"))
    until(lambda: child.restarts >= 3)


def test_a_process_is_a_session_of_its_own(supervisor, tmp_path):
    child = supervisor.run(supervised(tmp_path, WAITS))
    assert os.getsid(child.pid) == child.pid


def test_what_is_ended_on_purpose_stays_ended(supervisor, tmp_path):
    child = supervisor.run(supervised(tmp_path, WAITS))
    until(lambda: "up" in log_of(child))
    pid = child.pid
    supervisor.end("one")
    assert gone(pid)
    until(lambda: not any(t.is_alive() for t in supervisor._threads))
    assert (child.restarts, child.alive()) == (0, False)
    assert "one" not in supervisor.children


@pytest.mark.parametrize("code", [WAITS, STUBBORN])
def test_stopping_ends_the_willing_and_the_stubborn(supervisor, tmp_path, code):
    child = supervisor.run(supervised(tmp_path, code))
    until(lambda: "up" in log_of(child))
    supervisor.stop()
    assert gone(child.pid)
    assert child.restarts == 0


def test_what_a_stubborn_process_started_is_ended_with_it(supervisor, tmp_path):
    child = supervisor.run(supervised(tmp_path, PARENT))
    until(lambda: "child" in log_of(child))
    grandchild = int(log_of(child).split()[1])
    supervisor.stop()
    until(lambda: gone(grandchild))


def test_a_signal_to_the_supervisors_terminal_does_not_reach_its_processes(supervisor, tmp_path):
    child = supervisor.run(supervised(tmp_path, WAITS))
    assert os.getpgid(child.pid) != os.getpgid(os.getpid())
    os.kill(child.pid, signal.SIGCONT)
    assert child.alive()


def test_what_cannot_be_started_now_is_started_once_it_can(supervisor, tmp_path):
    """No room for its log, or for one more process: whoever watches goes on trying."""
    folder = tmp_path / "logs"
    folder.mkdir()
    child = supervisor.run(supervised(folder, WAITS))
    until(lambda: "up" in log_of(child))
    folder.rename(tmp_path / "away")
    supervisor.kill("one")
    until(lambda: child.restarts >= 3)
    assert not child.alive()
    (tmp_path / "away").rename(folder)
    until(lambda: child.alive() and log_of(child).count("up") == 2)
