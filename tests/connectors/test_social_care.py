import csv
import io
import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from connectors.ports import Dropped, Refused
from connectors.social_care import outcomes, records
from connectors.translate_cli import lines
from sharing.codec import to_record
from sharing.events import ContactOutcome, PlanKind, ReferralOutcome, SealAction, SealKind
from tests.connectors.formats_kit import NOW, ROOT, UNTIMED, assert_golden, event, only, public_samples, results

PERSON = {"pers_forename": "Romy", "pers_surname": "Sallow", "pers_dob": "2013-03-05"}
EXCHANGE = "80aa2b7e9a4d4a1c8e7700aa11bb22c1"
REFERRAL = {
    "cine_referral_id": "R-1",
    "cine_person_id": "P-1",
    "cine_referral_date": "2026-11-20",
    "cine_referral_outcome_json": '{"NFA_FLAG": "Y"}',
    "cine_referral_nfa": "Y",
    "crosswalk_exchange_id": EXCHANGE,
    "crosswalk_decided_at": "2026-11-23T09:30:00",
    **PERSON,
}
SEAL = {
    "seal_id": "S-1",
    "seal_person_id": "P-1",
    "seal_kind": "ADDRESS",
    "seal_action": "SET",
    "seal_decided_at": "2026-11-21T19:30:00",
    **PERSON,
}


def table(*rows):
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def ssd(*rows):
    return results("social-care-ssd", table(*rows))


def test_samples_become_what_the_golden_file_says():
    assert_golden("social_care")


def test_decision_answers_the_exchange_that_was_delivered():
    found = only(ssd(REFERRAL))
    assert event(found).outcome is ReferralOutcome.NOT_ACCEPTED
    assert event(found).envelope.in_reply_to == EXCHANGE


def test_refusal_without_reason_goes_and_its_completion_has_the_same_key():
    completed = REFERRAL | {"crosswalk_reason_code": "THRESHOLD_NOT_MET", "crosswalk_advice_text": "Call us."}
    first, second = only(ssd(REFERRAL)), only(ssd(completed))
    assert event(first).reason_code is None
    assert event(second).advice_text == "Call us."
    assert first.native_key == second.native_key


@pytest.mark.parametrize(
    ("cell", "outcome"),
    [
        ('{"NFA_FLAG": "Y", "STRATEGY_DISCUSSION_FLAG": "Y"}', ReferralOutcome.STRATEGY_DISCUSSION_OR_S47),
        ('{ SINGLE_ASSESSMENT_FLAG: "Y", NFA_FLAG: "N" }', ReferralOutcome.ASSESSMENT_REQUIRED),
        ("{'SINGLE_ASSESSMENT_FLAG': 'true'}", ReferralOutcome.ASSESSMENT_REQUIRED),
        ("Step-down to Early Help", ReferralOutcome.STEP_DOWN_TO_EARLY_HELP),
        ("Strategy discussion and/or Section 47 enquiry", ReferralOutcome.STRATEGY_DISCUSSION_OR_S47),
        ("", None),
        ('{"SINGLE_ASSESSMENT_FLAG": "", "NFA_FLAG": ""}', None),
    ],
)
def test_outcome_is_read_in_every_form_and_what_protects_most_wins(cell, outcome):
    assert outcomes.referral_outcome(cell, "") is outcome


def test_contact_that_became_a_referral_is_never_no_further_action():
    cell = '{"NFA_FLAG": "Y", "NEW_REFERRAL_FLAG": "Y"}'
    assert outcomes.contact_outcome(cell) is ContactOutcome.BECAME_REFERRAL


@pytest.mark.parametrize("cell", ["{}", "closed", '{"NFA_FLAG": "maybe"}', '{"PRIVATE_FOSTERING_FLAG": "Y"}', "{NFA"])
def test_outcome_that_cannot_be_understood_is_refused_and_never_no_further_action(cell):
    with pytest.raises(outcomes.Unclear):
        outcomes.contact_outcome(cell)
    assert only(ssd(REFERRAL | {"cine_referral_outcome_json": "{NFA"})).code == "UNKNOWN_OUTCOME"


@UNTIMED
@given(st.text(max_size=200))
def test_outcome_cell_is_decided_undecided_or_unclear_and_nothing_else(cell):
    try:
        assert outcomes.referral_outcome(cell, "N") in {None, *ReferralOutcome}
    except outcomes.Unclear:
        assert cell.strip()


