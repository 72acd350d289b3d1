"""After domestic abuse every child's setting knows before school; who cannot be reached is telephoned."""

from datetime import date, timedelta

import pytest

from sharing.events import (
    AlertAcknowledged,
    AlertAction,
    Child,
    CoverageKind,
    DomesticAbuseIncidentNotified,
    InvolvementAction,
    InvolvementChanged,
    PlanAction,
    PlanChanged,
    PlanKind,
    ReceiptRecorded,
    ReceiptState,
    RiskGrade,
    SettingFound,
    SettingResult,
    TaskKind,
    Urgency,
)
from sharing.reconciliation import EventFacts, open_questions
from sharing.reconciliation.state import QuestionState
from tests.sharing.reconciliation.town import (
    BRANNOCK,
    COMMUNITY,
    CSC,
    EDUCATION,
    HARBOUR,
    HOUR,
    MONDAY_AT_EIGHT,
    NURSERY,
    OAKFIELD,
    POLICE,
    SATURDAY_NIGHT,
    Town,
    by,
)

SCHOOL_CHILD = Child(surname="Ashgrove", birth_date=date(2018, 5, 1))
NURSERY_CHILD = Child(surname="Ashgrove", birth_date=date(2023, 5, 1))
ROLLS, DUTY, FORCE = f"{EDUCATION}/rolls", f"{EDUCATION}/education_duty", f"{POLICE}/force_duty"
NOTICE = "police.da_incident.notified"


def notice(child: Child = SCHOOL_CHILD, **more: object) -> DomesticAbuseIncidentNotified:
    return DomesticAbuseIncidentNotified(envelope=by("force_duty"), child=child, **more)  # type: ignore[arg-type]


def found(result: SettingResult = SettingResult.FOUND, **more: str) -> SettingFound:
    return SettingFound(envelope=by("rolls"), child=Child(), result=result, **more)


def notified(child: Child = SCHOOL_CHILD, **more: object) -> tuple[Town, str]:
    """A town on Saturday night after a notice, and the exchange that asks the rolls."""
    town = Town(now=SATURDAY_NIGHT)
    town.send(notice(child, **more), POLICE)
    return town, town.one(ROLLS, "broker.setting.sought").exchange


def acknowledged(action: AlertAction = AlertAction.CHILD_SUPPORTED) -> AlertAcknowledged:
    return AlertAcknowledged(envelope=by("safeguarding_lead"), child=Child(), action=action)


def test_the_rolls_are_asked_and_only_the_setting_waits() -> None:
    town, _ = notified(NURSERY_CHILD)
    assert town.one(ROLLS, "broker.setting.sought").event.child == NURSERY_CHILD
    assert town.route("e1").wait == "setting-found"
    assert town.trays_with(NOTICE) == {f"{CSC}/front_door", f"{COMMUNITY}/health_visitor"}


def test_the_rolls_are_asked_by_one_exchange_and_no_other_counts() -> None:
    town, asked = notified()
    sought = town.one(ROLLS, "broker.setting.sought")
    about = EventFacts("later", town.now, "crosswalk", cause="e1")
    again = open_questions(town.state, sought.event, [(sought.to, "forged")], about, town.directory, town.calendars)
    assert (again.state, again.changed) == (town.state, False)
    assert town.state.awaiting[0].sought_exchange == asked


@pytest.mark.parametrize(
    ("urn", "slug"),
    [("999001", OAKFIELD), ("999002", BRANNOCK), ("999003", HARBOUR)],
    ids=["primary", "independent", "academy"],
)
def test_the_settings_lead_has_the_notice_as_soon_as_the_rolls_answer(urn: str, slug: str) -> None:
    town, asked = notified()
    town.now += timedelta(minutes=1)
    town.send(found(setting_urn=urn), EDUCATION, reply_to=asked)
    arrived = town.one(f"{slug}/safeguarding_lead", NOTICE)
    assert arrived.at == SATURDAY_NIGHT + timedelta(minutes=1)
    question = town.question("encompass-acknowledged")
    assert (question.due_by, question.started_at) == (MONDAY_AT_EIGHT, SATURDAY_NIGHT)
    assert town.route("e1").wait is None
    assert town.tray(DUTY) == []


