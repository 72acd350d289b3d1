"""What was decided is handed out for deciding again: each exchange once, with its newest decision, children joined."""

from datetime import timedelta

from ledger import Redecision
from ledger.recorded import recorded
from sharing.vocabulary import Outcome
from tests.ledger.rig import NOW, OUTCOME, a_subject, an_event, carrier, to, write

OTHER = b'{"fields":[]}'


def seen(ledger, since=NOW):
    """(decision, organisation, child) of every exchange."""
    with ledger.reading() as tx:
        found = list(recorded(tx, since))
        bodies = tx.outcomes({one.outcome for one in found})
        return sorted((bodies[one.outcome], tx.organisation(one.organisation), one.child) for one in found)


def test_every_exchange_is_handed_out_once(ledger):
    child = a_subject(ledger)
    write(ledger, an_event("one", child, "oak", "elm"), an_event("two", child, "oak"))
    assert seen(ledger) == [(OUTCOME, "elm", child), (OUTCOME, "oak", child), (OUTCOME, "oak", child)]


def test_what_was_decided_again_counts_once_with_its_newest_decision(ledger):
    child = a_subject(ledger)
    n = write(ledger, an_event("one", child, "oak", "elm"))
    for outcome in (OTHER, b'{"newest":1}'):
        anew = Redecision(n, n, 0, "agreements-2", (to("oak", "one", outcome=outcome, state=Outcome.SUPPRESS),))
        with ledger.transaction() as tx:
            tx.write(carrier(redecisions=(anew,)))
    assert seen(ledger) == [(OUTCOME, "elm", child), (b'{"newest":1}', "oak", child)]


def test_only_what_was_decided_since_then_is_handed_out(ledger):
    child = a_subject(ledger)
    write(ledger, an_event("one", child, "oak"))
    assert seen(ledger, NOW + timedelta(milliseconds=1)) == []
    assert len(seen(ledger, NOW)) == 1


def test_children_who_were_joined_count_as_one(ledger):
    one, other = a_subject(ledger), a_subject(ledger)
    write(ledger, an_event("one", one, "oak"), an_event("two", other, "oak"))
    with ledger.transaction() as tx:
        tx.join_subjects(other, one)
    assert {child for _, _, child in seen(ledger)} == {one}


def test_many_carriers_are_read_in_turn(ledger, monkeypatch):
    child = a_subject(ledger)
    for number in range(7):
        write(ledger, an_event(number, child, "oak"))
    monkeypatch.setattr("ledger.recorded._TOGETHER", 2)
    assert len(seen(ledger)) == 7
