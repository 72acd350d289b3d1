"""Around a setting that must not know: it learns nothing, and somebody independent always acts in its stead."""

from datetime import date, timedelta

import pytest

from sharing.events import (
    EVENT_TYPES,
    DomesticAbuseIncidentNotified,
    MissingAction,
    MissingChanged,
    PlanAction,
    PlanChanged,
    PlanKind,
    ReceiptRecorded,
    ReceiptState,
    SealKind,
)
from sharing.reconciliation.parties import may_say
from tests.streams.corridor import CSC, EDUCATION, FRIDAY, HARBOUR, OAKFIELD, POLICE, SATURDAY_NIGHT, TRUST
from tests.streams.families import ROSA
from tests.streams.test_seal_laws import PLACES, carries, everybody_involved, involve, notice, seal

TASK = "broker.task.raised"


def sealed(corridor, **more):
    everybody_involved(corridor)
    corridor.send(POLICE, seal(corridor, SealKind.PERPETRATOR_CHANNEL, **more))
    corridor.flow()
    corridor.destination.sent.clear()


def tasks(corridor):
    return [v for v in corridor.views(event_type=TASK) if v.event.task == "ACT_FOR_SETTING"]


def test_the_alternate_and_the_designated_officer_act_in_the_settings_stead(corridor):
    sealed(corridor)
    corridor.send(POLICE, notice(corridor))
    corridor.flow()
    assert corridor.views(OAKFIELD) == []
    functions = {(q.owner.organisation, q.owner.function) for q in corridor.state(notice_of(corridor)).questions
                 if q.rule == "around-setting"}  # fmt: skip
    assert functions == {(EDUCATION, "independent_alternate"), (CSC, "lado")}
    assert {v.organisation for v in tasks(corridor)} == {EDUCATION, CSC, POLICE}, "and who holds the seal"
    assert {v.event.child.surname for v in tasks(corridor)} == {ROSA.surname}
    assert {v.event.telephone for v in tasks(corridor)} == {"01632 960200"}, "whom to ring about it"
    assert {v.event.about_event for v in tasks(corridor)} == {None}, "not even what kind of event it was"


def test_they_see_of_the_notice_what_their_own_permit_gives_and_no_place(corridor):
    sealed(corridor)
    corridor.send(POLICE, notice(corridor))
    corridor.flow()
    seen = [corridor.one(EDUCATION, "police.da_incident.notified")]
    seen += [v for v in corridor.views(CSC, "police.da_incident.notified") if "alternate" in v.event.envelope.agreement]
    assert len(seen) == 2
    assert [v.event.child_words for v in seen] == ["I hid", "I hid"]
    assert [carries(v, *PLACES) for v in seen] == [[], []]


def notice_of(corridor):
    event = notice(corridor)
    corridor.send(POLICE, event)
    return event


def test_their_silence_goes_up_and_an_answer_ends_it(corridor):
    sealed(corridor)
    event = notice(corridor)
    corridor.send(POLICE, event)
    corridor.flow()
    lado = next(v for v in tasks(corridor) if v.organisation == CSC)
    corridor.send(CSC, corridor.event(ReceiptRecorded, CSC, ROSA.__class__(), state=ReceiptState.ACTED,
                                      in_reply_to=lado.exchange))  # fmt: skip
    open_for = [
        q.owner.organisation for q in corridor.state(event).questions if q.rule == "around-setting" and q.is_open
    ]
    assert open_for == [EDUCATION]
    later = corridor.pass_time(FRIDAY + timedelta(days=3, hours=23))
    risen = [v for v in later if v.event.event_type == "broker.escalation.changed" and v.event.rule == "around-setting"]
    assert CSC in {v.organisation for v in risen}
    assert OAKFIELD not in {v.organisation for v in later}


def test_at_night_emergency_duty_acts_for_the_designated_officer(corridor):
    sealed(corridor)
    corridor.now = SATURDAY_NIGHT
    corridor.send(POLICE, notice(corridor))
    corridor.flow()
    at_night = [v for v in tasks(corridor) if v.organisation == CSC]
    assert len(at_night) == 2, "the officer's own function, and whoever is awake"


