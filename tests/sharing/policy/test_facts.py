"""Facts: what nobody stated is unknown, and one number carries them all."""

from hypothesis import given
from hypothesis import strategies as st

from sharing.events import (
    Child,
    Envelope,
    Marking,
    PlanChanged,
    PlanKind,
    RegistrationChanged,
    RegistrationKind,
)
from sharing.policy import Facts, Guard, said_by

stated = st.dictionaries(st.sampled_from(list(Guard)), st.sampled_from([True, False, None]))


@given(stated)
def test_facts_give_back_what_was_stated_and_know_nothing_else(values):
    facts = Facts.of(values)
    assert dict(facts) == {guard: values.get(guard) for guard in Guard}
    assert Facts(facts.vector) == facts


def test_guards_keep_their_bits_for_ever():
    """The ledger keeps vectors: a guard may only be added at the end of this list."""
    assert [g.value for g in Guard] == [
        "open_involvement",
        "open_referral",
        "open_plan",
        "address_sealed",
        "s_flag",
        "perpetrator_channel",
        "adoption",
        "identity_settled",
        "no_parent_contact",
        "recipient_is_asker",
        "recipient_is_holder_of_seal",
        "night_duty",
        "stands_in",
        "statutory_plan",
        "ordinary_registration",
        "clinician_concern",
        "restriction_in_force",
        "s47_open",
        "police_protection_in_force",
        "child_missing",
        "core_group_member",
        "named_officer_grant",
        "competent_minor_objects",
        "serious_harm_set",
        "sender_names_recipient",
        "live_investigation",
        "handling_code_c",
        "sibling_on_own_roll",
        "missing_education",
        "crime_suspected",
        "requester_identified",
        "parental_responsibility_established",
        "court_orders_allow",
        "competent_child_agrees",
        "harm_test_passed",
        "cohort_large_enough",
    ]
    assert Facts.of({Guard.OPEN_INVOLVEMENT: True, Guard.OPEN_REFERRAL: False}).vector == 0b0110


def test_a_marking_on_the_event_seals_and_its_absence_says_nothing():
    marked = PlanChanged(envelope=Envelope(markings=(Marking.S_FLAG, Marking.NO_PARENT_CONTACT)), child=Child())
    assert said_by(marked) == {Guard.S_FLAG: True, Guard.NO_PARENT_CONTACT: True}
    assert said_by(PlanChanged(envelope=Envelope(), child=Child())) == {}


def test_only_plans_that_unscheduled_care_may_see_are_statutory():
    def statutory(kind):
        return said_by(PlanChanged(envelope=Envelope(), child=Child(), kind=kind))[Guard.STATUTORY_PLAN]

    assert [k for k in PlanKind if statutory(k)] == [
        PlanKind.CHILD_PROTECTION,
        PlanKind.LOOKED_AFTER,
        PlanKind.UNBORN_CHILD_PROTECTION,
    ]


def test_a_registration_that_speaks_of_sensitivity_is_not_ordinary():
    def ordinary(**body):
        return said_by(RegistrationChanged(envelope=Envelope(), child=Child(), **body)).get(Guard.ORDINARY_REGISTRATION)

    assert ordinary(kind=RegistrationKind.GP_PRACTICE) is True
    assert ordinary(kind=RegistrationKind.SENSITIVITY) is False
    assert ordinary(kind=RegistrationKind.GP_PRACTICE, sensitive=False) is False
    assert ordinary() is None


def test_bits_that_mean_nothing_are_unknown():
    assert all(Facts(2**64 - 1)[guard] is None for guard in Guard)
