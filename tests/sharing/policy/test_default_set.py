"""The default agreements of a partnership: what must exist, what must never, and one local variation.

Row by row: the column "beyond the table, never" of the catalogue, as data; the permits whose lack would be a defect
too; and what the variation for early years adds to the default set.
"""

import pytest

from agreements import read_texts
from sharing.events import EVENT_TYPES
from sharing.policy import Facts, Guard, decide, load, violations
from sharing.policy.invariants import guards_at, released_rows
from sharing.policy.paths import EXISTS
from sharing.policy.situations import all_of
from sharing.vocabulary import SETTINGS, Outcome, RecipientKind

K = RecipientKind
EVERYBODY = frozenset(K)
HEALTH = frozenset(
    {K.EMERGENCY_DEPARTMENT, K.GP, K.HEALTH_VISITOR, K.SCHOOL_NURSE, K.MATERNITY, K.CAMHS, K.SEXUAL_HEALTH}
)
POLICE = frozenset({K.POLICE_DUTY, K.POLICE_NEIGHBOURHOOD, K.POLICE_EMERGENCY})
SOCIAL_CARE = frozenset({K.FRONT_DOOR, K.FRONT_DOOR_MANAGER, K.ALLOCATED_TEAM, K.EMERGENCY_DUTY})

NEVER = [
    ("referral.submitted", "referrer_name", EVERYBODY - {K.FRONT_DOOR, K.EMERGENCY_DUTY}),
    ("disagreement.raised", "clinical_detail raised_by_name other_children", EVERYBODY),
    ("consultation.requested", "asker_name consultation_ref", EVERYBODY),
    ("consultation.advised", "adviser_name consultation_ref", EVERYBODY),
    ("csc.contact.recorded", "narrative contact_person adults other_children", EVERYBODY),
    ("csc.contact.decided", "narrative", EVERYBODY),
    ("csc.referral.decided", "narrative primary_need_code", EVERYBODY),
    ("csc.allocation.changed", "reason", EVERYBODY),
    ("csc.strategy.convened", "threshold_facts category_suspected", SETTINGS),
    ("csc.strategy.concluded", "reasons minutes outcome alleged_perpetrator", SETTINGS),
    ("csc.strategy.concluded", "police_plan", EVERYBODY),
    ("csc.s47.changed", "category findings alleged_perpetrator outcome", SETTINGS),
    ("csc.assessment.completed", "factors analysis child_views family_views", EVERYBODY - {K.REQUESTER}),
    ("csc.assessment.completed", "factors analysis family_views", EVERYBODY),
    ("csc.conference.held", "other_reports minutes", EVERYBODY),
    ("csc.conference.scheduled", "split_reason", EVERYBODY),
    ("csc.plan.changed", "category", SETTINGS | HEALTH),
    ("csc.meeting.changed", "minutes why_called_off", EVERYBODY),
    ("csc.case.closed", "adopted_name summary court_order", EVERYBODY),
    ("csc.return_interview.recorded", "account people_named children_named places_named push_and_pull", EVERYBODY),
    (
        "csc.placement.changed",
        "placement_address placement_postcode placement_uprn placement_phone carer_name provider",
        SETTINGS | HEALTH | {K.EDUCATION_DUTY, K.EDUCATION_ROLLS, K.POLICE_NEIGHBOURHOOD, K.VOLUNTARY, K.REQUESTER},
    ),
    ("csc.placement.changed", "previous_placement_address reason_moved contact_arrangements", EVERYBODY),
    ("earlyhelp.assessment.changed", "other_members_notes family_finances", EVERYBODY),
    ("earlyhelp.lead.changed", "other_members_notes", EVERYBODY),
    ("la.education.status_changed", "parental_reason", EVERYBODY),
    ("review.case.opened", "summary alleged_perpetrator other_children", EVERYBODY),
    ("police.da_incident.notified", "suspect intelligence officer incident_address injured", SETTINGS),
    ("police.da_incident.notified", "intelligence officer", EVERYBODY),
    ("police.ppn.submitted", "informant intelligence officer handling_code", EVERYBODY),
    ("police.missing.changed", "last_seen_area child.address_line child.postcode", SETTINGS),
    ("police.investigation.outcome", "victim_account evidential_note officer", EVERYBODY),
    ("police.investigation.outcome", "suspect outcome_code offence", SETTINGS | HEALTH),
    ("police.protection.used", "taken_to found_at taken_to_kind", SETTINGS),
    ("police.exploitation.marker_changed", "network others_named intelligence", EVERYBODY),
    ("police.exploitation.marker_changed", "suspects places", HEALTH | SETTINGS),
    ("police.restriction.changed", "offence restricted_adult_address protected_address court", SETTINGS),
    ("health.unscheduled.attended", "clinical_note", EVERYBODY),
    ("health.unscheduled.attended", EXISTS, SETTINGS | POLICE),
    ("health.injury.concern", "photographs", EVERYBODY - HEALTH),
    ("health.appointment.missed", "specialty clinical_note", EVERYBODY - HEALTH),
    ("health.medical.opinion", "unrelated_history photographs examiner_name", EVERYBODY),
    ("health.disclosure.recorded", "detail contraception pregnant", EVERYBODY - HEALTH),
    ("health.pregnancy.concern", "father_name father_birth_date father_health", EVERYBODY),
    ("health.pregnancy.concern", "mother_health", EVERYBODY - HEALTH),
    ("health.flag.changed", "category mutilation_detail", EVERYBODY),
    ("health.cpis.accessed", "viewer_name reason", EVERYBODY),
    ("school.attendance.threshold", EXISTS, POLICE | HEALTH),
    ("school.roll.changed", "parental_reason", EVERYBODY),
    ("school.exclusion.recorded", "behaviour_detail other_pupils", EVERYBODY - {K.REQUESTER}),
    ("school.file.transferred", "content other_children", EVERYBODY - {K.REQUESTER}),
    ("school.contact.changed", "lead_name home_phone", EVERYBODY),
    ("broker.coverage.gap", "child.surname child.birth_date envelope.subject", EVERYBODY),
    ("broker.identity.changed", "restricted former_name_used", EVERYBODY),
    ("broker.identity.changed", EXISTS, EVERYBODY - {K.IDENTITY_TEAM}),
    ("broker.pattern.detected", "sources_detail", EVERYBODY),
    ("broker.quality.flagged", "others_text author_name", EVERYBODY),
    ("broker.discrepancy.found", "address_held clinical_detail legal_detail", EVERYBODY),
    ("broker.release.decided", "values guards", EVERYBODY),
    ("broker.quorum.missing", "why_absent agenda", EVERYBODY),
    ("broker.hold.placed", "legal_ground reason authority_reference", EVERYBODY),
    ("seal.changed", EXISTS, EVERYBODY),
]
"""Event, fields, and who never gets them in any situation: beyond what the table of classes says."""


