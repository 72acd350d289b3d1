"""A police notice finds its child's setting through the rolls, or somebody who telephones."""

from dataclasses import replace
from datetime import date, timedelta

from sharing.events import (
    AlertAcknowledged,
    AlertAction,
    Child,
    DomesticAbuseIncidentNotified,
    InvolvementAction,
    InvolvementChanged,
    ReferralSubmitted,
    SealAction,
    SealChanged,
    SealKind,
    SettingFound,
    SettingResult,
)
from tests.streams.corridor import CSC, EDUCATION, FRIDAY, NURSERY, OAKFIELD, POLICE, SATURDAY_NIGHT, Corridor
from tests.streams.families import ROSA, ROSA_WITHOUT_PLACE, STREET, TOM

NOTICE = "police.da_incident.notified"


def notify(corridor: Corridor, child: Child = ROSA):
    return corridor.say(
        DomesticAbuseIncidentNotified, POLICE, child, police_reference="EH/26/1", circumstances="an argument",
        child_words="I hid", incident_address=STREET, by="force_duty",
    )  # fmt: skip


def found(corridor: Corridor, urn: str, result: SettingResult = SettingResult.FOUND):
    sought = corridor.views(EDUCATION, "broker.setting.sought")[-1]
    return corridor.say(
        SettingFound, EDUCATION, Child(), result=result, setting_urn=urn, in_reply_to=sought.exchange, by="rolls"
    )


def test_the_rolls_are_asked_without_being_told_why_or_where(corridor):
    notify(corridor)
    sought = corridor.one(EDUCATION, "broker.setting.sought")
    assert sought.event.child.surname == ROSA.surname
    assert sought.event.child.postcode == "EH98"
    assert sought.event.child.address_line is None
    assert sought.event.why is None


def test_a_setting_found_later_has_the_notice_at_once(corridor):
    corridor.now = SATURDAY_NIGHT
    notify(corridor)
    assert corridor.views(OAKFIELD) == []
    corridor.now += timedelta(minutes=3)
    found(corridor, "999001")
    seen = corridor.one(OAKFIELD, NOTICE)
    assert seen.event.child_words == "I hid"
    assert seen.event.incident_address is None
    assert seen.event.envelope.due_by.isoformat() == "2026-11-23T08:00:00+00:00"


def test_a_setting_found_in_the_same_batch_has_the_notice(corridor):
    notify(corridor)
    sought = corridor.one(EDUCATION, "broker.setting.sought")
    answer = corridor.event(
        SettingFound, EDUCATION, Child(), result=SettingResult.FOUND, setting_urn="999001", in_reply_to=sought.exchange
    )
    repeated = corridor.event(
        SettingFound, EDUCATION, Child(), result=SettingResult.FOUND, setting_urn="999001", in_reply_to=sought.exchange
    )
    corridor.send(EDUCATION, answer, repeated)
    corridor.flow()
    corridor.one(OAKFIELD, NOTICE)


def test_the_acknowledgement_goes_back_to_police_under_their_own_reference(corridor):
    notice = notify(corridor)
    found(corridor, "999001")
    seen = corridor.one(OAKFIELD, NOTICE)
    corridor.say(
        AlertAcknowledged, OAKFIELD, Child(), action=AlertAction.CHILD_SUPPORTED, in_reply_to=seen.exchange,
        by="safeguarding_lead",
    )  # fmt: skip
    back = corridor.one(POLICE, "school.alert.acknowledged")
    assert back.event.envelope.in_reply_to == notice.envelope.event_id
    assert corridor.pass_time(FRIDAY + timedelta(days=4)) == []


def test_a_nursery_that_is_not_enrolled_is_telephoned_and_the_gap_is_listed(corridor):
    notify(corridor, TOM)
    found(corridor, "999004")
    task = corridor.one(EDUCATION, "broker.task.raised")
    assert (task.event.task, task.event.telephone) == ("TELEPHONE_SETTING", "01632 960031")
    assert task.event.child.surname == TOM.surname
    stand_in = corridor.one(EDUCATION, NOTICE)
    assert (stand_in.event.circumstances, stand_in.event.child_words) == ("an argument", None)
    gap = corridor.one(EDUCATION, "broker.coverage.gap")
    assert (gap.event.organisation_missing, gap.event.kind) == (NURSERY, "NOT_ENROLLED")
    assert gap.event.child == Child()


