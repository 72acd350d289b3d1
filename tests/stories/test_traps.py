"""The 25 traps of the field, each by its name, through a running broker wherever it applies.

Most have laws of their own in `tests/streams`; here they stand in one row, so that whoever audits can find each one.
"""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from agreements import read_texts
from crosswalk.access.gathering import gather
from crosswalk.access.register import Answer, Question, Relation, Request
from crosswalk.figures import Quarter, draw
from schemas import read_schemas
from sharing.codec import encode
from sharing.directory import Directory
from sharing.errors import Misconfigured
from sharing.events import (
    EVENT_TYPES,
    Child,
    ConcernShared,
    EnquiryChanged,
    InvolvementAction,
    InvolvementChanged,
    Marking,
    MissingAction,
    MissingChanged,
    PlanAction,
    PlanChanged,
    PlanKind,
    ProtectionNoticeSubmitted,
    ReferralSubmitted,
    RegistrationChanged,
    RegistrationKind,
    SealAction,
    SealChanged,
    SealKind,
    UnscheduledAttended,
)
from sharing.events.child_protection import EnquiryAction
from sharing.events.clinical import DisclosureKind, DisclosureRecorded
from sharing.events.early_help import EarlyHelpAssessmentChanged, FamilyConsent
from sharing.policy import Facts, Guard, decide, field_classes, load
from sharing.reconciliation.parties import recipient_for
from sharing.vocabulary import FieldClass, Outcome, RecipientKind
from streams.agents.late import kept as kept_late
from tests.sharing.redaction.test_allowed import OPEN
from tests.streams.corridor import (
    COMMUNITY,
    CSC,
    FRIDAY,
    GP,
    HARBOUR,
    OAKFIELD,
    POLICE,
    TRUST,
    Corridor,
)
from tests.streams.families import POSTCODE, ROSA, STREET, TELEPHONE
from tests.streams.speaking import broker_says
from tests.streams.test_seal_laws import carries, everybody_involved, involve, notice

PLACES = (STREET, POSTCODE, TELEPHONE)
INFERRED = ("Z99001", "999001", "Oakfield Primary")
"""GP practice and school of the child: from them a place can be told."""


@pytest.fixture
def corridor(tmp_path):
    made = Corridor(tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="module")
def agreements():
    return load(read_texts(), field_classes(read_schemas()))


def worlds(tmp_path, *lives):
    """What each world's broker sent, for the same life but for one thing."""
    seen = []
    for number, life in enumerate(lives):
        (tmp_path / str(number)).mkdir()
        made = Corridor(tmp_path / str(number))
        life(made)
        seen.append([v.wire for v in made.views()])
        made.close()
    return seen


def missing(corridor, child=ROSA, **more):
    return corridor.say(MissingChanged, POLICE, child, action=MissingAction.MISSING, **more)


def outside_social_care(corridor):
    return [v for v in corridor.views() if v.organisation != CSC]


def test_01_the_refuges_address_does_not_reach_the_perpetrators_channel_even_out_of_his_own_record(corridor):
    everybody_involved(corridor)
    corridor.say(SealChanged, POLICE, ROSA, kind=SealKind.ADDRESS, action=SealAction.SET)
    corridor.say(SealChanged, POLICE, ROSA, kind=SealKind.PERPETRATOR_CHANNEL, action=SealAction.SET)
    corridor.destination.sent.clear()
    corridor.send(POLICE, notice(corridor, circumstances=f"He said he would go to {STREET}", incident_address=STREET))
    missing(corridor)
    assert corridor.views(OAKFIELD) == []
    assert not [v for v in outside_social_care(corridor) if carries(v, *PLACES)]


