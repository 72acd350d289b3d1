"""What goes under a seal is found cell by cell, though every rule that somebody wrote holds."""

from dataclasses import replace

import pytest

from sharing.policy import EXISTS, WITHHOLD, decide, violations
from sharing.policy.conditions import Named, truth
from sharing.policy.facts import Guard
from sharing.policy.holes import FAMILIES, Ground, family_of, holes
from sharing.policy.lattice import Transform, TransformKind
from sharing.policy.model import NeverRule, SealException
from sharing.policy.situations import one
from sharing.vocabulary import FieldClass, Outcome, RecipientKind
from tests.sharing.policy.small_sets import CLEAR, permit, seal, set_of

EVENT = "csc.placement.changed"
CARER = "carer_name"
"""Who knows the carer finds the child."""
POLICE, HEALTH, SCHOOL = RecipientKind.POLICE_DUTY, RecipientKind.GP, RecipientKind.SCHOOL
INVOLVED = Named(Guard.OPEN_INVOLVEMENT)
SEALED = Named(Guard.ADDRESS_SEALED)


def example(*, closes, excepted=(), do=None, fields=None):
    """The address is sealed; the carer, who tells it, is released with it to health and police."""
    given = fields or {EXISTS: CLEAR, "child.postcode": CLEAR, CARER: CLEAR}
    never = NeverRule(
        "no-address-under-seal", "Whoever fled must not be found.", frozenset({FieldClass.LOCATION}), frozenset(), None,
        None, frozenset(), frozenset(), SEALED,
    )  # fmt: skip
    made = seal("refuge", closes, SEALED, exceptions=tuple(SealException((kind,), INVOLVED) for kind in excepted))
    return set_of(
        [permit("p", (HEALTH, POLICE), given, INVOLVED, event=EVENT)],
        [replace(made, do=do) if do else made],
        never=[never],
    )


def test_the_carer_is_released_though_the_address_is_sealed_and_every_rule_holds():
    """The seal closes the address alone: each proof passes, and the child is found through who looks after it."""
    found = example(closes={FieldClass.LOCATION})
    assert not violations(found)
    gaps = [hole for hole in holes(found) if hole.is_gap]
    assert {(gap.kind, gap.path, gap.seal_id) for gap in gaps} == {
        (HEALTH, CARER, "seals/refuge"), (POLICE, CARER, "seals/refuge"),
    }  # fmt: skip
    for gap in gaps:
        decision = decide(found, EVENT, gap.kind, None, gap.witness)
        assert gap.witness[Guard.ADDRESS_SEALED] is True
        assert (decision.outcome, decision.ruling(CARER).is_released) == (Outcome.DELIVER, True)
        assert not decision.ruling("child.postcode").is_released


def test_closing_what_tells_the_address_closes_the_gap():
    assert not holes(example(closes={FieldClass.LOCATION, FieldClass.LOCATION_INFERRING}))


def test_an_exception_is_told_as_meant():
    found = holes(example(closes={FieldClass.LOCATION, FieldClass.LOCATION_INFERRING}, excepted=[POLICE]))
    assert {(hole.kind, hole.path) for hole in found} == {(POLICE, "child.postcode"), (POLICE, CARER)}
    assert {hole.ground for hole in found} == {Ground.EXCEPTION}


def test_what_a_seal_leaves_is_told():
    marker = Transform(TransformKind.EXISTENCE)
    found = holes(example(closes={FieldClass.LOCATION, FieldClass.LOCATION_INFERRING}, do=marker))
    assert {(hole.transform, hole.ground) for hole in found} == {(marker, Ground.LOWERED)}


def test_a_field_of_another_kind_is_no_hole():
    assert not holes(example(closes={FieldClass.LOCATION}, fields={EXISTS: CLEAR, "child.surname": CLEAR}))


def test_the_count_is_of_situations_with_the_seal_in_force():
    (hole,) = [h for h in holes(example(closes={FieldClass.LOCATION})) if h.kind is HEALTH]
    assert (hole.count, hole.of) == (1, 3), "involved, of involved, not involved and not known"


@pytest.fixture(scope="module")
def shipped(agreements):
    """The report on the shipped set."""
    return holes(agreements)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_shipped_set_has_no_gap(shipped, family):
    found = [hole for hole in shipped if hole.family == family]
    assert found, "the report is about something"
    assert [f"{hole.path} of {hole.event_type} to {hole.kind}" for hole in found if hole.is_gap] == []


def test_every_hole_of_the_shipped_set_is_a_situation_in_which_it_goes(agreements, shipped):
    seals = {seal.seal_id: seal for seal in agreements.seals}
    for hole in shipped[::23]:
        decision = decide(agreements, hole.event_type, hole.kind, hole.purpose, hole.witness)
        assert decision.outcome is Outcome.DELIVER
        assert decision.ruling(hole.path).transform != WITHHOLD, hole.sentence
        assert truth(seals[hole.seal_id].when, one(hole.witness))[0], "the seal is in force"


def test_families_are_of_classes_that_the_catalogue_has(agreements):
    known = {str(own) for classes in agreements.classes.values() for own in classes.values()}
    for classes in FAMILIES.values():
        assert classes & known
    assert family_of("A") == ""
