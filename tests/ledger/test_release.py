"""From a written carrier to a sent batch: order, marks, numbers, fences."""

from contextlib import closing

import pytest

from ledger import (
    DuplicateEvents,
    FenceLost,
    Hold,
    LaneClaim,
    Ledger,
    Outbox,
    Redecision,
    resume,
    row_number,
    suspend,
)
from ledger.lanes import lane_states
from sharing.vocabulary import Outcome
from tests.ledger.rig import (
    LONG,
    NOW,
    OUTCOME,
    a_subject,
    an_event,
    an_id,
    carrier,
    claim,
    drain,
    lease,
    mark,
    number,
    ready,
    to,
    write,
)


def names(sent):
    return [(x.event_id, x.organisation, seq) for x, seq in sent]


def held_lanes(ledger, owner="a"):
    outbox = Outbox(owner)
    lease(ledger, outbox)
    return outbox


def test_nothing_is_offered_before_its_leaf_is_under_a_signed_checkpoint(ledger: Ledger):
    write(ledger, an_event(1, a_subject(ledger), "oakfield"))
    outbox = held_lanes(ledger)
    assert ready(ledger, outbox) == {}
    assert number(ledger) == 1
    assert names(drain(ledger, outbox)) == [(an_id("e", 1), "oakfield", 1)]


def test_each_lane_gets_its_own_exchanges_in_order_with_dense_numbers_per_subject(ledger: Ledger):
    one, two = a_subject(ledger), a_subject(ledger)
    write(ledger, an_event(1, one, "oakfield", "police"), an_event(2, two, "oakfield"))
    write(ledger, an_event(3, one, "oakfield"), an_event(4, one, "police"))
    assert number(ledger) == 5
    sent = drain(ledger, held_lanes(ledger))
    of = {org: [(x.event_id, seq) for x, seq in sent if x.organisation == org] for org in ("oakfield", "police")}
    assert of["oakfield"] == [(an_id("e", 1), 1), (an_id("e", 2), 1), (an_id("e", 3), 2)]
    assert of["police"] == [(an_id("e", 1), 1), (an_id("e", 4), 2)]


def test_what_was_sent_is_never_offered_again(ledger: Ledger):
    write(ledger, an_event(1, a_subject(ledger), "oakfield"))
    number(ledger)
    drain(ledger, held_lanes(ledger))
    with ledger.transaction() as tx:
        assert Outbox("b").lease_lanes(tx, NOW + LONG * 2, LONG)
    assert drain(ledger, held_lanes(ledger, "c")) == []


def test_a_crash_after_the_claim_repeats_the_same_numbers(ledger: Ledger):
    subject = a_subject(ledger)
    write(ledger, an_event(1, subject, "oakfield"), an_event(2, subject, "oakfield"))
    number(ledger)
    first = held_lanes(ledger)
    found = ready(ledger, first)
    before = claim(ledger, first, {lane: items[:1] for lane, items in found.items()})
    write(ledger, an_event(3, subject, "oakfield"))
    number(ledger)
    second = Outbox("b")
    with ledger.transaction() as tx:
        second.lease_lanes(tx, NOW + LONG * 2, LONG)
    again = ready(ledger, second)
    assert [(x.exchange_id, x.seq) for items in again.values() for x in items] == list(before.items())
    assert claim(ledger, second, again) == before
    mark(ledger, second, again)
    assert [seq for _, seq in drain(ledger, second)] == [2, 3]


def test_who_lost_the_fence_changes_nothing(ledger: Ledger):
    write(ledger, an_event(1, a_subject(ledger), "oakfield"))
    number(ledger)
    old = held_lanes(ledger)
    found = ready(ledger, old)
    new = Outbox("b")
    with ledger.transaction() as tx:
        assert new.lease_lanes(tx, NOW + LONG * 2, LONG)
    with pytest.raises(FenceLost):
        claim(ledger, old, found)
    assert old.lanes == frozenset()
    claim(ledger, new, ready(ledger, new))
    with pytest.raises(FenceLost):
        mark(ledger, old, found)
    assert len([x for items in ready(ledger, new).values() for x in items]) == 1