def test_an_acknowledgement_stops_the_clock_and_reaches_the_police() -> None:
    town, asked = notified()
    town.send(found(setting_urn="999001"), EDUCATION, reply_to=asked)
    letter = town.one(f"{OAKFIELD}/safeguarding_lead", NOTICE)
    town.send(acknowledged(), OAKFIELD, reply_to=letter.exchange)
    assert town.question("encompass-acknowledged").state is QuestionState.ANSWERED
    assert town.one(FORCE, "school.alert.acknowledged").answers == "e1"
    assert town.pass_time(MONDAY_AT_EIGHT + HOUR).said == ()


@pytest.mark.parametrize("action", [AlertAction.CHILD_SUPPORTED, AlertAction.CHILD_NOT_HERE])
def test_another_schools_acknowledgement_stops_nothing(action: AlertAction) -> None:
    town, asked = notified()
    town.send(found(setting_urn="999001"), EDUCATION, reply_to=asked)
    letter = town.one(f"{OAKFIELD}/safeguarding_lead", NOTICE)
    town.send(acknowledged(action), HARBOUR, reply_to=letter.exchange)
    assert town.question("encompass-acknowledged").state is QuestionState.OPEN
    assert town.refused == ["NOT_THE_RECIPIENT"]
    assert town.tray(FORCE) == []


def test_a_silent_setting_its_deputy_then_education_is_rung() -> None:
    town, asked = notified()
    town.send(found(setting_urn="999001"), EDUCATION, reply_to=asked)
    town.pass_time(MONDAY_AT_EIGHT + timedelta(minutes=29))
    assert town.tray(f"{OAKFIELD}/deputy_safeguarding_lead") == []
    town.pass_time(MONDAY_AT_EIGHT + timedelta(minutes=30))
    assert town.one(f"{OAKFIELD}/deputy_safeguarding_lead", "broker.escalation").event.telephone == "01632 960002"
    assert town.one(FORCE, "broker.escalation").answers == "e1"
    town.pass_time(MONDAY_AT_EIGHT + timedelta(minutes=90))
    task = town.one(DUTY, "broker.task.raised").event
    assert (task.task, task.organisation_missing, task.telephone) == (
        TaskKind.TELEPHONE_SETTING,
        OAKFIELD,
        "01632 960001",
    )


def test_a_nursery_that_is_not_enrolled_is_telephoned_under_the_same_clock() -> None:
    town, asked = notified(NURSERY_CHILD)
    town.send(found(setting_urn="999004"), EDUCATION, reply_to=asked)
    assert town.one(DUTY, NOTICE).answers == ""
    task = town.one(DUTY, "broker.task.raised").event
    assert (task.task, task.telephone, task.why) == (
        TaskKind.TELEPHONE_SETTING,
        "01632 960031",
        CoverageKind.NOT_ENROLLED,
    )
    gap = town.one(DUTY, "broker.coverage.gap").event
    assert (gap.organisation_missing, gap.kind, gap.child) == (NURSERY, CoverageKind.NOT_ENROLLED, Child())
    assert town.gaps == {NURSERY}
    assert not any(tray.startswith(NURSERY) for tray in town.trays_with(NOTICE))
    question = town.question("telephone-task")
    assert (question.due_by, task.envelope.due_by) == (MONDAY_AT_EIGHT, MONDAY_AT_EIGHT)


def test_a_setting_that_nobody_knows_is_telephoned_too() -> None:
    town, asked = notified()
    town.send(found(setting_urn="888777", setting_phone="01632 960077"), EDUCATION, reply_to=asked)
    task = town.one(DUTY, "broker.task.raised").event
    assert (task.organisation_missing, task.telephone) == ("urn:888777", "01632 960077")
    assert town.gaps == {"urn:888777"}


@pytest.mark.parametrize("how", ["receipt", "acknowledgement"])
def test_the_telephone_task_stops_when_education_says_that_it_is_done(how: str) -> None:
    town, asked = notified(NURSERY_CHILD)
    town.send(found(setting_urn="999004"), EDUCATION, reply_to=asked)
    letter = town.one(DUTY, NOTICE)
    read = ReceiptRecorded(envelope=by(), child=Child(), state=ReceiptState.READ)
    town.send(read, EDUCATION, reply_to=letter.exchange)
    assert town.question("telephone-task").state is QuestionState.OPEN  # read is not yet done
    acted = ReceiptRecorded(envelope=by(), child=Child(), state=ReceiptState.ACTED)
    town.send(acted if how == "receipt" else acknowledged(), EDUCATION, reply_to=letter.exchange)
    assert town.question("telephone-task").state is QuestionState.ANSWERED


