"""The broker's four stages as nodes of the map: intake, decide, ledger, release. Pure."""

from console import words
from console.facts import Facts
from console.page import Badge, Node
from console.verdicts import Verdict, judge, waited, worst


def stages(facts: Facts) -> tuple[Node, ...]:
    """Every stage, in the order in which an event walks them."""
    return (_intake(facts), _decide(facts), _ledger(facts), _release(facts))


def _intake(facts: Facts) -> Node:
    rate = sum(taken.per_minute for taken in facts.taken.values())
    dead = sum(facts.dead_letters.values())
    return Node(
        key="intake",
        name="Intake",
        group="",
        verdict=judge(facts.intake_waiting_seconds, passes=rate > 0),
        per_minute=rate,
        rate=words.rate(rate),
        total=f"{sum(taken.total for taken in facts.taken.values()):,} so far",
        waiting=waited(facts.intake_waiting_seconds) if facts.cluster_seen else "not known",
        note="takes in, once",
        badges=(Badge("refused", f"{dead:,} refused"),) if dead else (),
    )


def _decide(facts: Facts) -> Node:
    """One transaction with the intake: what waits for it waits there."""
    overdue = sum(owed.count for owed in facts.overdue.values())
    return Node(
        key="decide",
        name="Decide",
        group="",
        verdict=judge(facts.intake_waiting_seconds, passes=facts.decided_per_minute > 0),
        per_minute=facts.decided_per_minute,
        rate=words.rate(facts.decided_per_minute),
        total=f"{facts.decided_day:,}",
        waiting="with the intake",
        note="whose child, who may know",
        badges=(Badge("overdue", f"{overdue:,} overdue"),) if overdue else (),
    )


def _ledger(facts: Facts) -> Node:
    waiting = facts.unnumbered_seconds
    carriers = words.many(facts.unnumbered, "carrier waits", "carriers wait") if facts.unnumbered else "all numbered"
    return Node(
        key="ledger",
        name="Ledger",
        group="",
        verdict=judge(waiting, passes=False),
        per_minute=facts.decided_per_minute,
        rate=words.rate(facts.decided_per_minute),
        total=f"{facts.decided_day:,}",
        waiting=waited(waiting),
        note=carriers,
    )


def _release(facts: Facts) -> Node:
    rate = sum(lane.per_minute for lane in facts.lanes.values())
    ages = [lane.waiting_seconds for lane in facts.lanes.values() if lane.waiting_seconds is not None]
    unleased = [lane for lane in facts.lanes.values() if not lane.suspended and lane.unleased_seconds != 0]
    suspended = sum(lane.suspended for lane in facts.lanes.values())
    waiting = max(ages, default=None)
    verdict = worst([judge(waiting, passes=rate > 0), Verdict.STOPPED if unleased else Verdict.MOVING])
    note = words.many(suspended, "lane suspended", "lanes suspended") if suspended else "what each may know"
    return Node(
        key="release",
        name="Release",
        group="",
        verdict=verdict,
        per_minute=rate,
        rate=words.rate(rate),
        total=f"{sum(lane.day for lane in facts.lanes.values()):,}",
        waiting="not known" if unleased else waited(waiting),
        note=f"nobody releases to {len(unleased):,}" if unleased else note,
    )
