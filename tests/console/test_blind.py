"""Nothing personal on any page; and the same bytes with and without a seal."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from console.blind import hidden_schema_ids
from console.poller import Snapshot
from console.views import page
from console.web.app import Pages
from sharing.vocabulary import Outcome
from tests.console.rig import CANARIES, NOW, SCHEMA_IDS, Town, a_question, busy

SCHOOL, CARE, POLICE = "oakfield-primary", "easthaven-social-care", "easthaven-police"
SETTLED, NUMBERED, UNDER_WAY = "settled", "numbered", "under-way"


def rendered(town: Town, *, looks: int = 1) -> str:
    """The whole page as an operator sees it."""
    reader = town.reader()
    facts = [reader.read(NOW, NOW) for _ in range(looks)][-1]
    return Pages().whole(Snapshot(1, page(facts, town.directory)), again=False)


def test_no_personal_value_is_on_any_page(town):
    busy(town)
    town.event("canary", "referral.submitted", [CARE], child="c6", express=True)
    town.health(
        SCHOOL,
        refused={"BAD_DATE": 1, "Quillfeather": 2},
        troubles=[{"place": "quillfeather-list.csv", "code": "7 Marlpit Row", "words": "quillfeather-list.csv: no"}],
    )
    found = rendered(town)
    assert "BAD_DATE" in found
    assert [canary for canary in CANARIES if canary.lower() in found.lower()] == []


def test_the_families_that_seals_cause_are_hidden_in_every_version():
    assert {SCHEMA_IDS["seal.changed"], SCHEMA_IDS["correction.issued"]} <= hidden_schema_ids()
    assert SCHEMA_IDS["referral.submitted"] not in hidden_schema_ids()


def sealing(town: Town, first: bytes, how: str) -> None:
    """Everything that a seal does to the ledger and to the connectors.

    Its own event by its own topic, an exchange suppressed that was not yet released, what is taken back, carriers and
    checkpoints of its own, receipts, health of the connectors.
    """
    minute = timedelta(minutes=1)
    town.event("seal", "seal.changed", [CARE], child="c1", at=NOW - 20 * minute)
    town.took(POLICE, 1, kind="seals")
    town.case("c1", a_question("first", CARE, NOW), sealed=True)
    town.decide_later(first, SCHOOL, "first", in_place=True, state=Outcome.SUPPRESS)
    settle(town, how, NOW - 20 * minute)
    town.event("recall", "correction.issued", [SCHOOL, CARE], child="c1", at=NOW - 20 * minute)
    settle(town, how, NOW - 10 * minute)
    more = {"inbox": {"recalled": 1}, "taken": {"seals": 1}, "dropped": {"SEALED": 1}, "last_moved_at": "x"}
    town.health(SCHOOL, more=more)
    town.took(SCHOOL, 2, kind="receipts")


def settle(town: Town, how: str, at: datetime) -> None:
    """Number and release, as far as this evening goes."""
    if how != UNDER_WAY:
        town.number(at)
    if how == SETTLED:
        town.release()


def evening(town: Town, how: str, *, sealed: bool, last: bool) -> None:
    """The same evening in two worlds; in one of them an address is sealed, in its middle or at its end.

    Args:
        how: How far the broker came. `sealed`: in which world. `last`: the seal is the last that happened.
    """
    minute = timedelta(minutes=1)
    town.healthy()
    first = town.event("first", "police.da_incident.notified", [SCHOOL, CARE], child="c1", sender=POLICE)
    town.case("c1", a_question("first", CARE, NOW))
    town.number(NOW - 60 * minute)
    if sealed and not last:
        sealing(town, first, how)
    state = Outcome.SUPPRESS if sealed and not last else Outcome.DELIVER
    town.event("second", "csc.plan.changed", [SCHOOL], child="c1", sender=CARE, state=state)
    town.lease()
    settle(town, how, NOW - 30 * minute if last else NOW - 5 * minute)
    if sealed and last:
        sealing(town, first, how)


@pytest.mark.parametrize("how", [SETTLED, NUMBERED, UNDER_WAY])
@pytest.mark.parametrize("last", [True, False], ids=["at-the-end", "in-the-middle"])
@pytest.mark.parametrize("looks", [1, 2])
def test_the_page_is_the_same_bytes_with_and_without_a_seal(tmp_path: Path, how: str, last: bool, looks: int):
    pages = []
    for sealed in (False, True):
        folder = tmp_path / str(sealed)
        folder.mkdir()
        town = Town(folder)
        try:
            evening(town, how, sealed=sealed, last=last)
            pages.append(rendered(town, looks=looks))
        finally:
            town.close()
    assert "Oakfield Primary" in pages[0]
    assert pages[0] == pages[1]


def test_a_closed_lane_tells_nothing_of_what_was_suppressed_behind_it(tmp_path: Path):
    pages = []
    for state in (Outcome.DELIVER, Outcome.SUPPRESS):
        folder = tmp_path / state
        folder.mkdir()
        town = Town(folder)
        try:
            town.healthy()
            town.event("first", "csc.plan.changed", [SCHOOL], child="c1", state=state)
            town.number()
            town.lease()
            town.suspend(SCHOOL)
            pages.append(rendered(town))
        finally:
            town.close()
    assert "suspended" in pages[0]
    assert pages[0] == pages[1]