@pytest.mark.parametrize(("event_type", "fields", "kinds"), NEVER, ids=[f"{n}-{row[0]}" for n, row in enumerate(NEVER)])
def test_what_the_catalogue_says_never_goes_goes_in_no_situation(agreements, event_type, fields, kinds):
    known = set(agreements.classes[event_type]) | {EXISTS}
    for path in fields.split():
        assert path in known, path
        for (event, kind, _), cell in agreements.cells.items():
            if event == event_type and kind in kinds and path in cell.permits:
                assert not released_rows(cell, path, all_of(guards_at(cell, path))), f"{path} to {kind}"


def told(agreements, event_type, kind, **facts):
    """What a recipient gets: guards not named are false, seals too."""
    known = dict.fromkeys(Guard, False) | {Guard.IDENTITY_SETTLED: True} | {Guard(g): v for g, v in facts.items()}
    decision = decide(agreements, event_type, kind, None, Facts.of(known))
    return {ruling.path for ruling in decision.fields if ruling.is_released}


@pytest.mark.parametrize("kind", sorted(SETTINGS))
def test_a_setting_learns_whom_to_keep_away_while_it_is_in_force_and_not_a_day_longer(agreements, kind):
    adult = {"restricted_adult", "restricted_adult_description", "restricted_adult_birth_date"}
    during = told(agreements, "police.restriction.changed", kind, open_involvement=True, restriction_in_force=True)
    after = told(agreements, "police.restriction.changed", kind, open_involvement=True)
    assert adult | {"conditions", "what_to_do"} <= during
    assert not adult & after
    assert {"action", "conditions"} <= after, "that it has ended must be told too"
    unknown = told(agreements, "police.restriction.changed", kind, open_involvement=True, restriction_in_force=None)
    assert not adult & unknown


def test_a_setting_learns_who_is_suspected_by_no_other_event(agreements):
    for (event_type, kind, _), cell in agreements.cells.items():
        if kind in SETTINGS:
            suspects = [p for p in cell.permits if cell.classes.get(p) == "G"]
            assert not suspects or event_type == "police.restriction.changed"