def test_a_telephone_task_that_nobody_does_comes_back_to_the_police() -> None:
    town, asked = notified(NURSERY_CHILD)
    town.send(found(setting_urn="999004"), EDUCATION, reply_to=asked)
    town.pass_time(MONDAY_AT_EIGHT + HOUR)
    assert town.one(FORCE, "broker.task.raised").event.task is TaskKind.TELEPHONE_SETTING


@pytest.mark.parametrize("answer", [None, SettingResult.NOT_FOUND, SettingResult.SEVERAL])
def test_after_four_hours_without_a_match_police_and_education_are_called_once(answer: SettingResult | None) -> None:
    town, asked = notified()
    if answer is not None:
        for _ in range(2):
            town.send(found(answer), EDUCATION, reply_to=asked)
    assert town.pass_time(SATURDAY_NIGHT + 4 * HOUR - timedelta(seconds=1)).said == ()
    for hours in (4, 5):
        town.pass_time(SATURDAY_NIGHT + hours * HOUR)
    for place, answers in ((FORCE, "e1"), (DUTY, "")):
        called = town.one(place, "broker.task.raised")
        assert (called.event.task, called.event.why, called.answers) == (TaskKind.FIND_SETTING, "NO_MATCH", answers)
    assert town.trays_with(NOTICE) == {f"{CSC}/front_door"}


def test_a_child_on_no_roll_is_a_gap_that_names_no_child() -> None:
    town, asked = notified()
    for _ in range(2):
        town.send(found(SettingResult.NOT_FOUND), EDUCATION, reply_to=asked)
    gap = town.one(DUTY, "broker.coverage.gap").event
    assert (gap.kind, gap.child) == (CoverageKind.ON_NO_ROLL, Child())


def test_a_setting_found_after_the_call_still_gets_the_notice_with_time_to_answer() -> None:
    town, asked = notified()
    town.pass_time(MONDAY_AT_EIGHT + 2 * HOUR)
    town.send(found(setting_urn="999001"), EDUCATION, reply_to=asked)
    assert len(town.tray(f"{OAKFIELD}/safeguarding_lead", NOTICE)) == 1
    assert town.question("encompass-acknowledged").due_by == MONDAY_AT_EIGHT + 3 * HOUR


@pytest.mark.parametrize(
    ("sender", "reply", "code"),
    [
        (OAKFIELD, True, "SENDER_MAY_NOT_SAY_THIS"),
        (POLICE, True, "SENDER_MAY_NOT_SAY_THIS"),
        (EDUCATION, False, "ANSWERS_NO_EXCHANGE"),
    ],
)
def test_only_the_rolls_in_reply_to_the_question_say_where_a_child_is(sender: str, reply: bool, code: str) -> None:
    town, asked = notified()
    before = town.state
    town.send(found(setting_urn="999003"), sender, reply_to=asked if reply else "")
    assert (town.state, town.refused) == (before, [code])
    assert town.tray(f"{HARBOUR}/safeguarding_lead") == []


def test_a_second_and_different_setting_is_reported_and_told_nothing() -> None:
    town, asked = notified()
    town.send(found(setting_urn="999001"), EDUCATION, reply_to=asked)
    town.send(found(setting_urn="999003"), EDUCATION, reply_to=asked)
    assert town.refused == ["SETTING_ALREADY_FOUND"]
    assert town.tray(f"{HARBOUR}/safeguarding_lead") == []


def test_found_without_saying_where_is_not_found() -> None:
    town, asked = notified()
    town.send(found(), EDUCATION, reply_to=asked)
    assert town.refused == ["FOUND_WITHOUT_SETTING"]
    assert town.route("e1").wait == "setting-found"


