"""The registers: whose word counts, what a seal does, and what a plan and a registration open and close."""

from datetime import date, timedelta

import pytest

from sharing.events import (
    AllocationChanged,
    Child,
    Event,
    InvolvementAction,
    InvolvementChanged,
    Marking,
    PlanAction,
    PlanChanged,
    PlanKind,
    ReasonClass,
    RegistrationChanged,
    RegistrationKind,
    SealAction,
    SealChanged,
    SealKind,
    UnscheduledAttended,
)
from sharing.reconciliation.involved import open_involvements
from tests.sharing.reconciliation.town import COMMUNITY, CSC, FRIDAY, GP, NURSERY, OAKFIELD, POLICE, TRUST, Town, by

TODAY = FRIDAY.date()


def seal(action: SealAction | None = SealAction.SET, kind: SealKind | None = SealKind.ADDRESS) -> SealChanged:
    return SealChanged(envelope=by(), child=Child(), kind=kind, action=action)


def involved(action: InvolvementAction, organisation: str = OAKFIELD, since: date | None = None) -> InvolvementChanged:
    return InvolvementChanged(
        envelope=by(),
        child=Child(),
        organisation=organisation,
        function="safeguarding_lead",
        action=action,
        since=since,
    )


def plan(action: PlanAction, kind: PlanKind = PlanKind.CHILD_PROTECTION, **more: str) -> PlanChanged:
    return PlanChanged(envelope=by(), child=Child(), kind=kind, action=action, **more)


def registered(kind: RegistrationKind, **more: object) -> RegistrationChanged:
    return RegistrationChanged(envelope=by(), child=Child(), kind=kind, **more)  # type: ignore[arg-type]


def kinds(town: Town) -> list[SealKind]:
    return [s.kind for s in town.state.seals]


def test_a_seal_moves_the_register_and_calls_back_what_was_sent() -> None:
    town = Town()
    town.send(seal(), POLICE)
    assert (town.steps[0].register_moved, town.steps[0].recall) == (True, True)
    assert kinds(town) == [SealKind.ADDRESS]


def test_a_seal_set_twice_is_one_seal_and_moves_nothing_the_second_time() -> None:
    town = Town()
    town.send(seal(), POLICE)
    before, done = town.state, len(town.steps)
    town.send(seal(), POLICE)
    assert town.state == before
    assert not town.steps[done].register_moved


def test_only_its_holder_lifts_a_seal() -> None:
    town = Town()
    town.send(seal(), POLICE)
    town.send(seal(SealAction.LIFTED), CSC)
    assert (kinds(town), town.refused) == ([SealKind.ADDRESS], ["NOT_THE_HOLDER"])
    town.send(seal(SealAction.LIFTED), POLICE)
    assert kinds(town) == []
    assert not any(step.recall for step in town.steps[-2:])


def test_two_holders_two_seals_and_one_lifting_leaves_it_sealed() -> None:
    town = Town()
    for holder in (POLICE, CSC):
        town.send(seal(), holder)
    town.send(seal(SealAction.LIFTED), POLICE)
    assert kinds(town) == [SealKind.ADDRESS]


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        pytest.param(seal(None), SealKind.ADDRESS, id="no-action-restricts"),
        pytest.param(seal(SealAction.SET, None), SealKind.ADDRESS, id="no-kind-seals-the-address"),
    ],
)
def test_what_is_unclear_restricts(event: SealChanged, kind: SealKind) -> None:
    town = Town()
    town.send(event, CSC)
    assert kinds(town) == [kind]


def test_a_lifting_that_does_not_say_what_lifts_nothing() -> None:
    town = Town()
    town.send(seal(), CSC)
    town.send(seal(SealAction.LIFTED, None), CSC)
    assert kinds(town) == [SealKind.ADDRESS]


@pytest.mark.parametrize("stranger", [OAKFIELD, COMMUNITY, NURSERY, "nobody-at-all"])
def test_who_may_not_seal_does_not_seal_and_it_shows(stranger: str) -> None:
    town = Town()
    town.send(seal(), stranger)
    assert (kinds(town), town.refused) == ([], ["SENDER_MAY_NOT_SAY_THIS"])


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(registered(RegistrationKind.SENSITIVITY, sensitive=True), id="said-so"),
        pytest.param(registered(RegistrationKind.SENSITIVITY), id="not-said-restricts"),
        pytest.param(
            UnscheduledAttended(
                envelope=by(markings=(Marking.S_FLAG,)), child=Child(), reason_class=ReasonClass.INJURY
            ),
            id="marked-on-another-event",
        ),
    ],
)
def test_a_sensitive_health_record_seals(event: Event) -> None:
    town = Town()
    town.send(event, TRUST)
    assert kinds(town) == [SealKind.S_FLAG]
    assert town.steps[0].recall