def test_undecided_row_is_no_event():
    undecided = REFERRAL | {"cine_referral_outcome_json": "", "cine_referral_nfa": "N"}
    assert only(ssd(undecided)).code == "NOT_YET_DECIDED"


@pytest.mark.parametrize(
    ("column", "value", "code", "field"),
    [
        ("crosswalk_exchange_id", "12", "BAD_EXCHANGE_ID", "exchange_id"),
        ("crosswalk_decided_at", "32/01/2026 10:00", "BAD_TIME", "decided_at"),
        ("crosswalk_reason_code", "BECAUSE", "UNKNOWN_CODE", "reason_code"),
        ("cine_referral_id", "", "MISSING", "record_id"),
    ],
)
def test_answer_with_a_bad_matter_is_refused_by_column(column, value, code, field):
    result = only(ssd(REFERRAL | {column: value}))
    assert isinstance(result, Refused)
    assert (result.code, result.field) == (code, field)


def test_persons_are_joined_from_their_own_table():
    bare = {k: v for k, v in REFERRAL.items() if not k.startswith("pers_")}
    persons = {"pers_person_id": "P-1", "pers_surname": "Sallow", "pers_dob": "2013-03-05", "pers_forename": "Romy"}
    found = list(lines("social-care-ssd", [("a.csv", table(bare)), ("b.csv", table(persons))], NOW))
    assert event(found[0].result).child.surname == "Sallow"
    assert found[1].result.code == "PERSON_TABLE"


@UNTIMED
@given(st.text(st.characters(codec="ascii", exclude_characters='"\r\n\x00'), max_size=20))
def test_seal_is_never_lost_to_a_bad_code(word):
    found = event(only(ssd(SEAL | {"seal_kind": word or "?", "seal_decided_at": word})))
    assert found.action is SealAction.SET
    assert found.kind in set(SealKind)


def test_action_that_cannot_be_read_seals():
    found = event(only(ssd(SEAL | {"seal_action": "done", "seal_kind": "HOME"})))
    assert (found.kind, found.action) == (SealKind.ADDRESS, SealAction.SET)


def test_seal_is_not_lifted_where_it_is_unclear_which():
    assert only(ssd(SEAL | {"seal_action": "LIFTED", "seal_kind": "HOME"})).code == "UNKNOWN_CODE"


def test_plan_of_an_unborn_child_is_known_as_such():
    row = {
        "cppl_cp_plan_id": "CP-1",
        "cppl_person_id": "P-2",
        "cppl_cp_plan_start_date": "2026-11-02",
        "cppl_cp_plan_initial_category": "NEG",
        "pers_surname": "Penhale",
        "pers_expected_dob": "2027-01-15",
    }
    assert event(only(ssd(row))).kind is PlanKind.UNBORN_CHILD_PROTECTION


@pytest.mark.parametrize("reason", ["ABSENC", "SWDIED", "LEFTRL"])
def test_why_a_worker_left_never_leaves(reason):
    row = {
        "invo_involvements_id": "I-1",
        "invo_person_id": "P-1",
        "invo_professional_team": "East",
        "invo_involvement_start_date": "2026-11-20",
        "invo_worker_change_reason": reason,
        **PERSON,
    }
    assert reason not in json.dumps(to_record(event(only(ssd(row)))), default=str)


def test_worker_ids_and_closure_reasons_are_not_columns_of_ours():
    raw = (ROOT / "connectors/social_care/samples/ssd_cin_episodes.csv").read_bytes()
    assert not [r for r in results("social-care-ssd", raw) if "W-77" in str(getattr(r, "event", ""))]


@pytest.mark.samples
@pytest.mark.parametrize(
    "name", ["ssd_person", "ssd_contacts", "ssd_cin_episodes", "ssd_cp_plans", "ssd_cin_plans", "ssd_involvements"]
)
def test_headings_of_the_published_dataset_are_recognised(name):
    path = next(p for p in public_samples("ssd/objects") if p.stem == name)
    fields = [field["name"] for field in yaml.safe_load(path.read_text())["nodes"][0]["fields"]]
    head = ",".join(fields)
    matched = [kind for kind, columns in records.TABLES.items() if columns.match(head)]
    assert matched[:1] == [name]


@pytest.mark.samples
@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("contact_outcome", outcomes.CONTACT_WORDS),
        ("cin_referral_outcome", outcomes.REFERRAL_WORDS),
        ("contact_source", records.SOURCE_CODES),
        ("referral_source", records.SOURCE_CODES),
        ("category_of_abuse", records.ABUSE),
        ("primary_need", records.NEED_CODES),
    ],
)
def test_every_code_of_the_published_lists_is_known(name, known):
    path = next(p for p in public_samples("ssd/categories") if p.stem == name)
    loaded = yaml.safe_load(path.read_text())
    items = loaded if isinstance(loaded, list) else next(iter(loaded.values()))
    from connectors.native.text import heading

    assert {heading(str(item["value"])) for item in items} <= set(known)


