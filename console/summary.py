"""The page in one sentence and nine figures. Pure; no HTML."""

from collections.abc import Iterator, Sequence

from console import words
from console.facts import Facts
from console.page import Figure, Node
from console.verdicts import TARGET, Verdict, judge, waited
from console.witnessing import refusing, signing

NAMED = 2
"""So many are named in the sentence; of more, the number is said."""


def headline(senders: Sequence[Node], stages: Sequence[Node], recipients: Sequence[Node], facts: Facts) -> str:
    """The state in a few short sentences, the worst first."""
    ways = [
        *((f"the way from {node.name}", node.verdict) for node in senders),
        *((node.name.lower(), node.verdict) for node in stages),
        *((f"the way to {node.name}", node.verdict) for node in recipients),
    ]
    silent = [node.name for node in senders if node.verdict is Verdict.SILENT]
    said = [_are(silent, "organisation", "silent")] if silent else []
    for verdict in (Verdict.STOPPED, Verdict.STALLED, Verdict.SLOW):
        found = [name for name, its in ways if its is verdict]
        said += [_are(found, "part of the way", verdict)] if found else []
    overdue = sum(owed.count for owed in facts.overdue.values())
    if overdue:
        said.append(words.many(overdue, "answer is overdue", "answers are overdue"))
    if not said:
        return "Everything moves, and no answer is overdue."
    return " ".join(f"{sentence[0].upper()}{sentence[1:]}." for sentence in said)


def _are(names: Sequence[str], what: str, verdict: str) -> str:
    if len(names) <= NAMED:
        return f"{words.listed(names)} {'is' if len(names) == 1 else 'are'} {verdict}"
    several = {"organisation": "organisations", "part of the way": "parts of the way"}[what]
    return f"{len(names):,} {several} are {verdict}"


def figures(facts: Facts, senders: Sequence[Node]) -> Iterator[Figure]:
    """The figures of the strip, what matters to a child first."""
    yield Figure("Events a minute", words.rate(facts.decided_per_minute), f"{facts.decided_day:,} in the last 24 hours")
    waiting = _oldest(facts)
    target = f"target: under {words.age(TARGET.total_seconds())}"
    yield Figure("Oldest waiting", waited(waiting), target, judge(waiting))
    overdue = sum(owed.count for owed in facts.overdue.values())
    yield Figure("Overdue answers", f"{overdue:,}", _since(facts), _if(overdue, Verdict.STOPPED))
    silent = sum(node.verdict is Verdict.SILENT for node in senders)
    yield Figure("Silent organisations", f"{silent:,}", f"of {len(senders):,} enrolled", _if(silent, Verdict.SILENT))
    dead = sum(facts.dead_letters.values())
    both = dead + sum(sum(connector.refused.values()) for connector in facts.connectors.values())
    note = f"{words.many(dead, 'dead letter')} among them"
    yield Figure("Refused records", f"{both:,}", note, _if(both, Verdict.SLOW))
    suspended = sum(lane.suspended for lane in facts.lanes.values())
    of = f"of {words.many(len(facts.lanes), 'lane')}"
    yield Figure("Lanes suspended", f"{suspended:,}", of, _if(suspended, Verdict.STOPPED))
    carriers = f"{facts.unnumbered:,}"
    yield Figure("Carriers unnumbered", carriers, "wait for the sequencer", judge(facts.unnumbered_seconds))
    signed = words.age(facts.checkpoint_seconds) if facts.checkpoint_seconds is not None else "none yet"
    yield Figure("Newest checkpoint", signed, "since it was signed")
    against = refusing(facts)
    note = words.many(against, "refuses to", "refuse to") if against else "signed for the record in 5 minutes"
    yield Figure("Witnesses", f"{signing(facts):,}", note, _if(against, Verdict.STOPPED))


def _if(count: int, verdict: Verdict) -> Verdict:
    return verdict if count else Verdict.MOVING


def _since(facts: Facts) -> str:
    if facts.still_counting:
        return "still counting"
    ages = [owed.oldest_seconds for owed in facts.overdue.values()]
    return f"the oldest for {words.age(max(ages))}" if ages else "every clock is kept"


def _oldest(facts: Facts) -> float | None:
    ages = [facts.intake_waiting_seconds, facts.unnumbered_seconds]
    ages += [lane.waiting_seconds for lane in facts.lanes.values()]
    ages += [connector.oldest_unsent_seconds for connector in facts.connectors.values()]
    return max((age for age in ages if age is not None), default=None)