def test_02_nothing_from_which_a_place_can_be_told_leaves_under_a_seal(corridor):
    everybody_involved(corridor)
    corridor.say(SealChanged, POLICE, ROSA, kind=SealKind.ADDRESS, action=SealAction.SET)
    corridor.destination.sent.clear()
    missing(corridor)
    corridor.say(PlanChanged, CSC, ROSA, kind=PlanKind.CHILD_PROTECTION, action=PlanAction.STARTED)
    left = outside_social_care(corridor)
    assert left
    assert not [v for v in left if carries(v, *PLACES, *INFERRED)]
    assert not [v for v in left if v.event.envelope.organisation and v.event.event_type != "csc.plan.changed"
                and v.event.envelope.organisation == OAKFIELD]  # fmt: skip


def test_03_asking_by_an_address_tells_nobody_whether_a_sealed_child_lives_there(tmp_path):
    """A school that writes the sealed address into a record of its own hears the same as where nobody lives there."""

    def life(known):
        def lived(corridor):
            who = ROSA if known else replace(ROSA, address_line="1 Other Road", postcode="EH1 1AA", telephone=None)
            missing(corridor, who)
            if known:
                corridor.say(SealChanged, POLICE, who, kind=SealKind.ADDRESS, action=SealAction.SET)
            probe = Child(surname="Probe", forename="Pat", birth_date=date(2016, 4, 3), address_line=STREET,
                          postcode=POSTCODE)  # fmt: skip
            corridor.say(ReferralSubmitted, HARBOUR, probe, key="probe", ask="assess", by="safeguarding_lead")
            corridor.pass_time(FRIDAY + timedelta(days=3))

        return lived

    def heard(sent):
        return [wire for wire in sent if wire[0].endswith(HARBOUR)]

    with_seal, without = worlds(tmp_path, life(known=True), life(known=False))
    assert heard(with_seal) == heard(without) != []


def test_04_a_late_seal_takes_back_from_who_had_it_and_an_update_that_nulls_looks_like_absence(corridor):
    everybody_involved(corridor)
    missing(corridor)
    had = {v.organisation for v in corridor.views() if carries(v, *PLACES, *INFERRED)}
    corridor.destination.sent.clear()
    corridor.say(SealChanged, POLICE, ROSA, kind=SealKind.ADDRESS, action=SealAction.SET)
    told = {v.organisation for v in corridor.views(event_type="correction.issued")}
    assert told
    assert told <= had
    assert all(v.event.why == "Withdrawn by its sender. Delete any copy and do not use it." for v in
               corridor.views(event_type="correction.issued"))  # fmt: skip


def test_05_no_marker_says_that_something_was_sealed(tmp_path):
    bare = replace(ROSA, address_line=None, postcode=None, telephone=None, gp_practice=None, setting_urn=None,
                   setting_name=None, uprn=None)  # fmt: skip

    def sealed(corridor):
        involve(corridor, COMMUNITY, "health_visitor")
        corridor.send(POLICE, corridor.event(SealChanged, POLICE, ROSA, key="s", kind=SealKind.ADDRESS,
                                             action=SealAction.SET))  # fmt: skip
        corridor.send(POLICE, corridor.event(MissingChanged, POLICE, ROSA, key="m", action=MissingAction.MISSING))
        corridor.flow()

    def plain(corridor):
        involve(corridor, COMMUNITY, "health_visitor")
        event = corridor.event(MissingChanged, POLICE, bare, key="m", action=MissingAction.MISSING)
        corridor._count += 1
        corridor.send(POLICE, event)
        corridor.flow()

    for number, life in enumerate((sealed, plain)):
        (tmp_path / str(number)).mkdir()
        made = Corridor(tmp_path / str(number))
        life(made)
        view = made.one(COMMUNITY, "police.missing.changed").event
        made.close()
        assert view.child.postcode is None
        assert "seal" not in repr(view.envelope.plain_words).lower()
        assert view.envelope.markings is None