def test_a_lease_that_runs_is_not_taken(ledger: Ledger):
    write(ledger, an_event(1, a_subject(ledger), "oakfield"))
    assert len(held_lanes(ledger, "a").lanes) == 1
    assert held_lanes(ledger, "b").lanes == frozenset()


def test_lanes_are_shared_out(ledger: Ledger):
    write(ledger, an_event(1, a_subject(ledger), "oakfield", "harbour", "police"))
    one, two = Outbox("a"), Outbox("b")
    with ledger.transaction() as tx:
        assert len(one.lease_lanes(tx, NOW, LONG, most=2)) == 2
        assert len(two.lease_lanes(tx, NOW, LONG)) == 1
    with ledger.transaction() as tx:
        one.give_back(tx)
    with ledger.transaction() as tx:
        assert len(two.lease_lanes(tx, NOW, LONG)) == 3


def test_withheld_and_held_exchanges_do_not_leave_but_do_not_stop_the_lane(ledger: Ledger):
    subject = a_subject(ledger)
    suppressed = an_event(1, subject)._replace(exchanges=(to("oakfield", 1, state=Outcome.SUPPRESS),))
    waiting = to("oakfield", 2, state=Outcome.HOLD, hold=Hold("LINK_OPEN", NOW + LONG))
    event = an_event(2, subject)._replace(exchanges=(waiting,))
    write(ledger, suppressed, event, an_event(3, subject, "oakfield"))
    assert number(ledger) == 3
    assert [x.event_id for x, _ in drain(ledger, held_lanes(ledger))] == [an_id("e", 3)]
    with ledger.reading() as tx:
        (held,) = tx.held_of([subject])
        assert (held.exchange_id, held.organisation, held.reason) == (waiting.exchange_id, "oakfield", "LINK_OPEN")
        assert tx.held_due(NOW, 10) == []
        assert [h.exchange_id for h in tx.held_due(NOW + LONG, 10)] == [waiting.exchange_id]


def test_what_was_held_leaves_later_in_a_place_of_its_own(ledger: Ledger):
    subject = a_subject(ledger)
    waiting = to("oakfield", 1, state=Outcome.HOLD, hold=Hold("LINK_OPEN", NOW))
    n = write(ledger, an_event(1, subject)._replace(exchanges=(waiting,)), an_event(2, subject, "oakfield"))
    number(ledger)
    outbox = held_lanes(ledger)
    drain(ledger, outbox)
    with ledger.transaction() as tx:
        assert tx.release_held([waiting.exchange_id]) == 1
        tx.write(carrier(redecisions=(Redecision(n, None, 3, "agreements-2", (to("oakfield", 1),)),)))
    assert ready(ledger, outbox) == {}
    number(ledger)
    ((x, seq),) = drain(ledger, outbox)
    assert (x.event_n, x.exchange_id, x.register_head, x.agreements, seq) == (
        n,
        waiting.exchange_id,
        3,
        "agreements-2",
        2,
    )


def test_a_lane_stands_until_what_was_decided_anew_is_numbered(ledger: Ledger):
    subject = a_subject(ledger)
    n = write(ledger, an_event(1, subject, "oakfield", "police"), an_event(2, subject, "oakfield"))
    number(ledger)
    outbox = held_lanes(ledger)
    head = next(x for items in ready(ledger, outbox).values() for x in items if x.organisation == "oakfield")
    anew = to("oakfield", 1, outcome=b'{"fields":[]}')
    with ledger.transaction() as tx:
        outbox.redecide(tx, carrier(redecisions=(Redecision(n, head.n, 9, "agreements-2", (anew,)),)))
    assert {x.organisation for items in ready(ledger, outbox).values() for x in items} == {"police"}
    number(ledger)
    sent = [x for x, _ in drain(ledger, outbox) if x.organisation == "oakfield"]
    assert [(x.event_id, x.register_head) for x in sent] == [(an_id("e", 1), 9), (an_id("e", 2), 0)]
    with ledger.reading() as tx:
        assert tx.outcomes([sent[0].outcome]) == {sent[0].outcome: b'{"fields":[]}'}


