"""Two states of one child, once a person has said that they are one.

Left out: who said so and what is routed again (the caller). Rules: nothing that restricts is lost; what both hold is
held once, as the settled state has it, and is as fresh as the later of both says; merging again changes nothing. A
clock keeps the end that it has.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import replace
from typing import TypeVar

from sharing.reconciliation.standing import Measure
from sharing.reconciliation.state import Involvement, Plan, Seal, SubjectState
from sharing.reconciliation.wishes import together

_T = TypeVar("_T")


def merge_states(settled: SubjectState, provisional: SubjectState) -> SubjectState:
    """What is held about the child, of both.

    Args:
        settled: Of the subject that stays. Where both know a thing, its word counts.
        provisional: Of the subject that is joined to it.
    """
    return SubjectState(
        involvements=tuple(
            _confirmed(i, provisional.involvements)
            for i in _together(settled.involvements, provisional.involvements, _involvement)
        ),
        seals=_together(settled.seals, provisional.seals, _seal),
        plans=tuple(_filled(plan, provisional.plans) for plan in _together(settled.plans, provisional.plans, _plan)),
        questions=_together(settled.questions, provisional.questions, lambda q: (q.exchange_id, q.rule)),
        awaiting=_together(settled.awaiting, provisional.awaiting, lambda a: (a.event_id, a.rule, a.setting)),
        measures=_measures(settled.measures, provisional.measures),
        grants=_together(settled.grants, provisional.grants, lambda g: g.grant_id),
        wishes=together(settled.wishes, provisional.wishes),
        late=_together(settled.late, provisional.late, lambda late: late.key),
    )


def _together(first: Iterable[_T], second: Iterable[_T], key: Callable[[_T], Hashable]) -> tuple[_T, ...]:
    found: dict[Hashable, _T] = {}
    for item in (*first, *second):
        found.setdefault(key(item), item)
    return tuple(found.values())


def _involvement(involvement: Involvement) -> Hashable:
    open_now = involvement.until is None
    return involvement.organisation, involvement.function, None if open_now else involvement.source_event


def _measures(first: Iterable[Measure], second: Iterable[Measure]) -> tuple[Measure, ...]:
    """Each measure as the word of the latest moment has it; of one moment, in force before ended where it restricts."""
    found: dict[Hashable, Measure] = {}
    for one in (*first, *second):
        known = found.setdefault(one.key, one)
        if known.said is None or (one.said is not None and known.said.or_later(one.said) is not known.said):
            found[one.key] = one
    return tuple(found.values())


def _confirmed(involvement: Involvement, others: Iterable[Involvement]) -> Involvement:
    """An involvement as fresh as whoever confirmed it last."""
    for other in others:
        if _involvement(other) == _involvement(involvement) and other.said is not None:
            said = involvement.said.or_later(other.said) if involvement.said else other.said
            involvement = replace(involvement, said=said)
    return involvement


def _seal(seal: Seal) -> Hashable:
    return seal.kind, seal.holder_organisation


def _plan(plan: Plan) -> Hashable:
    return plan.kind, plan.organisation


def _filled(plan: Plan, others: Iterable[Plan]) -> Plan:
    """A plan with what the other account of it adds: whom to call must not be lost."""
    for other in others:
        if _plan(other) == _plan(plan):
            plan = replace(
                plan,
                started=plan.started or other.started,
                team=plan.team or other.team,
                duty_phone=plan.duty_phone or other.duty_phone,
                said=plan.said.or_later(other.said) if plan.said else other.said,
            )
    return plan
