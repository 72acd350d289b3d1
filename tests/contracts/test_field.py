"""The events of the field, all 58, with what each must be able to say and what it must be able to withhold."""

import pytest

from schemas import read_schemas
from sharing.codec import Catalogue, decode, encode
from sharing.events import EVENT_TYPES, Child, Envelope
from sharing.events.common import Nobody
from sharing.policy import field_classes

FIELD = {
    # any agency
    "referral.submitted": "concern_seen since effect_on_child ask family_informed child_words level_claimed "
    "assessment_tool siblings[].name:K referrer_name:H2",
    "disagreement.raised": "decision_ref reason stage evidence clinical_detail:J",
    "correction.issued": "action what_was_wrong recalled_exchange wrong_value:D",
    "consultation.requested": "age_band concern level_thought question asker_name:H2",
    "consultation.advised": "advice level_advised next_step adviser_name:H",
    # children's social care
    "csc.contact.recorded": "source_code contact_ref narrative:L contact_person:H2",
    "csc.contact.decided": "source_code outcome became_referral_ref reason_code advice_text narrative:L",
    "csc.referral.decided": "outcome reason_code advice_text response_to_referrer_view suggested_services "
    "missing_items narrative:L family_findings:F",
    "csc.allocation.changed": "old_function new_function new_team duty_phone reason absence_reason:L",
    "csc.strategy.convened": "meeting_at invited[].invited_function threshold_facts:L alleged_perpetrator:G",
    "csc.strategy.concluded": "held_at took_part[].attending_function outcome actions[].what minutes:L reasons:L",
    "csc.s47.changed": "started_on ended_on outcome category:P2",
    "csc.assessment.completed": "outcome closed_at_referral factors:L",
    "csc.conference.scheduled": "kind target_on scheduled_at invited[].invited_function",
    "csc.conference.held": "kind held_at quorate outcome category:P2 other_reports:L",
    "csc.plan.changed": "kind action start_date lead_function duty_phone category:P2 placement_address:D",
    "csc.meeting.changed": "kind action took_part[].attending_function next_at minutes:L",
    "csc.case.closed": "reason step_down open_disagreement closes_on adopted_name:E",
    "csc.return_interview.recorded": "offered_at accepted held_at within_72_hours account:R",
    "csc.placement.changed": "placement_area:C2 new_setting_urn:C2 carer_name:C2 risk placement_address:D "
    "placement_postcode:D placement_uprn:D",
    "earlyhelp.assessment.changed": "action judged_by_function judged_why other_members_notes:L",
    "earlyhelp.lead.changed": "action from_function to_function other_members_notes:L",
    "la.education.status_changed": "status consent_step reason_class parental_reason:M",
    "review.case.opened": "kind hold_scope summary:L",
    # police
    "police.da_incident.notified": "police_reference incident_started_at location_class child_role child_words "
    "circumstances risk_grade actions_taken callback suspect:G intelligence:H officer:H fled_to:D adult_injuries:J",
    "police.ppn.submitted": "category grade vulnerabilities notices_3_months notices_12_months actions_taken "
    "informant:H intelligence:H",
    "police.missing.changed": "action grade last_seen_area:C return_interview_needed",
    "police.investigation.outcome": "outcome_code:I evidential_reason risk_statement next_agency victim_account:R "
    "suspect:G",
    "police.protection.used": "started_at ends_by reason_class found_at:C taken_to:D",
    "police.exploitation.marker_changed": "kind action level network:H others_named:K",
    "police.restriction.changed": "conditions until condition_text restricted_adult:G offence:I",
    # health
    "health.unscheduled.attended": "setting attended_at accompanied_by left_before_seen reason_class diagnosis:J "
    "clinical_note:J2",
    "health.injury.concern": "kind age_months mobility body_part explanation photographs:J2",
    "health.appointment.missed": "missed_12_months setting_class specialty:J2",
    "health.medical.opinion": "likelihood cannot_exclude opinion_for_others unrelated_history:J2",
    "health.disclosure.recorded": "age_band power_gap coercion competent refer_reason detail:J2 partner_name:G",
    "health.pregnancy.concern": "expected_on concerns father_name:F father_health:J2",
    "health.registration.changed": "kind gp_practice superseded_nhs_number sensitive child.address_line:C",
    "health.flag.changed": "kind action since category:P2",
    "health.cpis.accessed": "viewing_organisation:C2 viewing_setting accessed_at viewer_name:H",
    # schools
    "school.concern.shared": "level facts opinion child_words assessment_tool who_saw_function staff_name:H",
    "school.attendance.threshold": "rule sessions since reason_known plan_known absence_codes:M",
    "school.roll.changed": "action destination_urn:C2 on_roll_from on_roll_until parental_reason:M",
    "school.exclusion.recorded": "kind sessions alternative_urn behaviour_detail:M",
    "school.file.transferred": "action content_hash pages parts_missing content:M",
    "school.alert.acknowledged": "read_at action callback_wanted pupil_reaction:M",
    "school.contact.changed": "contact_function contact_phone deputy_function hours closed_from home_phone:H",
    # the broker
    "broker.receipt.recorded": "state by_function reader_name:H",
    "broker.clock.changed": "rule started_at clock_due_by state",
    "broker.escalation.changed": "stage from_function to_function why",
    "broker.coverage.gap": "organisation_missing kind since expected_by pupils:K",
    "broker.identity.changed": "action score_band fields_used restricted:L",
    "broker.pattern.detected": "rule counted window_months source_functions",
    "broker.quality.flagged": "field_path kind others_text:L",
    "broker.discrepancy.found": "kind versions[].held_by_agency versions[].status_word clinical_detail:J "
    "legal_detail:L",
    "broker.release.decided": "fields_ruled[].ruling_rule agreements_version fields_ruled[].commitment values:L",
    "broker.quorum.missing": "missing_agencies missing_functions",
    "broker.hold.placed": "scope authority",
}
"""Event to the fields that the field asks of it; with a class, what must never go beyond who may have that class."""