def test_a_second_thought_may_suppress(ledger: Ledger):
    subject = a_subject(ledger)
    n = write(ledger, an_event(1, subject, "oakfield"), an_event(2, subject, "oakfield"))
    number(ledger)
    outbox = held_lanes(ledger)
    anew = to("oakfield", 1, state=Outcome.SUPPRESS)
    with ledger.transaction() as tx:
        outbox.redecide(tx, carrier(redecisions=(Redecision(n, n, 9, "agreements-1", (anew,)),)))
    number(ledger)
    assert names(drain(ledger, outbox)) == [(an_id("e", 2), "oakfield", 1)]


def test_a_second_thought_about_a_claimed_batch_keeps_its_number(ledger: Ledger):
    subject = a_subject(ledger)
    n = write(ledger, an_event(1, subject, "oakfield"))
    number(ledger)
    outbox = held_lanes(ledger)
    claim(ledger, outbox, ready(ledger, outbox))
    anew = to("oakfield", 1, outcome=b'{"fields":[]}')
    with ledger.transaction() as tx:
        outbox.redecide(tx, carrier(redecisions=(Redecision(n, n, 9, "agreements-1", (anew,)),)))
    assert ready(ledger, outbox) == {}
    number(ledger)
    found = ready(ledger, outbox)
    ((x,),) = found.values()
    assert (x.seq, x.register_head) == (1, 9)
    claim(ledger, outbox, found)
    with ledger.reading() as tx:
        (told,) = tx.released_of(subject)
        assert tx.outcomes([told.outcome])[told.outcome] == b'{"fields":[]}'


def test_only_the_holder_of_a_lane_decides_anew_in_it(ledger: Ledger):
    n = write(ledger, an_event(1, a_subject(ledger), "oakfield"))
    rows = carrier(redecisions=(Redecision(n, n, 9, "agreements-1", (to("oakfield", 1),)),))
    with pytest.raises(FenceLost), ledger.transaction() as tx:
        Outbox("nobody").redecide(tx, rows)


def test_a_suspended_lane_stops_alone_and_goes_on_where_it_stood(ledger: Ledger):
    subject = a_subject(ledger)
    write(ledger, an_event(1, subject, "oakfield", "police"))
    number(ledger)
    outbox = held_lanes(ledger)
    with ledger.transaction() as tx:
        suspend(tx, tx.lane_of("oakfield"), "topic out.schools.oakfield is missing")
    assert [x.organisation for x, _ in drain(ledger, outbox)] == ["police"]
    with ledger.transaction() as tx:
        states = {s.organisation: s.suspended for s in lane_states(tx)}
        assert states == {"oakfield": "topic out.schools.oakfield is missing", "police": ""}
        resume(tx, tx.lane_of("oakfield"))
    assert [x.organisation for x, _ in drain(ledger, outbox)] == ["oakfield"]


def test_a_lane_far_behind_does_not_hold_up_the_others(ledger: Ledger):
    subject = a_subject(ledger)
    write(ledger, an_event("first", subject, "slow", "quick"))
    number(ledger)
    outbox = held_lanes(ledger)
    with ledger.transaction() as tx:
        slow = tx.lane_of("slow")
        suspend(tx, slow, "away")
    for i in range(20):
        write(ledger, an_event(i, subject, "slow", "quick"))
    number(ledger)
    drain(ledger, outbox, limit=1)
    with ledger.transaction() as tx:
        resume(tx, slow)
    write(ledger, an_event("last", subject, "quick"))
    number(ledger)
    found = ready(ledger, outbox, limit=1)
    assert {x.organisation for items in found.values() for x in items} == {"slow", "quick"}
    assert len(drain(ledger, outbox, limit=1)) == 22


