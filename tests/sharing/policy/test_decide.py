"""Decisions: default deny, seals only lower, unknown restricts, and a referral is never stopped."""

import json
from hashlib import sha256
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharing.errors import Misconfigured
from sharing.events import EVENT_TYPES
from sharing.policy import CLEAR, EXISTS, WITHHOLD, Facts, Guard, TransformKind, decide, leaves, lowest
from sharing.policy.conditions import AllOf, AnyOf, Named, Not
from sharing.policy.decision import shape_of
from sharing.policy.invariants import released_rows
from sharing.policy.pseudo import PSEUDO_FIELDS
from sharing.policy.situations import all_of
from sharing.vocabulary import SETTINGS, FieldClass, Outcome, RecipientKind

facts = st.fixed_dictionaries({g: st.sampled_from([True, False, None]) for g in Guard}).map(Facts.of)
questions = st.tuples(st.sampled_from(sorted(EVENT_TYPES)), st.sampled_from(list(RecipientKind)))
OPEN = {
    Guard.OPEN_INVOLVEMENT: True,
    Guard.OPEN_REFERRAL: True,
    Guard.OPEN_PLAN: True,
    Guard.IDENTITY_SETTLED: True,
    Guard.RECIPIENT_IS_ASKER: True,
    Guard.STANDS_IN: True,
    Guard.STATUTORY_PLAN: True,
    Guard.ORDINARY_REGISTRATION: True,
    Guard.ADDRESS_SEALED: False,
    Guard.S_FLAG: False,
    Guard.PERPETRATOR_CHANNEL: False,
    Guard.ADOPTION: False,
}


def kleene(condition, known):
    match condition:
        case Named(guard):
            return known[guard]
        case Not(inner):
            value = kleene(inner, known)
            return None if value is None else not value
        case AllOf(parts):
            values = [kleene(p, known) for p in parts]
            return False if False in values else None if None in values else True
        case AnyOf(parts):
            values = [kleene(p, known) for p in parts]
            return True if True in values else None if None in values else False


def naive(agreements, event_type, kind, known):
    """The meaning of the agreements, written a second time from the permits and seals, one field at a time."""
    permits = [p for p in agreements.permits if p.event_type == event_type and kind in p.to]
    head = next((p for p in permits if EXISTS in p.fields), None)
    if head is None:
        return Outcome.SUPPRESS, {}
    bound = [
        seal
        for seal in agreements.seals
        if (seal.to is None or kind in seal.to)
        and kleene(seal.when, known) is not False
        and (seal.absolute or not any(kind in e.to and kleene(e.when, known) is True for e in seal.exceptions))
    ]
    if not head.never_stopped:
        if kleene(head.when, known) is False or any(seal.exists for seal in bound):
            return Outcome.SUPPRESS, {}
        if any(kleene(p.when, known) is not False and any(known[g] is not True for g in p.hold_until) for p in permits):
            return Outcome.HOLD, {}
        if kleene(head.when, known) is not True:
            return Outcome.SUPPRESS, {}
    given = {}
    for permit in permits:
        for path, transform in permit.fields.items():
            if path == EXISTS or (not permit.never_stopped and kleene(permit.when, known) is not True):
                continue
            own = agreements.classes[event_type].get(path)
            closing = [] if permit.never_stopped else [s.do for s in bound if own in s.classes]
            given[path] = lowest(transform, *closing)
    return Outcome.DELIVER, {path: t for path, t in given.items() if t != WITHHOLD}


@given(questions, facts)
def test_a_decision_says_what_permits_and_seals_mean(agreements, question, known):
    decision = decide(agreements, *question, None, known)
    outcome, released = naive(agreements, *question, known)
    assert decision.outcome is outcome
    assert {f.path: f.transform for f in decision.fields if f.is_released and f.path != EXISTS} == released


@given(questions, facts)
def test_every_field_has_its_reason_and_nothing_goes_unless_delivered(agreements, question, known):
    decision = decide(agreements, *question, None, known)
    assert [f.path for f in decision.fields] == [*PSEUDO_FIELDS, *leaves(question[0])]
    assert {f.reason for f in decision.fields} <= {
        "permitted",
        "no-agreement",
        "condition-not-met",
        "sealed",
        "waits",
        "review",
    }
    assert all(f.rule for f in decision.fields if f.reason != "no-agreement")
    assert decision.ruling(EXISTS).is_released is (decision.outcome is Outcome.DELIVER)
    if decision.outcome is not Outcome.DELIVER:
        assert not any(f.is_released for f in decision.fields)


