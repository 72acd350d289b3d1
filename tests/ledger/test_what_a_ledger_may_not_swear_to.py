"""Leaves, roots and signatures all agree, and an outsider finds all the same what the ledger may not swear to."""

import json
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ledger import CarrierRows, EventRow, Ledger, Statement
from ledger.shredding import key_ids
from sharing.policy.canonical import canonical
from tests.ledger import exports
from tests.ledger.exports import (
    KEYS,
    VERSION,
    an_event_with,
    approvals,
    decision,
    exported,
    following,
    said,
)
from tests.ledger.rig import NOW, a_subject, number


def sworn(tmp_path: Path, *carriers: CarrierRows, opened: bool = False) -> tuple[int, str]:
    """What the verifier says of a ledger that holds these carriers, each under a checkpoint."""
    tmp_path.mkdir(exist_ok=True)
    with closing(Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}", KEYS)) as ledger:
        a_subject(ledger)
        for one in carriers:
            with ledger.transaction() as tx:
                tx.write(one)
            number(ledger)
        return said(exported(ledger, tmp_path / "export", *([1] if opened else [])))


def later(days: float) -> datetime:
    return NOW + timedelta(days=days)


def at(days: float, *events: EventRow, statements: list[Statement] = ()) -> CarrierRows:
    return CarrierRows(later(days), "engine-1", events, statements=statements)


def told(name: object, version: str = VERSION) -> EventRow:
    outcome = decision(involved=True, sealed=False, agreements=version)
    row = an_event_with(name, 1, "oakfield", outcome=outcome)
    return row._replace(agreements=version)


def test_agreements_that_others_took_the_place_of_give_nothing_any_more(tmp_path: Path):
    second, version = following(later(10))
    good = [at(0, statements=approvals()), at(1, told(1)), at(10, statements=second), at(11, told(2, version))]
    assert sworn(tmp_path / "good", *good)[0] == 0
    status, words = sworn(tmp_path / "bad", *good, at(12, told(3)))
    assert (status, "which were not in force then" in words) == (1, True), words
    early = [at(0, statements=approvals()), at(9, statements=second), at(9.5, told(2, version))]
    status, words = sworn(tmp_path / "early", *early)
    assert (status, "which were not in force then" in words) == (1, True), words


def test_agreements_are_not_put_in_force_for_a_time_that_is_over(tmp_path: Path):
    second, _ = following(later(1))
    status, words = sworn(tmp_path, at(0, statements=approvals()), at(2, told(1)), at(3, statements=second))
    assert (status, "for a time that was over when it was sworn to" in words) == (1, True), words


def test_a_first_set_makes_good_nothing_that_went_before_it(tmp_path: Path):
    status, words = sworn(tmp_path, at(-1, told(1)), at(0, statements=approvals()))
    assert (status, "that nobody had signed by then" in words) == (1, True), words


def test_one_hand_does_not_sign_for_two_offices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(exports.SEEDS, "police", exports.SEEDS["local-authority"])
    status, words = sworn(tmp_path, at(0, statements=approvals()))
    assert (status, "two offices have one key" in words) == (1, True), words


def shredded(key: str, **changed: object) -> Statement:
    body = {"authority": "records manager", "events": 1, "key": key, "schedule": "line 4", "shredded_at": "2026-11-20"}
    return Statement("key.shredded", canonical(body | changed))


def test_a_key_goes_by_an_authority_under_a_schedule_and_never_under_a_hold(tmp_path: Path):
    one, other = "a" * 32, "b" * 32
    held = Statement("legal-hold.placed", canonical({"authority": "inquiry", "of": one}))
    every = Statement("legal-hold.placed", canonical({"authority": "inquiry", "of": "all"}))
    lifted = Statement("legal-hold.lifted", canonical({"authority": "inquiry", "hold": 7}))
    assert sworn(tmp_path / "1", at(0, statements=[held, shredded(other)]))[0] == 0
    assert sworn(tmp_path / "2", at(0, statements=[held, lifted, shredded(one)]))[0] == 0
    for n, statements in enumerate(([held, shredded(one)], [every, shredded(one)])):
        status, words = sworn(tmp_path / f"held{n}", at(0, statements=statements))
        assert (status, "a key was destroyed while a legal hold stood" in words) == (1, True), words
    status, words = sworn(tmp_path / "3", at(0, statements=[shredded(one, authority=" ")]))
    assert (status, "without authority or schedule" in words) == (1, True), words


def test_who_says_that_a_key_is_gone_opens_nothing_with_it(tmp_path: Path):
    good = [at(0, statements=approvals()), at(1, told(1))]
    with closing(Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}", KEYS)) as ledger:
        a_subject(ledger)
        with ledger.transaction() as tx:
            (key,) = key_ids(tx, [1])
        for one in [*good, at(2, statements=[shredded(key)])]:
            with ledger.transaction() as tx:
                tx.write(one)
            number(ledger)
        status, words = said(exported(ledger, tmp_path / "export", 1))
    assert (status, "the key to it is said to be destroyed" in words) == (1, True), words


@pytest.mark.parametrize("body", [b'{"proposal":"x","proposal":"y"}', b'{ "proposal":"x"}', b'"x"', b"[]", b"1e999"])
def test_a_statement_that_can_be_read_in_two_ways_or_in_none_is_found(tmp_path: Path, monkeypatch, body: bytes):
    monkeypatch.setattr("ledger.carriers._is_canonical", lambda _: True)  # a broker that does not look
    status, words = sworn(tmp_path, at(0, statements=[Statement("agreements.activated", body)]))
    assert (status, words.startswith("NOT VERIFIED: carrier 1, row 1: "), words.count("\n")) == (1, True, 0), words


@pytest.mark.parametrize("day", ["0001-01-01T00:00:00+23:59", "never", ""])
def test_an_activation_at_no_time_is_found(tmp_path: Path, day: str):
    found = approvals()
    said_then = json.loads(found[-1].body) | {"at": day}
    status, words = sworn(tmp_path, at(0, statements=[*found[:-1], Statement(found[-1].kind, canonical(said_then))]))
    assert (status, words.count("\n")) == (1, 0), words
