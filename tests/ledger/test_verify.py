"""Whatever is changed in the ledger behind its back is found and named."""

import json
from contextlib import closing

import pytest
from typer.testing import CliRunner

from ledger import Keys, Ledger, Redecision, newest
from ledger.cli import ledger_app
from ledger.keys import create
from ledger.shredding import Order, shred
from ledger.verify import verify
from sharing.transparency.notes import Checkpoint
from sharing.vocabulary import Outcome
from tests.ledger.rig import NOW, a_subject, an_event, carrier, number, to, write


@pytest.fixture
def filled(ledger: Ledger) -> Ledger:
    """Three numbered carriers: sent, withheld, nobody, express, decided anew."""
    one, two = a_subject(ledger), a_subject(ledger)
    express = an_event("referral", one)._replace(exchanges=(to("social-care", "referral", express=True),))
    withheld = an_event("w", two)._replace(exchanges=(to("oakfield", "w", state=Outcome.SUPPRESS), to("police", "w")))
    n = write(ledger, an_event(1, one, "oakfield", "police"), express, withheld, an_event("nobody", two))
    number(ledger)
    write(ledger, an_event(2, two, "oakfield"), an_event(3, one, "police"))
    number(ledger)
    anew = to("oakfield", 1, outcome=b'{"fields":[]}')
    with ledger.transaction() as tx:
        tx.write(carrier(redecisions=(Redecision(n, n, 4, "agreements-2", (anew,)),)))
    number(ledger)
    assert verify(ledger).fault is None
    return ledger


def run(ledger: Ledger, *statements: str) -> None:
    with ledger.transaction() as tx:
        for sql in statements:
            assert tx.session.run(sql) > 0, f"nothing was changed by: {sql}"


def test_an_untouched_ledger_verifies(filled: Ledger):
    verdict = verify(filled)
    assert (verdict.leaves, verdict.carriers, verdict.checkpoints, verdict.waiting) == (9, 3, 3, 0)
    write(filled, an_event("late", 1, "oakfield"))
    assert verify(filled).waiting == 1


@pytest.mark.parametrize(
    ("table", "column", "where"),
    [
        ("event", "event_id", "n = 4096"),
        ("event", "exchanges", "n = 4096"),
        ("event", "exchanges", "n = 4097"),
        ("event", "digest", "n = 4096"),
        ("event", "ciphertext", "n = 4099"),
        ("carrier", "hashes", "id = 2"),
        ("redecision", "exchanges", "n = 12288"),
        ("outcome", "body", "id = 1"),
        ("outcome", "digest", "id = 1"),
        ("child_key", "commitment", "subject = 1"),
        ("child_key", "wrapped", "subject = 1"),
        ("checkpoint", "root", "size = 6"),
        ("checkpoint", "signature", "size = 6"),
        ("checkpoint", "frontier", "size = 6"),
    ],
)
@pytest.mark.parametrize("at", [0.0, 0.5, 0.99])
def test_one_flipped_bit_is_found(filled: Ledger, url: str, table: str, column: str, where: str, at: float):
    with filled.transaction() as tx:
        (raw,) = tx.session.one(f"select {column} from {table} where {where}")
        i = int(len(raw) * at)
        changed = raw[:i] + bytes([raw[i] ^ 1]) + raw[i + 1 :]
        tx.session.run(f"update {table} set {column} = ? where {where}", (changed,))
    with closing(Ledger.open(url, filled.keys)) as fresh:
        assert verify(fresh).fault is not None


@pytest.mark.parametrize(
    "statements",
    [
        ["update event set schema_id = schema_id + 1 where n = 4096"],
        ["update event set register_head = register_head + 1 where n = 4096"],
        ["update event set agreements = (select id from word where text = 'school') where n = 4096"],
        ["update event set subject = 3 - subject where n = 4096"],
        ["update carrier set decided_at = decided_at + 1 where id = 2"],
        ["update carrier set engine = (select id from word where text = 'school') where id = 2"],
        ["update carrier set leaves = leaves + 1 where id = 2"],
        ["update carrier set n = n + 1 where id = 2"],
        ["update carrier set first_seq = first_seq + 1 where id = 2"],
        ["update carrier set ordinal = 9 where id = 3"],
        ["update carrier set ordinal = null where id = 3"],
        ["update word set text = 'education' where text = 'school'"],
        ["update lane set organisation = 'harbour' where organisation = 'oakfield'"],
        ["update redecision set register_head = register_head + 1"],
        ["update redecision set event_n = 4097"],
        ["update redecision set lane = lane + 1"],
        ["delete from redecision"],
        ["delete from event where n = 4097"],
        ["delete from event where n = 8193", "update carrier set n = 1 where id = 2"],
        ["update event set n = 4100 where n = 4099"],
        ["update event set n = 99999999 where n = 8193"],
        ["delete from child_key where subject = 1"],
        ["delete from checkpoint where size = 9"],
        ["update checkpoint set size = 10 where size = 9"],
        ["update checkpoint set upto_ordinal = 7 where size = 9"],
    ],
    ids=" ; ".join,
)
def test_a_changed_removed_or_moved_row_is_found(filled: Ledger, statements: list[str]):
    run(filled, *statements)
    assert verify(filled).fault is not None