def test_the_core_group_gets_category_and_actions_and_a_setting_as_such_does_not(agreements):
    seat = told(agreements, "csc.conference.held", K.CORE_GROUP_MEMBER, core_group_member=True)
    assert {"category", "actions[].what", "actions[].by_date"} <= seat
    assert {"category", "kind"} <= told(agreements, "csc.plan.changed", K.CORE_GROUP_MEMBER, core_group_member=True)
    assert "category" not in told(agreements, "csc.conference.held", K.SCHOOL, open_involvement=True)
    assert not told(agreements, "csc.conference.held", K.CORE_GROUP_MEMBER, open_involvement=True)


def test_social_care_can_call_back_who_referred_and_nobody_learns_of_a_covert_source(agreements):
    assert {"referrer_name", "callback"} <= told(agreements, "referral.submitted", K.FRONT_DOOR)
    carried = [cell for cell in agreements.cells.values() for path in cell.permits if cell.classes.get(path) == "H"]
    assert carried == []


PLACE = {"placement_address", "placement_postcode", "placement_phone"}


@pytest.mark.parametrize("seal", ["address_sealed", "s_flag"])
def test_who_must_go_to_a_sealed_place_knows_it_and_nobody_else(agreements, seal):
    sealed = {seal: True, "open_plan": True}
    event = "csc.placement.changed"
    assert told(agreements, event, K.EMERGENCY_DUTY, open_referral=True, **sealed) >= PLACE
    assert not told(agreements, event, K.EMERGENCY_DUTY, **sealed) & PLACE
    for police in (K.POLICE_DUTY, K.POLICE_EMERGENCY):
        assert told(agreements, event, police, child_missing=True, **sealed) >= PLACE
        assert told(agreements, event, police, police_protection_in_force=True, **sealed) >= PLACE
        assert told(agreements, event, police, s47_open=True, named_officer_grant=True, **sealed) >= PLACE
        assert not told(agreements, event, police, s47_open=True, **sealed) & PLACE
        assert not told(agreements, event, police, child_missing=True, perpetrator_channel=True, **sealed) & PLACE
    for kind in EVERYBODY - {K.EMERGENCY_DUTY, K.POLICE_DUTY, K.POLICE_EMERGENCY, K.ADOPTION_TEAM}:
        everything = {guard.value: True for guard in Guard} | {"perpetrator_channel": False, "adoption": False}
        assert not told(agreements, event, kind, **everything) & PLACE, kind


def test_the_adoption_team_alone_joins_what_an_adoption_cut(agreements):
    everything = {guard.value: True for guard in Guard} | {"perpetrator_channel": False, "address_sealed": False}
    everything |= {"s_flag": False}
    joined = told(agreements, "csc.placement.changed", K.ADOPTION_TEAM, **everything)
    assert {"child.former_surname", "placement_address"} <= joined
    for kind in EVERYBODY - {K.ADOPTION_TEAM}:
        for event_type in sorted(
            {event for event, to in agreements.purposes_of if to is kind} - {"referral.submitted"}
        ):
            seen = told(agreements, event_type, kind, **everything)
            classes = agreements.classes[event_type]
            assert not [p for p in seen if classes.get(p) in ("C", "C2", "D", "E")], (event_type, kind)


def test_nothing_intimate_goes_from_one_clinic_to_another_that_the_sender_did_not_name(agreements):
    everything = {guard.value: True for guard in Guard} | {"sender_names_recipient": False}
    everything |= {"competent_minor_objects": False, "perpetrator_channel": False, "adoption": False}
    named = everything | {"sender_names_recipient": True}
    reached = set()
    for event_type, kind in agreements.purposes_of:
        if kind in HEALTH:
            intimate = {p for p, own in agreements.classes[event_type].items() if own == "J2"}
            assert not told(agreements, event_type, kind, **everything) & intimate, (event_type, kind)
            if told(agreements, event_type, kind, **named) & intimate:
                reached.add(kind)
    assert {K.GP, K.SEXUAL_HEALTH, K.MATERNITY, K.CAMHS} <= reached


def test_a_young_patient_who_objects_is_not_told_of_outside_health(agreements):
    everything = {guard.value: True for guard in Guard} | {"serious_harm_set": False, "perpetrator_channel": False}
    for event_type, kind in agreements.purposes_of:
        if kind not in HEALTH and event_type != "referral.submitted":
            intimate = {p for p, own in agreements.classes[event_type].items() if own == "J2"}
            assert not told(agreements, event_type, kind, **everything) & intimate, (event_type, kind)