def test_a_child_on_no_roll_makes_police_and_education_telephone_after_four_hours(corridor):
    notify(corridor)
    found(corridor, "", SettingResult.NOT_FOUND)
    left = corridor.pass_time(FRIDAY + timedelta(hours=4, minutes=1))
    tasks = [v for v in left if v.event.event_type == "broker.task.raised"]
    assert {(v.organisation, v.event.task) for v in tasks} == {(POLICE, "FIND_SETTING"), (EDUCATION, "FIND_SETTING")}


def in_doubt(corridor: Corridor):
    """A notice about a child who may be Rosa: name and birth date agree, and nothing else is said."""
    corridor.say(ReferralSubmitted, OAKFIELD, ROSA, ask="assess", by="safeguarding_lead")
    return notify(corridor, ROSA_WITHOUT_PLACE)


def test_a_child_in_doubt_who_is_unique_on_the_roll_has_its_notice_and_nothing_more(corridor):
    in_doubt(corridor)
    found(corridor, "999001")
    corridor.one(OAKFIELD, NOTICE)
    with corridor.ledger.reading() as tx:
        assert len(tx.reviews_open()) == 1


def test_the_seals_of_everybody_whom_a_child_may_be_apply(corridor):
    corridor.say(ReferralSubmitted, OAKFIELD, ROSA, ask="assess", by="safeguarding_lead")
    corridor.send(POLICE, corridor.event(SealChanged, POLICE, ROSA, kind=SealKind.PERPETRATOR_CHANNEL,
                                         action=SealAction.SET))  # fmt: skip
    corridor.flow()
    notify(corridor, ROSA_WITHOUT_PLACE)
    before = len(corridor.views(OAKFIELD))
    found(corridor, "999001")
    assert len(corridor.views(OAKFIELD)) == before


def test_a_seal_of_a_candidate_that_comes_before_claiming_applies(corridor):
    in_doubt(corridor)
    sought = corridor.views(EDUCATION, "broker.setting.sought")[-1]
    before = len(corridor.views(OAKFIELD))
    answer = {"result": SettingResult.FOUND, "setting_urn": "999001", "in_reply_to": sought.exchange}
    corridor.send(EDUCATION, corridor.event(SettingFound, EDUCATION, Child(), **answer))
    corridor.number()
    sealing = {"kind": SealKind.PERPETRATOR_CHANNEL, "action": SealAction.SET}
    corridor.send(POLICE, corridor.event(SealChanged, POLICE, ROSA, **sealing))
    corridor.flow()
    assert len(corridor.views(OAKFIELD)) == before


def test_a_seal_on_a_child_in_doubt_closes_whom_that_child_may_be(corridor):
    opened = {"organisation": OAKFIELD, "function": "safeguarding_lead", "action": InvolvementAction.OPENED}
    corridor.say(InvolvementChanged, CSC, ROSA, since=date(2026, 1, 1), **opened)
    sealing = {"kind": SealKind.PERPETRATOR_CHANNEL, "action": SealAction.SET}
    corridor.send(POLICE, corridor.event(SealChanged, POLICE, ROSA_WITHOUT_PLACE, **sealing))
    corridor.flow()
    notify(corridor)
    assert corridor.views(OAKFIELD) == []


def test_half_way_to_its_deadline_a_duty_function_is_rung_about_the_doubt(corridor):
    in_doubt(corridor)
    left = corridor.pass_time(FRIDAY + timedelta(days=3))
    tasks = [v for v in left if v.event.event_type == "broker.task.raised" and v.event.task == "SETTLE_IDENTITY"]
    assert {v.organisation for v in tasks} == {CSC}


def test_a_child_with_its_own_number_is_no_doubt(corridor):
    corridor.say(ReferralSubmitted, OAKFIELD, ROSA, ask="assess", by="safeguarding_lead")
    notify(corridor, replace(ROSA_WITHOUT_PLACE, nhs_number=ROSA.nhs_number))
    with corridor.ledger.reading() as tx:
        assert tx.reviews_open() == []