def test_health_holds_the_seal_and_hears_of_it(corridor):
    everybody_involved(corridor)
    corridor.send(TRUST, seal(corridor, SealKind.PERPETRATOR_CHANNEL, TRUST))
    corridor.send(POLICE, notice(corridor))
    corridor.flow()
    assert TRUST in {v.organisation for v in tasks(corridor)}


def test_a_second_setting_is_kept_out_too(corridor):
    sealed(corridor)
    involve(corridor, HARBOUR, "safeguarding_lead")
    corridor.destination.sent.clear()
    corridor.say(MissingChanged, POLICE, ROSA, action=MissingAction.MISSING)
    assert corridor.views(OAKFIELD) == corridor.views(HARBOUR) == []
    assert {v.organisation for v in tasks(corridor)} == {EDUCATION, CSC, POLICE}


def test_a_seal_that_comes_before_the_event_left_goes_around_with_it(corridor):
    everybody_involved(corridor)
    corridor.destination.sent.clear()
    corridor.send(POLICE, notice(corridor))
    corridor.send(POLICE, seal(corridor, SealKind.PERPETRATOR_CHANNEL))
    corridor.flow()
    assert corridor.views(OAKFIELD) == []
    assert {v.organisation for v in tasks(corridor)} == {EDUCATION, CSC, POLICE}


def test_a_seal_that_comes_too_late_takes_back_and_lets_somebody_act(corridor):
    everybody_involved(corridor)
    corridor.say(DomesticAbuseIncidentNotified, POLICE, ROSA, by="force_duty", circumstances="an argument")
    corridor.say(MissingChanged, POLICE, ROSA, action=MissingAction.MISSING)
    had = {v.exchange for v in corridor.views(OAKFIELD)}
    assert had
    corridor.send(POLICE, seal(corridor, SealKind.PERPETRATOR_CHANNEL))
    corridor.flow()
    assert len({v.event.envelope.subject for v in tasks(corridor) if v.organisation == EDUCATION}) == 1
    assert len([v for v in tasks(corridor) if v.organisation == EDUCATION]) == 1, "one task for what left already"


def test_doing_it_twice_says_it_once(corridor):
    sealed(corridor)
    batch = corridor.publish(POLICE, notice(corridor, key="the same"))
    corridor.intake.absorb(batch)
    corridor.intake.absorb(batch)
    corridor.flow()
    assert len([v for v in tasks(corridor) if v.organisation == EDUCATION]) == 1


def test_who_was_kept_out_by_a_plan_finds_a_stand_in_too(corridor):
    sealed(corridor)
    corridor.say(PlanChanged, CSC, ROSA, kind=PlanKind.CHILD_PROTECTION, action=PlanAction.STARTED,
                 start_date=date(2026, 11, 1))  # fmt: skip
    assert corridor.views(OAKFIELD) == []
    assert {EDUCATION, CSC} <= {v.organisation for v in tasks(corridor)}


NEVER = ("broker.", "correction.", "seal.", "csc.involvement", "education.setting")
TOLD = sorted(name for name in EVENT_TYPES if not name.startswith(NEVER))


@pytest.mark.parametrize("event_type", TOLD)
def test_no_event_is_lost_by_the_seal(corridor, event_type):
    """Whatever the event: whom the seal keeps out of it has a stand-in with a clock, or nobody was kept out."""
    sealed(corridor)
    sender = next(
        o for o in (POLICE, TRUST, CSC, HARBOUR, EDUCATION) if may_say(corridor.broker.directory, o, event_type)
    )
    event = corridor.event(EVENT_TYPES[event_type], sender, ROSA)
    corridor.send(sender, event)
    corridor.flow()
    assert corridor.views(OAKFIELD) == []
    kept_out = [d for d in corridor.decisions(event) if (d["outcome"], d["reason"]) == ("suppress", "sealed")]
    asked = [q for q in corridor.state(event).questions if q.rule == "around-setting" and q.is_open]
    assert bool(kept_out) == bool(asked)
    assert {v.organisation for v in tasks(corridor)} >= ({EDUCATION, CSC} if kept_out else set())