FOUR = (
    "requester_identified",
    "parental_responsibility_established",
    "court_orders_allow",
    "competent_child_agrees",
)
READ_FOR_HARM = {"J", "J2", "L", "O", "P2", "R", "addressed", "M"}


def test_a_record_is_given_only_when_named_persons_have_decided_four_things(agreements):
    asked = [event for event, kind in agreements.purposes_of if kind is K.REQUESTER]
    assert len(asked) > 20
    decided = dict.fromkeys(FOUR, True)
    for event_type in asked:
        assert EXISTS in told(agreements, event_type, K.REQUESTER, **decided)
        for missing in FOUR:
            for value in (False, None):
                assert not told(agreements, event_type, K.REQUESTER, **{**decided, missing: value})
        assert not told(agreements, event_type, K.REQUESTER, perpetrator_channel=True, **decided)
        unread = told(agreements, event_type, K.REQUESTER, **decided)
        assert not [p for p in unread if agreements.classes[event_type].get(p) in READ_FOR_HARM], event_type


def test_figures_are_of_many_and_name_nobody(agreements):
    counted = [event for event, kind in agreements.purposes_of if kind is K.STATISTICS]
    assert len(counted) > 20
    for event_type in counted:
        assert not told(agreements, event_type, K.STATISTICS)
        seen = told(agreements, event_type, K.STATISTICS, cohort_large_enough=True)
        assert not [p for p in seen if p.startswith("child.") or p in ("envelope.subject", "envelope.occurred_at")]


# ------------------------------------------------------------------ the set as a whole


def test_every_event_of_the_catalogue_has_a_permit_or_a_reason_for_none(agreements):
    ruled = {event_type for event_type, _ in agreements.purposes_of}
    unruled = {
        "seal.changed",  # moves a register; that there is a seal is a secret in itself
        "csc.involvement.changed",  # moves a register
        "broker.text.reviewed",  # kept for the view that follows, and sent by no permit of its own
        "broker.release.decided",  # stays in the ledger, where the officer reads it
    }
    assert set(EVENT_TYPES) - ruled == unruled


def test_every_permit_cites_its_law_and_every_agreement_its_assessment(agreements):
    for permit in agreements.permits:
        assert permit.purpose.statute, permit.permit_id
        assert permit.purpose.lawful_basis, permit.permit_id
    assert len({a.dpia for a in agreements.agreements}) == len(agreements.agreements), (
        "each has an assessment of its own"
    )
    assert all(a.review_by for a in agreements.agreements)


def test_no_cell_asks_for_so_many_facts_that_nobody_can_read_it(agreements):
    assert max(len(cell.guards) for cell in agreements.cells.values()) <= 16


def test_what_the_one_force_or_authority_says_does_not_name_it(agreements):
    """A seal closes the name; where it always stands, its absence would tell of the seal. The agency says who it is."""
    once = ("csc.", "police.", "la.")
    for permit in agreements.permits:
        if permit.event_type.startswith(once) and "$headers" in permit.fields:
            assert "envelope.organisation" not in permit.fields, permit.permit_id
            assert permit.fields["envelope.agency"].words == "clear", permit.permit_id


# ------------------------------------------------------------------ a local variation


@pytest.fixture(scope="module")
def varied(classes):
    return load(read_texts(variations=["early-years-encompass"]), classes)


def test_a_nursery_gets_no_notice_by_default(agreements):
    assert ("police.da_incident.notified", K.EARLY_YEARS) not in agreements.purposes_of


def test_an_area_that_agrees_tells_nurseries_what_it_tells_schools(agreements, varied):
    assert violations(varied) == ()
    nursery = told(varied, "police.da_incident.notified", K.EARLY_YEARS, open_involvement=True)
    assert nursery == told(agreements, "police.da_incident.notified", K.SCHOOL, open_involvement=True)
    assert not told(varied, "police.da_incident.notified", K.EARLY_YEARS)


def test_the_variation_changes_nothing_else(agreements, varied):
    added = {("police.da_incident.notified", K.EARLY_YEARS, "encompass-local")}
    assert set(varied.cells) - set(agreements.cells) == added
    assert set(agreements.cells) <= set(varied.cells)
    assert all(varied.cells[key].permits.keys() == cell.permits.keys() for key, cell in agreements.cells.items())
    outcome = decide(varied, "police.da_incident.notified", K.EARLY_YEARS, None, Facts()).outcome
    assert outcome is not Outcome.DELIVER
