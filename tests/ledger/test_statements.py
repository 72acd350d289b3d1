"""What the ledger swears to beside events: one leaf each, in its place, found when it was changed."""

import json
from contextlib import closing
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import Ledger, Outbox, Redecision, Statement, newest, row_number
from ledger.leaf import carrier_part, statement_part
from ledger.packing import to_ms
from ledger.verify import verify
from sharing.policy.canonical import canonical
from sharing.transparency.tree import leaf_hash, root
from tests.ledger.rig import NOW, a_subject, an_event, carrier, drain, lease, number, to


def say(kind: str, **body: object) -> Statement:
    return Statement(kind, canonical(body))


def swear(ledger: Ledger, *statements: Statement) -> int:
    with ledger.transaction() as tx:
        return tx.write(carrier(statements=statements))


@given(st.text(min_size=1, max_size=20), st.text(min_size=1, max_size=20), st.binary(max_size=40))
def test_the_leaf_of_a_statement_is_canonical_json_and_holds_the_hash_of_its_body(engine, kind, body):
    raw = carrier_part(7, engine) + statement_part(kind, body)
    document = json.loads(raw)
    assert json.dumps(document, sort_keys=True, separators=(",", ":")).encode() == raw
    assert document["statement"] == {"body": sha256(body).hexdigest(), "kind": kind}


def test_a_statement_is_a_leaf_of_the_tree(ledger: Ledger):
    one, two = say("grant.given", days=3), say("grant.revoked", why="over")
    swear(ledger, one, two)
    assert number(ledger) == 2
    part = carrier_part(to_ms(NOW), "engine-1")
    leaves = [leaf_hash(part + statement_part(*each)) for each in (one, two)]
    with ledger.reading() as tx:
        assert newest(tx).checkpoint.root == root(leaves)
    verdict = verify(ledger)
    assert (verdict.fault, verdict.leaves) == (None, 2)


def test_statements_stand_behind_events_and_later_decisions_of_their_carrier(ledger: Ledger):
    subject = a_subject(ledger)
    with ledger.transaction() as tx:
        n = row_number(tx.write(carrier(an_event(1, subject, "oakfield"))), 0)
    anew = Redecision(n, n, 1, "agreements-2", (to("oakfield", 1),))
    with ledger.transaction() as tx:
        events = (an_event(2, subject, "police"),)
        held = tx.write(carrier(*events, redecisions=(anew,), statements=(say("recall.begun", x=1),)))
    number(ledger)
    with ledger.reading() as tx:
        (found,) = tx.statements("recall.")
    assert found.n == row_number(held, 2)
    assert (found.kind, json.loads(found.body), found.decided_at) == ("recall.begun", {"x": 1}, NOW)
    assert verify(ledger).fault is None


def test_statements_are_found_by_how_their_kind_begins_in_the_order_of_the_tree(ledger: Ledger):
    swear(ledger, say("agreements.proposed", v=1), say("grant.given", v=1))
    swear(ledger, say("agreements.approved", v=1))
    number(ledger)
    swear(ledger, say("agreements.activated", v=1))
    with ledger.reading() as tx:
        found = tx.statements("agreements.")
        assert [s.kind.partition(".")[2] for s in found] == ["proposed", "approved", "activated"]
        assert [s.ordinal for s in found] == [1, 2, None]
        assert len(tx.statements("")) == 4
        assert tx.statements("agreements.%") == tx.statements("nothing") == []


@pytest.mark.parametrize(
    "statement",
    [
        Statement("grant", b"{}"),
        Statement("Grant.given", b"{}"),
        Statement("grant.given.", b"{}"),
        Statement("grant.given", b"not json"),
        Statement("grant.given", b"[]"),
        Statement("grant.given", b'{"b": 1}'),
        Statement("grant.given", b'{"b":1,"a":2}'),
        Statement("grant.given", b'{"a":1,"a":1}'),
        Statement("grant.given", b"\xff"),
    ],
)
def test_a_statement_that_others_could_not_write_the_same_way_is_refused(ledger: Ledger, statement: Statement):
    with pytest.raises(ValueError, match="canonical"):
        swear(ledger, statement)


@pytest.mark.parametrize(
    "sql",
    [
        "update statement set body = (select s.body from statement s where s.n = 8192) where n = 4096",
        "update statement set kind = (select id from word where text = 'grant.given') where n = 4096",
        "update statement set n = n + 1 where n = 4097",
        "update statement set n = 99999999 where n = 4097",
        "delete from statement where n = 4097",
        "update carrier set n = 1 where id = 1",
    ],
)
def test_a_changed_moved_or_removed_statement_is_found(ledger: Ledger, url: str, sql: str):
    swear(ledger, say("legal-hold.placed", of="all"), say("legal-hold.lifted", of="all"))
    swear(ledger, say("grant.given", days=3))
    number(ledger)
    assert verify(ledger).fault is None
    with ledger.transaction() as tx:
        assert tx.session.run(sql) == 1
    with closing(Ledger.open(url, ledger.keys)) as fresh:
        assert verify(fresh).fault is not None


def test_lanes_go_on_past_a_carrier_of_statements_alone(ledger: Ledger):
    subject, outbox = a_subject(ledger), Outbox("tests")
    with ledger.transaction() as tx:
        tx.write(carrier(an_event(1, subject, "oakfield")))
    swear(ledger, say("grant.given", days=3))
    with ledger.transaction() as tx:
        tx.write(carrier(an_event(2, subject, "oakfield")))
    number(ledger)
    lease(ledger, outbox)
    assert [seq for _, seq in drain(ledger, outbox)] == [1, 2]
