"""Receipts: how far an exchange came at its recipient, and which clocks that stops.

Rules: a receipt counts only from the organisation that received; a receipt is no answer unless the clock's row names
its state. When a recipient's system refuses what it must act on, nobody waits for the clock: the first stage fires now.
"""

from dataclasses import replace

from sharing.events import Event, ReceiptRecorded, ReceiptState
from sharing.reconciliation.escalation import fire
from sharing.reconciliation.machine import Signal, advance
from sharing.reconciliation.questions import settle
from sharing.reconciliation.rules import RULES
from sharing.reconciliation.saying import World, then
from sharing.reconciliation.state import EventFacts, Question, Step, SubjectState


def absorb(state: SubjectState, event: Event, about: EventFacts, world: World) -> Step:
    """Let a receipt stop or ring what its exchange's clocks name."""
    if not isinstance(event, ReceiptRecorded):
        return Step(state)
    asked = [q for q in state.questions if about.in_reply_to in q.exchanges]
    if any(q.owner.organisation != about.sender for q in asked):
        return Step(state, refused=("NOT_THE_RECIPIENT",))
    step = Step(state)
    for question in asked:
        step = then(step, _receipt(step.state, question, event.state, about, world))
    return step


def _receipt(
    state: SubjectState, question: Question, receipt: ReceiptState | None, about: EventFacts, world: World
) -> Step:
    rule = RULES[question.rule]
    if receipt is ReceiptState.REFUSED and about.in_reply_to == question.exchange_id:
        return fire(state, question, world.now, world, Signal.REFUSED)
    if receipt not in rule.receipts or not advance(question.state, Signal.ANSWERED).changed:
        return Step(state)
    return Step(settle(state, replace(question, answer_event=about.event_id), Signal.ANSWERED), changed=True)
