"""A notice of police whose text waits for a person, and looking at what became of it."""

import json

from sharing.events import (
    Child,
    InvolvementAction,
    InvolvementChanged,
    ProtectionNoticeSubmitted,
    StrategyConvened,
    TaskKind,
)
from streams.agents import text_review
from tests.streams.corridor import CSC, FRIDAY, GP, POLICE, Corridor, View
from tests.streams.families import ROSA, TELEPHONE
from tests.streams.test_grant_laws import enquiry
from tests.streams.test_seal_laws import involve

PPN = "police.ppn.submitted"
SAW = f"Rosa had a graze on the left knee. Her mother, Mrs Quillfeather, rang from {TELEPHONE}."
GRAZE = "graze on the left knee"
SECRETS = ("Rosa", "Quillfeather", TELEPHONE)


def told(corridor: Corridor, child: Child = ROSA, **more: object):
    """Police tell of a worry, with an injury in an officer's words."""
    return corridor.say(ProtectionNoticeSubmitted, POLICE, child, by="force_duty", **{"child_injury": SAW} | more)


def one_waits(corridor: Corridor) -> Corridor:
    """One text waits: of a notice that went to the surgery."""
    involve(corridor, GP, "practice_lead")
    corridor.notice = told(corridor)
    return corridor


def let_go(corridor: Corridor, text: str | None = None, number: int = 1) -> str:
    shown = text_review.show(corridor.broker, number)
    by = shown.waiting.owner[1]
    following = text_review.release(corridor.broker, number, by, "NEEDED_FOR_CARE", shown.seen, text)
    corridor.flow()
    return following


def words(corridor: Corridor, kind: str = "review.") -> list[dict]:
    with corridor.ledger.reading() as tx:
        return [json.loads(s.body) | {"kind": s.kind} for s in tx.statements(kind)]


def notices(corridor: Corridor, to: str = GP) -> list[View]:
    return corridor.views(to, PPN)


def texts(corridor: Corridor, to: str = GP) -> list[str]:
    return [v.event.child_injury for v in notices(corridor, to) if v.event.child_injury]


def tasks(corridor: Corridor) -> list[View]:
    raised = corridor.views(event_type="broker.task.raised")
    return [v for v in raised if v.event.task is TaskKind.REVIEW_TEXT]


def rung(corridor: Corridor) -> list[tuple[str, str, str]]:
    risen = corridor.views(event_type="broker.escalation.changed")
    return [(v.organisation, v.event.to_function, v.event.why) for v in risen if v.event.rule == "text-review"]


def strategy(corridor: Corridor, **more: object):
    """Police hold a grant for the facts of a strategy discussion, which wait for social care."""
    corridor.say(
        InvolvementChanged, CSC, ROSA, organisation=POLICE, function="force_duty", action=InvolvementAction.OPENED,
        since=FRIDAY.date(),
    )  # fmt: skip
    enquiry(corridor)
    facts = {"threshold_facts": "Rosa said that her uncle hit her."} | more
    return corridor.say(StrategyConvened, CSC, ROSA, **facts)


CONVENED = "csc.strategy.convened"


def facts_at_police(corridor: Corridor) -> list[str]:
    return [v.event.threshold_facts for v in corridor.views(POLICE, CONVENED) if v.event.threshold_facts]
