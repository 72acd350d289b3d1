"""The rules of linkage, one by one: each is a promise to a family."""

from dataclasses import replace
from datetime import date
from itertools import permutations

import pytest

from sharing.events import Child, Sex
from sharing.identity import Known, LinkOutcome, Reason, Scope, comparable, link, merge
from sharing.identity.comparison import Level, compare

TAMSIN = Child(
    surname="Lorimer",
    forename="Tamsin",
    known_as="Tam",
    birth_date=date(2016, 2, 11),
    sex=Sex.FEMALE,
    nhs_number="9434765919",
    upn="U502400200093",
    postcode="ZE1 0AA",
)
NAME_AND_DATE = Child(surname="Lorimer", forename="Tamsin", birth_date=date(2016, 2, 11))
OTHER_NUMBER = "9912003888"
OTHER_UPN = "P123456789123"


def said(probe, *known, **options):
    return link(comparable(probe), [Known(n, comparable(child)) for n, child in enumerate(known, start=1)], **options)


def test_an_agreeing_identifier_links_through_a_new_surname_and_address():
    moved = replace(TAMSIN, surname="Achterberg", postcode="ZE9 9ZZ", upn=None)
    found = said(moved, TAMSIN)
    assert (found.outcome, found.reason, found.subject) == (LinkOutcome.LINK, Reason.IDENTIFIER, 1)


def test_an_identifier_alone_links_and_a_placeholder_is_none():
    assert said(Child(nhs_number="943 476 5919"), TAMSIN).outcome is LinkOutcome.LINK
    filler = replace(TAMSIN, nhs_number="3333333333", upn=None)
    other = Child(surname="Okafor", forename="Ada", birth_date=date(2012, 5, 9), nhs_number="3333333333")
    assert said(other, filler).outcome is LinkOutcome.NEW


@pytest.mark.parametrize(
    "change",
    [
        {"forename": "Bronwen", "known_as": None},
        {"birth_date": date(2013, 8, 30)},
        {"upn": OTHER_UPN},
        {"surname": "Okafor", "birth_date": None},
    ],
    ids=["forename", "birth date", "other identifier", "surname with no date"],
)
def test_a_number_typed_for_another_child_is_asked_about(change):
    found = said(replace(TAMSIN, **change), TAMSIN)
    assert (found.outcome, found.reason, found.subject) == (LinkOutcome.REVIEW, Reason.CONTRADICTION, None)


def test_an_account_without_a_name_vouches_for_no_number():
    known = comparable(replace(TAMSIN, upn=None))
    twin = comparable(replace(TAMSIN, forename="Bronwen", known_as=None, upn=None))
    for thin in (Child(nhs_number="9434765919"), Child(surname="Zuławska", nhs_number="9434765919")):
        assert link(twin, [Known(1, merge(known, comparable(thin)))]).outcome is LinkOutcome.REVIEW


def test_name_birth_date_and_postcode_link():
    probe = replace(NAME_AND_DATE, postcode="ze10aa")
    found = said(probe, TAMSIN)
    assert (found.outcome, found.reason, found.scope) == (LinkOutcome.LINK, Reason.DEMOGRAPHICS, Scope.FULL)


def test_two_weak_agreements_and_another_sex_stay_below_the_threshold():
    weak = replace(NAME_AND_DATE, surname="Lorrimer", forename="Tam", postcode="ZE1 0AA")
    assert said(weak, TAMSIN).outcome is LinkOutcome.LINK
    assert said(replace(weak, sex=Sex.MALE), TAMSIN).outcome is LinkOutcome.REVIEW


@pytest.mark.parametrize("place", [None, "ZE9 9ZZ", "ZE1 0AB"])
def test_name_and_birth_date_alone_never_link(place):
    found = said(replace(NAME_AND_DATE, postcode=place, sex=Sex.FEMALE), TAMSIN)
    assert (found.outcome, found.reason) == (LinkOutcome.REVIEW, Reason.NO_PLACE)


def test_unique_on_the_named_settings_roll_links_for_that_notice_only():
    found = said(NAME_AND_DATE, TAMSIN, unique_on_roll=True)
    assert (found.outcome, found.scope, found.subject) == (LinkOutcome.LINK, Scope.NOTICE_ONLY, 1)


@pytest.mark.parametrize(
    "change", [{"forename": "Tamsyn"}, {"surname": "Lorrimer"}, {"birth_date": date(2016, 11, 2)}, {"upn": OTHER_UPN}]
)
def test_unique_on_roll_wants_the_very_name_and_date(change):
    assert said(replace(NAME_AND_DATE, **change), TAMSIN, unique_on_roll=True).outcome is not LinkOutcome.LINK


def test_unique_on_roll_with_two_known_namesakes_is_asked_about():
    namesake = replace(NAME_AND_DATE, nhs_number=OTHER_NUMBER)
    found = said(NAME_AND_DATE, TAMSIN, namesake, unique_on_roll=True)
    assert (found.outcome, found.reason) == (LinkOutcome.REVIEW, Reason.SEVERAL)


