"""A text that is to be scrubbed: the rest goes at once, the text when a person has read what is left, and not else."""

import json

import pytest

from sharing.events import ProtectionNoticeSubmitted
from streams.agents import text_review
from tests.streams.corridor import GP, POLICE, Corridor, View
from tests.streams.families import ROSA, TELEPHONE
from tests.streams.test_seal_laws import involve

PPN = "police.ppn.submitted"
SAW = f"Rosa had a graze on the left knee. Mrs Quillfeather rang from {TELEPHONE}."


def told(corridor: Corridor, **more: object):
    """Police tell of a worry, with an injury in an officer's words."""
    return corridor.say(ProtectionNoticeSubmitted, POLICE, ROSA, by="force_duty", **{"child_injury": SAW} | more)


@pytest.fixture
def waiting(corridor):
    """One text waits: of a notice that went to the surgery."""
    involve(corridor, GP, "practice_lead")
    told(corridor)
    return corridor


def let_go(corridor: Corridor, text: str | None = None, number: int = 1, by: str = "force_duty") -> str:
    shown = text_review.show(corridor.broker, number)
    return text_review.release(corridor.broker, number, by, "NEEDED_FOR_CARE", shown.seen, text)


def words(corridor: Corridor, kind: str = "review.") -> list[dict]:
    with corridor.ledger.reading() as tx:
        return [json.loads(s.body) | {"kind": s.kind} for s in tx.statements(kind)]


def notices(corridor: Corridor, to: str = GP) -> list[View]:
    return corridor.views(to, PPN)


def test_the_rest_goes_at_once_and_the_text_does_not(waiting):
    (view,) = notices(waiting)
    assert view.event.child.surname == "Quillfeather"
    assert view.event.child_injury is None


def test_the_text_arrives_when_a_person_has_let_it_go_and_the_familys_names_do_not(waiting):
    let_go(waiting)
    waiting.flow()
    first, second = notices(waiting)
    assert "graze on the left knee" in second.event.child_injury
    assert not [s for s in ("Rosa", "Quillfeather", TELEPHONE) if s in second.event.child_injury]
    assert second.exchange != first.exchange
    assert second.event.envelope.in_reply_to == first.exchange
    assert second.record.seq == first.record.seq + 1