def test_person_rows_are_no_events():
    raw = (ROOT / "connectors/social_care/samples/ssd_person.csv").read_bytes()
    assert {type(result) for result in results("social-care-ssd", raw)} == {Dropped}


@pytest.mark.parametrize(
    "cell",
    [
        '{"NFA_FLAG": "Y"',
        '{"NFA_FLAG": "Y", "STRATEGY_DISC',
        '{"NFA_FLAG": "Y", "A_FLAG_OF_NEXT_YEAR": "Y"}',
        '{"NFA_FLAG": "", "A_FLAG_OF_NEXT_YEAR": "Y"}',
    ],
)
def test_outcome_that_breaks_off_or_stands_beside_an_unknown_one_is_never_no_further_action(cell):
    assert (
        only(ssd(REFERRAL | {"cine_referral_outcome_json": cell, "cine_referral_nfa": "N"})).code == "UNKNOWN_OUTCOME"
    )
    contact = {
        "cont_contact_id": "C-1",
        "cont_contact_source_code": "2A",
        "cont_contact_outcome_json": cell.replace("A_FLAG_OF_NEXT_YEAR", "OTHER_OUTCOMES_EXIST_FLAG"),
        "cont_contact_date": "2026-11-20",
        **PERSON,
    }
    assert only(ssd(contact)).code == "UNKNOWN_OUTCOME"


PLAN = {
    "cppl_cp_plan_id": "CP-1",
    "cppl_person_id": "P-1",
    "cppl_cp_plan_start_date": "2026-10-05",
    "cppl_cp_plan_end_date": "",
    "cppl_cp_plan_initial_category": "Neglect",
    **PERSON,
}


@pytest.mark.parametrize(
    ("end", "action"),
    [("2026-11-23", "ENDED"), ("2026-11-22 16:30:00", "ENDED"), ("2026-11-24", "STARTED"), ("2027-10-05", "STARTED")],
)
def test_plan_is_not_ended_before_its_last_day(end, action):
    found = event(only(ssd(PLAN | {"cppl_cp_plan_end_date": end})))
    assert found.action.value == action
    assert (found.end_date is None) is (action == "STARTED")


def test_category_or_need_that_cannot_be_read_holds_back_neither_plan_nor_answer():
    plan = event(only(ssd(PLAN | {"cppl_cp_plan_initial_category": "CSE"})))
    assert (plan.category, [mark.field for mark in plan.envelope.unreadable]) == (None, ["category"])
    answer = event(only(ssd(REFERRAL | {"cine_cin_primary_need_code": "Abuse", "crosswalk_threshold_level": "high"})))
    assert answer.outcome is ReferralOutcome.NOT_ACCEPTED
    assert {mark.field for mark in answer.envelope.unreadable} == {"primary_need_code", "threshold_level_applied"}


@pytest.mark.parametrize(
    ("column", "written", "at"),
    [
        ("cine_referral_date", "2026-11-20 14:05:00.000", "2026-11-20T14:05:00+00:00"),
        ("cine_referral_date", "20/06/2026", "2026-06-19T23:00:00+00:00"),
        ("crosswalk_decided_at", "21/11/2026", "2026-11-21T00:00:00+00:00"),
    ],
)
def test_column_for_times_may_hold_a_day_and_the_other_way_round(column, written, at):
    found = event(only(ssd(REFERRAL | {"crosswalk_decided_at": ""} | {column: written})))
    assert found.envelope.occurred_at.isoformat() == at


def test_empty_person_columns_do_not_hide_the_person_table():
    bare = REFERRAL | dict.fromkeys(PERSON, "")
    persons = {"pers_person_id": "P-1", "pers_surname": "Sallow", "pers_dob": "2013-03-05"}
    found = list(lines("social-care-ssd", [("a.csv", table(bare)), ("b.csv", table(persons))], NOW))
    assert event(found[0].result).child.surname == "Sallow"


def test_seal_without_a_reference_of_its_own_seals():
    first, again = (only(ssd(SEAL | {"seal_id": "", "seal_kind": kind})) for kind in ("ADDRESS", "HOME"))
    assert event(first).action is SealAction.SET
    assert first.native_key == again.native_key
