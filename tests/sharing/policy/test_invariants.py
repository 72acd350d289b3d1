"""Invariants hold for the shipped set, and a set that breaks one is shown with a situation in which it breaks."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharing.policy import WITHHOLD, Facts, decide, load, violations
from sharing.policy.conditions import truth
from sharing.policy.invariants import guards_at
from sharing.policy.outcomes import field_levels, field_rulings
from sharing.policy.situations import all_of, one
from sharing.vocabulary import Outcome, RecipientKind
from tests.sharing.policy.small_sets import PATHS, small_sets


def test_the_shipped_agreements_break_no_invariant(agreements):
    assert [str(v) for v in violations(agreements)] == []


def broken(texts, classes, name, old, new):
    assert old in texts[name]
    return violations(load({**texts, name: texts[name].replace(old, new, 1)}, classes))


SCHOOL_NOTICE = "    include: [head, handling, child_named, notice_facts, notice_family]\n    fields:\n"
BREAKING = [
    (
        "encompass.yaml",
        SCHOOL_NOTICE,
        SCHOOL_NOTICE + "      suspect: clear\n",
        "settings-never-learn-who-is-suspected",
    ),
    (
        "encompass.yaml",
        SCHOOL_NOTICE,
        SCHOOL_NOTICE + "      incident_address: clear\n",
        "settings-never-learn-where-a-child-lives",
    ),
    (
        "encompass.yaml",
        SCHOOL_NOTICE,
        SCHOOL_NOTICE + "      child.former_surname: existence\n",
        "former-identity-stays-with-the-adoption-team",
    ),
    (
        "encompass.yaml",
        SCHOOL_NOTICE,
        SCHOOL_NOTICE + "      intelligence: existence\n",
        "covert-sources-never-leave-police",
    ),
    ("vocabulary.yaml", "    circumstances: clear\n", "", "minimum-of-an-encompass-notice"),
    (
        "encompass.yaml",
        "    when: open_involvement\n",
        "    when: open_involvement and night_duty\n",
        "minimum-of-an-encompass-notice",
    ),
    (
        "health-attendance.yaml",
        "when: open_plan or open_involvement",
        "when: open_involvement",
        "attendance-reaches-the-social-worker",
    ),
    ("referral.yaml", "      child_words: clear\n", "", "a-referral-always-arrives"),
    (
        "coordination.yaml",
        "child.postcode: outward",
        "child.postcode: clear",
        "rolls-get-no-more-than-the-outward-code",
    ),
    ("seals.yaml", "when: open_referral", "when: not open_referral", "sealed-address-at-the-front-door"),
    (
        "seals.yaml",
        "      - to: [allocated_team]\n",
        "      - to: [allocated_team, gp]\n",
        "sealed-address-outside-social-care",
    ),
    ("seals.yaml", "when: address_sealed", "when: address_sealed and s_flag", "sealed-address-outside-social-care"),
    ("seals.yaml", "      - to: [allocated_team]\n", "", "allocated-team-finds-a-sealed-child"),
    (
        "seals.yaml",
        "      - to: [front_door, emergency_duty]\n        when: open_referral\n",
        "",
        "emergency-duty-finds-a-sealed-child",
    ),
    ("seals.yaml", "when: adoption", "when: adoption and address_sealed", "adopted-child-is-not-found"),
    (
        "seals.yaml",
        "to: [settings, core_group_member, voluntary, requester]",
        "to: [school, core_group_member, voluntary, requester]",
        "perpetrator-in-a-setting-learns-nothing",
    ),
    (
        "plans-and-flags.yaml",
        "ordinary_registration and (open_plan or open_involvement)",
        "open_plan or open_involvement",
        "sensitivity-is-never-announced",
    ),
    (
        "plans-and-flags.yaml",
        "when: statutory_plan",
        "when: statutory_plan and open_involvement",
        "the-flag-reaches-unscheduled-care",
    ),
    (
        "police.yaml",
        "when: restriction_in_force and open_involvement",
        "when: open_involvement",
        "settings-never-learn-who-is-suspected",
    ),
    (
        "placements.yaml",
        "when: police_protection_in_force or child_missing or (s47_open and named_officer_grant)",
        "when: police_protection_in_force or child_missing or s47_open",
        "police-go-there-to-protect-or-to-find",
    ),
    (
        "plans-and-flags.yaml",
        "    when: core_group_member\n",
        "    when: open_involvement\n",
        "the-core-group-knows-what-the-plan-is-for",
    ),
    ("enquiries.yaml", "to: [core_group_member]", "to: [core_group_member, police_emergency]", "hears-of-meetings"),
    (
        "health-safeguarding.yaml",
        "    when: serious_harm_set\n",
        "",
        "a-disclosure-needs-the-clinicians-judgement",
    ),
    ("statistics.yaml", "    when: cohort_large_enough\n", "", "figures-are-of-many"),
]


@pytest.mark.parametrize(
    ("name", "old", "new", "rule"), BREAKING, ids=[f"{n}-{row[3]}" for n, row in enumerate(BREAKING)]
)
def test_a_set_that_breaks_a_rule_is_shown_with_a_witness(texts, classes, name, old, new, rule):
    found = broken(texts, classes, name, old, new)
    assert rule in {v.rule_id for v in found}
    assert all(v.event_type in str(v) and v.rule_id in str(v) for v in found)


def test_a_witness_of_a_never_rule_is_a_situation_in_which_it_leaks(texts, classes):
    old, new = "when: address_sealed", "when: address_sealed and s_flag"
    changed = load({**texts, "seals.yaml": texts["seals.yaml"].replace(old, new, 1)}, classes)
    rules = {rule.rule_id: rule for rule in changed.never}
    found = [v for v in violations(changed) if v.rule_id in rules]
    assert found
    for violation in found:
        decision = decide(changed, violation.event_type, RecipientKind(violation.kind), None, violation.witness)
        assert decision.outcome is Outcome.DELIVER
        assert decision.ruling(violation.path).is_released
        assert not truth(rules[violation.rule_id].when, one(violation.witness))[1]


def test_a_witness_of_an_always_rule_is_a_situation_in_which_danger_is_held_back(texts, classes):
    changed = load(
        {**texts, "vocabulary.yaml": texts["vocabulary.yaml"].replace("    circumstances: clear\n", "", 1)}, classes
    )
    violation = next(v for v in violations(changed) if v.kind is RecipientKind.SCHOOL)
    assert violation.path == "circumstances"
    decision = decide(changed, violation.event_type, RecipientKind.SCHOOL, None, violation.witness)
    assert not decision.ruling("circumstances").is_released


def test_an_empty_situation_is_told_in_words(agreements):
    from sharing.policy import Violation

    assert str(Violation("r", "e", "k", "p", Facts())) == "r: p of e to k, when nothing is known"


@given(small_sets(), st.sampled_from(PATHS))
def test_what_a_proof_asks_is_what_a_decision_answers(found, path):
    for cell in found.cells.values():
        table = all_of(guards_at(cell, path))
        rulings, levels = list(field_rulings(cell, path, table)), list(field_levels(cell, path, table))
        for transform in {r.transform for r in rulings} - {WITHHOLD}:
            assert sum(r.rows for r in rulings if r.transform == transform) == sum(
                rows for level, rows in levels if level == transform
            )
        assert not any(a[1] & b[1] for a, b in combinations(levels, 2))
