"""Nobody without clearance can tell from a text that waits, goes or is taken back whether the child has a seal."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from sharing.events import Child, ProtectionNoticeSubmitted, SealAction, SealChanged, SealKind
from streams.agents import text_review
from streams.agents.text_queue import unanswered
from tests.streams.corridor import CSC, FRIDAY, GP, POLICE, Corridor
from tests.streams.families import ROSA
from tests.streams.scrub_kit import SAW
from tests.streams.test_seal_laws import involve

NOWHERE = replace(
    ROSA, address_line=None, postcode=None, telephone=None, gp_practice=None, setting_urn=None, setting_name=None
)
"""Rosa, of whom no place is said: with a seal there is nothing to withhold."""


def life(folder: Path, child: Child, kind: SealKind | None, *, is_read: bool, sealed_first: bool) -> Corridor:
    """A text waits for the surgery, and somebody reads it or nobody does; a seal is set before, after or not."""
    folder.mkdir()
    corridor = Corridor(folder)
    involve(corridor, GP, "practice_lead", child)
    set_seal(corridor, child, kind if sealed_first else None)
    notice = corridor.event(ProtectionNoticeSubmitted, POLICE, child, key="n", child_injury=SAW, by="force_duty")
    corridor.send(POLICE, notice)
    corridor.flow()
    for one in text_review.waiting(corridor.broker) if is_read else ():
        shown = text_review.show(corridor.broker, one.number)
        text_review.release(corridor.broker, one.number, "force_duty", "NEEDED_FOR_CARE", shown.seen)
        corridor.flow()
    set_seal(corridor, child, None if sealed_first else kind)
    for hours in (1, 12, 40, 73, 100):
        corridor.pass_time(FRIDAY + timedelta(hours=hours))
    return corridor


def set_seal(corridor: Corridor, child: Child, kind: SealKind | None) -> None:
    if kind is not None:
        corridor.send(CSC, corridor.event(SealChanged, CSC, child, key="s", kind=kind, action=SealAction.SET))
        corridor.flow()


def seen_by(corridor: Corridor, organisation: str) -> tuple[object, int]:
    """All bytes that it received, and how many texts wait as anybody is told."""
    with corridor.ledger.reading() as tx:
        waiting = len(unanswered(tx))
    found = [view.wire for view in corridor.views(organisation)]
    corridor.close()
    return found, waiting


@pytest.mark.parametrize("sealed_first", [True, False], ids=["sealed-before", "sealed-late"])
@pytest.mark.parametrize("is_read", [True, False], ids=["read", "not-read"])
def test_who_wrote_it_hears_the_same_with_and_without_a_seal(tmp_path, is_read, sealed_first):
    how = {"is_read": is_read, "sealed_first": sealed_first}
    heard = [
        seen_by(life(tmp_path / str(kind), ROSA, kind, **how), POLICE)
        for kind in (None, SealKind.ADDRESS, SealKind.PERPETRATOR_CHANNEL)
    ]
    assert heard[0][0]
    assert heard[0] == heard[1] == heard[2]


def test_who_receives_it_sees_of_a_late_seal_nothing_where_no_place_was_said(tmp_path):
    """All but the id of the exchange in which the text follows, which rests on a key of this child's own."""
    got = []
    for kind in (None, SealKind.ADDRESS, SealKind.PERPETRATOR_CHANNEL):
        corridor = life(tmp_path / str(kind), NOWHERE, kind, is_read=True, sealed_first=False)
        first, second = corridor.views(GP)
        value = second.record.value.replace(second.exchange.encode(), b"")
        got.append((first.wire, second.record.topic, second.record.key, second.record.seq, value))
        corridor.close()
    assert got[0] == got[1] == got[2]