@given(
    questions,
    facts,
    st.sampled_from([g for g in Guard if g.value in {"address_sealed", "s_flag", "adoption", "perpetrator_channel"}]),
)
def test_a_seal_never_adds_anything(agreements, question, known, guard):
    def released(value):
        decision = decide(agreements, *question, None, Facts.of({**known, guard: value}))
        return {f.path: f.transform for f in decision.fields if f.is_released}

    without, unknown, sealed = released(False), released(None), released(True)
    assert sealed == unknown
    assert all(path in without and lowest(transform, without[path]) == transform for path, transform in sealed.items())


@given(questions, facts)
def test_knowing_nothing_releases_least(agreements, question, known):
    nothing = decide(agreements, *question, None, Facts())
    some = decide(agreements, *question, None, Facts.of({**known, **{g: False for g in Guard if known[g] is None}}))
    if nothing.outcome is Outcome.DELIVER and some.outcome is Outcome.DELIVER:
        assert {f.path for f in nothing.fields if f.is_released} <= {f.path for f in some.fields if f.is_released}


def test_a_referral_reaches_social_care_in_every_combination_of_facts(agreements):
    table = all_of(list(Guard)[:8])
    for kind in (RecipientKind.FRONT_DOOR, RecipientKind.EMERGENCY_DUTY):
        cell = agreements.cells["referral.submitted", kind, "referral"]
        assert cell.guards == frozenset()
        for path, permit in cell.permits.items():
            assert permit.fields[path] == (PSEUDO_FIELDS[path].gives if path in PSEUDO_FIELDS else CLEAR)
            assert released_rows(cell, path, table) == table.every


@given(facts)
def test_a_referral_goes_with_its_full_text_and_what_could_not_be_read(agreements, known):
    decision = decide(agreements, "referral.submitted", RecipientKind.FRONT_DOOR, None, known)
    assert decision is decide(agreements, "referral.submitted", RecipientKind.FRONT_DOOR, None, Facts())
    assert decision.outcome is Outcome.DELIVER
    assert [f.path for f in decision.withheld] == [
        "$timestamp",
        "$size_class",
        "$marker",
        "envelope.event_id",
        "envelope.system",
        "envelope.native_key",
        "envelope.native_version",
        "child.local_id",
        "child.former_surname",
    ]


@given(questions, facts)
def test_the_ledger_body_is_canonical_and_repeats_the_decision(agreements, question, known):
    decision = decide(agreements, *question, None, known)
    record = json.loads(decision.body())
    assert json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() == decision.body()
    assert record["outcome"] == decision.outcome
    assert record["agreements"] == agreements.version
    assert [f[0] for f in record["fields"]] == [f.path for f in decision.fields]
    assert record["guards"] == {g.value: known[g] for g, _ in decision.guards}
    assert decision.digest == sha256(decision.body()).digest()
    assert decision.shape == shape_of(decision.event_type, decision.fields)
    if decision.outcome is Outcome.DELIVER:
        assert all(record[name] for name in ("permit", "agreement", "purpose", "statute"))


@given(questions, facts, facts)
def test_facts_that_nobody_asks_for_do_not_make_another_decision(agreements, question, known, others):
    decision = decide(agreements, *question, None, known)
    asked = {g for g, _ in decision.guards}
    same = Facts.of({g: known[g] if g in asked else others[g] for g in Guard})
    again = decide(agreements, *question, None, same)
    assert again is decision


def test_decisions_are_made_once(agreements):
    known = Facts.of(OPEN)
    first = decide(agreements, "csc.plan.changed", RecipientKind.SCHOOL, None, known)
    assert decide(agreements, "csc.plan.changed", RecipientKind.SCHOOL, None, Facts.of(OPEN)) is first


def test_another_purpose_gets_nothing(agreements):
    decision = decide(agreements, "csc.plan.changed", RecipientKind.SCHOOL, "attendance", Facts.of(OPEN))
    assert decision.outcome is Outcome.SUPPRESS
    assert decision.reason == "no-agreement"


def test_an_unknown_event_type_is_a_fault_not_a_denial(agreements):
    with pytest.raises(Misconfigured, match=r"no event type 'csc\.plan\.change'"):
        decide(agreements, "csc.plan.change", RecipientKind.SCHOOL, None, Facts())


def outcome(agreements, event_type, kind, **known):
    values = {**OPEN, **{Guard(name): value for name, value in known.items()}}
    return decide(agreements, event_type, kind, None, Facts.of(values))


def test_an_unsettled_identity_makes_a_notice_wait_and_not_vanish(agreements):
    for value in (False, None):
        decision = outcome(agreements, "police.da_incident.notified", RecipientKind.SCHOOL, identity_settled=value)
        assert decision.outcome is Outcome.HOLD
        assert decision.reason == "waits"
        assert decision.rule == "encompass/school-notice"


