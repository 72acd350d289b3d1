"""Who must sign: each controller whose data newly goes somewhere, and three offices whatever widens; else any one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharing.approval import Role, quorum
from sharing.approval.quorum import founding_report, speakers
from sharing.events import EVENT_TYPES
from sharing.vocabulary import OrganisationKind
from tests.sharing.approval.kit import ALL, SEEDS, TABLE, THREE, matrix, report

EVENTS = sorted(EVENT_TYPES)
DISCLOSURES = st.lists(
    st.tuples(st.sampled_from(EVENTS), st.sampled_from(["school", "gp"]), st.sampled_from(["child.sex", "$exists"])),
    min_size=1, max_size=6,
)  # fmt: skip
NARROWING = ["permit encompass/one: taken out", "seal seals/one: new", "never n1: new", "always a1: new",
             "agreement encompass: taken out", "purpose edu: taken out"]  # fmt: skip
WIDENING = ["never n1: taken out", "never n1: written otherwise", "always a1: taken out", "agreement a: new",
            "agreement encompass: written otherwise", "guard open_plan: written otherwise", "purpose p: new",
            "purpose p: written otherwise", "somewhat unheard of: taken out"]  # fmt: skip


def asked(said, after=TABLE):
    return quorum(said, TABLE, after)


@given(DISCLOSURES)
def test_widening_needs_each_controller_of_what_newly_goes_and_the_three(disclosed):
    found = asked(report("old", "new", disclosed))
    for event, _, _ in disclosed:
        for kind in speakers(event):
            assert {row.name for row in TABLE.for_kind(kind)} <= found.reasons.keys()
    assert set(THREE) <= found.reasons.keys()
    concerned = {row.name for e, _, _ in disclosed for kind in speakers(e) for row in TABLE.for_kind(kind)}
    assert found.reasons.keys() == concerned | set(THREE)


@given(DISCLOSURES, st.data())
def test_without_one_of_them_it_is_missing_and_an_outsider_stands_for_nobody(disclosed, data):
    found = asked(report("old", "new", disclosed))
    absent = data.draw(st.sampled_from(sorted(found.reasons)))
    signed = [*(name for name in ALL if name != absent), "somebody-else"]
    assert found.missing(signed) == (absent,)
    assert found.missing(ALL) == ()


@pytest.mark.parametrize("event", [e for e in EVENTS if e.startswith("health.")])
def test_a_health_bodys_caldicott_guardian_signs_beside_its_controller(event):
    found = asked(report("old", "new", [(event, "school", "child.surname")]))
    roles = [TABLE.by_name[name].role for name in found.reasons if TABLE.by_name[name].controls & speakers(event)]
    assert {Role.CONTROLLER, Role.CALDICOTT_GUARDIAN} == set(roles)


@given(st.lists(st.sampled_from(NARROWING)), st.sampled_from(ALL))
def test_what_only_narrows_needs_one_signature_of_whichever_office(lines, name):
    found = asked(report("old", "new", (), *lines))
    assert found.any_one
    assert found.missing([]) == ("any one office",)
    assert found.missing([name]) == ()


@pytest.mark.parametrize("line", WIDENING)
def test_what_moves_the_frame_is_signed_by_the_three(line):
    assert tuple(asked(report("old", "new", (), line)).reasons) == THREE


def test_an_event_that_would_wait_where_it_was_refused_is_signed_by_the_three():
    change = {"event": EVENTS[0], "to": "gp", "field": "$exists", "before": "withhold", "after": "waits"}
    assert tuple(asked({**report("old", "new"), "waits_otherwise": [change]}).reasons) == THREE
    other = {**change, "before": "waits", "after": "withhold"}
    assert asked({**report("old", "new"), "waits_otherwise": [other]}).any_one


def test_the_first_set_is_signed_by_every_office():
    assert tuple(quorum(founding_report(matrix("new")), TABLE, TABLE).reasons) == ALL


@pytest.mark.parametrize("name", ALL)
def test_another_key_in_the_table_is_signed_by_that_office_and_the_three(name):
    other = TABLE.with_keys({name: SEEDS[name]})
    assert set(asked(report("old", "old"), other).reasons) == {name, *THREE}


def test_who_may_say_an_event_controls_it():
    assert speakers("police.missing.changed") == {OrganisationKind.FORCE}
    assert OrganisationKind.SCHOOL in speakers("referral.submitted")
    assert OrganisationKind.BROKER not in speakers("referral.submitted")
    assert speakers("correction.issued") == {OrganisationKind.BROKER}