OF_THIS_HOUSE = {
    "seal.changed",
    "csc.involvement.changed",
    "education.setting.found",
    "broker.setting.sought",
    "broker.task.raised",
    "broker.text.reviewed",
}
"""Events that this broker needs besides, to keep its registers and to ask."""

CLASSES = field_classes(read_schemas())
CATALOGUE = Catalogue.of(read_schemas())


def test_the_catalogue_has_the_58_events_of_the_field_and_six_of_this_house():
    assert len(FIELD) == 58
    assert EVENT_TYPES.keys() == FIELD.keys() | OF_THIS_HOUSE


@pytest.mark.parametrize("event_type", sorted(FIELD))
def test_an_event_has_the_fields_that_the_field_asks_of_it(event_type):
    own = CLASSES[event_type]
    for word in FIELD[event_type].split():
        path, _, wanted = word.partition(":")
        assert path in own, path
        assert not wanted or own[path] == wanted, path


@pytest.mark.parametrize("event_type", ["consultation.requested", "consultation.advised", "school.contact.changed"])
def test_an_event_that_names_nobody_has_no_place_for_a_name(event_type):
    """What a sender put there all the same would not leave the sender."""
    assert not [path for path in CLASSES[event_type] if path.startswith("child")]
    named = EVENT_TYPES[event_type](envelope=Envelope(), child=Child(surname="Lorimer", nhs_number="9434765919"))
    raw = encode(named, CATALOGUE)
    assert raw == encode(EVENT_TYPES[event_type](envelope=Envelope()), CATALOGUE)
    assert decode(raw, CATALOGUE).child == Nobody()
    assert decode(raw, CATALOGUE).child.surname is None


def test_there_is_no_score():
    """A rule counts and says which rule it is; nobody is given a number that predicts. A link of records has a band."""
    assert {p for paths in CLASSES.values() for p in paths if "score" in p} == {"score_band"}
