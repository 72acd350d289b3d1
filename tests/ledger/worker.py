"""A small worker for the tests that kill it: absorbs events, numbers, releases, and can die at a named step.

Arguments: url, key file, file of what was sent, owner, first event, number of events, step to die at or "-", and how
often that step is passed before. What it "sends" is a line in a file, written through before the batch is marked.
"""

import os
import signal
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import ledger.sequencer as sequencer_room
from ledger import DuplicateEvents, FenceLost, LaneClaim, Ledger, Outbox, sequence_once
from ledger.keys import load
from sharing.errors import Retryable
from tests.ledger.rig import NOW, an_event, carrier

LASTS = timedelta(seconds=0.5)
SUBJECTS = 3
BATCH = 5
PLACES = ("oakfield", "police", "social-care")


class Steps:
    """Dies by its own hand at one step."""

    def __init__(self, die_at: str, passes: int) -> None:
        self._die_at, self._left = die_at, passes

    def __call__(self, name: str) -> None:
        if name == self._die_at:
            self._left -= 1
            if self._left < 0:
                os.kill(os.getpid(), signal.SIGKILL)


def absorb(store: Ledger, subjects: list[int], names: list[int], step: Steps) -> None:
    """Write one carrier of events, dropping those that are there already."""
    events = [an_event(i, subjects[i % SUBJECTS], *PLACES) for i in names]
    while True:
        try:
            with store.transaction() as tx:
                tx.lock([b"subject %08d" % s for s in subjects])
                tx.write(carrier(*events))
                tx.advance("in.schools.oakfield", 0, names[-1] + 1)
                step("written")
            break
        except DuplicateEvents:
            with store.transaction() as tx:
                known = tx.seen([e.event_id for e in events])
            events = [e for e in events if e.event_id not in known]
            if not events:
                break
        except Retryable:
            continue
    step("absorbed")


def number(store: Ledger, owner: str) -> int:
    """One round of the sequencer."""
    now = datetime.now(UTC)
    with store.transaction() as tx:
        lease = tx.take_lease("sequencer", owner, now, LASTS)
    try:
        return sequence_once(store, lease, now) if lease else 0
    except FenceLost:
        return 0


def release(store: Ledger, outbox: Outbox, sent: Path, step: Steps) -> None:
    """One pass of the outbox."""
    with store.transaction() as tx:
        outbox.lease_lanes(tx, datetime.now(UTC), LASTS)
    with store.reading() as tx:
        found = outbox.rows_for(tx)
    if not found:
        return
    try:
        with store.transaction() as tx:
            tx.hold_head()
            seqs = outbox.claim(tx, [LaneClaim(x, items, items[-1].mark) for x, items in found.items()], NOW)
            step("claimed")
        step("claim-committed")
        lines = [
            f"{x.organisation} {x.subject} {seqs[x.exchange_id]} {x.exchange_id.hex()}\n"
            for items in found.values()
            for x in items
        ]
        handle = os.open(sent, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.write(handle, "".join(lines).encode())
        os.close(handle)
        step("sent")
        with store.transaction() as tx:
            outbox.mark_sent(tx, found)
            outbox.give_back(tx)
            step("marked")
    except FenceLost:
        return


def main() -> None:
    """Run until all is absorbed and nothing is left to release."""
    url, key_file, sent, owner, first, count, die_at, passes = sys.argv[1:]
    step = Steps(die_at, int(passes))
    real = sequencer_room.sign

    def sign(*args: object) -> bytes:
        step("numbered")
        return real(*args)

    sequencer_room.sign = sign
    store = Ledger.open(url, load(Path(key_file)))
    outbox = Outbox(f"{owner}-{os.getpid()}")
    names = range(int(first), int(first) + int(count))
    for i in range(0, len(names), BATCH):
        absorb(store, list(range(1, SUBJECTS + 1)), list(names[i : i + BATCH]), step)
        number(store, f"{owner}-{os.getpid()}")
        release(store, outbox, Path(sent), step)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        number(store, f"{owner}-{os.getpid()}")
        release(store, outbox, Path(sent), step)
        with store.reading() as tx:
            (waiting,) = tx.session.one("select count(*) from carrier where ordinal is null")
            (behind,) = tx.session.one(
                "select count(*) from lane where claimed_ordinal is not null or upto_ordinal < "
                "(select max(ordinal) from carrier)"
            )
        if not waiting and not behind:
            return
        time.sleep(0.01)
    sys.exit("not done in time")


if __name__ == "__main__":
    main()