def test_a_child_who_is_not_there_is_looked_for_again() -> None:
    town, asked = notified()
    town.send(found(setting_urn="999001"), EDUCATION, reply_to=asked)
    letter = town.one(f"{OAKFIELD}/safeguarding_lead", NOTICE)
    town.send(acknowledged(AlertAction.CHILD_NOT_HERE), OAKFIELD, reply_to=letter.exchange)
    assert town.question("encompass-acknowledged").state is QuestionState.ANSWERED
    assert {d.tray: d.event.why for d in town.trays if d.event.event_type == "broker.task.raised"} == {
        FORCE: "CHILD_NOT_HERE",
        DUTY: "CHILD_NOT_HERE",
    }


def test_a_roll_answer_counts_for_its_notice_and_for_no_other() -> None:
    town, asked = notified()
    town.send(found(setting_urn="999001"), EDUCATION, reply_to=asked)
    assert town.state.involvements == ()
    town.send(notice(), POLICE, event_id="second")
    assert town.route("second").wait == "setting-found"
    assert len(town.tray(ROLLS, "broker.setting.sought")) == 2


def test_a_setting_that_social_care_named_is_told_at_once() -> None:
    town = Town(now=SATURDAY_NIGHT)
    town.send(involved(OAKFIELD, "safeguarding_lead"), CSC)
    town.send(notice(), POLICE)
    assert town.tray(ROLLS) == []
    assert len(town.tray(f"{OAKFIELD}/safeguarding_lead", NOTICE)) == 1
    assert town.question("encompass-acknowledged").due_by == MONDAY_AT_EIGHT


def test_two_named_settings_are_both_told_and_the_one_not_enrolled_by_telephone() -> None:
    town = Town(now=SATURDAY_NIGHT)
    for setting in (OAKFIELD, NURSERY):
        town.send(involved(setting, "safeguarding_lead"), CSC)
    town.send(notice(NURSERY_CHILD), POLICE)
    assert len(town.tray(f"{OAKFIELD}/safeguarding_lead", NOTICE)) == 1
    assert len(town.tray(DUTY, NOTICE)) == 1
    assert town.one(DUTY, "broker.task.raised").event.organisation_missing == "Little Acorns Nursery"


def involved(organisation: str, function: str) -> InvolvementChanged:
    return InvolvementChanged(
        envelope=by(),
        child=Child(),
        organisation=organisation,
        function=function,
        action=InvolvementAction.OPENED,
        since=date(2026, 9, 1),
    )


@pytest.mark.parametrize(
    ("more", "places"),
    [
        pytest.param({}, {"front_door"}, id="ordinary"),
        pytest.param({"risk_grade": RiskGrade.HIGH}, {"front_door", "emergency_duty"}, id="high-risk"),
        pytest.param({"envelope": by(urgency=Urgency.IMMEDIATE)}, {"front_door", "emergency_duty"}, id="immediate"),
    ],
)
def test_social_care_has_it_at_once_and_emergency_duty_when_it_cannot_wait(
    more: dict[str, object], places: set[str]
) -> None:
    town = Town(now=SATURDAY_NIGHT)
    town.send(DomesticAbuseIncidentNotified(**{"envelope": by(), "child": SCHOOL_CHILD, **more}), POLICE)  # type: ignore[arg-type]
    assert {t.split("/")[1] for t in town.trays_with(NOTICE) if t.startswith(CSC)} == places


def test_with_an_open_case_the_allocated_team_has_it_and_the_front_door_does_not() -> None:
    town = Town(now=SATURDAY_NIGHT)
    town.send(PlanChanged(envelope=by(), child=Child(), kind=PlanKind.CHILD_PROTECTION, action=PlanAction.STARTED), CSC)
    town.send(notice(), POLICE)
    places = {t for t in town.trays_with(NOTICE) if t.startswith(CSC)}
    assert places == {f"{CSC}/allocated_team", f"{CSC}/emergency_duty"}


def test_without_an_education_service_the_police_are_told_to_telephone_and_the_gap_shows() -> None:
    town = Town(now=SATURDAY_NIGHT)
    some = {slug: o for slug, o in town.directory.organisations.items() if slug != EDUCATION}
    town.directory = type(town.directory)(some)
    town.send(involved(NURSERY, "safeguarding_lead"), CSC)
    town.send(notice(NURSERY_CHILD), POLICE)
    assert town.one(FORCE, "broker.task.raised").event.task is TaskKind.TELEPHONE_SETTING
    assert town.gaps == {NURSERY, "kind:education_service"}
