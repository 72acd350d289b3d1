"""Witnesses are believed by the key they were first seen with, over checkpoints of this ledger, and no further."""

import json
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer.testing import CliRunner

from ledger import Keys, Ledger, newest
from ledger.cli import ledger_app
from ledger.keys import create
from ledger.publishing import mark_published, to_publish
from ledger.verify import verify
from ledger.witnesses import Heard, forgive, hear, states, witnessed
from sharing.transparency.notes import WITNESS, Checkpoint, cosign, cosignature_line, is_cosigned, verifier_key
from sharing.transparency.tree import is_consistent
from tests.ledger.rig import NOW, a_subject, an_event, number, write

HARBOUR = "harbour-academy"
SIGNER = Ed25519PrivateKey.from_private_bytes(b"\3" * 32)
AT = int(NOW.timestamp())


def grow(ledger: Ledger, *names: object) -> Checkpoint:
    subject = a_subject(ledger)
    write(ledger, *(an_event(name, subject, "oakfield") for name in names))
    number(ledger)
    with ledger.reading() as tx:
        return newest(tx).checkpoint


def says(
    ledger: Ledger, point: Checkpoint, at: int = AT, signer: Ed25519PrivateKey = SIGNER, who: str = HARBOUR
) -> Heard:
    name = f"{ledger.keys.origin}/{who}"
    text = f"{point.body().decode()}\n{cosignature_line(name, cosign(point, at, signer), signer.public_key())}"
    with ledger.transaction() as tx:
        return hear(tx, who, (text, verifier_key(name, signer.public_key(), WITNESS)), NOW, "engine-1")


def test_a_cosignature_is_kept_and_the_ledger_swears_to_its_key(ledger: Ledger):
    point = grow(ledger, 1, 2)
    assert says(ledger, point) is Heard.KEPT
    assert says(ledger, point) is Heard.OLDER, "said twice is said once"
    with ledger.reading() as tx:
        (state,) = states(tx)
        assert (state.organisation, state.size, state.at, state.refusal) == (HARBOUR, 2, NOW, "")
        ((who, _, added),) = witnessed(tx, 2)
        assert who == HARBOUR
        assert is_cosigned(point, added, SIGNER.public_key())
        (sworn,) = tx.statements("witness.enrolled")
        assert json.loads(sworn.body) == {"key": state.verifier_key, "organisation": HARBOUR}
    number(ledger)
    assert verify(ledger).fault is None


def test_one_cosignature_a_day_is_kept_the_last(ledger: Ledger):
    points = [grow(ledger, i) for i in range(3)]
    says(ledger, points[0], AT)
    says(ledger, points[1], AT + 30)
    says(ledger, points[2], AT + int(timedelta(days=1).total_seconds()))
    with ledger.reading() as tx:
        rows = tx.session.rows("select size from cosignature order by day")
    assert [size for (size,) in rows] == [2, 3]


def test_another_key_than_the_first_accuses_until_a_person_has_looked(ledger: Ledger):
    point = grow(ledger, 1)
    other = Ed25519PrivateKey.from_private_bytes(b"\4" * 32)
    assert says(ledger, point) is Heard.KEPT
    assert says(ledger, point, AT + 9, other) is Heard.OTHER_KEY
    with ledger.transaction() as tx:
        assert [s.refusal for s in states(tx)] == ["OTHER_KEY"]
        assert forgive(tx, HARBOUR)
    assert says(ledger, point, AT + 10, other) is Heard.KEPT


def test_a_tree_that_this_ledger_never_had_is_an_accusation(ledger: Ledger):
    point = grow(ledger, 1)
    assert says(ledger, point) is Heard.KEPT
    for wrong in (Checkpoint(point.origin, 1, b"\7" * 32), Checkpoint(point.origin, 99, point.root)):
        assert says(ledger, wrong, AT + 9) is Heard.OTHER_TREE
    with ledger.transaction() as tx:
        assert [s.refusal for s in states(tx)] == ["OTHER_TREE"]
        assert forgive(tx, HARBOUR)
        assert not forgive(tx, HARBOUR)


