"""Proofs out of the database hold without it."""

import json
from contextlib import closing

import pytest
from typer.testing import CliRunner

from ledger import Ledger, Redecision, Statement, newest
from ledger.cli import ledger_app
from ledger.errors import Unproved
from ledger.keys import create
from ledger.proving import leaves_of, prove, step
from ledger.witnesses import Heard
from sharing.transparency.notes import WITNESS, cosigned, verifier_key
from sharing.transparency.proofs import from_text
from sharing.transparency.tree import is_consistent
from sharing.vocabulary import Outcome
from tests.ledger.rig import a_subject, an_event, an_id, carrier, number, to, write
from tests.ledger.test_witnesses import HARBOUR, SIGNER, says

ANEW = an_id("x", 1, "oakfield", "safeguarding_lead")


@pytest.fixture
def filled(ledger: Ledger) -> Ledger:
    """Five checkpoints: events for some and for nobody, a later decision, a statement."""
    subject = a_subject(ledger)
    n = write(ledger, an_event(1, subject, "oakfield", "police"), an_event("nobody", subject))
    number(ledger)
    for i in range(2, 5):
        write(ledger, an_event(i, subject, "oakfield", "police", "harbour"))
        number(ledger)
    with ledger.transaction() as tx:
        withheld = to("oakfield", 1, state=Outcome.SUPPRESS)
        sworn = Statement("grant.given", b'{"days":3}')
        tx.write(carrier(redecisions=(Redecision(n, n, 4, "agreements-2", (withheld,)),), statements=(sworn,)))
    number(ledger)
    return ledger


def test_every_exchange_is_proved_under_the_newest_checkpoint(filled: Ledger):
    with filled.reading() as tx:
        last = newest(tx)
        for name in (1, 2, 3, 4):
            for organisation in ("oakfield", "police"):
                exchange = an_id("x", name, organisation, "safeguarding_lead")
                for placed in leaves_of(tx, exchange):
                    made = from_text(prove(tx, placed).text())
                    assert made.check(filled.keys.public) == last.checkpoint
                    assert json.loads(made.leaf)["exchange"]["id"] == exchange.hex()


def test_an_exchange_that_was_decided_anew_has_both_decisions(filled: Ledger):
    with filled.reading() as tx:
        first, second = (json.loads(placed.leaf) for placed in leaves_of(tx, ANEW))
    assert (first["step"], first["exchange"]["state"]) == ("decided", "deliver")
    assert (second["step"], second["exchange"]["state"]) == ("redecided", "suppress")


def test_a_proof_carries_what_witnesses_signed_where_they_have_seen_the_leaf(filled: Ledger):
    with filled.reading() as tx:
        early, late = leaves_of(tx, ANEW)
        point = newest(tx).checkpoint
    assert says(filled, point) is Heard.KEPT
    write(filled, an_event("later", 1, "oakfield"))
    number(filled)
    with filled.reading() as tx:
        made = prove(tx, early)
        (later,) = leaves_of(tx, an_id("x", "later", "oakfield", "safeguarding_lead"))
        assert prove(tx, late).check(filled.keys.public).size == point.size
        assert prove(tx, later).check(filled.keys.public).size > point.size, "witnesses have not seen this one yet"
    assert made.check(filled.keys.public) == point
    found, _ = cosigned(made.note, f"{filled.keys.origin}/{HARBOUR}", SIGNER.public_key())
    assert found == point


def test_a_leaf_that_no_checkpoint_covers_is_not_proved(filled: Ledger):
    write(filled, an_event("late", 1, "oakfield"))
    with filled.reading() as tx:
        assert leaves_of(tx, an_id("x", "late", "oakfield", "safeguarding_lead")) == []
        placed = leaves_of(tx, ANEW)[0]
        with pytest.raises(Unproved, match="checkpoint"):
            prove(tx, type(placed)(10_000, placed.leaf))


def test_rows_that_were_changed_prove_nothing(filled: Ledger):
    with filled.transaction() as tx:
        tx.session.run("update event set schema_id = 8 where n = 4096")
    with filled.reading() as tx, pytest.raises(Unproved, match="ledger verify"):
        prove(tx, leaves_of(tx, ANEW)[0])


def test_any_two_checkpoints_are_proved_consistent(filled: Ledger):
    with filled.reading() as tx:
        points = [
            (size, bytes(root)) for size, root in tx.session.rows("select size, root from checkpoint order by size")
        ]
        assert len(points) == 5
        for i, (old, old_root) in enumerate(points):
            for new, new_root in points[i:]:
                assert is_consistent(old, new, step(tx, old, new), old_root, new_root)
        assert step(tx, 4, points[-1][0]) is None, "nothing was signed at this size"
        assert step(tx, points[-1][0], points[0][0]) is None


def test_the_commands_prove_and_check_without_the_ledger(tmp_path):
    key_file, url = tmp_path / "keys.json", f"sqlite:///{tmp_path / 'ledger.db'}"
    keys = create(key_file, "crosswalk/easthaven")
    with closing(Ledger.open(url, keys)) as ledger:
        write(ledger, an_event(1, a_subject(ledger), "oakfield", "police"))
        number(ledger)
    options = ["--database", url, "--keys", str(key_file)]
    invoke = CliRunner().invoke
    made = invoke(ledger_app, ["prove", ANEW.hex(), *options])
    assert made.exit_code == 0
    file = tmp_path / "one.tlog-proof"
    file.write_text(made.stdout, encoding="utf-8")
    word = invoke(ledger_app, ["key", "--keys", str(key_file)]).stdout.strip()
    assert word == verifier_key(keys.origin, keys.public)
    good = invoke(ledger_app, ["check-proof", str(file), "--key", word, "--json"])
    assert good.exit_code == 0
    assert json.loads(good.stdout)["leaf"]["exchange"]["organisation"] == "oakfield"
    stranger = verifier_key(f"{keys.origin}/{HARBOUR}", SIGNER.public_key(), WITNESS)
    unseen = invoke(ledger_app, ["check-proof", str(file), "--key", word, "--witness", stranger])
    assert (unseen.exit_code, "this witness's key" in unseen.stdout) == (1, True)
    file.write_text(made.stdout.replace("index 0", "index 1"), encoding="utf-8")
    bad = invoke(ledger_app, ["check-proof", str(file), "--key", word])
    assert (bad.exit_code, "NOT PROVED" in bad.stdout) == (1, True)
    with closing(Ledger.open(url, keys)) as ledger:
        with ledger.transaction() as tx:
            tx.write(carrier(statements=(Statement("key.shredded", b'{"key":"x"}'),)))
        number(ledger)
    listed = invoke(ledger_app, ["statements", "key.", *options]).stdout
    n, body = listed.split()[0], listed.split()[-1]
    file.write_text(invoke(ledger_app, ["prove", n, *options]).stdout, encoding="utf-8")
    sworn = json.loads(invoke(ledger_app, ["check-proof", str(file), "--key", word, "--json"]).stdout)
    assert sworn["leaf"]["statement"] == {"body": body, "kind": "key.shredded"}
    assert invoke(ledger_app, ["prove", str(int(n) + 1), *options]).exit_code == 2
    assert invoke(ledger_app, ["prove", "00" * 16, *options]).exit_code == 1
    assert invoke(ledger_app, ["prove", "nonsense", *options]).exit_code == 2
    assert invoke(ledger_app, ["check-proof", str(tmp_path / "none"), "--key", word]).exit_code == 2