def test_an_unsettled_identity_does_not_hold_what_does_not_depend_on_it(agreements):
    for event_type in ("police.da_incident.notified", "police.missing.changed", "school.concern.shared"):
        decision = outcome(agreements, event_type, RecipientKind.FRONT_DOOR, identity_settled=None)
        assert decision.outcome is Outcome.DELIVER
    answer = outcome(agreements, "csc.referral.decided", RecipientKind.SCHOOL, identity_settled=False)
    assert answer.outcome is Outcome.DELIVER


def test_a_closed_involvement_gets_nothing_even_while_identity_is_open(agreements):
    decision = outcome(
        agreements,
        "police.da_incident.notified",
        RecipientKind.SCHOOL,
        open_involvement=False,
        identity_settled=None,
    )
    assert decision.outcome is Outcome.SUPPRESS
    assert decision.reason == "condition-not-met"


def test_a_setting_that_reaches_the_perpetrator_does_not_learn_of_the_event(agreements):
    for value in (True, None):
        decision = outcome(agreements, "police.da_incident.notified", RecipientKind.SCHOOL, perpetrator_channel=value)
        assert (decision.outcome, decision.reason) == (Outcome.SUPPRESS, "sealed")
        assert decision.rule == "seals/perpetrator-channel-in-setting"


LOCATION = {FieldClass.LOCATION, FieldClass.LOCATION_INFERRING, FieldClass.SEALED_LOCATION}


def sees_location(agreements, decision):
    classes = agreements.classes[decision.event_type]
    return [f.path for f in decision.fields if f.is_released and classes.get(f.path) in LOCATION]


@pytest.mark.parametrize("seal", ["address_sealed", "s_flag"])
def test_a_sealed_address_is_seen_by_those_who_protect_the_child_and_nobody_else(agreements, seal):
    protects = {RecipientKind.ALLOCATED_TEAM, RecipientKind.FRONT_DOOR, RecipientKind.EMERGENCY_DUTY}
    for event_type, kind in product(sorted(EVENT_TYPES), RecipientKind):
        if event_type == "referral.submitted":
            continue
        seen = sees_location(agreements, outcome(agreements, event_type, kind, **{seal: True}))
        assert not seen or kind in protects, (event_type, kind, seen)
    for kind in protects:
        decision = outcome(agreements, "police.da_incident.notified", kind, **{seal: True})
        assert {"child.address_line", "child.postcode", "incident_address"} <= set(sees_location(agreements, decision))


def test_the_front_door_without_an_open_referral_does_not_see_a_sealed_address(agreements):
    for kind, value in product((RecipientKind.FRONT_DOOR, RecipientKind.EMERGENCY_DUTY), (False, None)):
        decision = outcome(
            agreements, "police.missing.changed", kind, address_sealed=True, open_referral=value, night_duty=True
        )
        assert decision.outcome is Outcome.DELIVER
        assert sees_location(agreements, decision) == []
        assert decision.ruling("child.postcode").rule == "seals/address"
        assert decision.ruling("child.surname").transform == CLEAR


@pytest.mark.parametrize("guard", ["perpetrator_channel", "adoption"])
def test_an_absolute_seal_has_no_exception(agreements, guard):
    bound = set(RecipientKind) - ({RecipientKind.ADOPTION_TEAM} if guard == "adoption" else set())
    for event_type, kind in product(sorted(set(EVENT_TYPES) - {"referral.submitted"}), sorted(bound)):
        assert sees_location(agreements, outcome(agreements, event_type, kind, **{guard: True})) == []


def test_several_seals_are_all_named(agreements):
    decision = outcome(agreements, "police.missing.changed", RecipientKind.POLICE_DUTY)
    assert decision.outcome is Outcome.SUPPRESS
    sealed = outcome(agreements, "police.missing.changed", RecipientKind.GP, address_sealed=True, s_flag=True)
    assert sealed.ruling("child.postcode").rule == "seals/address+seals/s-flag"


# ------------------------------------------------------------------ what the story of the demonstration needs


def released(decision):
    return {f.path for f in decision.fields if f.is_released}


def test_a_refusal_reaches_whoever_asked_with_reason_and_advice(agreements):
    purposes = agreements.purposes_of
    askers = [k for k in RecipientKind if "answer-to-referrer" in purposes.get(("csc.referral.decided", k), ())]
    assert {k for k in RecipientKind if k in SETTINGS} < set(askers)
    assert not {RecipientKind.CORE_GROUP_MEMBER, RecipientKind.REQUESTER, RecipientKind.STATISTICS} & set(askers)
    for kind in askers:
        decision = outcome(agreements, "csc.referral.decided", kind)
        assert {"reason_code", "reason_text", "advice_text", "outcome", "duty_phone"} <= released(decision)
        assert not {"narrative", "primary_need_code", "referral_ref"} & released(decision)
        stranger = outcome(agreements, "csc.referral.decided", kind, recipient_is_asker=False)
        assert stranger.outcome is Outcome.SUPPRESS