def test_a_removed_carrier_is_found(filled: Ledger):
    run(filled, "delete from carrier where id = 2", "delete from event where n >= 8192 and n < 12288")
    assert "ordinal" in (verify(filled).fault or "")


def test_a_carrier_put_in_behind_the_sequencer_is_found(filled: Ledger):
    write(filled, an_event("forged", 1, "police"))
    run(filled, "update carrier set ordinal = 4, first_seq = 9 where id = 4")
    assert "under no checkpoint" in (verify(filled).fault or "")


def test_swapped_carriers_are_found(filled: Ledger):
    run(
        filled,
        "update carrier set ordinal = 99 where id = 1",
        "update carrier set ordinal = 1, first_seq = 0 where id = 2",
        "update carrier set ordinal = 2, first_seq = 2 where id = 1",
    )
    assert verify(filled).fault is not None


def test_a_cut_off_end_is_found_against_a_published_checkpoint(filled: Ledger):
    with filled.reading() as tx:
        published = newest(tx).checkpoint
    assert verify(filled, published).fault is None
    run(
        filled,
        "delete from redecision",
        "delete from carrier where id = 3",
        "delete from checkpoint where size = 9",
    )
    assert verify(filled).fault is None, "without a published checkpoint nobody can know"
    assert "published checkpoint of size 9" in (verify(filled, published).fault or "")
    other = Checkpoint(published.origin, 6, b"\0" * 32)
    assert "published checkpoint of size 6" in (verify(filled, other).fault or "")


def test_the_fault_names_the_place_and_no_content(filled: Ledger):
    run(filled, "update event set schema_id = 8 where n = 4098")
    fault = verify(filled).fault
    assert fault is not None
    assert fault.startswith("row 4098 of carrier 1 (event ")
    assert "content" not in fault


def test_a_destroyed_key_takes_the_content_and_leaves_the_proof(filled: Ledger):
    with filled.transaction() as tx:
        shred(tx, 1, Order("data protection officer, decision 7", "CP-35", NOW, "engine-1"))
    assert verify(filled).fault is None


def test_another_key_file_does_not_verify(filled: Ledger, url: str):
    with closing(Ledger.open(url, Keys.generate(filled.keys.origin))) as other:
        assert verify(other).fault is not None


def test_the_command_says_so_with_its_status(tmp_path):
    key_file, url = tmp_path / "keys.json", f"sqlite:///{tmp_path / 'ledger.db'}"
    keys = create(key_file, "crosswalk/easthaven")
    options = ["--database", url, "--keys", str(key_file)]
    invoke = CliRunner().invoke
    assert invoke(ledger_app, ["verify", *options]).exit_code == 2
    assert not (tmp_path / "ledger.db").exists(), "looking at a ledger does not make one"
    ledger = Ledger.open(url, keys)
    write(ledger, an_event(1, a_subject(ledger), "oakfield"))
    number(ledger)
    note = tmp_path / "checkpoint"
    with ledger.reading() as tx:
        note.write_text(newest(tx).note(ledger), encoding="utf-8")
    good = invoke(ledger_app, ["verify", *options, "--json", "--against", str(note)])
    assert (good.exit_code, json.loads(good.stdout)["verified"]) == (0, True)
    assert "1 leaves in 1 carriers" in invoke(ledger_app, ["status", *options]).stdout
    run(ledger, "update event set schema_id = 8")
    ledger.close()
    bad = invoke(ledger_app, ["verify", *options])
    assert bad.exit_code == 1
    assert "NOT VERIFIED" in bad.stdout
    assert invoke(ledger_app, ["verify", "--database", url, "--keys", str(tmp_path / "none")]).exit_code == 2