@pytest.mark.parametrize("text", ["", "nonsense", "refused", "\0"])
def test_whatever_a_witness_writes_nothing_breaks(ledger: Ledger, text: str):
    grow(ledger, 1)
    with ledger.transaction() as tx:
        assert hear(tx, HARBOUR, (text, "no key"), NOW, "engine-1") in (Heard.UNREADABLE, Heard.REFUSED)


def test_nobody_signs_in_anothers_name(ledger: Ledger):
    point = grow(ledger, 1)
    name = f"{ledger.keys.origin}/oakfield-primary"
    text = f"{point.body().decode()}\n{cosignature_line(name, cosign(point, AT, SIGNER), SIGNER.public_key())}"
    with ledger.transaction() as tx:
        said = (text, verifier_key(name, SIGNER.public_key(), WITNESS))
        assert hear(tx, HARBOUR, said, NOW, "engine-1") is Heard.UNREADABLE


def test_a_refusal_is_kept(ledger: Ledger):
    says(ledger, grow(ledger, 1))
    with ledger.transaction() as tx:
        assert hear(tx, HARBOUR, ("refused FORKED\n", ""), NOW, "engine-1") is Heard.REFUSED
        assert [s.refusal for s in states(tx)] == ["FORKED"]


@pytest.mark.parametrize(
    "sql",
    [
        "update cosignature set at = at + 1",
        "update cosignature set size = 2",
        "update cosignature set size = 77",
        "update witness set verifier_key = 'x'",
        "delete from witness",
    ],
)
def test_a_changed_cosignature_does_not_verify(ledger: Ledger, sql: str):
    says(ledger, grow(ledger, 1))
    grow(ledger, 2)
    number(ledger)
    assert verify(ledger).fault is None
    with ledger.transaction() as tx:
        assert tx.session.run(sql) == 1
    assert verify(ledger).fault is not None


def test_each_published_checkpoint_comes_with_the_step_from_the_one_before(ledger: Ledger):
    first = grow(ledger, 1, 2, 3)
    with ledger.transaction() as tx:
        assert to_publish(tx)[1] == {}
        mark_published(tx, first.size)
        assert to_publish(tx)[1] == {}, "nothing grew"
    second = grow(ledger, 4, 5)
    with ledger.transaction() as tx:
        found, steps = to_publish(tx)
        assert found.checkpoint == second
        assert is_consistent(3, 5, steps[3], first.root, second.root)
        mark_published(tx, second.size)


def test_the_command_says_who_witnesses_and_who_refuses(tmp_path: Path):
    key_file, url = tmp_path / "keys.json", f"sqlite:///{tmp_path / 'ledger.db'}"
    keys: Keys = create(key_file, "crosswalk/easthaven")
    options = ["--database", url, "--keys", str(key_file)]
    invoke = CliRunner().invoke
    with closing(Ledger.open(url, keys)) as ledger:
        says(ledger, grow(ledger, 1, 2))
        good = invoke(ledger_app, ["witnesses", *options])
        assert (good.exit_code, "harbour-academy" in good.stdout, "2 leaves" in good.stdout) == (0, True, True)
        with ledger.transaction() as tx:
            hear(tx, HARBOUR, ("refused FORKED", ""), NOW, "engine-1")
    bad = invoke(ledger_app, ["witnesses", *options, "--json"])
    assert (bad.exit_code, json.loads(bad.stdout)["witnesses"][0]["refusal"]) == (1, "FORKED")
    assert invoke(ledger_app, ["witnesses", *options, "--looked-at", HARBOUR]).exit_code == 0
    assert invoke(ledger_app, ["witnesses", *options, "--looked-at", HARBOUR]).exit_code == 1