def test_a_lane_without_work_costs_no_second_reading(ledger: Ledger, monkeypatch: pytest.MonkeyPatch):
    subject = a_subject(ledger)
    write(ledger, an_event(0, subject, "busy", "idle"))
    number(ledger)
    outbox = held_lanes(ledger)
    drain(ledger, outbox)
    import ledger.outbox as room

    read = []
    real = room.stretch
    monkeypatch.setattr(room, "stretch", lambda *a: read.append(real(*a)) or read[-1])
    for i in range(1, 100):
        write(ledger, an_event(i, subject, "busy"))
        number(ledger)
        drain(ledger, outbox)
    rows = sum(len(part.rows) for part in read)
    assert rows <= 2 * 99, f"read {rows} rows for 99 events: the idle lane drags the busy one back"
    with ledger.reading() as tx:
        assert {s.organisation: s.upto.ordinal > 64 for s in lane_states(tx)} == {"busy": True, "idle": True}


def test_a_new_organisation_does_not_read_all_of_history(ledger: Ledger, monkeypatch: pytest.MonkeyPatch):
    subject = a_subject(ledger)
    for i in range(10):
        write(ledger, an_event(i, subject, "oakfield"))
        number(ledger)
    outbox = held_lanes(ledger)
    drain(ledger, outbox)
    write(ledger, an_event("new", subject, "little-acorns"))
    number(ledger)
    lease(ledger, outbox)
    with ledger.reading() as tx:
        assert next(s for s in lane_states(tx) if s.organisation == "little-acorns").upto.ordinal == 11
    assert names(drain(ledger, outbox)) == [(an_id("e", "new"), "little-acorns", 1)]


def test_a_referral_leaves_before_it_is_numbered_and_once(ledger: Ledger):
    subject = a_subject(ledger)
    write(ledger, an_event(1, subject)._replace(exchanges=(to("social-care", 1, express=True), to("police", 1))))
    outbox = held_lanes(ledger)
    with ledger.reading() as tx:
        found = outbox.express_rows(tx)
    assert [(x.organisation, x.seq) for x in found] == [("social-care", None)]
    with ledger.transaction() as tx:
        seqs = outbox.claim_express(tx, found, NOW)
    with ledger.reading() as tx:
        (again,) = outbox.express_rows(tx)
    assert again.seq == seqs[again.exchange_id] == 1
    with ledger.transaction() as tx:
        assert outbox.claim_express(tx, [again], NOW) == seqs
        outbox.mark_express(tx, [again], NOW)
        assert outbox.express_rows(tx) == []
    number(ledger)
    assert [x.organisation for x, _ in drain(ledger, outbox)] == ["police"]
    write(ledger, an_event(2, subject, "social-care"))
    number(ledger)
    assert [seq for _, seq in drain(ledger, outbox)] == [2]


def test_who_received_what_is_known_from_the_claim_on(ledger: Ledger):
    subject, other = a_subject(ledger), a_subject(ledger)
    write(ledger, an_event(1, subject, "oakfield", "police"), an_event(2, other, "oakfield"))
    write(ledger, an_event(3, subject)._replace(exchanges=(to("social-care", 3, express=True),)))
    number(ledger)
    outbox = held_lanes(ledger)
    with ledger.transaction() as tx:
        suspend(tx, tx.lane_of("police"), "away")
        assert tx.released_of(subject) == []
        outbox.claim_express(tx, outbox.express_rows(tx), NOW)
    claim(ledger, outbox, ready(ledger, outbox))
    with ledger.reading() as tx:
        told = tx.released_of(subject)
        assert [(r.organisation, r.seq, r.at) for r in told] == [("oakfield", 1, NOW), ("social-care", 1, NOW)]
        assert {bytes(v) for v in tx.outcomes({r.outcome for r in told}).values()} == {OUTCOME}


def test_a_repeated_event_spends_the_transaction_and_is_filtered(ledger: Ledger):
    subject = a_subject(ledger)
    n = write(ledger, an_event(1, subject, "oakfield"))
    with pytest.raises(DuplicateEvents), ledger.transaction() as tx:  # noqa: PT012 - the whole transaction fails
        tx.new_subject()
        tx.write(carrier(an_event(1, subject, "oakfield"), an_event(2, subject, "oakfield")))
    with ledger.transaction() as tx:
        assert tx.seen([an_id("e", 1), an_id("e", 2)]) == {an_id("e", 1): n}
        assert tx.same_content(an_id("e", 1), b"content of 1")
        assert not tx.same_content(an_id("e", 1), b"other content")
        assert not tx.same_content(an_id("e", 2), b"content of 2")
        tx.write(carrier(an_event(2, subject, "oakfield")))
    assert number(ledger) == 2


