"""Killed at any step, or two at once: nothing is lost, nothing changes its number, the ledger verifies."""

import subprocess
import sys
from collections import defaultdict
from contextlib import closing
from pathlib import Path

import pytest

from ledger import DuplicateEvents, FenceLost, Ledger, Outbox, sequence_once
from ledger.keys import create
from ledger.verify import verify
from sharing.errors import Retryable
from tests.ledger.rig import LONG, NOW, a_subject, an_event, an_id, carrier, drain, lease, number, write
from tests.ledger.worker import PLACES, SUBJECTS

HOUSE = Path(__file__).parents[2]


def start(url: str, folder: Path, owner: str, first: int, count: int, die_at: str = "-", passes: int = 0):
    arguments = [url, folder / "keys.json", folder / "sent", owner, first, count, die_at, passes]
    command = [sys.executable, "-m", "tests.ledger.worker", *map(str, arguments)]
    return subprocess.Popen(command, cwd=HOUSE, stderr=subprocess.PIPE)


def finish(worker: subprocess.Popen, expected: int) -> None:
    _, said = worker.communicate(timeout=120)
    assert worker.returncode == expected, said.decode()


@pytest.fixture
def prepared(url: str, tmp_path: Path):
    """URL of a ledger with its subjects."""
    with closing(Ledger.open(url, create(tmp_path / "keys.json"))) as ledger:
        for _ in range(SUBJECTS):
            a_subject(ledger)
        yield ledger, url


def check(ledger: Ledger, folder: Path, events: int) -> int:
    """All events there once, every exchange sent under one number, numbers dense; how many were sent twice."""
    numbers = defaultdict(set)
    lines = (folder / "sent").read_text().splitlines()
    exchanges = defaultdict(set)
    for line in lines:
        organisation, subject, seq, exchange = line.split()
        numbers[organisation, subject].add(int(seq))
        exchanges[exchange].add((organisation, seq))
    assert len(exchanges) == events * len(PLACES), "an exchange was lost"
    assert all(len(seen) == 1 for seen in exchanges.values()), "an exchange changed its number"
    assert all(seen == set(range(1, len(seen) + 1)) for seen in numbers.values()), "numbers are not dense"
    verdict = verify(ledger)
    assert verdict.fault is None
    assert verdict.leaves == events * len(PLACES)
    return len(lines) - len(exchanges)


@pytest.mark.parametrize("step", ["written", "absorbed", "numbered", "claimed", "claim-committed", "sent", "marked"])
def test_killed_at_a_step_nothing_is_lost_and_no_number_changes(prepared, tmp_path: Path, step: str):
    ledger, url = prepared
    finish(start(url, tmp_path, "first", 0, 30, step, 2), expected=-9)
    finish(start(url, tmp_path, "second", 0, 30), expected=0)
    twice = check(ledger, tmp_path, 30)
    assert (twice > 0) == (step in ("sent", "marked")), "only what was sent and not marked is sent again"
    with ledger.reading() as tx:
        assert tx.progress() == {("in.schools.oakfield", 0): 30}


def test_two_workers_at_once_write_number_and_release_together(prepared, tmp_path: Path):
    ledger, url = prepared
    workers = [start(url, tmp_path, f"w{i}", i * 60, 60) for i in range(2)]
    for worker in workers:
        finish(worker, expected=0)
    check(ledger, tmp_path, 120)


def test_two_workers_with_the_same_events_keep_each_once(prepared, tmp_path: Path):
    ledger, url = prepared
    workers = [start(url, tmp_path, f"w{i}", 0, 60) for i in range(2)]
    for worker in workers:
        finish(worker, expected=0)
    check(ledger, tmp_path, 60)


def test_a_carrier_that_commits_late_is_numbered_late_and_still_released(postgres_url: str, keys):
    """Two writers may commit in any order: ids are taken early, ordinals are given at commit."""
    with closing(Ledger.open(postgres_url, keys)) as early, closing(Ledger.open(postgres_url, keys)) as late:
        subject = a_subject(early)
        write(early, an_event("first", subject, "oakfield", "police"))
        with late.transaction() as tx:
            slow = tx.write(carrier(an_event("slow", subject, "oakfield")))
            quick = write(early, an_event("quick", subject, "police")) >> 12
            assert slow < quick
            assert number(early) == 3
        outbox = Outbox("a")
        lease(early, outbox)
        assert len(drain(early, outbox)) == 3
        assert number(early) == 1
        assert [(x.event_id, seq) for x, seq in drain(early, outbox)] == [(an_id("e", "slow"), 2)]
        assert verify(early).fault is None


def test_an_overtaken_sequencer_numbers_nothing(ledger: Ledger):
    write(ledger, an_event(1, a_subject(ledger), "oakfield"))
    with ledger.transaction() as tx:
        old = tx.take_lease("sequencer", "old", NOW, LONG)
        assert tx.take_lease("sequencer", "new", NOW, LONG) is None
    with ledger.transaction() as tx:
        new = tx.take_lease("sequencer", "new", NOW + LONG * 2, LONG)
    assert old
    assert new
    with pytest.raises(FenceLost):
        sequence_once(ledger, old, NOW)
    assert sequence_once(ledger, new, NOW) == 1
    with ledger.transaction() as tx:
        tx.give_back(old)
        assert tx.take_lease("sequencer", "third", NOW, LONG) is None
        tx.give_back(new)
        assert tx.take_lease("sequencer", "third", NOW, LONG) is not None


def test_what_a_rolled_back_transaction_made_is_forgotten(ledger: Ledger, url: str):
    """Keys and numbers that were cached in it would otherwise be used for rows that do not exist."""
    with pytest.raises(DuplicateEvents), ledger.transaction() as tx:  # noqa: PT012 - the whole transaction fails
        lost = tx.new_subject()
        tx.write(carrier(an_event(1, lost, "nowhere"), an_event(2, lost, "nowhere")))
        tx.write(carrier(an_event(1, lost, "nowhere")))
    subject = a_subject(ledger)
    n = write(ledger, an_event(1, subject, "oakfield"))
    number(ledger)
    with closing(Ledger.open(url, ledger.keys)) as fresh:
        with fresh.reading() as tx:
            assert tx.content(n) == b"content of 1"
        assert verify(fresh).fault is None


def test_a_busy_sqlite_is_retryable(tmp_path: Path, keys, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ledger.database.BUSY_SECONDS", 0.1)
    monkeypatch.setattr("ledger.database._PRAGMAS", ("journal_mode=WAL",))
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    with closing(Ledger.open(url, keys)) as one, closing(Ledger.open(url, keys)) as two:
        a_subject(two)
        with one.transaction(), pytest.raises(Retryable, match="locked"), two.transaction():
            pass


def test_a_server_that_goes_away_is_retryable_and_found_again(postgres_url: str, keys):
    end_others = (
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where datname = current_database() and pid <> pg_backend_pid()"
    )
    with closing(Ledger.open(postgres_url, keys)) as ledger, closing(Ledger.open(postgres_url, keys)) as other:
        subject = a_subject(ledger)
        with pytest.raises(Retryable), ledger.transaction() as tx:  # noqa: PT012 - the whole transaction fails
            tx.head()
            with other.transaction() as killer:
                killer.session.run(end_others)
            tx.write(carrier(an_event(1, subject, "a"), an_event(2, subject, "a")))
        write(ledger, an_event(1, subject, "oakfield"))
        assert number(ledger) == 1
