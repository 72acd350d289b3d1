"""A forgotten child: nothing can be opened any more, by anybody, and the ledger still verifies."""

import json
import threading
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ledger import Forgotten, Keys, Ledger, Outbox, row_number
from ledger.cli import ledger_app
from ledger.keys import create
from ledger.shredding import Order, holds, lift_hold, place_hold, shred, subject_of
from ledger.verify import verify
from sharing.errors import Rejected
from tests.ledger.rig import NOW, a_subject, an_event, an_id, carrier, drain, lease, number, to, write

ORDER = Order("data protection officer, decision 2026-114", "CP-35", NOW, "engine-1")


def key_of(ledger: Ledger, subject: int) -> bytes:
    with ledger.reading() as tx:
        (found,) = tx.session.one("select commitment from child_key where subject = ?", (subject,))
        return bytes(found)


def forget(ledger: Ledger, subject: int) -> list[str]:
    with ledger.transaction() as tx:
        return shred(tx, subject, ORDER)


def test_shredding_destroys_the_key_and_swears_to_it(ledger: Ledger):
    subject, other = a_subject(ledger), a_subject(ledger)
    n = write(ledger, an_event(1, subject, "oakfield"), an_event(2, other, "oakfield"))
    with ledger.transaction() as tx:
        tx.save_state(subject, b"case", NOW, register_moved=False)
        tx.save_identity(subject, b"who")
        tx.add_blocking(subject, [b"token"])
    key = key_of(ledger, subject)
    assert forget(ledger, subject) == [key.hex()]
    number(ledger)
    with ledger.reading() as tx:
        with pytest.raises(Forgotten):
            tx.content(n)
        assert tx.content(n + 1) == b"content of 2"
        assert (tx.identities([subject]), tx.candidates([b"token"]), tx.due(NOW, 9)) == ({}, {}, [])
        assert tx.states([subject])[subject].state == b""
        (said,) = tx.statements("key.shredded")
    body = json.loads(said.body)
    assert body == {
        "authority": ORDER.authority, "events": 1, "key": key.hex(), "schedule": "CP-35",
        "shredded_at": NOW.isoformat(),
    }  # fmt: skip
    assert verify(ledger).fault is None


def test_a_process_that_had_opened_the_key_forgets_it_too(ledger: Ledger, url: str, keys: Keys):
    subject = a_subject(ledger)
    n = write(ledger, an_event(1, subject))
    with closing(Ledger.open(url, keys)) as other:
        with other.reading() as tx:
            assert tx.content(n) == b"content of 1"
        forget(ledger, subject)
        with other.reading() as tx, pytest.raises(Forgotten):
            tx.content(n)


def test_everybody_who_was_joined_to_the_child_goes_with_it(ledger: Ledger):
    one, same = a_subject(ledger), a_subject(ledger)
    write(ledger, an_event(1, one), an_event(2, same))
    with ledger.transaction() as tx:
        tx.join_subjects(same, one)
    assert len(forget(ledger, same)) == 2
    with ledger.reading() as tx:
        assert tx.forgotten([one, same]) == {one, same}


@pytest.mark.parametrize("of_all", [True, False])
def test_a_legal_hold_beats_the_schedule_until_it_is_lifted(ledger: Ledger, *, of_all: bool):
    subject, other = a_subject(ledger), a_subject(ledger)
    n = write(ledger, an_event(1, subject))
    with ledger.transaction() as tx:
        hold = place_hold(tx, None if of_all else subject, ORDER)
    with pytest.raises(Rejected, match="LEGAL_HOLD"):
        forget(ledger, subject)
    with ledger.reading() as tx:
        assert tx.content(n) == b"content of 1"
        assert [h.number for h in holds(tx)] == [hold]
    if not of_all:
        assert forget(ledger, other)
    with ledger.transaction() as tx:
        lift_hold(tx, hold, ORDER)
    assert forget(ledger, subject)
    with ledger.transaction() as tx, pytest.raises(Rejected, match="NO_SUCH_HOLD"):
        lift_hold(tx, hold, ORDER)


def test_a_doubt_about_whose_record_it_is_must_be_settled_first(ledger: Ledger):
    provisional, candidate = a_subject(ledger), a_subject(ledger)
    n = write(ledger, an_event(1, provisional))
    with ledger.transaction() as tx:
        tx.add_review(n, provisional, [candidate], b"{}")
    for subject in (provisional, candidate):
        with pytest.raises(Rejected, match="REVIEW_OPEN"):
            forget(ledger, subject)


def test_a_child_is_forgotten_once(ledger: Ledger):
    subject = a_subject(ledger)
    forget(ledger, subject)
    with pytest.raises(Rejected, match="ALREADY_SHREDDED"):
        forget(ledger, subject)


def test_without_authority_or_schedule_nothing_is_destroyed(ledger: Ledger):
    subject = a_subject(ledger)
    for order in (Order("", "CP-35", NOW, "e"), Order("dpo", " ", NOW, "e"), Order("x" * 200, "CP-35", NOW, "e")):
        with pytest.raises(Rejected, match="NO_AUTHORITY"), ledger.transaction() as tx:
            shred(tx, subject, order)
    with ledger.reading() as tx:
        assert tx.forgotten([subject]) == set()