def test_06_a_school_does_not_learn_that_an_intimate_event_exists_and_its_numbers_have_no_gap(corridor):
    everybody_involved(corridor)
    missing(corridor)
    corridor.say(DisclosureRecorded, TRUST, ROSA, kind=next(iter(DisclosureKind)), under_13=True, refer_reason="age")
    missing(corridor, since=FRIDAY)
    seen = corridor.views(OAKFIELD)
    assert len([v for v in seen if v.event.event_type == "police.missing.changed"]) == 2
    assert corridor.views(CSC, "health.disclosure.recorded")
    assert "health.disclosure.recorded" not in {v.event.event_type for v in seen}
    by_child = {}
    for view in seen:
        by_child.setdefault(view.record.key, []).append(view.record.seq)
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in by_child.values())


def test_07_no_key_header_or_dead_letter_carries_an_identifier(corridor):
    from streams.agents.publish import headers_of, place_of, reference
    from streams.agents.sender import headers_of as headers_out

    everybody_involved(corridor)
    missing(corridor)
    corridor.send(POLICE, b"\0\0\0\0\7" + b"9434765919 Quillfeather")
    corridor.flow()
    for view in corridor.views():
        around = repr((view.record.topic, view.record.key, headers_out(view.record)))
        assert "9434765919" not in around
        assert "Quillfeather" not in around
    with corridor.ledger.reading() as tx:
        told = repr([(place_of(x), reference(x), headers_of(x)) for x in tx.dead_letters()])
    assert "9434765919" not in told


def test_08_who_referred_is_known_to_the_front_door_alone(corridor):
    everybody_involved(corridor)
    informant = "Mrs Hale next door"
    corridor.say(ReferralSubmitted, OAKFIELD, ROSA, referrer_name=informant, ask="assess", by="safeguarding_lead")
    corridor.pass_time(FRIDAY + timedelta(days=4))
    readers = {(v.organisation, v.event.event_type) for v in corridor.views() if carries(v, informant)}
    assert readers == {(CSC, "referral.submitted")}


def test_09_another_child_and_a_pupil_in_an_incident_do_not_travel(corridor):
    involve(corridor, OAKFIELD, "safeguarding_lead")
    corridor.say(
        EnquiryChanged, CSC, ROSA, action=EnquiryAction.STARTED, other_children=("Tom Underbough",), team="North"
    )
    assert corridor.views(OAKFIELD, "csc.s47.changed")
    assert not [v for v in corridor.views(OAKFIELD) if carries(v, "Underbough")]
    assert not [v for v in corridor.views(GP) if carries(v, "Underbough")]


def test_10_a_young_persons_intimate_health_stays_in_health_unless_a_clinician_says_serious_harm(agreements):
    told = dict.fromkeys(Guard, True) | {Guard.COMPETENT_MINOR_OBJECTS: True, Guard.SERIOUS_HARM_SET: False}
    intimate = [p for p, c in agreements.classes["health.disclosure.recorded"].items()
                if c is FieldClass.INTIMATE_HEALTH]  # fmt: skip
    assert intimate
    for kind in RecipientKind:
        decision = decide(agreements, "health.disclosure.recorded", kind, None, Facts.of(told))
        agency = agreements.vocabulary.recipients.get(kind)
        for path in intimate if agency != "health" else ():
            assert not decision.ruling(path).is_released, f"{path} to {kind}"


def test_10_a_young_persons_visit_leaves_for_nobody_and_on_a_clinicians_word_without_detail(
    corridor,
):
    everybody_involved(corridor)
    secret = {"contraception": "implant", "detail": "came alone, afraid of her father"}
    asked = {"kind": next(iter(DisclosureKind)), "competent": True, "young_person_objects": True, **secret}
    corridor.destination.sent.clear()
    corridor.say(DisclosureRecorded, TRUST, ROSA, under_13=False, **asked)
    assert corridor.views() == [], "not even that there was a visit"
    corridor.say(DisclosureRecorded, TRUST, ROSA, under_13=False, refer_reason="coercion",
                 judged_by_function="named_doctor", **asked)  # fmt: skip
    told = corridor.views(event_type="health.disclosure.recorded")
    assert {v.organisation for v in told} == {CSC}
    assert [v.event.refer_reason for v in told] == ["coercion"] * len(told)
    assert not [v for v in corridor.views() if carries(v, *secret.values())]


