"""Texts that wait, and what happens meanwhile: grants end, seals come, exchanges are taken back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from console.poller import Snapshot
from console.reading import Reader
from console.views import page
from console.web.app import Pages
from ledger.shredding import Order, shred, subject_of
from ledger.verify import verify
from sharing.errors import Rejected
from sharing.events import (
    Child,
    ConcernShared,
    InvolvementAction,
    InvolvementChanged,
    MissingAction,
    MissingChanged,
    SealAction,
    SealChanged,
    SealKind,
    StrategyConcluded,
)
from sharing.granting import sign
from sharing.reconciliation.state import Seal
from sharing.vocabulary import Recipient, RecipientKind
from streams.agents import reviewing, text_review
from streams.agents.granting import revoke
from streams.agents.quarantine import kept
from streams.agents.quarantine import let_go as let_go_at_the_door
from streams.agents.recalling import recall, recalls
from streams.agents.text_asking import owner_of
from streams.agents.text_queue import ASKED, LAPSED, unanswered
from tests.ledger.exports import exported
from tests.streams.corridor import CSC, FRIDAY, GP, OAKFIELD, POLICE, Corridor
from tests.streams.families import POSTCODE, ROSA, STREET
from tests.streams.scrub_kit import (
    CONVENED,
    GRAZE,
    facts_at_police,
    let_go,
    notices,
    rung,
    strategy,
    tasks,
    texts,
    told,
    words,
)
from tests.streams.test_grant_laws import SEEDS, enquiry, give, table
from tests.streams.test_grant_laws import asked as grant_asked
from tests.streams.test_review_laws import ELSEWHERE
from tests.streams.test_seal_laws import carries, involve, seal

# ---------------------------------------------------------------- what came between


def test_an_involvement_that_closed_takes_the_text_off_the_queue(waiting):
    waiting.say(
        InvolvementChanged, CSC, ROSA, organisation=GP, function="practice_lead", action=InvolvementAction.CLOSED,
        since=FRIDAY.date(),
    )  # fmt: skip
    assert text_review.waiting(waiting.broker) == []
    with pytest.raises(Rejected, match="may not go any more"):
        text_review.show(waiting.broker, 1)
    waiting.pass_time(FRIDAY + timedelta(days=4))
    assert [w["why"] for w in words(waiting, LAPSED)] == ["NO_LONGER_PERMITTED"]
    assert rung(waiting) == []


def test_what_was_let_go_and_may_not_go_any_more_is_set_aside(waiting):
    shown = text_review.show(waiting.broker, 1)
    following = text_review.release(waiting.broker, 1, "force_duty", "NEEDED_FOR_CARE", shown.seen)
    waiting.send(CSC, waiting.event(
        InvolvementChanged, CSC, ROSA, organisation=GP, function="practice_lead", action=InvolvementAction.CLOSED,
        since=FRIDAY.date(),
    ))  # fmt: skip
    waiting.flow()
    assert following not in {v.exchange for v in waiting.views(GP)}
    assert [w["following"] for w in words(waiting, LAPSED)] == [following]
    assert verify(waiting.ledger).fault is None


def test_without_a_grant_social_cares_facts_do_not_even_wait(corridor):
    strategy(corridor)
    assert (words(corridor), len(corridor.views(POLICE, CONVENED))) == ([], 1)


def test_a_grant_opens_a_text_for_a_person_and_makes_it_not_clear(corridor):
    strategy(corridor)
    give(corridor, grant_asked(corridor, "threshold_facts"))
    corridor.flow()
    assert facts_at_police(corridor) == []
    assert len(corridor.views(POLICE, CONVENED)) == 1, "nothing more goes, so nothing goes twice"
    (one,) = text_review.waiting(corridor.broker)
    assert one.owner == (CSC, "front_door_manager")
    let_go(corridor)
    (facts,) = facts_at_police(corridor)
    assert "her uncle hit her" in facts
    assert "Rosa" not in facts


def test_a_grant_that_ended_leaves_nothing_to_let_go_and_a_new_one_asks_anew(corridor):
    strategy(corridor)
    give(corridor, grant_asked(corridor, "threshold_facts", hours=2))
    corridor.flow()
    seen = text_review.show(corridor.broker, 1).seen
    corridor.pass_time(FRIDAY + timedelta(hours=3))
    with pytest.raises(Rejected, match="may not go any more"):
        text_review.release(corridor.broker, 1, "front_door_manager", "OTHER", seen)
    corridor.pass_time(FRIDAY + timedelta(days=5))
    assert len(words(corridor, LAPSED)) == 1
    give(corridor, grant_asked(corridor, "threshold_facts", hours=6))
    corridor.flow()
    assert [one.number for one in text_review.waiting(corridor.broker)] == [2]
    let_go(corridor, number=2)
    assert len(facts_at_police(corridor)) == 1


# ---------------------------------------------------------------- seals, recalls, the last door


def test_a_late_seal_takes_back_a_text_in_which_its_value_stands_and_nothing_else(corridor):
    """The hiding place was not known to be one when a person read the text."""
    nowhere = Child(
        surname=ROSA.surname, forename=ROSA.forename, birth_date=ROSA.birth_date, nhs_number=ROSA.nhs_number
    )
    involve(corridor, GP, "practice_lead", nowhere)
    told(corridor, nowhere, child_injury="a graze on the knee. they go to the tansy hollow annexe on sundays.")
    assert "tansy hollow annexe" in text_review.show(corridor.broker, 1).scrubbed.text, "nobody knew of it"
    following = let_go(corridor)
    sheltered = replace(nowhere, setting_name="Tansy Hollow Annexe")
    corridor.say(MissingChanged, POLICE, sheltered, action=MissingAction.FOUND)
    corridor.send(CSC, corridor.event(SealChanged, CSC, nowhere, kind=SealKind.ADDRESS, action=SealAction.SET))
    corridor.flow()
    taken = {r.exchange for r in recalls(corridor.broker)}
    assert following in taken
    assert notices(corridor)[0].exchange not in taken
    assert [one.number for one in text_review.waiting(corridor.broker)] == [2], "it is asked about anew"
    assert "tansy" not in text_review.show(corridor.broker, 2).scrubbed.text
    assert [v.organisation for v in tasks(corridor)] == [POLICE, CSC], "who wrote it learns of no seal"


def test_a_text_that_was_taken_back_with_its_event_is_asked_about_again(waiting):
    following = let_go(waiting)
    waiting.send(POLICE, seal(waiting))  # the postcode had gone
    waiting.flow()
    taken = {r.exchange for r in recalls(waiting.broker)}
    assert {notices(waiting)[0].exchange, following} <= taken
    anew = notices(waiting)[-1]
    assert (anew.event.child.postcode, anew.event.child_injury) == (None, None)
    assert len(notices(waiting)) == 3, "one replaces both"
    (again,) = text_review.waiting(waiting.broker)
    assert (again.number, again.exchange) == (2, anew.exchange)
    let_go(waiting, number=2)
    assert [carries(v, POSTCODE) for v in notices(waiting)[3:]] == [[]]
    assert len(texts(waiting)) == 2


def test_that_a_seal_took_a_text_back_is_told_to_the_seals_holder_alone(waiting):
    """Whoever wrote the text and has no clearance must not see that it waits again."""
    let_go(waiting)
    before = [v.wire for v in waiting.views(POLICE)]
    waiting.send(CSC, seal(waiting, by=CSC))
    waiting.flow()
    assert [v.wire for v in waiting.views(POLICE)] == before
    (again,) = text_review.waiting(waiting.broker)
    assert again.owner[0] == CSC
    assert [v.organisation for v in tasks(waiting)] == [POLICE, CSC]
    waiting.pass_time(FRIDAY + timedelta(days=7))
    assert {organisation for organisation, _, _ in rung(waiting)} == {CSC}


def test_who_is_to_have_a_text_does_not_read_it_though_it_holds_the_seal(corridor):
    strategy(corridor, meeting_at=None, threshold_facts="the uncle hit her at the tansy hollow annexe")
    give(corridor, grant_asked(corridor, "threshold_facts", hours=72))
    corridor.flow()
    let_go(corridor)
    corridor.say(MissingChanged, CSC, replace(ROSA, setting_name="Tansy Hollow Annexe"), action=MissingAction.FOUND)
    corridor.say(MissingChanged, POLICE, replace(ROSA, setting_name="Tansy Hollow Annexe"), action=MissingAction.FOUND)
    corridor.send(POLICE, corridor.event(SealChanged, POLICE, ROSA, kind=SealKind.ADOPTION, action=SealAction.SET))
    corridor.flow()
    assert {one.owner[0] for one in text_review.waiting(corridor.broker)} == {CSC}


def test_a_setting_that_must_not_know_is_not_asked_about_its_own_text(corridor):
    event = corridor.event(ConcernShared, OAKFIELD, ROSA, facts="x")
    channel = Seal(SealKind.PERPETRATOR_CHANNEL, FRIDAY, CSC, "front_door", "ab" * 16)
    assert owner_of(event, [], corridor.broker.directory).organisation == OAKFIELD
    manager = Recipient(CSC, "front_door_manager", RecipientKind.FRONT_DOOR_MANAGER)
    assert owner_of(event, [channel], corridor.broker.directory) == manager


def test_that_a_seal_caught_a_text_on_its_way_is_told_to_the_seals_holder_alone(waiting):
    shown = text_review.show(waiting.broker, 1)
    text_review.release(waiting.broker, 1, "force_duty", "NEEDED_FOR_CARE", shown.seen)
    waiting.send(CSC, seal(waiting, by=CSC))
    waiting.flow()
    assert texts(waiting) == []
    assert [v.organisation for v in tasks(waiting)] == [POLICE, CSC]


def operators_page(corridor: Corridor) -> str:
    reader = Reader(corridor.ledger, corridor.broker.directory)
    facts = [reader.read(corridor.now, corridor.now) for _ in range(2)][-1]
    return Pages().whole(Snapshot(1, page(facts, corridor.broker.directory)), again=False)


def test_the_operators_page_is_the_same_bytes_whether_a_late_seal_took_a_text_back_or_not(tmp_path):
    """Nobody acts on the recall nor reads the text again: what that rings is told by clearance alone."""
    pages = []
    for name in ("sealed", "open"):
        (tmp_path / name).mkdir()
        corridor = Corridor(tmp_path / name)
        involve(corridor, GP, "practice_lead")
        told(corridor, key="the same")
        let_go(corridor)
        if name == "sealed":
            corridor.send(CSC, seal(corridor, by=CSC))
            corridor.flow()
            assert len(recalls(corridor.broker)) > 1
        corridor.pass_time(FRIDAY + timedelta(days=4))
        pages.append(operators_page(corridor))
        corridor.close()
    assert "Easthaven" in pages[0]
    assert pages[0] == pages[1]


def test_nothing_is_taken_back_twice(waiting):
    let_go(waiting)
    waiting.send(POLICE, seal(waiting))
    waiting.flow()
    before = len(recalls(waiting.broker))
    waiting.send(CSC, waiting.event(SealChanged, CSC, ROSA, kind=SealKind.S_FLAG, action=SealAction.SET))
    waiting.flow()
    assert len(recalls(waiting.broker)) == before


def test_what_a_late_seal_replaced_is_what_the_text_follows(waiting):
    waiting.send(POLICE, seal(waiting))
    waiting.flow()
    first, anew = notices(waiting)
    assert len(words(waiting, ASKED)) == 1, "it waits already"
    let_go(waiting)
    assert notices(waiting)[-1].event.envelope.in_reply_to == anew.exchange != first.exchange
    assert len(texts(waiting)) == 1


def test_what_a_person_took_back_has_no_text_that_could_go(waiting):
    seen = text_review.show(waiting.broker, 1).seen
    recall(waiting.broker, bytes.fromhex(notices(waiting)[0].exchange), "data-protection-officer", "WRONG_RECIPIENT")
    waiting.flow()
    assert text_review.waiting(waiting.broker) == []
    with pytest.raises(Rejected, match="its event was taken back"):
        text_review.release(waiting.broker, 1, "force_duty", "OTHER", seen)
    waiting.pass_time(FRIDAY + timedelta(days=4))
    assert [w["why"] for w in words(waiting, LAPSED)] == ["RECALLED"]
    assert texts(waiting) == []


def test_who_takes_back_an_exchange_takes_back_the_text_that_followed(waiting):
    following = let_go(waiting)
    first = notices(waiting)[0].exchange
    taken = recall(waiting.broker, bytes.fromhex(first), "data-protection-officer", "WRONG_RECIPIENT")
    assert {one.exchange for one in taken} == {first, following}


def test_a_text_on_its_way_does_not_go_when_its_event_was_taken_back(waiting):
    shown = text_review.show(waiting.broker, 1)
    text_review.release(waiting.broker, 1, "force_duty", "NEEDED_FOR_CARE", shown.seen)
    recall(waiting.broker, bytes.fromhex(notices(waiting)[0].exchange), "data-protection-officer", "WRONG_RECIPIENT")
    waiting.flow()
    assert texts(waiting) == []


def test_a_grant_that_ends_while_the_text_is_on_its_way_lets_nothing_go_a_second_time(corridor, tmp_path):
    """The agreements still give the rest, which has gone: so the exchange is set aside, and waits for nobody."""
    strategy(corridor)
    give(corridor, grant_asked(corridor, "threshold_facts", hours=2))
    corridor.flow()
    seen = text_review.show(corridor.broker, 1).seen
    following = text_review.release(corridor.broker, 1, "front_door_manager", "OTHER", seen)
    corridor.number()
    corridor.now = FRIDAY + timedelta(hours=2)
    corridor.flow()
    assert (facts_at_police(corridor), len(corridor.views(POLICE, CONVENED))) == ([], 1)
    assert [w["following"] for w in words(corridor, LAPSED)] == [following]
    with corridor.ledger.reading() as tx:
        assert tx.session.rows("select 1 from held") == []
    assert exported(corridor.ledger, tmp_path / "export").verify()[0] == 0


def test_a_grant_that_is_revoked_takes_back_the_text_that_went_by_it(corridor):
    strategy(corridor)
    request = grant_asked(corridor, "threshold_facts")
    grant = give(corridor, request)
    corridor.flow()
    following = let_go(corridor)
    assert len(facts_at_police(corridor)) == 1
    signature = sign("revoked", request, SEEDS["hospital"])
    revoke(corridor.broker, grant.grant_id, "hospital", signature, table())
    corridor.flow()
    assert {r.exchange for r in recalls(corridor.broker)} == {following}


def test_a_new_grant_after_one_that_was_revoked_brings_the_same_text_as_another_exchange(corridor):
    """The recipient drops what it was told to delete, so what comes again has another id."""
    strategy(corridor)
    request = grant_asked(corridor, "threshold_facts")
    grant = give(corridor, request)
    corridor.flow()
    first = let_go(corridor)
    revoke(corridor.broker, grant.grant_id, "hospital", sign("revoked", request, SEEDS["hospital"]), table())
    corridor.flow()
    give(corridor, grant_asked(corridor, "threshold_facts", hours=6))
    corridor.flow()
    second = let_go(corridor, number=2)
    seen = {v.exchange: v.event.threshold_facts for v in corridor.views(POLICE, CONVENED) if v.event.threshold_facts}
    assert seen.keys() == {first, second}
    assert seen[first] == seen[second]
    assert verify(corridor.ledger).fault is None


def test_two_texts_of_one_event_are_read_apart_and_the_second_comes_with_the_first(corridor):
    corridor.say(
        InvolvementChanged, CSC, ROSA, organisation=POLICE, function="force_duty", action=InvolvementAction.OPENED,
        since=FRIDAY.date(),
    )  # fmt: skip
    enquiry(corridor)
    corridor.say(StrategyConcluded, CSC, ROSA, reasons="because of the bruise", minutes="everybody came")
    give(corridor, grant_asked(corridor, "reasons", "minutes"))
    corridor.flow()
    first, second = sorted(text_review.waiting(corridor.broker), key=lambda one: one.text.path)
    let_go(corridor, number=first.number)
    let_go(corridor, number=second.number)
    seen = [(v.event.minutes, v.event.reasons) for v in corridor.views(POLICE, "csc.strategy.concluded")]
    assert seen == [(None, None), ("everybody came", None), ("everybody came", "because of the bruise")]


def test_a_record_of_doubtful_identity_waits_and_its_text_is_read_with_what_is_known_of_the_child(corridor):
    involve(corridor, GP, "practice_lead")
    event = told(corridor, ELSEWHERE, child_injury=f"she has a {GRAZE}, seen at {STREET}")
    assert words(corridor) == [], "of whom it is not settled nothing reaches the surgery"
    (doubt,) = reviewing.open_reviews(corridor.broker)
    reviewing.settle(corridor.broker, doubt.number, 1, "front_door_manager")
    corridor.flow()
    let_go(corridor)
    (text,) = texts(corridor)
    assert GRAZE in text
    assert STREET not in text, "the address stands in another record"
    assert not [q for q in corridor.state(event).questions if q.rule == "text-review" and q.is_open]


def test_the_last_door_searches_what_a_person_let_go(waiting, monkeypatch):
    """Whatever the scrubber missed and the reader overlooked: a sealed value does not leave."""
    waiting.send(POLICE, seal(waiting))
    waiting.flow()
    from sharing.redaction.scrub import Scrubbed

    monkeypatch.setattr(text_review, "scrub", lambda text, known: Scrubbed(f"at {STREET}", ()))
    following = let_go(waiting)
    assert following not in {v.exchange for v in notices(waiting)}
    assert following in {k.exchange for k in kept(waiting.broker)}
    let_go_at_the_door(waiting.broker, following, "data-protection-officer", "ANOTHER_MEANING")
    waiting.flow()
    assert f"at {STREET}" in texts(waiting), "somebody with clearance answers for it"


def test_a_forgotten_childs_text_cannot_be_shown_nor_built(waiting):
    shown = text_review.show(waiting.broker, 1)
    following = text_review.release(waiting.broker, 1, "force_duty", "NEEDED_FOR_CARE", shown.seen)
    told(waiting)
    with waiting.ledger.transaction() as tx:
        order = Order("data protection officer, decision 1", "line 1", waiting.now, "tests")
        shred(tx, subject_of(tx, bytes.fromhex(following)), order)
    waiting.destination.sent.clear()
    waiting.restart()
    waiting.flow()
    assert texts(waiting) == []
    assert text_review.waiting(waiting.broker) == []
    with waiting.ledger.reading() as tx:
        assert unanswered(tx) == [], "nor is it told for ever that one waits"
    with pytest.raises(Rejected, match="FORGOTTEN"):
        text_review.show(waiting.broker, 2)
