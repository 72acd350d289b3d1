from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import yaml

from connectors.education.rolls import AnswersFromRolls, read_rolls
from sharing.directory import from_document
from sharing.events import Child, ContactDecided, Envelope, SettingResult, SettingSought
from tests.connectors.formats_kit import NOW, ROOT, assert_golden, only

RAW = (ROOT / "connectors/education/samples/roll.csv").read_bytes()
ROLLS, REFUSED = read_rolls([("roll.csv", RAW)], NOW)
DAY = date(2026, 11, 23)
ROMY = Child(surname="Sallow", forename="Romy", birth_date=date(2013, 3, 5), setting_name="Harbour Academy")
EXCHANGE = "90aa2b7e9a4d4a1c8e7700aa11bb22cc"


@pytest.fixture(scope="module")
def directory():
    path = ROOT / "crosswalk/partnership/directory.yaml"
    return from_document(yaml.safe_load(path.read_text()), path.name)


def answered(child, directory=None, now=NOW):
    reaction = AnswersFromRolls(lambda: ROLLS, directory)
    view = SettingSought(envelope=Envelope(subject="ab" * 16), child=child)
    return only(reaction.on_delivered(view, EXCHANGE, None, now))


def test_samples_become_what_the_golden_file_says():
    assert_golden("education")


def test_bad_row_of_a_roll_hides_no_other():
    assert [(number, refused.code) for _, number, refused in REFUSED] == [(11, "BAD_DATE"), (12, "BAD_URN")]


@pytest.mark.parametrize(
    ("child", "result", "urn"),
    [
        (Child(upn="Z999400126005"), "FOUND", "999003"),
        (ROMY, "FOUND", "999003"),
        (replace(ROMY, setting_name="Harbour"), "FOUND", "999003"),
        (replace(ROMY, setting_name=None, setting_urn="999003"), "FOUND", "999003"),
        (replace(ROMY, setting_name=None), "SEVERAL", None),
        (replace(ROMY, setting_name="Oakfield Primary"), "SEVERAL", None),
        (replace(ROMY, setting_name="The School"), "SEVERAL", None),
        (replace(ROMY, forename="Rowan"), "NOT_FOUND", None),
        (replace(ROMY, birth_date=date(2013, 5, 3)), "NOT_FOUND", None),
        (replace(ROMY, upn="T999400126001"), "SEVERAL", None),
        (replace(ROMY, setting_name="an academy"), "SEVERAL", None),
        (
            Child(surname="Lorimer", forename="Tam", birth_date=date(2016, 2, 11), setting_name="oakfield"),
            "FOUND",
            "999001",
        ),
        (Child(surname="Trewin", forename="Jory", birth_date=date(2015, 9, 9)), "SEVERAL", None),
        (
            Child(surname="Sallow", forename="Wren", birth_date=date(2023, 1, 30), setting_name="Little Acorns"),
            "FOUND",
            "999004",
        ),
        (Child(), "NOT_FOUND", None),
    ],
)
def test_child_is_found_only_where_it_is_certain(child, result, urn):
    found = ROLLS.find(child, DAY)
    assert (found.result.value, found.pupil.urn if found.pupil else None) == (result, urn)


def test_wrong_pupil_number_with_another_name_and_birth_date_finds_nobody():
    child = Child(upn="T999400126001", surname="Sallow", forename="Romy", birth_date=date(2013, 3, 5))
    assert ROLLS.find(child, DAY).result is not SettingResult.FOUND


def test_who_left_is_where_the_child_went():
    assert ROLLS.find(ROMY, date(2024, 6, 1)).result is SettingResult.SEVERAL
    assert ROLLS.find(replace(ROMY, setting_name="Oakfield"), date(2024, 6, 1)).pupil.urn == "999001"


def test_answer_names_setting_number_and_enrolled_organisation(directory):
    found = answered(ROMY, directory)
    assert found.event.envelope.in_reply_to == EXCHANGE
    assert found.event.setting_organisation == "harbour-academy"
    assert (found.event.setting_urn, found.event.setting_phone) == ("999003", "01632 960023")


def test_setting_that_is_not_enrolled_is_named_without_an_address_on_the_broker(directory):
    wren = Child(surname="Sallow", forename="Wren", birth_date=date(2023, 1, 30), setting_urn="999004")
    found = answered(wren, directory).event
    assert (found.setting_organisation, found.setting_name) == (None, "Little Acorns Nursery")


def test_answer_tells_nothing_of_the_roll_beyond_the_setting():
    child = answered(ROMY).event.child
    assert set(child.present()) == {"surname", "forename", "birth_date"}


@pytest.mark.parametrize("child", [replace(ROMY, setting_name=None), Child()])
def test_answer_that_is_not_certain_names_no_setting(child):
    found = answered(child).event
    assert found.result is not SettingResult.FOUND
    assert (found.setting_urn, found.setting_name, found.setting_phone) == (None, None, None)


def test_answering_twice_is_the_same_answer():
    assert answered(ROMY) == answered(ROMY, now=datetime(2026, 11, 23, 18, tzinfo=UTC))


def test_other_events_are_not_answered():
    view = ContactDecided(envelope=Envelope(), child=ROMY)
    assert list(AnswersFromRolls(lambda: ROLLS).on_delivered(view, EXCHANGE, None, NOW)) == []


LEES = (
    "UPN,Surname,Forename,Date of Birth,URN,Setting Name\n"
    "T999400126001,Lee,Ann,11/02/2016,999001,Oakfield Primary\n"
    ",Lee,Bea,11/02/2016,999002,Harbour Academy\n"
    ",Lee,Cal,09/09/2012,999002,Harbour Academy\n"
)


@pytest.mark.parametrize(
    ("forename", "born", "result"),
    [
        ("Ann", date(2016, 2, 11), "FOUND"),
        ("Annie", date(2016, 2, 11), "FOUND"),
        ("Bea", date(2016, 2, 11), "SEVERAL"),
        ("Cal", date(2012, 9, 9), "SEVERAL"),
    ],
)
def test_number_of_a_sister_or_a_twin_does_not_send_a_notice_to_her_school(forename, born, result):
    rolls, _ = read_rolls([("roll.csv", LEES.encode())], NOW)
    child = Child(upn="T999400126001", surname="Lee", forename=forename, birth_date=born)
    assert rolls.find(child, DAY).result.value == result


def test_kind_of_setting_names_no_setting():
    rolls, _ = read_rolls([("roll.csv", LEES.encode())], NOW)
    child = Child(surname="Lee", forename="Bea", birth_date=date(2016, 2, 11))
    for told, result in (("the academy", "SEVERAL"), ("Primary School", "SEVERAL"), ("Harbour", "FOUND")):
        assert rolls.find(replace(child, setting_name=told), DAY).result.value == result