def test_11_an_adopted_childs_new_name_and_number_are_another_child(corridor):
    before = missing(corridor)
    corridor.say(SealChanged, CSC, ROSA, kind=SealKind.ADOPTION, action=SealAction.SET)
    after = Child(surname="Newname", forename="Rosa", birth_date=ROSA.birth_date, nhs_number="9000000009",
                  postcode="EH1 1AA")  # fmt: skip
    later = missing(corridor, after)
    with corridor.ledger.reading() as tx:
        subjects = {tx.find(bytes.fromhex(e.envelope.event_id)).subject for e in (before, later)}
    assert len(subjects) == 2


def test_11_who_knew_the_child_by_birth_hears_nothing_of_the_new_name_and_old_and_new_stand_in_no_record(corridor):
    everybody_involved(corridor)
    missing(corridor)
    corridor.say(SealChanged, CSC, ROSA, kind=SealKind.ADOPTION, action=SealAction.SET)
    after = Child(surname="Newname", forename="Rosa", birth_date=ROSA.birth_date, nhs_number="9000000009",
                  postcode="EH1 1AA")  # fmt: skip
    corridor.destination.sent.clear()
    missing(corridor, after)
    missing(corridor)
    old = corridor.views(OAKFIELD) + corridor.views(GP) + corridor.views(COMMUNITY)
    assert not [v for v in old if carries(v, "Newname", "9000000009", "EH1 1AA")]
    assert [v for v in corridor.views() if carries(v, "Newname")]
    assert not [v for v in corridor.views() if carries(v, "Newname") and carries(v, "Quillfeather", "9434765919")]
    keys = {v.record.key for v in corridor.views(CSC) if carries(v, "Newname")}
    assert not keys & {v.record.key for v in corridor.views(CSC) if carries(v, "Quillfeather")}


def test_12_a_childs_sensitivity_mark_closes_as_a_sealed_address_does(corridor):
    everybody_involved(corridor)
    corridor.say(
        UnscheduledAttended, TRUST, ROSA, markings=(Marking.S_FLAG,), clinician_concern=True, accompanied_by="mother"
    )
    assert corridor.views(event_type="health.unscheduled.attended")
    assert not [v for v in outside_social_care(corridor) if carries(v, *PLACES, *INFERRED)]
    corridor.say(RegistrationChanged, TRUST, ROSA, kind=RegistrationKind.SENSITIVITY)
    assert corridor.views(event_type="health.registration.changed") == [], "that there is a mark is announced to nobody"


def test_13_intelligence_under_conditions_stays_where_it_is(corridor):
    everybody_involved(corridor)
    intelligence = "said by source Kestrel"
    corridor.say(ProtectionNoticeSubmitted, POLICE, ROSA, intelligence=intelligence, handling_code="C", by="force_duty")
    corridor.send(POLICE, notice(corridor, intelligence=intelligence))
    corridor.flow()
    assert corridor.views(CSC, "police.ppn.submitted")
    assert not [v for v in corridor.views() if carries(v, intelligence)]


def test_14_what_police_look_into_is_not_told_to_who_asks_for_the_record(agreements):
    facts = {g: OPEN[g] for g in Guard} | {Guard.LIVE_INVESTIGATION: True}
    for event_type in ("police.da_incident.notified", "referral.submitted", "csc.referral.decided"):
        decision = decide(agreements, event_type, RecipientKind.REQUESTER, None, Facts.of(facts))
        own = agreements.classes[event_type]
        told = {own[r.path] for r in decision.fields if r.is_released and r.path in own}
        assert not told & {FieldClass.ALLEGED_PERPETRATOR, FieldClass.INFORMANT, FieldClass.OFFENCE,
                           FieldClass.RISK_GRADE, FieldClass.CHILD_WORDS, FieldClass.ADDRESSED}  # fmt: skip