def test_a_record_that_is_sensitive_no_more_lifts_its_own_flag_only() -> None:
    town = Town()
    town.send(seal(), POLICE)
    town.send(registered(RegistrationKind.SENSITIVITY, sensitive=True), GP)
    town.send(registered(RegistrationKind.SENSITIVITY, sensitive=False), GP)
    assert kinds(town) == [SealKind.ADDRESS]


@pytest.mark.parametrize("stranger", [OAKFIELD, POLICE, TRUST, "nobody-at-all"])
def test_nobody_but_social_care_opens_an_involvement_or_a_plan(stranger: str) -> None:
    town = Town()
    before = town.state
    town.send(involved(InvolvementAction.OPENED), stranger)
    town.send(plan(PlanAction.STARTED), stranger)
    assert (town.state, town.refused) == (before, ["SENDER_MAY_NOT_SAY_THIS"] * 2)


def test_an_involvement_begins_and_ends() -> None:
    town = Town()
    town.send(involved(InvolvementAction.OPENED, since=TODAY), CSC)
    assert [i.organisation for i in open_involvements(town.state, TODAY)] == [OAKFIELD]
    town.send(involved(InvolvementAction.OPENED), CSC)
    assert len(town.state.involvements) == 1
    town.send(involved(InvolvementAction.CLOSED), CSC)
    assert open_involvements(town.state, TODAY) == ()
    town.send(involved(InvolvementAction.OPENED), CSC)
    assert len(open_involvements(town.state, TODAY)) == 1


def test_an_involvement_of_next_week_is_none_today() -> None:
    town = Town()
    town.send(involved(InvolvementAction.OPENED, since=TODAY + timedelta(days=7)), CSC)
    assert open_involvements(town.state, TODAY) == ()


def test_an_involvement_of_an_organisation_that_nobody_knows_is_reported() -> None:
    town = Town()
    town.send(involved(InvolvementAction.OPENED, "elsewhere-school"), CSC)
    assert (town.state.involvements, town.refused) == ((), ["INVOLVEMENT_OF_NOBODY_KNOWN"])


def test_a_plan_starts_is_reviewed_and_ends() -> None:
    town = Town()
    town.send(plan(PlanAction.STARTED, team="North", duty_phone="01632 960110"), CSC)
    town.send(plan(PlanAction.REVIEWED), CSC)
    (held,) = town.state.plans
    assert (held.kind, held.team, held.duty_phone, held.source_event) == (
        PlanKind.CHILD_PROTECTION,
        "North",
        "01632 960110",
        "e1",
    )
    town.send(AllocationChanged(envelope=by(), child=Child(), new_team="South"), CSC)
    assert (town.state.plans[0].team, town.state.plans[0].duty_phone) == ("South", "01632 960110")
    town.send(plan(PlanAction.ENDED), CSC)
    assert town.state.plans == ()
    assert all(step.register_moved for step in town.steps if step.changed)


def test_a_plan_of_another_kind_stays_when_one_ends() -> None:
    town = Town()
    town.send(plan(PlanAction.STARTED), CSC)
    town.send(plan(PlanAction.STARTED, PlanKind.LOOKED_AFTER), CSC)
    town.send(plan(PlanAction.ENDED), CSC)
    assert [p.kind for p in town.state.plans] == [PlanKind.LOOKED_AFTER]


def test_a_new_practice_closes_the_old_registration() -> None:
    town = Town()
    town.send(registered(RegistrationKind.GP_PRACTICE, gp_practice="Z99001"), TRUST)
    assert [i.organisation for i in open_involvements(town.state, TODAY)] == [GP]
    town.send(registered(RegistrationKind.GP_PRACTICE, gp_practice="Z88888"), TRUST)
    assert [i.organisation for i in open_involvements(town.state, TODAY)] == ["ods:Z88888"]


def test_the_health_visiting_service_is_registered_by_its_own_code_or_name() -> None:
    for named in ("ZZC01", COMMUNITY):
        town = Town()
        town.send(registered(RegistrationKind.HEALTH_VISITOR, health_visitor_organisation=named), GP)
        assert [i.organisation for i in open_involvements(town.state, TODAY)] == [COMMUNITY]
