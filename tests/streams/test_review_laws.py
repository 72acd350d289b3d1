"""A person settles whose record it is, once; what waited goes, what must not stand is taken back."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from sharing.errors import Rejected
from sharing.events import (
    DomesticAbuseIncidentNotified,
    InvolvementAction,
    InvolvementChanged,
    MissingAction,
    MissingChanged,
    PlanAction,
    PlanChanged,
    PlanKind,
    ReferralDecided,
    ReferralOutcome,
    ReferralSubmitted,
    SealAction,
    SealChanged,
    SealKind,
)
from sharing.identity import NONE_OF_THEM
from streams.agents import reviewing
from tests.streams.corridor import COMMUNITY, CSC, FRIDAY, GP, OAKFIELD, POLICE, Corridor
from tests.streams.families import CANARIES, POSTCODE, ROSA, ROSA_WITHOUT_PLACE
from tests.streams.test_seal_laws import carries

ELSEWHERE = replace(ROSA_WITHOUT_PLACE, postcode="EH2 9ZZ")
"""Rosa's name and birth date at another place: perhaps she moved, perhaps she is another child."""
MISSING = "police.missing.changed"


def involve(corridor: Corridor, organisation: str, function: str) -> None:
    corridor.say(
        InvolvementChanged, CSC, ROSA, organisation=organisation, function=function, action=InvolvementAction.OPENED,
        since=date(2026, 1, 1),
    )  # fmt: skip


def doubted(corridor: Corridor):
    """A missing child who may be Rosa, whom social care knows; gives the event in doubt."""
    involve(corridor, COMMUNITY, "health_visitor")
    involve(corridor, CSC, "allocated_team")
    return corridor.say(MissingChanged, POLICE, ELSEWHERE, action=MissingAction.MISSING, by="force_duty")


def only(corridor: Corridor) -> reviewing.Asked:
    (asked,) = reviewing.open_reviews(corridor.broker)
    return asked


def test_who_depends_on_the_link_waits_and_the_front_door_does_not(corridor):
    doubted(corridor)
    assert len(corridor.views(CSC, MISSING)) == 1
    assert corridor.views(COMMUNITY) == []


def test_a_reviewer_sees_levels_and_no_value(corridor):
    event = doubted(corridor)
    asked = only(corridor)
    assert (asked.event_type, asked.sender, asked.item.event_id) == (MISSING, POLICE, event.envelope.event_id)
    (shown,) = asked.item.shown
    assert {field: word for field, word, _ in shown.rows}["surname"] == "agrees"
    assert FRIDAY < asked.item.due_by < FRIDAY + timedelta(days=3)
    assert not [secret for secret in CANARIES if secret.lower() in repr(asked).lower()]


def test_joined_what_waited_goes_to_who_is_involved(corridor):
    doubted(corridor)
    done = reviewing.settle(corridor.broker, only(corridor).number, 1, "front_door_manager")
    assert done.state == reviewing.JOINED
    assert done.routed == 2
    corridor.flow()
    corridor.one(COMMUNITY, MISSING)
    assert len(corridor.views(CSC, MISSING)) == 2
    assert reviewing.open_reviews(corridor.broker) == []


def test_apart_what_waited_goes_to_nobody_involved_with_the_other(corridor):
    doubted(corridor)
    done = reviewing.settle(corridor.broker, only(corridor).number, NONE_OF_THEM, "front_door_manager")
    assert (done.state, done.recalled) == (reviewing.APART, 0)
    corridor.flow()
    assert corridor.views(COMMUNITY) == []
    assert reviewing.open_reviews(corridor.broker) == []


@pytest.mark.parametrize("choice", [1, NONE_OF_THEM])
def test_nobody_is_rung_about_a_doubt_that_is_settled(corridor, choice):
    doubted(corridor)
    reviewing.settle(corridor.broker, only(corridor).number, choice, "front_door_manager")
    left = corridor.pass_time(FRIDAY + timedelta(days=4))
    assert "SETTLE_IDENTITY" not in {getattr(v.event, "task", None) for v in left}


def test_a_review_is_decided_once(corridor):
    doubted(corridor)
    number = only(corridor).number
    reviewing.settle(corridor.broker, number, 1, "front_door_manager")
    corridor.flow()
    before = len(corridor.destination.sent)
    with pytest.raises(Rejected, match="ALREADY_DECIDED"):
        reviewing.settle(corridor.broker, number, NONE_OF_THEM, "front_door")
    corridor.flow()
    assert len(corridor.destination.sent) == before


def test_a_choice_that_was_not_shown_changes_nothing(corridor):
    doubted(corridor)
    number = only(corridor).number
    with pytest.raises(Rejected, match="NO_SUCH_CANDIDATE"):
        reviewing.settle(corridor.broker, number, 2, "front_door_manager")
    with pytest.raises(Rejected, match="NO_SUCH_REVIEW"):
        reviewing.settle(corridor.broker, number + 7, 1, "front_door_manager")
    assert only(corridor).number == number


