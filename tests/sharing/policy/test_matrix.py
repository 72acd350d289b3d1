"""Class by recipient: where the table has a dash, nobody of that kind gets that class, in any situation.

The table is written here a second time, by hand, and holds against the shipped agreements field by field.
"""

import pytest

from sharing.policy.invariants import released_rows
from sharing.policy.paths import EXISTS
from sharing.policy.situations import all_of
from sharing.vocabulary import FieldClass, RecipientKind

K = RecipientKind
SOCIAL_CARE = (K.FRONT_DOOR, K.FRONT_DOOR_MANAGER, K.ALLOCATED_TEAM, K.EMERGENCY_DUTY)
POLICE = (K.POLICE_DUTY,)
HEALTH = (K.EMERGENCY_DEPARTMENT, K.GP, K.HEALTH_VISITOR, K.SCHOOL_NURSE)
SETTINGS = (K.SCHOOL, K.EARLY_YEARS)
EDUCATION = (K.EDUCATION_DUTY, K.EDUCATION_ROLLS)
EVERYBODY = tuple(K)

NEVER = {
    "B1": (POLICE, SETTINGS, EDUCATION),
    "B2": (POLICE, HEALTH),
    "B3": (SOCIAL_CARE, POLICE, HEALTH, SETTINGS, EDUCATION),
    "C": (SETTINGS,),
    "D": ((K.FRONT_DOOR_MANAGER,), POLICE, HEALTH, SETTINGS, EDUCATION),
    "E": (EVERYBODY,),
    "F": (EDUCATION,),
    "G": (SETTINGS, EDUCATION),
    "H": (SOCIAL_CARE, HEALTH, SETTINGS, EDUCATION, POLICE),
    "H2": ((K.FRONT_DOOR_MANAGER, K.ALLOCATED_TEAM), POLICE, HEALTH, SETTINGS, EDUCATION),
    "I": (EDUCATION,),
    "J": (SETTINGS, EDUCATION),
    "J2": (SOCIAL_CARE, POLICE, SETTINGS, EDUCATION),
    "L": (SETTINGS, EDUCATION),
    "N": (SETTINGS, EDUCATION),
    "O": (EDUCATION,),
    "P2": (POLICE, HEALTH, SETTINGS, EDUCATION),
    "R": (EDUCATION,),
}
# The police reference on a notice is opaque and for calling back: the table allows it to schools.
ALLOWED = {("B3", "police_reference")}
DASHES = [(FieldClass(name), kind) for name, groups in NEVER.items() for group in groups for kind in group]


@pytest.mark.parametrize(("own", "kind"), DASHES, ids=[f"{c}-{k}" for c, k in DASHES])
def test_a_class_never_reaches_a_recipient_that_has_a_dash(agreements, own, kind):
    looked_at = 0
    for (event_type, to, _), cell in agreements.cells.items():
        for path in cell.permits if to is kind else ():
            if path != EXISTS and cell.classes[path] is own and (own.value, path) not in ALLOWED:
                assert not released_rows(cell, path, all_of(cell.guards)), f"{path} of {event_type} to {kind}"
        looked_at += to is kind
    assert looked_at


def test_the_table_speaks_of_classes_that_some_event_has(agreements):
    present = {own for own_classes in agreements.classes.values() for own in own_classes.values()}
    absent = {name for name in NEVER if FieldClass(name) not in present}
    assert absent <= {"D", "I"}, "these had no field when this was written; no other class may be without"


def test_what_a_sender_may_call_its_own_never_leaves(agreements):
    own = {"envelope.event_id", "envelope.system", "envelope.native_key", "envelope.native_version", "child.local_id"}
    assert not [key for key, cell in agreements.cells.items() if own & set(cell.permits)]


def test_what_could_not_be_read_travels_with_a_referral_only(agreements):
    """Its text may hold any class, an address too, so no seal could close it."""
    carrying = {k[0] for k, cell in agreements.cells.items() if any("unreadable" in path for path in cell.permits)}
    assert carrying == {"referral.submitted"}


def test_the_marking_of_a_sealed_child_is_released_with_a_referral_only(agreements):
    for (event_type, _, _), cell in agreements.cells.items():
        permit = cell.permits.get("envelope.markings")
        if permit and event_type != "referral.submitted":
            assert "S_FLAG" not in dict(permit.fields["envelope.markings"].pairs)
