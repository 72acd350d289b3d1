"""A setting is told of a brother or sister whom it has on its own roll, and of no other child."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from sharing.events import (
    Child,
    InvolvementAction,
    InvolvementChanged,
    SealAction,
    SealChanged,
    SealKind,
)
from sharing.events.casework import PlacementAction, PlacementChanged
from tests.streams.corridor import CSC, HARBOUR, OAKFIELD, POLICE, Corridor
from tests.streams.families import ROSA
from tests.streams.test_seal_laws import everybody_involved, involve, notice

ELLIS = Child(surname="Quillfeather", forename="Ellis", birth_date=date(2018, 9, 1), postcode="EH1 2AA")
PLACED = "csc.placement.changed"


def family(corridor: Corridor, setting: str = OAKFIELD, brother: Child = ELLIS) -> None:
    """Rosa and her brother: one incident names both, and a setting has him on its roll."""
    everybody_involved(corridor)
    if setting:
        involve(corridor, setting, "safeguarding_lead", brother)
    incident = "ab" * 16
    corridor.send(POLICE, notice(corridor, incident_id=incident), notice(corridor, brother, incident_id=incident))
    corridor.flow()
    corridor.destination.sent.clear()


def placed(corridor: Corridor, *siblings: str, **more: object) -> PlacementChanged:
    return corridor.event(
        PlacementChanged, CSC, ROSA, action=PlacementAction.STARTED, siblings_placed=siblings or None,
        duty_phone="01632 960120", **more,
    )  # fmt: skip


def told(corridor: Corridor, *siblings: str) -> tuple[str, ...] | None:
    """What the school is told of brothers and sisters."""
    corridor.send(CSC, placed(corridor, *siblings))
    corridor.flow()
    seen = corridor.one(OAKFIELD, PLACED).event
    assert seen.duty_phone == "01632 960120", "the rest goes whatever is known of others"
    return seen.siblings_placed


@pytest.mark.parametrize("words", ["Ellis, elsewhere", "ELLIS Quillfeather (with her)", "Ellis", "Ellis - with her"])
def test_a_setting_hears_of_a_sibling_on_its_own_roll(corridor, words):
    family(corridor)
    assert told(corridor, words) == (words,)


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        (HARBOUR, ["Ellis, elsewhere"]),
        ("", ["Ellis, elsewhere"]),
        (OAKFIELD, ["Ellis, elsewhere", "Bo, with her"]),
        (OAKFIELD, ["Bo"]),
        (OAKFIELD, ["Ellis Underbough"]),
        (OAKFIELD, ["her brother Ellis"]),
        (OAKFIELD, [""]),
    ],
    ids=["another-roll", "no-roll", "one-of-two", "stranger", "other-surname", "more-words", "nobody"],
)
def test_of_any_other_child_it_hears_nothing(corridor, setting, words):
    family(corridor, setting)
    assert told(corridor, *words) is None


def test_a_pupil_who_only_shares_the_forename_is_no_sibling(corridor):
    """Two pupils in one incident: the name of the sister who lives elsewhere must not go for the other pupil's sake."""
    family(corridor, brother=replace(ELLIS, surname="Underbough"))
    assert told(corridor, "Ellis, elsewhere") is None


def test_two_of_one_name_are_nobody(corridor):
    family(corridor)
    incident = "cd" * 16
    other = replace(ELLIS, birth_date=date(2009, 1, 5), postcode="EH4 4AA")
    corridor.send(POLICE, notice(corridor, incident_id=incident), notice(corridor, other, incident_id=incident))
    corridor.flow()
    corridor.destination.sent.clear()
    assert told(corridor, "Ellis, elsewhere") is None


def test_a_child_with_no_incident_in_common_is_not_looked_for(corridor):
    everybody_involved(corridor)
    involve(corridor, OAKFIELD, "safeguarding_lead", ELLIS)
    corridor.destination.sent.clear()
    assert told(corridor, "Ellis, elsewhere") is None


def test_a_sibling_with_a_seal_is_not_told_of_and_the_bytes_are_those_of_one_unknown(tmp_path):
    seen = []
    for name in ("sealed", "unknown"):
        (tmp_path / name).mkdir()
        corridor = Corridor(tmp_path / name)
        family(corridor, OAKFIELD if name == "sealed" else "")
        if name == "sealed":
            sealing = {"kind": SealKind.ADDRESS, "action": SealAction.SET}
            corridor.send(POLICE, corridor.event(SealChanged, POLICE, ELLIS, **sealing))
        corridor.send(CSC, placed(corridor, "Ellis, elsewhere", key="the same"))
        corridor.flow()
        seen.append(corridor.one(OAKFIELD, PLACED).record.value)
        corridor.close()
    assert seen[0] == seen[1]


def test_what_is_true_when_it_leaves_counts(corridor):
    """The brother leaves the school while the event waits: claiming is disclosing."""
    family(corridor)
    event = placed(corridor, "Ellis, elsewhere")
    corridor.sequencing = False
    corridor.send(CSC, event)
    corridor.sequencing = True
    corridor.send(
        CSC,
        corridor.event(
            InvolvementChanged, CSC, ELLIS, organisation=OAKFIELD, function="safeguarding_lead",
            action=InvolvementAction.CLOSED,
        ),
    )  # fmt: skip
    corridor.flow()
    assert corridor.one(OAKFIELD, PLACED).event.siblings_placed is None
    known = [
        d["guards"]["sibling_on_own_roll"] for d in corridor.decisions(event) if "sibling_on_own_roll" in d["guards"]
    ]
    assert known == [True, None]


def test_what_was_heard_long_ago_does_not_count(corridor):
    family(corridor)
    corridor.now += timedelta(days=401)
    involve(corridor, OAKFIELD, "safeguarding_lead")
    corridor.destination.sent.clear()
    assert told(corridor, "Ellis, elsewhere") is None