def test_a_child_is_named_by_its_event_its_exchange_or_its_key(ledger: Ledger):
    subject = a_subject(ledger)
    write(ledger, an_event(1, subject, "oakfield"))
    with ledger.reading() as tx:
        for named in (an_id("e", 1), to("oakfield", 1).exchange_id, key_of(ledger, subject)):
            assert subject_of(tx, named) == subject
        with pytest.raises(Rejected, match="NO_SUCH_CHILD"):
            subject_of(tx, b"\0" * 16)


def test_what_comes_again_about_a_forgotten_child_is_known_and_no_conflict(ledger: Ledger):
    subject = a_subject(ledger)
    write(ledger, an_event(1, subject))
    forget(ledger, subject)
    with ledger.reading() as tx:
        assert tx.seen([an_id("e", 1)])
        assert tx.same_content(an_id("e", 1), b"anything")


def test_a_key_that_is_gone_without_a_statement_does_not_verify(ledger: Ledger):
    subject = a_subject(ledger)
    write(ledger, an_event(1, subject))
    with ledger.transaction() as tx:
        tx.session.run("update child_key set wrapped = null")
    number(ledger)
    assert "without a statement" in (verify(ledger).fault or "")


def test_a_key_that_stands_although_its_end_was_sworn_does_not_verify(ledger: Ledger):
    """What an older copy that was put back looks like."""
    subject = a_subject(ledger)
    write(ledger, an_event(1, subject))
    with ledger.reading() as tx:
        ((wrapped,),) = tx.session.rows("select wrapped from child_key")
    forget(ledger, subject)
    number(ledger)
    assert verify(ledger).fault is None
    with ledger.transaction() as tx:
        tx.session.run("update child_key set wrapped = ?", (wrapped,))
    assert "was destroyed and stands again" in (verify(ledger).fault or "")


def test_lanes_pass_over_what_nobody_can_open(ledger: Ledger):
    subject, other, outbox = a_subject(ledger), a_subject(ledger), Outbox("tests")
    write(ledger, an_event(1, subject, "oakfield"), an_event(2, other, "oakfield"))
    forget(ledger, subject)
    number(ledger)
    lease(ledger, outbox)
    assert len(drain(ledger, outbox)) == 2, "the ledger offers both; the release agent passes over the forgotten one"


def test_the_commands_hold_lift_and_shred(tmp_path: Path):
    key_file, url = tmp_path / "keys.json", f"sqlite:///{tmp_path / 'ledger.db'}"
    with closing(Ledger.open(url, create(key_file, "crosswalk/easthaven"))) as ledger:
        write(ledger, an_event(1, a_subject(ledger), "oakfield"))
        number(ledger)
    options = ["--database", url, "--keys", str(key_file)]
    ordered = [*options, "--authority", "dpo, decision 114"]
    invoke = CliRunner().invoke
    child = an_id("e", 1).hex()
    held = invoke(ledger_app, ["hold", "all", *ordered])
    assert (held.exit_code, held.stdout) == (0, "hold 8192 stands\n")
    assert "1 holds stand" in invoke(ledger_app, ["holds", *options]).stdout
    refused = invoke(ledger_app, ["shred", child, *ordered, "--schedule", "CP-35", "--yes"])
    assert (refused.exit_code, "legal hold 8192" in refused.stderr) == (1, True)
    assert invoke(ledger_app, ["lift", "8192", *ordered]).exit_code == 0
    assert invoke(ledger_app, ["lift", "8192", *ordered]).exit_code == 1
    done = invoke(ledger_app, ["shred", child, *ordered, "--schedule", "CP-35", "--yes"])
    assert (done.exit_code, done.stdout.startswith("destroyed: key ")) == (0, True)
    assert invoke(ledger_app, ["shred", "zz", *ordered, "--schedule", "CP-35", "--yes"]).exit_code != 0


@pytest.mark.postgres
def test_whoever_waited_for_the_childs_lock_sees_that_it_was_forgotten(postgres_url: str, keys: Keys):
    with closing(Ledger.open(postgres_url, keys)) as ledger, closing(Ledger.open(postgres_url, keys)) as worker:
        subject = a_subject(ledger)
        n = write(ledger, an_event(1, subject))
        with worker.reading() as tx:
            assert tx.content(n) == b"content of 1", "its key is open in the worker"
        seen: list[set[int]] = []

        def works() -> None:
            with worker.transaction() as tx:
                waiting.set()
                tx.lock([b"subject-%d" % subject])
                seen.append(tx.forgotten([subject]))
                with pytest.raises(Forgotten):
                    tx.write(carrier(an_event(2, subject)))

        waiting = threading.Event()
        thread = threading.Thread(target=works)
        with ledger.transaction() as tx:
            shred(tx, subject, ORDER)
            thread.start()
            assert waiting.wait(10)
        thread.join(20)
        assert seen == [{subject}]


@pytest.mark.postgres
def test_a_worker_that_came_first_ends_its_work_and_then_the_child_is_forgotten(postgres_url: str, keys: Keys):
    with closing(Ledger.open(postgres_url, keys)) as ledger, closing(Ledger.open(postgres_url, keys)) as other:
        subject = a_subject(ledger)
        done: list[list[str]] = []
        thread = threading.Thread(target=lambda: done.append(forget(other, subject)))
        with ledger.transaction() as tx:
            tx.lock([b"subject-%d" % subject])
            thread.start()
            n = row_number(tx.write(carrier(an_event(1, subject))), 0)
            tx.save_state(subject, b"case", NOW, register_moved=True)
        thread.join(20)
        assert len(done) == 1
        number(ledger)
        assert verify(ledger).fault is None
        with ledger.reading() as tx, pytest.raises(Forgotten):
            tx.content(n)