def asked_for(corridor, relation=Relation.PARENT, but=None):
    """What a request for access gives when everything but one question is answered with yes."""
    answers = {q: Answer(True, "data-protection-officer", FRIDAY) for q in Question if q is not but}
    with corridor.ledger.transaction() as tx:
        about = corridor.asked_about.envelope.event_id
        request = Request("2026-0001", about, relation, FRIDAY, "data-protection-officer", answers)
        return gather(corridor.broker, tx, request)


SUSPECT = "Quillfeather senior"


def investigated(corridor, *, live):
    """Police attend; whether they investigate in secret is marked on their notice."""
    everybody_involved(corridor)
    markings = (Marking.CRIME_UNDER_INVESTIGATION,) if live else ()
    corridor.destination.sent.clear()
    corridor.asked_about = notice(corridor, suspect=SUSPECT, circumstances="He hit her", markings=markings)
    corridor.send(POLICE, corridor.asked_about)
    corridor.flow()


def test_14_a_suspect_is_not_tipped_off_by_a_school_nor_by_the_record_that_he_asks_for(corridor):
    investigated(corridor, live=True)
    assert corridor.views(OAKFIELD, "police.da_incident.notified")
    assert not [v for v in corridor.views(OAKFIELD) if carries(v, SUSPECT)]
    given = json.dumps([piece.record for piece in asked_for(corridor)], default=str)
    assert "He hit her" not in given
    assert SUSPECT not in given


def test_14_what_police_look_into_openly_is_given_to_who_may_have_it(corridor):
    """The pair of the one above: the words are kept from the record for the investigation's sake and for no other."""
    investigated(corridor, live=False)
    assert "He hit her" in json.dumps([piece.record for piece in asked_for(corridor)], default=str)


@pytest.mark.parametrize("undecided", [q for q in Question if q is not Question.NO_SERIOUS_HARM])
def test_15_nothing_of_the_running_record_is_given_before_people_decided(corridor, undecided):
    investigated(corridor, live=False)
    assert asked_for(corridor, but=undecided) == []
    assert asked_for(corridor)


@pytest.mark.parametrize("undecided", ["parental_responsibility_established", "competent_child_agrees",
                                       "court_orders_allow", "requester_identified"])  # fmt: skip
def test_15_a_parent_is_not_the_child_and_nothing_is_given_before_people_decided(agreements, undecided):
    for value in (False, None):
        facts = {g: OPEN[g] for g in Guard} | {Guard(undecided): value}
        for event_type in agreements.classes:
            decision = decide(agreements, event_type, RecipientKind.REQUESTER, None, Facts.of(facts))
            assert decision.outcome is not Outcome.DELIVER, event_type


def test_16_before_birth_the_plan_is_found_by_the_mothers_number(corridor):
    unborn = Child(surname="Quillfeather", expected_birth_date=date(2027, 2, 1), nhs_number="9434765919")
    corridor.say(PlanChanged, CSC, unborn, kind=PlanKind.UNBORN_CHILD_PROTECTION, action=PlanAction.STARTED)
    seen = corridor.one(TRUST, "csc.plan.changed").event
    assert seen.child.nhs_number == "9434765919"


