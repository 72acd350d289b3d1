"""Children whose record is not one line: a closed case, a school move, a child not yet born, an adoption."""

from dataclasses import replace
from datetime import date, timedelta

from sharing.events import (
    Child,
    ConcernShared,
    InvolvementAction,
    InvolvementChanged,
    MissingAction,
    MissingChanged,
    PlanAction,
    PlanChanged,
    PlanKind,
    RegistrationChanged,
    RegistrationKind,
    SealAction,
    SealChanged,
    SealKind,
)
from streams.agents import reviewing
from tests.streams.corridor import COMMUNITY, CSC, FRIDAY, HARBOUR, OAKFIELD, POLICE, TRUST, Corridor
from tests.streams.families import ROSA
from tests.streams.test_seal_laws import carries, involve, notice, seal

MISSING = "police.missing.changed"
NOTICE = "police.da_incident.notified"


def end(corridor: Corridor, organisation: str, function: str, child: Child = ROSA) -> None:
    closed = {"organisation": organisation, "function": function, "action": InvolvementAction.CLOSED}
    corridor.say(InvolvementChanged, CSC, child, **closed)


def subject_of(corridor: Corridor, event) -> int:
    with corridor.ledger.reading() as tx:
        return tx.find(bytes.fromhex(event.envelope.event_id)).subject


# ---------------------------------------------------------------- closed involvement


def test_a_late_event_of_a_closed_episode_is_not_delivered_when_a_new_one_opens(corridor):
    involve(corridor, COMMUNITY, "health_visitor")
    corridor.now = FRIDAY + timedelta(days=10)
    end(corridor, COMMUNITY, "health_visitor")
    corridor.now = FRIDAY + timedelta(days=20)
    corridor.say(
        InvolvementChanged, CSC, ROSA, organisation=COMMUNITY, function="health_visitor",
        action=InvolvementAction.OPENED, since=corridor.now.date(),
    )  # fmt: skip
    late = corridor.event(MissingChanged, POLICE, ROSA, action=MissingAction.MISSING)
    late = replace(late, envelope=replace(late.envelope, occurred_at=FRIDAY + timedelta(days=5)))
    corridor.send(POLICE, late)
    corridor.flow()
    assert corridor.views(COMMUNITY, MISSING) == []
    corridor.say(MissingChanged, POLICE, ROSA, action=MissingAction.MISSING)
    corridor.one(COMMUNITY, MISSING)


def test_an_involvement_closed_before_the_claim_stops_what_waits_until_a_new_one_is_opened(corridor):
    involve(corridor, COMMUNITY, "health_visitor")
    corridor.send(POLICE, corridor.event(MissingChanged, POLICE, ROSA, action=MissingAction.MISSING))
    corridor.number()
    corridor.now += timedelta(hours=1)
    end(corridor, COMMUNITY, "health_visitor")
    assert corridor.views(COMMUNITY, MISSING) == []
    corridor.now += timedelta(days=3)
    corridor.say(
        InvolvementChanged, CSC, ROSA, organisation=COMMUNITY, function="health_visitor",
        action=InvolvementAction.OPENED, since=corridor.now.date(),
    )  # fmt: skip
    assert len(corridor.views(COMMUNITY, MISSING)) == 1


# ---------------------------------------------------------------- school move


def moved(corridor: Corridor) -> Child:
    """Rosa leaves Oakfield for Harbour; gives her as she is recorded there."""
    involve(corridor, OAKFIELD, "safeguarding_lead")
    corridor.send(POLICE, seal(corridor))
    corridor.send(POLICE, notice(corridor))
    corridor.flow()
    corridor.now += timedelta(days=2)
    end(corridor, OAKFIELD, "safeguarding_lead")
    there = replace(ROSA, setting_urn="999003", setting_name="Harbour Academy")
    corridor.say(
        InvolvementChanged, CSC, there, organisation=HARBOUR, function="safeguarding_lead",
        action=InvolvementAction.OPENED, since=corridor.now.date(),
    )  # fmt: skip
    return there


def test_the_old_school_does_not_learn_the_new_one_under_a_seal(corridor):
    there = moved(corridor)
    corridor.say(MissingChanged, POLICE, there, action=MissingAction.MISSING)
    corridor.send(POLICE, notice(corridor, there))
    corridor.say(ConcernShared, HARBOUR, there, by="safeguarding_lead")
    corridor.pass_time(corridor.now + timedelta(days=4))
    assert len(corridor.views(OAKFIELD, NOTICE)) == 1, "what it had before it left; that nobody answered is its own"
    assert corridor.views(OAKFIELD, MISSING) == []
    assert corridor.views(HARBOUR, MISSING), "the new one has what is new"
    told = [v for v in corridor.views() if v.organisation not in (CSC, HARBOUR)]
    assert not [v for v in told if carries(v, "Harbour", "999003", HARBOUR)]


def test_the_new_school_gets_no_old_incident(corridor):
    there = moved(corridor)
    assert corridor.views(HARBOUR, NOTICE) == []
    corridor.send(POLICE, notice(corridor, there))
    corridor.flow()
    assert len(corridor.views(HARBOUR, NOTICE)) == 1


