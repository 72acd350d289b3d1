"""A child that was forgotten: what comes later begins anew, nothing that was can be opened, and nobody stands still."""

from datetime import timedelta

import pytest

from ledger.errors import Forgotten
from ledger.shredding import Order, shred
from ledger.verify import verify
from sharing.errors import Rejected
from sharing.events import (
    ConcernShared,
    DomesticAbuseIncidentNotified,
    ReceiptRecorded,
    ReceiptState,
    ReferralDecided,
    ReferralOutcome,
    ReferralSubmitted,
    SealAction,
    SealChanged,
    SealKind,
)
from streams.agents.quarantine import kept, let_go
from streams.agents.reviewing import open_reviews
from tests.streams.corridor import CSC, OAKFIELD, POLICE, Corridor
from tests.streams.families import ROSA, STREET, TOM
from tests.streams.test_seal_laws import everybody_involved, notice, seal

ORDER = "data protection officer, decision 114"


def forget(corridor: Corridor, event) -> int:
    with corridor.ledger.transaction() as tx:
        stored = tx.find(bytes.fromhex(event.envelope.event_id))
        shred(tx, stored.subject, Order(ORDER, "CP-35", corridor.now, "engine"))
        return stored.subject


def subject_of(corridor: Corridor, event) -> int:
    with corridor.ledger.reading() as tx:
        return tx.find(bytes.fromhex(event.envelope.event_id)).subject


def concern(corridor: Corridor, child=ROSA, **more):
    return corridor.event(ConcernShared, OAKFIELD, child, facts="bruises", **more)


def test_a_later_event_about_the_child_begins_a_new_subject_and_reaches_its_recipients(corridor):
    first = corridor.say(ConcernShared, OAKFIELD, ROSA, facts="first")
    gone = forget(corridor, first)
    later = corridor.say(ConcernShared, OAKFIELD, ROSA, facts="later")
    assert subject_of(corridor, later) != gone
    assert [v.event.facts for v in corridor.views(CSC, "school.concern.shared")] == ["first", "later"]
    assert corridor.dead_letters() == []
    corridor.number()
    assert verify(corridor.ledger).fault is None


def test_the_worker_that_had_the_key_open_cannot_open_anything_any_more(corridor):
    event = corridor.say(ConcernShared, OAKFIELD, ROSA, facts="first")
    forget(corridor, event)
    with corridor.ledger.reading() as tx, pytest.raises(Forgotten):
        tx.content(tx.find(bytes.fromhex(event.envelope.event_id)).n)


def test_an_answer_about_a_forgotten_child_is_kept_as_that_of_a_new_one(corridor):
    referral = corridor.say(ReferralSubmitted, OAKFIELD, ROSA, ask="assess", by="safeguarding_lead")
    asked = corridor.one(CSC, "referral.submitted")
    gone = forget(corridor, referral)
    answer = corridor.say(
        ReferralDecided, CSC, ROSA, outcome=ReferralOutcome.ASSESSMENT_REQUIRED, in_reply_to=asked.exchange
    )
    assert subject_of(corridor, answer) != gone
    assert corridor.dead_letters() == []


def test_a_receipt_about_a_forgotten_child_is_kept_and_moves_nothing(corridor):
    referral = corridor.say(ReferralSubmitted, OAKFIELD, ROSA, ask="assess", by="safeguarding_lead")
    asked = corridor.one(CSC, "referral.submitted")
    forget(corridor, referral)
    receipt = corridor.event(
        ReceiptRecorded, CSC, type(ROSA)(), state=ReceiptState.DELIVERED, in_reply_to=asked.exchange
    )
    corridor.send(CSC, receipt)
    with corridor.ledger.reading() as tx:
        assert [r.state for r in tx.receipts([bytes.fromhex(asked.exchange)])] == [ReceiptState.DELIVERED]
    assert corridor.dead_letters() == []


def test_the_same_event_again_is_known_and_no_conflict(corridor):
    event = concern(corridor)
    corridor.send(OAKFIELD, event)
    corridor.flow()
    forget(corridor, event)
    corridor.send(OAKFIELD, event)
    corridor.flow()
    assert len(corridor.views(CSC, "school.concern.shared")) == 1
    assert corridor.dead_letters() == []


def test_what_had_not_left_does_not_leave_and_the_lane_goes_on(corridor):
    first, other = concern(corridor), concern(corridor, TOM)
    corridor.send(OAKFIELD, first, other)
    forget(corridor, first)
    corridor.restart()
    left = corridor.flow()
    assert len([v for v in left if v.organisation == CSC]) == 1
    corridor.say(ConcernShared, OAKFIELD, TOM, facts="behind")
    assert corridor.views(CSC, "school.concern.shared")[-1].event.facts == "behind"


def test_a_referral_that_had_not_left_does_not_hold_up_the_next(corridor):
    first = corridor.event(ReferralSubmitted, OAKFIELD, ROSA, ask="assess", by="safeguarding_lead")
    corridor.send(OAKFIELD, first)
    forget(corridor, first)
    corridor.restart()
    corridor.say(ReferralSubmitted, OAKFIELD, TOM, ask="assess", by="safeguarding_lead")
    assert len(corridor.views(CSC, "referral.submitted")) == 1


def test_clocks_of_a_forgotten_child_do_not_ring(corridor):
    referral = corridor.say(ReferralSubmitted, OAKFIELD, ROSA, ask="assess", by="safeguarding_lead")
    forget(corridor, referral)
    assert corridor.pass_time(corridor.now + timedelta(days=30)) == []


def test_a_seal_on_a_brother_is_taken_in_although_the_sister_was_forgotten(corridor):
    both = [
        corridor.event(
            DomesticAbuseIncidentNotified, POLICE, child, police_reference="EH/26/1", incident_id="inc-1", callback="x"
        )
        for child in (ROSA, TOM)
    ]
    corridor.send(POLICE, *both)
    corridor.flow()
    forget(corridor, both[0])
    seal = corridor.event(SealChanged, POLICE, TOM, kind=SealKind.ADDRESS, action=SealAction.SET)
    corridor.send(POLICE, seal)
    corridor.flow()
    corridor.say(ConcernShared, OAKFIELD, TOM, facts="after the seal")
    assert corridor.views(CSC, "school.concern.shared")[-1].event.facts == "after the seal"
    assert corridor.dead_letters() == []


def test_what_was_set_aside_about_a_forgotten_child_cannot_be_let_go(corridor):
    everybody_involved(corridor)
    corridor.send(POLICE, notice(corridor))
    corridor.send(POLICE, seal(corridor))
    stopped = notice(corridor, police_reference=f"see {STREET}")
    corridor.send(POLICE, stopped)
    corridor.flow()
    (one,) = [k for k in kept(corridor.broker) if k.organisation == OAKFIELD]
    forget(corridor, stopped)
    with pytest.raises(Rejected, match="FORGOTTEN"):
        let_go(corridor.broker, one.exchange, "data-protection-officer", "ANOTHER_MEANING")


def test_what_waits_for_people_goes_on_without_the_forgotten(corridor):
    event = corridor.say(ConcernShared, OAKFIELD, ROSA, facts="first")
    forget(corridor, event)
    assert open_reviews(corridor.broker) == []