def test_17_a_closed_involvement_hears_nothing_more_and_what_comes_late_for_it_is_held(corridor):
    involve(corridor, COMMUNITY, "health_visitor")
    missing(corridor)
    heard = len(corridor.views(COMMUNITY, "police.missing.changed"))
    corridor.say(InvolvementChanged, CSC, ROSA, organisation=COMMUNITY, function="health_visitor",
                 action=InvolvementAction.CLOSED)  # fmt: skip
    missing(corridor, since=FRIDAY)
    corridor.now += timedelta(days=3)
    late = corridor.event(MissingChanged, POLICE, ROSA, action=MissingAction.FOUND)
    before_it_ended = FRIDAY - timedelta(hours=1)
    corridor.send(POLICE, replace(late, envelope=replace(late.envelope, occurred_at=before_it_ended)))
    corridor.flow()
    assert heard == 1
    assert len(corridor.views(COMMUNITY, "police.missing.changed")) == 1
    assert [(one.organisation, one.event) for one in kept_late(corridor.broker)] == [
        (COMMUNITY, late.envelope.event_id)
    ]
    corridor.now += timedelta(days=1)
    corridor.say(InvolvementChanged, CSC, ROSA, organisation=COMMUNITY, function="health_visitor",
                 action=InvolvementAction.OPENED, since=corridor.now.date())  # fmt: skip
    assert [v.event.action for v in corridor.views(COMMUNITY, "police.missing.changed")][1:] == [MissingAction.FOUND]


def test_18_the_old_school_does_not_learn_the_new_one_under_a_seal(corridor):
    involve(corridor, OAKFIELD, "safeguarding_lead")
    corridor.say(SealChanged, CSC, ROSA, kind=SealKind.ADDRESS, action=SealAction.SET)
    moved = replace(ROSA, setting_urn="999003", setting_name="Harbour Academy")
    missing(corridor, moved)
    corridor.say(PlanChanged, CSC, moved, kind=PlanKind.CHILD_PROTECTION, action=PlanAction.STARTED)
    assert corridor.views(OAKFIELD, "police.missing.changed")
    assert not [v for v in corridor.views(OAKFIELD) if carries(v, "Harbour Academy", "999003", HARBOUR)]


def test_19_figures_of_few_children_name_nobody(agreements):
    few = Facts.of({g: OPEN[g] for g in Guard} | {Guard.COHORT_LARGE_ENOUGH: False})
    for event_type in agreements.classes:
        decision = decide(agreements, event_type, RecipientKind.STATISTICS, None, few)
        own = agreements.classes[event_type]
        told = {own[r.path] for r in decision.fields if r.is_released and r.path in own}
        assert not told & {FieldClass.IDENTITY, FieldClass.LOCATION, FieldClass.CHARACTERISTICS, FieldClass.UPN}


def test_19_no_event_leaves_for_figures_while_nobody_can_say_of_how_many_it_is_one(tmp_path):
    """An event by itself never goes for figures: of how many it is one is known only when a quarter is drawn."""
    directory = Corridor(tmp_path).broker.directory
    own = directory.organisations[CSC]
    analyst = replace(own, functions={**own.functions, "statistics": next(iter(own.functions.values()))})
    (tmp_path / "counted").mkdir()
    corridor = Corridor(tmp_path / "counted", directory=Directory({**directory.organisations, CSC: analyst}))
    to = recipient_for(analyst, "statistics")
    assert to.kind is RecipientKind.STATISTICS
    event = missing(corridor)
    for event_type in ("broker.clock.changed", "broker.escalation.changed", "broker.receipt.recorded"):
        made = corridor.event(EVENT_TYPES[event_type], CSC, ROSA)
        said = broker_says(corridor, made, event, (to,))
        corridor.flow()
        assert {d["outcome"] for d in corridor.decisions(said)} == {"suppress"}
    assert [v for v in corridor.views(CSC) if v.event.event_type.startswith("broker.")] == []
    corridor.close()


@pytest.mark.parametrize(("children", "figures"), [(4, []), (5, [(5, (("action", "MISSING"),))])])
def test_19_four_children_are_no_figure_and_five_are_one_in_which_nobody_is_found(corridor, children, figures):
    for number in range(children):
        who = Child(surname=f"Of{number}worth", forename=f"Kit{number}", birth_date=date(2010 + number, 3, 1))
        missing(corridor, who)
    corridor.now = FRIDAY + timedelta(days=60)
    with corridor.ledger.transaction() as tx:
        told = draw(corridor.broker, tx, Quarter(2026, 4), "analyst")
    assert [(figure.children, figure.codes) for figure in told] == figures