def test_an_incident_that_is_decided_again_does_not_reach_who_came_later(corridor):
    """A doubt about an old notice is settled after the move: it goes to who was involved when it came."""
    involve(corridor, COMMUNITY, "health_visitor")
    elsewhere = Child(
        surname=ROSA.surname, forename=ROSA.forename, birth_date=ROSA.birth_date, sex=ROSA.sex, postcode="EH2 9ZZ"
    )
    corridor.say(MissingChanged, POLICE, elsewhere, action=MissingAction.MISSING, by="force_duty")
    corridor.now += timedelta(days=1)
    involve(corridor, HARBOUR, "safeguarding_lead")
    (asked,) = reviewing.open_reviews(corridor.broker)
    reviewing.settle(corridor.broker, asked.number, 1, "front_door_manager")
    corridor.flow()
    assert len(corridor.views(COMMUNITY, MISSING)) == 1
    assert corridor.views(HARBOUR, MISSING) == []


# ---------------------------------------------------------------- not yet born

MOTHER = Child(surname="Marrowby", forename="Elin", birth_date=date(2009, 2, 1), nhs_number="9434765870",
               postcode="EH3 3AA")  # fmt: skip
UNBORN = Child(surname="Marrowby", expected_birth_date=date(2026, 12, 20), nhs_number="9434765870", postcode="EH3 3AA")
"""Before birth the national record is the mother's: the number is hers."""
BORN = Child(surname="Marrowby", forename="Wren", birth_date=date(2026, 12, 18), nhs_number="9434765919",
             postcode="EH3 3AA")  # fmt: skip


def planned(corridor: Corridor, child: Child, action: PlanAction = PlanAction.STARTED):
    return corridor.say(PlanChanged, CSC, child, kind=PlanKind.UNBORN_CHILD_PROTECTION, action=action, team="North")


def test_a_child_not_yet_born_is_not_taken_for_the_mother_who_is_a_child_herself(corridor):
    corridor.say(MissingChanged, POLICE, MOTHER, action=MissingAction.MISSING)
    plan = planned(corridor, UNBORN)
    mother = corridor.say(MissingChanged, POLICE, MOTHER, action=MissingAction.FOUND)
    assert subject_of(corridor, plan) != subject_of(corridor, mother)
    assert reviewing.open_reviews(corridor.broker) == []


def test_the_plan_of_a_child_not_yet_born_is_told_to_unscheduled_care_by_the_mothers_number(corridor):
    planned(corridor, UNBORN)
    told = corridor.one(TRUST, "csc.plan.changed").event
    assert (told.child.nhs_number, told.child.expected_birth_date) == (UNBORN.nhs_number, UNBORN.expected_birth_date)


def test_at_birth_what_is_held_moves_to_the_child_once_a_person_has_said_so(corridor):
    plan = planned(corridor, UNBORN)
    corridor.now += timedelta(days=30)
    born = corridor.say(RegistrationChanged, TRUST, BORN, kind=RegistrationKind.NHS_NUMBER)
    (asked,) = reviewing.open_reviews(corridor.broker)
    assert corridor.state(born).plans == ()
    reviewing.settle(corridor.broker, asked.number, 1, "front_door_manager")
    corridor.flow()
    assert [p.kind for p in corridor.state(born).plans] == [PlanKind.UNBORN_CHILD_PROTECTION]
    assert [p.source_event for p in corridor.state(born).plans] == [plan.envelope.event_id]
    found = corridor.say(MissingChanged, POLICE, BORN, action=MissingAction.MISSING)
    assert [p.kind for p in corridor.state(found).plans] == [PlanKind.UNBORN_CHILD_PROTECTION]


# ---------------------------------------------------------------- adoption

ADOPTED = replace(
    ROSA, surname="Penhallow", nhs_number="9434765870", address_line="2 New Lane", postcode="EH7 7GG",
    telephone="01632 960555", gp_practice="Z99002", setting_urn=None, setting_name=None,
)  # fmt: skip


def adopted(corridor: Corridor):
    """Rosa as she was, known and sealed."""
    before = corridor.say(MissingChanged, POLICE, ROSA, action=MissingAction.FOUND)
    corridor.send(CSC, corridor.event(SealChanged, CSC, ROSA, kind=SealKind.ADOPTION, action=SealAction.SET))
    corridor.flow()
    return before


def test_a_new_name_and_number_after_adoption_are_another_child_and_nobody_is_asked(corridor):
    before = adopted(corridor)
    after = corridor.say(MissingChanged, POLICE, ADOPTED, action=MissingAction.MISSING)
    assert subject_of(corridor, after) != subject_of(corridor, before)
    assert reviewing.open_reviews(corridor.broker) == [], "a question would tell the reviewer who the child was"


def test_a_superseded_number_is_not_followed(corridor):
    before = adopted(corridor)
    after = corridor.say(
        RegistrationChanged, TRUST, ADOPTED, kind=RegistrationKind.NHS_NUMBER, superseded_nhs_number=ROSA.nhs_number
    )
    again = corridor.say(MissingChanged, POLICE, ROSA, action=MissingAction.MISSING)
    assert subject_of(corridor, after) != subject_of(corridor, before)
    assert subject_of(corridor, again) == subject_of(corridor, before)
    assert reviewing.open_reviews(corridor.broker) == []
    assert not [v for v in corridor.views() if carries(v, ROSA.nhs_number) and carries(v, ADOPTED.nhs_number)]


def test_what_was_before_an_adoption_stays_under_its_own_key(corridor):
    before = adopted(corridor)
    after = corridor.say(MissingChanged, POLICE, ADOPTED, action=MissingAction.MISSING)
    with corridor.ledger.transaction() as tx:
        tx.forget_child(subject_of(corridor, after))
    with corridor.ledger.reading() as tx:
        assert tx.content(tx.find(bytes.fromhex(before.envelope.event_id)).n)