@pytest.mark.parametrize("postcode", ["ZE1 0AA", None])
@pytest.mark.parametrize("sex", list(Sex))
@pytest.mark.parametrize("upn", [None, OTHER_UPN])
@pytest.mark.parametrize("number", [None, OTHER_NUMBER])
@pytest.mark.parametrize("forename", ["Bronwen", "Tamar", "Tamsyn", "T"])
def test_children_born_together_never_link(forename, number, upn, sex, postcode):
    twin = replace(TAMSIN, forename=forename, known_as=None, nhs_number=number, upn=upn, sex=sex, postcode=postcode)
    assert said(twin, TAMSIN).outcome is not LinkOutcome.LINK
    assert said(twin, TAMSIN, unique_on_roll=True).outcome is not LinkOutcome.LINK


def test_twins_whom_the_records_tell_apart_are_not_asked_about():
    brother = replace(TAMSIN, forename="Piran", known_as=None, nhs_number=None, upn=None, sex=Sex.MALE)
    assert said(brother, TAMSIN).outcome is LinkOutcome.NEW
    sister = replace(TAMSIN, forename="Bronwen", known_as=None, nhs_number=None, upn=None)
    assert (said(sister, TAMSIN).outcome, said(sister, TAMSIN).reason) == (LinkOutcome.REVIEW, Reason.BORN_TOGETHER)


def test_twins_with_one_short_name_are_not_joined_by_it():
    boy = Child(surname="Osei", forename="Alexander", known_as="Alex", birth_date=date(2015, 3, 3), postcode="ZE1 0AA")
    girl = replace(boy, forename="Alexandra")
    assert said(girl, boy).outcome is LinkOutcome.REVIEW


def test_a_second_record_of_a_twin_links_to_that_twin():
    twin = replace(TAMSIN, forename="Bronwen", known_as=None, nhs_number=OTHER_NUMBER, upn=None)
    found = said(replace(twin, nhs_number=None), TAMSIN, twin)
    assert (found.outcome, found.subject) == (LinkOutcome.LINK, 2)


def test_brothers_and_sisters_at_one_address_are_new():
    younger = replace(TAMSIN, forename="Bronwen", birth_date=date(2018, 2, 11), nhs_number=None, upn=None)
    assert said(younger, TAMSIN).outcome is LinkOutcome.NEW


def test_two_nhs_numbers_never_link_and_are_asked_about_only_when_all_else_agrees():
    replaced = replace(TAMSIN, nhs_number=OTHER_NUMBER)
    assert (said(replaced, TAMSIN).outcome, said(replaced, TAMSIN).reason) == (LinkOutcome.REVIEW, Reason.CONTRADICTION)
    assert said(replace(replaced, postcode="ZE9 9ZZ"), TAMSIN).outcome is LinkOutcome.NEW


@pytest.mark.parametrize("former", [None, "Lorimer"])
@pytest.mark.parametrize("upn", [None, TAMSIN.upn, OTHER_UPN])
@pytest.mark.parametrize("number", [None, OTHER_NUMBER])
def test_an_adopted_child_is_never_linked_to_who_they_were(number, upn, former):
    adopted = replace(
        TAMSIN, surname="Achterberg", former_surname=former, nhs_number=number, upn=upn, postcode="ZE9 9ZZ"
    )
    for probe, known in ((adopted, TAMSIN), (TAMSIN, adopted)):
        assert said(probe, known).outcome is not LinkOutcome.LINK
    if number:
        assert said(adopted, TAMSIN).outcome is LinkOutcome.NEW, "a question would tell the reviewer who they were"


def test_a_former_identity_leaves_no_trace_in_the_answer():
    former = Known(1, comparable(TAMSIN), former=True)
    other = Known(2, comparable(replace(NAME_AND_DATE, postcode="ZE1 0AA")))
    assert link(comparable(TAMSIN), [former]) == link(comparable(TAMSIN), [])
    assert link(comparable(TAMSIN), [former, other]) == link(comparable(TAMSIN), [other])


def test_a_superseded_number_links_once_both_are_known_of_the_child():
    both = merge(comparable(TAMSIN), comparable(replace(TAMSIN, nhs_number=OTHER_NUMBER)))
    assert link(comparable(Child(nhs_number=OTHER_NUMBER)), [Known(1, both)]).outcome is LinkOutcome.LINK


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({"birth_date": date(2016, 11, 2)}, LinkOutcome.LINK),
        ({"birth_date": date(2016, 2, 12)}, LinkOutcome.REVIEW),
        ({"birth_date": None}, LinkOutcome.REVIEW),
        ({"surname": "Lorrimer"}, LinkOutcome.LINK),
        ({"surname": "Achterberg"}, LinkOutcome.REVIEW),
        ({"surname": "Lorimer-Jones"}, LinkOutcome.LINK),
        ({"forename": "Tam"}, LinkOutcome.LINK),
        ({"forename": "Tamsyn"}, LinkOutcome.REVIEW),
        ({"forename": "Lorimer", "surname": "Tamsin"}, LinkOutcome.REVIEW),
        ({"forename": "TAMSIN", "surname": "LORIMER"}, LinkOutcome.LINK),
        ({"surname": "Okafor", "forename": "Ada"}, LinkOutcome.NEW),
    ],
    ids=lambda v: "-".join(v) if isinstance(v, dict) else str(v),
)
def test_one_fault_at_the_same_postcode(change, outcome):
    assert said(replace(NAME_AND_DATE, postcode="ZE1 0AA", **change), TAMSIN).outcome is outcome


