"""Closed involvement: it stops at its closure, resumes only with a new episode, and late word changes neither."""

from datetime import date, timedelta

import pytest

from sharing.events import (
    Child,
    InvolvementAction,
    InvolvementChanged,
    MissingAction,
    MissingChanged,
    RegistrationChanged,
    RegistrationKind,
)
from sharing.reconciliation.involved import fresh, involvements_for, open_involvements
from tests.sharing.reconciliation.town import COMMUNITY, CSC, FRIDAY, GP, OAKFIELD, TRUST, Town, by

DAY = timedelta(days=1)


def involved(action: InvolvementAction, at=None, organisation: str = OAKFIELD, function: str = "safeguarding_lead"):
    return InvolvementChanged(
        envelope=by(occurred_at=at), child=Child(), organisation=organisation, function=function, action=action,
        since=at.date() if at and action is InvolvementAction.OPENED else None,
    )  # fmt: skip


def missing(at) -> MissingChanged:
    return MissingChanged(envelope=by(occurred_at=at), child=Child(), action=MissingAction.MISSING)


def opened(town: Town) -> list[str]:
    return [i.organisation for i in open_involvements(town.state, town.now.date())]


def two_episodes(**who: str) -> Town:
    """Open until the tenth day, open again from the twentieth."""
    town = Town()
    for day, action in ((0, InvolvementAction.OPENED), (10, InvolvementAction.CLOSED), (20, InvolvementAction.OPENED)):
        town.now = FRIDAY + day * DAY
        town.send(involved(action, town.now, **who), CSC)
    town.now += DAY
    return town


def test_an_involvement_stops_at_its_closure_and_resumes_with_a_new_episode():
    town = two_episodes()
    assert opened(town) == [OAKFIELD]
    assert [i.until for i in town.state.involvements] == [(FRIDAY + 10 * DAY).date(), None]


def test_word_of_an_opening_that_comes_after_the_closure_resumes_nothing():
    town = Town()
    town.send(involved(InvolvementAction.OPENED, FRIDAY), CSC)
    town.now += 10 * DAY
    town.send(involved(InvolvementAction.CLOSED, FRIDAY + 9 * DAY), CSC)
    town.send(involved(InvolvementAction.OPENED, FRIDAY + 8 * DAY), CSC)
    assert (opened(town), town.refused) == ([], ["LATE_FOR_A_CLOSED_EPISODE"])
    town.send(involved(InvolvementAction.OPENED, FRIDAY + 10 * DAY), CSC)
    assert opened(town) == [OAKFIELD]


def test_word_of_a_closure_that_comes_late_does_not_end_the_episode_after_it():
    town = Town()
    town.send(involved(InvolvementAction.OPENED, FRIDAY), CSC)
    town.now += 20 * DAY
    town.send(involved(InvolvementAction.OPENED, town.now), CSC)
    town.send(involved(InvolvementAction.CLOSED, FRIDAY + 5 * DAY), CSC)
    assert opened(town) == [OAKFIELD]


def test_a_closure_counts_from_the_day_it_speaks_of():
    town = Town()
    town.send(involved(InvolvementAction.OPENED, FRIDAY), CSC)
    town.now += 10 * DAY
    town.send(involved(InvolvementAction.CLOSED, FRIDAY + 7 * DAY), CSC)
    (held,) = town.state.involvements
    assert held.until == (FRIDAY + 7 * DAY).date()


@pytest.mark.parametrize(("day", "belongs"), [(5, False), (15, False), (20, True), (21, True)])
def test_what_happened_before_this_episode_is_no_business_of_it(day, belongs):
    town = two_episodes()
    found = involvements_for(town.state, town.now.date(), missing(FRIDAY + day * DAY))
    assert [i.organisation for i in found] == [OAKFIELD] * belongs


def test_before_the_first_episode_nothing_is_late():
    town = Town()
    town.send(involved(InvolvementAction.OPENED, FRIDAY), CSC)
    assert involvements_for(town.state, town.now.date(), missing(FRIDAY - 3 * DAY))


def test_who_holds_the_case_now_knows_what_was():
    town = two_episodes(organisation=CSC, function="allocated_team")
    assert involvements_for(town.state, town.now.date(), missing(FRIDAY + 5 * DAY))


def test_an_event_that_does_not_say_when_belongs_to_now():
    town = two_episodes()
    assert involvements_for(town.state, town.now.date(), missing(None))


def test_a_late_event_of_a_closed_episode_is_routed_to_nobody_of_it():
    town = two_episodes(organisation=COMMUNITY, function="health_visitor")
    town.send(missing(FRIDAY + 5 * DAY), "easthaven-police")
    assert town.tray(f"{COMMUNITY}/health_visitor") == []
    town.send(missing(town.now), "easthaven-police")
    town.one(f"{COMMUNITY}/health_visitor", "police.missing.changed")


def test_an_old_registration_that_comes_late_closes_nothing():
    town = Town()

    def registered(practice: str, at):
        said = {"kind": RegistrationKind.GP_PRACTICE, "gp_practice": practice}
        return RegistrationChanged(envelope=by(occurred_at=at), child=Child(), **said)

    town.now += 10 * DAY
    town.send(registered("Z99001", FRIDAY + 9 * DAY), TRUST)
    town.send(registered("Z88888", FRIDAY), TRUST)
    assert opened(town) == [GP]


def test_nobody_is_looked_for_where_nobody_confirmed_for_too_long():
    town = Town()
    town.send(involved(InvolvementAction.OPENED, FRIDAY), CSC)
    later = FRIDAY + 400 * DAY
    assert fresh(town.state, later, 500 * DAY).involvements
    assert not fresh(town.state, later, 365 * DAY).involvements
    assert fresh(town.state, later) is town.state
    assert town.state.involvements[0].since == date(2026, 11, 20)