def test_records_lead_to_the_joined_child_from_then_on(corridor):
    doubted(corridor)
    reviewing.settle(corridor.broker, only(corridor).number, 1, "front_door_manager")
    corridor.say(MissingChanged, POLICE, ELSEWHERE, action=MissingAction.FOUND)
    assert reviewing.open_reviews(corridor.broker) == []
    assert [v.event.action for v in corridor.views(COMMUNITY, MISSING)] == [MissingAction.MISSING, MissingAction.FOUND]


def test_registers_of_both_are_held_about_the_one(corridor):
    doubted(corridor)
    planned = corridor.say(
        PlanChanged, CSC, ELSEWHERE, kind=PlanKind.CHILD_PROTECTION, action=PlanAction.STARTED, team="North"
    )
    reviewing.settle(corridor.broker, only(corridor).number, 1, "front_door_manager")
    state = corridor.state(planned)
    assert [p.team for p in state.plans] == ["North"]
    assert {i.organisation for i in state.involvements} == {COMMUNITY, CSC}


def test_a_seal_on_the_child_in_doubt_takes_back_what_the_other_gave_away(corridor):
    involve(corridor, COMMUNITY, "health_visitor")
    corridor.say(MissingChanged, POLICE, ROSA, action=MissingAction.MISSING)
    assert carries(corridor.one(COMMUNITY, MISSING), POSTCODE)
    corridor.say(SealChanged, POLICE, ELSEWHERE, kind=SealKind.ADDRESS, action=SealAction.SET)
    assert corridor.views(COMMUNITY, "correction.issued") == []
    done = reviewing.settle(corridor.broker, only(corridor).number, 1, "front_door_manager")
    assert done.recalled == 2
    corridor.flow()
    assert {v.organisation for v in corridor.views(event_type="correction.issued")} == {COMMUNITY, CSC}
    assert carries(corridor.views(COMMUNITY, MISSING)[-1], POSTCODE) == []


def test_a_seal_after_the_join_closes_what_came_before_it_under_the_other_name(corridor):
    """What stands under the joined child's own stream is judged by the child's registers, before and after it left."""
    doubted(corridor)
    reviewing.settle(corridor.broker, only(corridor).number, 1, "front_door_manager")
    corridor.number()
    opened = {"organisation": GP, "function": "practice_lead", "action": InvolvementAction.OPENED}
    corridor.send(CSC, corridor.event(InvolvementChanged, CSC, ROSA, since=date(2026, 1, 1), **opened))
    sealing = {"kind": SealKind.ADOPTION, "action": SealAction.SET}
    corridor.send(POLICE, corridor.event(SealChanged, POLICE, ROSA, **sealing))
    corridor.flow()
    assert [v.event.envelope.organisation for v in corridor.views(COMMUNITY, MISSING)] == [None]


def test_an_answer_to_the_joined_childs_question_still_answers_it(corridor):
    involve(corridor, CSC, "allocated_team")
    corridor.say(ReferralSubmitted, OAKFIELD, ELSEWHERE, ask="assess", by="safeguarding_lead")
    got = corridor.one(CSC, "referral.submitted")
    reviewing.settle(corridor.broker, only(corridor).number, 1, "front_door_manager")
    corridor.say(ReferralDecided, CSC, ROSA, outcome=ReferralOutcome.ASSESSMENT_REQUIRED, in_reply_to=got.exchange)
    corridor.one(OAKFIELD, "csc.referral.decided")
    assert corridor.pass_time(FRIDAY + timedelta(days=4)) == []


def test_a_second_doubt_about_the_same_child_is_not_asked_twice(corridor):
    doubted(corridor)
    corridor.say(DomesticAbuseIncidentNotified, POLICE, ELSEWHERE, police_reference="EH/26/2", by="force_duty")
    reviewing.settle(corridor.broker, only(corridor).number, 1, "front_door_manager")
    corridor.flow()
    corridor.one(COMMUNITY, "police.da_incident.notified")
    corridor.one(COMMUNITY, MISSING)


def test_name_and_birth_date_alone_are_asked_about_again_and_nothing_is_told_twice(corridor):
    involve(corridor, COMMUNITY, "health_visitor")
    for action in (MissingAction.MISSING, MissingAction.FOUND):
        corridor.say(MissingChanged, POLICE, ROSA_WITHOUT_PLACE, action=action)
    for asked in reviewing.open_reviews(corridor.broker):
        reviewing.settle(corridor.broker, asked.number, 1, "front_door_manager")
    corridor.flow()
    assert {v.event.action for v in corridor.views(COMMUNITY, MISSING)} == {MissingAction.MISSING, MissingAction.FOUND}
    assert len({v.exchange for v in corridor.views()}) == len(corridor.views())


def test_the_ledger_verifies_after_a_join(corridor):
    from ledger.verify import verify

    doubted(corridor)
    reviewing.settle(corridor.broker, only(corridor).number, 1, "front_door_manager")
    corridor.flow()
    assert verify(corridor.ledger).fault is None