def test_20_a_redaction_cannot_be_undone_nor_measured(tmp_path):
    def life(suspect):
        def lived(corridor):
            involve(corridor, OAKFIELD, "safeguarding_lead")
            corridor.send(POLICE, notice(corridor, suspect=suspect, incident_address=suspect))
            corridor.flow()

        return lived

    short, long, none = worlds(tmp_path, life("Al"), life("Bartholomew " * 40), life(None))
    of_the_school = [[w for w in sent if w[0].endswith(OAKFIELD)] for sent in (short, long, none)]
    assert of_the_school[0]
    assert of_the_school[0] == of_the_school[1] == of_the_school[2], "neither content nor length can be told"


def test_21_a_field_deep_in_a_list_is_withheld_like_any_other(corridor):
    from sharing.events import Unreadable

    everybody_involved(corridor)
    hidden = "as written: Kestrel"
    event = corridor.event(ConcernShared, OAKFIELD, ROSA, facts="late", by="safeguarding_lead")
    unreadable = (Unreadable(field="child.postcode", as_written=hidden),)
    corridor.send(OAKFIELD, replace(event, envelope=replace(event.envelope, unreadable=unreadable)))
    corridor.flow()
    assert corridor.views(CSC, "school.concern.shared")
    assert not [v for v in corridor.views() if carries(v, hidden)]


def test_22_a_new_field_goes_to_nobody_until_it_has_a_class_and_a_permit(agreements):
    classes = field_classes(read_schemas())
    del classes["police.missing.changed"]["grade"]
    with pytest.raises(Misconfigured, match="field 'grade' has no class"):
        load(read_texts(), classes)
    unnamed = [
        p
        for p in agreements.classes["police.missing.changed"]
        if not any(p in c.permits for k, c in agreements.cells.items() if k[0] == "police.missing.changed")
    ]
    for kind, path in ((k, p) for k in RecipientKind for p in unnamed):
        assert not decide(agreements, "police.missing.changed", kind, None, OPEN).ruling(path).is_released


def test_22_a_record_of_a_schema_that_nobody_here_has_seen_goes_to_nobody(corridor):
    """Its sender is ahead: what the new field is nobody has said, so nothing of the record is read, sent or shown."""
    everybody_involved(corridor)
    known = encode(
        corridor.event(MissingChanged, POLICE, ROSA, action=MissingAction.MISSING), corridor.broker.catalogue
    )
    corridor.destination.sent.clear()
    corridor.send(POLICE, known[:1] + (60_001).to_bytes(4, "big") + known[5:] + b"\x02previous address: 4 Old Road")
    corridor.flow()
    assert [v for v in corridor.views() if v.event.event_type.startswith("police")] == []
    assert [code for code, _ in corridor.dead_letters()] == ["UNKNOWN_SCHEMA"]
    assert not [v for v in corridor.views() if carries(v, "Old Road", "Quillfeather")]


def test_23_a_correction_names_the_exchange_and_never_the_old_or_the_new_value(corridor):
    everybody_involved(corridor)
    missing(corridor)
    corridor.destination.sent.clear()
    corridor.say(SealChanged, POLICE, ROSA, kind=SealKind.ADDRESS, action=SealAction.SET)
    corrections = corridor.views(event_type="correction.issued")
    assert corrections
    assert not [v for v in corrections if carries(v, *PLACES, *INFERRED, "Quillfeather")]