def test_one_carrier_never_holds_an_event_twice(ledger: Ledger):
    subject = a_subject(ledger)
    with pytest.raises(DuplicateEvents) as fault, ledger.transaction() as tx:
        tx.write(carrier(an_event(1, subject), an_event(1, subject)))
    assert fault.value.event_ids == (an_id("e", 1),)


def test_what_the_layout_cannot_hold_is_refused(ledger: Ledger):
    subject = a_subject(ledger)
    held = an_event(1, subject)._replace(exchanges=(to("oakfield", 1, state=Outcome.HOLD),))
    for rows in (carrier(), carrier(held), carrier(*(an_event(i, subject) for i in range(4097)))):
        with pytest.raises(ValueError, match=r"carrier|held"), ledger.transaction() as tx:
            tx.write(rows)


def test_a_full_carrier_keeps_its_order(ledger: Ledger):
    subject = a_subject(ledger)
    with ledger.transaction() as tx:
        first = tx.write(carrier(*(an_event(i, subject, "oakfield") for i in range(4096))))
        second = tx.write(carrier(an_event("after", subject, "oakfield")))
    assert row_number(first, 4095) < row_number(second, 0)
    number(ledger)
    assert [seq for _, seq in drain(ledger, held_lanes(ledger))] == list(range(1, 4098))


def test_a_lane_may_pass_over_what_is_not_to_be_sent(ledger: Ledger):
    subject = a_subject(ledger)
    write(ledger, an_event(1, subject, "oakfield"), an_event(2, subject, "oakfield"))
    number(ledger)
    outbox = held_lanes(ledger)
    ((lane, items),) = ready(ledger, outbox).items()
    with ledger.transaction() as tx:
        assert outbox.claim(tx, [LaneClaim(lane, [], items[0].mark)], NOW) == {}
    assert names(drain(ledger, outbox)) == [(an_id("e", 2), "oakfield", 1)]


def test_only_what_is_decided_to_be_delivered_is_claimed(ledger: Ledger):
    n = write(ledger, an_event(1, a_subject(ledger))._replace(exchanges=(to("social-care", 1, express=True),)))
    outbox = held_lanes(ledger)
    anew = to("social-care", 1, state=Outcome.SUPPRESS)
    with ledger.transaction() as tx:
        outbox.redecide(tx, carrier(redecisions=(Redecision(n, n, 1, "agreements-1", (anew,)),)))
        (item,) = outbox.express_rows(tx)
        with pytest.raises(ValueError, match="DELIVER"):
            outbox.claim_express(tx, [item], NOW)
        outbox.mark_express(tx, [item], NOW)
        assert outbox.express_rows(tx) == []


def test_a_lane_claims_nothing_new_before_its_batch_is_marked(ledger: Ledger):
    subject = a_subject(ledger)
    write(ledger, an_event(1, subject, "oakfield"), an_event(2, subject, "oakfield"))
    number(ledger)
    outbox = held_lanes(ledger)
    found = ready(ledger, outbox)
    claim(ledger, outbox, {lane: items[:1] for lane, items in found.items()})
    with pytest.raises(ValueError, match="marked sent"):
        claim(ledger, outbox, found)


def test_locks_of_different_tokens_are_different(postgres_url: str, keys):
    with closing(Ledger.open(postgres_url, keys)) as one, closing(Ledger.open(postgres_url, keys)) as two:
        query = "select count(*) from pg_locks where locktype = 'advisory' and granted and database ="
        query += " (select oid from pg_database where datname = current_database())"
        with one.transaction() as tx, two.transaction() as other:
            tx.lock([b"subject 1", b"subject 2"])
            other.lock([b"subject 3"])
            assert tx.session.one(query) == (3,)