def test_new_years_day_is_too_often_a_filler_to_link():
    known = replace(TAMSIN, birth_date=date(2016, 1, 1), nhs_number=None, upn=None)
    assert said(known, known).outcome is LinkOutcome.REVIEW


def test_a_name_and_nothing_else_is_asked_about():
    assert said(Child(surname="Lorimer", forename="Tamsin"), TAMSIN).reason is Reason.TOO_LITTLE
    assert said(Child(), TAMSIN).outcome is LinkOutcome.NEW


@pytest.mark.parametrize("forename", ["Baby of Jane", "Unborn", None])
def test_an_unborn_child_is_asked_about_and_never_linked(forename):
    expected = Child(surname="Lorimer", forename=forename, expected_birth_date=date(2026, 3, 1), postcode="ZE1 0AA")
    born = Child(surname="Lorimer", forename="Morwenna", birth_date=date(2026, 2, 20), postcode="ZE1 0AA")
    assert (said(born, expected).outcome, said(born, expected).reason) == (LinkOutcome.REVIEW, Reason.UNBORN)
    assert said(expected, expected).outcome is LinkOutcome.REVIEW, "more than one child may be expected"
    assert said(replace(born, birth_date=date(2026, 9, 20)), expected).outcome is LinkOutcome.NEW


def test_two_subjects_that_link_are_one_question():
    thin = replace(NAME_AND_DATE, postcode="ZE1 0AA")
    found = said(TAMSIN, Child(nhs_number=TAMSIN.nhs_number), thin)
    assert (found.outcome, found.reason) == (LinkOutcome.REVIEW, Reason.SEVERAL)
    assert {c.subject for c in found.candidates} == {1, 2}


def test_the_order_of_candidates_decides_nothing():
    known = [
        Known(n, comparable(c))
        for n, c in enumerate((TAMSIN, replace(TAMSIN, forename="Bronwen"), NAME_AND_DATE, replace(TAMSIN, upn=None)))
    ]
    answers = {link(comparable(NAME_AND_DATE), order) for order in permutations(known)}
    assert len(answers) == 1


def test_a_waterfall_sums_to_its_weight_and_holds_no_value():
    found = said(TAMSIN, TAMSIN)
    assert found.weight == pytest.approx(sum(w for _, _, w in found.waterfall) - 14.0, abs=0.01)
    for secret in ("lorimer", "tamsin", "2016", "9434765919", "ZE1"):
        assert secret.lower() not in repr(found).lower()


def test_levels_of_a_pair_read_as_words():
    (vector,) = compare(comparable(replace(TAMSIN, upn=None, postcode="ZE1 0AB")), comparable(TAMSIN))
    assert dict(vector.levels()) == {
        "surname": Level.EXACT,
        "forename": Level.EXACT,
        "birth": Level.EXACT,
        "address": Level.SECTOR,
        "sex": Level.EXACT,
        "nhs_number": Level.EXACT,
        "upn": Level.NULL,
    }


@pytest.mark.parametrize("forename", ["Boy", "Baby boy", "GIRL", "Male infant", "Twin 1"])
def test_children_named_by_the_ward_alone_never_link(forename):
    newborn = Child(surname="Lorimer", forename=forename, birth_date=date(2026, 2, 11), postcode="ZE1 0AA")
    assert said(newborn, newborn).outcome is LinkOutcome.REVIEW


@pytest.mark.parametrize("filler", ["Unknown", "Zzz", "Not given", "Unnamed", "test"])
def test_what_is_typed_where_no_name_is_known_is_no_name(filler):
    nobody = Child(surname=filler, forename=filler, birth_date=date(2016, 2, 11), postcode="ZE1 0AA")
    assert said(nobody, nobody).outcome is not LinkOutcome.LINK


def test_a_name_in_use_does_not_join_a_brother_and_a_sister_born_together():
    sister = replace(TAMSIN, forename="Alexandra", known_as="Alex", nhs_number=None, upn=None)
    told = replace(sister, forename="Alex", known_as=None)
    assert said(told, sister).outcome is LinkOutcome.LINK
    assert said(replace(told, sex=Sex.MALE), sister).outcome is LinkOutcome.REVIEW