def test_24_a_difference_between_agencies_is_told_only_as_far_as_both_may_know(agreements):
    own = agreements.classes["broker.discrepancy.found"]
    hidden = {"address_held", "clinical_detail", "legal_detail"}
    assert hidden <= set(own)
    for kind in RecipientKind:
        sealed = Facts.of({g: OPEN[g] for g in Guard} | {Guard.ADDRESS_SEALED: True, Guard.OPEN_REFERRAL: False})
        decision = decide(agreements, "broker.discrepancy.found", kind, None, sealed)
        told = {r.path for r in decision.fields if r.is_released}
        assert not told & {"legal_detail", "clinical_detail"} or agreements.vocabulary.recipients[kind] in (
            "health", "social-care",
        )  # fmt: skip
        if kind is not RecipientKind.ALLOCATED_TEAM:
            assert "address_held" not in told


def test_24_who_hears_of_a_difference_hears_no_side_that_is_not_its_own_to_know(corridor):
    everybody_involved(corridor)
    hidden = {"address_held": STREET, "clinical_detail": "fracture of the wrist", "legal_detail": "care order sought"}
    event = missing(corridor)
    corridor.say(SealChanged, POLICE, ROSA, kind=SealKind.ADDRESS, action=SealAction.SET)
    corridor.destination.sent.clear()
    made = corridor.event(EVENT_TYPES["broker.discrepancy.found"], CSC, replace(ROSA, address_line=None, postcode=None),
                          question="Which is right?", **hidden)  # fmt: skip
    broker_says(corridor, made, event)
    corridor.flow()
    told = corridor.views(event_type="broker.discrepancy.found")
    assert {v.organisation for v in told} >= {CSC, OAKFIELD}
    assert all(v.event.question == "Which is right?" for v in told)
    assert not [v for v in told if v.organisation != CSC and carries(v, STREET)]
    assert not [v for v in told if v.organisation in (OAKFIELD, HARBOUR, POLICE) and carries(v, *hidden.values())]


def heard_with(tmp_path, name, said, *, enquiry):
    """What everybody hears of one notice and one early help assessment when somebody said this, and every decision."""
    (tmp_path / name).mkdir()
    made = Corridor(tmp_path / name)
    everybody_involved(made)
    if enquiry:
        made.say(EnquiryChanged, CSC, ROSA, action=EnquiryAction.STARTED, team="North")
    made.destination.sent.clear()
    notice = made.say(ProtectionNoticeSubmitted, POLICE, ROSA, key="p", by="force_duty",
                      adult_consents=said and said is FamilyConsent.GIVEN)  # fmt: skip
    help_ = made.say(EarlyHelpAssessmentChanged, OAKFIELD, ROSA, key="h", by="safeguarding_lead", consent=said)
    told = [replace(v.event, **{name: None}) for v in made.views()
            for name in ("consent", "adult_consents") if hasattr(v.event, name)]  # fmt: skip
    decided = [made.decisions(event) for event in (notice, help_)]
    wishes = {(w.whose.value, w.said.value) for w in made.state(notice).wishes}
    made.close()
    return told, decided, wishes


@pytest.mark.parametrize("enquiry", [True, False], ids=["under-section-47", "below-it"])
def test_25_a_refusal_of_consent_is_no_veto_at_s47_and_a_yes_is_no_basis_below_it(tmp_path, enquiry):
    """The wish is recorded and travels; whatever it is, the same goes to the same, for the same reasons."""
    yes = heard_with(tmp_path, "yes", FamilyConsent.GIVEN, enquiry=enquiry)
    no = heard_with(tmp_path, "no", FamilyConsent.REFUSED, enquiry=enquiry)
    unsaid = heard_with(tmp_path, "unsaid", None, enquiry=enquiry)
    assert [type(event) for event in no[0]].count(ProtectionNoticeSubmitted)
    assert yes[:2] == no[:2] == unsaid[:2]
    assert (yes[2], no[2], unsaid[2]) == (
        {("adult", "agrees"), ("family", "agrees")},
        {("adult", "refuses"), ("family", "refuses")},
        set(),
    )