def test_a_notice_to_a_school_has_its_minimum_and_nothing_of_the_suspect(agreements):
    seen = released(outcome(agreements, "police.da_incident.notified", RecipientKind.SCHOOL))
    asked = [name for name in leaves("police.da_incident.notified") if name.endswith("_not_known")]
    for name in asked:
        if name != "risk_grade_not_known":
            assert {name, name.removesuffix("_not_known")} <= seen
    assert {"police_reference", "incident_started_at", "callback", "suggested_actions"} <= seen
    assert not {"suspect", "intelligence", "officer", "incident_address", "injured", "risk_grade"} & seen


def test_social_care_and_the_health_visitor_get_different_views(agreements):
    care = released(outcome(agreements, "police.da_incident.notified", RecipientKind.FRONT_DOOR))
    visitor = released(outcome(agreements, "police.da_incident.notified", RecipientKind.HEALTH_VISITOR))
    school = released(outcome(agreements, "police.da_incident.notified", RecipientKind.SCHOOL))
    assert {"suspect", "incident_address", "child.address_line", "child_words"} <= care - visitor
    assert {"injured", "risk_grade"} <= visitor - school
    assert "child_words" in school - visitor


def test_a_nursery_that_cannot_be_reached_is_stood_in_for_by_the_education_service(agreements):
    notice = outcome(agreements, "police.da_incident.notified", RecipientKind.EDUCATION_DUTY, open_involvement=False)
    assert {"circumstances", "actions_taken", "police_reference", "child.surname"} <= released(notice)
    assert not {"child_words", "others_present", "suspect"} & released(notice)
    task = outcome(agreements, "broker.task.raised", RecipientKind.EDUCATION_DUTY)
    assert {"task", "telephone", "organisation_missing", "child.surname"} <= released(task)


def test_an_attendance_reaches_the_social_worker_and_no_school(agreements):
    worker = outcome(agreements, "health.unscheduled.attended", RecipientKind.ALLOCATED_TEAM)
    assert {"attended_at", "setting", "accompanied_by", "callback"} <= released(worker)
    assert worker.ruling("reason_class").transform.kind is TransformKind.CATEGORY
    for kind in RecipientKind:
        decision = outcome(agreements, "health.unscheduled.attended", kind)
        assert "clinical_note" not in released(decision)
        if kind in {RecipientKind.SCHOOL, RecipientKind.EARLY_YEARS, RecipientKind.POLICE_DUTY}:
            assert decision.outcome is Outcome.SUPPRESS


def test_a_flag_tells_the_hospital_that_there_is_a_plan_and_nothing_of_its_kind(agreements):
    flag = outcome(agreements, "csc.plan.changed", RecipientKind.EMERGENCY_DEPARTMENT, open_involvement=False)
    assert {"action", "duty_phone", "child.nhs_number", "child.surname", "child.birth_date"} <= released(flag)
    assert not {"kind", "category"} & released(flag)
    by_consent = outcome(agreements, "csc.plan.changed", RecipientKind.EMERGENCY_DEPARTMENT, statutory_plan=False)
    assert by_consent.outcome is Outcome.SUPPRESS


def test_the_rolls_are_asked_with_enough_to_find_a_child_and_no_address(agreements):
    asked = outcome(agreements, "broker.setting.sought", RecipientKind.EDUCATION_ROLLS)
    assert {"child.surname", "child.forename", "child.birth_date", "child.upn", "child.setting_name"} <= released(asked)
    assert asked.ruling("child.postcode").transform.kind is TransformKind.OUTWARD
    assert not {"why", "child.address_line", "child.telephone", "child.uprn"} & released(asked)


@pytest.mark.parametrize("event_type", ["broker.clock.changed", "broker.escalation.changed", "correction.issued"])
def test_both_sides_of_a_question_hear_of_its_clock_by_day_and_night(agreements, event_type):
    for kind in agreements.vocabulary.groups["partners"]:
        known = Facts.of({Guard.PERPETRATOR_CHANNEL: False})
        assert decide(agreements, event_type, kind, None, known).outcome is Outcome.DELIVER


def test_every_event_type_is_ruled_save_the_brokers_own_registers(agreements):
    ruled = {event_type for event_type, _ in agreements.purposes_of}
    kept = {"broker.release.decided", "broker.text.reviewed"}
    assert set(EVENT_TYPES) - ruled == {"seal.changed", "csc.involvement.changed", *kept}
